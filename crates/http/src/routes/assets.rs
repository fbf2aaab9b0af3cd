//! `/v1/ai-agent/assets/{projectId}`: the sources of a project.

use axum::Json as Body;
use axum::extract::{FromRequest, Request, State};
use robofy_kernel::ErrorCode;
use robofy_knowledge::library::{Replaced, Source};
use robofy_store::assets::Asset;
use robofy_store::projects::Project;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use super::Group;
use super::content::{TEXT_BODY, UploadIn, file_source, library_error, text_source};
use crate::auth::{InProject, Knowledge, Read, Write};
use crate::envelope::{Success, ok};
use crate::extract::{List, NewJson, PageToken, Paging, Query, Upload, is_multipart};
use crate::lenient::Flag;
use crate::{ApiError, App};

pub(super) fn group() -> Group {
    vec![routes!(list_assets), routes!(get_asset, replace_asset, delete_asset), routes!(get_asset_text)]
}

/// A source of knowledge.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AssetOut {
    /// Its id.
    asset_id: i64,
    /// Its name as uploaded.
    file_name: String,
    /// What it is: `text`, `page`, `txt`, `md`, `html`, `csv`, `json`, `pdf`, `docx`, `xlsx`, `pptx`, `doc`, `xls`,
    /// `ppt`, `rtf`.
    kind: String,
    /// The title found in it.
    title: Option<String>,
    /// Where it was found on the web.
    source_url: Option<String>,
    /// What the uploader said of it.
    metadata: Option<serde_json::Value>,
    /// `active`: agents that it is linked to find it.
    status: &'static str,
    /// Its present version.
    version: i64,
    /// Its size as it came.
    size_bytes: i64,
    /// The size of its stored text.
    text_bytes: i64,
    /// When it was made, RFC 3339.
    #[schema(format = DateTime)]
    created_at: String,
    /// When it was last replaced, RFC 3339.
    #[schema(format = DateTime)]
    updated_at: String,
}

impl From<Asset> for AssetOut {
    fn from(asset: Asset) -> Self {
        Self {
            asset_id: asset.asset_id.0,
            file_name: asset.file_name,
            kind: asset.kind,
            title: asset.title,
            source_url: asset.source_url,
            metadata: asset.metadata.map(|metadata| metadata.0),
            status: "active",
            version: asset.version,
            size_bytes: asset.size_bytes,
            text_bytes: asset.text_bytes,
            created_at: asset.created_at.rfc3339(),
            updated_at: asset.updated_at.rfc3339(),
        }
    }
}

/// A page of assets.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AssetsOut {
    /// The assets, the oldest first.
    assets: Vec<AssetOut>,
    /// For the next page; `null` on the last.
    #[schema(value_type = Option<String>)]
    next_page_token: Option<PageToken>,
}

/// The stored text of a version.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AssetTextOut {
    /// The asset.
    asset_id: i64,
    /// The version.
    version: i64,
    /// The text; citations point into its UTF-8 bytes.
    text: String,
}

/// What was deleted.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AssetDeletedOut {
    /// Its id.
    asset_id: i64,
}

/// Which version.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct VersionQuery {
    /// The version; none = the present one.
    #[param(minimum = 1)]
    version: Option<i64>,
}

/// A text in the place of what an asset holds.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AssetTextIn {
    /// The text, at most 10 MB.
    #[schema(min_length = 1)]
    content: String,
    /// Its name; without, the name stays.
    #[schema(max_length = 255)]
    file_name: Option<String>,
    /// Whether it is the content of a web page, which may be HTML.
    is_webpage: Option<Flag>,
}

/// List assets
///
/// The project's sources, the oldest first, linked or not.
#[utoipa::path(
    get, path = "/v1/ai-agent/assets/{projectId}", tag = "Content",
    security(("apiKey" = ["knowledge:read"]), ("session" = [])),
    params(("projectId" = i64, Path, description = "The project's id.", minimum = 1, maximum = 9_007_199_254_740_991_i64), Paging),
    responses((status = 200, description = "A page of assets.", body = Success<AssetsOut>)),
)]
async fn list_assets(
    State(app): State<App>,
    InProject { op, resource, .. }: InProject<Read<Knowledge>, Project>,
    list: List,
) -> Result<Body<Success<AssetsOut>>, ApiError> {
    let cursor = list.cursor(&op)?;
    let page = app.store().list_assets(op.account, resource.project_id, &cursor.request).await?;
    let assets = page.items.into_iter().map(AssetOut::from).collect();
    Ok(ok(AssetsOut { assets, next_page_token: cursor.token(page.next)? }))
}

/// Retrieve an asset
///
/// What is stored of one text, file or page, and how far its reading has come.
#[utoipa::path(
    get, path = "/v1/ai-agent/assets/{projectId}/{assetId}", tag = "Content",
    security(("apiKey" = ["knowledge:read"]), ("session" = [])),
    params(
        ("projectId" = i64, Path, description = "The project's id.", minimum = 1, maximum = 9_007_199_254_740_991_i64),
        ("assetId" = i64, Path, description = "The asset's id.", minimum = 1, maximum = 9_007_199_254_740_991_i64),
    ),
    responses((status = 200, description = "The asset.", body = Success<AssetOut>)),
)]
async fn get_asset(InProject { resource, .. }: InProject<Read<Knowledge>, Asset>) -> Body<Success<AssetOut>> {
    ok(AssetOut::from(resource))
}

