//! Mistyped domains of the providers that many people use.

use std::sync::LazyLock;

use strsim::osa_distance;

/// A provider: its name, and the endings that it has, the most used one first.
struct Provider {
    name: &'static str,
    /// Nobody else has the name, so another ending is a slip.
    only: bool,
    endings: Vec<&'static str>,
}

static PROVIDERS: LazyLock<Vec<Provider>> = LazyLock::new(|| {
    let lines = include_str!("../../data/providers.txt").lines().map(str::trim);
    let lines = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines
        .filter_map(|line| {
            let mut words = line.split_whitespace();
            let name = words.next()?;
            let (only, name) = name.strip_prefix('!').map_or((false, name), |name| (true, name));
            Some(Provider { name, only, endings: words.collect() })
        })
        .collect()
});

/// A likelier address, where the domain is nearly that of a provider which many people use.
#[must_use]
pub fn suggest(email: &str) -> Option<String> {
    let (local, domain) = email.rsplit_once('@')?;
    let domain = domain.to_lowercase();
    if PROVIDERS.iter().any(|provider| provider.has(&domain)) {
        return None;
    }
    let mut best: Option<(usize, String)> = None;
    for provider in PROVIDERS.iter() {
        for (rank, ending) in provider.endings.iter().enumerate() {
            let Some(distance) = provider.distance(ending, &domain) else { continue };
            let distance = distance * 100 + rank.min(99);
            if best.as_ref().is_none_or(|(least, _)| distance < *least) {
                best = Some((distance, format!("{}.{ending}", provider.name)));
            }
        }
    }
    best.map(|(_, likelier)| format!("{local}@{likelier}"))
}

impl Provider {
    fn has(&self, domain: &str) -> bool {
        let ending = domain.strip_prefix(self.name).and_then(|rest| rest.strip_prefix('.'));
        ending.is_some_and(|ending| self.endings.contains(&ending))
    }

    /// How far a domain is from this provider's with an ending; none where it is another domain.
    fn distance(&self, ending: &str, domain: &str) -> Option<usize> {
        let whole = format!("{}.{ending}", self.name);
        let (name, given) = domain.split_once('.').unwrap_or((domain, ""));
        let names = osa_distance(self.name, name);
        let endings = osa_distance(ending, given);
        let letters = self.name.len();
        if names == 0 {
            let near = (endings <= if ending.len() >= 3 { 2 } else { 1 } || same_letters(ending, given))
                && (letters >= 3 || !exists(given, ending));
            let slip =
                if self.only { near || self.endings.len() == 1 } else { near && !exists(given, ending) };
            return slip.then_some(endings.min(3));
        }
        let most = match (letters, self.only) {
            (0..=3, _) | (4..=5, false) => 0,
            (4..=5, true) | (_, false) => 1,
            (_, true) => 2,
        };
        let swapped = letters == 3 && names == 1 && same_letters(self.name, name);
        if endings == 0 && (swapped || names <= most && plausible(self.name, name, names)) {
            return Some(names);
        }
        // A slip in both parts, or a dot left out or put elsewhere.
        if self.only && letters >= 5 && names <= 1 && endings <= 1 && osa_distance(&whole, domain) <= 2 {
            return Some(names + endings + 1);
        }
        (letters >= 5 && whole.replace('.', "") == domain.replace('.', "")).then_some(1)
    }
}

/// Whether there are domains with what was given for an ending: those of countries, and the most used others. "con.br" is
/// a slip of "com.br".
fn exists(given: &str, ending: &str) -> bool {
    let parts = |text: &str| text.split_once('.').map(|(_, last)| last.to_owned());
    if parts(given).is_some() && parts(given) == parts(ending) {
        return false;
    }
    let last = given.rsplit('.').next().unwrap_or_default();
    let country = last.len() == 2 && rlibphonenumber::Region::from_code(&last.to_ascii_uppercase()).is_ok();
    country
        || matches!(
            last,
            "uk" | "eu"
                | "com"
                | "net"
                | "org"
                | "info"
                | "biz"
                | "dev"
                | "app"
                | "shop"
                | "edu"
                | "gov"
                | "example"
        )
}

/// Two slips are one name only when the words begin or end alike.
fn plausible(name: &str, given: &str, distance: usize) -> bool {
    let ends = |text: &str| (text.chars().next(), text.chars().next_back());
    let ((first, last), (given_first, given_last)) = (ends(name), ends(given));
    distance <= 1 && (first == given_first || last == given_last || same_letters(name, given))
        || distance == 2
            && first == given_first
            && last == given_last
            && name.len().abs_diff(given.len()) <= 1
}

fn same_letters(one: &str, other: &str) -> bool {
    let sorted = |text: &str| {
        let mut letters: Vec<char> = text.chars().collect();
        letters.sort_unstable();
        letters
    };
    sorted(one) == sorted(other)
}
