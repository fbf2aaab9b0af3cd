//! `robofy eval intents`: how often the intent of a short message is recognised.

use anyhow::Context;
use robofy_intent::eval::{Count, Scores};
use robofy_intent::{Intent, Language};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::cases::{self, Figures, Files};

/// The cases, a JSON list of {id, language, text, intent}, and the form of the scores.
#[derive(Debug, clap::Args)]
pub struct Intents {
    #[command(flatten)]
    files: Files,
    /// Only cases of this language, by its English name or its code; every case otherwise
    #[arg(long, value_name = "LANGUAGE", value_parser = language)]
    language: Option<Language>,
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
        self.files.measure("messages with intents", |cases: Vec<Case>| {
            let mut scores = Scores::default();
            for case in &cases {
                let meant = Intent::from_code(&case.intent)
                    .with_context(|| format!("there is no intent {:?}", case.intent))?;
                if self.language.is_none_or(|language| Language::of(&case.language) == Some(language)) {
                    scores.count(&case.language, &case.text, meant);
                }
            }
            Ok((scores.all.of > 0).then_some(scores))
        })
    }
}

/// What an intent whose flow does something may not be taken for.
const EFFECTS: [Intent; 3] = [Intent::Book, Intent::Reschedule, Intent::Cancel];

impl Figures for Scores {
    fn text(&self) -> String {
        let line = |name: &str, count: Count| format!("  {name:<14}{:>4} of {:>4}", count.right, count.of);
        let mut lines = vec![format!(
            "{} of {} right = {:.1} %   nothing recognised {}   false alarms {}",
            self.all.right,
            self.all.of,
            100.0 * self.all.share(),
            self.unanswered,
            self.false_alarms,
        )];
        lines.extend(self.languages.iter().map(|(name, count)| line(name, *count)));
        lines.extend(self.intents.iter().map(|(intent, count)| line(intent.code(), *count)));
        lines.push("  meant, taken for another:".to_owned());
        for meant in EFFECTS {
            let others = EFFECTS.iter().filter(|found| **found != meant);
            let counts = others.map(|found| {
                let count = self.confused.get(&(meant, *found)).copied().unwrap_or_default();
                format!("{} {count}", found.code())
            });
            lines.push(format!("  {:<14}{}", meant.code(), counts.collect::<Vec<_>>().join("   ")));
        }
        lines.join("\n")
    }

    fn json(&self) -> Value {
        let shares = |counts: &mut dyn Iterator<Item = (&str, Count)>| {
            counts.map(|(name, count)| (name.to_owned(), Value::from(count.share()))).collect::<Map<_, _>>()
        };
        let confused = self.confused.iter().map(
            |((meant, found), count)| json!({ "meant": meant.code(), "found": found.code(), "count": count }),
        );
        json!({
            "cases": self.all.of,
            "accuracy": self.all.share(),
            "languages": shares(&mut self.languages.iter().map(|(name, count)| (name.as_str(), *count))),
            "intents": shares(&mut self.intents.iter().map(|(intent, count)| (intent.code(), *count))),
            "unanswered": self.unanswered,
            "false_alarms": self.false_alarms,
            "confused": confused.collect::<Vec<_>>(),
        })
    }
}

fn language(name: &str) -> Result<Language, String> {
    cases::language(name, Language::of, Language::ALL.iter().map(|language| language.name()))
}
