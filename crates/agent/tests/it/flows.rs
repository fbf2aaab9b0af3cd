//! Flows in whole turns: a real store, real knowledge; with the built-in answerer, and with a language model that says
//! what the test wants.

mod bookings;
mod changes;
mod clicks;
mod commits;
mod corrections;
mod leads;
mod model;
mod numbers;
mod own_calls;
mod visit;
