//! The queries of the floor: what a list reads, written plainly, with values in their places.

use super::fill::{Database, QUARTERS, Rows};
use super::{List, PAGE};

/// What the queries are about.
pub(super) struct Plain<'a> {
    pub(super) database: &'a Database,
    pub(super) rows: Rows,
    /// A literal.
    pub(super) account: String,
    pub(super) chatbot: String,
}

impl Plain<'_> {
    /// A page of a list, from 1.
    pub(super) fn list(&self, list: List, page: usize) -> String {
        let account = &self.account;
        let (whose, most) = (
            format!("account_id = {account} AND chatbot_id = '{}' AND environment = 'live'", self.chatbot),
            PAGE + 1,
        );
        // The row of the page before that was its last; rows are listed from the greatest number down.
        let last = self.rows.rows.saturating_sub((page - 1) * PAGE);
        let behind = |time: &str, id: &str| match page {
            1 => String::new(),
            _ => format!(
                "AND ({time}, {id}) < ({}, {})",
                self.rows.time(last),
                self.database.uuid(&last.to_string())
            ),
        };
        match list {
            List::Conversations => format!(
                "SELECT s.session_id, s.channel, s.page_url, s.timezone, s.locale, s.country, s.created_at, s.last_at, t.query, t.answer, v.value AS user_name, j.lead_id
                   FROM (SELECT * FROM chat_sessions WHERE {whose} AND next_number > 1 {} ORDER BY last_at DESC, session_key DESC LIMIT {most}) s
                   JOIN turns t ON t.account_id = s.account_id AND t.session_key = s.session_key AND t.number = s.next_number - 1
                   LEFT JOIN lead_sessions j ON j.account_id = s.account_id AND j.session_key = s.session_key
                   LEFT JOIN lead_values v ON v.account_id = j.account_id AND v.lead_id = j.lead_id AND v.standing = 'counts' AND v.field = 'name'
                  ORDER BY s.last_at DESC, s.session_key DESC",
                behind("last_at", "session_key")
            ),
            List::Leads => format!(
                "SELECT l.*, s.session_id, v.field, v.field_type, v.value, v.raw, v.message_id, v.start_byte, v.end_byte, v.valid, v.suggestion
                   FROM (SELECT * FROM leads WHERE {whose} {} ORDER BY created_at DESC, lead_id DESC LIMIT {most}) l
                   JOIN lead_sessions j ON j.account_id = l.account_id AND j.lead_id = l.lead_id
                   JOIN chat_sessions s ON s.account_id = j.account_id AND s.session_key = j.session_key
                   JOIN lead_values v ON v.account_id = l.account_id AND v.lead_id = l.lead_id AND v.standing = 'counts'
                  ORDER BY l.created_at DESC, l.lead_id DESC",
                behind("created_at", "lead_id")
            ),
            List::Messages => format!(
                "SELECT number, message_id, visitor_message_id, status, kind, query, answer, citations, parts, rating, rating_comment, started_at, finished_at
                   FROM turns WHERE account_id = {account} AND session_key = {} AND number > {} ORDER BY number LIMIT {}",
                self.database.uuid(&self.rows.rows.to_string()),
                (page - 1) * PAGE / 2,
                PAGE / 2 + 1
            ),
        }
    }

    /// Counts by day, sessions by day, and sessions in all.
    pub(super) fn year(&self) -> Vec<String> {
        let (from, account) = (self.rows.quarter, &self.account);
        let until = from + i64::try_from(QUARTERS).unwrap_or(i64::MAX);
        let whose = format!(
            "account_id = {account} AND project_id = (SELECT project_id FROM agents WHERE account_id = {account}) AND chatbot_id = '{}'
             AND quarter >= {from} AND quarter < {until}",
            self.chatbot
        );
        let sum = |column: &str| format!("CAST(SUM({column}) AS BIGINT) AS {column}");
        let counts = [
            "messages",
            "leads",
            "bookings",
            "handovers",
            "answered",
            "unanswered",
            "rated_up",
            "rated_down",
            "input_tokens",
            "output_tokens",
            "first_tokens",
            "first_token_ms",
        ];
        vec![
            format!(
                "SELECT (quarter - {from}) / 96 AS period, {} FROM stat_counters WHERE {whose} GROUP BY 1 ORDER BY 1",
                counts.map(sum).join(", ")
            ),
            format!(
                "SELECT (quarter - {from}) / 96 AS period, {} FROM stat_visits
                  WHERE {whose} AND before_quarter < {from} + (quarter - {from}) / 96 * 96 GROUP BY 1 ORDER BY 1",
                sum("sessions")
            ),
            format!("SELECT {} FROM stat_visits WHERE {whose} AND before_quarter < {from}", sum("sessions")),
        ]
    }
}
