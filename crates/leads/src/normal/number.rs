//! Numbers.

use crate::message::Message;
use crate::normal::Invalid;
use crate::region::Region;
use crate::spoken;
use crate::text::digit;

/// A number with a point before its decimals and nothing between its thousands, or one in words.
pub fn normalise(raw: &str, region: Region) -> Result<String, Invalid> {
    let plain: String = raw.chars().map(|c| digit(c).unwrap_or(c)).collect();
    if let Some(number) = written(plain.trim(), region) {
        return Ok(number);
    }
    let message = Message::new(raw);
    spoken::number(&message).map(|number| number.to_string()).ok_or(Invalid::NotNumber)
}

fn written(text: &str, region: Region) -> Option<String> {
    let (sign, digits) = match text.strip_prefix(['-', '\u{2212}']) {
        Some(rest) => ("-", rest.trim_start()),
        None => ("", text.strip_prefix('+').unwrap_or(text)),
    };
    let digits: String = digits.chars().filter(|c| !c.is_whitespace() && !matches!(c, '\'' | '’')).collect();
    let marks: Vec<(usize, char)> = digits.char_indices().filter(|(_, c)| matches!(c, '.' | ',')).collect();
    let decimal = decimal(&digits, &marks, region)?;
    let whole: String =
        digits[..decimal.unwrap_or(digits.len())].chars().filter(char::is_ascii_digit).collect();
    let part = decimal.map_or("", |at| &digits[at + 1..]);
    let odd = digits.chars().any(|c| !c.is_ascii_digit() && c != '.' && c != ',');
    if odd || whole.is_empty() || whole.len() > 30 || part.len() > 30 {
        return None;
    }
    let whole = whole.trim_start_matches('0');
    let part = part.trim_end_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    let sign = if whole == "0" && part.is_empty() { "" } else { sign };
    Some(if part.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{part}") })
}

/// Where the decimals begin; none where the number is no number.
#[expect(clippy::option_option, reason = "no number, or a number with or without decimals")]
fn decimal(digits: &str, marks: &[(usize, char)], region: Region) -> Option<Option<usize>> {
    let thousands = |marks: &[(usize, char)], end: usize| {
        let ends = marks.iter().skip(1).map(|(at, _)| *at).chain([end]);
        marks.iter().zip(ends).all(|((at, _), next)| next - at == 4)
            && marks.first().is_none_or(|(at, _)| (1..=3).contains(at))
    };
    match marks {
        [] => Some(None),
        [(at, mark)] => {
            let three = digits.len() - at == 4 && *at <= 3 && *at > 0 && !digits.starts_with('0');
            let point = if region.decimal_point() { '.' } else { ',' };
            Some((!three || *mark == point).then_some(*at))
        }
        [rest @ .., (at, last)] if rest.iter().all(|(_, mark)| mark != last) => {
            (rest.windows(2).all(|two| two[0].1 == two[1].1) && thousands(rest, *at)).then_some(Some(*at))
        }
        all => {
            (all.windows(2).all(|two| two[0].1 == two[1].1) && thousands(all, digits.len())).then_some(None)
        }
    }
}
