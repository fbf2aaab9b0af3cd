//! Every route, a file per group.

mod agents;
mod api_keys;
mod assets;
mod auth;
mod chat;
mod content;
mod docs;
mod handshake;
mod health;
mod linked;
mod pairs;
mod projects;
mod search;
mod settings;

use axum::Router;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouter};

use crate::{App, layers, openapi, pages};

/// Routes registered with `routes!`: each is in the OpenAPI document, or it does not exist.
pub(crate) type Group = Vec<UtoipaMethodRouter<App>>;

/// What servers and people call.
fn groups() -> [Group; 12] {
    [
        health::group(),
        docs::group(),
        auth::group(),
        api_keys::group(),
        projects::group(),
        agents::group(),
        settings::group(),
        content::group(),
        assets::group(),
        linked::group(),
        pairs::group(),
        search::group(),
    ]
}

/// What visitors' browsers call, from pages of any origin.
fn visitor_groups() -> [Group; 2] {
    [handshake::group(), chat::group()]
}

/// All routes and the document that describes them.
pub(crate) fn api() -> (Router<App>, OpenApi) {
    let register =
        |router, groups: Vec<Group>| groups.into_iter().flatten().fold(router, OpenApiRouter::routes);
    let frame = OpenApiRouter::with_openapi(openapi::frame());
    let (router, document) = register(frame, groups().into()).split_for_parts();
    let (visitors, of_visitors) =
        register(OpenApiRouter::default(), visitor_groups().into()).split_for_parts();
    // The fallback first, so that preflights, which have no route of their own, go through the layer too.
    let visitors = visitors.method_not_allowed_fallback(layers::method_not_allowed).layer(layers::cors());
    (router.merge(visitors), document.merge_from(of_visitors))
}

/// The routes, and behind them the pages.
pub(crate) fn router() -> Router<App> {
    api().0.fallback(pages::serve)
}
