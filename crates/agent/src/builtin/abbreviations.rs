//! Words before a full stop that do not end a sentence, in the languages of the answerer.

/// What a full stop behind a word means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Abbreviation {
    /// An ordinary word: the stop ends the sentence.
    Never,
    /// A title, an initial, a reference: something always follows.
    Title,
    /// An abbreviation that may also stand last; the next word decides.
    Perhaps,
    /// A word that is an abbreviation only before a number: `No. 4`, `art. 12`.
    Reference,
    /// A short number: an ordinal when a month follows, as in `3. Mai`.
    Number,
}

const TITLES: &[&str] = &[
    // English
    "mr", "mrs", "ms", "dr", "prof", "st", "rev", "hon", "gen", "col", "lt", "sgt", "capt", "gov", "sen",
    "vs", "eds", "approx", "ca", "cf", "e.g", "i.e", "eg", "ie", "tel", "ext", "incl", "excl", "viz",
    // German
    "hr", "fr", "frl", "bzw", "z.b", "d.h", "u.a", "o.ä", "i.d.r", "inkl", "exkl", "zzgl", "ggf", "evtl",
    "vgl", "sog", "dipl", "ing", "hrsg", "mind", "tägl", // French
    "mm", "mme", "mlle", "p.ex", "env", "réf", "tél", // Spanish and Portuguese
    "sra", "srta", "sres", "dra", "dña", "ud", "uds", "vd", "avda", "aprox", "teléf", "profa", "eng", "exmo",
    "tfno", // Italian
    "sig", "sigg", "dott", "avv", "geom", "rag", // Dutch
    "dhr", "mevr", "mw", "drs", "bijv", "o.a", "d.w.z", "m.b.t", "i.p.v", "t.e.m", "t.a.v",
];

const REFERENCES: &[&str] = &[
    "no", "nr", "núm", "nº", "art", "abs", "pp", "pag", "pagg", "pág", "págs", "blz", "bd", "fig", "abb",
    "tab", "vol", "ch", "chap", "sec", "cap", "ed", "max", "min", "est", "ex", "av", "str",
];

const PERHAPS: &[&str] = &[
    "etc", "inc", "ltd", "co", "corp", "jr", "sr", "dept", "bros", "usw", "ecc", "enz", "gmbh", "a.m", "p.m",
    "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "okt", "nov", "dec", "dez", "mon",
    "tue", "tues", "wed", "thu", "thurs", "fri", "sat", "sun", "ph.d", "ee.uu", "s.a", "s.l", "b.v", "n.v",
    "s.p.a", "hrs", "hr", "mio", "mrd", "blvd", "ave", "rd", "sq", "ft",
];

const MONTHS: &[&str] = &[
    "januar",
    "februar",
    "märz",
    "april",
    "mai",
    "juni",
    "juli",
    "august",
    "september",
    "oktober",
    "november",
    "dezember",
    "jänner",
    "january",
    "february",
    "march",
    "may",
    "june",
    "july",
    "october",
    "december",
    "januari",
    "februari",
    "maart",
    "mei",
    "augustus",
];

/// Words that open sentences far more often than they follow an abbreviation.
const STARTERS: &[&str] = &[
    "the", "a", "an", "in", "on", "at", "it", "he", "she", "we", "they", "you", "i", "this", "that", "these",
    "those", "there", "if", "when", "for", "from", "after", "before", "but", "and", "our", "your", "all",
    "no", "please", "as", "while", "with", "however", "its", "his", "her", "their", "some", "many", "most",
    "what", "where", "who", "how", "why", "then", "so", "by", "der", "die", "das", "ein", "eine", "wir",
    "sie", "es", "ist", "im", "bei", "für", "nach", "le", "la", "les", "un", "une", "des", "nous", "vous",
    "il", "elle", "ils", "pour", "el", "los", "las", "una", "en", "si", "para", "por", "o", "os", "as", "um",
    "uma", "lo", "gli", "per", "het", "de", "een", "wij", "ook", "als",
];

/// What a full stop behind `word` (without the stop) means.
pub(super) fn classify(word: &str) -> Abbreviation {
    if !word.is_empty() && word.len() <= 2 && word.bytes().all(|b| b.is_ascii_digit()) {
        return Abbreviation::Number;
    }
    let mut chars = word.chars();
    if let (Some(only), None) = (chars.next(), chars.next()) {
        return if only.is_alphabetic() { Abbreviation::Title } else { Abbreviation::Never };
    }
    let word = word.to_lowercase();
    if PERHAPS.contains(&word.as_str()) {
        Abbreviation::Perhaps
    } else if TITLES.contains(&word.as_str()) {
        Abbreviation::Title
    } else if REFERENCES.contains(&word.as_str()) {
        Abbreviation::Reference
    } else if word.contains('.') && word.split('.').all(|part| part.chars().count() == 1) {
        // Dotted letters: U.S, e.g, z.B.
        Abbreviation::Perhaps
    } else {
        Abbreviation::Never
    }
}

/// Whether a capitalised word is one that usually opens a sentence.
pub(super) fn starts_sentence(word: &str) -> bool {
    let word = word.to_lowercase();
    STARTERS.contains(&word.as_str())
}

/// Whether a word names a month.
pub(super) fn is_month(word: &str) -> bool {
    let word = word.to_lowercase();
    MONTHS.contains(&word.as_str())
}
