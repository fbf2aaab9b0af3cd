//! `/v1/ai-agent/leads/{projectId}/{chatbotId}`: the persons that an agent won.

mod csv;
mod export;
mod shape;
pub(super) mod values;

use std::net::IpAddr;

use axum::Json as Body;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use robofy_kernel::{ErrorCode, LeadId, Op, SessionId};
use robofy_store::Once;
use robofy_store::agents::Agent;
use robofy_store::chat::Channel;
use robofy_store::leads::{Consent, Giver, Lead, LeadChange, LeadSession, LeadSource, SaveLead, SavedLead};
use utoipa_axum::routes;

pub(super) use self::shape::ConsentIn;
use self::shape::{
    COLUMNS, LeadChangeIn, LeadDeletedOut, LeadIn, LeadOut, LeadRowOut, LeadsOut, LeadsQuery, ReportOut,
};
use self::values::{Missing, Values};
use super::Group;
use crate::auth::{InProject, Leads, Read, Write};
use crate::check::Checks;
use crate::envelope::{Success, mark_replayed, ok};
use crate::extract::{Json, List, NewJson, Paging};
use crate::{ApiError, App};

pub(super) fn group() -> Group {
    vec![
        routes!(list_leads, create_lead),
        routes!(export::export_leads),
        routes!(get_lead, update_lead, delete_lead),
    ]
}

/// The most labels, and the most characters of one.
const TAGS: (usize, usize) = (50, 100);
/// The most notes, and the most characters of one.
const NOTES: (usize, usize) = (200, 2000);
/// The most characters of a page's address.
const URL: usize = 2000;

/// List leads
///
/// The agent's leads as a report, the newest first. A live key sees those of live sessions, a test key those of test
/// sessions.
#[utoipa::path(
    get, path = "/v1/ai-agent/leads/{projectId}/{chatbotId}", tag = "Leads",
    security(("apiKey" = ["leads:read"]), ("session" = [])),
    params(
        ("projectId" = i64, Path, description = "The project's id.", minimum = 1, maximum = 9_007_199_254_740_991_i64),
        ("chatbotId" = String, Path, description = "The agent's id."),
        LeadsQuery,
        Paging,
    ),
    responses((status = 200, description = "A page of the report.", body = Success<LeadsOut>)),
)]
async fn list_leads(
    State(app): State<App>,
    InProject { op, resource, .. }: InProject<Read<Leads>, Agent>,
    list: List<LeadsQuery>,
) -> Result<Body<Success<LeadsOut>>, ApiError> {
    let session = list.filter.session_id.as_deref().map(|text| session_id("sessionId", text)).transpose()?;
    let cursor = list.cursor(&op)?;
    let page = app.store().list_leads(&op, &resource.chatbot_id, session.as_ref(), &cursor.request).await?;
    let form = &resource.lead_form.0;
    Ok(ok(LeadsOut {
        report: ReportOut {
            columns: COLUMNS,
            rows: page.items.into_iter().map(|row| LeadRowOut::of(form, row)).collect(),
            next_page_token: cursor.token(page.next)?,
        },
    }))
}

