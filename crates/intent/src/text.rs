//! A message cut into folded tokens.

mod address;

use std::ops::Range;

/// A word, a number, a sign of money or an emoji.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Token {
    /// Lower case, without accents.
    pub(crate) text: String,
    /// Where it stands in the message, in bytes.
    pub(crate) range: Range<usize>,
    /// Begins with a capital.
    pub(crate) capital: bool,
    /// What separates it from the token before.
    pub(crate) before: Gap,
}

/// What stands between two tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Gap {
    /// Space, apostrophe, hyphen or nothing.
    None,
    /// A comma, a bracket or a dash: a clause may end here.
    Comma,
    /// The end of a sentence.
    Sentence,
}

/// A message's tokens.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Text {
    pub(crate) tokens: Vec<Token>,
    /// Holds a question mark of any script.
    pub(crate) question_mark: bool,
    /// Ends with one.
    pub(crate) ends_asking: bool,
}

/// The text of the token that stands for an address.
pub(crate) const ADDRESS: &str = "@";

/// Longer messages are cut: nobody means the 200th word.
const MOST_TOKENS: usize = 200;

impl Text {
    /// Cuts a message.
    pub(crate) fn read(message: &str) -> Self {
        let mut text = Self::default();
        let mut gap = Gap::None;
        let mut addresses = address::find(message).into_iter().peekable();
        let mut characters = message.char_indices().peekable();
        while let Some((start, c)) = characters.next() {
            if text.tokens.len() == MOST_TOKENS {
                break;
            }
            // The words of an address are none of the message's.
            if let Some(address) = addresses.next_if(|address| address.start == start) {
                while characters.next_if(|(at, _)| *at < address.end).is_some() {}
                text.push(ADDRESS.to_owned(), address, false, &mut gap);
                continue;
            }
            let kind = Kind::of(c);
            match kind {
                Kind::Space => {}
                // The colon of a time of day is none.
                Kind::Comma
                    if c == ':' && characters.peek().is_some_and(|(_, next)| next.is_ascii_digit()) => {}
                Kind::Comma => gap = gap.max(Gap::Comma),
                Kind::Stop => {
                    // The point of "Dr." or "3.5" ends no sentence.
                    let inside =
                        c == '.' && characters.peek().is_some_and(|(_, next)| next.is_alphanumeric());
                    let title = c == '.' && text.tokens.last().is_some_and(|token| token.text.len() <= 2);
                    if !inside && !title {
                        gap = Gap::Sentence;
                    }
                }
                Kind::Question => {
                    text.question_mark = true;
                    gap = Gap::Sentence;
                }
                Kind::Sign | Kind::Dense => {
                    let mut token = String::new();
                    fold(c, &mut token);
                    text.push(token, start..start + c.len_utf8(), false, &mut gap);
                }
                Kind::Word => {
                    let mut token = String::new();
                    fold(c, &mut token);
                    let mut end = start + c.len_utf8();
                    while let Some(&(at, next)) = characters.peek() {
                        if !Kind::continues(next) {
                            break;
                        }
                        fold(next, &mut token);
                        end = at + next.len_utf8();
                        characters.next();
                    }
                    undrawn(&mut token);
                    text.push(token, start..end, c.is_uppercase(), &mut gap);
                }
            }
        }
        text.ends_asking = text.question_mark
            && message.trim_end().chars().rev().take(3).any(|c| matches!(Kind::of(c), Kind::Question));
        text
    }

    fn push(&mut self, text: String, range: Range<usize>, capital: bool, gap: &mut Gap) {
        if !text.is_empty() {
            let before = std::mem::replace(gap, Gap::None);
            self.tokens.push(Token { text, range, capital, before });
        }
    }
}

enum Kind {
    Word,
    /// A character of a script without spaces: a token of its own.
    Dense,
    /// Money, emoji.
    Sign,
    Space,
    Comma,
    Stop,
    Question,
}

impl Kind {
    fn of(c: char) -> Self {
        match c {
            '?' | '？' | '؟' | '¿' => Self::Question,
            '.' | '!' | ';' | '\n' | '。' | '！' | '．' | '।' | '…' | '¡' | '；' => Self::Stop,
            ',' | ':' | '(' | ')' | '[' | ']' | '–' | '—' | '，' | '、' | '،' | '：' | '"' | '„' | '“'
            | '”' => Self::Comma,
            '€' | '$' | '£' | '¥' | '%' | '\u{2600}'..='\u{27bf}' | '\u{1f300}'..='\u{1faff}' => {
                Self::Sign
            }
            c if is_dense(c) => Self::Dense,
            c if c.is_alphanumeric() || is_mark(c) => Self::Word,
            _ => Self::Space,
        }
    }

