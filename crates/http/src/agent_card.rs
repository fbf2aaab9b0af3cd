//! What a handshake must know of an agent, read at most once a second and written as JSON once.

use std::sync::Arc;
use std::time::Duration;

use moka::sync::Cache;
use robofy_kernel::{AccountId, ChatbotId, ProjectId};
use robofy_leads::LeadForm;
use robofy_store::agents::Agent;
use robofy_store::{Store, StoreError};
use serde_json::{Value, json};

use crate::ApiError;
use crate::routes::lead_form::FieldOut;

/// How long a card may be old.
const FRESH: Duration = Duration::from_secs(1);
const MOST: u64 = 10_000;

/// The public face of an agent.
#[derive(Debug)]
pub(crate) struct AgentCard {
    pub(crate) account: AccountId,
    pub(crate) test_origins: Vec<String>,
    allowed_origins: Vec<String>,
    require_origin: bool,
    /// `"chatbots":[…],"widget":{…}`: the inside of an object.
    pub(crate) shown: String,
}

/// The cards of the agents that visitors ask for now.
#[derive(Debug)]
pub(crate) struct AgentCards(Cache<(ProjectId, ChatbotId), Arc<AgentCard>>);

impl AgentCards {
    pub(crate) fn new() -> Self {
        Self(Cache::builder().max_capacity(MOST).time_to_live(FRESH).build())
    }

    /// The card of an agent that answers; `None` when there is none in this project.
    pub(crate) async fn find(
        &self,
        store: &Store,
        project: ProjectId,
        chatbot: &ChatbotId,
    ) -> Result<Option<Arc<AgentCard>>, StoreError> {
        let key = (project, chatbot.clone());
        if let Some(card) = self.0.get(&key) {
            return Ok(Some(card));
        }
        let Some(agent) = store.find_public_agent(chatbot, project).await? else { return Ok(None) };
        let card = Arc::new(AgentCard::of(agent));
        self.0.insert(key, Arc::clone(&card));
        Ok(Some(card))
    }
}

impl AgentCard {
    fn of(agent: Agent) -> Self {
        let shown = json!({ "chatbots": [chatbot(&agent)], "widget": widget(&agent) }).to_string();
        Self {
            account: agent.account_id,
            // Without its braces it goes into the answer behind the token.
            shown: shown.trim_start_matches('{').strip_suffix('}').unwrap_or_default().to_owned(),
            require_origin: agent.require_origin,
            test_origins: agent.test_origins.0,
            allowed_origins: agent.allowed_origins.0,
        }
    }

    /// Refuses pages that the agent does not allow.
    pub(crate) fn check_origin(&self, origin: Option<&str>) -> Result<(), ApiError> {
        let allowed = match origin {
            None => !self.require_origin,
            Some(origin) => {
                let named = |list: &[String]| list.iter().any(|one| one == origin);
                self.allowed_origins.is_empty() || named(&self.allowed_origins) || named(&self.test_origins)
            }
        };
        if allowed {
            Ok(())
        } else {
            Err(ApiError::forbidden(
                "This page may not use this agent; its origin is not among the agent's `allowed_origins`.",
            ))
        }
    }
}

fn chatbot(agent: &Agent) -> Value {
    json!({
        "chatbot_id": agent.chatbot_id,
        "agent_name": agent.name,
        "agent_type": "Public",
        "description": agent.description,
        "avatar_image_path": agent.avatar_url,
        "greeting": agent.greeting(),
        "sort_order": 0,
        "quick_questions": [],
        "lead_capture": lead_capture(&agent.lead_form),
    })
}

/// The lead form as the widget shows it; nothing while it is switched off.
fn lead_capture(form: &LeadForm) -> Value {
    let form = form.settings();
    if !form.enabled {
        return json!({ "form_title": null, "form_subtitle": null, "submit_button_text": null, "fields": [] });
    }
    let fields: Vec<FieldOut> = form.fields.iter().map(FieldOut::from).collect();
    json!({
        "form_title": form.form_title,
        "form_subtitle": form.form_subtitle,
        "submit_button_text": form.submit_button_text,
        "fields": fields,
        "when": form.when,
        "after_messages": form.after_messages,
        "consent_text": form.consent_text,
        "consent_version": form.consent_version,
    })
}

/// The widget as it looks until somebody designs it.
fn widget(agent: &Agent) -> Value {
    json!({
        "header": {
            "title": agent.name,
            "subtitle": "Ask me anything",
            "chat_tab_label": "Chat",
            "input_placeholder": "Type your question",
            "download_transcript_label": "Download transcript",
            "end_session_label": "End session",
        },
        "branding": {
            "theme_mode": 0,
            "theme_color": "#2563EB",
            "show_powered_by": true,
            "widget_position": "bottom-right",
            "widget_bubble_icon": null,
            "brand_name": "Robofy",
        },
        "behaviour": {
            "open_on_page_load": false,
            "show_on_mobile": true,
            "show_microphone": true,
            "close_after_time": 60,
            "enable_sources": true,
            "enable_suggested_questions": true,
        },
        "loader": { "loader_texts": ["Looking for the answer"], "enable_loader": true },
        "reset_modal": {
            "reset_chat_modal_title": "Start a new conversation?",
            "reset_chat_modal_description": "This conversation ends, and a new one begins.",
            "confirm_label": "Start new",
            "cancel_label": "Keep this one",
        },
        "tabs": [],
    })
}
