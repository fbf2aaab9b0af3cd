//! `robofy eval intents`: how often the intent of a short message is recognised.

use std::path::{Path, PathBuf};

use anyhow::Context;
use robofy_intent::eval::{Count, Scores};
use robofy_intent::{Intent, Language};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::config::{EveryGroup, Flags};
use crate::output;

/// The cases and the form of the scores.
#[derive(Debug, clap::Args)]
pub struct Intents {
    #[command(flatten)]
    flags: Flags<EveryGroup>,
    /// Cases: a JSON list of {id, language, text, intent}
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Only cases of this language, by its English name or its code; every case otherwise
    #[arg(long, value_name = "LANGUAGE", value_parser = language)]
    language: Option<Language>,
    /// Print JSON, one file a line
    #[arg(long)]
    json: bool,
}

/// A labelled message.
#[derive(Debug, Deserialize)]
struct Case {
    language: String,
    text: String,
    intent: String,
}

impl Intents {
    /// Measures each file and prints its scores.
    pub(super) fn measure(&self) -> anyhow::Result<()> {
        super::super::open(self.flags.clone())?;
        self.files.iter().try_for_each(|file| self.measure_file(file))
    }

    fn measure_file(&self, file: &Path) -> anyhow::Result<()> {
        let bytes = std::fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
        let cases: Vec<Case> = serde_json::from_slice(&bytes)
            .with_context(|| format!("{} is not a list of messages with intents", file.display()))?;
        let mut scores = Scores::default();
        for case in &cases {
            let meant = Intent::from_code(&case.intent)
                .with_context(|| format!("{}: no intent {:?}", file.display(), case.intent))?;
            if self.language.is_none_or(|language| Language::of(&case.language) == Some(language)) {
                scores.count(&case.language, &case.text, meant);
            }
        }
        anyhow::ensure!(scores.all.of > 0, "{} has no case of that language", file.display());
        output::line(&if self.json { as_json(file, &scores) } else { as_text(file, &scores) })
    }
}

fn as_json(file: &Path, scores: &Scores) -> String {
    let shares = |counts: &mut dyn Iterator<Item = (&str, Count)>| {
        counts.map(|(name, count)| (name.to_owned(), Value::from(count.share()))).collect::<Map<_, _>>()
    };
    let confused = scores.confused.iter().map(
        |((meant, found), count)| json!({ "meant": meant.code(), "found": found.code(), "count": count }),
    );
    json!({
        "file": file.display().to_string(),
        "cases": scores.all.of,
        "accuracy": scores.all.share(),
        "languages": shares(&mut scores.languages.iter().map(|(name, count)| (name.as_str(), *count))),
        "intents": shares(&mut scores.intents.iter().map(|(intent, count)| (intent.code(), *count))),
        "unanswered": scores.unanswered,
        "false_alarms": scores.false_alarms,
        "confused": confused.collect::<Vec<_>>(),
    })
    .to_string()
}

fn as_text(file: &Path, scores: &Scores) -> String {
    const EFFECTS: [Intent; 3] = [Intent::Book, Intent::Reschedule, Intent::Cancel];
    let line = |name: &str, count: Count| format!("  {name:<14}{:>4} of {:>4}", count.right, count.of);
    let mut lines = vec![format!(
        "{}: {} of {} right = {:.1} %   nothing recognised {}   false alarms {}",
        file.display(),
        scores.all.right,
        scores.all.of,
        100.0 * scores.all.share(),
        scores.unanswered,
        scores.false_alarms,
    )];
    lines.extend(scores.languages.iter().map(|(name, count)| line(name, *count)));
    lines.extend(scores.intents.iter().map(|(intent, count)| line(intent.code(), *count)));
    lines.push("  meant, taken for another:".to_owned());
    for meant in EFFECTS {
        let others = EFFECTS.iter().filter(|found| **found != meant);
        let counts = others.map(|found| {
            format!("{} {}", found.code(), scores.confused.get(&(meant, *found)).copied().unwrap_or_default())
        });
        lines.push(format!("  {:<14}{}", meant.code(), counts.collect::<Vec<_>>().join("   ")));
    }
    lines.join("\n")
}

fn language(name: &str) -> Result<Language, String> {
    Language::of(name).ok_or_else(|| {
        let names: Vec<&str> = Language::ALL.iter().map(|language| language.name()).collect();
        format!("give one of {}", names.join(", "))
    })
}
