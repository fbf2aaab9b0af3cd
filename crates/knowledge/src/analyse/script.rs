//! Scripts, as far as the analyser treats them differently.

/// The kind of letters a word is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Script {
    /// Latin, with all its accents.
    Latin,
    /// Cyrillic
    Cyrillic,
    /// Greek
    Greek,
    /// Arabic
    Arabic,
    /// Devanagari
    Devanagari,
    /// Scripts that put no spaces between words, or glue particles to them: Han, Hiragana, Katakana, Hangul, and
    /// Thai, Lao, Khmer and Burmese. They are indexed as pairs of neighbouring characters.
    Dense,
    /// Digits
    Number,
    /// Anything else, letters of further scripts included.
    Other,
}

impl Script {
    /// The script of one character.
    #[must_use]
    pub fn of(c: char) -> Script {
        match c {
            'a'..='z' | 'A'..='Z' | '\u{aa}' | '\u{ba}' | '\u{c0}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}' => {
                Script::Latin
            }
            '\u{ff21}'..='\u{ff5a}' => Script::Latin,
            '\u{370}'..='\u{3ff}' | '\u{1f00}'..='\u{1fff}' => Script::Greek,
            '\u{400}'..='\u{52f}' => Script::Cyrillic,
            '\u{600}'..='\u{6ff}'
            | '\u{750}'..='\u{77f}'
            | '\u{fb50}'..='\u{fdff}'
            | '\u{fe70}'..='\u{feff}'
                if c.is_alphabetic() =>
            {
                Script::Arabic
            }
            '\u{900}'..='\u{963}' | '\u{970}'..='\u{97f}' => Script::Devanagari,
            c if is_dense(c) => Script::Dense,
            c if c.is_numeric() => Script::Number,
            _ => Script::Other,
        }
    }
}

fn is_dense(c: char) -> bool {
    matches!(c,
        '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}' // Thai, Lao, Burmese, Khmer
        | '\u{1100}'..='\u{11ff}' | '\u{3130}'..='\u{318f}' | '\u{ac00}'..='\u{d7ff}' // Hangul
        | '\u{3005}'..='\u{3007}' | '\u{3040}'..='\u{30ff}' | '\u{31f0}'..='\u{31ff}' // Kana
        | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' // Han
        | '\u{ff66}'..='\u{ff9f}' | '\u{ffa0}'..='\u{ffdc}' | '\u{20000}'..='\u{3ffff}')
        && c.is_alphanumeric()
}
