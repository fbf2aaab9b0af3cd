//! Rows by the million, written into the database of an account by statements of its own.
//!
//! Everything is made from a row's number, so that it is known what stands where: the row with the greatest number is
//! the latest of its list.

use std::str::FromStr as _;

use anyhow::Context as _;
use sqlx::postgres::PgConnectOptions;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{
    AssertSqlSafe, ConnectOptions as _, Connection as _, Executor as _, PgConnection, SqliteConnection,
};

/// Microseconds between two rows of a list.
const STEP: i64 = 20_000_000;
/// The visitor of the long conversation.
pub(super) const LONG: &str = "long-conversation";
/// Days for which there are counters.
pub(super) const DAYS: usize = 365;
/// Quarters of an hour in them.
pub(super) const QUARTERS: usize = DAYS * 96;

/// A database that is written to, in its dialect.
pub(super) enum Database {
    /// The file's path.
    Sqlite(String),
    /// The address.
    Postgres(String),
}

/// What is written: so many conversations, leads, and messages of one conversation.
#[derive(Clone, Copy)]
pub(super) struct Rows {
    pub(super) rows: usize,
    /// When the earliest row was, in microseconds since 1970.
    pub(super) begin: i64,
    /// The first of the quarters for which there are counters.
    pub(super) quarter: i64,
}

impl Rows {
    /// Rows of which the last is at this time, in microseconds.
    pub(super) fn until(time: i64, rows: usize, quarter: i64) -> Self {
        let whole = Self { rows, begin: 0, quarter };
        Self { begin: time - whole.time(rows), ..whole }
    }

    /// When the row of this number was.
    pub(super) fn time(&self, number: usize) -> i64 {
        self.begin + i64::try_from(number).unwrap_or(i64::MAX / STEP) * STEP
    }

    /// Turns of the long conversation, two messages each.
    fn turns(&self) -> usize {
        self.rows / 2
    }
}

impl Database {
    /// Where it is, for the bare server.
    pub(super) fn address(&self) -> &str {
        match self {
            Self::Sqlite(path) => path,
            Self::Postgres(url) => url,
        }
    }

    /// An id of 16 bytes, made of a number.
    pub(super) fn uuid(&self, number: &str) -> String {
        match self {
            Self::Sqlite(_) => format!("unhex(printf('%032x', {number}))"),
            Self::Postgres(_) => format!("CAST(lpad(to_hex({number}), 32, '0') AS uuid)"),
        }
    }

    /// An id of 16 characters.
    fn text(&self, number: &str) -> String {
        match self {
            Self::Sqlite(_) => format!("printf('%016d', {number})"),
            Self::Postgres(_) => format!("lpad(CAST({number} AS text), 16, '0')"),
        }
    }

    /// Writes all rows for the only agent there is. Says its account, as a literal.
    pub(super) async fn fill(&self, rows: &Rows) -> anyhow::Result<String> {
        let statements = self.statements(rows);
        let account: (String,) = match self {
            Self::Sqlite(path) => {
                let options = SqliteConnectOptions::new().filename(path);
                let mut conn: SqliteConnection = options.foreign_keys(false).connect().await?;
                for statement in statements {
                    conn.execute(AssertSqlSafe(statement)).await.context("a statement for SQLite")?;
                }
                let account = "SELECT 'x' || quote(hex(account_id)) FROM agents";
                let account = sqlx::query_as(account).fetch_one(&mut conn).await?;
                conn.close().await?;
                account
            }
            Self::Postgres(url) => {
                let mut conn: PgConnection = PgConnectOptions::from_str(url)?.connect().await?;
                for statement in statements.into_iter().chain(["VACUUM ANALYZE".to_owned()]) {
                    conn.execute(AssertSqlSafe(statement)).await.context("a statement for PostgreSQL")?;
                }
                let account = "SELECT quote_literal(account_id) || '::uuid' FROM agents";
                let account = sqlx::query_as(account).fetch_one(&mut conn).await?;
                conn.close().await?;
                account
            }
        };
        Ok(account.0)
    }

