//! Options and boxes.

use crate::message::Message;
use crate::normal::Invalid;
use crate::text::{Kind, fold, tokens};
use crate::vocabulary::Section;

/// One of the options: by its label, by its number in the list (from 1), or by words that only its label has.
pub fn one(raw: &str, options: &[String]) -> Result<String, Invalid> {
    match find(raw, options)?.as_slice() {
        [at] => options.get(*at).cloned().ok_or(Invalid::NotAnOption),
        [] => Err(Invalid::NotAnOption),
        _ => Err(Invalid::SeveralOptions),
    }
}

/// Some of the options, in the order of the form.
pub fn several(raw: &str, options: &[String]) -> Result<Vec<String>, Invalid> {
    if let Ok(only) = one(raw, options) {
        return Ok(vec![only]);
    }
    if exponent(raw) {
        return Err(Invalid::NotAnOption);
    }
    let mut chosen = vec![false; options.len()];
    let numbers: Vec<usize> = tokens(raw).iter().filter_map(|t| t.folded.parse().ok()).collect();
    for (at, chosen) in chosen.iter_mut().enumerate() {
        *chosen = numbers.contains(&(at + 1)) || options.get(at).is_some_and(|option| holds(raw, option));
    }
    if numbers.iter().any(|number| *number == 0 || *number > options.len())
        && !options.iter().any(|o| holds(raw, o))
    {
        return Err(Invalid::NotAnOption);
    }
    let names: Vec<String> =
        options.iter().zip(chosen).filter(|(_, chosen)| *chosen).map(|(o, _)| o.clone()).collect();
    if names.is_empty() { Err(Invalid::NotAnOption) } else { Ok(names) }
}

/// Yes or no.
pub fn flag(raw: &str) -> Result<bool, Invalid> {
    let message = Message::new(raw);
    let yes = message.has(0..message.tokens.len(), Section::Yes)
        || matches!(fold(raw).trim(), "true" | "1" | "on" | "x" | "y");
    let no = message.has(0..message.tokens.len(), Section::No)
        || matches!(fold(raw).trim(), "false" | "0" | "off" | "n");
    match (yes, no) {
        (true, false) => Ok(true),
        (false, true) => Ok(false),
        _ => Err(Invalid::NotYesOrNo),
    }
}

fn find(raw: &str, options: &[String]) -> Result<Vec<usize>, Invalid> {
    let said = words(raw);
    if said.is_empty() {
        return Err(Invalid::Empty);
    }
    let all = || options.iter().enumerate();
    let same: Vec<usize> = all().filter(|(_, option)| words(option) == said).map(|(at, _)| at).collect();
    if !same.is_empty() {
        return Ok(same);
    }
    if exponent(raw) {
        return Ok(Vec::new());
    }
    if let [number] = said.as_slice()
        && let Ok(number) = number.parse::<usize>()
    {
        return Ok(number.checked_sub(1).filter(|at| *at < options.len()).into_iter().collect());
    }
    let mut held: Vec<usize> = all().filter(|(_, option)| holds(raw, option)).map(|(at, _)| at).collect();
    // "Large" is held by "Extra large", which is meant when it is said.
    let within = |inner: usize, outer: usize| inner != outer && holds(&options[outer], &options[inner]);
    let whole = held.clone();
    held.retain(|inner| !whole.iter().any(|outer| within(*inner, *outer)));
    if !held.is_empty() {
        return Ok(held);
    }
    Ok(all().filter(|(_, option)| holds(option, raw)).map(|(at, _)| at).collect())
}

/// Whether a number is written with a power of ten, "1e400": its digits are no places in a list.
fn exponent(raw: &str) -> bool {
    let tokens = tokens(raw);
    let digits = |at: usize| tokens.get(at).is_some_and(|t| t.kind == Kind::Digits);
    let glued = |at: usize| tokens.get(at).is_some_and(|t| t.glued);
    (0..tokens.len()).any(|at| {
        let power = digits(at) && glued(at + 1) && tokens[at + 1].folded == "e";
        let signed = tokens.get(at + 2).is_some_and(|t| t.glued && (t.is("+") || t.is("-")));
        let number = if signed { at + 3 } else { at + 2 };
        power && glued(number) && digits(number)
    })
}

/// Whether the words of the second stand in the first, one after the other.
fn holds(text: &str, part: &str) -> bool {
    let (text, part) = (words(text), words(part));
    !part.is_empty() && text.windows(part.len()).any(|window| window == part)
}

fn words(text: &str) -> Vec<String> {
    tokens(text).into_iter().filter(|token| token.kind != Kind::Sign).map(|token| token.folded).collect()
}
