//! Statistics: what happened, by day, week or month of the account's present time zone.
//!
//! **Nothing is counted by scanning.** What a turn, a lead or a booking adds is a row of `stat_deltas`, written in the
//! transaction of its cause ([`deltas`]), so that turns of one agent never wait for a counter. In the background deltas
//! are folded into counters per quarter of an hour in UTC ([`fold`]). A reading is the sum of both in one statement,
//! and so exact at once, whatever is folded meanwhile. Test results are never counted.
//!
//! **Days** are cut when they are read. Every offset that is in use is a whole number of quarters, so a day of any zone,
//! also one with an hour less or more, is a range of quarters ([`Periods`]). Nothing is stored by day, and so another
//! time zone of the account moves the whole past along.
//!
//! **Sessions** do not add up: one that goes on past midnight counts on both days, once each. What is counted is how
//! many sessions had their first turn of a quarter `q` after a turn in quarter `b` (−1: none before). A session's turn
//! is its first in a period exactly when `b` lies before the period's beginning, so the sessions of any day, week, month
//! or range, in any zone, are one sum over `(q, b)` with a condition. That needs a row for each pair that occurs: at
//! most two for each quarter from visits that stay within it or go on into the next, and one for each return after
//! longer; never one for each turn. Storing who was there in each quarter instead would need a row for each session,
//! and a reading would have to tell sessions apart. The times of a session's turns never go back, even where the
//! clocks of nodes differ; else the pairs would not be exact.
//!
//! **What is counted when**: a turn, when it has ended in whatever way, by the time at which it was asked; what it cost
//! and came to, by its last run; a rating, on the turn's day; a lead and a booking, when they are made. A booking
//! that is called off was made all the same. What is deleted is taken back, so that counters are always what a scan
//! of the stored rows would give: a deleted lead, one that disappears into another, a session that is erased with its
//! turns, an agent with all that is its own.

pub(crate) mod deltas;
pub(crate) mod fold;
mod periods;

use futures::{StreamExt as _, TryStreamExt as _, stream};
use jiff::civil::Date;
use robofy_kernel::{AccountId, ChatbotId, Environment, Op, ProjectId};

pub use periods::{Interval, Periods};

use crate::{Result, Store};

/// Columns of what is counted, in the order of [`Counts`].
macro_rules! counts {
    () => {
        "messages, leads, bookings, handovers, answered, unanswered, rated_up, rated_down, input_tokens, output_tokens, first_tokens, first_token_ms"
    };
}
pub(crate) use counts;

statements! {
    AGENTS = "SELECT chatbot_id FROM agents WHERE account_id = $1 AND project_id = $2 ORDER BY chatbot_id";
    // Of quarters from $4 to $5, in periods of $6 quarters. One agent, by equality: so each engine reads a range of the
    // primary key, whatever it thinks of the table.
    COUNTS = concat!(
        "WITH x AS (SELECT c.account_id, c.quarter, ", counts!(), " FROM stat_counters c
                     WHERE c.account_id = $1 AND c.project_id = $2 AND c.chatbot_id = $3 AND c.quarter >= $4 AND c.quarter < $5
                    UNION ALL
                    SELECT d.account_id, d.quarter, ", counts!(), " FROM stat_deltas d
                     WHERE d.account_id = $1 AND d.project_id = $2 AND d.chatbot_id = $3 AND d.quarter >= $4 AND d.quarter < $5)
         SELECT (x.quarter - $4) / $6 AS period, CAST(SUM(x.messages) AS BIGINT) AS messages, CAST(SUM(x.leads) AS BIGINT) AS leads,
                CAST(SUM(x.bookings) AS BIGINT) AS bookings, CAST(SUM(x.handovers) AS BIGINT) AS handovers,
                CAST(SUM(x.answered) AS BIGINT) AS answered, CAST(SUM(x.unanswered) AS BIGINT) AS unanswered,
                CAST(SUM(x.rated_up) AS BIGINT) AS rated_up, CAST(SUM(x.rated_down) AS BIGINT) AS rated_down,
                CAST(SUM(x.input_tokens) AS BIGINT) AS input_tokens, CAST(SUM(x.output_tokens) AS BIGINT) AS output_tokens,
                CAST(SUM(x.first_tokens) AS BIGINT) AS first_tokens, CAST(SUM(x.first_token_ms) AS BIGINT) AS first_token_ms
           FROM x WHERE x.account_id = $1 GROUP BY 1"
    );
    // The same of sessions: those whose turn before lies before the period. A period at a time, since sorting the pairs
    // by period costs more than reading them; what is not folded yet is little.
    SESSIONS = "WITH RECURSIVE p (i) AS (SELECT CAST(0 AS BIGINT) UNION ALL SELECT i + 1 FROM p WHERE i + 1 < (CAST($5 AS BIGINT) - CAST($4 AS BIGINT)) / CAST($6 AS BIGINT))
                SELECT p.i AS period,
                       CAST(COALESCE((SELECT SUM(v.sessions) FROM stat_visits v
                                       WHERE v.account_id = $1 AND v.project_id = $2 AND v.chatbot_id = $3
                                         AND v.quarter >= $4 + p.i * $6 AND v.quarter < $4 + (p.i + 1) * $6
                                         AND v.before_quarter < $4 + p.i * $6), 0) AS BIGINT) AS sessions
                  FROM p
                UNION ALL
                SELECT (d.quarter - $4) / $6, CAST(SUM(d.visits) AS BIGINT) FROM stat_deltas d
                 WHERE d.account_id = $1 AND d.project_id = $2 AND d.chatbot_id = $3 AND d.quarter >= $4 AND d.quarter < $5
                   AND d.visits <> 0 AND d.before_quarter < $4 + ((d.quarter - $4) / $6) * $6
                 GROUP BY 1";
}