    fn continues(c: char) -> bool {
        (c.is_alphanumeric() || is_mark(c)) && !is_dense(c)
    }
}

/// Chinese characters and kana.
pub(crate) fn is_dense(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30fa}' | '\u{30fc}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}')
}

/// Marks that belong to the word around them: accents, Devanagari and Arabic signs.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{900}'..='\u{903}' | '\u{93a}'..='\u{94f}' | '\u{640}' | '\u{64b}'..='\u{652}')
}

/// Lower case, without accents; what Arabic and Devanagari write in two ways, in one.
fn fold(c: char, into: &mut String) {
    for c in c.to_lowercase() {
        match c {
            'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' => into.push('a'),
            'ç' => into.push('c'),
            'è' | 'é' | 'ê' | 'ë' => into.push('e'),
            'ì' | 'í' | 'î' | 'ï' => into.push('i'),
            'ñ' => into.push('n'),
            'ò' | 'ó' | 'ô' | 'õ' | 'ö' => into.push('o'),
            'ù' | 'ú' | 'û' | 'ü' => into.push('u'),
            'ß' => into.push_str("ss"),
            'œ' => into.push_str("oe"),
            'æ' => into.push_str("ae"),
            'أ' | 'إ' | 'آ' => into.push('ا'),
            'ى' => into.push('ي'),
            'ة' => into.push('ه'),
            '\u{300}'..='\u{36f}' | '\u{64b}'..='\u{652}' | '\u{640}' | '\u{93c}' => {}
            c => into.push(c),
        }
    }
}

/// Writes a letter that is drawn out ("yesss") once.
fn undrawn(word: &mut String) {
    let mut run = 0;
    let mut last = '\0';
    let mut drawn = false;
    for c in word.chars() {
        run = if c == last { run + 1 } else { 1 };
        last = c;
        drawn |= run == 3 && c.is_alphabetic();
    }
    if !drawn {
        return;
    }
    let mut out = String::with_capacity(word.len());
    let mut characters = word.chars().peekable();
    while let Some(c) = characters.next() {
        let mut length = 1;
        while characters.peek() == Some(&c) {
            characters.next();
            length += 1;
        }
        let times = if length >= 3 && c.is_alphabetic() { 1 } else { length };
        out.extend(std::iter::repeat_n(c, times));
    }
    *word = out;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(message: &str) -> Vec<String> {
        Text::read(message).tokens.into_iter().map(|token| token.text).collect()
    }

    #[test]
    fn words_are_folded() {
        assert_eq!(words("J’aimerais réserver!"), ["j", "aimerais", "reserver"]);
        assert_eq!(words("Yesss, für 20€ 👍"), ["yes", "fur", "20", "€", "👍"]);
        assert_eq!(words("予約3時"), ["予", "約", "3", "時"]);
        assert_eq!(words("e\u{301}te\u{301}"), ["ete"]);
    }

    #[test]
    fn an_address_is_one_token() {
        assert_eq!(words("mail cancel@example.com, please"), ["mail", "@", "please"]);
        assert_eq!(words("https://book.example.com/cancel?x=yes. No"), ["@", "no"]);
        assert_eq!(words("邮箱yes@example.com好"), ["邮", "箱", "@", "好"]);
        assert_eq!(words("www.example.com/yes"), ["@"]);
        assert_eq!(words("see you @ 5"), ["see", "you", "5"]);
        assert!(!Text::read("https://example.com/?yes").question_mark);
    }

    #[test]
    fn gaps_tell_clauses_and_sentences() {
        let gaps: Vec<Gap> =
            Text::read("yes, with Dr. Weber. Why?").tokens.iter().map(|t| t.before).collect();
        assert_eq!(gaps, [Gap::None, Gap::Comma, Gap::None, Gap::None, Gap::Sentence]);
    }

    #[test]
    fn a_question_mark_counts_wherever_it_is() {
        assert!(Text::read("¿qué").question_mark);
        assert!(!Text::read("¿qué").ends_asking);
        assert!(Text::read("why?!").ends_asking);
    }
}
