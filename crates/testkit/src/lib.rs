//! What tests share: the cases, a clock that moves by hand, seeded ids, and a harness that runs a test on both
//! database engines.

mod cases;
mod engine;
mod postgres;
pub mod provider;
mod skip;

pub use cases::{case, cases_dir};
pub use engine::{Engine, Fixture, master_key, run};
pub use skip::skip;

use robofy_kernel::{Clock, Ids, Timestamp};

/// The moment at which tests begin: 2026-01-05 09:00:00 UTC, a Monday.
pub const START: Timestamp = Timestamp::from_seconds(1_767_603_600);

/// A clock that stands at [`START`] until it is moved.
#[must_use]
pub fn clock() -> Clock {
    Clock::manual(START)
}

/// Ids that are the same in every run.
#[must_use]
pub fn ids() -> Ids {
    Ids::seeded(1)
}

/// Makes each test twice, `NAME::sqlite` and `NAME::postgres`.
///
/// ```text
/// robofy_testkit::both_engines! {
///     /// What it shows.
///     async fn name(t: Fixture) { … }
/// }
/// ```
#[macro_export]
macro_rules! both_engines {
    ($($(#[$meta:meta])* async fn $name:ident($fixture:ident : Fixture) $body:block)+) => {$(
        $(#[$meta])*
        mod $name {
            use super::*;

            async fn body($fixture: std::sync::Arc<$crate::Fixture>) $body

            #[test]
            fn sqlite() {
                $crate::run($crate::Engine::Sqlite, body);
            }

            #[test]
            fn postgres() {
                $crate::run($crate::Engine::Postgres, body);
            }
        }
    )+};
}