/// The statements of so many agents of a project run at once: a project is read in a part of the time, and one such
/// reading does not take all connections to read by (four with SQLite).
const AGENTS_AT_ONCE: usize = 3;

/// What adds up over time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct Counts {
    /// Turns of visitors.
    pub messages: i64,
    /// Leads won.
    pub leads: i64,
    /// Bookings made.
    pub bookings: i64,
    /// Conversations handed to a person.
    pub handovers: i64,
    /// Turns with a citation or a stored pair.
    pub answered: i64,
    /// Turns that got the not-found answer.
    pub unanswered: i64,
    /// Answers that visitors liked.
    pub rated_up: i64,
    /// Answers that visitors did not like.
    pub rated_down: i64,
    /// Tokens of what language models were asked.
    pub input_tokens: i64,
    /// Tokens of what came back.
    pub output_tokens: i64,
    /// Turns that said something.
    pub first_tokens: i64,
    /// The sum of their times until the first piece, in milliseconds.
    pub first_token_ms: i64,
}

impl Counts {
    /// Nothing.
    pub const NONE: Self = Self {
        messages: 0,
        leads: 0,
        bookings: 0,
        handovers: 0,
        answered: 0,
        unanswered: 0,
        rated_up: 0,
        rated_down: 0,
        input_tokens: 0,
        output_tokens: 0,
        first_tokens: 0,
        first_token_ms: 0,
    };

    /// The mean time until the first piece of an answer, in whole milliseconds; `None` when there was none.
    #[must_use]
    pub const fn mean_first_token_ms(&self) -> Option<i64> {
        match self.first_tokens {
            ..=0 => None,
            turns => Some((self.first_token_ms + turns / 2) / turns),
        }
    }

    /// Both together, the other so many times.
    #[must_use]
    pub const fn plus(self, times: i64, other: Self) -> Self {
        Self {
            messages: self.messages + times * other.messages,
            leads: self.leads + times * other.leads,
            bookings: self.bookings + times * other.bookings,
            handovers: self.handovers + times * other.handovers,
            answered: self.answered + times * other.answered,
            unanswered: self.unanswered + times * other.unanswered,
            rated_up: self.rated_up + times * other.rated_up,
            rated_down: self.rated_down + times * other.rated_down,
            input_tokens: self.input_tokens + times * other.input_tokens,
            output_tokens: self.output_tokens + times * other.output_tokens,
            first_tokens: self.first_tokens + times * other.first_tokens,
            first_token_ms: self.first_token_ms + times * other.first_token_ms,
        }
    }
}

