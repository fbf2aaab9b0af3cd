//! From a text to its words: where they are, and their folded form.
//!
//! Word limits are those of UAX 29. A word is folded with NFKC and lower case; then an elided article is cut
//! (`l'avion`, `dell'acqua`), thousands separators go (`1,200` is `1200`), an abbreviation loses its dots
//! (`U.S.A.` is `usa`), and what remains is split at dots, underscores and other joints (`price_list`,
//! `example.com`). Scripts without spaces become pairs of neighbouring characters, a lone character standing for itself.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;
use unicode_segmentation::UnicodeSegmentation;

use super::script::Script;

/// The longest folded word, in bytes; what is longer is cut, for no visitor types it and no dictionary needs it.
pub(crate) const MAX_WORD: usize = 64;

/// A word of a text before stemming.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Word<'t> {
    /// Folded form.
    pub text: Cow<'t, str>,
    /// Script of its first letter.
    pub script: Script,
    /// Byte offset of the word in the text.
    pub start: usize,
    /// Byte offset behind the word.
    pub end: usize,
}

/// NFKC and lower case, with plain apostrophes.
pub(crate) fn fold(word: &str) -> Cow<'_, str> {
    if word.is_ascii() {
        if word.bytes().any(|b| b.is_ascii_uppercase()) {
            return Cow::Owned(word.to_ascii_lowercase());
        }
        return Cow::Borrowed(word);
    }
    let folded = word
        .nfkc()
        .flat_map(char::to_lowercase)
        .filter_map(|c| match c {
            '\u{2019}' | '\u{2018}' | '\u{2bc}' | '\u{ff07}' => Some('\''),
            // The dot that lower-casing a Turkish capital leaves behind, soft hyphens and joiners.
            '\u{307}' | '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}' => None,
            c => Some(c),
        })
        .collect();
    Cow::Owned(folded)
}

/// Calls `visit` with every word of the text, in order.
pub(crate) fn scan<'t>(text: &'t str, mut visit: impl FnMut(Word<'t>)) {
    // The dense character before, if a pair may still be made with the next one.
    let mut open: Option<DenseUnit<'t>> = None;
    for (start, piece) in text.unicode_word_indices() {
        let script = piece.chars().map(Script::of).find(|s| *s != Script::Other).unwrap_or(Script::Other);
        if script != Script::Dense {
            close(&mut open, &mut visit);
            split(piece, start, &mut visit);
            continue;
        }
        for unit in units(piece, start) {
            match open.take() {
                Some(left) if left.end == unit.start => {
                    let pair = &text[left.start..unit.end];
                    visit(Word { text: cut(fold(pair)), script, start: left.start, end: unit.end });
                    open = Some(DenseUnit { paired: true, ..unit });
                }
                before => {
                    open = before;
                    close(&mut open, &mut visit);
                    open = Some(unit);
                }
            }
        }
    }
    close(&mut open, &mut visit);
}

/// How many tokens a text has, the measure of chunk sizes: words, a character of a dense script counting as one.
#[must_use]
pub fn token_count(text: &str) -> usize {
    text.unicode_word_indices()
        .map(|(start, piece)| {
            if piece.chars().any(|c| Script::of(c) == Script::Dense) {
                units(piece, start).count()
            } else {
                1
            }
        })
        .sum()
}

struct DenseUnit<'t> {
    text: &'t str,
    start: usize,
    end: usize,
    /// Whether the unit is already part of a pair with the one before it.
    paired: bool,
}

/// The characters of a dense piece, each with the marks that sit on it.
fn units(piece: &str, offset: usize) -> impl Iterator<Item = DenseUnit<'_>> {
    piece.grapheme_indices(true).map(move |(at, text)| DenseUnit {
        text,
        start: offset + at,
        end: offset + at + text.len(),
        paired: false,
    })
}

fn close<'t>(open: &mut Option<DenseUnit<'t>>, visit: &mut impl FnMut(Word<'t>)) {
    if let Some(unit) = open.take()
        && !unit.paired
    {
        visit(Word { text: cut(fold(unit.text)), script: Script::Dense, start: unit.start, end: unit.end });
    }
}

/// Visits the parts of one spaced word.
fn split<'t>(piece: &'t str, start: usize, visit: &mut impl FnMut(Word<'t>)) {
    let end = start + piece.len();
    let folded = fold(piece);
    if folded.bytes().all(|b| b.is_ascii_lowercase()) {
        visit(Word { text: cut(folded), script: Script::Latin, start, end });
        return;
    }
    let script =
        |text: &str| text.chars().map(Script::of).find(|s| *s != Script::Other).unwrap_or(Script::Other);
    if folded.starts_with(|c: char| c.is_ascii_digit()) {
        visit(Word { text: cut(Cow::Owned(plain_number(&folded))), script: script(&folded), start, end });
        return;
    }
    if is_dotted(&folded) {
        let text: String = folded.chars().filter(|c| *c != '.').collect();
        visit(Word { script: script(&text), text: cut(Cow::Owned(text)), start, end });
        return;
    }
    let is_joint = |c: char| !c.is_alphanumeric() && c != '\'' && !is_mark(c);
    if folded.contains(is_joint) || folded.contains('\'') {
        // Offsets are exact while folding keeps lengths, which it does for all but odd characters; the parts of a
        // word whose length changed all carry the range of the whole word.
        let exact = folded.len() == piece.len();
        let mut at = 0;
        for part in folded.split(is_joint) {
            let part_at = at;
            at += part.len();
            at += folded[at..].chars().next().map_or(0, char::len_utf8);
            let (skip, bare) = without_elision(part);
            if bare.is_empty() {
                continue;
            }
            let (from, to) = if exact {
                (start + part_at + skip, start + part_at + skip + bare.len())
            } else {
                (start, end)
            };
            let fits = piece.is_char_boundary(from - start) && piece.is_char_boundary(to - start);
            let (from, to) = if fits { (from, to) } else { (start, end) };
            visit(Word {
                text: cut(Cow::Owned(bare.to_owned())),
                script: script(bare),
                start: from,
                end: to,
            });
        }
        return;
    }
    visit(Word { script: script(&folded), text: cut(folded), start, end });
}

