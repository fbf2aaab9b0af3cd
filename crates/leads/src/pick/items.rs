//! What can be told by its form alone: addresses, telephone numbers, pages.

use std::ops::Range;

use robofy_kernel::FieldType;

use crate::address::{self, Address};
use crate::message::Message;
use crate::phone::{self, Run};
use crate::pick::owner;
use crate::region::Region;
use crate::text::{Kind, Token};
use crate::vocabulary::{Mark, Section};

/// The addresses and numbers of a message.
pub struct Items {
    addresses: Vec<Address>,
    runs: Vec<Run>,
    urls: Vec<Range<usize>>,
    email: Option<usize>,
    phone: Option<Range<usize>>,
    bytes: Vec<Range<usize>>,
}

/// How many tokens before a number are looked at for what it is.
const NEAR: usize = 7;

impl Items {
    /// Finds them, and the visitor's own among them.
    pub fn find(message: &Message<'_>, asked: Option<FieldType>, region: Option<Region>) -> Self {
        let mut addresses = address::find(message);
        addresses.retain(|address| !address.doubtful || meant(message, address, asked));
        let mut runs = phone::runs(message);
        runs.retain(|run| {
            addresses.iter().all(|a| run.tokens.end <= a.tokens.start || a.tokens.end <= run.tokens.start)
        });
        let urls = pages(message, &addresses);
        let email = own_email(message, &addresses);
        let phone = own_phone(message, &runs, asked, region);
        let bytes =
            addresses.iter().map(|a| a.bytes.clone()).chain(phone.iter().map(|tokens| message.bytes(tokens)));
        let bytes = bytes.collect();
        Self { addresses, runs, urls, email, phone, bytes }
    }

    /// The visitor's address, in bytes.
    pub fn email(&self) -> Option<Range<usize>> {
        self.email.and_then(|at| self.addresses.get(at)).map(|address| address.bytes.clone())
    }

    /// The domain's name in the visitor's address.
    pub fn domain(&self) -> Option<&str> {
        let address = self.email.and_then(|at| self.addresses.get(at))?;
        address.value.rsplit_once('@').and_then(|(_, domain)| domain.split('.').next())
    }

    /// The visitor's telephone number, in bytes.
    pub fn phone(&self) -> Option<Range<usize>> {
        self.phone.as_ref().and(self.bytes.last()).cloned()
    }

    /// The only page that is named, in bytes.
    pub fn url(&self) -> Option<Range<usize>> {
        if let [only] = self.urls.as_slice() { Some(only.clone()) } else { None }
    }

    /// Whether the message has the visitor's address or telephone number.
    pub const fn any(&self) -> bool {
        self.email.is_some() || self.phone.is_some()
    }

    /// All addresses and runs of digits, in tokens.
    pub fn spans(&self) -> impl Iterator<Item = Range<usize>> {
        let phone = self.phone.iter().cloned();
        self.addresses
            .iter()
            .map(|a| a.tokens.clone())
            .chain(self.runs.iter().map(|run| run.tokens.clone()))
            .chain(phone)
    }

