//! `robofy keys`: API keys from the command line, for the operator who has no key yet.

mod create;
mod list;
mod revoke;
mod rotate_signing;

use anyhow::bail;
use clap::Subcommand;
use robofy_kernel::{AccountId, Op};
use robofy_store::admin::Accounts;

use crate::config::{Flags, StoreGroup};
use crate::opening::{Opened, Place};

/// Make, list and revoke API keys
#[derive(Debug, clap::Args)]
pub struct Keys {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    Create(create::Create),
    List(list::List),
    Revoke(revoke::Revoke),
    RotateSigning(rotate_signing::RotateSigning),
}

/// Where the data is, and whose keys are meant.
#[derive(Debug, clap::Args)]
struct Whose {
    #[command(flatten)]
    flags: Flags<StoreGroup>,
    /// The e-mail address of a member of the account; needed when there are several accounts
    #[arg(long, value_name = "ADDRESS")]
    email: Option<String>,
}

impl Keys {
    pub(super) fn run(self) -> anyhow::Result<()> {
        match self.action {
            Action::Create(create) => create.run(),
            Action::List(list) => list.run(),
            Action::Revoke(revoke) => revoke.run(),
            Action::RotateSigning(rotate) => rotate.run(),
        }
    }
}

impl Whose {
    /// Opens the store and runs `act` for the account that is meant.
    fn run<F, Fut>(self, act: F) -> anyhow::Result<()>
    where
        F: FnOnce(Opened, Op) -> Fut,
        Fut: Future<Output = anyhow::Result<()>>,
    {
        let place = Place::of(&super::open(self.flags)?)?;
        super::runtime()?.block_on(async {
            let opened = place.open().await?;
            let store = opened.store.clone();
            let account = account(&opened, self.email.as_deref()).await?;
            let op = Op::system(account, opened.clock.clone(), opened.ids.clone());
            let done = act(opened, op).await;
            store.close().await;
            done
        })
    }
}

async fn account(opened: &Opened, email: Option<&str>) -> anyhow::Result<AccountId> {
    if let Some(email) = email {
        return match opened.store.find_member_by_email(email).await? {
            Some(member) => Ok(member.account_id),
            None => bail!("nobody has signed up as {email}; look at the spelling"),
        };
    }
    match opened.store.find_only_account().await? {
        Accounts::One(account) => Ok(account),
        Accounts::None => {
            bail!("there is no account yet; make one with `robofy quickstart`, or sign up on the page")
        }
        Accounts::Several => bail!("there are several accounts; say whose keys with --email"),
    }
}
