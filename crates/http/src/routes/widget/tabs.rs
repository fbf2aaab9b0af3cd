//! `/v1/ai-agent/widget/integration/{projectId}/{chatbotId}`: the tabs of a widget beside the conversation.

use axum::Json as Body;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use robofy_kernel::{ErrorCode, Op, TabId};
use robofy_store::agents::{Agent, TabKind, WidgetTab};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use crate::auth::{Agents, InProject, Read, Write};
use crate::check::{Checks, is_page_address};
use crate::envelope::{Success, created, ok, stored};
use crate::extract::{Json, NewJson, Query};
use crate::routes::Group;
use crate::widget::TabOut;
use crate::{ApiError, App};

pub(super) fn group() -> Group {
    vec![routes!(list_tabs, create_tab, delete_tab)]
}

/// The most characters of a label.
const LABEL: usize = 100;
/// The largest place.
const LAST: i64 = 1_000_000;
/// What is said of an address that is none.
pub(super) const ADDRESS: &str =
    "must be an https address of at most 2048 bytes (http for localhost only), without a user name";

/// A new tab.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TabIn {
    /// `agent`: the conversation; `link`: a page in a window of its own; `embed`: a page inside of the widget.
    #[schema(value_type = String, pattern = "^(agent|link|embed)$", examples("link"))]
    kind: TabKind,
    /// What it is called.
    #[schema(min_length = 1, max_length = 100, examples("Opening hours"))]
    label: String,
    /// The page that it opens: https, or http for localhost. `link` and `embed` need one, `agent` has none.
    #[schema(max_length = 2048, examples("https://example.com/hours"))]
    url: Option<String>,
    /// Its place, the smallest first; left out, behind the others.
    #[schema(minimum = 0, maximum = 1_000_000)]
    sort_order: Option<i64>,
}

/// A tab among all of them.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WholeTabIn {
    /// The id that it has already; left out, it gets a new one.
    #[schema(format = Uuid)]
    id: Option<String>,
    /// `agent`: the conversation; `link`: a page in a window of its own; `embed`: a page inside of the widget.
    #[schema(value_type = String, pattern = "^(agent|link|embed)$", examples("link"))]
    kind: TabKind,
    /// What it is called.
    #[schema(min_length = 1, max_length = 100)]
    label: String,
    /// The page that it opens: https, or http for localhost. `link` and `embed` need one, `agent` has none.
    #[schema(max_length = 2048)]
    url: Option<String>,
    /// Its place, the smallest first; left out, its place in the list.
    #[schema(minimum = 0, maximum = 1_000_000)]
    sort_order: Option<i64>,
}

/// The tabs of a widget.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TabsOut {
    /// The tabs in order, at most 20.
    tabs: Vec<TabOut>,
}

/// Which tab to remove.
#[derive(Debug, Default, Deserialize, IntoParams, ToSchema)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct TabNameIn {
    /// Its id.
    #[schema(format = Uuid)]
    #[param(format = Uuid)]
    id: Option<String>,
}

/// What was removed.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TabDeletedOut {
    /// Its id.
    #[schema(format = Uuid)]
    id: String,
}

/// Checks what a tab says of itself; `at` stands before its fields' names.
fn check(
    checks: &mut Checks,
    at: &str,
    kind: TabKind,
    label: &str,
    url: Option<&str>,
    sort_order: Option<i64>,
) {
    checks.name(&format!("{at}label"), Some(label), LABEL);
    checks.within(&format!("{at}sort_order"), sort_order, 0, LAST);
    let field = format!("{at}url");
    match (kind, url) {
        (TabKind::Agent, None) => {}
        (TabKind::Agent, Some(_)) => {
            checks.wrong(&field, "invalid", "must be left out: the tab is the conversation")
        }
        (TabKind::Link | TabKind::Embed, None) => {
            checks.wrong(&field, "required", "is required for a tab that opens a page")
        }
        (TabKind::Link | TabKind::Embed, Some(url)) if is_page_address(url) => {}
        (TabKind::Link | TabKind::Embed, Some(_)) => checks.wrong(&field, "invalid", ADDRESS),
    }
}

/// All tabs of a widget, in order; new ones get their ids.
pub(super) fn read_all(tabs: Vec<WholeTabIn>, op: &Op, checks: &mut Checks) -> Vec<WidgetTab> {
    checks.few("tabs", Some(tabs.as_slice()), WidgetTab::MOST);
    let mut read: Vec<WidgetTab> = Vec::new();
    for (at, tab) in tabs.into_iter().enumerate().take(WidgetTab::MOST) {
        let name = format!("tabs.{at}.");
        check(checks, &name, tab.kind, &tab.label, tab.url.as_deref(), tab.sort_order);
        let id = match tab.id.as_deref().map(str::parse::<TabId>) {
            None => TabId(op.uuid()),
            Some(Ok(id)) if read.iter().all(|other| other.id != id) => id,
            Some(Ok(id)) => {
                checks.wrong(&format!("{name}id"), "invalid", "is the id of another tab in this list");
                id
            }
            Some(Err(_)) => {
                checks.wrong(&format!("{name}id"), "invalid", "must be the id of a tab, or left out");
                TabId(op.uuid())
            }
        };
        let sort_order = tab.sort_order.or_else(|| i64::try_from(at).ok()).unwrap_or(0);
        read.push(WidgetTab { id, kind: tab.kind, label: tab.label, url: tab.url, sort_order });
    }
    read.sort_by_key(|tab| tab.sort_order);
    read
}

