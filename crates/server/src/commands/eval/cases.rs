//! What the measures on files of cases share: the files, the language, and the form of the figures.

use std::path::PathBuf;

use anyhow::Context;
use clap::Args;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::config::{EveryGroup, Flags, Settings};
use crate::output;

/// The files, and the form of the figures.
#[derive(Debug, Args)]
pub struct Files {
    #[command(flatten)]
    flags: Flags<EveryGroup>,
    /// Files of cases; each is measured by itself
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// Print JSON, one file a line
    #[arg(long)]
    pub json: bool,
}

/// What came of a file's cases.
pub trait Figures {
    /// For people: its first line goes on after the file's name.
    fn text(&self) -> String;

    /// For programs: an object, to which the file's name is added.
    fn json(&self) -> Value;

    /// Lines that follow in either form.
    fn notes(&self) -> Vec<String> {
        Vec::new()
    }
}

impl Files {
    /// The settings that the flags make.
    pub fn settings(&self) -> anyhow::Result<Settings> {
        super::super::open(self.flags.clone())
    }

    /// Measures each file, which must be a list of `cases` ("messages with intents"), and prints its figures. `None` = the
    /// file has no case of the language that was asked for.
    pub fn measure<C: DeserializeOwned, F: Figures>(
        &self,
        cases: &str,
        measure: impl Fn(Vec<C>) -> anyhow::Result<Option<F>>,
    ) -> anyhow::Result<()> {
        self.settings()?;
        for file in &self.files {
            let name = file.display();
            let bytes = std::fs::read(file).with_context(|| format!("cannot read {name}"))?;
            let list: Vec<C> =
                serde_json::from_slice(&bytes).with_context(|| format!("{name} is not a list of {cases}"))?;
            anyhow::ensure!(!list.is_empty(), "{name} has no cases");
            let figures = measure(list).with_context(|| name.to_string())?;
            let figures = figures.with_context(|| format!("{name} has no case of that language"))?;
            if self.json {
                let mut object = figures.json();
                object["file"] = Value::from(name.to_string());
                output::line(&object.to_string())?;
            } else {
                output::line(&format!("{name}: {}", figures.text()))?;
            }
            for note in figures.notes() {
                output::line(&note)?;
            }
        }
        Ok(())
    }
}

/// Reads a language's English name or code.
///
/// # Errors
/// With the names that there are.
pub fn language<L>(
    name: &str,
    of: impl Fn(&str) -> Option<L>,
    names: impl Iterator<Item = &'static str>,
) -> Result<L, String> {
    of(name).ok_or_else(|| format!("give one of {}", names.collect::<Vec<_>>().join(", ")))
}
