//! Accounts, agents and assets as tests need them.

use std::future::Future;
use std::sync::Arc;

use robofy_kernel::{
    AccountId, AssetId, ChatbotId, Environment, KeyId, LinkageId, Op, ProjectId, Scopes, UserId,
};
use robofy_store::Once;
use robofy_store::accounts::NewAccount;
use robofy_store::agents::Agent;
use robofy_store::api_keys::{KeyWish, Reveal};
use robofy_store::assets::{NewAsset, NewSegment, NewVersion};
use robofy_store::projects::Project;
use robofy_store::users::SignUp;
use robofy_testkit::Fixture;
use sqlx::types::Json;

/// An answer of no interest.
pub(crate) fn nothing<T>(_: &T) -> (u16, Vec<u8>) {
    (200, Vec::new())
}

/// The value of something that was done now.
pub(crate) fn fresh<T>(once: Once<T>) -> T {
    match once {
        Once::Fresh(value) => value,
        Once::Replayed(..) => panic!("it had been done before"),
    }
}

/// What a sign-up under this address stores.
pub(crate) fn sign_up(t: &Fixture, op: &Op, email: &str, only_first: bool) -> SignUp {
    let wish = KeyWish {
        name: "Primary".into(),
        environment: Environment::Live,
        scopes: Scopes::everything(),
        expires_at: None,
    };
    let (_, primary_key) = t.store.new_api_key(&t.ids, KeyId(op.uuid()), &wish, Some(Reveal::On));
    SignUp {
        account: NewAccount { account_id: op.account, name: "A".into(), email: email.into(), company: None },
        user_id: UserId(op.uuid()),
        name: None,
        password_hash: "$argon2id$".into(),
        primary_key,
        only_first,
    }
}

/// An operation for an account that is not there yet.
pub(crate) fn new_op(t: &Fixture) -> Op {
    t.op(AccountId(t.ids.uuid_v7(t.clock.now())))
}

/// A new account, and an operation for it.
pub(crate) async fn account(t: &Fixture) -> Op {
    let op = new_op(t);
    let email = format!("{}@example.org", op.account);
    let new = sign_up(t, &op, &email, false);
    fresh(t.store.sign_up(&op, new, nothing).await.unwrap().unwrap());
    op
}

/// A new project.
pub(crate) async fn project(t: &Fixture, op: &Op) -> ProjectId {
    let project = Project {
        project_id: ProjectId(t.ids.number()),
        name: "P".into(),
        description: None,
        created_at: op.now(),
        updated_at: op.now(),
    };
    fresh(t.store.create_project(op, project, nothing).await.unwrap()).project_id
}

/// An agent that is not stored yet.
pub(crate) fn new_agent(op: &Op, project: ProjectId) -> Agent {
    Agent {
        allowed_origins: Json(vec!["https://example.org".into()]),
        ..Agent::new(op, project, "Agent", "en")
    }
}

/// A new agent.
pub(crate) async fn agent(t: &Fixture, op: &Op, project: ProjectId) -> ChatbotId {
    fresh(t.store.create_agent(op, new_agent(op, project), nothing).await.unwrap()).chatbot_id
}

/// An account with a project and an agent.
pub(crate) struct Home {
    pub(crate) op: Op,
    pub(crate) project: ProjectId,
    pub(crate) agent: ChatbotId,
}

pub(crate) async fn home(t: &Fixture) -> Home {
    let op = account(t).await;
    let project = project(t, &op).await;
    let agent = agent(t, &op, project).await;
    Home { op, project, agent }
}

/// A version with this text and one small segment for each of `params`.
pub(crate) fn version(text: &str, params: &[&str]) -> NewVersion {
    let segments = params.iter().map(|params| NewSegment {
        params: (*params).into(),
        part: 0,
        chunk_count: 1,
        data: text.as_bytes().iter().copied().take(16).collect(),
    });
    NewVersion {
        file_name: "a.txt".into(),
        kind: "text".into(),
        file_hash: None,
        size_bytes: text.len() as i64,
        title: None,
        text: text.into(),
        segments: segments.collect(),
    }
}

/// An asset that is not stored yet, linked to the home's agent under `p`.
pub(crate) fn new_asset(t: &Fixture, home: &Home) -> NewAsset {
    NewAsset {
        asset_id: AssetId(t.ids.number()),
        project_id: home.project,
        source_url: None,
        metadata: None,
        link: Some((home.agent.clone(), LinkageId(t.ids.number()), "p".into())),
        lease: None,
    }
}

/// A new asset with this text, linked to the home's agent under `p`.
pub(crate) async fn asset(t: &Fixture, home: &Home, text: &str) -> AssetId {
    let new = new_asset(t, home);
    fresh(t.store.create_asset(&home.op, new, version(text, &["p"]), nothing).await.unwrap())
}

/// Runs `task` for 0 … `count` at once and gives what each came to.
pub(crate) async fn at_once<T, F>(
    t: &Arc<Fixture>,
    count: usize,
    task: impl Fn(Arc<Fixture>, usize) -> F,
) -> Vec<T>
where
    T: Send + 'static,
    F: Future<Output = T> + Send + 'static,
{
    let tasks: Vec<_> = (0..count).map(|n| t.tasks.spawn("test", task(Arc::clone(t), n))).collect();
    futures::future::join_all(tasks).await.into_iter().map(Result::unwrap).collect()
}
