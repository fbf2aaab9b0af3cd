//! What the recogniser makes of messages, measured on tables.

mod claims;
mod intents;
mod moves;
mod never_panics;
mod table;
