//! Answers to a question for a field whose values cannot be told by their form.

use std::ops::Range;

use robofy_kernel::FieldType;

use crate::field::Field;
use crate::message::Message;
use crate::pick::items::{self, Items};

/// The ranges that may answer the question for a field, in bytes, the likeliest first.
pub fn candidates(message: &Message<'_>, field: &Field, items: &Items) -> Vec<Range<usize>> {
    let all = 0..message.tokens.len();
    let whole = message.bytes(&all);
    match field.field_type {
        FieldType::Text
        | FieldType::LongText
        | FieldType::Select
        | FieldType::MultiSelect
        | FieldType::Checkbox => {
            let question = message.asks(all.end.saturating_sub(1)) && field.field_type != FieldType::Select;
            if question { Vec::new() } else { vec![whole] }
        }
        FieldType::Number => numbers(message).into_iter().chain([whole]).collect(),
        FieldType::Date => dates(message),
        FieldType::Url => pages(message.text),
        FieldType::Email => incomplete(message.text),
        FieldType::Phone => items
            .runs()
            .filter(|run| items::meant_to_be_called(message, &run.tokens))
            .filter(|_| items.phone().is_none())
            .map(|run| message.bytes(&run.tokens))
            .collect(),
        FieldType::Name | FieldType::Company => Vec::new(),
    }
}

fn numbers(message: &Message<'_>) -> Vec<Range<usize>> {
    let mut numbers: Vec<Range<usize>> = Vec::new();
    let mut at = 0;
    while at < message.tokens.len() {
        if !message.digits(at) {
            at += 1;
            continue;
        }
        let minus = at
            .checked_sub(1)
            .filter(|before| message.sign(*before, "-") && message.glued(at) && !message.glued(*before));
        let start = minus.unwrap_or(at);
        while (message.sign(at + 1, ".") || message.sign(at + 1, ","))
            && message.glued(at + 1)
            && message.glued(at + 2)
            && message.digits(at + 2)
        {
            at += 2;
        }
        numbers.push(message.bytes(&(start..at + 1)));
        at += 1;
    }
    // Of several none is the answer.
    if numbers.len() == 1 { numbers } else { Vec::new() }
}

fn dates(message: &Message<'_>) -> Vec<Range<usize>> {
    let starts = (0..message.tokens.len()).filter(|at| message.digits(*at));
    let dates = starts.filter_map(|at| {
        let sign = |at: usize| {
            message.tokens.get(at).is_some_and(|t| matches!(t.folded.as_str(), "-" | "/" | "." | "年" | "月"))
        };
        let whole = sign(at + 1) && message.digits(at + 2) && sign(at + 3) && message.digits(at + 4);
        whole.then(|| message.bytes(&(at..at + 5)))
    });
    dates.collect()
}

fn pages(text: &str) -> Vec<Range<usize>> {
    let mut start = 0;
    let mut pages = Vec::new();
    for word in text.split(char::is_whitespace) {
        let range = start..start + word.len();
        start =
            range.end + text.get(range.end..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
        let body = word.trim_matches(|c: char| !c.is_alphanumeric() && c != '/');
        let lead = word.find(body).unwrap_or(0);
        if body.contains('.') && !body.contains('@') && body.chars().any(char::is_alphabetic) {
            pages.push(range.start + lead..range.start + lead + body.len());
        }
    }
    pages
}

/// A word with the sign of an address, which is none.
fn incomplete(text: &str) -> Vec<Range<usize>> {
    let at = text.char_indices().find(|(_, c)| matches!(c, '@' | '＠')).map(|(at, _)| at);
    let Some(at) = at else { return Vec::new() };
    let start = text[..at]
        .char_indices()
        .rev()
        .find(|(_, c)| c.is_whitespace())
        .map_or(0, |(before, c)| before + c.len_utf8());
    let end = text[at..].find(char::is_whitespace).map_or(text.len(), |after| at + after);
    std::iter::once(start..end).collect()
}
