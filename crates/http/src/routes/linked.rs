//! `/v1/ai-agent/chatbot_asset_link`: which assets an agent knows.

use axum::Json as Body;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use robofy_kernel::{AssetId, ErrorCode, LinkageId};
use robofy_store::agents::Agent;
use robofy_store::links::{LinkName, LinkedAsset};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use super::Group;
use super::content::library_error;
use crate::auth::{Auth, InProject, Knowledge, Read, Write, find_agent, find_project};
use crate::envelope::{Success, created, ok, stored};
use crate::extract::{Json, List, NewJson, PageToken, Paging, Query};
use crate::lenient::NumberOrText;
use crate::{ApiError, App};

pub(super) fn group() -> Group {
    vec![routes!(link_asset), routes!(delink_asset), routes!(list_linked_assets)]
}

/// An asset and the agent that is to know it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LinkIn {
    /// The project.
    project_id: NumberOrText,
    /// The agent.
    chatbot_id: String,
    /// The asset.
    asset_id: NumberOrText,
}

/// A link.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LinkOut {
    /// The link's id.
    linkage_id: i64,
    /// The agent.
    chatbot_id: String,
    /// The asset.
    asset_id: i64,
    /// `active`: the agent finds it.
    status: &'static str,
}

/// Which link to remove: its id, or agent and asset.
#[derive(Debug, Default, Deserialize, IntoParams, ToSchema)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct DelinkIn {
    /// The link's id.
    #[serde(alias = "linkageId")]
    #[param(value_type = Option<String>)]
    linkage_id: Option<NumberOrText>,
    /// The agent, with `asset_id`.
    #[serde(alias = "chatbotId")]
    chatbot_id: Option<String>,
    /// The asset, with `chatbot_id`.
    #[serde(alias = "assetId")]
    #[param(value_type = Option<String>)]
    asset_id: Option<NumberOrText>,
    /// The project; not needed, but when it is there it must be the account's.
    #[serde(alias = "projectId")]
    #[param(value_type = Option<String>)]
    project_id: Option<NumberOrText>,
}

/// What was removed.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DelinkOut {
    /// The agent.
    chatbot_id: String,
    /// The asset, which stays in the project.
    asset_id: i64,
}

/// A linked asset.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LinkedAssetOut {
    /// The link's id.
    linkage_id: i64,
    /// The asset.
    asset_id: i64,
    /// Its name as uploaded.
    file_name: String,
    /// What it is: `text`, `page`, `txt`, `md`, `html`, `csv`, `json`.
    kind: String,
    /// `processing`, `active` or `failed`.
    status: &'static str,
    /// Its size as it came.
    size_bytes: i64,
    /// Passages in the index.
    chunk_count: i64,
    /// Passages with a vector.
    embedded_count: i64,
    /// Where it was found on the web.
    source_url: Option<String>,
    /// Why it failed.
    error: Option<String>,
    /// When it was linked, `YYYY-MM-DD HH:MM:SS` in UTC.
    #[schema(examples("2026-01-31 08:05:00"))]
    created_at: String,
    /// When it was last changed, `YYYY-MM-DD HH:MM:SS` in UTC.
    #[schema(examples("2026-01-31 08:05:00"))]
    updated_at: String,
}

impl From<LinkedAsset> for LinkedAssetOut {
    fn from(link: LinkedAsset) -> Self {
        Self {
            linkage_id: link.linkage_id.0,
            asset_id: link.asset_id.0,
            file_name: link.file_name,
            kind: link.kind,
            status: "active",
            size_bytes: link.size_bytes,
            chunk_count: link.chunk_count,
            embedded_count: 0,
            source_url: link.source_url,
            error: None,
            created_at: link.created_at.documented(),
            updated_at: link.updated_at.documented(),
        }
    }
}

/// A page of linked assets.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LinkedAssetsOut {
    /// The assets, the oldest link first.
    assets: Vec<LinkedAssetOut>,
    /// For the next page; `null` on the last.
    #[schema(value_type = Option<String>)]
    next_page_token: Option<PageToken>,
}

