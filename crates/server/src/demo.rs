//! The bundled knowledge of an invented business, its lead form and what can be booked there, so that a first question, a
//! first lead and a first booking work at once.

use anyhow::Context;
use robofy_booking::Service;
use robofy_kernel::{Op, PageRequest, QaId, ResourceId, ServiceId};
use robofy_knowledge::library::{FileSource, Library, Source};
use robofy_leads::LeadForm;
use robofy_store::Store;
use robofy_store::agents::{Agent, LlmKeyChange};
use robofy_store::booking::{StoredResource, StoredService};
use robofy_store::pairs::Pair;
use serde::Deserialize;
use serde_json::json;

/// Names and contents of the files.
const FILES: &[(&str, &str)] = &[
    ("opening-hours.md", include_str!("../assets/demo/opening-hours.md")),
    ("prices.md", include_str!("../assets/demo/prices.md")),
    ("location.md", include_str!("../assets/demo/location.md")),
    ("booking-and-cancellation.md", include_str!("../assets/demo/booking-and-cancellation.md")),
    ("services.md", include_str!("../assets/demo/services.md")),
    ("contact.md", include_str!("../assets/demo/contact.md")),
];

const PAIRS: &str = include_str!("../assets/demo/pairs.json");

#[derive(Deserialize)]
struct DemoPair {
    question: String,
    also: Vec<String>,
    answer: String,
}

/// Teaches the agent what it does not have yet, and leaves alone what it has: a file of this name, a pair of this
/// question, changed or not. Safe to run again, also while the server runs, which finds the new sources at its next
/// look at the agent.
///
/// # Errors
/// When the database is away or the agent is gone.
pub async fn teach(library: &Library, op: &Op, agent: &Agent) -> anyhow::Result<()> {
    let known = file_names(library, op, agent).await?;
    for (name, text) in FILES {
        if !known.iter().any(|one| one == name) {
            let source = FileSource { file_name: (*name).to_owned(), bytes: (*text).into(), metadata: None };
            library
                .teach(op, agent.project_id, Some(agent), Source::File(source), |_| (201, Vec::new()))
                .await
                .with_context(|| format!("cannot teach the agent {name}"))?;
        }
    }
    let known = questions(library, op, agent).await?;
    let pairs: Vec<DemoPair> = serde_json::from_str(PAIRS).context("the bundled pairs are damaged")?;
    for pair in pairs.into_iter().filter(|pair| !known.contains(&pair.question)) {
        let now = op.now();
        let pair = Pair {
            qa_id: QaId(op.uuid()),
            question: pair.question,
            also: pair.also.into(),
            answer: pair.answer,
            enabled: true,
            created_at: now,
            updated_at: now,
        };
        library.store().create_pair(op, &agent.chatbot_id, pair, |_| (201, Vec::new())).await?;
    }
    Ok(())
}

/// Switches the lead form on and makes what can be booked: a form that somebody has changed stays, and so does a project
/// that has services already. Safe to run again.
///
/// # Errors
/// When the database is away or the agent is gone.
pub async fn open(store: &Store, op: &Op, agent: &Agent) -> anyhow::Result<()> {
    if agent.lead_form.0 == LeadForm::default() {
        let form: LeadForm = serde_json::from_value(lead_form()).context("the bundled form is damaged")?;
        let change = move |agent: &mut Agent| agent.lead_form = form.into();
        store.update_agent(op, agent.project_id, &agent.chatbot_id, LlmKeyChange::Keep, change).await?;
    }
    let first = PageRequest { after: None, size: 1 };
    if !store.list_services(op.account, agent.project_id, &first).await?.items.is_empty() {
        return Ok(());
    }
    let now = op.now();
    let resource = StoredResource {
        resource_id: ResourceId(op.uuid()),
        project_id: agent.project_id,
        settings: serde_json::from_value(workshop()).context("the bundled workshop is damaged")?,
        removed: false,
        created_at: now,
        updated_at: now,
    };
    let resource_id = resource.resource_id;
    store.create_resource(op, resource, |_| (201, Vec::new())).await?;
    for (minutes, name, price) in SERVICES {
        let settings: Service = serde_json::from_value(service(resource_id, name, *minutes, *price))
            .context("a bundled service is damaged")?;
        let service = StoredService {
            service_id: ServiceId(op.uuid()),
            project_id: agent.project_id,
            settings: settings.into(),
            removed: false,
            created_at: now,
            updated_at: now,
        };
        store.create_service(op, service, |_| (201, Vec::new())).await?;
    }
    Ok(())
}

/// Minutes, name and price of what can be booked.
const SERVICES: &[(i64, &str, Option<&str>)] =
    &[(30, "Repair drop-off", None), (20, "Safety check", Some("15 euros"))];

fn lead_form() -> serde_json::Value {
    json!({
        "enabled": true,
        "form_title": "How can we reach you?",
        "form_subtitle": "The workshop calls or writes back on the next working day.",
        "submit_button_text": "Send",
        "when": "on_intent",
        "fields": [
            { "name": "name", "label": "Name", "type": "name", "required": true, "sort_order": 10 },
            { "name": "email", "label": "E-mail", "type": "email", "required": true, "sort_order": 20 },
            { "name": "phone", "label": "Phone", "type": "phone", "sort_order": 30 },
        ],
    })
}

/// The workshop takes bicycles in until an hour before the shop closes.
fn workshop() -> serde_json::Value {
    let weekday = json!([["09:30", "17:30"]]);
    json!({
        "name": "Workshop",
        "timezone": "Europe/Stockholm",
        "hours": { "tue": weekday, "wed": weekday, "thu": weekday, "fri": weekday, "sat": [["09:00", "15:00"]] },
    })
}

/// As the bundled texts say: free of charge until 24 hours before.
fn service(resource: ResourceId, name: &str, minutes: i64, price: Option<&str>) -> serde_json::Value {
    json!({
        "name": name,
        "duration_minutes": minutes,
        "price_text": price,
        "cancel_notice_minutes": 24 * 60,
        "min_notice_minutes": 60,
        "resource_ids": [resource],
    })
}

async fn file_names(library: &Library, op: &Op, agent: &Agent) -> anyhow::Result<Vec<String>> {
    let (mut names, mut after) = (Vec::new(), None);
    loop {
        let page = PageRequest::largest(after);
        let page = library.store().list_linked_assets(op.account, &agent.chatbot_id, &page).await?;
        names.extend(page.items.into_iter().map(|asset| asset.file_name));
        after = page.next;
        if after.is_none() {
            return Ok(names);
        }
    }
}

async fn questions(library: &Library, op: &Op, agent: &Agent) -> anyhow::Result<Vec<String>> {
    let (mut questions, mut after) = (Vec::new(), None);
    loop {
        let page = PageRequest::largest(after);
        let page = library.store().list_pairs(op.account, &agent.chatbot_id, &page).await?;
        questions.extend(page.items.into_iter().map(|pair| pair.question));
        after = page.next;
        if after.is_none() {
            return Ok(questions);
        }
    }
}
