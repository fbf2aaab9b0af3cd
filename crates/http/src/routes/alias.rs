//! Second paths of operations, for clients that expect one elsewhere.

use std::convert::Infallible;
use std::future::ready;
use std::sync::Arc;

use axum::middleware::map_response;
use axum::response::Response;
use axum::{Extension, Router};
use utoipa::openapi::Paths;
use utoipa_axum::router::UtoipaMethodRouter;

use super::Group;
use crate::openapi::errors::operations;
use crate::{App, RouteAlias};

/// The path of the operation that an alias leads to.
#[derive(Clone, Debug)]
pub(crate) struct OwnPath(pub(crate) Arc<str>);

/// Why an alias cannot be served.
#[derive(Debug, thiserror::Error)]
pub enum RouteAliasError {
    /// No operation of the document has this id.
    #[error("there is no operation `{0}`; the ids are the `operationId`s of /openapi.json")]
    NoOperation(String),
    /// The path lacks a parameter that the operation needs, or has one that it does not know.
    #[error("`{path}` must have the parameters of the operation's own path `{own}`, by the same names")]
    Parameters {
        /// The alias.
        path: String,
        /// The operation's path.
        own: String,
    },
    /// The path cannot stand beside those that are there.
    #[error("`{path}` cannot be added: {why}")]
    Conflict {
        /// The alias.
        path: String,
        /// What the router says.
        why: String,
    },
}

/// Checks aliases against all operations, before anything is served.
pub(super) fn check(groups: &[Group], aliases: &[RouteAlias]) -> Result<(), RouteAliasError> {
    let mut taken = matchit::Router::new();
    let conflict = |path: &str, why: matchit::InsertError| RouteAliasError::Conflict {
        path: path.to_owned(),
        why: why.to_string(),
    };
    for path in groups.iter().flatten().flat_map(|(_, paths, _)| paths.paths.keys()) {
        // An operation's methods share one path; the second time it is there already.
        if let Err(error) = taken.insert(path.clone(), ()) {
            tracing::trace!(%error, "a path of several routes");
        }
    }
    let mut served: Vec<(&str, &str)> = Vec::new();
    for alias in aliases {
        let entry = groups.iter().flatten().find(|entry| has(entry, &alias.operation));
        let own = entry.and_then(|(_, paths, _)| paths.paths.keys().next());
        let own = own.ok_or_else(|| RouteAliasError::NoOperation(alias.operation.clone()))?;
        if parameters(own) != parameters(&alias.path) {
            return Err(RouteAliasError::Parameters { path: alias.path.clone(), own: own.clone() });
        }
        if !served.contains(&(own, &alias.path)) {
            taken.insert(alias.path.clone(), ()).map_err(|why| conflict(&alias.path, why))?;
            served.push((own, &alias.path));
        }
    }
    Ok(())
}

/// Adds the aliases of these groups' operations; they were checked when the program started.
pub(super) fn add(mut router: Router<App>, groups: &[Group], aliases: &[RouteAlias]) -> Router<App> {
    let mut served: Vec<(&str, &str)> = Vec::new();
    for alias in aliases {
        let Some((_, paths, methods)) = groups.iter().flatten().find(|entry| has(entry, &alias.operation))
        else {
            continue;
        };
        let own = paths.paths.keys().next().map_or("", String::as_str);
        if !served.contains(&(own, &alias.path)) {
            served.push((own, &alias.path));
            let own = OwnPath(own.into());
            // On the answer it tells the log.
            let told = {
                let own = own.clone();
                map_response(move |mut answer: Response| {
                    answer.extensions_mut().insert(own.clone());
                    ready(answer)
                })
            };
            #[expect(
                clippy::disallowed_methods,
                reason = "an alias is the operator's, not a part of the document"
            )]
            let with = Router::route(
                router,
                &alias.path,
                methods.clone().layer::<_, Infallible>(told).layer(Extension(own)),
            );
            router = with;
        }
    }
    router
}

fn has((_, paths, _): &UtoipaMethodRouter<App>, operation: &str) -> bool {
    let mut paths: Paths = paths.clone();
    paths
        .paths
        .values_mut()
        .any(|item| operations(item).any(|(_, op)| op.operation_id.as_deref() == Some(operation)))
}

/// The names between braces, sorted.
fn parameters(path: &str) -> Vec<&str> {
    let mut names: Vec<&str> = path.split('{').skip(1).filter_map(|rest| rest.split('}').next()).collect();
    names.sort_unstable();
    names
}