    fn statements(&self, rows: &Rows) -> Vec<String> {
        let Rows { rows: many, begin, quarter } = *rows;
        let turns = rows.turns();
        let (id, long) = (self.uuid("n.i"), self.uuid(&many.to_string()));
        let from = |count: usize| {
            format!(
                "WITH RECURSIVE n (i) AS (SELECT CAST(0 AS BIGINT) UNION ALL SELECT i + 1 FROM n WHERE i + 1 < {count})"
            )
        };
        let turn = "account_id, session_key, number, message_id, visitor_message_id, status, kind, query, answer, citations,
                    started_at, finished_at, input_tokens, output_tokens, first_token_ms";
        let said = "'done', 'answer', 'What does a year of it cost, please?', 'It is 120 euros a year, and it can be called off monthly.', '[]'";
        let (asked, answered) = (self.text("2 * n.i"), self.text("2 * n.i + 1"));
        let (long_asked, long_answered) = (
            self.text(&format!("{0} + 2 * n.i", 2 * many)),
            self.text(&format!("{0} + 2 * n.i + 1", 2 * many)),
        );
        let value = |name: &str, kind: &str, value: &str, number: &str| {
            format!(
                "INSERT INTO lead_values (account_id, lead_id, value_id, field, field_type, value, raw, valid, session_key, standing, created_at)
                 {} SELECT a.account_id, {id}, {}, '{name}', '{kind}', {value}, {value}, TRUE, {id}, 'counts', {begin} + n.i * {STEP} FROM n, agents a",
                from(many),
                self.uuid(number),
            )
        };
        vec![
            format!(
                "INSERT INTO chat_sessions (account_id, session_key, chatbot_id, environment, channel, session_id, page_url, timezone, locale, country, next_number, created_at, last_at)
                 {} SELECT a.account_id, {id}, a.chatbot_id, 'live', 'web', 'visitor-' || n.i, 'https://shop.example/prices', 'Europe/Berlin', 'de', 'DE', 2,
                           {begin} + n.i * {STEP}, {begin} + n.i * {STEP} FROM n, agents a",
                from(many)
            ),
            format!(
                "INSERT INTO chat_sessions (account_id, session_key, chatbot_id, environment, channel, session_id, next_number, created_at, last_at)
                 SELECT a.account_id, {long}, a.chatbot_id, 'live', 'web', '{LONG}', {} + 1, {begin} - 1, {begin} - 1 FROM agents a",
                turns
            ),
            format!(
                "INSERT INTO turns ({turn}) {} SELECT a.account_id, {id}, 1, {asked}, {answered}, {said},
                        {begin} + n.i * {STEP}, {begin} + n.i * {STEP} + 900000, 400, 20, 300 FROM n, agents a",
                from(many)
            ),
            format!(
                "INSERT INTO turns ({turn}) {} SELECT a.account_id, {long}, n.i + 1, {long_asked}, {long_answered}, {said},
                        {begin} + n.i * {STEP}, {begin} + n.i * {STEP} + 900000, 400, 20, 300 FROM n, agents a",
                from(turns)
            ),
            format!(
                "INSERT INTO leads (account_id, lead_id, chatbot_id, environment, email_key, status, complete, source, page_url, tags, notes, created_at, updated_at)
                 {} SELECT a.account_id, {id}, a.chatbot_id, 'live', 'visitor-' || n.i || '@shop.example', 'new', TRUE, 'chat', 'https://shop.example/prices', '[]', '[]',
                           {begin} + n.i * {STEP}, {begin} + n.i * {STEP} FROM n, agents a",
                from(many)
            ),
            format!(
                "INSERT INTO lead_sessions (account_id, session_key, lead_id, told_id, joined_at)
                 {} SELECT a.account_id, {id}, {id}, {id}, {begin} + n.i * {STEP} FROM n, agents a",
                from(many)
            ),
            value("name", "name", "'Visitor ' || n.i", "2 * n.i"),
            value("email", "email", "'visitor-' || n.i || '@shop.example'", "2 * n.i + 1"),
            format!(
                "INSERT INTO stat_counters (account_id, project_id, chatbot_id, quarter, messages, leads, bookings, handovers, answered, unanswered, rated_up, rated_down,
                                            input_tokens, output_tokens, first_tokens, first_token_ms)
                 {} SELECT a.account_id, a.project_id, a.chatbot_id, {quarter} + n.i, 40 + n.i % 7, 3, 1, 0, 30, 5, 2, 1, 16000, 800, 40, 12000 FROM n, agents a",
                from(QUARTERS)
            ),
            // Those who come, those who stay, and those who come back after a day or a week.
            format!(
                "INSERT INTO stat_visits (account_id, project_id, chatbot_id, quarter, before_quarter, sessions)
                 {} SELECT a.account_id, a.project_id, a.chatbot_id, {quarter} + n.i,
                           CASE WHEN b.back = 0 THEN -1 ELSE {quarter} + n.i - b.back END, 5 + n.i % 3
                      FROM n, agents a, (SELECT 0 AS back UNION ALL SELECT 1 UNION ALL SELECT 96 UNION ALL SELECT 672) b",
                from(QUARTERS)
            ),
        ]
    }
}
