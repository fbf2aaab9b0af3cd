//! What every request goes through: request id, log line, a stop to panics.

use std::any::Any;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue, Method};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use robofy_kernel::{ErrorCode, Stopwatch};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::cors::{self, CorsLayer};
use tracing::Instrument;

use crate::client::RequestId;
use crate::request_log::{Answered, Whose};
use crate::routes::OwnPath;
use crate::{ApiError, App};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Wraps the routes.
pub(crate) fn wrap(routes: Router<App>, app: App) -> Router {
    routes
        .method_not_allowed_fallback(method_not_allowed)
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn_with_state(app.clone(), identify))
        .with_state(app)
}

/// Lets pages of any origin call: the agent's own list of origins is enforced by the handlers. No cookies.
pub(crate) fn cors() -> CorsLayer {
    let named =
        |names: &[&'static str]| names.iter().map(|name| HeaderName::from_static(name)).collect::<Vec<_>>();
    CorsLayer::new()
        .allow_origin(cors::Any)
        .allow_methods([Method::GET, Method::POST, Method::PUT, Method::DELETE])
        .allow_headers(named(&[
            "authorization",
            "content-type",
            "x-robofy-resume",
            "last-event-id",
            "idempotency-key",
            "x-manage-token",
        ]))
        .expose_headers(named(&[
            "x-request-id",
            "retry-after",
            "ratelimit",
            "ratelimit-policy",
            "x-vercel-ai-ui-message-stream",
        ]))
        .max_age(Duration::from_secs(7_200))
}

/// Gives the request its id, and logs it by its route's template: ids of sessions, tokens and questions stand in
/// paths, and none of them may come into a log.
async fn identify(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let id: Arc<str> = app.ids().alphanumeric(16).into();
    request.extensions_mut().insert(RequestId(Arc::clone(&id)));
    let whose = Whose::default();
    request.extensions_mut().insert(whose.clone());
    let at = app.clock().now();
    let matched = request.extensions().get::<MatchedPath>().cloned();
    let method = request.method().clone();
    let span = tracing::info_span!("request", request_id = %id);
    let watch = Stopwatch::start();
    async move {
        let mut response = next.run(request).await;
        if let Ok(value) = HeaderValue::from_str(&id) {
            response.headers_mut().insert(REQUEST_ID, value);
        }
        // By an alias too it is the same operation.
        let own = response.extensions().get::<OwnPath>().map(|own| Arc::clone(&own.0));
        let route = own.as_deref().or(matched.as_ref().map(MatchedPath::as_str)).unwrap_or("(no route)");
        let micros = u64::try_from(watch.elapsed().as_micros()).unwrap_or(u64::MAX);
        if let Some(log) = app.request_log() {
            log.take_down(&Answered {
                whose,
                at,
                request_id: &id,
                method: &method,
                route,
                status: response.status(),
                error: response.extensions().get::<ErrorCode>().copied(),
                micros,
            });
        }
        tracing::info!(%method, route, status = response.status().as_u16(), micros, "answered");
        response
    }
    .instrument(span)
    .await
}

pub(crate) async fn method_not_allowed() -> ApiError {
    ApiError::new(
        ErrorCode::MethodNotAllowed,
        "This path does not take this method; the header `Allow` says which it takes.",
    )
}

/// What a panic says may repeat what a visitor wrote, so it is not logged; the program's hook logs its place.
fn panicked(_: Box<dyn Any + Send + 'static>) -> Response {
    ApiError::internal("a handler panicked").into_response()
}
