//! `/v1/ai-agent/message_stats`: what happened, by day, week or month.

use axum::Json as Body;
use axum::extract::State;
use jiff::ToSpan as _;
use robofy_store::statistics::{Figures, Interval, Periods, Statistics};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use super::Group;
use crate::auth::{Auth, Read, Stats, find_agent, find_project};
use crate::check::Checks;
use crate::days::{self, date, in_order};
use crate::envelope::{Success, ok};
use crate::extract::Query;
use crate::{ApiError, App};

pub(super) fn group() -> Group {
    vec![routes!(message_stats)]
}

/// How many days are shown where nobody says otherwise, and how many at most: three years.
const DAYS: (i64, i64) = (30, 1_096);

/// Of what, and from when to when.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub(crate) struct StatsQuery {
    /// The project.
    #[param(value_type = i64, minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    project_id: String,
    /// One of its agents; none = the whole project.
    chatbot_id: Option<String>,
    /// The first day, as `YYYY-MM-DD`, in the account's time zone; none = 29 days before `to`.
    #[param(format = Date, example = "2026-03-01")]
    from: Option<String>,
    /// The last day, included, at most three years (1,096 days) with the first; none = today.
    #[param(format = Date, example = "2026-03-31")]
    to: Option<String>,
    /// How the days are cut: weeks begin on Monday.
    #[serde(default)]
    #[param(value_type = String, pattern = "^(day|week|month)$", default = "day")]
    interval: IntervalIn,
}

/// How days are cut.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum IntervalIn {
    /// Not at all.
    #[default]
    Day,
    /// Into weeks.
    Week,
    /// Into months.
    Month,
}

impl From<IntervalIn> for Interval {
    fn from(interval: IntervalIn) -> Self {
        match interval {
            IntervalIn::Day => Self::Day,
            IntervalIn::Week => Self::Week,
            IntervalIn::Month => Self::Month,
        }
    }
}

/// What happened.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct StatsOut {
    /// In all days together. A session that was there on several counts once.
    totals: FiguresOut,
    /// In each day, week or month, those without traffic too.
    series: Vec<PeriodOut>,
}

/// What happened in one day, week or month.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PeriodOut {
    /// Its first day that was asked for: of a week that `from` lies in, `from`.
    #[schema(format = Date)]
    date: String,
    /// What happened.
    #[serde(flatten)]
    figures: FiguresOut,
}

/// Figures.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FiguresOut {
    /// Turns of visitors, each when it has ended.
    messages: i64,
    /// Sessions with a visitor's turn in the time, each once.
    sessions: i64,
    /// Leads won.
    leads: i64,
    /// Bookings made, also those that were called off later.
    bookings: i64,
    /// Conversations handed to a person.
    handovers: i64,
    /// Turns answered with a citation or by a stored question-and-answer pair.
    answered: i64,
    /// Turns that got the not-found answer. Small talk and steps of a form or booking are neither.
    unanswered: i64,
    /// Answers that visitors liked. A rating counts on the day of its answer.
    rated_up: i64,
    /// Answers that visitors did not like.
    rated_down: i64,
    /// Tokens that language models were asked with.
    input_tokens: i64,
    /// Tokens that they answered with.
    output_tokens: i64,
    /// Mean time from a question's arrival to the first piece of its answer, in milliseconds; `null` when there was none.
    first_token_ms: Option<i64>,
}

impl From<Figures> for FiguresOut {
    fn from(figures: Figures) -> Self {
        let Figures { sessions, counts } = figures;
        Self {
            messages: counts.messages,
            sessions,
            leads: counts.leads,
            bookings: counts.bookings,
            handovers: counts.handovers,
            answered: counts.answered,
            unanswered: counts.unanswered,
            rated_up: counts.rated_up,
            rated_down: counts.rated_down,
            input_tokens: counts.input_tokens,
            output_tokens: counts.output_tokens,
            first_token_ms: counts.mean_first_token_ms(),
        }
    }
}

impl From<Statistics> for StatsOut {
    fn from(statistics: Statistics) -> Self {
        let period = |(day, figures): (jiff::civil::Date, Figures)| PeriodOut {
            date: day.to_string(),
            figures: figures.into(),
        };
        Self { totals: statistics.totals.into(), series: statistics.series.into_iter().map(period).collect() }
    }
}

/// Get statistics
///
/// What happened in a project, or with one of its agents, by day, week or month. Days are those of the account's present
/// time zone, the past ones too. The figures are exact at once; what is deleted is taken back. Results of the test
/// environment are not counted: with a test key everything is zero.
#[utoipa::path(
    get, path = "/v1/ai-agent/message_stats", tag = "Statistics",
    security(("apiKey" = ["stats:read"]), ("session" = [])),
    params(StatsQuery),
    responses((status = 200, description = "What happened.", body = Success<StatsOut>)),
)]
async fn message_stats(
    State(app): State<App>,
    Auth { op, .. }: Auth<Read<Stats>>,
    Query(query): Query<StatsQuery>,
) -> Result<Body<Success<StatsOut>>, ApiError> {
    let project = find_project(&op, &app, &query.project_id).await?.project_id;
    let agent = match &query.chatbot_id {
        Some(chatbot) => Some(find_agent(&op, &app, project, chatbot).await?.chatbot_id),
        None => None,
    };
    let zone = days::zone(&app, &op).await?;
    let periods = periods(&query, &zone, zone.wall(op.now()).date())?;
    let statistics = app.store().statistics(&op, project, agent.as_ref(), &periods).await?;
    Ok(ok(statistics.into()))
}

fn periods(
    query: &StatsQuery,
    zone: &robofy_booking::Zone,
    today: jiff::civil::Date,
) -> Result<Periods, ApiError> {
    let mut checks = Checks::default();
    let from = date(&mut checks, "from", query.from.as_deref());
    let to = date(&mut checks, "to", query.to.as_deref()).unwrap_or(today);
    let from = from.unwrap_or_else(|| to.saturating_sub((DAYS.0 - 1).days()));
    if query.to.is_none() && from > today {
        checks.wrong("from", "invalid", "must not lie after today where no `to` is given");
    } else {
        in_order(&mut checks, Some(from), Some(to));
    }
    if to > from.saturating_add((DAYS.1 - 1).days()) {
        checks.wrong("to", "out_of_range", format!("must be at most {} days with `from`", DAYS.1));
    }
    checks.done()?;
    Ok(Periods::new(from, to, query.interval.into(), zone))
}
