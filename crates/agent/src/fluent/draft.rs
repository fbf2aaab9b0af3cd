//! An answer while it is made: sentence by sentence, each cited when the stored source bears it out.

use robofy_kernel::AssetId;
use robofy_knowledge::analyse::sentences;
use robofy_knowledge::chunk::heading_path_at;
use robofy_knowledge::search::Hit;
use robofy_store::Store;

use super::align::{Aligned, Aligner};
use super::markers::Part;
use crate::answerer::{AnswerError, Question, Speaker};
use crate::builtin::BuiltIn;
use crate::citations::{self, Quote, Verified};
use crate::events::deltas;

/// Whether text leaves at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pace {
    /// The passages answer by all signs: text leaves as it comes.
    Live,
    /// In doubt: nothing leaves before the whole answer was looked at.
    Held,
}

/// The answer as it grows.
#[derive(Debug)]
pub(super) struct Draft<'a> {
    store: &'a Store,
    question: &'a Question<'a>,
    passages: &'a [Hit],
    aligner: Aligner<'a>,
    pace: Pace,
    /// What waits to leave: all of it with [`Pace::Held`], else what stands before the first word.
    waiting: String,
    /// The sentence that is being said.
    sentence: String,
    /// So much of it has left.
    left: usize,
    /// It carries a citation already.
    cited: bool,
    /// What was cited, by place: passage, first byte and last.
    places: Vec<(usize, usize, usize)>,
    /// Citations that wait with the text.
    verified: Vec<Verified>,
}

impl<'a> Draft<'a> {
    pub fn new(builtin: &'a BuiltIn, question: &'a Question<'a>, passages: &'a [Hit], pace: Pace) -> Self {
        Self {
            store: builtin.library().store(),
            question,
            passages,
            aligner: Aligner::new(question.query, passages, builtin.passages()),
            pace,
            waiting: String::new(),
            sentence: String::new(),
            left: 0,
            cited: false,
            places: Vec::new(),
            verified: Vec::new(),
        }
    }

    /// Whether anything in it was borne out by a source.
    pub const fn is_cited(&self) -> bool {
        !self.places.is_empty()
    }

    /// What waits to leave.
    pub fn waiting(&self) -> &str {
        &self.waiting
    }

    /// Takes a part of the reply; [`Part::NotFound`] is not for here.
    pub async fn add(&mut self, part: Part, out: &mut Speaker) -> Result<(), AnswerError> {
        match part {
            Part::Text(text) => self.text(&text, out).await,
            Part::Marker(numbers) => self.marker(&numbers, out).await,
            Part::NotFound => Ok(()),
        }
    }

    /// The reply is over.
    pub async fn end(&mut self, out: &mut Speaker) -> Result<(), AnswerError> {
        self.close(self.sentence.len(), out).await
    }

    /// Lets all that waits leave.
    pub fn release(&mut self, out: &mut Speaker) -> Result<(), AnswerError> {
        for piece in deltas(std::mem::take(&mut self.waiting).trim()) {
            out.claim(piece)?;
        }
        self.verified.drain(..).for_each(|citation| _ = out.cite(citation));
        Ok(())
    }

    async fn text(&mut self, text: &str, out: &mut Speaker) -> Result<(), AnswerError> {
        self.sentence.push_str(text);
        while let Some(end) = first_sentence(&self.sentence) {
            self.close(end, out).await?;
        }
        let rest = self.sentence[self.left..].to_owned();
        self.left = self.sentence.len();
        self.say(&rest, out)
    }

    /// The sentence ends at `end`: it leaves, with its citation if it has one, and the next one begins.
    async fn close(&mut self, end: usize, out: &mut Speaker) -> Result<(), AnswerError> {
        let rest = self.sentence.split_off(end);
        let sentence = std::mem::replace(&mut self.sentence, rest);
        let unsaid = sentence.get(self.left..).unwrap_or_default().to_owned();
        self.left = self.left.saturating_sub(end);
        self.say(&unsaid, out)?;
        if !std::mem::take(&mut self.cited)
            && let Some(aligned) = self.aligner.anywhere(sentence.trim())
        {
            self.cite(&aligned, out).await?;
        }
        Ok(())
    }

    async fn marker(&mut self, numbers: &[usize], out: &mut Speaker) -> Result<(), AnswerError> {
        for number in numbers {
            let named = number.checked_sub(1).and_then(|at| self.aligner.named(self.sentence.trim(), at));
            if let Some(aligned) = named {
                self.cited |= self.cite(&aligned, out).await?;
            }
        }
        Ok(())
    }

    /// Cites a place, when the stored source still says so. A place keeps its number.
    async fn cite(&mut self, aligned: &Aligned, out: &mut Speaker) -> Result<bool, AnswerError> {
        let Some(hit) = self.passages.get(aligned.passage) else { return Ok(false) };
        let (start, end) = (hit.start + aligned.range.start, hit.start + aligned.range.end);
        let place = (aligned.passage, start, end);
        let number = match self.places.iter().position(|known| *known == place) {
            Some(at) => at + 1,
            None => {
                let quote = Quote {
                    asset_id: AssetId(hit.source.asset_id),
                    version: hit.source.version,
                    start,
                    end,
                    quote: hit.text[aligned.range.clone()].to_owned(),
                    file_name: hit.source.file_name.clone(),
                    source_url: hit.source.source_url.clone(),
                    heading_path: heading_path_at(&hit.heading_path, &hit.text, aligned.range.start),
                };
                let verified = citations::verify_quote(self.store, self.question.op, quote).await?;
                let Some(verified) = verified else { return Ok(false) };
                self.places.push(place);
                match self.pace {
                    Pace::Live => _ = out.cite(verified),
                    Pace::Held => self.verified.push(verified),
                }
                self.places.len()
            }
        };
        self.say(&format!(" [{number}]"), out)?;
        Ok(true)
    }

    fn say(&mut self, text: &str, out: &mut Speaker) -> Result<(), AnswerError> {
        match self.pace {
            // A mark before the first word may belong to a refusal ("**NOT_FOUND**"): it waits for a word.
            Pace::Live if out.is_silent() => {
                self.waiting.push_str(text);
                if !self.waiting.contains(char::is_alphanumeric) {
                    return Ok(());
                }
                out.claim(std::mem::take(&mut self.waiting).trim_start())
            }
            Pace::Live => out.claim(text),
            Pace::Held => {
                self.waiting.push_str(text);
                Ok(())
            }
        }
    }
}

/// Where the first sentence ends, when another has begun.
fn first_sentence(text: &str) -> Option<usize> {
    const ENDS: [char; 9] = ['.', '!', '?', '\n', '。', '！', '？', '؟', '।'];
    let at = text.find(ENDS)?;
    text[at..].chars().nth(1)?;
    let mut found = sentences(text).into_iter();
    let (first, _) = (found.next()?, found.next()?);
    Some(first.end)
}
