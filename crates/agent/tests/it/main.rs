//! Turns on a real store, with an answerer whose pace the test sets.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod answers;
mod business;
mod cases;
mod dialogues;
mod fixture;
mod flows;
mod fluent;
mod nodes;
mod pairs;
mod resume;
mod small_talk;
mod turns;
