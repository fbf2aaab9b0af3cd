//! `link_content` and `upload_file`: teaching an agent a text or a file.

use axum::Json as Body;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use robofy_kernel::ErrorCode;
use robofy_knowledge::extract::{ExtractError, MAX_FILE_BYTES, Refusal};
use robofy_knowledge::library::{FileSource, LibraryError, Source, Taught, TextSource};
use robofy_store::Once;
use robofy_store::projects::Project;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::Group;
use crate::auth::{InProject, Knowledge, Write, find_agent};
use crate::check::Checks;
use crate::envelope::{Success, created, replayed, stored};
use crate::extract::{ENVELOPE, NewJson, Upload};
use crate::lenient::Flag;
use crate::{ApiError, App};

pub(super) fn group() -> Group {
    vec![routes!(link_content), routes!(upload_file)]
}

/// The most characters of a file's name.
pub(super) const FILE_NAME: usize = 255;
/// The most bytes of what an uploader says of a file.
const METADATA: usize = 16 * 1024;
/// A body with a text of the largest size, and what stands around it.
pub(super) const TEXT_BODY: usize = MAX_FILE_BYTES + ENVELOPE;

/// A text for an agent.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct TextIn {
    /// The agent.
    chatbot_id: String,
    /// The text, at most 10 MB. Markdown's headings, lists and tables are understood.
    #[schema(min_length = 1)]
    content: String,
    /// A name to know it by.
    #[schema(max_length = 255)]
    file_name: Option<String>,
    /// Whether it is the content of a web page, which may be HTML. With an address as `file_name`, that is its source.
    is_webpage: Option<Flag>,
    /// Where it comes from, in a word or two.
    #[schema(max_length = 200)]
    source_platform: Option<String>,
}

/// What became of a text. Without an envelope, as the public API answers here.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct TextOut {
    /// The link's id.
    linkage_id: i64,
    /// `document/` and the name.
    #[schema(examples("document/opening-hours"))]
    llm_source: String,
    /// The agent.
    chatbot_id: String,
    /// The asset.
    asset_id: i64,
    /// `active`: the agent finds it.
    status: &'static str,
}

/// A file.
#[derive(ToSchema)]
#[expect(dead_code, reason = "for the document only; it is read part by part")]
pub(crate) struct UploadIn {
    /// The file, at most 10 MB: PDF, DOCX, XLSX, PPTX, DOC, XLS, PPT, RTF, TXT, MD, Markdown, HTML, CSV or JSON. Its
    /// content decides what it is, and its name where that leaves it open.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
    /// The agent that is to know it; without, the file is kept in the project and can be linked later.
    chatbot_id: Option<String>,
    /// What you want to keep with it: JSON or any text, at most 16 KiB.
    metadata: Option<String>,
}

/// What became of a file.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub(crate) enum UploadOut {
    /// It is linked to an agent.
    Linked {
        /// The link's id.
        linkage_id: i64,
        /// The agent.
        chatbot_id: String,
        /// The asset.
        asset_id: i64,
        /// `Processing`, as the public API says; it is found already.
        status: &'static str,
    },
    /// It is kept in the project.
    Kept {
        /// `Uploaded`.
        status: &'static str,
        /// Where the asset is.
        asset_url: String,
    },
}

/// What a failure of the library is to a client. `field` is where the source came in.
pub(super) fn library_error(field: &str, error: LibraryError) -> ApiError {
    match error {
        LibraryError::Extract(error) => extract_error(field, error),
        LibraryError::Store(error) => error.into(),
        LibraryError::Contended => {
            ApiError::new(ErrorCode::Conflict, "Others keep changing this asset at the same time. Try again.")
        }
        error @ (LibraryError::Segment(_) | LibraryError::Stopped) => ApiError::internal(error),
    }
}

fn extract_error(field: &str, error: ExtractError) -> ApiError {
    match error.refusal() {
        Refusal::TooLarge => ApiError::new(ErrorCode::PayloadTooLarge, error.to_string()),
        Refusal::Unsupported => ApiError::new(ErrorCode::UnsupportedMediaType, error.to_string()),
        Refusal::Invalid => ApiError::field(field, "invalid", error.to_string()),
        Refusal::Ours => ApiError::new(
            ErrorCode::ServiceUnavailable,
            "The server cannot read files now. Try again soon; if it lasts, tell the operator.",
        )
        .caused_by(error),
    }
}

/// Checks a text and makes a source of it.
pub(super) fn text_source(
    content: String,
    file_name: Option<String>,
    is_webpage: bool,
    source_platform: Option<&str>,
) -> Result<Source, ApiError> {
    if content.len() > MAX_FILE_BYTES {
        return Err(ApiError::new(ErrorCode::PayloadTooLarge, "`content` is larger than 10 MB."));
    }
    let file_name = file_name.filter(|name| !name.trim().is_empty()).unwrap_or_else(|| "untitled".to_owned());
    let mut checks = Checks::default();
    if content.trim().is_empty() {
        checks.wrong("content", "required", "must not be empty");
    }
    checks.name("file_name", Some(&file_name), FILE_NAME);
    checks.short("source_platform", source_platform, 200);
    checks.done()?;
    let source_url = file_name.get(..8).is_some_and(|start| {
        let start = start.to_ascii_lowercase();
        start.starts_with("http://") || start.starts_with("https://")
    });
    Ok(Source::Text(TextSource {
        source_url: source_url.then(|| file_name.clone()),
        content,
        file_name,
        is_webpage,
        metadata: source_platform.map(|platform| json!({ "source_platform": platform })),
    }))
}

