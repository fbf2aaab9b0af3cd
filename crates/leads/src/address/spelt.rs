//! Addresses in words: "ana at acme dot io", "rob [at] example.com", "luc arobase exemple point fr".

use crate::address::{Address, valid};
use crate::message::Message;
use crate::text::Kind;
use crate::vocabulary::{Numeral, Section};

/// Endings that make an everyday "at" the sign of an address.
const ENDINGS: &[&str] = &[
    "com",
    "net",
    "org",
    "info",
    "biz",
    "edu",
    "gov",
    "dev",
    "app",
    "shop",
    "online",
    "store",
    "site",
    "cloud",
    "tech",
    "agency",
    "studio",
    "email",
    "world",
    "pro",
    "example",
    "test",
    "gmbh",
    "berlin",
    "paris",
    "amsterdam",
    "london",
    "nyc",
    "cat",
    "eus",
    "gal",
    "wien",
    "koeln",
    "hamburg",
    "bayern",
    "swiss",
    "brussels",
    "vlaanderen",
    "design",
    "digital",
    "group",
    "team",
    "xyz",
];
/// The most words of a name that is written as one word.
const JOINED: usize = 6;

pub fn find(message: &Message<'_>) -> Vec<Address> {
    let mut found: Vec<Address> = Vec::new();
    for at in 0..message.tokens.len() {
        let strong = message.begins(at, Section::At);
        let Some(to) = strong.or_else(|| message.begins(at, Section::WeakAt)) else { continue };
        let (at, to) = bracketed(message, at, to);
        let strong = strong.is_some() || opening(message, at);
        let Some(address) = around(message, at, to, strong) else { continue };
        if found.last().is_none_or(|last| last.tokens.end <= address.tokens.start) {
            found.push(address);
        }
    }
    found
}

/// A word with the brackets around it: "(arroba)".
fn bracketed(message: &Message<'_>, from: usize, to: usize) -> (usize, usize) {
    match from.checked_sub(1) {
        Some(before) if opening(message, before) && closing(message, to) => (before, to + 1),
        _ => (from, to),
    }
}

fn opening(message: &Message<'_>, at: usize) -> bool {
    message.tokens.get(at).is_some_and(|token| matches!(token.folded.as_str(), "(" | "[" | "{" | "<"))
}

fn closing(message: &Message<'_>, at: usize) -> bool {
    message.tokens.get(at).is_some_and(|token| matches!(token.folded.as_str(), ")" | "]" | "}" | ">"))
}

fn around(message: &Message<'_>, at: usize, to: usize, strong: bool) -> Option<Address> {
    let (mut from, mut local) = local(message, at);
    if local.is_empty() {
        return None;
    }
    let (mut end, domain, plain_dot) = domain(message, to, strong)?;
    let last = domain.rsplit_once('.').map(|(_, last)| last)?;
    let known = ENDINGS.contains(&last) || (last.len() == 2 && last.bytes().all(|b| b.is_ascii_lowercase()));
    if (!strong || !plain_dot) && !known {
        return None;
    }
    if let Some((wider, whole, past)) = joined(message, from, at, end, &local) {
        (from, local, end) = (wider, whole, past);
    }
    let value = format!("{local}@{domain}");
    let tokens = from..end;
    valid(&value).then(|| Address { bytes: message.bytes(&tokens), tokens, value, doubtful: !strong })
}

/// The part before the sign, read backwards from it.
fn local(message: &Message<'_>, at: usize) -> (usize, String) {
    let mut pieces: Vec<String> = Vec::new();
    let mut from = at;
    while let Some(piece) = from.checked_sub(1).and_then(|before| piece(message, before)) {
        from -= 1;
        let whole = message.tokens[from].glued && from > 0;
        let digits = piece.bytes().all(|b| b.is_ascii_digit());
        let short = piece.len() == 1 || digits;
        pieces.push(piece);
        if let Some((start, sign)) = sign_before(message, from)
            && start > 0
            && self::piece(message, start - 1).is_some()
        {
            pieces.push(sign.to_string());
            from = start;
            continue;
        }
        let Some(before) = from.checked_sub(1) else { break };
        let beside = self::piece(message, before).is_some_and(|next| {
            let spelt = next.len() == 1 && short && !message.is_any(before, INTRODUCED);
            let counted = digits && !message.is_any(before, EVERYDAY);
            let number = numeral(message, from).is_some() && !message.is_any(before, EVERYDAY);
            whole || spelt || counted || number
        });
        if !beside {
            break;
        }
        // A number in words that stands beside a word is meant as figures: "ana seven at …".
        if let Some(number) = numeral(message, from).filter(|_| !whole)
            && let Some(last) = pieces.last_mut()
        {
            *last = number.to_string();
        }
    }
    pieces.reverse();
    (from, pieces.concat())
}

/// Words that are not part of an address only because they stand beside it.
const EVERYDAY: &[Section] = &[
    Section::Common,
    Section::Filler,
    Section::Greeting,
    Section::EmailLabel,
    Section::Own,
    Section::Yes,
    Section::No,
    Section::Joined,
    Section::Correction,
    Section::NameIntro,
    Section::NameCue,
    Section::Is,
];
/// Of these, what a single letter is not taken for when letters are spelt out.
const INTRODUCED: &[Section] = &[Section::NameIntro, Section::NameCue, Section::Own, Section::EmailLabel];

