//! Question sets in the format of SQuAD 2.0, which XQuAD shares.

use std::path::Path;

use anyhow::Context;
use serde::Deserialize;
use serde::de::IgnoredAny;

/// A set: articles in order, each with its paragraphs.
#[derive(Debug, Deserialize)]
pub struct QuestionSet {
    /// The articles.
    pub data: Vec<Article>,
}

/// An article.
#[derive(Debug, Deserialize)]
pub struct Article {
    /// Its paragraphs.
    pub paragraphs: Vec<Paragraph>,
}

/// A paragraph with the questions that were asked about it.
#[derive(Debug, Deserialize)]
pub struct Paragraph {
    /// The text.
    pub context: String,
    /// The questions.
    pub qas: Vec<Asked>,
}

/// A question.
#[derive(Debug, Deserialize)]
pub struct Asked {
    /// Its words.
    pub question: String,
    /// Texts that answer it, as they stand in the paragraph; none when the paragraph does not answer.
    #[serde(default)]
    pub answers: Vec<IgnoredAny>,
}

impl Asked {
    /// Whether the paragraph answers it.
    pub fn is_answerable(&self) -> bool {
        !self.answers.is_empty()
    }
}

impl QuestionSet {
    /// Reads a file.
    pub fn read(file: &Path) -> anyhow::Result<Self> {
        let bytes = std::fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
        let set: Self = serde_json::from_slice(&bytes)
            .with_context(|| format!("{} is not a question set in the format of SQuAD", file.display()))?;
        anyhow::ensure!(set.paragraphs().next().is_some(), "{} has no paragraphs", file.display());
        Ok(set)
    }

    /// All paragraphs, with the number of their article.
    pub fn paragraphs(&self) -> impl Iterator<Item = (usize, &Paragraph)> {
        self.data
            .iter()
            .enumerate()
            .flat_map(|(number, article)| article.paragraphs.iter().map(move |paragraph| (number, paragraph)))
    }
}
