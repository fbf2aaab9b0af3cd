//! Models against a scripted provider that is a real server.

#![expect(clippy::unwrap_used, reason = "a test's helpers fail as a test does")]

mod behaviours;
mod breaker;
mod cancel;
mod fixture;
mod keys;
mod logs;
mod retries;
mod wire;