/// Create a lead
///
/// Values are checked by the form's fields and stored in their normal form. One lead a person: when there is one with this
/// e-mail address, or in this session, the values go there (200), and what differs replaces what visitors said.
#[utoipa::path(
    post, path = "/v1/ai-agent/leads/{projectId}/{chatbotId}", tag = "Leads",
    security(("apiKey" = ["leads:write"]), ("session" = [], "csrf" = [])),
    params(
        ("projectId" = i64, Path, description = "The project's id.", minimum = 1, maximum = 9_007_199_254_740_991_i64),
        ("chatbotId" = String, Path, description = "The agent's id."),
    ),
    request_body = LeadIn,
    responses(
        (status = 201, description = "The lead was made.", body = Success<LeadOut>),
        (status = 200, description = "The values went to the lead that the person has.", body = Success<LeadOut>),
    ),
)]
async fn create_lead(
    State(app): State<App>,
    InProject { op, resource, .. }: InProject<Write<Leads>, Agent>,
    new: NewJson<LeadIn>,
) -> Result<Response, ApiError> {
    let (op, new) = new.claim(&app, op);
    let save = save_of(&app, &op, &resource, new).await?;
    // A stored answer would outlive the lead, so only its id is stored.
    let once = app.store().save_lead(&op, save, |saved: &SavedLead| {
        let status = if saved.is_new { StatusCode::CREATED } else { StatusCode::OK };
        (status.as_u16(), saved.lead_id.to_string().into_bytes())
    });
    let (status, id, replayed) = match once.await? {
        Once::Fresh(saved) if saved.is_new => (StatusCode::CREATED, saved.lead_id, false),
        Once::Fresh(saved) => (StatusCode::OK, saved.lead_id, false),
        Once::Replayed(status, id) => {
            let id = String::from_utf8(id).ok().and_then(|id| id.parse().ok());
            let id = id.ok_or_else(|| ApiError::internal("a stored answer names no lead"))?;
            (StatusCode::from_u16(status).map_err(ApiError::internal)?, id, true)
        }
    };
    let lead = show(&app, &op, &resource, id).await?;
    let mut response = (status, ok(lead)).into_response();
    if replayed {
        mark_replayed(&mut response);
    }
    Ok(response)
}

/// What a creation stores.
async fn save_of(app: &App, op: &Op, agent: &Agent, new: LeadIn) -> Result<SaveLead, ApiError> {
    let mut checks = Checks::default();
    check_marks(&mut checks, new.tags.as_deref(), new.notes.as_deref());
    checks.filled("page_url", new.page_url.as_deref(), URL);
    let address = new.ip_address.as_deref().map(str::parse::<IpAddr>);
    if address.as_ref().is_some_and(Result::is_err) {
        checks.wrong("ip_address", "invalid", "must be an IPv4 or IPv6 address");
    }
    checks.done()?;
    let session = match new.session_id.as_deref() {
        None => LeadSession::None,
        Some(text) => session_of(app, op, agent, &session_id("session_id", text)?).await?,
    };
    let Values { values, email_key, complete } = values::read(agent, None, &new.values, Missing::Allowed)?;
    let consent = new.consent.map(|consent| Consent {
        version: consent.version.map(|version| version.to_text()),
        accepted: consent.accepted,
        message_id: None,
        at: op.now(),
    });
    Ok(SaveLead {
        chatbot_id: agent.chatbot_id.clone(),
        session,
        giver: Giver::Operator,
        source: new.source.unwrap_or(LeadSource::Api),
        page_url: new.page_url,
        ip_address: address.and_then(Result::ok).map(|address| address.to_canonical().to_string()),
        email_key,
        complete,
        consent,
        values,
        change: LeadChange { status: new.status, tags: new.tags, notes: new.notes },
    })
}

/// The agent's session of this id that an API key names; a new one on the web where there is none.
pub(super) async fn session_of(
    app: &App,
    op: &Op,
    agent: &Agent,
    id: &SessionId,
) -> Result<LeadSession, ApiError> {
    let found = app.store().find_sessions_by_id(op.account, id).await?;
    let mut here = found
        .into_iter()
        .filter(|row| row.chatbot_id == agent.chatbot_id && row.environment == op.environment);
    Ok(here
        .next()
        .map_or_else(|| LeadSession::Named(Channel::Web, id.clone()), |row| LeadSession::Of(row.session_key)))
}

fn session_id(field: &str, text: &str) -> Result<SessionId, ApiError> {
    text.parse()
        .map_err(|_| ApiError::field(field, "invalid", "must be 1 to 128 bytes without control characters"))
}

fn check_marks(checks: &mut Checks, tags: Option<&[String]>, notes: Option<&[String]>) {
    for (field, list, (most, longest)) in [("tags", tags, TAGS), ("notes", notes, NOTES)] {
        checks.few(field, list, most);
        for (at, text) in list.unwrap_or_default().iter().enumerate().take(most) {
            checks.filled(&format!("{field}.{at}"), Some(text), longest);
        }
    }
}

/// The lead as it is now.
async fn show(app: &App, op: &Op, agent: &Agent, lead: LeadId) -> Result<LeadOut, ApiError> {
    let found = app.store().find_lead(op.account, &agent.chatbot_id, lead).await?;
    let lead = found.ok_or_else(|| ApiError::not_found(ErrorCode::LeadNotFound))?;
    with_values(app, op, agent, lead).await
}