    /// All addresses, or all runs of digits, in tokens.
    pub fn of_type(&self, r#type: FieldType) -> impl Iterator<Item = Range<usize>> {
        let addresses = self.addresses.iter().filter(move |_| r#type == FieldType::Email);
        let runs = self.runs.iter().filter(move |_| r#type == FieldType::Phone);
        addresses.map(|address| address.tokens.clone()).chain(runs.map(|run| run.tokens.clone()))
    }

    /// The digits that were taken for no telephone number, in tokens.
    pub fn runs(&self) -> impl Iterator<Item = &Run> {
        self.runs.iter()
    }
}

/// Whether an address that is spelt with everyday words is one: it was asked for or is announced, or is nearly all that
/// there is.
fn meant(message: &Message<'_>, address: &Address, asked: Option<FieldType>) -> bool {
    let everyday = [Section::Common, Section::Filler, Section::Greeting];
    let local = address.tokens.start;
    let single = message.begins(local + 1, Section::WeakAt).is_some();
    if single && message.is_any(local, &everyday) && !message.is(local, Section::Given) {
        return false;
    }
    let start = message.sentence_start(local);
    let announced = message.has(start..local, Section::EmailLabel);
    let alone = message.tokens.len() <= address.tokens.len() + 2;
    asked == Some(FieldType::Email) || announced || alone
}

/// The visitor's address: the last one that is neither given up nor another's; of two that "or" joins the first.
fn own_email(message: &Message<'_>, addresses: &[Address]) -> Option<usize> {
    let spans: Vec<Range<usize>> = addresses.iter().map(|address| address.tokens.clone()).collect();
    let own = |at: &usize| {
        let span = &spans[*at];
        !owner::given_up(message, span, &spans)
            && !owner::anothers(message, span.start)
            && !asked_about(message, &addresses[*at])
    };
    let own: Vec<usize> = (0..addresses.len()).filter(own).collect();
    choose(message, &spans, &own)
}

/// Names that addresses of firms have, not of persons.
const OFFICES: &[&str] = &[
    "info",
    "support",
    "service",
    "contact",
    "kontakt",
    "hello",
    "hola",
    "help",
    "hilfe",
    "sales",
    "office",
    "admin",
    "noreply",
    "no-reply",
    "contacto",
    "contato",
    "contatto",
    "contatti",
    "ventas",
    "vendas",
    "newsletter",
    "team",
    "mail",
    "kundenservice",
    "soporte",
    "suporte",
    "assistenza",
    "klantenservice",
    "enquiries",
    "inquiries",
    "customerservice",
    "bonjour",
    "ciao",
    "hallo",
];

/// Whether a question is about an address: "Is info@… yours?", without a word of the visitor's own.
fn asked_about(message: &Message<'_>, address: &Address) -> bool {
    let start = message.sentence_start(address.tokens.start);
    if !message.asks(address.tokens.end)
        || message.has(start..message.sentence_end(address.tokens.end), Section::Own)
    {
        return false;
    }
    let is = address.tokens.start.checked_sub(1).is_some_and(|before| message.is(before, Section::Is));
    let office = address
        .value
        .split_once('@')
        .is_some_and(|(local, _)| OFFICES.contains(&local.to_lowercase().as_str()));
    is || office
}

/// Of several the last, if what is between takes the one before back; else the first.
fn choose(message: &Message<'_>, spans: &[Range<usize>], own: &[usize]) -> Option<usize> {
    let mut chosen = *own.first()?;
    for next in own.iter().skip(1) {
        let between = spans[chosen].end..spans[*next].start;
        let takes_back = [Section::Correction, Section::Own, Section::No, Section::Not, Section::Broken];
        if takes_back.iter().any(|section| message.has(between.clone(), *section)) {
            chosen = *next;
        }
    }
    Some(chosen)
}

fn own_phone(
    message: &Message<'_>,
    runs: &[Run],
    asked: Option<FieldType>,
    region: Option<Region>,
) -> Option<Range<usize>> {
    let spans: Vec<Range<usize>> = runs.iter().map(|run| run.tokens.clone()).collect();
    let mut numbers: Vec<Range<usize>> = Vec::new();
    for run in runs {
        let called = announced(message, run.tokens.start) || asked == Some(FieldType::Phone);
        if let Some(number) = number(message, run, called, region)
            && !owner::given_up(message, &number, &spans)
            && !owner::anothers(message, number.start)
        {
            numbers.push(number);
        }
    }
    let own: Vec<usize> = (0..numbers.len()).collect();
    let chosen = choose(message, &numbers, &own).map(|at| numbers[at].clone())?;
    Some(amended(message, &chosen, region).unwrap_or(chosen))
}

/// The telephone number in a run of digits.
fn number(message: &Message<'_>, run: &Run, called: bool, region: Option<Region>) -> Option<Range<usize>> {
    let valid = |tokens: &Range<usize>| {
        message.text.get(message.bytes(tokens)).is_some_and(|raw| phone::normalise(raw, region).is_ok())
    };
    if attached(message, &run.tokens) || of_something_else(message, &run.tokens) {
        return None;
    }
    if valid(&run.tokens) {
        return Some(run.tokens.clone());
    }
    if run.spoken {
        return None;
    }
    // A number beside it, such as an hour, is not part of it.
    let plus =
        (run.tokens.start + 1..run.tokens.end).find(|at| message.sign(*at, "+") && !message.glued(*at));
    if let Some(plus) = plus.filter(|plus| valid(&(*plus..run.tokens.end))) {
        return Some(plus..run.tokens.end);
    }
    if !called {
        return None;
    }
    let breaks: Vec<usize> =
        (run.tokens.start + 1..run.tokens.end).filter(|at| !message.glued(*at)).collect();
    let short = |tokens: Range<usize>| {
        tokens.filter_map(|at| message.tokens.get(at)).map(|t| t.folded.len()).sum::<usize>() <= 4
    };
    let later = breaks
        .iter()
        .map(|at| *at..run.tokens.end)
        .find(|rest| short(run.tokens.start..rest.start) && valid(rest));
    let earlier = breaks
        .iter()
        .rev()
        .map(|at| run.tokens.start..*at)
        .find(|rest| short(rest.end..run.tokens.end) && valid(rest));
    later.or(earlier)
}

/// A number with the correction of its end.
fn amended(message: &Message<'_>, number: &Range<usize>, region: Option<Region>) -> Option<Range<usize>> {
    let limit = message.tokens.len().min(number.end + 14);
    let digits = |at: usize| message.digits(at) && message.tokens[at].folded.len() <= 6;
    let ends = message.within(number.end..limit, Section::Ends).map(|mark| mark.to).max();
    let after = message.within(number.end..limit, Section::EndsAfter).map(|mark| mark.to).max();
    let end = match (ends, after) {
        (Some(at), _) => {
            (at..limit).take_while(|at| digits(*at) || message.is(*at, Section::Number)).last()? + 1
        }
        (None, Some(end)) => end,
        (None, None) => return None,
    };
    let whole = number.start..end;
    let raw = message.text.get(message.bytes(&whole))?;
    phone::normalise(raw, region).is_ok().then_some(whole)
}

/// Whether letters or signs are attached to digits, as in the numbers of orders and parts.
fn attached(message: &Message<'_>, run: &Range<usize>) -> bool {
    let latin = |at: usize| {
        message
            .tokens
            .get(at)
            .is_some_and(|t| t.kind == Kind::Word && t.folded.starts_with(|c: char| c.is_ascii_alphabetic()))
    };
    let joins = |token: &Token| {
        token.kind == Kind::Sign
            && matches!(
                token.folded.as_str(),
                "-" | "/" | "#" | "_" | "." | "$" | "€" | "£" | "%" | "¥" | "₹" | "@"
            )
    };
    if let Some(before) = run.start.checked_sub(1) {
        let token = &message.tokens[before];
        let money = matches!(token.folded.as_str(), "$" | "€" | "£" | "¥" | "₹" | "#");
        let glued = message.glued(run.start);
        let code = glued
            && joins(token)
            && before
                .checked_sub(1)
                .is_some_and(|at| message.glued(before) && (latin(at) || message.digits(at)));
        if money || glued && latin(before) || code {
            return true;
        }
    }
    let glued = message.glued(run.end);
    let money =
        message.tokens.get(run.end).is_some_and(|t| matches!(t.folded.as_str(), "€" | "$" | "%" | "£"));
    let code = message.tokens.get(run.end).is_some_and(joins)
        && message.glued(run.end + 1)
        && (latin(run.end + 1) || message.digits(run.end + 1));
    // An extension is part of how a number is written, not of the number.
    let extension = message.tokens.get(run.end).is_some_and(|t| matches!(t.folded.as_str(), "x" | "ext"))
        && message.digits(run.end + 1);
    money || glued && !extension && (latin(run.end) || code)
}

/// Whether words around digits say that they are an order's, an invoice's, a price.
fn of_something_else(message: &Message<'_>, run: &Range<usize>) -> bool {
    let mut at = run.start;
    for step in 0..NEAR {
        let Some(before) = at.checked_sub(1) else { break };
        if message.digits(before) || message.separates(before) && !announces(message, before, step) {
            break;
        }
        if message.is(before, Section::Order) {
            return true;
        }
        if message.is(before, Section::PhoneLabel) && !message.is(before, Section::Common) {
            // "order number" and "numéro de commande" are phrases; "pedido número" is looked at word by word.
            return (1..=2)
                .any(|more| before.checked_sub(more).is_some_and(|at| message.is(at, Section::Order)));
        }
        at = before;
    }
    let Some(to) = message.begins(run.end, Section::Is) else { return false };
    let end = message.sentence_end(to).min(to + 4);
    let phone =
        message.within(to..end, Section::PhoneLabel).map(|mark| mark.from).min().unwrap_or(usize::MAX);
    message.within(to..end, Section::Order).any(|mark: &Mark| mark.from <= phone)
}

/// Whether a sign between a word and digits leaves them together: "order no.: 12", "the order number? 12".
fn announces(message: &Message<'_>, sign: usize, step: usize) -> bool {
    let short = || sign > 0 && message.glued(sign) && message.tokens[sign - 1].folded.chars().count() <= 4;
    message.sign(sign, ":")
        || step == 0
            && (message.sign(sign, "?") || message.sign(sign, "(") || message.sign(sign, ".") && short())
}

/// Whether digits are meant as a telephone number by one who was asked for it: announced as one, or with little beside
/// them, and not as an order's.
pub fn meant_to_be_called(message: &Message<'_>, run: &Range<usize>) -> bool {
    let alone = message.tokens.len() <= run.len() + 4;
    (alone || announced(message, run.start) && !attached(message, run)) && !of_something_else(message, run)
}

/// Whether a telephone number is announced before a token.
fn announced(message: &Message<'_>, at: usize) -> bool {
    let start = message.sentence_start(at).max(at.saturating_sub(NEAR));
    message.has(start..at, Section::PhoneLabel)
}

/// The pages that a message names, in bytes.
fn pages(message: &Message<'_>, addresses: &[Address]) -> Vec<Range<usize>> {
    let mut pages: Vec<Range<usize>> = Vec::new();
    let mut start = 0;
    for word in message.text.split(char::is_whitespace) {
        let range = start..start + word.len();
        start = range.end
            + message.text.get(range.end..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
        let lower = word.to_ascii_lowercase();
        let lead = word.len() - word.trim_start_matches(['(', '<', '"', '\'']).len();
        let body = lower.get(lead..).unwrap_or_default();
        if (body.starts_with("http://") || body.starts_with("https://") || body.starts_with("www."))
            && addresses.iter().all(|a| a.bytes.end <= range.start || a.bytes.start >= range.end)
        {
            let tail =
                word.len() - word.trim_end_matches(['.', ',', ';', '!', '?', ')', '>', '"', '\'']).len();
            pages.push(range.start + lead..range.end - tail);
        }
    }
    pages.retain(|page| page.start < page.end);
    pages
}
