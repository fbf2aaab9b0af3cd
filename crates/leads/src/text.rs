//! A message as tokens: the one view of it that every finder works on.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::{decompose_canonical, is_combining_mark};

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Letters. Each character of a script without spaces is a word of its own.
    Word,
    /// Decimal digits of any script, folded to ASCII.
    Digits,
    /// One sign, or the end of a line.
    Sign,
}

/// A piece of a message.
#[derive(Clone, Debug)]
pub struct Token {
    /// Where it begins, in bytes.
    pub start: usize,
    /// Where it ends, in bytes.
    pub end: usize,
    /// Lower case, without Latin accents; signs in their plainest form.
    pub folded: String,
    /// What it is.
    pub kind: Kind,
    /// Begins with a capital letter, or is of a script that has none.
    pub upper: bool,
    /// Is of a script that has no capital letters.
    pub caseless: bool,
    /// Follows the token before it without a space.
    pub glued: bool,
}

impl Token {
    /// Whether it is this sign.
    pub fn is(&self, sign: &str) -> bool {
        self.kind == Kind::Sign && self.folded == sign
    }

    /// Whether it is of a script that is written without spaces.
    pub fn dense(&self) -> bool {
        self.kind == Kind::Word && self.folded.chars().next().is_some_and(dense)
    }
}

/// Takes a message apart.
pub fn tokens(text: &str) -> Vec<Token> {
    let mut tokens: Vec<Token> = Vec::new();
    let mut chars = text.char_indices().peekable();
    let mut space = true;
    while let Some((start, first)) = chars.next() {
        if first.is_whitespace() && first != '\n' {
            space = true;
            continue;
        }
        let kind = if first == '\n' {
            Kind::Sign
        } else if digit(first).is_some() {
            Kind::Digits
        } else if first.is_alphabetic() {
            Kind::Word
        } else {
            Kind::Sign
        };
        let mut end = start + first.len_utf8();
        let more = |c: char| match kind {
            Kind::Word => !dense(first) && !dense(c) && goes_on(c),
            Kind::Digits => digit(c).is_some(),
            Kind::Sign => false,
        };
        while let Some((at, c)) = chars.next_if(|(_, c)| more(*c)) {
            end = at + c.len_utf8();
        }
        let caseless = kind == Kind::Word && !first.is_uppercase() && !first.is_lowercase();
        tokens.push(Token {
            start,
            end,
            folded: fold(&text[start..end]),
            kind,
            upper: first.is_uppercase() || caseless,
            caseless,
            glued: !space,
        });
        space = false;
    }
    tokens
}

/// Lower case without Latin accents; compatibility forms, dashes, quotes and digits in their plainest form.
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for c in text.nfkc() {
        plain(c, &mut folded);
    }
    folded
}

fn plain(c: char, folded: &mut String) {
    if let Some(digit) = digit(c) {
        folded.push(digit);
        return;
    }
    match c {
        '\u{2018}' | '\u{2019}' | '\u{02BC}' | '`' => folded.push('\''),
        '\u{2010}'..='\u{2015}' | '\u{2212}' => folded.push('-'),
        'ß' | 'ẞ' => folded.push_str("ss"),
        'ł' | 'Ł' => folded.push('l'),
        'ø' | 'Ø' => folded.push('o'),
        'đ' | 'Đ' => folded.push('d'),
        'æ' | 'Æ' => folded.push_str("ae"),
        'œ' | 'Œ' => folded.push_str("oe"),
        'ı' | 'İ' => folded.push('i'),
        // Arabic spelling: forms of alif, alif maqsura, vowel signs.
        'أ' | 'إ' | 'آ' => folded.push('ا'),
        'ى' => folded.push('ي'),
        '\u{064B}'..='\u{0652}' | '\u{0640}' | '\u{200C}' | '\u{200D}' => {}
        _ => {
            let mut base = None;
            decompose_canonical(c, |part| {
                base.get_or_insert(part);
            });
            // The accents of Latin letters do not tell words apart here; other marks do.
            let kept = base.filter(char::is_ascii_alphabetic).unwrap_or(c);
            folded.extend(kept.to_lowercase());
        }
    }
}

/// A digit's ASCII form.
pub fn digit(c: char) -> Option<char> {
    let zero = match c {
        '0'..='9' => '0',
        '\u{0660}'..='\u{0669}' => '\u{0660}',
        '\u{06F0}'..='\u{06F9}' => '\u{06F0}',
        '\u{0966}'..='\u{096F}' => '\u{0966}',
        '\u{FF10}'..='\u{FF19}' => '\u{FF10}',
        _ => return None,
    };
    char::from_digit(u32::from(c) - u32::from(zero), 10)
}

/// Han, kana and Hangul: scripts whose words may stand without spaces, beside each other and beside Latin.
pub fn dense(c: char) -> bool {
    matches!(c, '\u{3005}'..='\u{3007}' | '\u{3041}'..='\u{30FF}' | '\u{31F0}'..='\u{31FF}' | '\u{3400}'..='\u{4DBF}'
        | '\u{4E00}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{FF66}'..='\u{FF9F}' | '\u{20000}'..='\u{3FFFF}')
}

/// Signs that are not seen: zero-width spaces, marks and overrides of the direction of writing. Those that join letters
/// are part of how some scripts are written.
pub fn unseen(c: char) -> bool {
    matches!(c, '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}')
}

fn goes_on(c: char) -> bool {
    (c.is_alphabetic() || is_combining_mark(c) || matches!(c, '\u{200C}' | '\u{200D}')) && digit(c).is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_digits_and_signs() {
        let text = "It’s José, ０３－12 打139就";
        let found: Vec<String> = tokens(text).into_iter().map(|token| token.folded).collect();
        assert_eq!(found, ["it", "'", "s", "jose", ",", "03", "-", "12", "打", "139", "就"]);
    }

    #[test]
    fn marks_of_other_scripts_stay() {
        assert_eq!(fold("दूँगा"), "दूँगा");
        assert_eq!(fold("です"), "です");
        assert_eq!(tokens("नंबर नहीं").len(), 2);
        assert_eq!(fold("ÉLODIE Große"), "elodie grosse");
    }
}
