//! What kind of answer a question wants, and whether a piece of text has its shape.
//!
//! "When?" wants a date, "how much?" an amount, "what are your hours?" a time of day. Shapes only break ties between
//! sentences and stand in for words such as "cost" and "open" that a price list or a table of hours leaves out.

mod cues;

use robofy_knowledge::analyse::Language;

/// The kind of answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ask {
    /// A price.
    Price,
    /// Opening hours, a time of day.
    Hours,
    /// A telephone number.
    Phone,
    /// An e-mail address.
    Email,
    /// A postal address.
    Address,
    /// A number of things.
    Number,
    /// A date or year.
    When,
    /// A name of a person or group.
    Who,
    /// A name of a place.
    Where,
    /// Anything else.
    Other,
}

/// A question's kind, and the words of it that the shape of the answer stands in for.
pub(super) fn classify(question: &str, language: Language) -> (Ask, &'static str) {
    let question = spaced(question);
    let has = |cues: &str| cues.split('|').any(|cue| !cue.is_empty() && contains(&question, cue));
    let Some(cues) = cues::ALL.iter().find(|cues| cues.language == language) else {
        return (Ask::Other, "");
    };
    if has(cues.email) {
        (Ask::Email, cues.contact_words)
    } else if has(cues.phone) {
        (Ask::Phone, cues.contact_words)
    } else if has(cues.address) {
        (Ask::Address, cues.contact_words)
    } else if has(cues.price) {
        (Ask::Price, cues.price_words)
    } else if has(cues.hours) {
        (Ask::Hours, cues.hours_words)
    } else if has(cues.number) {
        (Ask::Number, "")
    } else if has(cues.when) {
        (Ask::When, "")
    } else if has(cues.who) {
        (Ask::Who, "")
    } else if has(cues.place) {
        (Ask::Where, "")
    } else {
        (Ask::Other, "")
    }
}

/// Words to search for beside the question's own: what a text says where the question says "hours" or "price".
pub(super) fn also_search(ask: Ask, language: Language) -> &'static str {
    match (ask, language) {
        (Ask::Hours, Language::English) => "open opening hours closed monday tuesday saturday sunday am pm",
        (Ask::Hours, Language::German) => {
            "geöffnet öffnungszeiten geschlossen montag dienstag samstag sonntag uhr"
        }
        (Ask::Hours, Language::French) => "ouvert horaires fermé lundi mardi samedi dimanche",
        (Ask::Hours, Language::Spanish) => "abierto horario cerrado lunes martes sábado domingo",
        (Ask::Hours, Language::Italian) => "aperto orari orario chiuso lunedì martedì sabato domenica",
        (Ask::Hours, Language::Portuguese) => "aberto horário fechado segunda terça sábado domingo",
        (Ask::Hours, Language::Dutch) => {
            "open geopend openingstijden gesloten maandag dinsdag zaterdag zondag uur"
        }
        (Ask::Price, Language::English) => "price cost fee",
        (Ask::Price, Language::German) => "preis kosten kostet gebühr euro",
        (Ask::Price, Language::French) => "prix tarif coûte euros",
        (Ask::Price, Language::Spanish) => "precio tarifa cuesta euros",
        (Ask::Price, Language::Italian) => "prezzo tariffa costa euro",
        (Ask::Price, Language::Portuguese) => "preço tarifa custa euros",
        (Ask::Price, Language::Dutch) => "prijs tarief kosten kost euro",
        (Ask::Phone, Language::English) => "phone telephone call",
        (Ask::Email, Language::English) => "email mail contact write com org net info",
        (Ask::Address, Language::English) => "address street road avenue located location",
        (Ask::Phone, Language::German) => "telefon telefonnummer anrufen",
        (Ask::Email, Language::German) => "e-mail mail kontakt schreiben com de info",
        (Ask::Address, Language::German) => "adresse straße strasse anschrift",
        (Ask::Phone, Language::French) => "téléphone appeler",
        (Ask::Email, Language::French) => "e-mail courriel contact écrire com fr info",
        (Ask::Address, Language::French) => "adresse rue avenue",
        (Ask::Phone, Language::Spanish) => "teléfono llamar",
        (Ask::Email, Language::Spanish) => "correo email contacto escribir com es info",
        (Ask::Address, Language::Spanish) => "dirección calle avenida",
        (Ask::Phone, Language::Italian) => "telefono chiamare",
        (Ask::Email, Language::Italian) => "email contatto scrivere com it info",
        (Ask::Address, Language::Italian) => "indirizzo via piazza",
        (Ask::Phone, Language::Portuguese) => "telefone ligar",
        (Ask::Email, Language::Portuguese) => "email contato contacto escrever com pt info",
        (Ask::Address, Language::Portuguese) => "endereço morada rua avenida",
        (Ask::Phone, Language::Dutch) => "telefoon bellen",
        (Ask::Email, Language::Dutch) => "e-mail contact schrijven com nl info",
        (Ask::Address, Language::Dutch) => "adres straat",
        _ => "",
    }
}

