//! The request log: what was asked of the server for an account, without anything that was said in it.
//!
//! Rows are written behind the requests' backs, many at a time, and forgotten after some days.

use robofy_kernel::{AccountId, Environment, KeyId, Op, Page, PageRequest, Timestamp};

use crate::{Lane, Result, Store};

statements! {
    // An account that is gone by now has no log.
    INSERT = "INSERT INTO request_log (account_id, at, request_id, environment, method, route, status, error_code, caller, key_id, micros)
              SELECT a.account_id, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11 FROM accounts a WHERE a.account_id = $1
              ON CONFLICT (account_id, at, request_id) DO NOTHING";
    // Between two keys, and nothing else that tells where to begin or end: so both engines read no more than that.
    LIST = "SELECT r.at, r.request_id, r.environment, r.method, r.route, r.status, r.error_code, r.caller, r.key_id, r.micros
              FROM request_log r
             WHERE r.account_id = $1
               AND (r.at, r.request_id) < ($2, $3) AND (r.at, r.request_id) >= ($4, $5)
               AND r.status >= $6 AND r.status <= $7
               AND (CAST($8 AS TEXT) IS NULL OR r.route = $8)
               AND (CAST($9 AS TEXT) IS NULL OR (r.caller = $9 AND ($9 NOT IN ('dashboard', 'visitor') OR r.key_id IS NULL)))
             ORDER BY r.at DESC, r.request_id DESC LIMIT $10";
    FLOOR = "SELECT r.at, r.request_id FROM request_log r
              WHERE r.account_id = $1
                AND (r.at, r.request_id) < ($2, $3) AND (r.at, r.request_id) >= ($4, $5)
              ORDER BY r.at DESC, r.request_id DESC LIMIT 1 OFFSET $6";
    FORGET = "DELETE FROM request_log WHERE (account_id, at, request_id) IN (SELECT account_id, at, request_id FROM request_log
               WHERE at < $1 ORDER BY at LIMIT 1000)";
}

/// So many requests are looked at for a page of those that pass a filter.
pub const LOOKED_AT: i64 = 20_000;

/// A request that was answered.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct LoggedRequest {
    /// When it came.
    pub at: Timestamp,
    /// Its `x-request-id`.
    pub request_id: String,
    /// Live or test.
    pub environment: Environment,
    /// The method.
    pub method: String,
    /// The route's template, never the path: ids of sessions stand in paths.
    pub route: String,
    /// The status of the answer.
    pub status: i64,
    /// The error's code.
    pub error_code: Option<String>,
    /// The key's name; [`DASHBOARD`], [`VISITOR`].
    pub caller: String,
    /// The key.
    pub key_id: Option<KeyId>,
    /// How long it took until the answer began, in microseconds.
    pub micros: i64,
}

/// Whose requests come with a dashboard session.
pub const DASHBOARD: &str = "dashboard";
/// Whose requests come with a client token.
pub const VISITOR: &str = "visitor";

/// What a list of requests begins after: the last one's time and id.
pub type RequestKey = (i64, String);

/// Which requests.
#[derive(Clone, Debug, Default)]
pub struct RequestFilter {
    /// Those from then on.
    pub from: Option<Timestamp>,
    /// Those before.
    pub until: Option<Timestamp>,
    /// Those whose status is between, both inclusive.
    pub status: Option<(i64, i64)>,
    /// Those of a route's template.
    pub route: Option<String>,
    /// Those of a key of this name; by [`DASHBOARD`] and [`VISITOR`] those that came without a key, whatever keys are
    /// called.
    pub caller: Option<String>,
}

impl RequestFilter {
    fn skips(&self) -> bool {
        self.status.is_some() || self.route.is_some() || self.caller.is_some()
    }
}

impl Store {
    /// Writes requests down, behind what anybody waits for. Kept to some hundred at a time, it takes milliseconds.
    ///
    /// # Errors
    /// When the database is away; then none is written.
    pub async fn log_requests(&self, requests: Vec<(AccountId, LoggedRequest)>) -> Result<()> {
        self.write(Lane::Ingestion, move |mut tx| {
            Box::pin(async move {
                for (account, request) in requests {
                    execute!(
                        tx.conn(),
                        INSERT,
                        account,
                        request.at,
                        request.request_id,
                        request.environment,
                        request.method,
                        request.route,
                        request.status,
                        request.error_code,
                        request.caller,
                        request.key_id,
                        request.micros
                    )?;
                }
                Ok(())
            })
        })
        .await
    }

    /// The account's requests of both environments, the latest first. With a filter a page looks at [`LOOKED_AT`]
    /// requests at most: it may hold fewer than asked for, or none, and still have a next one.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn list_requests(
        &self,
        op: &Op,
        filter: &RequestFilter,
        page: &PageRequest<RequestKey>,
    ) -> Result<Page<LoggedRequest, RequestKey>> {
        let account = op.account;
        // Before every request of that moment, and behind all that came earlier.
        let at = |time: Option<Timestamp>, else_| (time.map_or(else_, Timestamp::micros), String::new());
        let (from, until) = (at(filter.from, i64::MIN), at(filter.until, i64::MAX));
        let (least_status, most_status) = filter.status.unwrap_or((i64::MIN, i64::MAX));
        let (time, id) = page.after.clone().map_or(until.clone(), |after| after.min(until));
        let floor = if filter.skips() {
            let (reader, skip) = (self.reader(), LOOKED_AT - 1);
            fetch_optional!(reader, RequestKey, FLOOR, account, time, &id, from.0, &from.1, skip)?
        } else {
            None
        };
        let (least, least_id) = floor.clone().unwrap_or(from);
        let rows = fetch_all!(
            self.reader(),
            LoggedRequest,
            LIST,
            account,
            time,
            &id,
            least,
            least_id,
            least_status,
            most_status,
            &filter.route,
            &filter.caller,
            page.size + 1
        )?;
        let page = Page::of(rows, page.size, |row| (row.at.micros(), row.request_id.clone()));
        Ok(Page { next: page.next.or(floor), ..page })
    }

    /// Forgets requests from before `old`, in short units, so that nobody waits behind a long one. Across accounts; never
    /// called by a request.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn forget_requests(&self, old: Timestamp) -> Result<u64> {
        let mut all = 0;
        loop {
            let forgotten = self
                .write(Lane::Ingestion, move |mut tx| {
                    Box::pin(async move { execute!(tx.conn(), FORGET, old) })
                })
                .await?;
            if forgotten == 0 {
                return Ok(all);
            }
            all += forgotten;
        }
    }
}