/// Read an asset's text
///
/// The text as it was stored, in the present or an older version.
#[utoipa::path(
    get, path = "/v1/ai-agent/assets/{projectId}/{assetId}/text", tag = "Content",
    security(("apiKey" = ["knowledge:read"]), ("session" = [])),
    params(
        ("projectId" = i64, Path, description = "The project's id.", minimum = 1, maximum = 9_007_199_254_740_991_i64),
        ("assetId" = i64, Path, description = "The asset's id.", minimum = 1, maximum = 9_007_199_254_740_991_i64),
        VersionQuery,
    ),
    responses((status = 200, description = "The text.", body = Success<AssetTextOut>)),
)]
async fn get_asset_text(
    State(app): State<App>,
    InProject { op, resource, .. }: InProject<Read<Knowledge>, Asset>,
    Query(query): Query<VersionQuery>,
) -> Result<Body<Success<AssetTextOut>>, ApiError> {
    if query.version.is_some_and(|version| version < 1) {
        return Err(ApiError::field("version", "out_of_range", "must be at least 1"));
    }
    let read = app
        .library()
        .read_text(&op, resource.project_id, resource.asset_id, query.version)
        .await
        .map_err(|error| library_error("version", error))?;
    let (version, text) = read
        .ok_or_else(|| ApiError::new(ErrorCode::AssetNotFound, "There is no such version of this asset."))?;
    Ok(ok(AssetTextOut { asset_id: resource.asset_id.0, version, text }))
}

/// Replace an asset's content
///
/// A new version, which the agents that it is linked to find once this answers; citations of older versions still
/// open. The same content again is no new version. Send a text as JSON, or a file as `multipart/form-data`.
#[utoipa::path(
    put, path = "/v1/ai-agent/assets/{projectId}/{assetId}", tag = "Content",
    security(("apiKey" = ["knowledge:write"]), ("session" = [], "csrf" = [])),
    params(
        ("projectId" = i64, Path, description = "The project's id.", minimum = 1, maximum = 9_007_199_254_740_991_i64),
        ("assetId" = i64, Path, description = "The asset's id.", minimum = 1, maximum = 9_007_199_254_740_991_i64),
    ),
    request_body(content((AssetTextIn = "application/json"), (UploadIn = "multipart/form-data"))),
    responses((status = 200, description = "The asset as it is now.", body = Success<AssetOut>)),
)]
async fn replace_asset(
    State(app): State<App>,
    InProject { op, resource, .. }: InProject<Write<Knowledge>, Asset>,
    request: Request,
) -> Result<Body<Success<AssetOut>>, ApiError> {
    let source = read_source(&app, &op, &resource, request).await?;
    let field = if matches!(source, Source::File(_)) { "file" } else { "content" };
    let replaced = app
        .library()
        .replace(&op, resource.project_id, resource.asset_id, source)
        .await
        .map_err(|error| library_error(field, error))?;
    let missing = || ApiError::not_found(ErrorCode::AssetNotFound);
    if replaced == Replaced::Gone {
        return Err(missing());
    }
    let asset = app.store().find_asset(op.account, resource.project_id, resource.asset_id).await?;
    Ok(ok(AssetOut::from(asset.ok_or_else(missing)?)))
}

/// The new content: a file or a text.
async fn read_source(
    app: &App,
    op: &robofy_kernel::Op,
    asset: &Asset,
    request: Request,
) -> Result<Source, ApiError> {
    if is_multipart(request.headers()) {
        return file_source(&Upload::from_request(request, app).await?);
    }
    let new: NewJson<AssetTextIn, TEXT_BODY> = NewJson::from_request(request, app).await?;
    let (_, new) = new.claim(app, op.clone());
    let file_name = new.file_name.unwrap_or_else(|| asset.file_name.clone());
    text_source(new.content, Some(file_name), new.is_webpage.is_some_and(Flag::is_set), None)
}

/// Delete an asset
///
/// With all its versions. The agents that it is linked to forget it at once; citations keep their quotes.
#[utoipa::path(
    delete, path = "/v1/ai-agent/assets/{projectId}/{assetId}", tag = "Content",
    security(("apiKey" = ["knowledge:write"]), ("session" = [], "csrf" = [])),
    params(
        ("projectId" = i64, Path, description = "The project's id.", minimum = 1, maximum = 9_007_199_254_740_991_i64),
        ("assetId" = i64, Path, description = "The asset's id.", minimum = 1, maximum = 9_007_199_254_740_991_i64),
    ),
    responses((status = 200, description = "The asset is gone.", body = Success<AssetDeletedOut>)),
)]
async fn delete_asset(
    State(app): State<App>,
    InProject { op, resource, .. }: InProject<Write<Knowledge>, Asset>,
) -> Result<Body<Success<AssetDeletedOut>>, ApiError> {
    if !app.store().delete_asset(&op, resource.project_id, resource.asset_id).await? {
        return Err(ApiError::not_found(ErrorCode::AssetNotFound));
    }
    Ok(ok(AssetDeletedOut { asset_id: resource.asset_id.0 }))
}
