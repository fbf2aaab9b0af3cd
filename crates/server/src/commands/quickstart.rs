//! `robofy quickstart`: everything that a first question needs, and its ids and key for a script.
//!
//! Safe to run again and beside a running server: what is there is used, only what is missing is made.

use anyhow::bail;
use robofy_http::Passwords;
use robofy_kernel::{AccountId, ApiKey, ChatbotId, Clock, Ids, KeyId, Op, PageRequest, ProjectId};
use robofy_store::Store;
use robofy_store::admin::Accounts;
use robofy_store::api_keys::Reveal;
use serde::Serialize;

use crate::config::{AccountGroup, Flags, Settings};
use crate::data_folder;
use crate::demo;
use crate::founding::{self, Founder};
use crate::opening::{Opened, Place};
use crate::{output, wiring};

/// Make an account, a project, a live API key and an agent, and print them
#[derive(Debug, clap::Args)]
pub struct Quickstart {
    #[command(flatten)]
    flags: Flags<AccountGroup>,
    /// The owner's e-mail address; needed when there are several accounts
    #[arg(long, value_name = "ADDRESS")]
    email: Option<String>,
    /// Put a new primary key in the place of the present one, which ends at once
    #[arg(long)]
    new_key: bool,
    /// Set a new password and print it
    #[arg(long)]
    reset_password: bool,
    /// Teach the agent a small knowledge base of an invented bicycle shop, so that a first question works at once
    #[arg(long)]
    demo: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// The owner's address where none is given. Nothing is ever sent there.
const OWNER: &str = "owner@robofy.localhost";

#[derive(Serialize)]
struct Ready {
    base_url: String,
    email: String,
    password: Option<String>,
    api_key: String,
    project_id: String,
    chatbot_id: ChatbotId,
}

impl Quickstart {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let settings = super::open(self.flags.clone())?;
        super::runtime()?.block_on(Box::pin(async {
            let place = Place::of(&settings)?;
            let _turn = match place.folder() {
                Some(folder) => {
                    data_folder::make(folder)?;
                    Some(data_folder::take_turn(folder)?)
                }
                None => None,
            };
            let opened = place.open().await?;
            let done = self.make(&settings, &opened).await;
            opened.tasks.finish(settings.shutdown()).await;
            opened.store.close().await;
            let ready = done?;
            output::line(&if self.json { serde_json::to_string(&ready)? } else { ready.for_people() })
        }))
    }

    async fn make(&self, settings: &Settings, opened: &Opened) -> anyhow::Result<Ready> {
        let Opened { store, clock, ids, .. } = opened;
        let reveal = if settings.key_reveal.is_on() { Reveal::On } else { Reveal::Off };
        let owner = match self.find_owner(store).await? {
            Some(owner) => self.present_owner(owner, reveal, opened).await?,
            None => self.new_owner(reveal, opened).await?,
        };
        let op = Op::system(owner.account, clock.clone(), ids.clone());
        let project = first_project(store, &op).await?;
        let chatbot = first_agent(store, &op, project).await?;
        if self.demo {
            let Some(agent) = store.find_agent(op.account, &chatbot).await? else {
                bail!("the agent was deleted a moment ago; try again")
            };
            demo::teach(&wiring::library(opened)?, &op, &agent).await?;
            demo::open(store, &op, &agent).await?;
        }
        Ok(Ready {
            base_url: settings.base_url(settings.listen),
            email: owner.email,
            password: owner.password,
            api_key: owner.key.reveal().to_owned(),
            project_id: project.to_string(),
            chatbot_id: chatbot,
        })
    }

