//! The same figures by a scan of all that is stored, day by day by the clocks of a zone.

use std::collections::{BTreeMap, BTreeSet};

use jiff::ToSpan as _;
use robofy_kernel::Timestamp;

use super::*;

const TURNS: &str = "SELECT s.chatbot_id || '|' || s.session_id || '|' || t.started_at || '|' || t.status || '|' || t.run || '|' || COALESCE(t.kind, '')
                            || '|' || CASE WHEN t.citations <> '[]' THEN 1 ELSE 0 END || '|' || COALESCE(t.rating, 0) || '|' || COALESCE(t.input_tokens, 0)
                            || '|' || COALESCE(t.output_tokens, 0) || '|' || COALESCE(t.first_token_ms, -1)
                       FROM turns t JOIN chat_sessions s ON s.account_id = t.account_id AND s.session_key = t.session_key
                      WHERE s.environment = 'live'";
const LEADS: &str = "SELECT chatbot_id || '|' || created_at FROM leads WHERE environment = 'live'";
const BOOKINGS: &str = "SELECT COALESCE(b.chatbot_id, '') || '|' || b.created_at FROM bookings b WHERE b.environment = 'live'
                           AND (b.chatbot_id IS NULL OR EXISTS (SELECT 1 FROM agents a WHERE a.chatbot_id = b.chatbot_id))";

/// What happened: whose it is, when, in which session, and what it adds.
pub(super) struct Event {
    agent: String,
    session: Option<String>,
    at: Timestamp,
    counts: Counts,
}

pub(super) async fn events(t: &Fixture) -> Vec<Event> {
    let split = |row: &String| row.split('|').map(str::to_owned).collect::<Vec<_>>();
    let at = |text: &str| Timestamp::from_micros(text.parse().unwrap());
    let mut events = Vec::new();
    for row in raw::list(&t.store, TURNS).await.iter().map(split) {
        let number = |at: usize| row[at].parse::<i64>().unwrap();
        let (status, kind) = (row[3].as_str(), row[5].as_str());
        let counted = status != "running" || number(4) > 1;
        let mut counts = Counts { messages: counted.into(), ..Counts::NONE };
        if status != "running" {
            let whole = status == "done" || status == "stopped";
            counts.answered =
                (whole && (kind == "pair" || (number(6) == 1 && ["answer", ""].contains(&kind)))).into();
            counts.unanswered = (kind == "not_found").into();
            (counts.input_tokens, counts.output_tokens) = (number(8), number(9));
            if number(10) >= 0 {
                (counts.first_tokens, counts.first_token_ms) = (1, number(10));
            }
        }
        (counts.rated_up, counts.rated_down) = ((number(7) == 1).into(), (number(7) == -1).into());
        let session = counted.then(|| format!("{} {}", row[0], row[1]));
        events.push(Event { agent: row[0].clone(), session, at: at(&row[2]), counts });
    }
    let leads = Counts { leads: 1, ..Counts::NONE };
    let bookings = Counts { bookings: 1, ..Counts::NONE };
    for (list, counts) in [(LEADS, leads), (BOOKINGS, bookings)] {
        for row in raw::list(&t.store, list).await.iter().map(split) {
            events.push(Event { agent: row[0].clone(), session: None, at: at(&row[1]), counts });
        }
    }
    events
}

pub(super) fn scan(
    events: &[Event],
    agent: Option<&ChatbotId>,
    (first, last): (Date, Date),
    interval: Interval,
    zone: &Zone,
) -> Statistics {
    let period = |day: Date| match interval {
        Interval::Day => day,
        Interval::Week => {
            day.saturating_sub(i64::from(day.weekday().to_monday_zero_offset()).days()).max(first)
        }
        Interval::Month => day.first_of_month().max(first),
    };
    let mut periods: BTreeMap<Date, (BTreeSet<&str>, Counts)> = BTreeMap::new();
    let mut day = first;
    while day <= last {
        periods.entry(period(day)).or_default();
        day = day.tomorrow().unwrap();
    }
    let (mut sessions, mut all) = (BTreeSet::new(), Counts::NONE);
    for event in events.iter().filter(|event| agent.is_none_or(|agent| agent.as_str() == event.agent)) {
        let day = zone.wall(event.at).date();
        if (first..=last).contains(&day) {
            let (of_period, counts) = periods.get_mut(&period(day)).unwrap();
            of_period.extend(event.session.as_deref());
            sessions.extend(event.session.as_deref());
            *counts = counts.plus(1, event.counts);
            all = all.plus(1, event.counts);
        }
    }
    let figures = |sessions: &BTreeSet<&str>, counts| Figures { sessions: sessions.len() as i64, counts };
    Statistics {
        totals: figures(&sessions, all),
        series: periods.iter().map(|(day, (sessions, counts))| (*day, figures(sessions, *counts))).collect(),
    }
}
