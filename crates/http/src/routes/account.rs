//! `/v1/account`: who runs the agents, and how much of what there may be.

mod change;

use axum::Json as Body;
use axum::extract::State;
use robofy_kernel::Timestamp;
use robofy_store::accounts::Account as Stored;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::routes;

use self::change::AccountIn;
use super::Group;
use crate::auth::{Account, Auth, Read, Write};
use crate::envelope::{Success, ok};
use crate::extract::Json;
use crate::{ApiError, App};

pub(super) fn group() -> Group {
    vec![routes!(get_account, update_account), routes!(get_limits)]
}

/// An account.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AccountDetailsOut {
    /// Its id.
    #[schema(format = Uuid)]
    id: String,
    /// Its name.
    name: String,
    /// Where people are sent who want a person.
    email: String,
    /// The company.
    company: Option<String>,
    /// Where people call who want a person.
    phone: Option<String>,
    /// The company's website.
    website: Option<String>,
    /// IANA time zone: where its days begin; `null` = UTC.
    #[schema(examples("Europe/Berlin"))]
    timezone: Option<String>,
    /// BCP 47 language.
    #[schema(examples("en"))]
    language: Option<String>,
    /// Where it is.
    address: AddressOut,
    /// When it was opened, RFC 3339.
    #[schema(value_type = String, format = "date-time")]
    created_at: Timestamp,
}

/// Where an account is.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AddressOut {
    /// Street and number.
    line1: Option<String>,
    /// What the first line had no room for.
    line2: Option<String>,
    /// The city.
    city: Option<String>,
    /// State, province or region.
    state: Option<String>,
    /// The postal code.
    postal_code: Option<String>,
    /// ISO 3166-1 country of two letters.
    #[schema(examples("DE"))]
    country: Option<String>,
}

impl From<Stored> for AccountDetailsOut {
    fn from(account: Stored) -> Self {
        let address = account.address.0;
        Self {
            id: account.account_id.to_string(),
            name: account.name,
            email: account.email,
            company: account.company,
            phone: account.phone,
            website: account.website,
            timezone: account.timezone,
            language: account.language,
            address: AddressOut {
                line1: address.line1,
                line2: address.line2,
                city: address.city,
                state: address.state,
                postal_code: address.postal_code,
                country: address.country,
            },
            created_at: account.created_at,
        }
    }
}

/// How much of what an account may have, and has.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LimitsOut {
    /// Projects.
    projects: LimitOut,
    /// Agents.
    agents: LimitOut,
    /// Texts, files and pages of websites.
    assets: LimitOut,
    /// Bytes of the assets as they came, in the version that is served.
    storage_bytes: LimitOut,
    /// Pages of websites that agents know now.
    crawl_pages: LimitOut,
    /// Visitors' messages in this calendar month, UTC; those of test sessions, and of agents that were deleted, do not count.
    messages_per_month: LimitOut,
    /// Members of the account.
    seats: LimitOut,
}

/// A limit and what it leaves.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LimitOut {
    /// The most there may be; `null` = no limit.
    limit: Option<i64>,
    /// How much there is.
    used: i64,
    /// How much more there may be, never below 0; `null` = no limit.
    remaining: Option<i64>,
}

impl LimitOut {
    fn of(limit: Option<i64>, used: i64) -> Self {
        Self { limit, used, remaining: limit.map(|limit| limit.saturating_sub(used).max(0)) }
    }
}

/// Retrieve the account
///
/// Who runs the agents, and where: the time zone is the one by whose days statistics are counted.
#[utoipa::path(
    get, path = "/v1/account/details", tag = "Account",
    security(("apiKey" = ["account:read"]), ("session" = [])),
    responses((status = 200, description = "The account.", body = Success<AccountDetailsOut>)),
)]
async fn get_account(
    State(app): State<App>,
    Auth { op, .. }: Auth<Read<Account>>,
) -> Result<Body<Success<AccountDetailsOut>>, ApiError> {
    let account = app.store().find_account(op.account).await?;
    Ok(ok(account.ok_or_else(gone)?.into()))
}

/// Update the account
///
/// What is left out stays; `address` is merged line by line; `null` clears. The e-mail address is where visitors are
/// sent who want a person; nobody logs in with it.
#[utoipa::path(
    put, path = "/v1/account/details", tag = "Account",
    security(("apiKey" = ["account:write"]), ("session" = [], "csrf" = [])),
    request_body = AccountIn,
    responses((status = 200, description = "The account as it is now.", body = Success<AccountDetailsOut>)),
)]
async fn update_account(
    State(app): State<App>,
    Auth { op, .. }: Auth<Write<Account>>,
    Json(change): Json<AccountIn>,
) -> Result<Body<Success<AccountDetailsOut>>, ApiError> {
    let change = change.checked()?;
    let changed = app.store().update_account(&op, move |account| change.apply(account)).await?;
    Ok(ok(changed.ok_or_else(gone)?.into()))
}

/// Retrieve the account's limits
///
/// For each: the limit, how much of it is used, and what remains. Counted now, from what is stored.
#[utoipa::path(
    get, path = "/v1/account/limit", tag = "Account",
    security(("apiKey" = ["account:read"]), ("session" = [])),
    responses((status = 200, description = "The limits.", body = Success<LimitsOut>)),
)]
async fn get_limits(
    State(app): State<App>,
    Auth { op, .. }: Auth<Read<Account>>,
) -> Result<Body<Success<LimitsOut>>, ApiError> {
    let used = app.store().usage(&op).await?;
    // There are no licences yet, so nothing is limited.
    let of = |used| LimitOut::of(None, used);
    Ok(ok(LimitsOut {
        projects: of(used.projects),
        agents: of(used.agents),
        assets: of(used.assets),
        storage_bytes: of(used.storage_bytes),
        crawl_pages: of(used.crawl_pages),
        messages_per_month: of(used.messages_this_month),
        seats: of(used.seats),
    }))
}

/// A credential outlived its account.
fn gone() -> ApiError {
    ApiError::unauthorized("This account is not there any more.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_remains_is_never_below_nought() {
        let remaining = |limit, used| LimitOut::of(limit, used).remaining;
        assert_eq!(remaining(Some(10), 3), Some(7));
        assert_eq!(remaining(Some(3), 10), Some(0));
        assert_eq!(remaining(None, 10), None);
    }
}
