//! Facts of a business that a line may state: prices, telephone numbers, addresses for mail, hours.

/// So many characters behind a number are looked at for the half of the day.
const BEHIND: usize = 8;
/// A line of so many words is running text, and states a fact by the way.
const LONG_LINE: usize = 25;

/// True if a short line states a price, a telephone number, an e-mail address or a span of hours.
pub(super) fn states_a_fact(line: &str) -> bool {
    line.split_whitespace().count() < LONG_LINE
        && (states_a_price(line) || states_a_number(line) || states_hours(line) || line.contains('@'))
}

/// True if the line holds an amount of money.
pub(super) fn states_a_price(line: &str) -> bool {
    let currency = |c: char| matches!(c, '$' | '€' | '£' | '¥' | '₹' | '₽' | '₺' | '₩' | '元' | '円');
    line.char_indices().filter(|(_, c)| currency(*c)).any(|(at, c)| {
        let before = line.get(..at).unwrap_or_default().trim_end();
        let after = line.get(at + c.len_utf8()..).unwrap_or_default().trim_start();
        before.ends_with(|c: char| c.is_ascii_digit()) || after.starts_with(|c: char| c.is_ascii_digit())
    })
}

/// True if the line holds a run of at least nine digits as telephone numbers are written, and no date.
fn states_a_number(line: &str) -> bool {
    let telephone = |run: &str| {
        let digits = run.bytes().filter(u8::is_ascii_digit).count();
        (9..=15).contains(&digits) && !holds_a_date(run)
    };
    line.split(|c: char| {
        !matches!(c, '0'..='9' | ' ' | '-' | '(' | ')' | '/' | '+' | '.' | '\u{a0}' | '\u{2011}')
    })
    .any(telephone)
}

/// True if three numbers stand together as day, month and year do.
fn holds_a_date(run: &str) -> bool {
    run.split_whitespace().any(|word| {
        let parts: Vec<&str> = word.split(['.', '/', '-']).filter(|part| !part.is_empty()).collect();
        let sizes: Vec<usize> = parts.iter().map(|part| part.len()).collect();
        matches!(*sizes, [1..=2, 1..=2, 2 | 4] | [4, 1..=2, 1..=2])
    })
}

/// True if the line holds a span between two times of day.
pub(super) fn states_hours(line: &str) -> bool {
    let times = times(line);
    times.iter().zip(times.iter().skip(1)).any(|(from, to)| {
        let between = line.get(from.end..to.start).unwrap_or_default().trim();
        from.minutes != to.minutes && !between.is_empty() && between.chars().count() <= 6
    })
}

/// A time of day in a text.
pub(super) struct Time {
    /// Minutes after midnight.
    pub minutes: u16,
    /// Its first byte in the text, and the byte after its last.
    start: usize,
    end: usize,
}

/// The times of day that a text holds: `9:00`, `9.30 Uhr`, `9h30`, `7 am`, `7:15 p.m.`
pub(super) fn times(text: &str) -> Vec<Time> {
    let mut times = Vec::new();
    let mut at = 0;
    while let Some(start) = text.get(at..).and_then(|rest| rest.find(|c: char| c.is_ascii_digit())) {
        let start = at + start;
        let digits = run_of_digits(text, start);
        at = start + digits;
        let before = text.get(..start).unwrap_or_default();
        if digits > 2 || before.ends_with([':', '.', ',', '/', '$', '€', '£']) {
            continue;
        }
        if let Some(time) = time_at(text, start, digits) {
            at = time.end;
            times.push(time);
        }
    }
    times
}

/// The time that begins at a byte, its hour having so many digits.
fn time_at(text: &str, start: usize, digits: usize) -> Option<Time> {
    let hour: u16 = text.get(start..start + digits)?.parse().ok()?;
    let mut end = start + digits;
    let mark = text.get(end..)?.chars().next();
    let minute = match mark {
        Some(':' | '.' | 'h' | 'H') if run_of_digits(text, end + 1) == 2 => {
            let minute: u16 = text.get(end + 1..end + 3)?.parse().ok()?;
            end += 3;
            Some(minute)
        }
        Some(_) | None => None,
    };
    let behind = text.get(end..)?.chars().take(BEHIND).collect::<String>().to_lowercase();
    let word = behind.trim_start_matches([' ', '\u{a0}']);
    let spaces = behind.len() - word.len();
    let half = [("am", 0), ("a.m", 0), ("pm", 12), ("p.m", 12)].into_iter().find(|(half, _)| {
        word.strip_prefix(half).is_some_and(|rest| !rest.starts_with(char::is_alphanumeric))
    });
    let clock = mark == Some(':') || matches!(mark, Some('h' | 'H'));
    let hour_word = ["uhr", "час", "時", "点", "시"].into_iter().find(|name| word.starts_with(name));
    let known =
        half.is_some() || hour_word.is_some() || (clock && (minute.is_some() || behind.starts_with("h ")));
    let minutes = match half {
        Some((name, shift)) => {
            end += spaces + name.len();
            (hour % 12 + shift) * 60 + minute.unwrap_or(0)
        }
        None => {
            end += hour_word.map_or(0, |name| spaces + name.len());
            hour * 60 + minute.unwrap_or(0)
        }
    };
    let fits = if half.is_some() { (1..=12).contains(&hour) } else { hour <= 24 };
    (known && fits && minute.unwrap_or(0) < 60 && minutes <= 24 * 60).then_some(Time { minutes, start, end })
}

/// How many digits follow from a byte on.
fn run_of_digits(text: &str, at: usize) -> usize {
    text.get(at..).unwrap_or_default().bytes().take_while(u8::is_ascii_digit).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts() {
        for line in [
            "Pro $9 / mo.",
            "Menü 12 €",
            "Call (317) 585-8468",
            "Mo 9:00–17:00",
            "7 am to 8 pm",
            "a@b.example",
            "Lun–Ven 9h30 à 18h00",
            "9.00 Uhr bis 12.30 Uhr",
            "+49 30 1234567",
        ] {
            assert!(states_a_fact(line), "{line}");
        }
        for line in [
            "Published 2024-11-02",
            "08.04.2015 12:46",
            "3/09/15 8:00am 3/09/15 8:00am",
            "0:45 3:20",
            "12:45 Uhr",
            "A$AP",
            "Top 10 of 2024",
            "5 comments",
        ] {
            assert!(!states_a_fact(line), "{line}");
        }
    }

    #[test]
    fn times_of_day() {
        let found = |text: &str| times(text).iter().map(|time| time.minutes).collect::<Vec<_>>();
        assert_eq!(found("Mo 9:00–17:30"), [540, 1050]);
        assert_eq!(found("7 AM to 8:15 p.m., 12 am"), [420, 1215, 0]);
        assert_eq!(found("9h30 à 18h00"), [570, 1080]);
        assert_eq!(found("$9.00, 1.5 h, 25:00, 2024, room 7"), Vec::<u16>::new());
    }
}
