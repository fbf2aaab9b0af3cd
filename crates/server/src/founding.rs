//! The first things of an account: the account itself with its owner and primary key, a project, an agent.

use anyhow::bail;
use robofy_kernel::{ApiKey, ChatbotId, Environment, KeyId, Op, ProjectId, Scopes, UserId};
use robofy_store::accounts::NewAccount;
use robofy_store::agents::Agent;
use robofy_store::api_keys::{KeyWish, Reveal};
use robofy_store::projects::Project;
use robofy_store::users::{SignUp, SignUpRefused};
use robofy_store::{Once, Store};

/// Who founds an account.
#[derive(Debug)]
pub struct Founder<'a> {
    /// The address that the owner logs in with.
    pub email: &'a str,
    /// Argon2id hash in PHC form; anything else lets nobody in.
    pub password_hash: String,
    /// Whether the primary key is kept so that it can be shown again.
    pub reveal: Reveal,
}

/// Makes an account with its owner and primary key.
///
/// # Errors
/// When the address is taken or the database is away.
pub async fn found_account(store: &Store, op: &Op, founder: Founder<'_>) -> anyhow::Result<ApiKey> {
    let (primary, primary_key) =
        store.new_api_key(&op.ids, KeyId(op.uuid()), &primary_wish(), Some(founder.reveal));
    let name = founder.email.split('@').next().unwrap_or(founder.email).to_owned();
    let new = SignUp {
        account: NewAccount { account_id: op.account, name, email: founder.email.to_owned(), company: None },
        user_id: UserId(op.uuid()),
        name: None,
        password_hash: founder.password_hash,
        primary_key,
        only_first: false,
    };
    match store.sign_up(op, new, |()| (201, Vec::new())).await? {
        Ok(_) => Ok(primary),
        Err(SignUpRefused::EmailTaken | SignUpRefused::NotFirst) => {
            bail!("{} has signed up a moment ago; try again", founder.email)
        }
    }
}

/// What every primary key is: live, and allowed everything.
pub fn primary_wish() -> KeyWish {
    KeyWish {
        name: "Primary".to_owned(),
        environment: Environment::Live,
        scopes: Scopes::everything(),
        expires_at: None,
    }
}

/// Makes a project.
///
/// # Errors
/// When the database is away.
pub async fn found_project(store: &Store, op: &Op, name: &str) -> anyhow::Result<ProjectId> {
    let now = op.now();
    let project = Project {
        project_id: ProjectId(op.ids.number()),
        name: name.to_owned(),
        description: None,
        created_at: now,
        updated_at: now,
    };
    let project_id = project.project_id;
    store.create_project(op, project, |_| (201, Vec::new())).await?;
    Ok(project_id)
}

/// Makes an agent with the default settings.
///
/// # Errors
/// When the database is away.
pub async fn found_agent(store: &Store, op: &Op, project: ProjectId, name: &str) -> anyhow::Result<Agent> {
    let agent = Agent::new(op, project, name, "en");
    match store.create_agent(op, agent, |_| (201, Vec::new())).await? {
        Once::Fresh(agent) => Ok(agent),
        Once::Replayed(..) => bail!("the program's own operations are not repeated"),
    }
}

/// The agent as it is now, with its present content version.
///
/// # Errors
/// When it is gone or the database is away.
pub async fn present_agent(store: &Store, op: &Op, chatbot: &ChatbotId) -> anyhow::Result<Agent> {
    match store.find_agent(op.account, chatbot).await? {
        Some(agent) => Ok(agent),
        None => bail!("the agent was deleted meanwhile"),
    }
}
