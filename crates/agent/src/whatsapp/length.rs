//! How long a message may be.

/// What stands where a message was cut.
const ELLIPSIS: &str = " …";
/// What ends monospaced text that was cut.
const CODE_END: &str = "\n```";

/// The length of a text in UTF-16 units.
pub(super) fn units(text: &str) -> usize {
    text.chars().map(char::len_utf16).sum()
}

/// The text, cut to at most so many UTF-16 units: after a sentence where there is one in the second half of what fits,
/// else after a word, else anywhere.
pub(super) fn cut(text: String, most: usize) -> String {
    if units(&text) <= most {
        return text;
    }
    let room = most.saturating_sub(units(ELLIPSIS) + units(CODE_END));
    let fits = prefix(&text, room);
    let half = fits.len() / 2;
    let end = sentence_end(fits)
        .filter(|end| *end > half)
        .or_else(|| fits.rfind(char::is_whitespace).filter(|end| *end > half))
        .unwrap_or(fits.len());
    let mut cut = fits.get(..end).unwrap_or(fits).trim_end().to_owned();
    cut.push_str(ELLIPSIS);
    if cut.matches("```").count() % 2 == 1 {
        cut.push_str(CODE_END);
    }
    cut
}

/// As much of the beginning as has so many units.
fn prefix(text: &str, room: usize) -> &str {
    let mut left = room;
    for (at, character) in text.char_indices() {
        match left.checked_sub(character.len_utf16()) {
            Some(rest) => left = rest,
            None => return text.get(..at).unwrap_or_default(),
        }
    }
    text
}

/// Where the last sentence or line ends that has something behind it.
fn sentence_end(text: &str) -> Option<usize> {
    let mut end = None;
    let (mut last_but_one, mut last) = (' ', ' ');
    for (at, character) in text.char_indices() {
        let stop = match last {
            // `3. ` is the number of a choice.
            '.' => character.is_whitespace() && !last_but_one.is_ascii_digit(),
            '!' | '?' | '…' | '؟' | '।' => character.is_whitespace(),
            // Nothing stands between sentences of Chinese and Japanese.
            '。' | '！' | '？' => true,
            _ => character == '\n',
        };
        if stop {
            end = Some(at);
        }
        (last_but_one, last) = (last, character);
    }
    end
}
