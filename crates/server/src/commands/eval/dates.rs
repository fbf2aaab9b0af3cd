//! `robofy eval dates`: how often the time that a sentence names is understood.

use robofy_when::Language;
use robofy_when::eval::{Case, Scores, measure};
use serde_json::{Value, json};

use super::cases::{self, Figures, Files};

/// The cases, a JSON list of {id, lang, kind, ref, input, values}, and the form of the scores.
#[derive(Debug, clap::Args)]
pub struct Dates {
    #[command(flatten)]
    files: Files,
    /// Only cases of this language, by its English name or its code; every case otherwise
    #[arg(long, value_name = "LANGUAGE", value_parser = language)]
    language: Option<Language>,
}

impl Dates {
    /// Measures each file and prints its scores.
    pub(super) fn measure(&self) -> anyhow::Result<()> {
        self.files.measure("cases with dates", |cases: Vec<Case>| {
            let scores = measure(&cases, self.language);
            Ok((scores.cases + scores.without > 0).then_some(scores))
        })
    }
}

impl Figures for Scores {
    fn text(&self) -> String {
        let percent = |count: usize| 100.0 * self.share(count);
        format!(
            "{} sentences with a date, {} without\n\
             right {:.1} %   wrong {:.1} %   silent {:.1} %   false alarms {} of {}",
            self.cases,
            self.without,
            percent(self.right),
            percent(self.wrong),
            percent(self.silent),
            self.false_alarms,
            self.without,
        )
    }

    fn json(&self) -> Value {
        json!({
            "cases": self.cases,
            "right": self.share(self.right),
            "wrong": self.share(self.wrong),
            "silent": self.share(self.silent),
            "without_date": self.without,
            "false_alarms": self.false_alarm_share(),
        })
    }
}

fn language(name: &str) -> Result<Language, String> {
    cases::language(name, Language::of, Language::ALL.into_iter().map(Language::name))
}
