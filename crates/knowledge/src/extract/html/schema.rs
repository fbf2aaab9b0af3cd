//! What a page tells machines about the business: [schema.org](https://schema.org) data, in JSON-LD or microdata.
//!
//! Opening hours, addresses, offers and questions are often there and nowhere else on the page. They become a section
//! of their own after the page's text, a fact a line, without what the text says already. What is told about the page
//! itself (its author, its dates, its publisher, its place on the site) is left out.

mod said;
mod source;
mod value;

use std::collections::HashMap;

use dom_query::Document;
use serde_json::{Map, Value};

use said::Said;
use value::{all, first, name_of, text_of, types, words};

/// A page with more facts than this is a catalogue; what follows is not written.
const MAX_FACTS: usize = 500;
/// Each thing is compared with the whole page, so that no more are looked at.
const MAX_THINGS: usize = 1_000;
/// So many values are looked at for the offers of one thing.
const MAX_LOOKS: usize = 4 * MAX_FACTS;
/// Things may lie this deep in each other.
const MAX_DEPTH: usize = 12;

/// Types that tell about the page, and what they hold that is about something else.
const ABOUT_THE_PAGE: &[&str] = &[
    "BreadcrumbList",
    "Comment",
    "CreativeWork",
    "ImageGallery",
    "ImageObject",
    "ItemPage",
    "MediaObject",
    "Person",
    "Rating",
    "ReadAction",
    "Review",
    "SearchAction",
    "SiteNavigationElement",
    "VideoObject",
    "WPFooter",
    "WPHeader",
    "WPSideBar",
    "WebPageElement",
    "WebSite",
];
/// Types of whoever publishes: on a page with an article they are told for its sake.
const PUBLISHERS: &[&str] = &["Organization", "Corporation", "NewsMediaOrganization", "Person"];
/// Where things are found inside things.
const PARTS: &[&str] = &[
    "@graph",
    "mainEntity",
    "mainEntityOfPage",
    "about",
    "hasPart",
    "itemListElement",
    "item",
    "department",
    "subOrganization",
    "containsPlace",
    "hasMenu",
    "menu",
    "hasMenuSection",
    "hasMenuItem",
    "event",
    "events",
    "subEvent",
    "hasVariant",
    "itemOffered",
];
/// What is told of a thing as it stands, in this order.
const PLAIN: &[&str] = &[
    "alternateName",
    "legalName",
    "description",
    "jobTitle",
    "slogan",
    "priceRange",
    "paymentAccepted",
    "currenciesAccepted",
    "areaServed",
    "servesCuisine",
    "acceptsReservations",
    "amenityFeature",
    "checkinTime",
    "checkoutTime",
    "petsAllowed",
    "smokingAllowed",
    "numberOfRooms",
    "starRating",
    "maximumAttendeeCapacity",
    "isAccessibleForFree",
    "knowsLanguage",
    "availableLanguage",
    "serviceType",
    "medicalSpecialty",
    "isAcceptingNewPatients",
    "brand",
    "model",
    "sku",
    "color",
    "size",
    "material",
    "weight",
    "suitableForDiet",
    "nutrition",
    "duration",
    "courseMode",
    "eventStatus",
    "eventAttendanceMode",
    "doorTime",
    "performer",
    "employmentType",
    "validThrough",
    "vatID",
    "taxID",
];

/// Everything that a page describes; it is read before the page is taken apart.
pub(super) fn describe(document: &Document) -> Vec<Value> {
    source::read(document)
}

/// The facts of the page's data that `text` does not state, as stored text; empty if there are none.
pub(super) fn read(roots: &[Value], text: &str) -> String {
    let mut reader = Reader {
        known: HashMap::new(),
        publishers: roots.iter().any(is_article),
        said: Said::of(text),
        things: 0,
        facts: 0,
        out: Vec::new(),
    };
    for root in roots {
        reader.remember(root, 0);
    }
    for root in roots {
        reader.thing(root, 0);
    }
    if reader.out.is_empty() { String::new() } else { reader.out.join("\n\n") + "\n" }
}

