//! The program from outside, and its serving of HTTP against real sockets.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod demo;
mod measuring;
mod models;
mod operating;
mod program;
mod proving;
mod quickstart;
mod running;
mod serving;
mod working;
