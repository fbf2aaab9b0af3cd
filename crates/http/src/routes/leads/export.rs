//! `export.csv`: an agent's leads as a table, read and sent page by page.

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use futures::{StreamExt as _, TryStreamExt as _, stream};
use robofy_kernel::{ChatbotId, Op, Page, PageRequest};
use robofy_leads::LeadForm;
use robofy_store::agents::Agent;
use robofy_store::leads::{LeadKey, LeadRow};
use robofy_store::{Store, StoreError};

use super::csv::{Cell, row};
use crate::auth::{InProject, Leads, Read};
use crate::{ApiError, App};

/// The columns before the form's fields.
const BEFORE: [&str; 9] = [
    "id",
    "created_at",
    "updated_at",
    "status",
    "complete",
    "source",
    "session_id",
    "page_url",
    "ip_address",
];
/// The columns behind them.
const BEHIND: [&str; 3] = ["consent_version", "tags", "notes"];

/// Export leads as CSV
///
/// RFC 4180, UTF-8, with a header line, the newest lead first; a column for each field of the form, and for each that a
/// lead still has a value of. A text that a spreadsheet would take for a formula begins with an apostrophe; phone numbers
/// (`+49…`) stay as they are. The table is sent while it is read.
#[utoipa::path(
    get, path = "/v1/ai-agent/leads/{projectId}/{chatbotId}/export.csv", tag = "Leads",
    security(("apiKey" = ["leads:read"]), ("session" = [])),
    params(
        ("projectId" = i64, Path, description = "The project's id.", minimum = 1, maximum = 9_007_199_254_740_991_i64),
        ("chatbotId" = String, Path, description = "The agent's id."),
    ),
    responses((status = 200, description = "The table.", body = String, content_type = "text/csv")),
)]
pub(super) async fn export_leads(
    State(app): State<App>,
    InProject { op, resource, .. }: InProject<Read<Leads>, Agent>,
) -> Result<Response, ApiError> {
    let fields = columns(&app, &op, &resource).await?;
    let first = next_page(app.store(), &op, &resource.chatbot_id, None).await?;
    let reader = Reader { app, op, chatbot: resource.chatbot_id, fields };
    let head = futures::future::ready(Ok(reader.head()));
    let rows = stream::try_unfold(Some(Next::Read(first)), move |next| {
        let reader = reader.clone();
        async move {
            let page = match next {
                None => return Ok(None),
                Some(Next::Read(page)) => page,
                Some(Next::After(key)) => reader.read(key).await?,
            };
            let text = reader.rows(&page);
            Ok::<_, StoreError>(Some((text, page.next.map(Next::After))))
        }
    });
    let body = stream::once(head).chain(rows).inspect_err(|error| {
        // The status has left already: the connection breaks off, and the client sees that.
        tracing::error!(%error, "an export of leads broke off");
    });
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8; header=present")),
        (header::CONTENT_DISPOSITION, HeaderValue::from_static("attachment; filename=\"leads.csv\"")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    Ok((headers, Body::from_stream(body)).into_response())
}

/// Where the table goes on.
enum Next {
    /// With a page that was read already.
    Read(Page<LeadRow, LeadKey>),
    /// With the page after this lead.
    After(LeadKey),
}

#[derive(Clone)]
struct Reader {
    app: App,
    op: Op,
    chatbot: ChatbotId,
    /// The names of the fields that have a column.
    fields: Vec<String>,
}

/// The form's fields in its order, then those that only leads have.
async fn columns(app: &App, op: &Op, agent: &Agent) -> Result<Vec<String>, ApiError> {
    let form: &LeadForm = &agent.lead_form.0;
    let mut fields: Vec<String> = form.fields().iter().map(|field| field.name.clone()).collect();
    for field in app.store().lead_fields(op, &agent.chatbot_id).await? {
        if !fields.contains(&field) {
            fields.push(field);
        }
    }
    Ok(fields)
}

async fn next_page(
    store: &Store,
    op: &Op,
    chatbot: &ChatbotId,
    after: Option<LeadKey>,
) -> Result<Page<LeadRow, LeadKey>, StoreError> {
    store.list_leads(op, chatbot, None, &PageRequest::largest(after)).await
}

impl Reader {
    async fn read(&self, after: LeadKey) -> Result<Page<LeadRow, LeadKey>, StoreError> {
        next_page(self.app.store(), &self.op, &self.chatbot, Some(after)).await
    }

    /// The header line. A field that is named as a fixed column is told from it.
    fn head(&self) -> String {
        let fields = self.fields.iter().map(|field| {
            let is_taken = BEFORE.contains(&field.as_str()) || BEHIND.contains(&field.as_str());
            if is_taken { format!("lead_data.{field}") } else { field.clone() }
        });
        let names: Vec<String> = BEFORE
            .iter()
            .map(|name| (*name).to_owned())
            .chain(fields)
            .chain(BEHIND.iter().map(|name| (*name).to_owned()))
            .collect();
        let mut line = String::new();
        row(&mut line, names.iter().map(|name| Cell::Text(name)));
        line
    }

    fn rows(&self, page: &Page<LeadRow, LeadKey>) -> String {
        let mut text = String::new();
        for lead in &page.items {
            self.write(&mut text, lead);
        }
        text
    }

    fn write(&self, to: &mut String, LeadRow { lead, values }: &LeadRow) {
        let optional = |text: &Option<String>| text.clone().unwrap_or_default();
        let before = [
            lead.lead_id.to_string(),
            lead.created_at.documented(),
            lead.updated_at.documented(),
            lead.status.to_string(),
            lead.complete.to_string(),
            lead.source.to_string(),
            lead.session_id.clone().map(String::from).unwrap_or_default(),
            optional(&lead.page_url),
            optional(&lead.ip_address),
        ];
        let version = lead.consent.as_ref().filter(|consent| consent.accepted);
        let behind = [
            version.and_then(|consent| consent.version.clone()).unwrap_or_default(),
            lead.tags.join("; "),
            lead.notes.join("\n"),
        ];
        let of_fields = self.fields.iter().map(|field| {
            let value = values.iter().find(|value| value.field == *field);
            match value {
                Some(value) if matches!(value.field_type.as_str(), "phone" | "number") => {
                    Cell::Figures(&value.value)
                }
                Some(value) => Cell::Text(&value.value),
                None => Cell::Text(""),
            }
        });
        let cells = before.iter().map(|text| Cell::Text(text)).chain(of_fields);
        row(to, cells.chain(behind.iter().map(|text| Cell::Text(text))));
    }
}