/// List an agent's assets
///
/// What the agent knows, with the state of each text, file and page.
#[utoipa::path(
    get, path = "/v1/ai-agent/chatbot_asset_link/{projectId}/{chatbotId}", tag = "Content",
    security(("apiKey" = ["knowledge:read"]), ("session" = [])),
    params(
        ("projectId" = i64, Path, description = "The project's id.", minimum = 1, maximum = 9_007_199_254_740_991_i64),
        ("chatbotId" = String, Path, description = "The agent's id."),
        Paging,
    ),
    responses((status = 200, description = "A page of linked assets.", body = Success<LinkedAssetsOut>)),
)]
async fn list_linked_assets(
    State(app): State<App>,
    InProject { op, resource, .. }: InProject<Read<Knowledge>, Agent>,
    list: List,
) -> Result<Body<Success<LinkedAssetsOut>>, ApiError> {
    let cursor = list.cursor(&op)?;
    let page = app.store().list_linked_assets(op.account, &resource.chatbot_id, &cursor.request).await?;
    let assets = page.items.into_iter().map(LinkedAssetOut::from).collect();
    Ok(ok(LinkedAssetsOut { assets, next_page_token: cursor.token(page.next)? }))
}

/// Link an asset to an agent
///
/// Once this answers, the agent finds it. Linking again gives the same link.
#[utoipa::path(
    post, path = "/v1/ai-agent/chatbot_asset_link", tag = "Content",
    security(("apiKey" = ["knowledge:write"]), ("session" = [], "csrf" = [])),
    request_body = LinkIn,
    responses((status = 201, description = "The agent knows the asset.", body = Success<LinkOut>)),
)]
async fn link_asset(
    State(app): State<App>,
    Auth { op, .. }: Auth<Write<Knowledge>>,
    new: NewJson<LinkIn>,
) -> Result<Response, ApiError> {
    let (op, new) = new.claim(&app, op);
    let project = find_project(&op, &app, &new.project_id.to_text()).await?;
    let agent = find_agent(&op, &app, project.project_id, &new.chatbot_id).await?;
    let missing = || ApiError::not_found(ErrorCode::AssetNotFound);
    let asset: AssetId = new.asset_id.to_text().parse().map_err(|_| missing())?;
    let chatbot = agent.chatbot_id.to_string();
    let answer = move |linkage: &LinkageId| {
        Success::of(LinkOut {
            linkage_id: linkage.0,
            chatbot_id: chatbot.clone(),
            asset_id: asset.0,
            status: "active",
        })
    };
    let kept = answer.clone();
    let once = app
        .library()
        .link(&op, &agent, asset, move |linkage| stored(StatusCode::CREATED, &kept(linkage)))
        .await
        .map_err(|error| library_error("asset_id", error))?
        .ok_or_else(missing)?;
    created(once, StatusCode::CREATED, |linkage| answer(&linkage))
}

/// Remove an asset from an agent
///
/// The link is named by `linkage_id`, or by `chatbot_id` and `asset_id`, in the query or in a JSON body. The agent
/// forgets the asset at once; the asset stays in the project.
#[utoipa::path(
    delete, path = "/v1/ai-agent/chatbot_asset_delink", tag = "Content",
    security(("apiKey" = ["knowledge:write"]), ("session" = [], "csrf" = [])),
    params(DelinkIn),
    request_body = Option<DelinkIn>,
    responses((status = 200, description = "The agent has forgotten the asset.", body = Success<DelinkOut>)),
)]
async fn delink_asset(
    State(app): State<App>,
    Auth { op, .. }: Auth<Write<Knowledge>>,
    Query(query): Query<DelinkIn>,
    body: Option<Json<DelinkIn>>,
) -> Result<Body<Success<DelinkOut>>, ApiError> {
    let body = body.map(|Json(body)| body).unwrap_or_default();
    if let Some(project) = query.project_id.or(body.project_id) {
        find_project(&op, &app, &project.to_text()).await?;
    }
    let linkage = query.linkage_id.or(body.linkage_id);
    let pair = query.chatbot_id.or(body.chatbot_id).zip(query.asset_id.or(body.asset_id));
    let missing = || ApiError::not_found(ErrorCode::LinkageNotFound);
    let name = match (linkage, pair) {
        (Some(linkage), _) => LinkName::Linkage(linkage.to_text().parse().map_err(|_| missing())?),
        (None, Some((chatbot, asset))) => {
            let unknown = || ApiError::not_found(ErrorCode::ChatbotNotFound);
            let chatbot = chatbot.parse().map_err(|_| unknown())?;
            let agent = app.store().find_agent(op.account, &chatbot).await?.ok_or_else(unknown)?;
            LinkName::Pair(agent.chatbot_id, asset.to_text().parse().map_err(|_| missing())?)
        }
        (None, None) => {
            return Err(ApiError::field(
                "linkage_id",
                "required",
                "name the link by `linkage_id`, or by `chatbot_id` and `asset_id`",
            ));
        }
    };
    let (chatbot, asset) = app.store().delink_asset(&op, name).await?.ok_or_else(missing)?;
    Ok(ok(DelinkOut { chatbot_id: chatbot.to_string(), asset_id: asset.0 }))
}
