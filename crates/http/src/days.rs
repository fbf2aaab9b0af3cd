//! Days of a request: dates in the account's time zone.

use jiff::civil::Date;
use robofy_booking::Zone;
use robofy_kernel::Op;

use crate::check::Checks;
use crate::{ApiError, App};

/// The account's present time zone; UTC where it has none.
///
/// # Errors
/// When the database is away.
pub(crate) async fn zone(app: &App, op: &Op) -> Result<Zone, ApiError> {
    let account = app.store().find_account(op.account).await?;
    let name = account.and_then(|account| account.timezone);
    // What is stored was checked when it came; a zone that a later program does not know any more is none.
    Ok(name.and_then(|name| Zone::named(&name).ok()).unwrap_or(Zone::UTC))
}

/// A date as `YYYY-MM-DD`; `None` where none is named, or where what is named is none, which is noted.
pub(crate) fn date(checks: &mut Checks, field: &str, text: Option<&str>) -> Option<Date> {
    let text = text?;
    // Years of four digits; the parser would take a time, too.
    let date = if text.len() == "2026-01-31".len() { text.parse::<Date>().ok() } else { None };
    let known = date.filter(|date| (1970..=9998).contains(&date.year()));
    if known.is_none() {
        checks.wrong(field, "invalid", "must be a date such as 2026-01-31, of the year 1970 or later");
    }
    known
}

/// Notes when the days end before they begin.
pub(crate) fn in_order(checks: &mut Checks, from: Option<Date>, to: Option<Date>) {
    if from.zip(to).is_some_and(|(from, to)| to < from) {
        checks.wrong("to", "invalid", "must not lie before `from`; both days are included");
    }
}
