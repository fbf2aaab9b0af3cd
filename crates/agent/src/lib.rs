//! One conversation turn: policy, answer, citations, events.
//!
//! [`Turns`] takes questions and runs each in a task; an [`answerer::Answerer`] answers; what it cites was verified by
//! [`citations`] before; all that happens is a stream of [`events::TurnEvent`]s with three consumers: the SSE encoder
//! (in `http`), the JSON [`fold`], and the store.

pub mod answerer;
pub mod builtin;
pub mod calendar;
pub mod citations;
pub mod events;
mod flows;
pub mod fluent;
pub mod fold;
pub mod passages;
pub mod turns;
pub mod whatsapp;

pub use flows::{Action, ActionKind, Quota, TextMistake, check_text, texts};
pub use turns::{Ask, Handle, Permit, StreamLimits, TurnError, TurnLog, Turns};
