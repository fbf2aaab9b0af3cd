//! Where sentences begin and end.
//!
//! UAX 29 gives the rough limits; a full stop behind an abbreviation or an initial does not end a sentence, and a
//! list item, a table row or a heading of a Markdown-flavoured text is one by itself, while a line broken in the
//! middle of a paragraph goes on.

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;

/// Words with a full stop that does not end the sentence when a capital follows.
const ABBREVIATIONS: &[&str] = &[
    "mr", "mrs", "ms", "dr", "prof", "st", "sr", "jr", "no", "nr", "vs", "etc", "inc", "ltd", "co", "corp",
    "fig", "al", "approx", "dept", "est", "gen", "gov", "hon", "lt", "col", "sgt", "capt", "rev", "sen",
    "rep", "mt", "vol", "pp", "ca", "e.g", "i.e", "z.b", "u.a", "d.h", "bzw", "usw", "str", "tel", "hr",
    "fr", "dipl", "ing", "sra", "srta", "av", "pza", "núm", "art", "dott", "sig", "mme", "mlle", "jan",
    "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec",
];

/// The sentences of a text as byte ranges without the white space around them, in order.
#[must_use]
pub fn sentences(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut block_start = 0;
    let mut line_start = 0;
    let mut previous_stands_alone = false;
    for line in text.split_inclusive('\n') {
        let trimmed = line.trim();
        let alone = stands_alone(trimmed);
        if trimmed.is_empty() || alone || previous_stands_alone {
            split_block(text, block_start..line_start, &mut found);
            block_start = line_start;
        }
        // A list item may go on in the next, indented line; a heading or a table row does not.
        previous_stands_alone = trimmed.is_empty() || is_closed(trimmed);
        line_start += line.len();
    }
    split_block(text, block_start..text.len(), &mut found);
    found
}

/// Whether a line begins a unit of its own: a heading, list item, table row or quotation.
fn stands_alone(line: &str) -> bool {
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    is_closed(line)
        || line.starts_with("- ")
        || line.starts_with("* ")
        || line.starts_with("+ ")
        || line.starts_with("• ")
        || line.starts_with("> ")
        || ((1..=3).contains(&digits)
            && (line[digits..].starts_with(". ") || line[digits..].starts_with(") ")))
}

/// Whether nothing of the unit follows in the next line.
fn is_closed(line: &str) -> bool {
    line.starts_with('#') || line.starts_with('|') || line.starts_with("```")
}

fn split_block(text: &str, block: Range<usize>, found: &mut Vec<Range<usize>>) {
    let body = &text[block.clone()];
    if body.trim().is_empty() {
        return;
    }
    if body.trim_start().starts_with('|') {
        push(text, block, found);
        return;
    }
    let mut start = block.start;
    for (at, piece) in body.split_sentence_bound_indices() {
        let end = block.start + at + piece.len();
        // UAX 29 ends a sentence at every line break; in a paragraph only a closed one counts.
        if end < block.end && !ends_sentence(&text[start..end]) {
            continue;
        }
        push(text, start..end, found);
        start = end;
    }
    push(text, start..block.end, found);
}

fn ends_sentence(text: &str) -> bool {
    let text = text.trim_end().trim_end_matches(['"', '\'', '\u{201d}', '\u{2019}', ')', ']', '»', '*', '_']);
    let Some(last) = text.chars().next_back() else { return false };
    if !matches!(last, '.' | '!' | '?' | '…' | '。' | '！' | '？' | '．' | '।' | '؟' | '۔' | ';' | '\u{37e}')
    {
        return false;
    }
    if last != '.' {
        return last != ';';
    }
    let before = &text[..text.len() - 1];
    let word = before.rsplit(|c: char| c.is_whitespace() || c == '(').next().unwrap_or_default();
    let single = word.chars().count() == 1 && word.chars().all(char::is_uppercase);
    !(single || ABBREVIATIONS.contains(&word.to_lowercase().as_str()))
}

fn push(text: &str, range: Range<usize>, found: &mut Vec<Range<usize>>) {
    let body = &text[range.clone()];
    let start = range.start + (body.len() - body.trim_start().len());
    let end = range.start + body.trim_end().len();
    if start < end {
        found.push(start..end);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn split(text: &str) -> Vec<&str> {
        sentences(text).into_iter().map(|range| &text[range]).collect()
    }

    #[test]
    fn sentences_end_where_a_reader_ends_them() {
        assert_eq!(
            split("Dr. Smith met J. F. Kennedy at 9 a.m. in St. Louis. He left! Why?"),
            ["Dr. Smith met J. F. Kennedy at 9 a.m. in St. Louis.", "He left!", "Why?"]
        );
        assert_eq!(split("Wir haben z.B. Tee. Und Kaffee."), ["Wir haben z.B. Tee.", "Und Kaffee."]);
        assert_eq!(split("我们营业。你好！"), ["我们营业。", "你好！"]);
    }

    #[test]
    fn lines_of_a_paragraph_go_together_and_items_do_not() {
        assert_eq!(split("We are open\nevery day. Come\nby."), ["We are open\nevery day.", "Come\nby."]);
        assert_eq!(
            split(
                "# Hours\nWe open at 9.\n- Monday: closed\n- Tuesday: 9\n  to 5\n\n| a | b |\n|---|---|\n| 1. X | 2 |\n"
            ),
            [
                "# Hours",
                "We open at 9.",
                "- Monday: closed",
                "- Tuesday: 9\n  to 5",
                "| a | b |",
                "|---|---|",
                "| 1. X | 2 |"
            ]
        );
    }

    proptest! {
        #[test]
        fn any_text_is_split_in_order(text in any::<String>()) {
            let mut last = 0;
            for range in sentences(&text) {
                assert!(range.start >= last && range.start < range.end && range.end <= text.len());
                assert_eq!(text[range.clone()].trim(), &text[range.clone()]);
                last = range.end;
            }
        }
    }
}