/// List the tabs of an agent's widget
///
/// In order; at most 20, so there are no further pages.
#[utoipa::path(
    get, path = "/v1/ai-agent/widget/integration/{projectId}/{chatbotId}", tag = "Agent settings",
    security(("apiKey" = ["agents:read"]), ("session" = [])),
    params(
        ("projectId" = i64, Path, description = "The project's id.", minimum = 1, maximum = 9_007_199_254_740_991_i64),
        ("chatbotId" = String, Path, description = "The agent's id."),
    ),
    responses((status = 200, description = "The tabs.", body = Success<TabsOut>)),
)]
async fn list_tabs(InProject { resource, .. }: InProject<Read<Agents>, Agent>) -> Body<Success<TabsOut>> {
    ok(TabsOut { tabs: resource.widget_tabs.iter().map(TabOut::from).collect() })
}

/// Add a tab to an agent's widget
///
/// At most 20. Their order and the rest of them can be changed with the widget's settings.
#[utoipa::path(
    post, path = "/v1/ai-agent/widget/integration/{projectId}/{chatbotId}", tag = "Agent settings",
    security(("apiKey" = ["agents:write"]), ("session" = [], "csrf" = [])),
    params(
        ("projectId" = i64, Path, description = "The project's id.", minimum = 1, maximum = 9_007_199_254_740_991_i64),
        ("chatbotId" = String, Path, description = "The agent's id."),
    ),
    request_body = TabIn,
    responses((status = 201, description = "The tab was added.", body = Success<TabOut>)),
)]
async fn create_tab(
    State(app): State<App>,
    InProject { op, resource, .. }: InProject<Write<Agents>, Agent>,
    new: NewJson<TabIn>,
) -> Result<Response, ApiError> {
    let (op, new) = new.claim(&app, op);
    let mut checks = Checks::default();
    check(&mut checks, "", new.kind, &new.label, new.url.as_deref(), new.sort_order);
    checks.done()?;
    let tab =
        WidgetTab { id: TabId(op.uuid()), kind: new.kind, label: new.label, url: new.url, sort_order: 0 };
    let answer = |tab: &WidgetTab| Success::of(TabOut::from(tab));
    let (project, chatbot) = (resource.project_id, &resource.chatbot_id);
    let kept = move |tab: &WidgetTab| stored(StatusCode::CREATED, &answer(tab));
    let added = app.store().add_widget_tab(&op, project, chatbot, tab, new.sort_order, kept).await;
    let once = added.map_err(|error| {
        if error.is_conflict() {
            return ApiError::new(ErrorCode::Conflict, "The widget has 20 tabs already. Delete one first.");
        }
        error.into()
    })?;
    created(once, StatusCode::CREATED, |tab| answer(&tab))
}

/// Delete a tab of an agent's widget
///
/// The tab is named by `id`, in the query or in a JSON body.
#[utoipa::path(
    delete, path = "/v1/ai-agent/widget/integration/{projectId}/{chatbotId}", tag = "Agent settings",
    security(("apiKey" = ["agents:write"]), ("session" = [], "csrf" = [])),
    params(
        ("projectId" = i64, Path, description = "The project's id.", minimum = 1, maximum = 9_007_199_254_740_991_i64),
        ("chatbotId" = String, Path, description = "The agent's id."),
        TabNameIn,
    ),
    request_body = Option<TabNameIn>,
    responses((status = 200, description = "The tab is gone.", body = Success<TabDeletedOut>)),
)]
async fn delete_tab(
    State(app): State<App>,
    InProject { op, resource, .. }: InProject<Write<Agents>, Agent>,
    Query(query): Query<TabNameIn>,
    body: Option<Json<TabNameIn>>,
) -> Result<Body<Success<TabDeletedOut>>, ApiError> {
    let named = query.id.or(body.and_then(|Json(body)| body.id));
    let named = named.ok_or_else(|| {
        ApiError::field("id", "required", "name the tab by `id`, in the query or in the body")
    })?;
    let missing = || ApiError::not_found(ErrorCode::TabNotFound);
    let id: TabId = named.parse().map_err(|_| missing())?;
    if !app.store().delete_widget_tab(&op, resource.project_id, &resource.chatbot_id, id).await? {
        return Err(missing());
    }
    Ok(ok(TabDeletedOut { id: id.to_string() }))
}
