//! Values of schema.org in words.

use dom_query::Document;
use serde_json::{Map, Value};

use super::super::{one_line, write};

/// Longer texts are cut: they are copies of the page.
const MAX_CHARS: usize = 1_500;

/// Two-letter days as they are written in `openingHours`.
const DAYS: &[(&str, &str)] = &[
    ("Mo", "Monday"),
    ("Tu", "Tuesday"),
    ("We", "Wednesday"),
    ("Th", "Thursday"),
    ("Fr", "Friday"),
    ("Sa", "Saturday"),
    ("Su", "Sunday"),
];

/// A price, or a range of them.
pub(super) struct Offer {
    /// What is offered, if the offer says so.
    pub name: Option<String>,
    /// The price in words.
    pub text: String,
    /// The amounts in it.
    pub amounts: Vec<String>,
}

/// The types of a thing, without the vocabulary's address.
pub(super) fn types(thing: &Map<String, Value>) -> impl Iterator<Item = &str> {
    thing.get("@type").into_iter().flat_map(all).filter_map(Value::as_str).map(tail)
}

/// A value, or each of several.
pub(super) fn all(value: &Value) -> &[Value] {
    match value {
        Value::Array(items) => items,
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_) => {
            std::slice::from_ref(value)
        }
    }
}

/// A value, or the first of several.
pub(super) fn first(value: &Value) -> Option<&Value> {
    all(value).first()
}

/// The name of a thing.
pub(super) fn name_of(thing: &Map<String, Value>) -> Option<String> {
    ["name", "headline", "title"].iter().find_map(|key| thing.get(*key).and_then(first).and_then(text_of))
}

/// A value in words: text without its markup, the name of a thing, an amount with its unit.
pub(super) fn text_of(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => plain(text),
        Value::Number(number) => number.to_string(),
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::Array(items) => items.iter().filter_map(text_of).collect::<Vec<_>>().join(", "),
        Value::Object(thing) => {
            let unit = ["unitText", "unitCode"].iter().find_map(|key| thing.get(*key).and_then(text_of));
            let measure =
                ["value", "ratingValue", "@value"].iter().find_map(|key| thing.get(*key).and_then(text_of));
            match (name_of(thing), measure) {
                (Some(name), Some(measure)) if measure != "yes" => format!("{name}: {measure}"),
                (Some(name), _) => name,
                (None, Some(measure)) => match unit {
                    Some(unit) => format!("{measure} {unit}"),
                    None => measure,
                },
                (None, None) => String::new(),
            }
        }
        Value::Null => String::new(),
    };
    Some(text).filter(|text| !text.is_empty())
}

/// A text without markup and white space, its vocabulary's address cut off.
fn plain(text: &str) -> String {
    let text = if text.contains(['<', '&']) {
        write::inline_text(&Document::fragment(text).root())
    } else {
        one_line(text)
    };
    let text = if is_term(&text) { words(tail(&text)).to_lowercase() } else { text };
    match text.char_indices().nth(MAX_CHARS) {
        Some((at, _)) => format!("{}…", text.get(..at).unwrap_or_default()),
        None => text,
    }
}

fn is_term(text: &str) -> bool {
    text.starts_with("http://schema.org/") || text.starts_with("https://schema.org/")
}

/// The last part of a term's address.
fn tail(term: &str) -> &str {
    term.rsplit(['/', '#', ':']).next().unwrap_or(term)
}

/// A name of the vocabulary as words: `openingHours` is "Opening hours".
pub(super) fn words(name: &str) -> String {
    let mut out = String::with_capacity(name.len() + 4);
    let mut lower_before = false;
    for c in tail(name).chars() {
        if out.is_empty() {
            out.extend(c.to_uppercase());
        } else if c.is_uppercase() && lower_before {
            out.push(' ');
            out.extend(c.to_lowercase());
        } else {
            out.push(c);
        }
        lower_before = c.is_lowercase();
    }
    out
}

/// An address on one line; of a place, its name before it.
pub(super) fn address(place: &Map<String, Value>) -> Option<String> {
    let part = |key: &str| place.get(key).and_then(text_of);
    if let Some(inner) = place.get("address").and_then(first) {
        let inner = match inner {
            Value::Object(inner) => address(inner),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
                text_of(inner)
            }
        };
        let parts: Vec<String> = name_of(place).into_iter().chain(inner).collect();
        return Some(parts.join(", ")).filter(|text| !text.is_empty());
    }
    let town: Vec<String> = ["postalCode", "addressLocality"].iter().filter_map(|key| part(key)).collect();
    let lines = [
        name_of(place),
        part("streetAddress"),
        part("postOfficeBoxNumber"),
        Some(town.join(" ")).filter(|town| !town.is_empty()),
        part("addressRegion"),
        part("addressCountry"),
    ];
    Some(lines.into_iter().flatten().collect::<Vec<_>>().join(", ")).filter(|text| !text.is_empty())
}

