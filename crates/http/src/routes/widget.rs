//! `/v1/ai-agent/widget/{projectId}/{chatbotId}`: how an agent's widget looks and behaves, and its tabs.

mod change;
mod tabs;

use axum::Json as Body;
use axum::extract::State;
use robofy_kernel::ErrorCode;
use robofy_store::agents::{Agent, LlmKeyChange};
use utoipa_axum::routes;

use self::change::WidgetIn;
use super::Group;
use crate::auth::{Agents, InProject, Read, Write};
use crate::envelope::{Success, ok};
use crate::extract::Json;
use crate::widget::WidgetOut;
use crate::{ApiError, App};

pub(super) fn group() -> Group {
    let mut group = vec![routes!(get_widget, update_widget)];
    group.extend(tabs::group());
    group
}

/// Retrieve an agent's widget settings
///
/// The `widget` object of the handshake: what was set, and the defaults for the rest.
#[utoipa::path(
    get, path = "/v1/ai-agent/widget/{projectId}/{chatbotId}", tag = "Agent settings",
    security(("apiKey" = ["agents:read"]), ("session" = [])),
    params(
        ("projectId" = i64, Path, description = "The project's id.", minimum = 1, maximum = 9_007_199_254_740_991_i64),
        ("chatbotId" = String, Path, description = "The agent's id."),
    ),
    responses((status = 200, description = "The settings.", body = Success<WidgetOut>)),
)]
async fn get_widget(InProject { resource, .. }: InProject<Read<Agents>, Agent>) -> Body<Success<WidgetOut>> {
    ok(WidgetOut::from(&resource))
}

/// Update an agent's widget settings
///
/// Sections are merged field by field; a list is replaced as a whole; what is left out stays; `null` restores the
/// default, of a field or of a whole section. Pages see the change with their next handshake.
#[utoipa::path(
    put, path = "/v1/ai-agent/widget/{projectId}/{chatbotId}", tag = "Agent settings",
    security(("apiKey" = ["agents:write"]), ("session" = [], "csrf" = [])),
    params(
        ("projectId" = i64, Path, description = "The project's id.", minimum = 1, maximum = 9_007_199_254_740_991_i64),
        ("chatbotId" = String, Path, description = "The agent's id."),
    ),
    request_body = WidgetIn,
    responses((status = 200, description = "The settings as they are now.", body = Success<WidgetOut>)),
)]
async fn update_widget(
    State(app): State<App>,
    InProject { op, resource, .. }: InProject<Write<Agents>, Agent>,
    Json(change): Json<WidgetIn>,
) -> Result<Body<Success<WidgetOut>>, ApiError> {
    let change = change.checked(&op)?;
    let changed = app
        .store()
        .update_agent(&op, resource.project_id, &resource.chatbot_id, LlmKeyChange::Keep, move |agent| {
            change.apply(agent);
        })
        .await?;
    let agent = changed.ok_or_else(|| ApiError::not_found(ErrorCode::ChatbotNotFound))?;
    Ok(ok(WidgetOut::from(&agent)))
}
