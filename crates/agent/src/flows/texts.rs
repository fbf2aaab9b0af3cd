//! What the flows say, in seven languages: data, one file each, with the same keys and the same words in braces.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, LazyLock};

/// A language in which the flows speak, and the agent's own wording of some texts.
#[derive(Clone, Debug)]
pub(crate) struct Texts {
    /// ISO 639-1.
    pub code: &'static str,
    at: usize,
    own: Arc<BTreeMap<String, String>>,
}

const FILES: &[(&str, &str)] = &[
    ("en", include_str!("texts/en.toml")),
    ("es", include_str!("texts/es.toml")),
    ("fr", include_str!("texts/fr.toml")),
    ("de", include_str!("texts/de.toml")),
    ("pt", include_str!("texts/pt.toml")),
    ("it", include_str!("texts/it.toml")),
    ("nl", include_str!("texts/nl.toml")),
];

type Table = HashMap<String, String>;

static TABLES: LazyLock<Vec<Table>> = LazyLock::new(|| FILES.iter().map(|(_, file)| table(file)).collect());

/// A file as `section.key` → text.
fn table(file: &str) -> Table {
    let sections: BTreeMap<String, BTreeMap<String, String>> = toml::from_str(file).unwrap_or_default();
    let flat = |(section, texts): (String, BTreeMap<String, String>)| {
        texts.into_iter().map(move |(key, text)| (format!("{section}.{key}"), text))
    };
    sections.into_iter().flat_map(flat).collect()
}

/// What stands for a word in braces.
pub(crate) type Filling<'a> = (&'a str, &'a str);

impl Texts {
    /// The texts of a language tag, the region being ignored; English where there are none.
    pub fn of(tag: &str) -> Self {
        let at = place(tag).unwrap_or_default();
        let code = FILES.get(at).map_or("en", |(code, _)| code);
        Self { code, at, own: Arc::default() }
    }

    /// Whether there are texts in the language of this tag.
    pub fn knows(tag: &str) -> bool {
        place(tag).is_some()
    }

    /// With an agent's own wording: `key` for all languages, `key@de` for one.
    pub fn with(self, own: &BTreeMap<String, String>) -> Self {
        if own.is_empty() { self } else { Self { own: Arc::new(own.clone()), ..self } }
    }

    /// A text as it is written; its key when there is none, which a test rules out.
    pub fn raw(&self, key: &'static str) -> String {
        let own = || self.own.get(&format!("{key}@{}", self.code)).or_else(|| self.own.get(key));
        let own = if self.own.is_empty() { None } else { own() };
        let text = own.or_else(|| TABLES.get(self.at).and_then(|table| table.get(key)));
        text.map_or_else(|| key.to_owned(), String::clone)
    }

    /// A text, filled in. What is filled in is not looked at for braces.
    pub fn say(&self, key: &'static str, filling: &[Filling<'_>]) -> String {
        fill(&self.raw(key), filling)
    }

    /// A list in one text: `a,b,c`.
    pub fn list(&self, key: &'static str) -> Vec<String> {
        self.raw(key).split(',').map(str::to_owned).collect()
    }
}

fn place(tag: &str) -> Option<usize> {
    let code = tag.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase();
    FILES.iter().position(|(known, _)| *known == code)
}

/// What is wrong with an agent's own wording of a text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TextMistake {
    /// There is no such text.
    #[error("is no text of the flows; the keys are listed in the reference")]
    Key,
    /// There is no such language.
    #[error("there are no texts in the language after the @; use one of en, es, fr, de, pt, it, nl")]
    Language,
    /// The text has a word in braces that nothing fills in.
    #[error("{{{0}}} is not filled in in this text")]
    Braces(String),
}

/// Checks an agent's own wording of a text: `key` for all languages, `key@de` for one.
///
/// # Errors
/// When key, language or a word in braces is unknown.
pub fn check_text(key: &str, text: &str) -> Result<(), TextMistake> {
    let (key, language) = key.split_once('@').map_or((key, None), |(key, language)| (key, Some(language)));
    let original = TABLES.first().and_then(|table| table.get(key)).ok_or(TextMistake::Key)?;
    if language.is_some_and(|language| !FILES.iter().any(|(code, _)| *code == language)) {
        return Err(TextMistake::Language);
    }
    let known = braces(original);
    match braces(text).into_iter().find(|name| !known.contains(name)) {
        Some(strange) => Err(TextMistake::Braces(strange.to_owned())),
        None => Ok(()),
    }
}

