//! Long lists, and the statistics of a year, beside equal queries without our code.

mod fill;
mod plain;

use anyhow::{Context as _, ensure};
use robofy_kernel::{Clock, Timestamp};
use serde_json::Value;

use self::fill::{DAYS, Database, LONG, QUARTERS, Rows};
use self::plain::Plain;
use super::{Bench, Turns, spread_of};
use crate::calls;
use crate::chart::grouped;
use crate::load::{Answer, Call, Connection, Load, Outcome};
use crate::process::Server;
use crate::report::{Aim, Section, Table};
use crate::rows;
use crate::subject::{self, Account, Place};

/// Entries of a page where nobody says how many.
const PAGE: usize = 50;
/// Microseconds of a quarter of an hour.
const QUARTER: i64 = 900_000_000;

/// How long the lists are.
#[derive(Clone, Copy, Debug)]
pub struct ListSize {
    /// Conversations, leads, and messages of one conversation: so many of each.
    pub rows: usize,
    /// The page that is read beside the first; from 2.
    pub page: usize,
    /// Requests in a turn.
    pub requests: usize,
    /// Requests for a year in a turn.
    pub years: usize,
}

pub(super) async fn measure(bench: &Bench) -> anyhow::Result<Vec<Section>> {
    let mut section = section(bench);
    let place = Place::new(&bench.programs)?;
    let database = Database::Sqlite(place.database().display().to_string());
    on_engine(bench, "SQLite", &place, &database, &mut section).await?;
    if let Some(database) = &bench.postgres {
        let scratch = super::scratch(database).await?;
        let place = Place::on_postgres(&bench.programs, scratch.url())?;
        let database = Database::Postgres(scratch.url().to_owned());
        let measured = on_engine(bench, "PostgreSQL", &place, &database, &mut section).await;
        scratch.remove().await?;
        measured?;
    }
    Ok(vec![section])
}

fn section(bench: &Bench) -> Section {
    let size = bench.sizes.lists;
    Section {
        title: "Long lists and a year's statistics".into(),
        about: format!(
            "An agent with {0} conversations, {0} leads of two values each, and {0} messages in one conversation: the first page and \
             page {1} of each list ({PAGE} entries), over one connection, {2} requests in a turn; and the statistics of {DAYS} days, in \
             which each of {3} quarters of an hour has counters, by day, {4} requests in a turn. The floor is a bare axum route that \
             runs an equal query on the same database through the same driver and answers its rows as JSON. The first answer has what \
             the floor's has, and every one is as long. {5}",
            grouped(size.rows as f64),
            grouped(size.page as f64),
            size.requests,
            grouped(QUARTERS as f64),
            size.years,
            super::bookings::engines(bench)
        ),
        tables: vec![Table::new(&rows::HEAD)],
        ..Section::default()
    }
}

async fn on_engine(
    bench: &Bench,
    engine: &str,
    place: &Place,
    database: &Database,
    section: &mut Section,
) -> anyhow::Result<()> {
    let size = bench.sizes.lists;
    let today = Clock::System.now().seconds().div_euclid(86_400) * 86_400;
    let midnight = Timestamp::from_seconds(today).micros();
    let quarter = midnight / QUARTER + 96 - i64::try_from(QUARTERS)?;
    let rows = Rows::until(midnight, size.rows, quarter);
    let account = database.fill(&rows).await?;
    let plain = Plain { database, rows, account, chatbot: place.account.chatbot_id.clone() };
    let server = place.serve().await?;
    let bare = subject::bare(&bench.programs.bench, database.address()).await?;
    let sides = Sides { bench, engine, server: &server, bare: &bare.server };
    for list in List::ALL {
        let first = list.page(&place.account, None);
        let far = sides.token(list, &place.account, size.page).await?;
        let far = list.page(&place.account, Some(&far));
        for (page, call) in [(1, first), (size.page, far)] {
            let name = format!("{}, page {}", list.name(), grouped(page as f64));
            let query = vec![plain.list(list, page)];
            sides
                .compare(&name, size.requests, &call, &query, |answer, bare| list.same(answer, bare), section)
                .await?;
        }
    }
    let from = Timestamp::from_micros(quarter * QUARTER).rfc3339();
    let to = Timestamp::from_micros(midnight).rfc3339();
    let call = calls::statistics(&place.account, [&from[..10], &to[..10]]);
    sides.compare("statistics of a year", size.years, &call, &plain.year(), same_year, section).await?;
    server.stop().await
}

/// A list that is read.
#[derive(Clone, Copy, Debug)]
enum List {
    Conversations,
    Leads,
    Messages,
}

impl List {
    const ALL: [Self; 3] = [Self::Conversations, Self::Leads, Self::Messages];