async fn with_values(app: &App, op: &Op, agent: &Agent, lead: Lead) -> Result<LeadOut, ApiError> {
    let said = app.store().lead_history(op.account, lead.lead_id).await?;
    Ok(LeadOut::of(&agent.lead_form.0, lead, said))
}

/// Retrieve a lead
///
/// With everything that was said of it in `history`: which words, in which message, and whether they count.
#[utoipa::path(
    get, path = "/v1/ai-agent/leads/{projectId}/{chatbotId}/{leadId}", tag = "Leads",
    security(("apiKey" = ["leads:read"]), ("session" = [])),
    params(
        ("projectId" = i64, Path, description = "The project's id.", minimum = 1, maximum = 9_007_199_254_740_991_i64),
        ("chatbotId" = String, Path, description = "The agent's id."),
        ("leadId" = String, Path, description = "The lead's id."),
    ),
    responses((status = 200, description = "The lead.", body = Success<LeadOut>)),
)]
async fn get_lead(
    State(app): State<App>,
    InProject { op, resource: (agent, lead), .. }: InProject<Read<Leads>, (Agent, Lead)>,
) -> Result<Body<Success<LeadOut>>, ApiError> {
    Ok(ok(with_values(&app, &op, &agent, lead).await?))
}

/// Update a lead
///
/// Its status, labels and notes. What is left out stays; a list is replaced as a whole; `null` clears.
#[utoipa::path(
    put, path = "/v1/ai-agent/leads/{projectId}/{chatbotId}/{leadId}", tag = "Leads",
    security(("apiKey" = ["leads:write"]), ("session" = [], "csrf" = [])),
    params(
        ("projectId" = i64, Path, description = "The project's id.", minimum = 1, maximum = 9_007_199_254_740_991_i64),
        ("chatbotId" = String, Path, description = "The agent's id."),
        ("leadId" = String, Path, description = "The lead's id."),
    ),
    request_body = LeadChangeIn,
    responses((status = 200, description = "The lead as it is now.", body = Success<LeadOut>)),
)]
async fn update_lead(
    State(app): State<App>,
    InProject { op, resource: (agent, lead), .. }: InProject<Write<Leads>, (Agent, Lead)>,
    Json(change): Json<LeadChangeIn>,
) -> Result<Body<Success<LeadOut>>, ApiError> {
    let (tags, notes) =
        (change.tags.map(Option::unwrap_or_default), change.notes.map(Option::unwrap_or_default));
    let mut checks = Checks::default();
    check_marks(&mut checks, tags.as_deref(), notes.as_deref());
    checks.done()?;
    let change = LeadChange { status: change.status, tags, notes };
    if !app.store().update_lead(&op, &agent.chatbot_id, lead.lead_id, change).await? {
        return Err(ApiError::not_found(ErrorCode::LeadNotFound));
    }
    Ok(ok(show(&app, &op, &agent, lead.lead_id).await?))
}

/// Delete a lead
///
/// With its values and their history. The conversation stays.
#[utoipa::path(
    delete, path = "/v1/ai-agent/leads/{projectId}/{chatbotId}/{leadId}", tag = "Leads",
    security(("apiKey" = ["leads:write"]), ("session" = [], "csrf" = [])),
    params(
        ("projectId" = i64, Path, description = "The project's id.", minimum = 1, maximum = 9_007_199_254_740_991_i64),
        ("chatbotId" = String, Path, description = "The agent's id."),
        ("leadId" = String, Path, description = "The lead's id."),
    ),
    responses((status = 200, description = "The lead is gone.", body = Success<LeadDeletedOut>)),
)]
async fn delete_lead(
    State(app): State<App>,
    InProject { op, resource: (agent, lead), .. }: InProject<Write<Leads>, (Agent, Lead)>,
) -> Result<Body<Success<LeadDeletedOut>>, ApiError> {
    if !app.store().delete_lead(&op, &agent.chatbot_id, lead.lead_id).await? {
        return Err(ApiError::not_found(ErrorCode::LeadNotFound));
    }
    Ok(ok(LeadDeletedOut { id: lead.lead_id.to_string() }))
}
