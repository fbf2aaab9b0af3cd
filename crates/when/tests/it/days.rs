//! Days and spans of days.

use robofy_when::DateOrder::{DayFirst, MonthFirst};

use crate::{at, check};

/// A Thursday.
const NOW: &str = "2026-11-26T10:30";

#[test]
fn days_by_their_names() {
    check(
        &at(NOW, "Europe/Berlin", DayFirst),
        &[
            ("have you got anything tomorrow?", "2026-11-27"),
            ("tmrw please", "2026-11-27"),
            ("the day after tomorrow suits me", "2026-11-28"),
            ("Is Tuesday possible", "2026-12-01"),
            ("this Tuesday", "2026-12-01"),
            ("next Tuesday", "2026-12-01"),
            ("next Friday", "2026-12-04"),
            ("Friday", "2026-11-27"),
            ("Friday of next week", "2026-12-04"),
            ("next week's Wednesday", "2026-12-02"),
            ("on Monday of the following week", "2026-11-30"),
            ("Thursday", "2026-11-26?"),
            ("a week on Monday", "2026-12-07"),
            ("Monday week", "2026-12-07"),
            ("three Fridays from now", "2026-12-11"),
            ("the next working day", "2026-11-27"),
            ("in 3 working days", "2026-12-01"),
            ("in a fortnight", "2026-12-10"),
            ("in about 3 weeks", "2026-12-17"),
            ("10 days from now", "2026-12-06"),
            ("two days before the 4th", "2026-12-02"),
            ("I was there yesterday", "2026-11-25 past"),
        ],
    );
}

#[test]
fn dates() {
    check(
        &at(NOW, "Europe/Berlin", DayFirst),
        &[
            ("the 15th works for me", "2026-12-15"),
            ("on the 26th?", "2026-11-26"),
            ("Tuesday the 8th", "2026-12-08"),
            ("Fri 4th", "2026-12-04"),
            ("Sat 5 Dec", "2026-12-05"),
            ("December the third", "2026-12-03"),
            ("the twenty-second of January", "2027-01-22"),
            ("Jan. 7, 2027", "2027-01-07"),
            ("7-Jan-2027", "2027-01-07"),
            ("3rd of next month", "2026-12-03"),
            ("the first of the month", "2026-12-01"),
            ("first Monday in June", "2027-06-07"),
            ("the last Friday of the month", "2026-11-27"),
            ("second Tuesday of next month", "2026-12-08"),
            ("the last day of February", "2027-02-28"),
            ("29 February", "2028-02-29"),
            ("on the 31st", "2026-12-31"),
            ("31 June", ""),
            ("Feb 30", ""),
            ("31/11", ""),
            ("2026-12-24", "2026-12-24"),
            ("24/12", "2026-12-24"),
            ("5/12", "2026-12-05"),
            ("12/24", "2026-12-24"),
            ("24.12.26", "2026-12-24"),
            ("Tuesday 4/12", "2026-12-04?"),
        ],
    );
    check(
        &at(NOW, "America/New_York", MonthFirst),
        &[
            ("5/12", "2027-05-12"),
            ("12/5", "2026-12-05"),
            ("24/12", "2026-12-24"),
            ("12/5/2026 or so", "2026-12-05"),
            ("5/12/2026", "2026-12-05?"),
            // 5 December is a Saturday, 12 May is not.
            ("Saturday 5/12", "2026-12-05?"),
        ],
    );
}

#[test]
fn weeks_months_and_ranges() {
    check(
        &at(NOW, "Europe/Berlin", DayFirst),
        &[
            ("any time next week", "2026-11-30/2026-12-07"),
            ("the week after next", "2026-12-07/2026-12-14"),
            ("early next week", "2026-11-30/2026-12-03"),
            ("towards the end of next week", "2026-12-03/2026-12-07"),
            ("rest of the week", "2026-11-26/2026-11-30"),
            ("this weekend", "2026-11-28/2026-11-30"),
            ("next weekend", "2026-12-05/2026-12-07"),
            ("the week of the 16th", "2026-12-14/2026-12-21"),
            ("w/c 7 December", "2026-12-07/2026-12-14"),
            ("end of the month", "2026-11-21/2026-12-01"),
            ("sometime in March", "2027-03-01/2027-04-01"),
            ("mid-January", "2027-01-10/2027-01-21"),
            ("the first week of February", "2027-02-01/2027-02-08"),
            ("in the next few days", "2026-11-27/2026-11-30"),
            ("over the next two weeks", "2026-11-27/2026-12-11"),
            ("from the 12th to the 15th", "2026-12-12/2026-12-16"),
            ("7 to 9 December", "2026-12-07/2026-12-10"),
            ("December 29 to January 3", "2026-12-29/2027-01-04"),
            ("Monday to Wednesday", "2026-11-30/2026-12-03"),
            ("from next Monday to Friday", "2026-11-30/2026-12-05"),
            ("for 3 days from Monday", "2026-11-30/2026-12-03"),
            ("from Monday on", "2026-11-30/2026-12-14"),
            ("before Tuesday", "2026-11-26T10:30/2026-12-01"),
            ("by Friday", "2026-11-26T10:30/2026-11-28"),
            ("not before the 10th", "2026-12-10/2026-12-24"),
        ],
    );
}

#[test]
fn a_week_begins_on_monday() {
    // On a Sunday, and on the Monday after it.
    let rows = [
        ("2026-11-29T18:00", "next Tuesday", "2026-12-01"),
        ("2026-11-29T18:00", "Tuesday", "2026-12-01"),
        ("2026-11-29T18:00", "next week", "2026-11-30/2026-12-07"),
        ("2026-11-29T18:00", "this weekend", "2026-11-28/2026-11-30"),
        ("2026-11-29T18:00", "next Sunday", "2026-12-06"),
        ("2026-11-29T18:00", "tomorrow", "2026-11-30"),
        ("2026-11-30T08:00", "next Tuesday", "2026-12-08"),
        ("2026-11-30T08:00", "Tuesday", "2026-12-01"),
        ("2026-11-30T08:00", "this week", "2026-11-30/2026-12-07"),
        ("2026-11-30T08:00", "next week", "2026-12-07/2026-12-14"),
        ("2026-11-30T08:00", "next Monday", "2026-12-07"),
    ];
    for (now, said, expected) in rows {
        check(&at(now, "Europe/Berlin", DayFirst), &[(said, expected)]);
    }
}

#[test]
fn months_end_and_years_leap() {
    check(
        &at("2028-01-31T09:00", "Europe/London", DayFirst),
        &[
            ("tomorrow", "2028-02-01"),
            ("in a month", "2028-02-29"),
            ("the 30th", "2028-03-30"),
            ("29 Feb", "2028-02-29"),
            ("the last day of next month", "2028-02-29"),
            ("end of next month", "2028-02-20/2028-03-01"),
        ],
    );
    check(
        &at("2027-12-31T09:00", "Europe/London", DayFirst),
        &[("tomorrow", "2028-01-01"), ("5 January", "2028-01-05")],
    );
    check(
        &at("2027-02-28T09:00", "Europe/London", DayFirst),
        &[("tomorrow", "2027-03-01"), ("the 29th", "2027-03-29")],
    );
}
