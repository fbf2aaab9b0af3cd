//! Recognises a message that is nothing but small talk, and words the reply.
//!
//! The message is cut into words and must be covered without a gap by phrases and fillers of one language:
//! "thanks, what does shipping cost?" holds words that no phrase covers and stays a question.

mod phrases;
mod replies;

use std::collections::HashMap;
use std::sync::LazyLock;

use robofy_knowledge::analyse::{Language, Script};
use unicode_segmentation::UnicodeSegmentation;

pub use replies::{Contact, onward, reply};

/// What a message of small talk wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SmallTalkKind {
    /// A greeting.
    Greeting,
    /// Thanks or praise.
    Thanks,
    /// A farewell.
    Goodbye,
    /// The visitor wants to talk to a person.
    Human,
    /// The visitor asks who or what is answering.
    Identity,
    /// The visitor asks for help in general, or what can be asked.
    Capabilities,
}

/// A message that is small talk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SmallTalk {
    /// What it wants.
    pub kind: SmallTalkKind,
    /// The language whose phrases cover it.
    pub language: Language,
}

/// More words than this are never small talk.
const LONGEST: usize = 32;
/// So many words may stand around "a person" without a word for reaching one.
const SHORT_REQUEST: usize = 6;

const GREETING: u16 = 1;
const THANKS: u16 = 1 << 1;
const GOODBYE: u16 = 1 << 2;
const PERSON: u16 = 1 << 3;
const REACH: u16 = 1 << 4;
const ARE_YOU: u16 = 1 << 5;
const MACHINE: u16 = 1 << 6;
const IDENTITY: u16 = 1 << 7;
const CAPABILITIES: u16 = 1 << 8;
const FILLER: u16 = 1 << 9;

/// The small talk in a message, if it holds nothing else.
///
/// `preferred` is the language to try first (the conversation's, else the agent's): many phrases belong to several
/// languages.
#[must_use]
pub fn small_talk(message: &str, preferred: Option<Language>) -> Option<SmallTalk> {
    // Long messages are told apart before any work is done on them.
    if message.len() > LONGEST * 16 {
        return None;
    }
    let words = words(message);
    if words.is_empty() || words.len() > LONGEST {
        return None;
    }
    let first = LEXICONS.iter().filter(|lexicon| Some(lexicon.language) == preferred);
    let rest = LEXICONS.iter().filter(|lexicon| Some(lexicon.language) != preferred);
    first.chain(rest).find_map(|lexicon| {
        let kind = kind(&lexicon.cover(&words)?, words.len())?;
        Some(SmallTalk { kind, language: lexicon.language })
    })
}

/// Decides by what the covering phrases are.
fn kind(cover: &[u16], words: usize) -> Option<SmallTalkKind> {
    let any = cover.iter().fold(0, |all, bits| all | bits);
    let said = cover.iter().filter(|bits| *bits & FILLER == 0).fold(0, |all, bits| all | bits);
    let strong = if said == 0 { any } else { said };
    let about_self = any & ARE_YOU != 0 && any & (MACHINE | PERSON) != 0 && any & REACH == 0;
    let kind = if strong & IDENTITY != 0 || about_self {
        SmallTalkKind::Identity
    } else if strong & PERSON != 0 && (any & REACH != 0 || words <= SHORT_REQUEST) {
        SmallTalkKind::Human
    } else if strong & CAPABILITIES != 0 {
        SmallTalkKind::Capabilities
    } else if strong & GOODBYE != 0 && strong & GREETING == 0 {
        SmallTalkKind::Goodbye
    } else if strong & THANKS != 0 {
        SmallTalkKind::Thanks
    } else if strong & GREETING != 0 {
        SmallTalkKind::Greeting
    } else {
        return None;
    };
    Some(kind)
}

/// The words of a message: folded, without marks; every character of a dense script is a word of its own.
fn words(message: &str) -> Vec<String> {
    let mut words = Vec::new();
    for word in message.unicode_words() {
        for part in word.split(|c: char| !c.is_alphanumeric() && !is_mark(c)) {
            if part.is_empty() {
                continue;
            }
            if part.chars().any(|c| Script::of(c) == Script::Dense) {
                words.extend(part.chars().map(|c| c.to_lowercase().collect::<String>()));
            } else {
                words.push(fold(part));
            }
        }
    }
    words
}

/// A combining mark, which belongs to the word around it (Devanagari vowels, accents).
fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{900}'..='\u{903}' | '\u{93a}'..='\u{94f}' | '\u{64b}'..='\u{652}')
}

/// Lower case, without accents, and letters drawn out ("hiii") written once.
fn fold(word: &str) -> String {
    let mut out = String::with_capacity(word.len());
    let mut run = ('\0', 0_u32);
    for c in word.chars().flat_map(char::to_lowercase) {
        let plain = match c {
            'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' => 'a',
            'ç' => 'c',
            'è' | 'é' | 'ê' | 'ë' => 'e',
            'ì' | 'í' | 'î' | 'ï' => 'i',
            'ñ' => 'n',
            'ò' | 'ó' | 'ô' | 'õ' | 'ö' => 'o',
            'ù' | 'ú' | 'û' | 'ü' => 'u',
            'أ' | 'إ' | 'آ' => 'ا',
            '\u{300}'..='\u{36f}' | '\u{64b}'..='\u{652}' => continue,
            'ß' => {
                out.push_str("ss");
                run = ('\0', 0);
                continue;
            }
            c => c,
        };
        run = if run.0 == plain { (plain, run.1 + 1) } else { (plain, 1) };
        if run.1 == 3 {
            out.pop();
        } else if run.1 < 3 {
            out.push(plain);
        }
    }
    out
}