/// Checks an upload and makes a source of it.
pub(super) fn file_source(upload: &Upload) -> Result<Source, ApiError> {
    let name = if upload.file.name.trim().is_empty() { "untitled" } else { &upload.file.name };
    let metadata = upload.text("metadata");
    let mut checks = Checks::default();
    checks.name("file", Some(name), FILE_NAME);
    if metadata.is_some_and(|text| text.len() > METADATA) {
        checks.wrong("metadata", "too_long", format!("must be at most {METADATA} bytes"));
    }
    checks.done()?;
    let metadata = metadata.map(|text| {
        let value = serde_json::from_str(text).ok().filter(|value| !holds_nul(value));
        value.unwrap_or_else(|| Value::String(text.to_owned()))
    });
    Ok(Source::File(FileSource { file_name: name.to_owned(), bytes: upload.file.bytes.to_vec(), metadata }))
}

/// JSON may write U+0000 as an escape, and PostgreSQL cannot store it.
fn holds_nul(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::Array(items) => items.iter().any(holds_nul),
        Value::Object(fields) => fields.iter().any(|(name, value)| name.contains('\0') || holds_nul(value)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

/// Teach an agent a text
///
/// Once this answers, the agent finds it.
#[utoipa::path(
    post, path = "/v1/ai-agent/link_content/{projectId}", tag = "Content",
    security(("apiKey" = ["knowledge:write"]), ("session" = [], "csrf" = [])),
    params(("projectId" = i64, Path, description = "The project's id.", minimum = 1, maximum = 9_007_199_254_740_991_i64)),
    request_body = TextIn,
    responses((status = 201, description = "The agent knows the text.", body = TextOut)),
)]
async fn link_content(
    State(app): State<App>,
    InProject { op, resource, .. }: InProject<Write<Knowledge>, Project>,
    new: NewJson<TextIn, TEXT_BODY>,
) -> Result<Response, ApiError> {
    let (op, new) = new.claim(&app, op);
    let agent = find_agent(&op, &app, resource.project_id, &new.chatbot_id).await?;
    let is_webpage = new.is_webpage.is_some_and(Flag::is_set);
    let source = text_source(new.content, new.file_name, is_webpage, new.source_platform.as_deref())?;
    let name = match &source {
        Source::Text(text) => text.file_name.clone(),
        Source::File(file) => file.file_name.clone(),
    };
    let chatbot_id = agent.chatbot_id.to_string();
    let answer = move |taught: &Taught| TextOut {
        linkage_id: taught.linkage_id.map_or(0, |id| id.0),
        llm_source: format!("document/{name}"),
        chatbot_id: chatbot_id.clone(),
        asset_id: taught.asset_id.0,
        status: "active",
    };
    let kept = answer.clone();
    let once = app
        .library()
        .teach(&op, resource.project_id, Some(&agent), source, move |taught| {
            stored(StatusCode::CREATED, &kept(taught))
        })
        .await
        .map_err(|error| library_error("content", error))?;
    match once {
        Once::Fresh(taught) => Ok((StatusCode::CREATED, Body(answer(&taught))).into_response()),
        Once::Replayed(status, body) => replayed(status, body),
    }
}

/// Upload a file
///
/// With `chatbot_id`, the agent finds it once this answers.
#[utoipa::path(
    post, path = "/v1/ai-agent/upload_file/{projectId}", tag = "Content",
    security(("apiKey" = ["knowledge:write"]), ("session" = [], "csrf" = [])),
    params(("projectId" = i64, Path, description = "The project's id.", minimum = 1, maximum = 9_007_199_254_740_991_i64)),
    request_body(content = UploadIn, content_type = "multipart/form-data"),
    responses((status = 201, description = "The file was taken in.", body = Success<UploadOut>)),
)]
async fn upload_file(
    State(app): State<App>,
    InProject { op, resource, .. }: InProject<Write<Knowledge>, Project>,
    mut upload: Upload,
) -> Result<Response, ApiError> {
    let op = upload.claim(&app, op);
    let agent = match upload.text("chatbot_id") {
        Some(id) => Some(find_agent(&op, &app, resource.project_id, id).await?),
        None => None,
    };
    let source = file_source(&upload)?;
    drop(upload);
    let chatbot = agent.as_ref().map(|agent| agent.chatbot_id.to_string());
    let project = resource.project_id;
    let answer = move |taught: &Taught| {
        Success::of(match chatbot.clone().zip(taught.linkage_id) {
            Some((chatbot_id, linkage)) => UploadOut::Linked {
                linkage_id: linkage.0,
                chatbot_id,
                asset_id: taught.asset_id.0,
                status: "Processing",
            },
            None => UploadOut::Kept {
                status: "Uploaded",
                asset_url: format!("/v1/ai-agent/assets/{project}/{}", taught.asset_id),
            },
        })
    };
    let kept = answer.clone();
    let once = app
        .library()
        .teach(&op, project, agent.as_ref(), source, move |taught| stored(StatusCode::CREATED, &kept(taught)))
        .await
        .map_err(|error| library_error("file", error))?;
    created(once, StatusCode::CREATED, |taught| answer(&taught))
}
