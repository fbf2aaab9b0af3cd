//! Every route, a file per group.

mod account;
mod agents;
mod alias;
mod api_keys;
mod assets;
mod auth;
mod booking;
mod chat;
mod content;
mod crawl;
mod docs;
mod handshake;
mod health;
mod inbox;
pub(crate) mod lead_form;
mod leads;
mod linked;
mod meta;
mod pairs;
mod persona;
mod projects;
mod prompts;
mod requests;
mod search;
mod settings;
mod stats;
mod unanswered;
mod widget;

use axum::Router;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouter};

use crate::{App, RouteAlias, layers, openapi, pages};

pub(crate) use alias::OwnPath;
pub use alias::RouteAliasError;

/// Routes registered with `routes!`: each is in the OpenAPI document, or it does not exist.
pub(crate) type Group = Vec<UtoipaMethodRouter<App>>;

/// What servers and people call.
fn groups() -> [Group; 25] {
    [
        health::group(),
        docs::group(),
        auth::group(),
        api_keys::group(),
        projects::group(),
        agents::group(),
        settings::group(),
        persona::group(),
        prompts::group(),
        widget::group(),
        content::group(),
        crawl::group(),
        assets::group(),
        linked::group(),
        pairs::group(),
        search::group(),
        booking::group(),
        lead_form::group(),
        leads::group(),
        unanswered::group(),
        stats::group(),
        account::group(),
        meta::group(),
        inbox::group(),
        requests::group(),
    ]
}

/// What visitors' browsers call, from pages of any origin.
fn visitor_groups() -> [Group; 3] {
    [handshake::group(), chat::group(), booking::visitor_group()]
}

/// All routes, their second paths, and the document that describes them.
pub(crate) fn api(aliases: &[RouteAlias]) -> (Router<App>, OpenApi) {
    let register =
        |router, groups: Vec<Group>| groups.into_iter().flatten().fold(router, OpenApiRouter::routes);
    let frame = OpenApiRouter::with_openapi(openapi::frame());
    let (router, document) = register(frame, groups().into()).split_for_parts();
    let (visitors, of_visitors) =
        register(OpenApiRouter::default(), visitor_groups().into()).split_for_parts();
    let router = alias::add(router, &groups(), aliases);
    let visitors = alias::add(visitors, &visitor_groups(), aliases);
    // The fallback first, so that preflights, which have no route of their own, go through the layer too.
    let visitors = visitors.method_not_allowed_fallback(layers::method_not_allowed).layer(layers::cors());
    (router.merge(visitors), document.merge_from(of_visitors))
}

/// The routes, and behind them the pages.
pub(crate) fn router(app: &App) -> Router<App> {
    api(&app.config().route_aliases).0.fallback(pages::serve)
}

/// Checks second paths before they are served.
///
/// # Errors
/// Which of them cannot be served, and why.
pub fn check_aliases(aliases: &[RouteAlias]) -> Result<(), RouteAliasError> {
    let all: Vec<Group> = groups().into_iter().chain(visitor_groups()).collect();
    alias::check(&all, aliases)
}
