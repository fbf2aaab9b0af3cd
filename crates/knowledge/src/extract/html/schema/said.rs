//! What the page's own text says already.

use std::collections::HashSet;

use super::super::block::bare;
use super::super::facts;

/// A text that begins so on the page is there to its end.
const BEGINNING: usize = 60;
/// Telephone numbers are the same if they end the same: the country's code is often left out.
const NUMBER_END: usize = 8;

/// What is said.
pub(super) struct Said {
    bare: String,
    digits: String,
    amounts: HashSet<String>,
    times: HashSet<u16>,
    /// The numbers of each line that holds a year.
    dates: Vec<HashSet<u32>>,
}

impl Said {
    pub(super) fn of(text: &str) -> Self {
        let mut said = Self {
            bare: String::new(),
            digits: String::new(),
            amounts: HashSet::new(),
            times: HashSet::new(),
            dates: Vec::new(),
        };
        for line in text.lines() {
            said.add(line);
            if facts::states_hours(line) {
                said.times.extend(facts::times(line).iter().map(|time| time.minutes));
            }
            let numbers: HashSet<u32> =
                line.split(|c: char| !c.is_ascii_digit()).filter_map(|number| number.parse().ok()).collect();
            if numbers.iter().any(|number| (1900..2200).contains(number)) {
                said.dates.push(numbers);
            }
        }
        said
    }

    /// Adds a line.
    pub(super) fn add(&mut self, line: &str) {
        self.bare.push_str(&bare(line));
        self.bare.push('\n');
        self.digits.extend(line.chars().filter(char::is_ascii_digit));
        self.digits.push('\n');
        if line.contains(|c: char| c.is_ascii_digit()) {
            self.amounts.extend(numbers(line));
        }
    }

    /// True if the text is there.
    pub(super) fn text(&self, text: &str) -> bool {
        let bare = bare(text);
        !bare.is_empty() && self.bare.contains(&bare)
    }

    /// True if the text is there, as far as its beginning tells.
    pub(super) fn beginning(&self, text: &str) -> bool {
        let bare = bare(text);
        let end = bare.char_indices().nth(BEGINNING).map_or(bare.len(), |(at, _)| at);
        !bare.is_empty() && self.bare.contains(bare.get(..end).unwrap_or_default())
    }

    /// True if the first two parts of an address, between commas, are there: the street and the town.
    pub(super) fn parts(&self, address: &str) -> bool {
        address
            .split(", ")
            .take(2)
            .all(|part| self.text(part) || part.split_whitespace().all(|word| self.text(word)))
    }

    /// True if the telephone number is there.
    pub(super) fn number(&self, number: &str) -> bool {
        let digits: String = number.chars().filter(char::is_ascii_digit).collect();
        let end = digits.get(digits.len().saturating_sub(NUMBER_END)..).unwrap_or_default();
        !end.is_empty() && self.digits.contains(end)
    }

    /// True if the page gives hours, and all of these are among them.
    pub(super) fn hours(&self, rule: &str) -> bool {
        let times = facts::times(rule);
        if times.is_empty() {
            return self.text(rule);
        }
        times.iter().all(|time| self.times.contains(&time.minutes))
    }

    /// True if the amounts are there.
    pub(super) fn price(&self, amounts: &[String]) -> bool {
        amounts.iter().flat_map(|amount| numbers(amount)).all(|amount| self.amounts.contains(&amount))
    }

    /// True if a line of the page holds the day and the year of an ISO date.
    pub(super) fn date(&self, date: &str) -> bool {
        let mut parts = date.split(|c: char| !c.is_ascii_digit()).filter_map(|part| part.parse::<u32>().ok());
        let (year, _, day) = (parts.next(), parts.next(), parts.next());
        year.zip(day).is_some_and(|(year, day)| {
            self.dates.iter().any(|numbers| numbers.contains(&year) && numbers.contains(&day))
        })
    }
}

/// The numbers of a line in one form: without thousands' marks, with a point, without noughts behind it.
fn numbers(line: &str) -> Vec<String> {
    line.split(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | ',' | '\'' | '’')))
        .map(|number| number.trim_matches(|c: char| !c.is_ascii_digit()))
        .filter(|number| !number.is_empty())
        .map(|number| {
            let (whole, part) = match number.rfind(['.', ',']) {
                Some(at) if number.len() - at <= 3 => {
                    (number.get(..at).unwrap_or_default(), number.get(at + 1..).unwrap_or_default())
                }
                Some(_) | None => (number, ""),
            };
            let whole: String = whole.chars().filter(char::is_ascii_digit).collect();
            let part = part.trim_end_matches('0');
            if part.is_empty() { whole } else { format!("{whole}.{part}") }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn said_in_another_form() {
        let said = Said::of(
            "Open 9 am – 5:30 pm\nCall (030) 123 45-67 89\nSoup 1.234,50 €\n12 Main Street\n10115 Berlin\nOn 12 May 2026",
        );
        assert!(said.hours("Monday 09:00–17:30") && !said.hours("Monday 10:00–17:30"));
        assert!(said.number("+49 30 123456789") && !said.number("+49 30 123456780"));
        assert!(said.price(&["1234.50".to_owned()]) && !said.price(&["12.00".to_owned(), "13".to_owned()]));
        assert!(
            said.parts("12 Main Street, 10115 Berlin, DE") && !said.parts("13 Main Street, 10115 Berlin")
        );
        assert!(said.date("2026-05-12T19:00") && !said.date("2026-05-13"));
        assert!(said.text("main street") && !said.text("high street"));
    }

    #[test]
    fn numbers_in_one_form() {
        assert_eq!(numbers("$1,234.50, 12,00 € and 1.000 or 7."), ["1234.5", "12", "1000", "7"]);
    }
}
