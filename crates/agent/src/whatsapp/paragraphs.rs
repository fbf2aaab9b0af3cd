//! Short paragraphs: a wall of text is hard to read on a phone.

use std::ops::Range;

use robofy_knowledge::analyse::sentences;

use super::length::units;

/// Longer paragraphs are divided, between two sentences; in UTF-16 units, some eight lines on a phone.
const LONG: usize = 300;
/// What begins and ends bold, italic, struck and monospaced words.
const MARKS: [char; 4] = ['*', '_', '~', '`'];

/// The text with an empty line between sentences where a paragraph is long. Lists, quotes and monospaced text stay as
/// they are, and words that are marked together stay together.
pub(super) fn short(text: &str) -> String {
    let mut is_code = false;
    let paragraphs = text.split("\n\n").map(|paragraph| {
        let was_code = is_code;
        is_code ^= paragraph.matches("```").count() % 2 == 1;
        if was_code || is_code || units(paragraph) <= LONG || !is_running(paragraph) {
            paragraph.to_owned()
        } else {
            divided(paragraph)
        }
    });
    paragraphs.collect::<Vec<_>>().join("\n\n")
}

/// Whether it is sentences one after the other, and no list, quote or table.
fn is_running(paragraph: &str) -> bool {
    let number = paragraph.trim_start_matches(|character: char| character.is_ascii_digit());
    let is_numbered = number.len() < paragraph.len() && number.starts_with(". ");
    !(is_numbered
        || paragraph.contains('\n')
        || paragraph.starts_with(['-', '>'])
        || paragraph.starts_with("```"))
}

/// The paragraph as several, each of as many sentences as are not long together.
fn divided(paragraph: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    let marked = marked(paragraph);
    let (mut begin, mut end) = (0, 0);
    for sentence in sentences(paragraph) {
        let so_far = paragraph.get(begin..end).unwrap_or_default().trim();
        let with = paragraph.get(begin..sentence.end).unwrap_or_default();
        if !so_far.is_empty() && units(with) > LONG && !marked.iter().any(|words| words.contains(&end)) {
            parts.push(so_far);
            begin = end;
        }
        end = sentence.end;
    }
    parts.push(paragraph.get(begin..).unwrap_or_default().trim());
    parts.join("\n\n")
}

/// Words that are marked together: from a mark where a word begins to the next where one ends. Others are signs as any
/// other, as in `~60 euros` and `5 * 3`.
fn marked(paragraph: &str) -> Vec<Range<usize>> {
    let mut marked = Vec::new();
    for mark in MARKS {
        let mut open = None;
        for (at, sign) in paragraph.match_indices(mark) {
            let before = paragraph.get(..at).and_then(|text| text.chars().next_back());
            let after = paragraph.get(at + sign.len()..).and_then(|text| text.chars().next());
            let is_word = |character: Option<char>| character.is_some_and(char::is_alphanumeric);
            let is_text = |character: Option<char>| character.is_some_and(|one| !one.is_whitespace());
            match open {
                None if is_text(after) && !is_word(before) => open = Some(at),
                Some(begin) if is_text(before) && !is_word(after) => {
                    marked.push(begin..at + sign.len());
                    open = None;
                }
                Some(_) | None => {}
            }
        }
    }
    marked
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sentence(number: usize) -> String {
        format!(
            "This is sentence {number} of the warranty, and it says what is covered by it for three years."
        )
    }

    fn many(count: usize) -> String {
        (1..=count).map(sentence).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn a_long_paragraph_is_divided_between_sentences() {
        let short = short(&format!("First.\n\n{}", many(13)));
        let parts: Vec<&str> = short.split("\n\n").collect();
        assert!(
            parts.len() > 4 && parts.iter().all(|part| units(part) <= LONG && part.ends_with('.')),
            "{short}"
        );
        assert_eq!(parts.join(" "), format!("First. {}", many(13)), "no word is lost");
    }

    #[test]
    fn what_is_short_or_is_no_running_text_stays() {
        let long = "word ".repeat(100);
        for text in [
            many(2),
            format!("- {}\n- {}", many(5), many(5)),
            format!("1. {}", many(6)),
            format!("> {}", many(6)),
            format!("```\n{}\n\n{}\n```", many(6), many(6)),
            long.trim().to_owned(),
        ] {
            assert_eq!(short(&text), text);
        }
    }

    #[test]
    fn marked_words_stay_together() {
        let text = format!("*{}* {}", many(5), many(3));
        let short = short(&text);
        let first = short.split("\n\n").next().unwrap();
        assert_eq!(first.matches('*').count(), 2, "{short}");
    }

    #[test]
    fn a_sign_that_marks_nothing_keeps_nothing_together() {
        for begin in ["It costs ~60 euros. ", "Size A_12 is 5 * 3. ", "`code` is short. ", "5* stars, *. "] {
            let text = format!("{begin}{}", many(6));
            let parts: Vec<String> = short(&text).split("\n\n").map(str::to_owned).collect();
            assert!(parts.len() > 1 && parts.iter().all(|part| units(part) <= LONG), "{parts:?}");
        }
    }
}
