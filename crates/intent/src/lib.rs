#![doc = include_str!("../README.md")]

mod claims;
mod class;
pub mod eval;
mod gibberish;
mod intent;
mod language;
mod languages;
mod lexicon;
mod moves;
mod pattern;
mod reading;
mod recognise;
mod text;

pub use claims::{Effect, claims_effect};
pub use intent::Intent;
pub use language::Language;
pub use moves::{Choice, Moves, moves};
pub use recognise::{Recognised, recognise};
