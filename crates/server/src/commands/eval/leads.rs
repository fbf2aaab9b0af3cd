//! `robofy eval leads`: how well contact details are picked up from what visitors say.

use std::path::{Path, PathBuf};

use anyhow::Context;
use robofy_leads::eval::{Case, Figures, measure as figures};
use serde_json::{Map, json};

use crate::output;

/// The sets of conversations and the form of the scores.
#[derive(Debug, clap::Args)]
pub struct Leads {
    /// Sets of conversations with what is to be known after them
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Only the conversations in this language (ISO 639, such as `en`)
    #[arg(long, value_name = "L")]
    language: Option<String>,
    /// Name the conversations that are not wholly right, with what was found
    #[arg(long)]
    show: bool,
    /// Print JSON, one set a line
    #[arg(long)]
    json: bool,
}

impl Leads {
    /// Measures each set and prints its figures.
    pub fn measure(&self) -> anyhow::Result<()> {
        for file in &self.files {
            let mut cases = read(file)?;
            if let Some(language) = &self.language {
                cases.retain(|case| case.language.eq_ignore_ascii_case(language));
                anyhow::ensure!(
                    !cases.is_empty(),
                    "{} has nothing in the language {language}",
                    file.display()
                );
            }
            let figures = figures(&cases);
            if self.json {
                output::line(&as_json(file, &figures).to_string())?;
            } else {
                output::line(&format!("{}\n{figures}", file.display()))?;
            }
            if self.show {
                for (id, found) in &figures.wrong {
                    output::line(&json!({ "id": id, "found": found }).to_string())?;
                }
            }
        }
        Ok(())
    }
}

fn read(file: &Path) -> anyhow::Result<Vec<Case>> {
    let bytes = std::fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
    let cases: Vec<Case> = serde_json::from_slice(&bytes).with_context(|| {
        format!("{} is not a set of conversations with `turns` and `expect`", file.display())
    })?;
    anyhow::ensure!(!cases.is_empty(), "{} has no conversations", file.display());
    Ok(cases)
}

fn as_json(file: &Path, figures: &Figures) -> serde_json::Value {
    let mut fields = Map::new();
    for (name, count) in &figures.fields {
        let figure = json!({
            "expected": count.expected, "given": count.given, "right": count.right, "invented": count.invented,
            "recall": count.recall(), "precision": count.precision(),
        });
        fields.insert((*name).to_owned(), figure);
    }
    json!({
        "file": file.display().to_string(),
        "cases": figures.whole.cases,
        "wholly_right": figures.whole.right,
        "fields": fields,
        "ranges": { "expected": figures.spans.0, "right": figures.spans.1 },
        "parts": figures.parts,
    })
}