fn numeral(message: &Message<'_>, at: usize) -> Option<u32> {
    message.marks.iter().find_map(|mark| match mark.numeral {
        Some(Numeral::Value(value)) if mark.from == at && mark.to == at + 1 => Some(value),
        _ => None,
    })
}

/// A token that can be part of an address.
fn piece(message: &Message<'_>, at: usize) -> Option<String> {
    let token = message.tokens.get(at)?;
    let sign = [Section::Dot, Section::Underscore, Section::Dash, Section::Plus, Section::At];
    let fits = token.kind != Kind::Sign && token.folded.bytes().all(|b| b.is_ascii_alphanumeric());
    (fits && !sign.iter().any(|section| message.is(at, *section))).then(|| token.folded.clone())
}

/// The sign, in itself or in words, that ends before a token.
fn sign_before(message: &Message<'_>, at: usize) -> Option<(usize, char)> {
    let closed = at.checked_sub(1).filter(|before| closing(message, *before));
    for (section, sign) in SIGNS {
        if let Some(from) = message.ends(at, *section) {
            return Some((from, *sign));
        }
        if let Some(inside) = closed
            && let Some(from) = message
                .ends(inside, *section)
                .and_then(|from| from.checked_sub(1))
                .filter(|from| opening(message, *from))
        {
            return Some((from, *sign));
        }
    }
    let before = at.checked_sub(1)?;
    let sign = written_sign(message, before)?;
    (message.glued(at) && message.glued(before)).then_some((before, sign))
}

/// The sign, in itself or in words, that begins at a token; whether it is the sign itself.
fn sign_after(message: &Message<'_>, at: usize) -> Option<(usize, char, bool)> {
    let inside = at + usize::from(opening(message, at));
    for (section, sign) in SIGNS {
        let past = message.begins(inside, *section).filter(|to| inside == at || closing(message, *to));
        if let Some(to) = past.or_else(|| message.begins(at, *section)) {
            return Some((
                if inside > at && to > inside && closing(message, to) { to + 1 } else { to },
                *sign,
                false,
            ));
        }
    }
    let sign = written_sign(message, at)?;
    let between = message.glued(at) == message.glued(at + 1);
    (between && (sign == '.' || message.glued(at))).then_some((at + 1, sign, true))
}

fn written_sign(message: &Message<'_>, at: usize) -> Option<char> {
    let token = message.tokens.get(at).filter(|token| token.kind == Kind::Sign)?;
    token.folded.chars().next().filter(|c| matches!(c, '.' | '_' | '-' | '+'))
}

const SIGNS: &[(Section, char)] =
    &[(Section::Dot, '.'), (Section::Underscore, '_'), (Section::Dash, '-'), (Section::Plus, '+')];

/// The part after the sign: where it ends, and whether its last dot is in words or is strange.
fn domain(message: &Message<'_>, from: usize, strong: bool) -> Option<(usize, String, bool)> {
    let mut domain = piece(message, from)?;
    let mut to = from + 1;
    let mut dot = false;
    loop {
        if let Some((past, sign, _)) = sign_after(message, to)
            && sign != '+'
            && let Some(next) = piece(message, past)
        {
            domain.push(sign);
            domain.push_str(&next);
            dot |= sign == '.';
            to = past + 1;
            continue;
        }
        let Some(next) = piece(message, to) else { break };
        let spelt = next.len() == 1 && message.tokens[to - 1].folded.len() == 1;
        // Words of a domain may stand apart as long as its dot is to come.
        let apart = strong
            && !dot
            && (1..=2).any(|more| sign_after(message, to + more).is_some_and(|(_, sign, _)| sign == '.'));
        if message.glued(to) || spelt && !dot || apart {
            domain.push_str(&next);
            to += 1;
        } else {
            break;
        }
    }
    dot.then_some((to, domain, true))
}

/// A name of several words that is written as one, as is said before it or after the address.
fn joined(
    message: &Message<'_>,
    from: usize,
    at: usize,
    end: usize,
    local: &str,
) -> Option<(usize, String, usize)> {
    let words = |start: usize| {
        (start..from).all(|word| piece(message, word).is_some()).then(|| {
            let before: String = (start..from).filter_map(|word| piece(message, word)).collect();
            before + local
        })
    };
    let said = message.within(0..from, Section::Joined).rfind(|mark| mark.to + JOINED > at);
    if let Some(mark) = said {
        let first = mark.to + usize::from(message.sign(mark.to, ":") || message.sign(mark.to, ","));
        if first < from {
            return words(first).map(|whole| (mark.from, whole, end));
        }
        return None;
    }
    let after = end + usize::from(message.sign(end, ","));
    let past = message.begins(after, Section::Joined)?;
    let stops = |word: &usize| piece(message, *word).is_none() || message.is_any(*word, EVERYDAY);
    let first = (at.saturating_sub(JOINED)..from)
        .rev()
        .find(stops)
        .map_or(at.saturating_sub(JOINED), |word| word + 1);
    (first < from).then(|| words(first)).flatten().map(|whole| (first, whole, past))
}
