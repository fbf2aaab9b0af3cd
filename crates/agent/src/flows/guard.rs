//! Holds back what a model claims to have done. Only a flow books, moves, cancels, saves and sends, and only a flow says
//! so.

use robofy_intent::{Language, claims_effect};
use robofy_knowledge::analyse::sentences;

/// Looks at a text sentence by sentence.
#[derive(Debug)]
pub(crate) struct Guard {
    language: Option<Language>,
    waiting: String,
}

impl Guard {
    pub fn new(language: String) -> Self {
        Self { language: Language::from_code(&language), waiting: String::new() }
    }

    pub const fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// Takes a piece; gives the sentences that are whole now and claim nothing.
    pub fn push(&mut self, piece: &str) -> String {
        self.waiting.push_str(piece);
        let ends: Vec<usize> = sentences(&self.waiting).into_iter().map(|sentence| sentence.end).collect();
        let Some(&end) = ends.len().checked_sub(2).and_then(|last| ends.get(last)) else {
            return String::new();
        };
        let rest = self.waiting.split_off(end);
        let whole = std::mem::replace(&mut self.waiting, rest);
        self.pass(&whole)
    }

    /// The last sentence.
    pub fn end(&mut self) -> String {
        let last = std::mem::take(&mut self.waiting);
        self.pass(&last)
    }

    fn pass(&self, text: &str) -> String {
        let mut passed = String::with_capacity(text.len());
        let mut at = 0;
        for sentence in sentences(text) {
            let with_gap = text.get(at..sentence.end).unwrap_or_default();
            at = sentence.end;
            if claims_effect(with_gap, self.language).is_none() {
                passed.push_str(with_gap);
            } else {
                tracing::info!("a model claimed to have done something; the sentence was left out");
            }
        }
        passed.push_str(text.get(at..).unwrap_or_default());
        passed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_that_claims_an_effect_is_left_out_wherever_it_is_cut() {
        let text = "We are in Mill Lane. Your appointment is now booked for Tuesday! Parking is free.";
        for size in [1, 3, 7, 200] {
            let mut guard = Guard::new("en".to_owned());
            let mut said = String::new();
            let letters: Vec<char> = text.chars().collect();
            for piece in letters.chunks(size) {
                said += &guard.push(&piece.iter().collect::<String>());
            }
            said += &guard.end();
            assert_eq!(said, "We are in Mill Lane. Parking is free.", "{size}");
            assert!(guard.is_empty());
        }
    }
}
