//! What is to change in an account.

use jiff::tz::TimeZone;
use robofy_kernel::is_country;
use robofy_store::accounts::{Account, Address};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::ApiError;
use crate::check::{Checks, is_language, is_web_address};
use crate::routes::auth::is_address;
use crate::wire::{nullable, present, set, text};

/// The most characters of a name or a line of an address.
const LINE: usize = 200;
/// The most characters of a postal code.
const CODE: usize = 20;
/// The most bytes of a website's address.
const URL: usize = 2048;

/// What is to change in an account; what is left out stays.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub(crate) struct AccountIn {
    /// Its name.
    #[serde(default, deserialize_with = "present")]
    #[schema(min_length = 1, max_length = 200, nullable = false)]
    name: Option<String>,
    /// Where people are sent who want a person.
    #[serde(default, deserialize_with = "present")]
    #[schema(format = "email", max_length = 254, nullable = false)]
    email: Option<String>,
    /// The company.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(min_length = 1, max_length = 200, value_type = Option<String>)]
    company: Option<Option<String>>,
    /// Where people call who want a person: 5 to 15 digits, kept as they are written.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(max_length = 40, value_type = Option<String>, examples("+49 30 123456"))]
    phone: Option<Option<String>>,
    /// The company's website: an http or https address.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(max_length = 2048, value_type = Option<String>, examples("https://example.com"))]
    website: Option<Option<String>>,
    /// IANA time zone.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(format = "time-zone", value_type = Option<String>, examples("Europe/Berlin"))]
    timezone: Option<Option<String>>,
    /// BCP 47 language.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(max_length = 35, pattern = "^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$", value_type = Option<String>, examples("en"))]
    language: Option<Option<String>>,
    /// Where it is; lines that are left out stay.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<AddressIn>)]
    address: Option<Option<AddressIn>>,
}

/// What is to change in an address; what is left out stays, `null` clears.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub(crate) struct AddressIn {
    /// Street and number.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(min_length = 1, max_length = 200, value_type = Option<String>)]
    line1: Option<Option<String>>,
    /// What the first line had no room for.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(min_length = 1, max_length = 200, value_type = Option<String>)]
    line2: Option<Option<String>>,
    /// The city.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(min_length = 1, max_length = 200, value_type = Option<String>)]
    city: Option<Option<String>>,
    /// State, province or region.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(min_length = 1, max_length = 200, value_type = Option<String>)]
    state: Option<Option<String>>,
    /// The postal code.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(min_length = 1, max_length = 20, value_type = Option<String>)]
    postal_code: Option<Option<String>>,
    /// ISO 3166-1 country of two letters.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(min_length = 2, max_length = 2, value_type = Option<String>, examples("DE"))]
    country: Option<Option<String>>,
}

/// A change that was checked.
#[derive(Debug)]
pub(super) struct Change(AccountIn);

impl AccountIn {
    /// Checks a change, and writes zone and country in their normal form.
    pub(super) fn checked(mut self) -> Result<Change, ApiError> {
        let mut checks = Checks::default();
        checks.name("name", self.name.as_deref(), LINE);
        if self.email.as_deref().is_some_and(|email| !is_address(email)) {
            checks.wrong("email", "invalid", "must be an e-mail address");
        }
        checks.name("company", text(&self.company), LINE);
        if text(&self.phone).is_some_and(|phone| !is_phone(phone)) {
            let detail = "must be a telephone number of 5 to 15 digits such as `+49 30 123456`";
            checks.wrong("phone", "invalid", detail);
        }
        if text(&self.website).is_some_and(|url| url.len() > URL || !is_web_address(url)) {
            checks.wrong("website", "invalid", "must be an http or https address of at most 2048 bytes");
        }
        if let Some(Some(zone)) = &mut self.timezone {
            match time_zone(zone) {
                Some(name) => *zone = name,
                None => {
                    checks.wrong("timezone", "invalid", "must be an IANA time zone such as `Europe/Berlin`")
                }
            }
        }
        if text(&self.language).is_some_and(|language| !is_language(language)) {
            checks.wrong("language", "invalid", "must be a BCP 47 language such as `en` or `pt-BR`");
        }
        if let Some(Some(address)) = &mut self.address {
            address.check(&mut checks);
        }
        checks.done()?;
        Ok(Change(self))
    }
}

impl AddressIn {
    fn check(&mut self, checks: &mut Checks) {
        for (field, line, most) in [
            ("address.line1", &self.line1, LINE),
            ("address.line2", &self.line2, LINE),
            ("address.city", &self.city, LINE),
            ("address.state", &self.state, LINE),
            ("address.postal_code", &self.postal_code, CODE),
        ] {
            checks.name(field, text(line), most);
        }
        if let Some(Some(country)) = &mut self.country {
            country.make_ascii_uppercase();
            if !is_country(country) {
                let detail = "must be an ISO 3166-1 country of two letters such as `DE`";
                checks.wrong("address.country", "invalid", detail);
            }
        }
    }

    fn apply(self, to: &mut Address) {
        set(&mut to.line1, self.line1);
        set(&mut to.line2, self.line2);
        set(&mut to.city, self.city);
        set(&mut to.state, self.state);
        set(&mut to.postal_code, self.postal_code);
        set(&mut to.country, self.country);
    }
}

impl Change {
    /// Changes an account.
    pub(super) fn apply(self, to: &mut Account) {
        let change = self.0;
        set(&mut to.name, change.name);
        set(&mut to.email, change.email);
        set(&mut to.company, change.company);
        set(&mut to.phone, change.phone);
        set(&mut to.website, change.website);
        set(&mut to.timezone, change.timezone);
        set(&mut to.language, change.language);
        match change.address {
            None => {}
            Some(None) => to.address.0 = Address::default(),
            Some(Some(address)) => address.apply(&mut to.address.0),
        }
    }
}

/// Digits as people write a telephone number; whether it is dialled anywhere is not known here.
fn is_phone(text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let rest = text.strip_prefix('+').unwrap_or(text);
    let written = rest.bytes().all(|byte| byte.is_ascii_digit() || b" -./()".contains(&byte));
    written && (5..=15).contains(&digits) && text.len() <= 40 && text.trim() == text
}

/// A time zone by the name that the database of zones gives it, whatever the case of its letters.
fn time_zone(text: &str) -> Option<String> {
    let zone = TimeZone::get(text).ok().filter(|zone| !zone.is_unknown())?;
    zone.iana_name().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_zones() {
        assert!(["+49 30 123456", "(030) 123-456", "555.01.00", "12345"].into_iter().all(is_phone));
        let none = ["", "+", "1234", "12345 ", "+49 30 123456 ext. 5", "1+2345", "1234567890123456", "٣٣٣٣٣"];
        assert!(!none.into_iter().any(is_phone));
        assert_eq!(time_zone("europe/berlin").as_deref(), Some("Europe/Berlin"));
        assert_eq!(time_zone("UTC").as_deref(), Some("UTC"));
        assert!(
            ["", "Mars/Olympus", "+02:00", "Etc/Unknown"].into_iter().all(|text| time_zone(text).is_none())
        );
    }
}
