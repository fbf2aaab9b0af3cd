//! `robofy eval answers --model`: how a language model answers a few questions of a set, through whole turns.
//!
//! Drawn by a seed: questions that the texts answer, asked with all articles taught; and questions off the topic,
//! which are those about the second half of the articles, asked with the first half taught.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, bail};
use clap::Args;
use futures::StreamExt as _;
use robofy_agent::builtin::eval::{Article, Asked, QuestionSet, has_answer};
use robofy_agent::events::TurnEvent;
use robofy_agent::{Ask, StreamLimits, Turns};
use robofy_kernel::Stopwatch;
use robofy_knowledge::search::Query;
use robofy_store::chat::{Channel, TurnKind, VisitorContext};
use serde::Serialize;

use super::read;
use super::scratch::Scratch;
use crate::config::Settings;
use crate::{output, wiring};

/// What is asked of a model, and how much of it.
#[derive(Clone, Copy, Debug, Args)]
pub struct Drawn {
    /// Ask the model that `llm-base-url` names, instead of the built-in answerer: takes a while
    #[arg(long)]
    pub model: bool,
    /// How many questions of each group are drawn
    #[arg(long, value_name = "N", default_value_t = 50, requires = "model")]
    questions: usize,
    /// Draws other questions
    #[arg(long, value_name = "N", default_value_t = 1, requires = "model")]
    seed: u64,
    /// Print the answers that were not as they should be
    #[arg(long, requires = "model")]
    show: bool,
}

/// What came of a group of questions.
#[derive(Debug, Default, Serialize)]
struct Group {
    asked: usize,
    /// The search found something, whatever it was worth.
    with_passages: usize,
    /// The agent's not-found answer was given.
    refused: usize,
    /// A right answer is in the text.
    right: usize,
    /// At least one quote was verified against the stored source.
    cited: usize,
    /// The model was not reached in time, or said nothing: the built-in answerer answered.
    without_model: usize,
}

/// The figures of a set.
#[derive(Debug, Serialize)]
struct Figures {
    file: String,
    model: String,
    seed: u64,
    answerable: Group,
    off_topic: Group,
    input_tokens: i64,
    output_tokens: i64,
    /// Seconds of all turns.
    seconds: f64,
    /// The mean time to a turn's first word.
    first_word_seconds: f64,
}

/// One answer.
struct Heard {
    text: String,
    kind: Option<TurnKind>,
    citations: usize,
    without_model: bool,
    first_word: Duration,
    whole: Duration,
}

/// Measures one set and prints its figures.
pub async fn measure(file: &Path, settings: &Settings, drawn: Drawn, json: bool) -> anyhow::Result<()> {
    let Some(model) = settings.llm_model.clone().filter(|_| settings.llm_base_url.is_some()) else {
        bail!(
            "no model to measure: give --llm-base-url and --llm-model (and ROBOFY_LLM_API_KEY where it takes one)"
        )
    };
    let set = read(file)?;
    let (first, second) = set.data.split_at(set.data.len() / 2);
    let answerable = draw(&set.data, drawn);
    let off_topic = draw(second, drawn);
    let mut figures = Figures {
        file: file.display().to_string(),
        model,
        seed: drawn.seed,
        answerable: Group::default(),
        off_topic: Group::default(),
        input_tokens: 0,
        output_tokens: 0,
        seconds: 0.0,
        first_word_seconds: 0.0,
    };
    let mut first_words = Duration::ZERO;
    for (articles, questions, on_topic) in [(&*set.data, answerable, true), (first, off_topic, false)] {
        let taught = Taught::new(articles, settings).await?;
        for asked in questions {
            let passages = taught.passages(&asked.question).await?;
            let heard = taught.hear(&asked.question).await?;
            let group = if on_topic { &mut figures.answerable } else { &mut figures.off_topic };
            let good = group.add(asked, passages, &heard, on_topic);
            if drawn.show && !good {
                show(asked, &heard)?;
            }
            figures.seconds += heard.whole.as_secs_f64();
            first_words += heard.first_word;
        }
        let tokens = taught
            .scratch
            .opened
            .store
            .tokens_this_month(&taught.scratch.op, &taught.scratch.agent.chatbot_id);
        let tokens = tokens.await?;
        figures.input_tokens += tokens.input;
        figures.output_tokens += tokens.output;
        taught.scratch.throw_away().await?;
    }
    let asked = (figures.answerable.asked + figures.off_topic.asked).max(1);
    figures.first_word_seconds = first_words.as_secs_f64() / asked as f64;
    output::line(&if json { serde_json::to_string(&figures)? } else { figures.to_string() })
}

