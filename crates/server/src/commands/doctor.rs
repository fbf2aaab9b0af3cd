//! `robofy doctor`: looks at what the server needs, and says how to mend what is wrong.

mod clock;
mod database;
mod folder;
mod model;
mod network;

use robofy_kernel::Clock;

use crate::config::{Flags, ServeGroup, Settings};
use crate::opening::Place;
use crate::output;

/// Check what the server needs, and say how to mend what is wrong
#[derive(Debug, clap::Args)]
pub struct Doctor {
    #[command(flatten)]
    flags: Flags<ServeGroup>,
    /// Leave out the checks that open a connection to another machine
    #[arg(long)]
    offline: bool,
}

/// What one check found.
#[derive(Debug)]
enum Finding {
    /// All is well; the words say what was seen.
    Good(String),
    /// The server runs without it.
    Odd { what: String, mend: String },
    /// The server does not run like this.
    Bad { what: String, mend: String },
}

impl Finding {
    fn bad(what: impl Into<String>, mend: impl Into<String>) -> Self {
        Self::Bad { what: what.into(), mend: mend.into() }
    }

    fn odd(what: impl Into<String>, mend: impl Into<String>) -> Self {
        Self::Odd { what: what.into(), mend: mend.into() }
    }
}

impl Doctor {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let settings = super::open(self.flags)?;
        let findings = super::runtime()?.block_on(examine(&settings, self.offline))?;
        let mut bad = 0;
        for (subject, finding) in &findings {
            output::line(&match finding {
                Finding::Good(what) => format!("good  {subject}: {what}"),
                Finding::Odd { what, mend } => format!("odd   {subject}: {what}. {mend}."),
                Finding::Bad { what, mend } => format!("bad   {subject}: {what}. {mend}."),
            })?;
            bad += usize::from(matches!(finding, Finding::Bad { .. }));
        }
        if bad > 0 {
            anyhow::bail!(
                "{bad} of {} checks failed; each line that begins with `bad` says what to do",
                findings.len()
            );
        }
        Ok(())
    }
}

async fn examine(settings: &Settings, offline: bool) -> anyhow::Result<Vec<(&'static str, Finding)>> {
    let mut findings = Vec::new();
    let place = Place::of(settings)?;
    if let Some(folder) = place.folder() {
        findings.push(("data folder", folder::examine(folder)));
    }
    findings.extend(database::examine(&place).await);
    if !offline {
        findings.push(("outgoing network", network::examine().await));
        findings.extend(model::examine(settings).await.map(|finding| ("language model", finding)));
    }
    findings.push(("clock", clock::examine(Clock::System.now())));
    Ok(findings)
}
