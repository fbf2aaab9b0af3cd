//! Workers of the durable queue (`robofy_store::jobs`): they claim jobs, keep their leases and run their handlers.
//!
//! A job's handler lives with its subject and is registered by the program; this crate knows names and payloads only.
//!
//! A handler may be begun more than once for one job: its worker may die. So it stores what it does in units that check
//! the lease ([`robofy_store::jobs::hold`]) and picks up where the last one stopped.
//!
//! An idle worker looks at the queue once in its `poll`, with one statement that reads; whoever enqueues in the same
//! process wakes it ([`Worker::wake`]).

mod handler;
mod worker;

pub use handler::{Handler, Outcome, Running};
pub use worker::{Worker, WorkerConfig};