/// An agent that was taught, and its turns.
struct Taught {
    scratch: Scratch,
    turns: Turns,
}

impl Taught {
    async fn new(articles: &[Article], settings: &Settings) -> anyhow::Result<Self> {
        let mut scratch = Scratch::new().await?;
        for paragraph in articles.iter().flat_map(|article| &article.paragraphs) {
            scratch.teach(&paragraph.context).await?;
        }
        scratch.refresh().await?;
        // The index is made before the first question, whose time counts.
        scratch.index().await?;
        let turns = wiring::turns(&scratch.opened, &scratch.library, settings, StreamLimits::default())?;
        Ok(Self { scratch, turns })
    }

    /// How many passages a search finds.
    async fn passages(&self, question: &str) -> anyhow::Result<usize> {
        Ok(self.scratch.index().await?.search(&Query::new(question), 1).hits.len())
    }

    /// Asks in a session of its own, as a visitor does.
    async fn hear(&self, question: &str) -> anyhow::Result<Heard> {
        let Scratch { op, project, agent, opened, .. } = &self.scratch;
        let ask = Ask {
            project: *project,
            chatbot: agent.chatbot_id.clone(),
            channel: Channel::Web,
            session: None,
            visitor: VisitorContext::default(),
            query: question.to_owned(),
            action: None,
            address: None,
            quota: None,
        };
        let stopwatch = Stopwatch::start();
        let handle = self.turns.ask(op, ask).await?;
        let mut events = Box::pin(handle.log.read_from(0));
        let (mut text, mut citations, mut without_model, mut first_word) = (String::new(), 0, false, None);
        while let Some(event) = events.next().await {
            match &*event {
                TurnEvent::TextDelta { delta, .. } => {
                    first_word.get_or_insert_with(|| stopwatch.elapsed());
                    text.push_str(delta);
                }
                TurnEvent::DataCitation { .. } => citations += 1,
                TurnEvent::DataNotice { .. } => without_model = true,
                TurnEvent::Error { failure, .. } => bail!("a turn failed ({failure:?}): {question}"),
                TurnEvent::Start { .. }
                | TurnEvent::StartStep
                | TurnEvent::TextStart { .. }
                | TurnEvent::TextEnd { .. }
                | TurnEvent::SourceUrl { .. }
                | TurnEvent::SourceDocument { .. }
                | TurnEvent::Part(_)
                | TurnEvent::FinishStep
                | TurnEvent::Finish { .. }
                | TurnEvent::DataSession { .. }
                | TurnEvent::DataFinishReason { .. }
                | TurnEvent::Abort { .. } => {}
            }
        }
        let whole = stopwatch.elapsed();
        let turn = opened.store.find_turn(op.account, &handle.message_id).await?;
        let kind = turn.context("a turn was not stored")?.kind;
        let first_word = first_word.unwrap_or(whole);
        Ok(Heard { text, kind, citations, without_model, first_word, whole })
    }
}