/// The phrases of one language by their first word, longest first.
struct Lexicon {
    language: Language,
    phrases: HashMap<String, Vec<(Vec<String>, u16)>>,
}

impl Lexicon {
    fn new(phrases: &phrases::Phrases) -> Lexicon {
        let mut all: HashMap<Vec<String>, u16> = HashMap::new();
        let groups = [
            (phrases.greeting, GREETING),
            (phrases.thanks, THANKS),
            (phrases.goodbye, GOODBYE),
            (phrases.person, PERSON),
            (phrases.reach, REACH),
            (phrases.are_you, ARE_YOU),
            (phrases.machine, MACHINE),
            (phrases.identity, IDENTITY),
            (phrases.capabilities, CAPABILITIES),
            (phrases.filler, FILLER),
        ];
        for (list, bit) in groups {
            for phrase in list.split('|') {
                *all.entry(words(phrase)).or_default() |= bit;
            }
        }
        let mut phrases_by_first: HashMap<String, Vec<(Vec<String>, u16)>> = HashMap::new();
        for (phrase, bits) in all {
            if let Some(first) = phrase.first() {
                phrases_by_first.entry(first.clone()).or_default().push((phrase, bits));
            }
        }
        for list in phrases_by_first.values_mut() {
            list.sort_by_key(|(phrase, _)| std::cmp::Reverse(phrase.len()));
        }
        Lexicon { language: phrases.language, phrases: phrases_by_first }
    }

    /// The kinds of the phrases that cover all words, longer phrases being preferred.
    fn cover(&self, words: &[String]) -> Option<Vec<u16>> {
        // next[i]: length and kind of the phrase that begins at word i and leads to the end.
        let mut next: Vec<Option<(usize, u16)>> = vec![None; words.len()];
        for at in (0..words.len()).rev() {
            let candidates = self.phrases.get(&words[at]).map_or(&[][..], Vec::as_slice);
            next[at] = candidates.iter().find_map(|(phrase, bits)| {
                let behind = at + phrase.len();
                let leads_on = behind == words.len() || next.get(behind).is_some_and(Option::is_some);
                (leads_on && words[at..].starts_with(phrase)).then_some((phrase.len(), *bits))
            });
        }
        let mut kinds = Vec::new();
        let mut at = 0;
        while at < words.len() {
            let (length, bits) = next[at]?;
            kinds.push(bits);
            at += length;
        }
        Some(kinds)
    }
}

static LEXICONS: LazyLock<Vec<Lexicon>> = LazyLock::new(|| phrases::ALL.iter().map(Lexicon::new).collect());

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn kind_of(message: &str) -> Option<SmallTalkKind> {
        small_talk(message, None).map(|talk| talk.kind)
    }

    #[test]
    fn a_message_of_small_talk_is_told_by_its_kind() {
        use SmallTalkKind::{Capabilities, Goodbye, Greeting, Human, Identity, Thanks};
        let cases = [
            ("Hello!", Greeting),
            ("Hiii 👋", Greeting),
            ("Guten Morgen allerseits", Greeting),
            ("thank you so much for your help", Thanks),
            ("¡Muchísimas gracias!", Thanks),
            ("merci, bonne journée", Goodbye),
            ("I'd like to talk to a real person, please", Human),
            ("Can I speak to someone?", Human),
            ("Je voudrais parler à un conseiller s'il vous plaît", Human),
            ("Are you a bot?", Identity),
            ("Spreche ich mit einem Menschen?", Identity),
            ("What can you do?", Capabilities),
            ("ik heb een vraag", Capabilities),
            ("我想跟真人说话", Human),
            ("ありがとうございます", Thanks),
        ];
        for (message, kind) in cases {
            assert_eq!(kind_of(message), Some(kind), "{message}");
        }
    }

    #[test]
    fn a_question_stays_a_question_however_polite() {
        let cases = [
            "thanks, what does shipping cost?",
            "hello, when do you open?",
            "Hallo, wo kann ich parken?",
            "hola, ¿cuánto cuesta?",
            "are you open today?",
            "do you have a manager's special?",
            "who won the world cup 1998?",
            "",
            "   ",
            "?!",
            "42",
        ];
        for message in cases {
            assert_eq!(kind_of(message), None, "{message}");
        }
    }

    #[test]
    fn the_preferred_language_decides_between_equals() {
        let language = |preferred| small_talk("hallo", preferred).map(|talk| talk.language);
        assert_eq!(language(Some(Language::Dutch)), Some(Language::Dutch));
        assert_eq!(language(Some(Language::German)), Some(Language::German));
    }

    proptest! {
        #[test]
        fn any_message_is_read(message in any::<String>()) {
            let _ = small_talk(&message, None);
        }
    }
}
