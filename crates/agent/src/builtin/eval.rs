//! Measures answers on a set of paragraphs and questions, as `robofy eval answers` prints them.

use std::fmt;

use robofy_knowledge::index::{AgentIndex, Change};
use robofy_knowledge::segment::{ChunkIn, SegmentBuilder, SegmentError, SourceRef};
use serde::Deserialize;

use super::answer;

/// Paragraphs by article, each with its questions (the form of SQuAD, answers as plain texts).
#[derive(Debug, Clone, Deserialize)]
pub struct QuestionSet {
    /// The articles.
    pub data: Vec<Article>,
}

/// An article.
#[derive(Debug, Clone, Deserialize)]
pub struct Article {
    /// Its paragraphs.
    pub paragraphs: Vec<Paragraph>,
}

/// A paragraph.
#[derive(Debug, Clone, Deserialize)]
pub struct Paragraph {
    /// The text.
    pub context: String,
    /// Its questions.
    pub qas: Vec<Asked>,
}

/// A question.
#[derive(Debug, Clone, Deserialize)]
pub struct Asked {
    /// The question.
    pub question: String,
    /// Answers that are right; none when the text does not answer.
    #[serde(deserialize_with = "answer_texts")]
    pub answers: Vec<String>,
}

/// Reads an answer as a plain text or as an object with a field `text`.
fn answer_texts<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Form {
        Plain(String),
        Object { text: String },
    }
    let forms = Vec::<Form>::deserialize(deserializer)?;
    Ok(forms
        .into_iter()
        .map(|form| match form {
            Form::Plain(text) | Form::Object { text } => text,
        })
        .collect())
}

impl QuestionSet {
    /// The questions of some articles, in order.
    pub fn questions(articles: &[Article]) -> impl Iterator<Item = &Asked> {
        articles.iter().flat_map(|article| &article.paragraphs).flat_map(|paragraph| &paragraph.qas)
    }
}

/// Makes an index in which each paragraph of the articles is an asset of one chunk.
///
/// # Errors
/// When a paragraph is too large for a segment.
pub fn teach(articles: &[Article]) -> Result<AgentIndex, SegmentError> {
    let mut changes = Vec::new();
    for (paragraph, asset_id) in articles.iter().flat_map(|article| &article.paragraphs).zip(1_i64..) {
        let source = SourceRef { asset_id, version: 1, file_name: String::new(), source_url: None };
        let text = paragraph.context.as_str();
        let mut builder = SegmentBuilder::new(source, None);
        builder.push(&ChunkIn { start: 0, end: text.len(), heading_path: &[], text });
        changes.push(Change { asset_id, segments: Some(vec![std::sync::Arc::new(builder.build()?)]) });
    }
    Ok(AgentIndex::new().apply(changes))
}

/// What came of the questions of one group.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Count {
    /// Questions asked.
    pub asked: usize,
    /// Answered with a right answer inside the text.
    pub right: usize,
    /// Refused.
    pub refused: usize,
}

impl Count {
    /// Share of right answers.
    #[must_use]
    pub fn right_share(&self) -> f64 {
        self.right as f64 / self.asked.max(1) as f64
    }

    /// Share of refusals.
    #[must_use]
    pub fn refused_share(&self) -> f64 {
        self.refused as f64 / self.asked.max(1) as f64
    }

    fn add(&mut self, asked: &Asked, text: Option<&str>) {
        self.asked += 1;
        match text {
            None => self.refused += 1,
            Some(text) => self.right += usize::from(has_answer(&asked.answers, text)),
        }
    }
}

/// The figures of a set.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Figures {
    /// All articles taught, questions that their texts answer.
    pub answerable: Count,
    /// All articles taught, questions that their texts do not answer.
    pub unanswerable: Count,
    /// The first half of the articles taught, answerable questions of the other half.
    pub untaught_answerable: Count,
    /// The first half of the articles taught, all questions of the other half.
    pub untaught: Count,
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let percent = |share: f64| 100.0 * share;
        writeln!(
            f,
            "all taught, answerable      {:>5}  right {:>5.1} %  refused {:>5.1} %",
            self.answerable.asked,
            percent(self.answerable.right_share()),
            percent(self.answerable.refused_share())
        )?;
        writeln!(
            f,
            "all taught, not answerable  {:>5}                 refused {:>5.1} %",
            self.unanswerable.asked,
            percent(self.unanswerable.refused_share())
        )?;
        writeln!(
            f,
            "not taught, answerable      {:>5}                 refused {:>5.1} %",
            self.untaught_answerable.asked,
            percent(self.untaught_answerable.refused_share())
        )?;
        write!(
            f,
            "not taught, all             {:>5}                 refused {:>5.1} %",
            self.untaught.asked,
            percent(self.untaught.refused_share())
        )
    }
}

/// Asks every question of a set, with all articles taught and with the first half taught; `teach` makes the index
/// ([`teach()`] here, or through the whole of chunking and store).
///
/// # Errors
/// Those of `teach`.
pub fn answers<E>(
    set: &QuestionSet,
    teach: impl Fn(&[Article]) -> Result<AgentIndex, E>,
) -> Result<Figures, E> {
    let mut figures = Figures::default();
    let index = teach(&set.data)?;
    for asked in QuestionSet::questions(&set.data) {
        let text = answer(&index, &asked.question, &[]).map(|answer| answer.text());
        let count =
            if asked.answers.is_empty() { &mut figures.unanswerable } else { &mut figures.answerable };
        count.add(asked, text.as_deref());
    }
    let (first, second) = set.data.split_at(set.data.len() / 2);
    let index = teach(first)?;
    for asked in QuestionSet::questions(second) {
        let text = answer(&index, &asked.question, &[]).map(|answer| answer.text());
        figures.untaught.add(asked, text.as_deref());
        if !asked.answers.is_empty() {
            figures.untaught_answerable.add(asked, text.as_deref());
        }
    }
    Ok(figures)
}

/// Whether one of the answers is in the text, compared as SQuAD compares: lower case, without articles and marks.
#[must_use]
pub fn has_answer(answers: &[String], text: &str) -> bool {
    let text = normal(text);
    answers.iter().map(|answer| normal(answer)).any(|answer| !answer.is_empty() && text.contains(&answer))
}

fn normal(text: &str) -> String {
    let plain: String =
        text.to_lowercase().chars().filter(|c| c.is_alphanumeric() || c.is_whitespace()).collect();
    let words: Vec<&str> =
        plain.split_whitespace().filter(|word| !matches!(*word, "a" | "an" | "the")).collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_compare_without_articles_and_marks() {
        assert!(has_answer(&["The 1,200".to_owned()], "About 1200 people"));
        assert!(!has_answer(&["".to_owned(), "the".to_owned()], "anything"));
    }
}
