//! The HTTP surface: authentication, envelope, routes, streams, OpenAPI, pages.
//!
//! A request comes in through [`layers`] (request id, log line, panics), is authenticated by an extractor of [`auth`],
//! read by an extractor of [`extract`], handled by a file of [`mod@routes`], and leaves as a [`envelope::Success`] or an
//! [`ApiError`]. How a route is added: `docs/how-to/add-an-endpoint.md`.

mod agent_card;
mod app;
pub mod auth;
mod check;
mod client;
mod days;
pub mod envelope;
mod error;
pub mod extract;
mod idempotency;
mod layers;
mod lenient;
pub mod limits;
mod openapi;
mod pages;
mod request_log;
pub mod routes;
mod widget;
mod wire;

pub use app::{App, HttpConfig, RouteAlias, Signup, StartError};
pub use auth::password::Passwords;
pub use error::ApiError;
pub use openapi::openapi;
pub use routes::{RouteAliasError, check_aliases};

/// Everything that the server answers, as one router.
pub fn router(app: App) -> axum::Router {
    layers::wrap(routes::router(&app), app)
}
