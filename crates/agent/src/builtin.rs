//! The built-in answerer.

mod abbreviations;
pub mod sentences;
pub mod small_talk;