impl Group {
    /// Counts one answer; says whether it was as it should be.
    fn add(&mut self, asked: &Asked, passages: usize, heard: &Heard, on_topic: bool) -> bool {
        let refused = heard.kind == Some(TurnKind::NotFound);
        let right = !refused && has_answer(&asked.answers, &heard.text);
        self.asked += 1;
        self.with_passages += usize::from(passages > 0);
        self.refused += usize::from(refused);
        self.right += usize::from(right);
        self.cited += usize::from(!refused && heard.citations > 0);
        self.without_model += usize::from(heard.without_model);
        if on_topic { right && heard.citations > 0 } else { refused }
    }
}

impl std::fmt::Display for Figures {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let share = |count: usize, group: &Group| 100.0 * count as f64 / group.asked.max(1) as f64;
        let (on, off) = (&self.answerable, &self.off_topic);
        writeln!(f, "{}, asked {}, seed {}", self.file, self.model, self.seed)?;
        writeln!(
            f,
            "answerable  {:>5}  refused {:>5.1} %  right {:>5.1} %  with a verified citation {:>5.1} %",
            on.asked,
            share(on.refused, on),
            share(on.right, on),
            share(on.cited, on)
        )?;
        writeln!(
            f,
            "off topic   {:>5}  answered {:>4.1} %  ({} of them got passages)",
            off.asked,
            share(off.asked - off.refused, off),
            off.with_passages
        )?;
        let turns = (on.asked + off.asked).max(1) as f64;
        write!(
            f,
            "cost        {:>5} s  {:.1} s an answer, {:.1} s to its first word, {} tokens in, {} out",
            self.seconds.round(),
            self.seconds / turns,
            self.first_word_seconds,
            self.input_tokens,
            self.output_tokens
        )?;
        match on.without_model + off.without_model {
            0 => Ok(()),
            count => write!(f, "\nwithout the model: {count} answers, which are the built-in answerer's"),
        }
    }
}

fn show(asked: &Asked, heard: &Heard) -> anyhow::Result<()> {
    let kind = heard.kind.map_or("none", |kind| kind.as_str());
    let wanted = asked.answers.first().map_or("", String::as_str);
    let text = heard.text.replace('\n', " ");
    output::line(&format!(
        "- {}\n  wanted {wanted:?}, {kind}, {} citations: {text}",
        asked.question, heard.citations
    ))
}

/// Questions that the text answers, drawn by a seed.
fn draw(articles: &[Article], drawn: Drawn) -> Vec<&Asked> {
    let mut questions: Vec<(u64, &Asked)> = QuestionSet::questions(articles)
        .filter(|asked| !asked.answers.is_empty())
        .zip(0_u64..)
        .map(|(asked, at)| (scrambled(drawn.seed, at), asked))
        .collect();
    questions.sort_unstable_by_key(|(order, _)| *order);
    questions.truncate(drawn.questions);
    questions.into_iter().map(|(_, asked)| asked).collect()
}

/// `SplitMix64` (Steele, Lea and Flood 2014): the same everywhere and always, unlike a library's generator.
const fn scrambled(seed: u64, at: u64) -> u64 {
    let mut x = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15).wrapping_add(at.wrapping_mul(0xD1B5_4A32_D192_ED03));
    x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    x ^ (x >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;
    use robofy_agent::builtin::eval::Paragraph;

    fn drawn(seed: u64) -> Vec<String> {
        let asked = |at: usize| Asked { question: at.to_string(), answers: vec!["x".to_owned(); at % 2] };
        let paragraph = Paragraph { context: String::new(), qas: (0..200).map(asked).collect() };
        let drawn = Drawn { model: true, questions: 20, seed, show: false };
        draw(&[Article { paragraphs: vec![paragraph] }], drawn)
            .into_iter()
            .map(|asked| asked.question.clone())
            .collect()
    }

    #[test]
    fn a_seed_draws_the_same_questions_and_another_seed_others() {
        assert_eq!(drawn(1), drawn(1));
        assert_ne!(drawn(1), drawn(2));
        assert_eq!(drawn(1).len(), 20);
        assert!(drawn(1).iter().all(|question| question.parse::<u32>().unwrap() % 2 == 1));
    }
}
