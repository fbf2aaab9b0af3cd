//! `robofy eval`: measures the product on question sets in their published formats, with the very functions that a
//! turn calls, on an agent that is thrown away afterwards.

mod retrieval;
mod scratch;
mod squad;

use std::path::PathBuf;

use clap::Subcommand;

use crate::config::{EveryGroup, Flags};

/// Measure search and answers on a question set
#[derive(Debug, clap::Args)]
pub struct Eval {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// How high search ranks the paragraph that answers (SQuAD or XQuAD JSON)
    Retrieval(Sets),
}

/// The question sets and the form of the scores.
#[derive(Debug, clap::Args)]
struct Sets {
    #[command(flatten)]
    flags: Flags<EveryGroup>,
    /// Question sets; each is taught to an agent of its own
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Print JSON, one set a line
    #[arg(long)]
    json: bool,
}

impl Eval {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let What::Retrieval(sets) = self.what;
        let Sets { flags, files, json } = sets;
        super::open(flags)?;
        super::runtime()?.block_on(async {
            for file in &files {
                retrieval::measure(file, json).await?;
            }
            Ok(())
        })
    }
}
