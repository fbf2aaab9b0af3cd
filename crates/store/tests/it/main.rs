//! The store's tests. Each runs on both engines; `counts` checks that it does.

use robofy_testkit::both_engines;

mod counts;
mod schema;