    fn name(self) -> &'static str {
        match self {
            Self::Conversations => "conversations",
            Self::Leads => "leads",
            Self::Messages => "messages",
        }
    }

    fn page(self, account: &Account, token: Option<&str>) -> Call {
        match self {
            Self::Conversations => calls::conversations(account, token),
            Self::Leads => calls::leads(account, token),
            Self::Messages => calls::messages(account, LONG, token),
        }
    }

    /// Its page in an answer, and the token of the next.
    fn of(self, answer: &Value) -> (&Value, &Value) {
        let data = &answer["data"];
        match self {
            Self::Conversations => (&answer["sessions"], &answer["next_page_token"]),
            Self::Leads => (&data["report"]["rows"], &data["report"]["next_page_token"]),
            Self::Messages => (&data["messages"], &data["next_page_token"]),
        }
    }

    /// Whether both sides tell of the same.
    fn same(self, answer: &Value, bare: &Value) -> anyhow::Result<()> {
        // A lead has a row for each of its values, a turn is two messages.
        let (ours, columns): (_, &[&str]) = match self {
            Self::Conversations => ("session_id", &["session_id"]),
            Self::Leads => ("id", &["lead_id"]),
            Self::Messages => ("message_id", &["message_id", "visitor_message_id"]),
        };
        let rows = bare["rows"][0].as_array().context("the bare route answers no rows")?;
        let theirs: Vec<&Value> =
            rows.iter().flat_map(|row| columns.iter().map(move |column| &row[*column])).collect();
        let page = self.of(answer).0.as_array().with_context(|| format!("no page in {answer}"))?;
        let listed: Vec<&Value> = page.iter().map(|entry| &entry[ours]).collect();
        ensure!(listed.len() == PAGE, "{} entries on a page: {answer}", listed.len());
        ensure!(
            listed.iter().all(|entry| theirs.contains(entry)),
            "the bare route has others: {listed:?} and {theirs:?}"
        );
        Ok(())
    }
}

/// Whether the year has what the bare route counts.
fn same_year(answer: &Value, bare: &Value) -> anyhow::Result<()> {
    let (days, counts) = (&answer["data"]["series"], &bare["rows"][0]);
    for (day, counted) in [(0, 0), (DAYS - 1, DAYS - 1)] {
        ensure!(
            days[day]["messages"] == counts[counted]["messages"],
            "{} is not {}",
            days[day],
            counts[counted]
        );
        ensure!(
            days[day]["sessions"] == bare["rows"][1][counted]["sessions"],
            "{} has other sessions",
            days[day]
        );
    }
    ensure!(answer["data"]["totals"]["sessions"] == bare["rows"][2][0]["sessions"], "other sessions in all");
    Ok(())
}

/// The server and the bare route on the same database.
struct Sides<'a> {
    bench: &'a Bench,
    engine: &'a str,
    server: &'a Server,
    bare: &'a Server,
}

impl Sides<'_> {
    /// The token of a page: all before it are read.
    async fn token(&self, list: List, account: &Account, page: usize) -> anyhow::Result<String> {
        let mut connection = Connection::open(self.server.address()).await?;
        let mut token: Option<String> = None;
        for _ in 1..page {
            let answer = connection.send(&list.page(account, token.as_deref())).await?.json(200)?;
            let next = list.of(&answer).1.as_str();
            token = Some(next.with_context(|| format!("the {} end early", list.name()))?.to_owned());
        }
        token.context("the first page has no token")
    }

    /// Measures both in turns: our answer to a call, and the rows of equal queries.
    async fn compare(
        &self,
        name: &str,
        requests: usize,
        call: &Call,
        query: &[String],
        same: impl Fn(&Value, &Value) -> anyhow::Result<()>,
        section: &mut Section,
    ) -> anyhow::Result<()> {
        let query = calls::query(query);
        let first = Connection::open(self.server.address()).await?.send(call).await?;
        let rows = Connection::open(self.bare.address()).await?.send(&query).await?;
        same(&first.json(200)?, &rows.json(200)?).with_context(|| format!("{name}, {}", self.engine))?;
        let turned = rows::Sides {
            floor: (self.bare, |_: usize| query.clone()),
            subject: (self.server, |_: usize| call.clone()),
        };
        let look = |_: usize, answer: &Answer| {
            answer.expect(200)?;
            let length = answer.body.len();
            ensure!(length.abs_diff(first.body.len()) <= 1, "the same page is another: {length} bytes");
            Ok(())
        };
        let load = Load { connections: 1, requests };
        let turns: Turns = turned.in_turns(self.bench.sizes.rounds, load, look).await?;
        let p50 = |outcomes: &[Outcome]| spread_of(outcomes, |outcome| outcome.percentile(50)).median;
        section.aims.push(Aim {
            what: format!("(lists) p50 of {name}, {}", self.engine),
            value: p50(&turns.subject),
            goal: None,
            less_is_better: true,
            unit: "ms",
            floor: Some(p50(&turns.floor)),
        });
        let table = section.tables.first_mut().context("the section has its table")?;
        turns.rows(
            &format!("equal query, {name}, {}", self.engine),
            &format!("{name}, {}", self.engine),
            table,
        );
        Ok(())
    }
}
