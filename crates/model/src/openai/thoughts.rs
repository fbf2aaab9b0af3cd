//! Takes out what a model thinks aloud within its text.
//!
//! Servers usually set thoughts apart (`reasoning_content`). Those that do not pass on what the model writes: Qwen and
//! DeepSeek begin their replies with `<think>…</think>`, other models with other words. Only the beginning of a reply is
//! looked at: after the first word the tag is text, say of an answer about HTML.

use std::borrow::Cow;
use std::collections::VecDeque;

use crate::provider::Signal;

/// How thoughts begin and end.
const TAGS: [(&str, &str); 3] =
    [("<think>", "</think>"), ("<thinking>", "</thinking>"), ("<thought>", "</thought>")];
/// So much blank space at the beginning is waited for a tag behind it.
const BLANK: usize = 256;

/// Reads the text of one reply.
#[derive(Debug)]
pub(super) struct Thoughts(State);

#[derive(Debug)]
enum State {
    /// Nothing but blanks and perhaps the beginning of a tag came; `thought` when thoughts stood before them.
    Beginning { held: String, thought: bool },
    /// Thoughts, until `close`; the last bytes may be the beginning of it.
    Thinking { close: &'static str, last: String },
    /// Text to the end.
    Speaking,
}

impl Thoughts {
    pub(super) const fn new() -> Self {
        Self(State::Beginning { held: String::new(), thought: false })
    }

    /// Takes a piece of text; gives what is certain now.
    pub(super) fn take(&mut self, text: Cow<'_, str>, out: &mut VecDeque<Signal>) {
        match &mut self.0 {
            State::Speaking => out.push_back(Signal::Text(text.into_owned())),
            State::Beginning { held, thought } => {
                held.push_str(&text);
                let begun = held.trim_start();
                if let Some((rest, close)) =
                    TAGS.iter().find_map(|(open, close)| Some((begun.strip_prefix(open)?, *close)))
                {
                    let rest = rest.to_owned();
                    self.0 = State::Thinking { close, last: String::new() };
                    self.take(rest.into(), out);
                } else if held.len() > BLANK || !TAGS.iter().any(|(open, _)| open.starts_with(begun)) {
                    let said = if *thought { begun.to_owned() } else { std::mem::take(held) };
                    self.0 = State::Speaking;
                    if !said.is_empty() {
                        out.push_back(Signal::Text(said));
                    }
                }
            }
            State::Thinking { close, last } => {
                last.push_str(&text);
                out.push_back(Signal::Thought);
                if let Some(at) = last.find(*close) {
                    let rest = last.split_off(at + close.len());
                    self.0 = State::Beginning { held: String::new(), thought: true };
                    self.take(rest.into(), out);
                } else {
                    let from = last.ceil_char_boundary(last.len().saturating_sub(close.len()));
                    last.drain(..from);
                }
            }
        }
    }

    /// The reply has ended: gives what was held back.
    pub(super) fn end(&mut self, out: &mut VecDeque<Signal>) {
        let State::Beginning { held, thought } = std::mem::replace(&mut self.0, State::Speaking) else {
            return;
        };
        let said = if thought { held.trim_start() } else { &held };
        if !said.is_empty() {
            out.push_back(Signal::Text(said.to_owned()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// What is said, and whether the model thought.
    fn read(pieces: &[&str]) -> (String, bool) {
        let (mut out, mut thoughts) = (VecDeque::new(), Thoughts::new());
        pieces.iter().for_each(|piece| thoughts.take((*piece).into(), &mut out));
        thoughts.end(&mut out);
        let (mut said, mut thought) = (String::new(), false);
        for signal in out {
            match signal {
                Signal::Text(text) => said.push_str(&text),
                Signal::Thought => thought = true,
                Signal::End { .. } => panic!("no end was told"),
            }
        }
        (said, thought)
    }

    #[test]
    fn thoughts_at_the_beginning_are_taken_out() {
        for (reply, said, thought) in [
            ("<think>\nNine, I guess [1].\n</think>\n\nWe open at nine.", "We open at nine.", true),
            ("\n<think></think>At nine.", "At nine.", true),
            ("<thinking>a</think>b</thinking> c", "c", true),
            ("<think>a</think>\n<thought>b</thought>\nc", "c", true),
            ("<think>no end, cut by the limit", "", true),
            ("<think>a</think>", "", true),
            // Text.
            ("  We open <think>at</think> nine.", "  We open <think>at</think> nine.", false),
            ("<thin", "<thin", false),
            ("<thinker> is a tag", "<thinker> is a tag", false),
            ("a < b", "a < b", false),
            ("\n", "\n", false),
            ("", "", false),
        ] {
            assert_eq!(read(&[reply]), (said.to_owned(), thought), "{reply}");
        }
    }

    #[test]
    fn blanks_without_an_end_are_not_kept() {
        let mut thoughts = Thoughts::new();
        let mut out = VecDeque::new();
        (0..1000).for_each(|_| thoughts.take("  ".into(), &mut out));
        assert!(out.len() > 800, "{}", out.len());
    }

    proptest! {
        #[test]
        fn what_is_said_does_not_depend_on_how_the_reply_was_cut(
            reply in "( |\\n|<think>|</think>|<thinking>|</thinking>|<th|</|é|日|word|\\[1\\]){0,12}",
            cuts in prop::collection::vec(0..120_usize, 0..10),
        ) {
            let mut at: Vec<usize> = cuts.into_iter().map(|cut| reply.floor_char_boundary(cut.min(reply.len()))).collect();
            at.extend([0, reply.len()]);
            at.sort_unstable();
            let pieces: Vec<&str> = at.windows(2).map(|pair| &reply[pair[0]..pair[1]]).collect();
            prop_assert_eq!(read(&pieces), read(&[&reply]));
        }
    }
}