fn is_mark(c: char) -> bool {
    unicode_normalization::char::is_combining_mark(c)
}

/// Letters with dots between them: an abbreviation.
fn is_dotted(word: &str) -> bool {
    let mut parts = 0;
    for part in word.split('.') {
        let mut chars = part.chars();
        match (chars.next(), chars.next()) {
            (Some(c), None) if c.is_alphabetic() => parts += 1,
            (None, _) => {}
            _ => return false,
        }
    }
    parts >= 2
}

/// `1,200` and `1.200` and `1'200` are `1200`; `3.5` and `3,5` are `3.5`; `10th` stays.
fn plain_number(word: &str) -> String {
    let is_separator = |c: char| matches!(c, ',' | '.' | '\'' | '\u{66c}' | '\u{66b}');
    let mut groups = word.split(is_separator);
    let head = groups.next().unwrap_or_default();
    let thousands = head.len() <= 3
        && word.contains(is_separator)
        && groups.all(|group| group.len() == 3 && group.bytes().all(|b| b.is_ascii_digit()));
    word.chars()
        .filter_map(|c| match c {
            c if is_separator(c) && thousands => None,
            c if is_separator(c) => Some('.'),
            c => Some(c),
        })
        .collect()
}

/// Cuts an elided word before an apostrophe (French, Italian, Catalan) and an apostrophe at either end; gives the
/// number of bytes cut in front and the rest.
fn without_elision(word: &str) -> (usize, &str) {
    const ELIDED: &[&str] = &[
        "l", "d", "j", "m", "n", "s", "t", "c", "qu", "un", "dell", "nell", "all", "dall", "sull", "coll",
        "quest", "quell", "bell", "sant", "lorsqu", "puisqu", "jusqu", "quelqu", "aujourd",
    ];
    const ENGLISH_ENDINGS: &[&str] = &["s", "t", "d", "m", "ll", "re", "ve"];
    let trimmed = word.trim_start_matches('\'');
    let skip = word.len() - trimmed.len();
    let trimmed = trimmed.trim_end_matches('\'');
    match trimmed.split_once('\'') {
        Some((head, rest))
            if ELIDED.contains(&head)
                && head != "aujourd"
                && !ENGLISH_ENDINGS.contains(&rest)
                && rest.len() > 1 =>
        {
            (skip + head.len() + 1, rest)
        }
        _ => (skip, trimmed),
    }
}

fn cut(word: Cow<'_, str>) -> Cow<'_, str> {
    if word.len() <= MAX_WORD {
        return word;
    }
    let mut end = MAX_WORD;
    while !word.is_char_boundary(end) {
        end -= 1;
    }
    match word {
        Cow::Borrowed(word) => Cow::Borrowed(&word[..end]),
        Cow::Owned(mut word) => {
            word.truncate(end);
            Cow::Owned(word)
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn words(text: &str) -> Vec<String> {
        let mut found = Vec::new();
        scan(text, |word| found.push(word.text.into_owned()));
        found
    }

    #[test]
    fn words_are_folded_and_split() {
        assert_eq!(words("The ＷＩＦＩ café's OPEN"), ["the", "wifi", "café's", "open"]);
        assert_eq!(words("l'avion d’Orsay dell'acqua"), ["avion", "orsay", "acqua"]);
        assert_eq!(words("don't it's O'Brien 'tis"), ["don't", "it's", "o'brien", "tis"]);
        assert_eq!(
            words("U.S.A. example.com price_list-2024.pdf"),
            ["usa", "example", "com", "price", "list", "2024", "pdf"]
        );
        assert_eq!(words("1,200 1.200,50 3.5 3,5 10th"), ["1200", "1.200.50", "3.5", "3.5", "10th"]);
        assert_eq!(words("İstanbul ﬁnd"), ["istanbul", "find"]);
    }

    #[test]
    fn dense_scripts_become_pairs() {
        assert_eq!(words("我们周一营业"), ["我们", "们周", "周一", "一营", "营业"]);
        assert_eq!(words("茶 3 茶"), ["茶", "3", "茶"]);
        assert_eq!(words("カメラ"), ["カメ", "メラ"]);
        assert_eq!(words("영업 시간"), ["영업", "시간"]);
        assert_eq!(words("NFL的球"), ["nfl", "的球"]);
    }

    #[test]
    fn tokens_are_words_or_dense_characters() {
        assert_eq!(token_count("Open from 9 to 5, don't wait"), 7);
        assert_eq!(token_count("我们营业 today"), 5);
        assert_eq!(token_count(""), 0);
    }

    proptest! {
        #[test]
        fn any_text_gives_words_inside_it(text in any::<String>()) {
            let mut last = 0;
            scan(&text, |word| {
                assert!(text.is_char_boundary(word.start) && text.is_char_boundary(word.end));
                assert!(word.start < word.end && word.end <= text.len());
                assert!(word.start >= last || word.script == Script::Dense || word.start + MAX_WORD >= last);
                last = word.start;
                assert!(word.text.len() <= MAX_WORD);
            });
            let _ = token_count(&text);
        }
    }
}
