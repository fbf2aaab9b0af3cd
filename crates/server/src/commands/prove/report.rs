//! The figures of a proof.

use std::time::Duration;

use serde::Serialize;

use super::check::{Kind, Verdict};
use super::history::{Action, History, Outcome, Step};
use super::storm::Size;

/// What is printed.
#[derive(Debug, Serialize)]
pub struct Report {
    engine: &'static str,
    processes: usize,
    seed: u64,
    concurrency: usize,
    /// Starts that were fought for.
    starts: usize,
    /// Attempts of the clients; one of them may be several requests.
    attempts: usize,
    /// Requests of the clients.
    requests: usize,
    /// Bookings that were acknowledged, and reschedules and cancellations.
    booked: usize,
    moved: usize,
    cancelled: usize,
    /// Requests that were refused with `SLOT_TAKEN`.
    refused: usize,
    /// Requests that were cut off by a kill.
    unknown: usize,
    /// Requests that were answered with `SERVICE_UNAVAILABLE`.
    busy: usize,
    /// Servers that were killed and started again.
    restarts: usize,
    /// Seats that are sold at the end.
    sold: u32,
    /// Starts that are sold to the last seat, and those that stand in the way of one that is.
    sold_out: usize,
    excluded: usize,
    /// Seats and times that were sold twice.
    twice: usize,
    /// Acknowledged bookings, reschedules and cancellations that are not so.
    lost: usize,
    /// Times that nobody has and that are blocked.
    orphans: usize,
    /// How much is wrong, the three above included.
    violated: usize,
    /// What it is, the first of it.
    violations: Vec<String>,
    seconds: f64,
}

/// The most violations that are told.
const TOLD: usize = 50;

impl Report {
    /// Counts.
    pub fn new(ground: (&'static str, usize), size: Size, history: &History, verdict: &Verdict) -> Self {
        let count = |counts: &dyn Fn(&Step) -> bool| {
            history.chains.iter().flat_map(|chain| &chain.steps).filter(|step| counts(step)).count()
        };
        let done = |step: &Step| matches!(step.outcome, Outcome::Done { .. });
        let (engine, processes) = ground;
        let found = &verdict.violations;
        Self {
            engine,
            processes,
            seed: size.seed,
            concurrency: size.concurrency,
            starts: verdict.starts,
            attempts: size.attempts,
            requests: count(&|_| true),
            booked: history
                .chains
                .iter()
                .filter(|chain| chain.steps.iter().any(|step| is_booking(step) && done(step)))
                .count(),
            moved: count(&|step| matches!(step.action, Action::Move(_)) && done(step)),
            cancelled: count(&|step| step.action == Action::Cancel && done(step)),
            refused: count(&|step| matches!(step.outcome, Outcome::Refused(_))),
            unknown: count(&|step| step.outcome == Outcome::Unknown),
            busy: count(&|step| step.outcome == Outcome::Busy),
            restarts: 0,
            sold: verdict.sold,
            sold_out: verdict.sold_out,
            excluded: verdict.excluded,
            twice: found.count(Kind::Twice),
            lost: found.count(Kind::Lost),
            orphans: found.count(Kind::Orphan),
            violated: found.0.len(),
            violations: found.0.iter().take(TOLD).map(|violation| violation.detail.clone()).collect(),
            seconds: 0.0,
        }
    }

    /// Adds how it was made.
    pub fn with(mut self, restarts: usize, duration: Duration) -> Self {
        self.restarts = restarts;
        self.seconds = (duration.as_secs_f64() * 10.0).round() / 10.0;
        self
    }

    /// The figures for a person.
    pub fn for_people(&self) -> String {
        let Self { engine, processes, attempts, concurrency, seed, .. } = self;
        let rows = [
            (
                "attempts",
                attempts.to_string(),
                format!("{concurrency} at once, {} requests, seed {seed}", self.requests),
            ),
            (
                "booked",
                self.booked.to_string(),
                format!("{} moved, {} cancelled", self.moved, self.cancelled),
            ),
            ("refused", self.refused.to_string(), "with alternatives that were free".to_owned()),
            ("unknown", self.unknown.to_string(), "cut off by a kill, looked up afterwards".to_owned()),
            ("busy", self.busy.to_string(), "the database could not be reached in time".to_owned()),
            (
                "restarts",
                self.restarts.to_string(),
                format!("after SIGKILL; {engine}, {processes} at a time"),
            ),
            (
                "sold",
                self.sold.to_string(),
                format!(
                    "seats; {} of {} starts sold out, the others overlap with them",
                    self.sold_out, self.starts
                ),
            ),
            ("twice", self.twice.to_string(), "seats or times sold twice".to_owned()),
            ("lost", self.lost.to_string(), "acknowledged and not there".to_owned()),
            ("orphans", self.orphans.to_string(), "blocked by nobody, or free by mistake".to_owned()),
            ("violated", self.violated.to_string(), format!("in {} s", self.seconds)),
        ];
        rows.map(|(name, figure, words)| format!("  {name:<11}{figure:>7}  {words}")).join("\n")
    }
}

fn is_booking(step: &Step) -> bool {
    matches!(step.action, Action::Book(_) | Action::Confirm | Action::Repeat)
}
