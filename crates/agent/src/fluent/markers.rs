//! Reads a reply as it comes: text leaves at once, what may be a marker is held back until it is known to be one.
//!
//! A marker is the number of a passage in square brackets (`[2]`, `[1, 3]`, `【2】`), or the word by which the model
//! says that the passages do not answer. A number that names no passage is a marker too, of nothing: the visitor must
//! not see it. So is half a marker where the reply ends. `[1](address)` is a link, and `[2024]` a year.

/// What the model writes when the passages do not answer.
pub(crate) const NOT_FOUND: &str = "NOT_FOUND";

/// The longest marker, in bytes; what is longer is text.
const LONGEST: usize = 48;
/// The most digits of a passage's number.
const DIGITS: usize = 3;

/// A part of a reply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// Text for the visitor.
    Text(String),
    /// The numbers of passages, from 1; any of them may name none. White space before it belongs to it.
    Marker(Vec<usize>),
    /// The passages do not answer.
    NotFound,
}

/// Takes a reply apart. Parts come in order, and no text is held longer than until the next character tells.
#[derive(Debug, Default)]
pub(crate) struct Reader {
    held: String,
    /// The last character that left.
    before: Option<char>,
}

enum Look {
    /// It is a marker of so many bytes.
    Is(usize, Part),
    /// It may become one.
    Perhaps,
    /// It is text.
    No,
}

impl Reader {
    /// Takes the next piece of the reply; gives the parts that are certain now.
    pub fn push(&mut self, piece: &str) -> Vec<Part> {
        self.held.push_str(piece);
        self.read(false)
    }

    /// The reply is over: gives what was held back.
    pub fn end(&mut self) -> Vec<Part> {
        self.read(true)
    }

    fn read(&mut self, last: bool) -> Vec<Part> {
        let held = std::mem::take(&mut self.held);
        let mut parts = Vec::new();
        // Text that is certain: `held[from..at]`.
        let (mut from, mut at) = (0, 0);
        while let Some(c) = held[at..].chars().next() {
            let space = held[at..].len() - held[at..].trim_start().len();
            let look = if space > 0 {
                // Space before a marker belongs to it.
                match self.look(&held[at + space..], at + space == held.len(), true, last) {
                    Look::Is(len, part) => Look::Is(space + len, part),
                    text @ (Look::Perhaps | Look::No) => text,
                }
            } else {
                self.look(&held[at..], false, false, last)
            };
            match look {
                Look::Is(len, part) => {
                    push_text(&mut parts, &held[from..at]);
                    parts.push(part);
                    self.before = Some(']');
                    at += len;
                    from = at;
                }
                Look::Perhaps => break,
                Look::No => {
                    let step = space.max(c.len_utf8());
                    self.before = held[..at + step].chars().next_back();
                    at += step;
                }
            }
        }
        push_text(&mut parts, &held[from..at]);
        self.held = held[at..].to_owned();
        parts
    }

    fn look(&self, rest: &str, nothing: bool, after_space: bool, last: bool) -> Look {
        if nothing {
            return if last { Look::No } else { Look::Perhaps };
        }
        let open = if rest.starts_with('[') {
            marker(rest, ']', last)
        } else if rest.starts_with('【') {
            marker(rest, '】', last)
        } else if after_space || self.before.is_none_or(|c| !c.is_alphanumeric() && c != '_') {
            not_found(rest, last)
        } else {
            Look::No
        };
        match open {
            Look::Perhaps if last || rest.len() > LONGEST => Look::No,
            look @ (Look::Is(..) | Look::Perhaps | Look::No) => look,
        }
    }
}

fn push_text(parts: &mut Vec<Part>, text: &str) {
    if !text.is_empty() {
        parts.push(Part::Text(text.to_owned()));
    }
}

/// Whether a text that begins with an opening bracket is a marker.
fn marker(text: &str, close: char, last: bool) -> Look {
    let mut numbers = Vec::new();
    let mut word = String::new();
    let mut digits = String::new();
    for (at, c) in text.char_indices().skip(1) {
        if at >= LONGEST {
            return Look::No;
        }
        if c.is_ascii_digit() {
            digits.push(c);
            if digits.len() > DIGITS {
                return Look::No;
            }
            continue;
        }
        if !digits.is_empty() {
            numbers.extend(digits.parse::<usize>());
            digits.clear();
        }
        if c == close {
            let len = at + c.len_utf8();
            return match text[len..].chars().next() {
                _ if numbers.is_empty() => Look::No,
                Some('(') if close == ']' => Look::No,
                None if close == ']' && !last => Look::Perhaps,
                Some(_) | None => Look::Is(len, Part::Marker(numbers)),
            };
        }
        match c {
            ',' | ';' | ' ' | '-' | '–' | '#' | '^' | '.' => {}
            c if c.is_alphabetic() => word.push(c),
            _ => return Look::No,
        }
        // "[passage 2]", "[source 1]": nothing longer.
        let known = ["passage", "passages", "source", "sources", "id"];
        let lower = word.to_lowercase();
        if !lower.is_empty() && !known.iter().any(|name| name.starts_with(&lower)) {
            return Look::No;
        }
    }
    let has_number = !numbers.is_empty() || !digits.is_empty();
    if last && has_number { Look::Is(text.len(), Part::Marker(Vec::new())) } else { Look::Perhaps }
}

