//! How much of everything that a licence can limit an account has, counted when it is asked for.

use robofy_kernel::{Op, Timestamp};

use crate::{Result, Store};

statements! {
    // Each count reads one account's rows of one table, by its key.
    COUNT = "SELECT (SELECT COUNT(*) FROM projects p WHERE p.account_id = $1) AS projects,
                    (SELECT COUNT(*) FROM agents a WHERE a.account_id = $1) AS agents,
                    (SELECT COUNT(*) FROM assets s WHERE s.account_id = $1 AND s.version > 0) AS assets,
                    (SELECT CAST(COALESCE(SUM(v.size_bytes), 0) AS BIGINT)
                       FROM assets s JOIN asset_versions v ON v.account_id = s.account_id AND v.asset_id = s.asset_id AND v.version = s.version
                      WHERE s.account_id = $1) AS storage_bytes,
                    (SELECT COUNT(*) FROM site_pages w WHERE w.account_id = $1 AND w.served_hash IS NOT NULL) AS crawl_pages,
                    (SELECT COUNT(*) FROM memberships m WHERE m.account_id = $1) AS seats";
    // What is folded and what is not, in one statement, and so exact whatever is folded meanwhile.
    MESSAGES = "SELECT CAST(COALESCE((SELECT SUM(c.messages) FROM agents a
                                        JOIN stat_counters c ON c.account_id = a.account_id AND c.project_id = a.project_id AND c.chatbot_id = a.chatbot_id
                                       WHERE a.account_id = $1 AND c.quarter >= $2), 0)
                          + COALESCE((SELECT SUM(d.messages) FROM agents a
                                        JOIN stat_deltas d ON d.account_id = a.account_id AND d.project_id = a.project_id AND d.chatbot_id = a.chatbot_id
                                       WHERE a.account_id = $1 AND d.quarter >= $2), 0) AS BIGINT)";
}

/// How much an account has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// Its projects.
    pub projects: i64,
    /// Its agents.
    pub agents: i64,
    /// Its assets.
    pub assets: i64,
    /// Bytes of its assets as they came, in the version that is served.
    pub storage_bytes: i64,
    /// Pages of websites that its agents know.
    pub crawl_pages: i64,
    /// Visitors' live messages in this calendar month, UTC, to the agents that are there: turns that have ended.
    pub messages_this_month: i64,
    /// Its members.
    pub seats: i64,
}

#[derive(sqlx::FromRow)]
struct Counts {
    projects: i64,
    agents: i64,
    assets: i64,
    storage_bytes: i64,
    crawl_pages: i64,
    seats: i64,
}

impl Store {
    /// How much the account has now.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn usage(&self, op: &Op) -> Result<Usage> {
        let counts = fetch_one!(self.reader(), Counts, COUNT, op.account)?;
        let since = month_start(op.now()).seconds() / QUARTER;
        let (messages_this_month,) = fetch_one!(self.reader(), (i64,), MESSAGES, op.account, since)?;
        let Counts { projects, agents, assets, storage_bytes, crawl_pages, seats } = counts;
        Ok(Usage { projects, agents, assets, storage_bytes, crawl_pages, messages_this_month, seats })
    }
}

/// Seconds of a quarter of an hour, in which statistics count.
const QUARTER: i64 = 15 * 60;

/// The first moment of the calendar month, UTC.
fn month_start(now: Timestamp) -> Timestamp {
    let day = now.documented().get(8..10).and_then(|day| day.parse::<i64>().ok()).unwrap_or(1);
    const DAY: i64 = 24 * 60 * 60;
    let today = now.seconds() - now.seconds().rem_euclid(DAY);
    Timestamp::from_seconds(today - (day - 1) * DAY)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_begins_at_its_first_midnight() {
        // 2027-01-15 08:00:00, and the last second of February 2028.
        for (seconds, start) in
            [(1_800_000_000, "2027-01-01 00:00:00"), (1_835_481_599, "2028-02-01 00:00:00")]
        {
            assert_eq!(month_start(Timestamp::from_seconds(seconds)).documented(), start);
        }
    }
}
