//! The store's tests. Each runs on both engines; `counts` checks that it does.

#![expect(clippy::unwrap_used, reason = "a test ends with the first thing that goes wrong")]

use std::sync::Arc;
use std::time::Duration;

use robofy_kernel::{
    AccountId, AssetId, Environment, IdempotencyKey, Ids, KeyId, LinkageId, Op, PageRequest, Scopes,
    SessionId, UserId,
};
use robofy_store::{Db, Lane, Once, Store, StoreError};
use robofy_testkit::{Engine, Fixture, both_engines};

use crate::make::{at_once, fresh, nothing};

mod accounts;
mod agents;
mod agents_models;
mod assets;
mod blobs;
mod booking;
mod chat;
mod counts;
mod inbox;
mod jobs;
mod keys;
mod kill;
mod leads;
mod links;
mod maintenance;
mod make;
mod migrated;
mod once;
mod opening;
mod plans;
mod prompts;
mod property;
mod raw;
mod requests;
mod schema;
mod scratch;
mod sites;
mod sqlite_only;
mod statistics;
mod unanswered;
mod units;
mod usage;
mod widget;
