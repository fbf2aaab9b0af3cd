//! SQLite and PostgreSQL behind one [`Store`]: one SQL text, one migration history, the same behaviour.
//!
//! Reads go to a pool. Writes are *units*: closures over a [`Tx`] that are committed whole or not at all (see
//! [`Store::write`]). A module per aggregate holds its statements and the methods that run them; everything that the
//! two engines do differently is in [`mod@sqlite`], [`mod@postgres`] and [`blobs`].

#[macro_use]
mod query;

mod engine;
mod error;
mod migrations;
pub mod once;
mod postgres;
mod sqlite;

pub mod accounts;
pub mod admin;
pub mod agents;
pub mod api_keys;
pub mod assets;
pub mod blobs;
pub mod booking;
pub mod chat;
pub mod facts;
pub mod flows;
pub mod jobs;
pub mod leads;
pub mod links;
pub mod logins;
pub mod maintenance;
pub mod pairs;
pub mod projects;
pub mod requests;
pub mod scratch;
pub mod sites;
pub mod sql;
pub mod statistics;
pub mod texts;
pub mod unanswered;
pub mod users;

pub use engine::{Db, Lane, Store, StoreConfig, Tx};
pub use error::{Result, StoreError};
pub use facts::KeySource;
pub use migrations::Migrations;
pub use once::Once;
pub use sqlx::types::Json;