    async fn find_owner(&self, store: &Store) -> anyhow::Result<Option<(AccountId, String)>> {
        if let Some(email) = &self.email {
            let member = store.find_member_by_email(email).await?;
            return Ok(member.map(|member| (member.account_id, member.email)));
        }
        match store.find_only_account().await? {
            Accounts::None => Ok(None),
            Accounts::Several => bail!("there are several accounts; say which one with --email"),
            Accounts::One(account) => {
                let Some(account) = store.find_account(account).await? else {
                    bail!("the account was deleted a moment ago; try again")
                };
                Ok(Some((account.account_id, account.email)))
            }
        }
    }

    async fn present_owner(
        &self,
        (account, email): (AccountId, String),
        reveal: Reveal,
        opened: &Opened,
    ) -> anyhow::Result<Owner> {
        let Opened { store, clock, ids, .. } = opened;
        let mut password = None;
        if self.reset_password {
            let new = new_password(ids);
            if !store.reset_password(&email, hash(ids, &new).await?).await? {
                bail!("nobody logs in as {email}; name the owner's address with --email");
            }
            password = Some(new);
        }
        let kept = if self.new_key { None } else { store.reveal_primary_key(account).await? };
        let key = match kept {
            Some(key) => key,
            None => new_primary_key(store, account, reveal, clock, ids).await?,
        };
        Ok(Owner { account, email, password, key })
    }

    async fn new_owner(&self, reveal: Reveal, opened: &Opened) -> anyhow::Result<Owner> {
        let Opened { store, clock, ids, .. } = opened;
        let email = self.email.clone().unwrap_or_else(|| OWNER.to_owned());
        let password = new_password(ids);
        let op = Op::system(AccountId(ids.uuid_v7(clock.now())), clock.clone(), ids.clone());
        let founder = Founder { email: &email, password_hash: hash(ids, &password).await?, reveal };
        let key = founding::found_account(store, &op, founder).await?;
        Ok(Owner { account: op.account, email, password: Some(password), key })
    }
}

struct Owner {
    account: AccountId,
    email: String,
    password: Option<String>,
    key: ApiKey,
}

impl Ready {
    fn for_people(&self) -> String {
        let password = self.password.as_deref().unwrap_or("as it was");
        format!(
            "  address     {}\n  e-mail      {}\n  password    {password}\n  API key     {}\n  project     {}\n  chatbot     {}\n\n\
             Start the server with `robofy serve`, then log in or call the API with the key.",
            self.base_url, self.email, self.api_key, self.project_id, self.chatbot_id
        )
    }
}

/// 20 letters and digits: 119 bits.
fn new_password(ids: &Ids) -> String {
    ids.alphanumeric(20)
}

async fn hash(ids: &Ids, password: &str) -> anyhow::Result<String> {
    match Passwords::new().hash(ids, password.to_owned()).await {
        Ok(hash) => Ok(hash),
        Err(_) => bail!("cannot hash the password: there is not enough memory (19 MiB are needed)"),
    }
}

async fn new_primary_key(
    store: &Store,
    account: AccountId,
    reveal: Reveal,
    clock: &Clock,
    ids: &Ids,
) -> anyhow::Result<ApiKey> {
    let op = Op::system(account, clock.clone(), ids.clone());
    let (key, row) = store.new_api_key(ids, KeyId(op.uuid()), &founding::primary_wish(), Some(reveal));
    store.replace_primary_key(&op, row).await?;
    Ok(key)
}

async fn first_project(store: &Store, op: &Op) -> anyhow::Result<ProjectId> {
    let page = store.list_projects(op.account, &PageRequest { after: None, size: 1 }).await?;
    match page.items.first() {
        Some(project) => Ok(project.project_id),
        None => founding::found_project(store, op, "My project").await,
    }
}

async fn first_agent(store: &Store, op: &Op, project: ProjectId) -> anyhow::Result<ChatbotId> {
    let page = store.list_agents(op.account, project, &PageRequest { after: None, size: 1 }).await?;
    match page.items.into_iter().next() {
        Some(agent) => Ok(agent.chatbot_id),
        None => Ok(founding::found_agent(store, op, project, "My agent").await?.chatbot_id),
    }
}