/// Whether a piece of text has the shape of such an answer; words of the question itself do not count.
pub(super) fn has_shape(ask: Ask, text: &str, question: &str) -> bool {
    match ask {
        Ask::Other => false,
        Ask::Email => text.contains('@'),
        Ask::Phone => has_phone(text),
        Ask::Address => has_street(text),
        Ask::Price => text.contains(['€', '$', '£', '¥', '₹']) || has_currency_word(text),
        Ask::Hours => has_time_of_day(text),
        Ask::Number => new_words(text, question)
            .any(|word| word.contains(|c: char| c.is_numeric()) || is_number_word(word)),
        Ask::When => new_words(text, question).any(|word| is_year(word) || is_calendar_word(word)),
        Ask::Who | Ask::Where => {
            new_words(text, question).skip(1).any(|word| word.starts_with(char::is_uppercase))
        }
    }
}

/// Lower case, one space between words and around the whole.
fn spaced(text: &str) -> String {
    let mut out = String::from(" ");
    for word in text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
        out.extend(word.chars().flat_map(char::to_lowercase));
        out.push(' ');
    }
    out
}

/// Whether a cue stands in a spaced text as whole words; in scripts without spaces, anywhere.
fn contains(spaced: &str, cue: &str) -> bool {
    let dense = cue.chars().next().is_some_and(|c| c > '\u{2e80}');
    spaced.match_indices(cue).any(|(at, found)| {
        dense || spaced[..at].ends_with(' ') && spaced[at + found.len()..].starts_with(' ')
    })
}

fn new_words<'t>(text: &'t str, question: &'t str) -> impl Iterator<Item = &'t str> {
    text.split(|c: char| !c.is_alphanumeric()).filter(move |word| {
        !word.is_empty()
            && !question.split(|c: char| !c.is_alphanumeric()).any(|asked| asked.eq_ignore_ascii_case(word))
    })
}

fn is_year(word: &str) -> bool {
    let digits = word.bytes().take_while(u8::is_ascii_digit).count();
    digits == 4 && (word.len() == 4 || word[4..].eq("s"))
        || (1..=2).contains(&digits) && matches!(&word[digits..], "th" | "st" | "nd" | "rd")
}

const CALENDAR: &[&str] = &[
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
    "januar",
    "februar",
    "märz",
    "mai",
    "juni",
    "juli",
    "oktober",
    "dezember",
    "janvier",
    "février",
    "mars",
    "avril",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
    "enero",
    "febrero",
    "marzo",
    "abril",
    "mayo",
    "junio",
    "julio",
    "agosto",
    "septiembre",
    "octubre",
    "noviembre",
    "diciembre",
    "gennaio",
    "febbraio",
    "aprile",
    "maggio",
    "giugno",
    "luglio",
    "settembre",
    "ottobre",
    "dicembre",
    "janeiro",
    "fevereiro",
    "março",
    "maio",
    "junho",
    "julho",
    "setembro",
    "outubro",
    "novembro",
    "dezembro",
    "januari",
    "februari",
    "maart",
    "mei",
    "augustus",
    "century",
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
];

