//! `robofy extract`: reads strangers' files for a server that started it, confined, over its standard streams.

use anyhow::Context;
use robofy_knowledge::extract::child::{self, ChildLimits};

/// Read files for a running server, in a process of its own (internal)
#[derive(Debug, clap::Args)]
pub struct Extract {}

impl Extract {
    /// Starts nothing else: no log, no threads, no options, so that there is nothing to be had in this process.
    pub(super) fn run(self) -> anyhow::Result<()> {
        child::serve(ChildLimits::default(), std::io::stdin().lock(), std::io::stdout().lock())
            .context("the conversation with the server broke off; the server starts another reader by itself")
    }
}