/// True if an article is among the data.
fn is_article(value: &Value) -> bool {
    match value {
        Value::Array(items) => items.iter().any(is_article),
        Value::Object(thing) => {
            types(thing).any(tells_an_article) || thing.get("@graph").is_some_and(is_article)
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

fn tells_an_article(kind: &str) -> bool {
    kind.ends_with("Article") || kind.ends_with("Posting") && kind != "JobPosting" || kind == "Report"
}

struct Reader<'a> {
    /// The things that have a name to be referred to by.
    known: HashMap<&'a str, &'a Map<String, Value>>,
    /// True if publishers are passed over.
    publishers: bool,
    said: Said,
    /// How many things were looked at, and how many facts written.
    things: usize,
    facts: usize,
    out: Vec<String>,
}

impl<'a> Reader<'a> {
    fn remember(&mut self, value: &'a Value, depth: usize) {
        match value {
            Value::Array(items) if depth < MAX_DEPTH => {
                items.iter().for_each(|item| self.remember(item, depth + 1));
            }
            Value::Object(thing) if depth < MAX_DEPTH => {
                if let Some(id) = thing.get("@id").and_then(Value::as_str).filter(|_| thing.len() > 1) {
                    self.known.entry(id).or_insert(thing);
                }
                thing.values().for_each(|inner| self.remember(inner, depth + 1));
            }
            Value::Null
            | Value::Bool(_)
            | Value::Number(_)
            | Value::String(_)
            | Value::Array(_)
            | Value::Object(_) => {}
        }
    }

    /// The thing itself, or the one that it refers to.
    fn resolve(&self, thing: &'a Map<String, Value>) -> &'a Map<String, Value> {
        match thing.get("@id").and_then(Value::as_str) {
            Some(id) if thing.len() == 1 => self.known.get(id).copied().unwrap_or(thing),
            Some(_) | None => thing,
        }
    }

    fn thing(&mut self, value: &'a Value, depth: usize) {
        if depth > MAX_DEPTH || self.facts >= MAX_FACTS || self.things >= MAX_THINGS {
            return;
        }
        let thing = match value {
            Value::Array(items) => return items.iter().for_each(|item| self.thing(item, depth + 1)),
            Value::Object(thing) => thing,
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => return,
        };
        self.things += 1;
        let kinds: Vec<&str> = types(thing).collect();
        let is = |known: &[&str]| kinds.iter().any(|kind| known.contains(kind));
        if kinds.iter().any(|kind| tells_an_article(kind)) {
            return;
        }
        if kinds.contains(&"Question") {
            return self.question(thing);
        }
        let frame =
            is(ABOUT_THE_PAGE) || kinds.iter().any(|kind| kind.ends_with("Page") || *kind == "ItemList");
        let publishes = self.publishers && is(PUBLISHERS);
        if !frame && !publishes {
            self.facts_of(thing, &kinds);
        }
        if !is(&["BreadcrumbList", "Person", "SearchAction"]) {
            for part in PARTS {
                if let Some(inner) = thing.get(*part) {
                    self.thing(inner, depth + 1);
                }
            }
        }
    }

    fn question(&mut self, thing: &Map<String, Value>) {
        let question = name_of(thing).or_else(|| thing.get("text").and_then(text_of));
        let answer = ["acceptedAnswer", "suggestedAnswer"]
            .iter()
            .find_map(|key| first(thing.get(*key)?))
            .and_then(|answer| answer.as_object().and_then(|a| a.get("text")).and_then(text_of));
        let Some((question, answer)) = question.zip(answer) else { return };
        if self.said.text(&question) && self.said.beginning(&answer) {
            return;
        }
        self.said.add(&question);
        self.said.add(&answer);
        self.facts += 1;
        self.out.push(format!("**{question}**\n\n{answer}"));
    }

    fn facts_of(&mut self, thing: &'a Map<String, Value>, kinds: &[&str]) {
        let mut lines = Vec::new();
        let line = |label: &str, value: &str| format!("- {}: {value}", words(label));
        for address in
            ["address", "location", "jobLocation"].iter().filter_map(|key| thing.get(*key)).flat_map(all)
        {
            let place = match address {
                Value::Object(place) => value::address(self.resolve(place)),
                Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
                    text_of(address)
                }
            };
            if let Some(place) = place.filter(|place| !place.contains("://") && !self.said.parts(place)) {
                lines.push(line("address", &place));
            }
        }
        let points = ["contactPoint", "contactPoints"].iter().filter_map(|key| thing.get(*key)).flat_map(all);
        let points: Vec<_> = points.filter_map(Value::as_object).map(|point| self.resolve(point)).collect();
        for holder in std::iter::once(thing).chain(points) {
            let about = holder
                .get("contactType")
                .and_then(text_of)
                .map(|kind| format!("{kind}: "))
                .unwrap_or_default();
            for key in ["telephone", "faxNumber", "email"] {
                for value in holder.get(key).into_iter().flat_map(all).filter_map(text_of) {
                    let value = value.trim_start_matches("tel:").trim_start_matches("mailto:").to_owned();
                    let said = if key == "email" { self.said.text(&value) } else { self.said.number(&value) };
                    if !said {
                        self.said.add(&value);
                        lines.push(line(key, &format!("{about}{value}")));
                    }
                }
            }
        }
        for hours in value::hours(thing) {
            if !self.said.hours(&hours) {
                lines.push(line("openingHours", &hours));
            }
        }
        for key in ["startDate", "endDate"] {
            for date in thing.get(key).into_iter().flat_map(all).filter_map(text_of) {
                if !self.said.date(&date) {
                    lines.push(line(key, &date.replace('T', " ")));
                }
            }
        }
        for key in PLAIN {
            let told: Vec<String> = thing.get(*key).into_iter().flat_map(all).filter_map(text_of).collect();
            let told = told.join(", ");
            if !told.is_empty() && !self.said.beginning(&told) {
                lines.push(line(key, &told));
            }
        }
        for property in thing.get("additionalProperty").into_iter().flat_map(all).filter_map(Value::as_object)
        {
            if let Some((name, told)) = name_of(property).zip(property.get("value").and_then(text_of))
                && !(self.said.text(&name) && self.said.text(&told))
            {
                lines.push(format!("- {name}: {told}"));
            }
        }
        let name = name_of(thing);
        for offer in self.offers(thing) {
            let offered = offer.name.as_deref().or(name.as_deref());
            if !(self.said.price(&offer.amounts) && offered.is_none_or(|name| self.said.text(name))) {
                lines.push(match &offer.name {
                    Some(name) => format!("- {name}: {}", offer.text),
                    None => line("price", &offer.text),
                });
            }
        }
        if let Some(rating) = thing.get("aggregateRating").and_then(first).and_then(value::rating)
            && !lines.is_empty()
        {
            lines.push(line("rating", &rating));
        }
        self.section(name.as_deref(), kinds, lines);
    }

    /// Writes the facts under the name of what they are of.
    fn section(&mut self, name: Option<&str>, kinds: &[&str], lines: Vec<String>) {
        let mut new: Vec<String> = Vec::new();
        for line in lines {
            if self.facts < MAX_FACTS && !new.contains(&line) {
                self.facts += 1;
                self.said.add(&line);
                new.push(line);
            }
        }
        if new.is_empty() {
            return;
        }
        let heading = name.map(str::to_owned).or_else(|| kinds.first().map(|kind| words(kind)));
        if let Some(heading) = heading {
            self.said.add(&heading);
            self.out.push(format!("## {heading}"));
        }
        self.out.push(new.join("\n"));
    }

    /// What the thing is offered for.
    fn offers(&self, thing: &'a Map<String, Value>) -> Vec<value::Offer> {
        let mut offers = Vec::new();
        let mut open: Vec<&'a Value> =
            ["offers", "makesOffer", "hasOfferCatalog", "baseSalary", "estimatedSalary"]
                .iter()
                .filter_map(|key| thing.get(*key))
                .rev()
                .collect();
        if types(thing).any(|kind| matches!(kind, "Offer" | "AggregateOffer")) {
            offers.extend(value::offer(thing));
        }
        // Offers may refer to each other in a ring.
        let mut looks = 0;
        while let Some(next) = open.pop() {
            looks += 1;
            if looks > MAX_LOOKS {
                break;
            }
            match next {
                Value::Array(items) => open.extend(items.iter().rev()),
                Value::Object(found) => {
                    let found = self.resolve(found);
                    match value::offer(found) {
                        Some(offer) => offers.push(offer),
                        // A catalogue, or an offer that holds offers.
                        None => open
                            .extend(["itemListElement", "offers"].iter().filter_map(|key| found.get(*key))),
                    }
                }
                Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
            }
        }
        offers
    }
}