/// Whether a text begins with the word for "the passages do not answer", as models write it.
fn not_found(text: &str, last: bool) -> Look {
    let mut look = Look::No;
    for word in [NOT_FOUND, "NOT FOUND", "not_found"] {
        let same = text.bytes().zip(word.bytes()).take_while(|(a, b)| a == b).count();
        if same == word.len() {
            let next = text[same..].chars().next();
            return match next {
                Some(c) if c.is_alphanumeric() || c == '_' => Look::No,
                None if !last => Look::Perhaps,
                Some(_) | None => Look::Is(same, Part::NotFound),
            };
        }
        if same > 0 && same == text.len() {
            look = Look::Perhaps;
        }
    }
    look
}

/// A text without the markers in it, as a model's own earlier answer is given back to it.
pub(crate) fn without_markers(text: &str) -> String {
    let mut reader = Reader::default();
    let mut parts = reader.push(text);
    parts.extend(reader.end());
    let mut plain = String::new();
    for part in parts {
        if let Part::Text(text) = part {
            plain.push_str(&text);
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(pieces: &[&str]) -> Vec<Part> {
        let mut reader = Reader::default();
        let mut parts: Vec<Part> = Vec::new();
        let mut all: Vec<Part> = pieces.iter().flat_map(|piece| reader.push(piece)).collect();
        all.extend(reader.end());
        for part in all {
            match (parts.last_mut(), part) {
                (Some(Part::Text(last)), Part::Text(text)) => last.push_str(&text),
                (_, part) => parts.push(part),
            }
        }
        parts
    }

    fn text(text: &str) -> Part {
        Part::Text(text.into())
    }

    #[test]
    fn markers_are_told_from_text() {
        assert_eq!(
            read(&["We open at 9 [1]. Come in! [2, 3]"]),
            [text("We open at 9"), Part::Marker(vec![1]), text(". Come in!"), Part::Marker(vec![2, 3])]
        );
        assert_eq!(read(&["At 9[passage 2]."]), [text("At 9"), Part::Marker(vec![2]), text(".")]);
        assert_eq!(read(&["いつも【1】。"]), [text("いつも"), Part::Marker(vec![1]), text("。")]);
        for plain in [
            "In [2024] and [a](b), x[i], [], [20251",
            "See [1](https://a.example/1) and [2, 3](b).",
            "[note 1]",
            " [",
            "a \n b ",
            "NOT_FOUNDED",
            "xNOT_FOUND",
        ] {
            assert_eq!(read(&[plain]), [text(plain)], "{plain}");
        }
    }

    #[test]
    fn what_names_no_passage_and_what_is_cut_off_is_not_shown() {
        assert_eq!(read(&["At 9 [0]."]), [text("At 9"), Part::Marker(vec![0]), text(".")]);
        assert_eq!(read(&["At 9 [123]."]), [text("At 9"), Part::Marker(vec![123]), text(".")]);
        for cut in [" [1", " [12", "[1, ", " [passage 2", "【1"] {
            let reply = format!("At 9{cut}");
            assert_eq!(read(&[&reply]), [text("At 9"), Part::Marker(Vec::new())], "{reply}");
        }
        assert_eq!(read(&["At 9 [1", "]"]), [text("At 9"), Part::Marker(vec![1])]);
        assert_eq!(read(&["At 9 [1]", "(b)"]), [text("At 9 [1](b)")]);
    }

    #[test]
    fn nothing_is_held_that_cannot_be_a_marker() {
        let mut reader = Reader::default();
        assert_eq!(reader.push("No, we"), [text("No, we")]);
        assert_eq!(reader.push(" open"), [text(" open")]);
        assert_eq!(reader.push(" "), []);
        assert_eq!(reader.push("["), []);
        assert_eq!(reader.push("1"), []);
        assert_eq!(reader.push("]"), []);
        assert_eq!(reader.push("."), [Part::Marker(vec![1]), text(".")]);
        assert_eq!(reader.push(" NOT"), []);
        assert_eq!(reader.push("ES"), [text(" NOTES")]);
    }

    #[test]
    fn the_refusal_is_a_word_of_its_own() {
        assert_eq!(read(&["NOT", "_FOU", "ND"]), [Part::NotFound]);
        assert_eq!(read(&["**NOT_FOUND**."]), [text("**"), Part::NotFound, text("**.")]);
        assert_eq!(read(&["We do. NOT_FOUND"]), [text("We do."), Part::NotFound]);
        assert_eq!(read(&["NOT", " FOUND"]), [Part::NotFound]);
        assert_eq!(read(&["not", "_found."]), [Part::NotFound, text(".")]);
        assert_eq!(read(&["It was not found, NOT FOUNDED."]), [text("It was not found, NOT FOUNDED.")]);
    }

    proptest! {
        #[test]
        fn parts_do_not_depend_on_how_the_reply_was_cut(
            reply in "([a-zé日 .\\n]|\\[|\\]|\\(|[0-9]|\\[1\\]|\\[2, 3\\]|NOT_FOUND|NOT|【4】){0,40}",
            cuts in prop::collection::vec(0..400_usize, 0..12),
        ) {
            let mut at: Vec<usize> = cuts.into_iter().map(|cut| reply.floor_char_boundary(cut.min(reply.len()))).collect();
            at.extend([0, reply.len()]);
            at.sort_unstable();
            let pieces: Vec<&str> = at.windows(2).map(|pair| &reply[pair[0]..pair[1]]).collect();
            prop_assert_eq!(read(&pieces), read(&[&reply]));
        }
    }
}
