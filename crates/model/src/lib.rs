//! Language models behind one trait.
//!
//! A [`Provider`] speaks one dialect; [`Models`] stands before it and keeps visitors from noticing a bad one: retries
//! with back-off before the first token, time limits, a circuit breaker for each account and endpoint. Dropping a
//! [`Reply`] cancels the request upstream.

mod chat;
mod error;

pub use chat::{ChatRequest, FinishReason, Message, Piece, Role, Usage};
pub use error::{ModelError, Stage};
