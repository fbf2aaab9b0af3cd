//! The bundled knowledge of an invented business, so that a first question works at once.

use anyhow::Context;
use robofy_kernel::{Op, PageRequest, QaId};
use robofy_knowledge::library::{FileSource, Library, Source};
use robofy_store::agents::Agent;
use robofy_store::pairs::Pair;
use serde::Deserialize;

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

async fn file_names(library: &Library, op: &Op, agent: &Agent) -> anyhow::Result<Vec<String>> {
    let (mut names, mut token) = (Vec::new(), None);
    loop {
        let page = PageRequest::parse(token.as_deref(), Some(200))?;
        let page = library.store().list_linked_assets(op.account, &agent.chatbot_id, &page).await?;
        names.extend(page.items.into_iter().map(|asset| asset.file_name));
        token = page.next_token;
        if token.is_none() {
            return Ok(names);
        }
    }
}

async fn questions(library: &Library, op: &Op, agent: &Agent) -> anyhow::Result<Vec<String>> {
    let (mut questions, mut token) = (Vec::new(), None);
    loop {
        let page = PageRequest::parse(token.as_deref(), Some(200))?;
        let page = library.store().list_pairs(op.account, &agent.chatbot_id, &page).await?;
        questions.extend(page.items.into_iter().map(|pair| pair.question));
        token = page.next_token;
        if token.is_none() {
            return Ok(questions);
        }
    }
}
