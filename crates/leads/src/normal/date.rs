//! Dates in figures. Dates in words are another room's.

use jiff::civil::Date;

use crate::normal::Invalid;
use crate::region::{DateOrder, Region};
use crate::text::digit;

/// A date in figures, `YYYY-MM-DD`, its order by the country where it is not plain. Years of two figures are of this
/// century.
pub fn normalise(raw: &str, region: Region) -> Result<String, Invalid> {
    let plain: String = raw.chars().map(|c| digit(c).unwrap_or(c)).collect();
    let plain = plain.trim().trim_end_matches(['.', '日']);
    let parts: Vec<&str> = plain.split(['-', '/', '.', '年', '月']).map(str::trim).collect();
    let [first, second, third] = parts.as_slice() else { return Err(Invalid::NotDate) };
    let figures = |text: &str, most: usize| {
        (1..=most).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())
    };
    if !figures(first, 4) || !figures(second, 2) || !figures(third, 4) {
        return Err(Invalid::NotDate);
    }
    let number = |text: &str| text.parse::<i16>().map_err(|_| Invalid::NotDate);
    let [first_number, second_number, third_number] = [number(first)?, number(second)?, number(third)?];
    let year_first = first.len() == 4 || (third.len() <= 2 && region.date_order() == DateOrder::YearFirst);
    if first.len() == 3 || third.len() == 3 || (first.len() == 4) == (third.len() == 4) && first.len() == 4 {
        return Err(Invalid::NotDate);
    }
    let (year, month, day) = if year_first {
        (first_number, second_number, third_number)
    } else {
        // Where only one order makes a date, that one is meant.
        let month_first = match (first_number > 12, second_number > 12) {
            (true, false) => false,
            (false, true) => true,
            _ => region.date_order() == DateOrder::MonthFirst,
        };
        if month_first {
            (third_number, first_number, second_number)
        } else {
            (third_number, second_number, first_number)
        }
    };
    let year = if year < 100 { year + 2000 } else { year };
    let (month, day) = (i8::try_from(month), i8::try_from(day));
    let (Ok(month), Ok(day)) = (month, day) else { return Err(Invalid::NoSuchDay) };
    Date::new(year, month, day).map(|date| date.to_string()).map_err(|_| Invalid::NoSuchDay)
}
