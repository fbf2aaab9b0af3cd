//! Every route, a file per group.

mod chat;
mod docs;
mod health;
mod projects;

use axum::Router;
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouter};

use crate::{App, openapi, pages};

/// Routes registered with `routes!`: each is in the OpenAPI document, or it does not exist.
pub(crate) type Group = Vec<UtoipaMethodRouter<App>>;

/// All routes and the document that describes them.
pub(crate) fn api() -> OpenApiRouter<App> {
    let groups = [health::group(), docs::group(), projects::group(), chat::group()];
    let router = OpenApiRouter::with_openapi(openapi::frame());
    groups.into_iter().flatten().fold(router, OpenApiRouter::routes)
}

/// The routes, and behind them the pages.
pub(crate) fn router(_app: &App) -> Router<App> {
    api().split_for_parts().0.fallback(pages::serve)
}
