//! Crawls of real sites on this machine, on both engines.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a test ends with the first thing that goes wrong, and its sites run beside it"
)]

mod attacks;
mod coming_back;
mod cut_off;
mod learning;
mod manners;
mod mutants;
mod rebuilt;
mod site;
mod world;

use std::time::Duration;

use robofy_store::sites::{CrawlStatus, SiteRules};
use robofy_testkit::both_engines;

use site::{Site, html, page, plain, redirect, status};
use world::{World, rules};
