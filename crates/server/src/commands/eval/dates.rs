//! `robofy eval dates`: how often the time that a sentence names is understood.

use std::path::{Path, PathBuf};

use anyhow::Context;
use robofy_when::Language;
use robofy_when::eval::{Case, Scores, measure};
use serde_json::json;

use crate::config::{EveryGroup, Flags};
use crate::output;

/// The cases and the form of the scores.
#[derive(Debug, clap::Args)]
pub struct Dates {
    #[command(flatten)]
    flags: Flags<EveryGroup>,
    /// Cases: a JSON list of {id, lang, kind, ref, input, values}
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Only cases of this language, by its English name or its code; every case otherwise
    #[arg(long, value_name = "LANGUAGE", value_parser = language)]
    language: Option<Language>,
    /// Print JSON, one file a line
    #[arg(long)]
    json: bool,
}

impl Dates {
    /// Measures each file and prints its scores.
    pub(super) fn measure(&self) -> anyhow::Result<()> {
        super::super::open(self.flags.clone())?;
        self.files.iter().try_for_each(|file| self.measure_file(file))
    }

    fn measure_file(&self, file: &Path) -> anyhow::Result<()> {
        let bytes = std::fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
        let cases: Vec<Case> = serde_json::from_slice(&bytes)
            .with_context(|| format!("{} is not a list of cases with dates", file.display()))?;
        let scores = measure(&cases, self.language);
        let Scores { cases, right, wrong, silent, without, false_alarms } = scores;
        anyhow::ensure!(cases + without > 0, "{} has no case of that language", file.display());
        if self.json {
            let figures = json!({
                "file": file.display().to_string(),
                "cases": cases,
                "right": scores.share(right),
                "wrong": scores.share(wrong),
                "silent": scores.share(silent),
                "without_date": without,
                "false_alarms": scores.false_alarm_share(),
            });
            return output::line(&figures.to_string());
        }
        let percent = |count: usize| 100.0 * scores.share(count);
        output::line(&format!(
            "{}: {cases} sentences with a date, {without} without\n\
             right {:.1} %   wrong {:.1} %   silent {:.1} %   false alarms {false_alarms} of {without}",
            file.display(),
            percent(right),
            percent(wrong),
            percent(silent),
        ))
    }
}

fn language(name: &str) -> Result<Language, String> {
    Language::of(name).ok_or_else(|| {
        let names: Vec<&str> = Language::ALL.into_iter().map(Language::name).collect();
        format!("give one of {}", names.join(", "))
    })
}