fn is_calendar_word(word: &str) -> bool {
    let word = word.to_lowercase();
    CALENDAR.contains(&word.as_str())
}

const NUMBER_WORDS: &[&str] = &[
    "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "twenty", "thirty", "fifty", "hundred", "thousand", "million", "billion", "dozen", "half", "twice",
    "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun", "zehn", "elf", "zwölf", "hundert",
    "tausend", "deux", "trois", "quatre", "cinq", "sept", "huit", "neuf", "dix", "cent", "mille", "dos",
    "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve", "diez", "cien", "mil", "millones", "due",
    "tre", "quattro", "cinque", "sei", "sette", "otto", "nove", "dieci", "cento", "dois", "duas", "três",
    "quatro", "sete", "oito", "dez", "cem", "twee", "drie", "vijf", "zes", "zeven", "negen", "tien",
    "honderd", "duizend",
];

fn is_number_word(word: &str) -> bool {
    let word = word.to_lowercase();
    NUMBER_WORDS.contains(&word.as_str())
}

fn has_currency_word(text: &str) -> bool {
    const CURRENCIES: &[&str] = &[
        "eur",
        "euro",
        "euros",
        "usd",
        "dollar",
        "dollars",
        "gbp",
        "pounds",
        "chf",
        "franken",
        "cents",
        "free",
        "kostenlos",
        "gratis",
        "gratuit",
        "gratuito",
        "yen",
        "rupees",
        "reais",
    ];
    text.split(|c: char| !c.is_alphanumeric()).any(|word| CURRENCIES.contains(&word.to_lowercase().as_str()))
}

/// A house number beside a word for a street, or a line that calls itself an address.
fn has_street(text: &str) -> bool {
    const STREETS: &[&str] = &[
        "street",
        "st",
        "road",
        "rd",
        "avenue",
        "ave",
        "lane",
        "drive",
        "square",
        "boulevard",
        "blvd",
        "quay",
        "wharf",
        "row",
        "way",
        "close",
        "court",
        "crescent",
        "terrace",
        "gardens",
        "highway",
        "parkway",
        "rue",
        "place",
        "calle",
        "avenida",
        "plaza",
        "via",
        "viale",
        "piazza",
        "corso",
        "rua",
        "praça",
        "travessa",
        "straat",
        "laan",
        "plein",
        "weg",
        "platz",
        "allee",
    ];
    const ENDINGS: &[&str] =
        &["straße", "strasse", "str", "weg", "platz", "allee", "gasse", "straat", "laan", "plein", "gracht"];
    const LABELS: &[&str] =
        &["address", "adresse", "anschrift", "dirección", "indirizzo", "endereço", "morada", "adres"];
    let text = text.to_lowercase();
    let label = text.trim_start_matches(|c: char| !c.is_alphanumeric());
    if LABELS.iter().any(|word| {
        label.strip_prefix(word).is_some_and(|rest| rest.trim_start_matches('*').starts_with(':'))
    }) {
        return true;
    }
    let words = || text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words().any(|word| word.starts_with(|c: char| c.is_ascii_digit()))
        && words().any(|word| STREETS.contains(&word) || ENDINGS.iter().any(|ending| word.ends_with(ending)))
}

/// Seven digits or more with nothing but spaces and joints between them.
fn has_phone(text: &str) -> bool {
    let mut digits = 0;
    for c in text.chars() {
        match c {
            c if c.is_ascii_digit() => digits += 1,
            ' ' | '-' | '.' | '(' | ')' | '/' | '+' | '\u{a0}' => {}
            _ => digits = 0,
        }
        if digits >= 7 {
            return true;
        }
    }
    false
}

