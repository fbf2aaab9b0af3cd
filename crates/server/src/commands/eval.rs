//! `robofy eval`: measures the product on question sets in their published formats, with the very functions that a
//! turn calls, on an agent that is thrown away afterwards.

mod answers;
mod cases;
mod dates;
mod intents;
mod leads;
mod model;
mod retrieval;
mod scratch;

use std::path::Path;

use anyhow::Context;
use clap::Subcommand;
use robofy_agent::builtin::eval::QuestionSet;

use self::cases::Files;

/// Measure search and answers on a question set
#[derive(Debug, clap::Args)]
pub struct Eval {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// How high search ranks the paragraph that answers (SQuAD or XQuAD JSON)
    Retrieval(Files),
    /// How often an answer holds a right one, and how often a question is refused (SQuAD or XQuAD JSON)
    Answers(Answers),
    /// How often the time that a sentence names is understood, misunderstood, or seen where there is none
    Dates(dates::Dates),
    /// How well contact details are picked up from what visitors say (JSON conversations)
    Leads(leads::Leads),
    /// How often the intent of a short message is recognised
    Intents(intents::Intents),
}

/// The question sets, and who answers.
#[derive(Debug, clap::Args)]
struct Answers {
    #[command(flatten)]
    sets: Files,
    #[command(flatten)]
    drawn: model::Drawn,
}

impl Eval {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let sets = match &self.what {
            What::Retrieval(sets) | What::Answers(Answers { sets, .. }) => sets,
            What::Dates(dates) => return dates.measure(),
            What::Leads(leads) => return leads.measure(),
            What::Intents(intents) => return intents.measure(),
        };
        let settings = sets.settings()?;
        super::runtime()?.block_on(async {
            for file in &sets.files {
                match &self.what {
                    What::Retrieval(_) => retrieval::measure(file, sets.json).await?,
                    What::Answers(Answers { drawn, .. }) if drawn.model => {
                        model::measure(file, &settings, *drawn, sets.json).await?;
                    }
                    What::Answers(_) => answers::measure(file, sets.json).await?,
                    What::Dates(_) | What::Leads(_) | What::Intents(_) => {}
                }
            }
            Ok(())
        })
    }
}

/// Reads a question set.
fn read(file: &Path) -> anyhow::Result<QuestionSet> {
    let bytes = std::fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
    let set: QuestionSet = serde_json::from_slice(&bytes)
        .with_context(|| format!("{} is not a question set in the format of SQuAD", file.display()))?;
    let paragraphs = set.data.iter().map(|article| article.paragraphs.len()).sum::<usize>();
    anyhow::ensure!(paragraphs > 0, "{} has no paragraphs", file.display());
    Ok(set)
}
