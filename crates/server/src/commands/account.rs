//! `robofy account`: what an operator does for a person who cannot get in.

use anyhow::bail;
use clap::Subcommand;
use robofy_http::Passwords;

use crate::config::{Flags, StoreGroup};
use crate::opening::Place;
use crate::output;

/// Help a person who cannot log in
#[derive(Debug, clap::Args)]
pub struct Account {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    ResetPassword(ResetPassword),
}

/// Set a new password, end the person's sessions, and print the password
#[derive(Debug, clap::Args)]
struct ResetPassword {
    #[command(flatten)]
    flags: Flags<StoreGroup>,
    /// The person's e-mail address
    #[arg(long, value_name = "ADDRESS")]
    email: String,
}

impl Account {
    pub(super) fn run(self) -> anyhow::Result<()> {
        match self.action {
            Action::ResetPassword(reset) => reset.run(),
        }
    }
}

impl ResetPassword {
    fn run(self) -> anyhow::Result<()> {
        let place = Place::of(&super::open(self.flags)?)?;
        super::runtime()?.block_on(async {
            let opened = place.open().await?;
            let password = opened.ids.alphanumeric(20);
            let Ok(hash) = Passwords::new().hash(&opened.ids, password.clone()).await else {
                bail!("cannot hash the password: there is not enough memory (19 MiB are needed)")
            };
            let known = opened.store.reset_password(&self.email, hash).await?;
            opened.store.close().await;
            if !known {
                bail!("nobody has signed up as {}; look at the spelling", self.email);
            }
            output::line(&password)
        })
    }
}