/// The keys of all texts, with the English wording.
pub fn texts() -> Vec<(&'static str, &'static str)> {
    let table = TABLES.first().into_iter().flatten();
    let mut texts: Vec<_> = table.map(|(key, text)| (key.as_str(), text.as_str())).collect();
    texts.sort_unstable();
    texts
}

fn braces(text: &str) -> BTreeSet<&str> {
    text.split('{').skip(1).filter_map(|part| part.split_once('}')).map(|(name, _)| name).collect()
}

/// Fills in the words in braces, left to right.
pub(crate) fn fill(text: &str, filling: &[Filling<'_>]) -> String {
    let mut filled = String::with_capacity(text.len() + 64);
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let Some((name, tail)) = after.split_once('}') else {
            filled.push('{');
            rest = after;
            continue;
        };
        match filling.iter().find(|(known, _)| *known == name) {
            Some((_, value)) => filled.push_str(value),
            None => {
                filled.push('{');
                filled.push_str(name);
                filled.push('}');
            }
        }
        rest = tail;
    }
    filled.push_str(rest);
    filled
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_has_the_same_keys_and_braces() {
        let english = &TABLES[0];
        assert!(english.len() > 70, "{}", english.len());
        for ((code, _), table) in FILES.iter().zip(TABLES.iter()) {
            let missing: Vec<_> = english.keys().filter(|key| !table.contains_key(*key)).collect();
            let strange: Vec<_> = table.keys().filter(|key| !english.contains_key(*key)).collect();
            assert!(
                missing.is_empty() && strange.is_empty(),
                "{code}: missing {missing:?}, strange {strange:?}"
            );
            for (key, text) in table {
                assert_eq!(braces(text), braces(&english[key]), "{code} {key}");
            }
            assert_eq!(table["dates.months"].split(',').count(), 12, "{code}");
            assert_eq!(table["dates.weekdays"].split(',').count(), 7, "{code}");
        }
    }

    #[test]
    fn an_agent_has_its_own_words() {
        let own = BTreeMap::from([
            ("lead.ask_name".to_owned(), "Who are you?".to_owned()),
            ("lead.ask_name@fr".to_owned(), "Qui est là ?".to_owned()),
        ]);
        assert_eq!(Texts::of("en-GB").with(&own).raw("lead.ask_name"), "Who are you?");
        assert_eq!(check_text("lead.noted", "{values}!"), Ok(()));
        assert_eq!(check_text("lead.noted@xx", "{values}!"), Err(TextMistake::Language));
        assert_eq!(check_text("lead.nothing", ""), Err(TextMistake::Key));
        assert_eq!(check_text("lead.noted", "{name}"), Err(TextMistake::Braces("name".to_owned())));
    }

    #[test]
    fn what_a_visitor_says_is_not_filled_in() {
        let filled = fill("{a} and {b} {", &[("a", "{b}"), ("b", "two")]);
        assert_eq!(filled, "{b} and two {");
    }

    /// The texts in quotes in the program's own lines, tests left out.
    fn quoted(folder: &std::path::Path, into: &mut BTreeSet<String>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                quoted(&path, into);
            } else if path.extension().is_some_and(|kind| kind == "rs") {
                let source = std::fs::read_to_string(&path).unwrap();
                let program = source.split("#[cfg(test)]").next().unwrap_or_default();
                for line in program.lines().filter(|line| !line.trim_start().starts_with("//")) {
                    into.extend(line.split('"').skip(1).step_by(2).map(str::to_owned));
                }
            }
        }
    }

    #[test]
    fn every_key_that_is_said_has_a_text_and_every_text_is_said() {
        let mut quotes = BTreeSet::new();
        quoted(&std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/flows"), &mut quotes);
        let is_key = |text: &&String| {
            ["lead.", "booking.", "menu.", "words.", "dates."].iter().any(|section| text.starts_with(section))
                && text.bytes().all(|b| b.is_ascii_lowercase() || b == b'_' || b == b'.')
        };
        let strange: Vec<_> =
            quotes.iter().filter(is_key).filter(|key| !TABLES[0].contains_key(*key)).collect();
        assert!(strange.is_empty(), "said, and there is no text: {strange:?}");
        let unused: Vec<_> = TABLES[0].keys().filter(|key| !quotes.contains(*key)).collect();
        assert!(unused.is_empty(), "never said: {unused:?}");
    }
}
