//! The languages the analyser knows, and how it tells them apart.

use frostem::{Algorithm, Stemmer};
use unicode_segmentation::UnicodeSegmentation;
use whatlang::Lang;

use super::script::Script;
use super::stopwords;
use super::words::fold;

/// How much of a text is looked at to tell its language: more would not change the answer, and a book is long.
const DETECTION_BYTES: usize = 4 * 1024;

/// How much of it letter statistics are made of.
const STATISTICS_BYTES: usize = 1024;

macro_rules! languages {
    ($($(#[$doc:meta])* $name:ident = $number:literal, $code:literal, $script:ident, $lang:ident, $stem:expr;)*) => {
        /// A language with its own stemming and stop words.
        ///
        /// The number is part of the stored form of a segment, so it is never used again for another language.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        pub enum Language {
            $($(#[$doc])* $name = $number,)*
        }

        impl Language {
            /// Every language, in the order of its number.
            pub const ALL: &'static [Language] = &[$(Language::$name,)*];

            /// The ISO 639-1 code (`und` for text in no known language).
            #[must_use]
            pub fn code(self) -> &'static str {
                match self { $(Language::$name => $code,)* }
            }

            /// The language of an ISO 639-1 code, a region being ignored (`pt-BR` is Portuguese).
            #[must_use]
            pub fn from_code(code: &str) -> Option<Language> {
                let code = code.split(['-', '_']).next().unwrap_or_default().trim().to_ascii_lowercase();
                match code.as_str() {
                    $($code => Some(Language::$name),)*
                    "nb" | "nn" => Some(Language::Norwegian),
                    _ => None,
                }
            }

            /// The language with a stored number.
            #[must_use]
            pub fn from_number(number: u8) -> Option<Language> {
                match number { $($number => Some(Language::$name),)* _ => None }
            }

            /// The script the language is written in.
            #[must_use]
            pub fn script(self) -> Script {
                match self { $(Language::$name => Script::$script,)* }
            }

            /// The stemmer, where the language has one.
            #[must_use]
            pub fn stemmer(self) -> Option<Stemmer> {
                let algorithm: Option<Algorithm> = match self { $(Language::$name => $stem,)* };
                algorithm.map(Stemmer::new)
            }

            fn from_detected(lang: Lang) -> Option<Language> {
                match lang { $(Lang::$lang => Some(Language::$name),)* _ => None }
            }
        }
    };
}

languages! {
    /// No known language: words are folded but not stemmed.
    Undetermined = 0, "und", Other, Epo, None;
    /// English
    English = 1, "en", Latin, Eng, Some(Algorithm::English);
    /// German
    German = 2, "de", Latin, Deu, Some(Algorithm::German);
    /// French
    French = 3, "fr", Latin, Fra, Some(Algorithm::French);
    /// Spanish
    Spanish = 4, "es", Latin, Spa, Some(Algorithm::Spanish);
    /// Italian
    Italian = 5, "it", Latin, Ita, Some(Algorithm::Italian);
    /// Portuguese
    Portuguese = 6, "pt", Latin, Por, Some(Algorithm::Portuguese);
    /// Dutch
    Dutch = 7, "nl", Latin, Nld, Some(Algorithm::Dutch);
    /// Swedish
    Swedish = 8, "sv", Latin, Swe, Some(Algorithm::Swedish);
    /// Danish
    Danish = 9, "da", Latin, Dan, Some(Algorithm::Danish);
    /// Norwegian
    Norwegian = 10, "no", Latin, Nob, Some(Algorithm::Norwegian);
    /// Finnish
    Finnish = 11, "fi", Latin, Fin, Some(Algorithm::Finnish);
    /// Polish
    Polish = 12, "pl", Latin, Pol, Some(Algorithm::Polish);
    /// Czech
    Czech = 13, "cs", Latin, Ces, Some(Algorithm::Czech);
    /// Romanian
    Romanian = 14, "ro", Latin, Ron, Some(Algorithm::Romanian);
    /// Hungarian
    Hungarian = 15, "hu", Latin, Hun, Some(Algorithm::Hungarian);
    /// Turkish
    Turkish = 16, "tr", Latin, Tur, Some(Algorithm::Turkish);
    /// Russian
    Russian = 17, "ru", Cyrillic, Rus, Some(Algorithm::Russian);
    /// Ukrainian
    Ukrainian = 18, "uk", Cyrillic, Ukr, Some(Algorithm::Ukrainian);
    /// Greek
    Greek = 19, "el", Greek, Ell, Some(Algorithm::Greek);
    /// Arabic
    Arabic = 20, "ar", Arabic, Ara, Some(Algorithm::Arabic);
    /// Hindi
    Hindi = 21, "hi", Devanagari, Hin, Some(Algorithm::Hindi);
    /// Chinese, in character pairs
    Chinese = 22, "zh", Dense, Cmn, None;
    /// Japanese, in character pairs
    Japanese = 23, "ja", Dense, Jpn, None;
    /// Korean, in character pairs
    Korean = 24, "ko", Dense, Kor, None;
}

impl Language {
    /// The language whose rules serve a word of `script` in a text of this language: its own when the scripts
    /// agree, otherwise the most usual language of that script (an English name in a Russian text is stemmed as
    /// English). A word of no known language stays as it is.
    #[must_use]
    pub fn for_script(self, script: Script) -> Language {
        if self.script() == script {
            return self;
        }
        match script {
            Script::Latin => Language::English,
            Script::Cyrillic => Language::Russian,
            Script::Greek => Language::Greek,
            Script::Arabic => Language::Arabic,
            Script::Devanagari => Language::Hindi,
            Script::Dense | Script::Number | Script::Other => Language::Undetermined,
        }
    }

    /// Tells the language of a text.
    ///
    /// Function words are counted first, for they decide even in a line of ten words, where letter statistics
    /// guess; those statistics (`whatlang`) decide when there are no or too few function words. A Latin text that
    /// neither can tell is taken as English: whatever is chosen, the same rules serve text and question, so a
    /// wrong guess costs a little stemming and never a match.
    #[must_use]
    pub fn detect(text: &str) -> Language {
        let text = head(text, DETECTION_BYTES);
        let script = main_script(head(text, STATISTICS_BYTES));
        let spaced = matches!(script, Script::Latin | Script::Cyrillic);
        let votes = if spaced { count_votes(text) } else { [0; Language::ALL.len()] };
        let by_votes = |guess: Option<Language>| {
            // Equal votes go to the guess, then to the language with the lower number.
            let rank = |l: Language| (votes[l as usize], Some(l) == guess, std::cmp::Reverse(l));
            Language::ALL.iter().copied().max_by_key(|&language| rank(language)).unwrap_or(Language::English)
        };
        let best = by_votes(None);
        let second = votes.iter().enumerate().filter(|(n, _)| *n != best as usize).map(|(_, &v)| v).max();
        if votes[best as usize] >= 8 && votes[best as usize] >= 2 * second.unwrap_or_default() {
            return best;
        }
        let info = whatlang::detect(head(text, STATISTICS_BYTES));
        let guess = info.as_ref().and_then(|info| Language::from_detected(info.lang()));
        if !spaced {
            return guess.unwrap_or(Language::Undetermined.for_script(script));
        }
        let best = by_votes(guess);
        match guess {
            _ if votes[best as usize] >= 2 => best,
            Some(guess) if info.is_some_and(|info| info.is_reliable()) => guess,
            _ if votes[best as usize] == 1 => best,
            Some(guess) if guess.script() != Script::Latin => guess,
            Some(_) | None => Language::English.for_script(script),
        }
    }
}

/// The first bytes of a text, whole characters only.
fn head(text: &str, bytes: usize) -> &str {
    &text[..text.floor_char_boundary(bytes)]
}

/// For each language the function words of it in a text.
fn count_votes(text: &str) -> [u32; Language::ALL.len()] {
    let mut votes = [0_u32; Language::ALL.len()];
    for word in text.unicode_words() {
        let mut languages = stopwords::languages_of(&fold(word));
        while languages != 0 {
            votes[languages.trailing_zeros() as usize] += 1;
            languages &= languages - 1;
        }
    }
    votes
}

/// The script of most letters; Latin if there are none.
fn main_script(text: &str) -> Script {
    const SCRIPTS: [Script; 7] = [
        Script::Latin,
        Script::Cyrillic,
        Script::Greek,
        Script::Arabic,
        Script::Devanagari,
        Script::Dense,
        Script::Other,
    ];
    let mut counts = [0_usize; SCRIPTS.len()];
    for c in text.chars().filter(|c| c.is_alphabetic()) {
        let script = Script::of(c);
        // A character of a dense script stands for about half a word.
        let weight = if script == Script::Dense { 3 } else { 1 };
        if let Some(at) = SCRIPTS.iter().position(|s| *s == script) {
            counts[at] += weight;
        }
    }
    let most = (0..SCRIPTS.len()).rev().max_by_key(|&at| counts[at]).unwrap_or_default();
    SCRIPTS[most]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_codes_lead_back_to_the_language() {
        for &language in Language::ALL {
            assert_eq!(Language::from_number(language as u8), Some(language));
            assert_eq!(Language::from_code(language.code()), Some(language));
            assert_eq!(Language::ALL[language as usize], language);
        }
        assert_eq!(Language::from_code("pt-BR"), Some(Language::Portuguese));
        assert_eq!(Language::from_code("nb"), Some(Language::Norwegian));
        assert_eq!(Language::from_code("tlh"), None);
        assert_eq!(Language::from_number(200), None);
    }

    #[test]
    fn a_line_is_enough_to_tell_the_language() {
        let cases = [
            ("Our shop is open from nine to five on weekdays.", Language::English),
            ("Opening hours", Language::English),
            ("Wir haben von Montag bis Freitag geöffnet.", Language::German),
            ("Was kostet der Eintritt und wo ist das Museum?", Language::German),
            ("Nous sommes ouverts du lundi au vendredi.", Language::French),
            ("¿Cuánto cuesta la entrada y dónde está el museo?", Language::Spanish),
            ("Siamo aperti dal lunedì al venerdì, anche nei giorni di festa.", Language::Italian),
            ("Estamos abertos de segunda a sexta e não fechamos para almoço.", Language::Portuguese),
            ("Wij zijn open van maandag tot en met vrijdag.", Language::Dutch),
            ("Vi har öppet från måndag till fredag och det är gratis.", Language::Swedish),
            ("Jesteśmy otwarci od poniedziałku do piątku.", Language::Polish),
            ("Мы открыты с понедельника по пятницу, но не в праздники.", Language::Russian),
            ("Ми відкриті з понеділка до п'ятниці, але не у свята.", Language::Ukrainian),
            ("Είμαστε ανοιχτά από Δευτέρα έως Παρασκευή.", Language::Greek),
            ("نحن مفتوحون من الاثنين إلى الجمعة", Language::Arabic),
            ("हम सोमवार से शुक्रवार तक खुले हैं", Language::Hindi),
            ("我们周一至周五营业。", Language::Chinese),
            ("月曜日から金曜日まで営業しています。", Language::Japanese),
            ("월요일부터 금요일까지 영업합니다.", Language::Korean),
        ];
        for (text, language) in cases {
            assert_eq!(Language::detect(text), language, "{text}");
        }
    }

    #[test]
    fn nothing_to_go_by_is_no_reason_to_fail() {
        for text in ["", " ", "12", "\u{0}", "🙂🙂", "ⴰⵣⵓⵍ"] {
            let _ = Language::detect(text);
        }
    }
}
