//! The request log.

use axum::Json as Body;
use axum::extract::State;
use robofy_booking::Zone;
use robofy_kernel::{Environment, Timestamp};
use robofy_store::requests::{LoggedRequest, RequestFilter, RequestKey};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use super::Group;
use crate::auth::{Account, Auth, Read};
use crate::check::Checks;
use crate::envelope::{Success, ok};
use crate::extract::{List, PageToken, Paging};
use crate::openapi::kinds;
use crate::{ApiError, App};

pub(super) fn group() -> Group {
    vec![routes!(list_requests)]
}

/// Which requests.
#[derive(Debug, Deserialize, Serialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct RequestsQuery {
    /// Those from then on: a date, which is a day in `timezone`, or RFC 3339.
    #[param(value_type = Option<kinds::Moment>, inline, example = "2026-01-31")]
    from: Option<String>,
    /// Those from before.
    #[param(value_type = Option<kinds::Moment>, inline, example = "2026-02-01")]
    to: Option<String>,
    /// The IANA zone in which days begin; none = UTC.
    #[param(format = "time-zone", example = "Europe/Berlin")]
    timezone: Option<String>,
    /// Those that were answered so: a status, or a class of them such as `4xx`.
    #[param(pattern = "^[1-5]([0-9][0-9]|xx)$", example = "4xx")]
    status: Option<String>,
    /// Those of a route, by its template.
    #[param(max_length = 300, example = "/v1/projects/{id}")]
    route: Option<String>,
    /// Those that came with a key of this name; `dashboard` and `visitor` for those that came without.
    #[param(max_length = 200)]
    key: Option<String>,
}

impl RequestsQuery {
    fn filter(&self) -> Result<RequestFilter, ApiError> {
        let mut checks = Checks::default();
        let zone = checks.zone("timezone", self.timezone.as_deref()).unwrap_or(Zone::UTC);
        let from = checks.moment("from", self.from.as_deref(), &zone);
        let until = checks.moment("to", self.to.as_deref(), &zone);
        checks.short("route", self.route.as_deref(), 300);
        checks.short("key", self.key.as_deref(), 200);
        let status = self.status.as_deref().and_then(|text| {
            let read = statuses(text);
            if read.is_none() {
                checks.wrong(
                    "status",
                    "invalid",
                    "must be a status such as 404, or a class of them such as 4xx",
                );
            }
            read
        });
        checks.done()?;
        Ok(RequestFilter { from, until, status, route: self.route.clone(), caller: self.key.clone() })
    }
}

/// First and last status of `404` or `4xx`.
fn statuses(text: &str) -> Option<(i64, i64)> {
    if text.len() != 3 {
        return None;
    }
    if let Some(class) = text.strip_suffix("xx") {
        let class: i64 = class.parse().ok().filter(|class| (1..=5).contains(class))?;
        return Some((class * 100, class * 100 + 99));
    }
    let status: i64 = text.parse().ok().filter(|status| (100..=599).contains(status))?;
    Some((status, status))
}

/// A page of the request log.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RequestsOut {
    /// The requests, the latest first.
    requests: Vec<RequestOut>,
    /// For the next page; `null` on the last.
    #[schema(value_type = Option<String>)]
    next_page_token: Option<PageToken>,
}

/// A request that was answered.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RequestOut {
    /// Its `x-request-id`.
    id: String,
    /// When it came, RFC 3339.
    #[schema(value_type = String, format = "date-time")]
    time: Timestamp,
    /// `live` or `test`.
    #[schema(value_type = String, examples("live"))]
    environment: Environment,
    /// The method.
    #[schema(examples("GET"))]
    method: String,
    /// The route's template.
    #[schema(examples("/v1/projects/{id}"))]
    route: String,
    /// The status of the answer.
    #[schema(minimum = 100, maximum = 599, examples(200))]
    status: i64,
    /// The error's code, where it was one.
    error_code: Option<String>,
    /// The key's name; `dashboard` for a person who is logged in, `visitor` for a client token.
    #[schema(examples("Primary"))]
    key: String,
    /// The key's id.
    key_id: Option<String>,
    /// How long it took until the answer began, in milliseconds.
    #[schema(minimum = 0, examples(1.25))]
    milliseconds: f64,
}

impl From<LoggedRequest> for RequestOut {
    fn from(request: LoggedRequest) -> Self {
        Self {
            id: request.request_id,
            time: request.at,
            environment: request.environment,
            method: request.method,
            route: request.route,
            status: request.status,
            error_code: request.error_code,
            key: request.caller,
            key_id: request.key_id.map(|id| id.to_string()),
            milliseconds: milliseconds(request.micros),
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "a request does not take 285 years")]
fn milliseconds(micros: i64) -> f64 {
    micros as f64 / 1_000.0
}

/// List requests
///
/// What was asked of the server for this account, the latest first, in both environments: who, which route, what came of it and
/// how long it took, never what was said, nor a path or query. Kept for `--request-log-days`; a request is listed about a second
/// after its answer. A page looks at 20,000 requests at most where a filter is given: it may then be short, or empty, while
/// `next_page_token` leads on.
#[utoipa::path(
    get, path = "/v1/requests", tag = "Server",
    security(("apiKey" = ["account:read"]), ("session" = [])),
    params(RequestsQuery, Paging),
    responses((status = 200, description = "A page of requests.", body = Success<RequestsOut>)),
)]
async fn list_requests(
    State(app): State<App>,
    Auth { op, .. }: Auth<Read<Account>>,
    list: List<RequestsQuery>,
) -> Result<Body<Success<RequestsOut>>, ApiError> {
    let (filter, cursor) = (list.filter.filter()?, list.cursor::<RequestKey>(&op)?);
    let page = app.store().list_requests(&op, &filter, &cursor.request).await?;
    let requests = page.items.into_iter().map(RequestOut::from).collect();
    Ok(ok(RequestsOut { requests, next_page_token: cursor.token(page.next)? }))
}

#[cfg(test)]
mod tests {
    use super::statuses;

    #[test]
    fn statuses_and_their_classes_are_read() {
        assert_eq!((statuses("404"), statuses("5xx")), (Some((404, 404)), Some((500, 599))));
        for text in ["", "4", "40", "4x", "0xx", "6xx", "xxx", "999", "-1x", "+40", "4XX", "4040", "é4"] {
            assert_eq!(statuses(text), None, "{text}");
        }
    }
}