/// What happened in a period.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// Sessions with a turn of a visitor in it, each once.
    pub sessions: i64,
    /// What adds up.
    pub counts: Counts,
}

impl Figures {
    const fn add(&mut self, other: Self) {
        self.sessions += other.sessions;
        self.counts = self.counts.plus(1, other.counts);
    }
}

/// What happened over a time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statistics {
    /// In all of it; a session of several periods counts once.
    pub totals: Figures,
    /// In each period, named by its first day.
    pub series: Vec<(Date, Figures)>,
}

impl Statistics {
    fn nothing(periods: &Periods) -> Self {
        let series = periods.days().map(|day| (day, Figures::default())).collect();
        Self { totals: Figures::default(), series }
    }

    /// Adds another's over the same periods.
    fn add(&mut self, other: &Self) {
        self.totals.add(other.totals);
        for ((_, figures), (_, more)) in self.series.iter_mut().zip(&other.series) {
            figures.add(*more);
        }
    }
}

#[derive(sqlx::FromRow)]
struct Counted {
    period: i64,
    #[sqlx(flatten)]
    counts: Counts,
}

/// The figures of a run's period.
fn figures_of(series: &mut [(Date, Figures)], first: usize, period: i64) -> Option<&mut Figures> {
    series.get_mut(first + usize::try_from(period).ok()?).map(|(_, figures)| figures)
}

impl Store {
    /// What happened in a project, or with one of its agents, in each of these periods. Trials are not counted: of the
    /// test environment everything is zero.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn statistics(
        &self,
        op: &Op,
        project: ProjectId,
        chatbot: Option<&ChatbotId>,
        periods: &Periods,
    ) -> Result<Statistics> {
        let account = op.account;
        let agents = match (op.environment, chatbot) {
            (Environment::Test, _) => Vec::new(),
            (Environment::Live, Some(chatbot)) => vec![chatbot.as_str().to_owned()],
            (Environment::Live, None) => {
                let agents = fetch_all!(self.reader(), (String,), AGENTS, account, project)?;
                agents.into_iter().map(|(agent,)| agent).chain([String::new()]).collect()
            }
        };
        let reads: Vec<_> =
            agents.iter().map(|agent| self.statistics_of((account, project, agent), periods)).collect();
        let mut reads = stream::iter(reads).buffer_unordered(AGENTS_AT_ONCE);
        let mut all = Statistics::nothing(periods);
        while let Some(of_agent) = reads.try_next().await? {
            all.add(&of_agent);
        }
        Ok(all)
    }

    /// What happened with one agent or, where that is empty, with none.
    async fn statistics_of(
        &self,
        whose: (AccountId, ProjectId, &str),
        periods: &Periods,
    ) -> Result<Statistics> {
        let Statistics { mut totals, mut series } = Statistics::nothing(periods);
        for run in periods.runs() {
            let (first, range) = (run.first, (run.from, run.until, run.length));
            for Counted { period, counts } in self.counts(whose, range).await? {
                totals.counts = totals.counts.plus(1, counts);
                if let Some(figures) = figures_of(&mut series, first, period) {
                    figures.counts = figures.counts.plus(1, counts);
                }
            }
            for (period, sessions) in self.sessions(whose, range).await? {
                if let Some(figures) = figures_of(&mut series, first, period) {
                    figures.sessions += sessions;
                }
            }
        }
        if let Some((from, until)) = periods.whole() {
            let all = self.sessions(whose, (from, until, until - from)).await?;
            totals.sessions = all.iter().map(|(_, sessions)| sessions).sum();
        }
        Ok(Statistics { totals, series })
    }

    async fn counts(
        &self,
        (account, project, agent): (AccountId, ProjectId, &str),
        (from, until, length): (i64, i64, i64),
    ) -> Result<Vec<Counted>> {
        fetch_all!(self.reader(), Counted, COUNTS, account, project, agent, from, until, length)
    }

    /// Sessions of each period; a period may come more than once.
    async fn sessions(
        &self,
        (account, project, agent): (AccountId, ProjectId, &str),
        (from, until, length): (i64, i64, i64),
    ) -> Result<Vec<(i64, i64)>> {
        fetch_all!(self.reader(), (i64, i64), SESSIONS, account, project, agent, from, until, length)
    }
}