/// `9:00`, `18h`, `9 Uhr`, `7 am`, `9 to 5`, or the words for open round the clock and closed.
fn has_time_of_day(text: &str) -> bool {
    const AFTER: &[&str] = &[
        "am", "pm", "a", "p", "h", "uhr", "uur", "heures", "horas", "ore", "to", "bis", "til", "till", "tot",
    ];
    let text = text.to_lowercase();
    let mut words =
        text.split(|c: char| !c.is_alphanumeric() && c != ':').filter(|word| !word.is_empty()).peekable();
    while let Some(word) = words.next() {
        let digits = word.bytes().take_while(u8::is_ascii_digit).count();
        if digits == 0 {
            if matches!(
                word,
                "closed" | "geschlossen" | "fermé" | "cerrado" | "chiuso" | "fechado" | "gesloten"
            ) {
                return true;
            }
            continue;
        }
        let rest = &word[digits..];
        let clock = rest
            .strip_prefix(':')
            .is_some_and(|minutes| minutes.len() == 2 && minutes.bytes().all(|b| b.is_ascii_digit()));
        let suffix = matches!(rest, "am" | "pm" | "h")
            || rest.strip_prefix('h').is_some_and(|m| m.bytes().all(|b| b.is_ascii_digit()));
        if digits <= 2
            && (clock || suffix || rest.is_empty() && words.peek().is_some_and(|next| AFTER.contains(next)))
        {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_question_word_tells_the_kind() {
        let cases = [
            ("When do you open?", Language::English, Ask::Hours),
            ("When was it built?", Language::English, Ask::When),
            ("How much is the basic plan?", Language::English, Ask::Price),
            ("How many rooms are there?", Language::English, Ask::Number),
            ("Was kostet der Eintritt?", Language::German, Ask::Price),
            ("À quelle heure fermez-vous ?", Language::French, Ask::Hours),
            ("¿Quién lo fundó?", Language::Spanish, Ask::Who),
            ("Dove siete?", Language::Italian, Ask::Where),
            ("Qual é o telefone?", Language::Portuguese, Ask::Phone),
            ("Wie is de eigenaar?", Language::Dutch, Ask::Who),
            ("这个多少钱？", Language::Chinese, Ask::Price),
            ("Tell me about cats", Language::English, Ask::Other),
        ];
        for (question, language, ask) in cases {
            assert_eq!(classify(question, language).0, ask, "{question}");
        }
    }

    #[test]
    fn shapes_are_seen() {
        assert!(has_shape(Ask::Hours, "Monday 7:00 AM to 8:00 PM", ""));
        assert!(has_shape(Ask::Hours, "von 9 bis 17 Uhr", ""));
        assert!(has_shape(Ask::Hours, "Sunday: Closed", ""));
        assert!(!has_shape(Ask::Hours, "We have 12 rooms", ""));
        assert!(has_shape(Ask::Price, "| Basic | $19 |", ""));
        assert!(has_shape(Ask::Phone, "Call +49 30 123 45 67.", ""));
        assert!(!has_shape(Ask::Phone, "From 1914 to 1918.", ""));
        assert!(has_shape(Ask::Address, "1116 Orchard Street", ""));
        assert!(has_shape(Ask::Address, "Hauptstraße 12, 10115 Berlin", ""));
        assert!(has_shape(Ask::Address, "- **Address**: The Old Mill, Harbourtown", ""));
        assert!(!has_shape(Ask::Address, "We are open 7 days.", ""));
        assert!(!has_shape(Ask::Address, "Addressing letters: we do it for you.", ""));
        assert!(has_shape(Ask::When, "It was built in 1901.", "When was it built?"));
        assert!(!has_shape(Ask::When, "The 1901 fair was large.", "When was the 1901 fair?"));
        assert!(has_shape(Ask::Number, "There are twelve rooms.", "How many rooms are there?"));
    }
}