/// The opening hours of a thing, a line for each rule.
pub(super) fn hours(thing: &Map<String, Value>) -> Vec<String> {
    let mut lines = Vec::new();
    for told in thing.get("openingHours").into_iter().flat_map(all).filter_map(text_of) {
        lines.extend(told.split(", ").map(|rule| days_in_words(rule.trim())).filter(|rule| !rule.is_empty()));
    }
    let keys = ["openingHoursSpecification", "specialOpeningHoursSpecification", "hoursAvailable"];
    for rule in keys.iter().filter_map(|key| thing.get(*key)).flat_map(all).filter_map(Value::as_object) {
        let part = |key: &str| rule.get(key).and_then(text_of);
        let days: Vec<String> = rule
            .get("dayOfWeek")
            .into_iter()
            .flat_map(all)
            .filter_map(text_of)
            .map(|day| days_in_words(&words(&day)))
            .collect();
        let clock =
            |time: String| time.get(..5).filter(|_| time.len() == 8).map_or(time.clone(), str::to_owned);
        let span = match (part("opens").map(clock), part("closes").map(clock)) {
            (Some(opens), Some(closes)) if opens == closes && opens == "00:00" => "closed".to_owned(),
            (Some(opens), Some(closes)) => format!("{opens}–{closes}"),
            // A rule without hours says that it is closed.
            (None, None) => "closed".to_owned(),
            (Some(one), None) | (None, Some(one)) => one,
        };
        let valid = match (part("validFrom"), part("validThrough")) {
            (Some(from), Some(through)) if from == through => Some(from),
            (Some(from), Some(through)) => Some(format!("{from} – {through}")),
            (Some(one), None) | (None, Some(one)) => Some(one),
            (None, None) => None,
        };
        let when = [run_of_days(&days), valid].into_iter().flatten().collect::<Vec<_>>().join(", ");
        if !when.is_empty() || span != "closed" {
            lines.push(format!("{when} {span}").trim().to_owned());
        }
    }
    lines
}

/// `Mo-Fr 09:00-17:00` with the days written out.
fn days_in_words(rule: &str) -> String {
    let mut out = String::with_capacity(rule.len() + 16);
    for word in rule.split_inclusive(|c: char| !c.is_alphabetic()) {
        let name = word.trim_end_matches(|c: char| !c.is_alphabetic());
        match DAYS.iter().find(|(short, _)| short.eq_ignore_ascii_case(name)) {
            Some((_, day)) => {
                out.push_str(day);
                out.push_str(word.get(name.len()..).unwrap_or_default());
            }
            None => out.push_str(word),
        }
    }
    out.replace('-', "–")
}

/// Days one after the other as "Monday–Friday", others with commas.
fn run_of_days(days: &[String]) -> Option<String> {
    let place = |day: &String| DAYS.iter().position(|(_, name)| name.eq_ignore_ascii_case(day));
    let places: Option<Vec<usize>> = days.iter().map(place).collect();
    let in_a_row = places.is_some_and(|places| {
        places.len() > 2 && places.windows(2).all(|pair| matches!(*pair, [a, b] if a + 1 == b))
    });
    match (days.first(), days.last()) {
        (Some(from), Some(to)) if in_a_row => Some(format!("{from}–{to}")),
        (Some(_), Some(_)) => Some(days.join(", ")),
        (None, _) | (_, None) => None,
    }
}

/// An offer in words; nothing if it states no price.
pub(super) fn offer(offer: &Map<String, Value>) -> Option<Offer> {
    let nested = ["priceSpecification", "value"]
        .iter()
        .find_map(|key| offer.get(*key).and_then(first).and_then(Value::as_object));
    let part = |key: &str| {
        offer.get(key).or_else(|| nested.and_then(|inner| inner.get(key))).and_then(first).and_then(text_of)
    };
    let amount = || {
        let plain = offer
            .get("price")
            .or_else(|| nested.and_then(|inner| inner.get("price").or_else(|| inner.get("value"))));
        plain.and_then(first).and_then(text_of)
    };
    let range = part("lowPrice").or_else(|| part("minPrice")).or_else(|| part("minValue"));
    let range = range.zip(part("highPrice").or_else(|| part("maxPrice")).or_else(|| part("maxValue")));
    let (amounts, mut text) = match (amount(), range) {
        (Some(price), _) => (vec![price.clone()], price),
        (None, Some((low, high))) => (vec![low.clone(), high.clone()], format!("{low} – {high}")),
        (None, None) => {
            let low = part("lowPrice").or_else(|| part("minPrice"))?;
            (vec![low.clone()], format!("≥ {low}"))
        }
    };
    if let Some(currency) = part("priceCurrency").or_else(|| part("currency"))
        && !text.contains(&currency)
    {
        text.push(' ');
        text.push_str(&currency);
    }
    if let Some(unit) = part("unitText") {
        text.push_str(" / ");
        text.push_str(&unit);
    }
    if let Some(stock) = part("availability") {
        text.push_str(", ");
        text.push_str(&words(&stock).to_lowercase());
    }
    if let Some(until) = part("priceValidUntil").or_else(|| part("validThrough")) {
        text.push_str(" (–");
        text.push_str(&until);
        text.push(')');
    }
    let offered = offer.get("itemOffered").and_then(first).and_then(Value::as_object).and_then(name_of);
    Some(Offer { name: name_of(offer).or(offered), text, amounts })
}

/// A mean rating: "4.7 / 5 (120)".
pub(super) fn rating(rating: &Value) -> Option<String> {
    let rating = rating.as_object()?;
    let part = |key: &str| rating.get(key).and_then(text_of);
    let best = part("bestRating").unwrap_or_else(|| "5".to_owned());
    let count = part("reviewCount").or_else(|| part("ratingCount")).map(|count| format!(" ({count})"));
    Some(format!("{} / {best}{}", part("ratingValue")?, count.unwrap_or_default()))
}
