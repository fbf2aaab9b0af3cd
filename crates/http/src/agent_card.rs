//! What a handshake must know of an agent, read at most once a second and written as JSON once.

use std::sync::Arc;
use std::time::Duration;

use moka::sync::Cache;
use robofy_kernel::{AccessType, AccountId, ChatbotId, Code, ProjectId};
use robofy_leads::{LeadForm, When};
use robofy_store::agents::Agent;
use robofy_store::booking::StoredService;
use robofy_store::{Store, StoreError};
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use crate::ApiError;
use crate::routes::lead_form::FieldOut;
use crate::widget::WidgetOut;

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
        let offered = store.services_of_agent(agent.account_id, project, chatbot).await?;
        let card = Arc::new(AgentCard::of(agent, &offered));
        self.0.insert(key, Arc::clone(&card));
        Ok(Some(card))
    }
}

impl AgentCard {
    fn of(agent: Agent, offered: &[StoredService]) -> Self {
        let shown =
            json!({ "chatbots": [ChatbotCardOut::of(&agent, offered)], "widget": WidgetOut::from(&agent) });
        let shown = shown.to_string();
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

/// An agent as pages see it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ChatbotCardOut {
    /// Its id.
    chatbot_id: String,
    /// Its name.
    agent_name: String,
    /// `Public`, or `Private` where its `access_type` says so.
    #[schema(examples("Public"))]
    agent_type: &'static str,
    /// What it is for.
    description: Option<String>,
    /// Its picture.
    avatar_image_path: Option<String>,
    /// What it says first.
    greeting: String,
    /// Its place among agents; the smallest comes first.
    sort_order: i64,
    /// Questions that can be asked with a click.
    quick_questions: Vec<String>,
    /// Its lead form; nothing in it while the form is switched off.
    lead_capture: LeadCaptureOut,
    /// What can be booked with it; left out when that is nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    booking: Option<CardBookingOut>,
}

/// A lead form as pages see it.
#[derive(Debug, Default, Serialize, ToSchema)]
pub(crate) struct LeadCaptureOut {
    /// What stands above the form.
    form_title: Option<String>,
    /// What stands below the title.
    form_subtitle: Option<String>,
    /// What stands on the button.
    submit_button_text: Option<String>,
    /// What is asked, in order.
    fields: Vec<FieldOut>,
    /// When it is offered; left out, like the rest, while the form is switched off.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, nullable = false, examples("on_intent"))]
    when: Option<When>,
    /// After how many of the visitor's messages, with `after_messages`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    after_messages: Option<i64>,
    /// What a visitor must accept before anything is stored; `null` = nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    consent_text: Option<Option<String>>,
    /// The version of that text.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    consent_version: Option<Option<String>>,
}

/// What can be booked.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CardBookingOut {
    /// The services.
    services: Vec<CardServiceOut>,
}

/// A service that can be booked.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CardServiceOut {
    /// Its id.
    service_id: String,
    /// Its name.
    name: String,
}

impl ChatbotCardOut {
    fn of(agent: &Agent, offered: &[StoredService]) -> Self {
        let services = offered.iter().map(|service| CardServiceOut {
            service_id: service.service_id.to_string(),
            name: service.settings.settings().name.clone(),
        });
        let agent_type = match AccessType::acts_as(agent.access_type) {
            AccessType::Public => "Public",
            AccessType::Private => "Private",
        };
        Self {
            chatbot_id: agent.chatbot_id.to_string(),
            agent_name: agent.name.clone(),
            agent_type,
            description: agent.description.clone(),
            avatar_image_path: agent.avatar_url.clone(),
            greeting: agent.greeting(),
            sort_order: agent.sort_order,
            quick_questions: agent.quick_questions.0.clone(),
            lead_capture: LeadCaptureOut::from(&agent.lead_form.0),
            booking: (!offered.is_empty()).then(|| CardBookingOut { services: services.collect() }),
        }
    }
}

impl From<&LeadForm> for LeadCaptureOut {
    fn from(form: &LeadForm) -> Self {
        let form = form.settings();
        if !form.enabled {
            return Self::default();
        }
        Self {
            form_title: Some(form.form_title.clone()),
            form_subtitle: form.form_subtitle.clone(),
            submit_button_text: Some(form.submit_button_text.clone()),
            fields: form.fields.iter().map(FieldOut::from).collect(),
            when: Some(form.when),
            after_messages: Some(form.after_messages),
            consent_text: Some(form.consent_text.clone()),
            consent_version: Some(form.consent_version.clone()),
        }
    }
}
