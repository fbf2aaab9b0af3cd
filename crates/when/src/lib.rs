//! Times in words: which time a sentence means. No I/O at all.
//!
//! ```
//! use robofy_booking::Zone;
//! use robofy_when::{Granularity, Language, Reference, resolve};
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let zone = Zone::named("Europe/Berlin")?;
//! let now = serde_json::from_str("\"2026-11-26T09:30:00Z\"")?; // a Thursday
//! let reference = Reference::new(now, zone, Language::English.order("en-GB"));
//!
//! let found = resolve("Could you do next Tuesday at half past three?", Language::English.grammar(), &reference);
//! assert_eq!(found[0].wall_start(&reference.zone).to_string(), "2026-12-01T15:30:00");
//! assert_eq!(found[0].granularity, Granularity::Minute);
//! assert!(found[0].ambiguous); // half past three in the morning is the second candidate
//! assert!(resolve("A haircut for two people, please", Language::English.grammar(), &reference).is_empty());
//! # Ok(()) }
//! ```
//!
//! # How it works
//!
//! A text is cut into words, numbers and marks. A [`Grammar`] is data: its rules say what a *day*, a *clock time*, a
//! *part of a day* and so on look like in a language, and which meaning each has. Pieces that stand beside each other,
//! with joining words between, are one phrase when they can be said of one time. A phrase of which nothing is a time by
//! itself ("3", "may", "sat") is none, unless a time has just been asked for and the text holds nothing else. The engine
//! knows no word of any language.
//!
//! # Rules
//!
//! **Days.** Weeks begin on Monday. "Tuesday" and "this Tuesday" are the coming one, today included; "next Tuesday" is
//! that of next week. A date without a year is the coming one. "The 15th" is the coming 15th, counted from the month
//! under discussion.
//!
//! **A date that does not exist** (31 February, 30.2., 45 March) is no time, and neither is what is left of it: the clock
//! time beside it would be on another day. [`impossible`] tells its words.
//!
//! **Clock times.** "At 3" may be at night or in the afternoon: what lies between 8:00 and 20:00 comes first, the other
//! second, and both are marked as ambiguous. A part of the day beside it decides ("3 in the morning").
//!
//! **A bare time** belongs to the day under discussion ([`Reference::about`]), to that of the booking that is being
//! moved ([`Reference::from`]), or to today, and to tomorrow when it is over today.
//!
//! **Open ends.** "After 5 pm" ends with the day, "from Monday on" after two weeks; "before Friday" begins now.
//!
//! **Clocks that are changed.** What clocks show is looked up as everywhere in bookings ([`robofy_booking::Zone::moment`]):
//! what they show twice is the first of the two moments, what they leave out is the moment in which they are set forward.
//! Hours and minutes that are counted ("in 3 hours") are elapsed time, days and months go by the calendar. A stretch that
//! lies wholly in what clocks leave out is the minute in which they are set forward.
//!
//! # A language more
//!
//! Its rules are a file in `grammars/`, in the notation of [`Grammar`]; see [`Language`].

mod candidate;
mod chart;
mod clocks;
mod days;
pub mod eval;
mod grammar;
mod language;
mod meaning;
mod phrase;
mod reading;
mod reference;
mod resolve;
mod token;
mod value;

pub use candidate::{Candidate, Granularity};
pub use grammar::Grammar;
pub use language::{DateOrder, Language};
pub use reference::Reference;
pub use resolve::{impossible, resolve};
