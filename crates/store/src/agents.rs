//! Agents and their settings.

mod persona;
pub(crate) mod prompts;
mod settings;
pub(crate) mod sources;
pub(crate) mod widget;

use robofy_kernel::secret::{Place, Sealed};
use robofy_kernel::{AccountId, ChatbotId, Op, Page, PageRequest, ProjectId, Timestamp};
use robofy_leads::LeadForm;
use secrecy::{ExposeSecret as _, SecretString};
use sqlx::types::Json;

pub use self::persona::{LanguagePolicy, Persona};
pub use self::prompts::PromptVersion;
pub use self::settings::{AgentSettings, LlmProvider};
pub use self::sources::SourceCount;
pub use self::widget::{
    TabKind, WidgetBehaviour, WidgetBranding, WidgetHeader, WidgetLoader, WidgetPosition, WidgetResetModal,
    WidgetSettings, WidgetTab,
};

use crate::accounts::AccountStatus;
use crate::engine::{again, unit};
use crate::once::Answer;
use crate::statistics::{deltas, fold};
use crate::{Lane, Once, Result, Store, StoreError, Tx};

/// Columns of an agent `a`, as [`Agent`] reads them.
macro_rules! columns {
    () => {
        "a.account_id, a.chatbot_id, a.project_id, a.name, a.description, a.type, a.access_type, a.avatar_url, a.llm_source, a.language, a.enabled, \
         a.require_origin, a.allowed_origins, a.test_origins, a.timezone, a.country, a.settings, a.persona, a.lead_form, a.sort_order, a.quick_questions, \
         a.widget, a.widget_tabs, a.llm_api_key IS NOT NULL AS has_llm_api_key, a.version, a.content_version, a.created_at, a.updated_at"
    };
}

statements! {
    INSERT = "INSERT INTO agents (account_id, chatbot_id, project_id, name, description, type, access_type, avatar_url, llm_source, language,
                                  enabled, require_origin, allowed_origins, test_origins, timezone, country, settings, persona, lead_form,
                                  sort_order, quick_questions, widget, widget_tabs, version, content_version, created_at, updated_at)
              VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, 1, 0, $24, $24)";
    INSERT_DIRECTORY = "INSERT INTO agent_directory (chatbot_id, account_id, project_id) VALUES ($1, $2, $3)";
    FIND = concat!("SELECT ", columns!(), "
              FROM agents a WHERE a.account_id = $1 AND a.chatbot_id = $2");
    FIND_WITH_KEY = concat!("SELECT ", columns!(), ", a.llm_api_key
              FROM agents a WHERE a.account_id = $1 AND a.chatbot_id = $2");
    FIND_PUBLIC = concat!("SELECT ", columns!(), "
              FROM agent_directory d
              JOIN agents a ON a.account_id = d.account_id AND a.chatbot_id = d.chatbot_id
              JOIN accounts t ON t.account_id = d.account_id
             WHERE d.chatbot_id = $1 AND d.project_id = $2 AND a.enabled AND t.status = 'active'");
    HEAD = "SELECT a.project_id, a.enabled, a.version, a.content_version, t.status
              FROM agents a JOIN accounts t ON t.account_id = a.account_id
             WHERE a.account_id = $1 AND a.chatbot_id = $2";
    LIST = concat!("SELECT ", columns!(), "
              FROM agents a
             WHERE a.account_id = $1 AND a.project_id = $2 AND (a.created_at, a.chatbot_id) > (COALESCE($3, -9223372036854775807), $4)
             ORDER BY a.created_at, a.chatbot_id LIMIT $5");
    LOCK = "UPDATE agents SET version = version + 1, updated_at = $4 WHERE account_id = $1 AND chatbot_id = $2 AND project_id = $3 RETURNING chatbot_id";
    UPDATE = "UPDATE agents SET name = $3, description = $4, type = $5, access_type = $6, avatar_url = $7, llm_source = $8, language = $9, enabled = $10,
                     require_origin = $11, allowed_origins = $12, test_origins = $13, timezone = $14, country = $15, settings = $16, persona = $17, lead_form = $18,
                     sort_order = $19, quick_questions = $20, widget = $21, widget_tabs = $22
               WHERE account_id = $1 AND chatbot_id = $2";
    SET_SETTINGS = "UPDATE agents SET settings = $3 WHERE account_id = $1 AND chatbot_id = $2";
    CLEAR_LLM_KEY = "UPDATE agents SET llm_api_key = NULL WHERE account_id = $1 AND chatbot_id = $2";
    SET_LLM_KEY = "UPDATE agents SET llm_api_key = $3 WHERE account_id = $1 AND chatbot_id = $2";
    NEXT_CONTENT = "UPDATE agents SET content_version = content_version + 1 WHERE account_id = $1 AND chatbot_id = $2 RETURNING content_version";
    BUMP = "UPDATE agents SET version = version + 1, updated_at = $3 WHERE account_id = $1 AND chatbot_id = $2";
    DELETE = "DELETE FROM agents WHERE account_id = $1 AND project_id = $2 AND chatbot_id = $3";
    DELETE_DIRECTORY = "DELETE FROM agent_directory WHERE account_id = $1 AND chatbot_id = $2";
}

/// An agent.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Agent {
    /// The account.
    pub account_id: AccountId,
    /// Its public id.
    pub chatbot_id: ChatbotId,
    /// The project.
    pub project_id: ProjectId,
    /// Its name.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// The public API's `type`, kept as given.
    #[sqlx(rename = "type")]
    pub kind: i64,
    /// The public API's `access_type`, kept as given.
    pub access_type: i64,
    /// A picture.
    pub avatar_url: Option<String>,
    /// The public API's `llm_source`, kept as given.
    pub llm_source: i64,
    /// Its language.
    pub language: String,
    /// Whether it answers.
    pub enabled: bool,
    /// Whether a handshake needs an `Origin`.
    pub require_origin: bool,
    /// Origins whose pages may use it; empty = any.
    pub allowed_origins: Json<Vec<String>>,
    /// Origins whose pages may ask for test sessions.
    pub test_origins: Json<Vec<String>>,
    /// IANA time zone.
    pub timezone: Option<String>,
    /// ISO 3166 country.
    pub country: Option<String>,
    /// How it answers.
    pub settings: Json<AgentSettings>,
    /// Who it is to its visitors.
    pub persona: Json<Persona>,
    /// What it asks of who may become a customer.
    pub lead_form: Json<LeadForm>,
    /// Its place among agents, the smallest first.
    pub sort_order: i64,
    /// Questions that a visitor can ask with a click.
    pub quick_questions: Json<Vec<String>>,
    /// How its widget differs from the usual one.
    pub widget: Json<WidgetSettings>,
    /// The tabs of its widget beside the conversation, in order.
    pub widget_tabs: Json<Vec<WidgetTab>>,
    /// Whether a model key is stored.
    pub has_llm_api_key: bool,
    /// Grows with every change of agent, settings, persona, lead form or pairs.
    pub version: i64,
    /// Grows with every change of its sources.
    pub content_version: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

impl Agent {
    /// A new agent with the usual settings, not stored yet.
    #[must_use]
    pub fn new(op: &Op, project: ProjectId, name: impl Into<String>, language: impl Into<String>) -> Self {
        let now = op.now();
        Self {
            account_id: op.account,
            chatbot_id: op.ids.chatbot(),
            project_id: project,
            name: name.into(),
            description: None,
            kind: 0,
            access_type: 0,
            avatar_url: None,
            llm_source: 0,
            language: language.into(),
            enabled: true,
            require_origin: false,
            allowed_origins: Json(Vec::new()),
            test_origins: Json(Vec::new()),
            timezone: None,
            country: None,
            settings: Json(AgentSettings::default()),
            persona: Json(Persona::default()),
            lead_form: Json(LeadForm::default()),
            sort_order: 0,
            quick_questions: Json(Vec::new()),
            widget: Json(WidgetSettings::default()),
            widget_tabs: Json(Vec::new()),
            has_llm_api_key: false,
            version: 1,
            content_version: 0,
            created_at: now,
            updated_at: now,
        }
    }

    /// What it calls itself: its persona's name, else its own.
    #[must_use]
    pub fn speaking_name(&self) -> &str {
        self.persona.name.as_deref().unwrap_or(&self.name)
    }

    /// How it sounds: its persona's tone, else that of its settings.
    #[must_use]
    pub fn tone(&self) -> &str {
        self.persona.tone.as_deref().unwrap_or(&self.settings.tone)
    }

    /// What it says first: its persona's greeting, else one made from its name.
    #[must_use]
    pub fn greeting(&self) -> String {
        match &self.persona.greeting {
            Some(greeting) => greeting.clone(),
            None => format!("Hello! I'm {}. How can I help you?", self.speaking_name()),
        }
    }
}

#[derive(sqlx::FromRow)]
struct AgentWithKey {
    #[sqlx(flatten)]
    agent: Agent,
    llm_api_key: Option<Sealed>,
}

/// What a turn must know first: may it run, and is what the node has cached still right?
#[derive(Clone, Copy, Debug, sqlx::FromRow)]
pub struct AgentHead {
    /// The project.
    pub project_id: ProjectId,
    /// Whether the agent answers.
    pub enabled: bool,
    /// See [`Agent::version`].
    pub version: i64,
    /// See [`Agent::content_version`].
    pub content_version: i64,
    /// Whether the account may act.
    pub status: AccountStatus,
}

/// What to do with the stored model key.
#[derive(Clone, Debug)]
pub enum LlmKeyChange {
    /// Leave it, unless the address changes that it was stored for.
    Keep,
    /// Remove it.
    Clear,
    /// Put this one in its place.
    Set(SecretString),
}

impl Store {
    /// Makes an agent.
    ///
    /// # Errors
    /// When the project is not there, or the database is away.
    pub async fn create_agent(
        &self,
        op: &Op,
        agent: Agent,
        answer: impl FnOnce(&Agent) -> Answer + Send + 'static,
    ) -> Result<Once<Agent>> {
        let author = op.clone();
        let unit = unit(move |mut tx| {
            Box::pin(async move {
                let new = &agent;
                execute!(
                    tx.conn(),
                    INSERT,
                    new.account_id,
                    &new.chatbot_id,
                    new.project_id,
                    &new.name,
                    &new.description,
                    new.kind,
                    new.access_type,
                    &new.avatar_url,
                    new.llm_source,
                    &new.language,
                    new.enabled,
                    new.require_origin,
                    &new.allowed_origins,
                    &new.test_origins,
                    &new.timezone,
                    &new.country,
                    &new.settings,
                    &new.persona,
                    &new.lead_form,
                    new.sort_order,
                    &new.quick_questions,
                    &new.widget,
                    &new.widget_tabs,
                    new.created_at
                )?;
                execute!(tx.conn(), INSERT_DIRECTORY, &new.chatbot_id, new.account_id, new.project_id)?;
                let prompt = &new.settings.system_prompt_text;
                prompts::write(&mut tx, &author, &new.chatbot_id, prompt).await?;
                Ok(agent)
            })
        });
        self.write_once(Lane::Conversation, op, unit, answer).await
    }

    /// The agent, when it is this account's.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn find_agent(&self, account: AccountId, chatbot: &ChatbotId) -> Result<Option<Agent>> {
        fetch_optional!(self.reader(), Agent, FIND, account, chatbot)
    }

    /// The agent with the key of its own model: both as they were at one moment, so that a key never meets an
    /// address that it was not stored for.
    ///
    /// # Errors
    /// When the database is away or the stored key does not open.
    pub async fn find_agent_with_llm_key(
        &self,
        account: AccountId,
        chatbot: &ChatbotId,
    ) -> Result<Option<(Agent, Option<SecretString>)>> {
        let Some(row) = fetch_optional!(self.reader(), AgentWithKey, FIND_WITH_KEY, account, chatbot)? else {
            return Ok(None);
        };
        let key = row.llm_api_key.as_ref().map(|sealed| self.open_llm_key(chatbot, sealed)).transpose()?;
        Ok(Some((row.agent, key)))
    }

    fn open_llm_key(&self, chatbot: &ChatbotId, sealed: &Sealed) -> Result<SecretString> {
        let damaged = |detail: String| StoreError::Damaged { what: "model key", detail };
        let plain = self.master_key().open(&llm_place(chatbot.as_str()), sealed);
        let plain = plain.map_err(|error| damaged(error.to_string()))?;
        let text = std::str::from_utf8(&plain).map_err(|_| damaged("it is no text".into()))?;
        Ok(SecretString::from(text))
    }

    /// The enabled agent of an active account, for a handshake, which comes without an account.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn find_public_agent(&self, chatbot: &ChatbotId, project: ProjectId) -> Result<Option<Agent>> {
        fetch_optional!(self.reader(), Agent, FIND_PUBLIC, chatbot, project)
    }

    /// A turn's first read.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn find_agent_head(
        &self,
        account: AccountId,
        chatbot: &ChatbotId,
    ) -> Result<Option<AgentHead>> {
        fetch_optional!(self.reader(), AgentHead, HEAD, account, chatbot)
    }

    /// A project's agents, the oldest first.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn list_agents(
        &self,
        account: AccountId,
        project: ProjectId,
        page: &PageRequest<(i64, ChatbotId)>,
    ) -> Result<Page<Agent, (i64, ChatbotId)>> {
        let (time, id) = page.after.clone().unzip();
        let rows = fetch_all!(self.reader(), Agent, LIST, account, project, time, id, page.size + 1)?;
        Ok(Page::of(rows, page.size, |a| (a.created_at.micros(), a.chatbot_id.clone())))
    }

    /// Changes an agent under its lock: `change` sees the present state and alters it. `None` when it is not there.
    ///
    /// A stored model key does not outlive the address that it was stored for: where `change` alters where requests
    /// to the model go, [`LlmKeyChange::Keep`] drops it.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn update_agent<F>(
        &self,
        op: &Op,
        project: ProjectId,
        chatbot: &ChatbotId,
        llm_key: LlmKeyChange,
        change: F,
    ) -> Result<Option<Agent>>
    where
        F: FnOnce(&mut Agent) + Send + 'static,
    {
        let change = |agent: &mut Agent| {
            change(agent);
            Ok(())
        };
        self.try_update_agent(op, project, chatbot, llm_key, change).await
    }

    /// As [`Store::update_agent`], with a change that may find that it does not fit the present state: then nothing of
    /// it remains.
    ///
    /// # Errors
    /// What `change` returns, or when the database is away.
    pub async fn try_update_agent<F>(
        &self,
        op: &Op,
        project: ProjectId,
        chatbot: &ChatbotId,
        llm_key: LlmKeyChange,
        change: F,
    ) -> Result<Option<Agent>>
    where
        F: FnOnce(&mut Agent) -> Result<()> + Send + 'static,
    {
        let (op, account, now, chatbot) = (op.clone(), op.account, op.now(), chatbot.clone());
        let sealed = match llm_key {
            LlmKeyChange::Keep => None,
            LlmKeyChange::Clear => Some(None),
            LlmKeyChange::Set(key) => Some(Some(self.master_key().seal(
                &op.ids,
                &llm_place(chatbot.as_str()),
                key.expose_secret().as_bytes(),
            ))),
        };
        self.write(Lane::Conversation, move |mut tx| {
            Box::pin(async move {
                let Some(mut agent) = lock(&mut tx, account, (project, &chatbot), now).await? else {
                    return Ok(None);
                };
                let before = agent.settings.0.clone();
                change(&mut agent)?;
                match sealed {
                    Some(sealed) => {
                        agent.has_llm_api_key = sealed.is_some();
                        execute!(tx.conn(), SET_LLM_KEY, account, &chatbot, sealed)?;
                    }
                    None if before.keeps_key_under(&agent.settings) => {}
                    None => {
                        agent.has_llm_api_key = false;
                        execute!(tx.conn(), CLEAR_LLM_KEY, account, &chatbot)?;
                    }
                }
                execute!(
                    tx.conn(),
                    UPDATE,
                    account,
                    &chatbot,
                    &agent.name,
                    &agent.description,
                    agent.kind,
                    agent.access_type,
                    &agent.avatar_url,
                    agent.llm_source,
                    &agent.language,
                    agent.enabled,
                    agent.require_origin,
                    &agent.allowed_origins,
                    &agent.test_origins,
                    &agent.timezone,
                    &agent.country,
                    &agent.settings,
                    &agent.persona,
                    &agent.lead_form,
                    agent.sort_order,
                    &agent.quick_questions,
                    &agent.widget,
                    &agent.widget_tabs
                )?;
                if agent.settings.system_prompt_text != before.system_prompt_text {
                    prompts::write(&mut tx, &op, &chatbot, &agent.settings.system_prompt_text).await?;
                }
                Ok(Some(agent))
            })
        })
        .await
    }

    /// Deletes an agent with its links, pairs and conversations. Says whether there was one.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn delete_agent(&self, op: &Op, project: ProjectId, chatbot: &ChatbotId) -> Result<bool> {
        let (account, now) = (op.account, op.now());
        again(|| {
            let chatbot = chatbot.clone();
            self.write(Lane::Conversation, move |mut tx| {
                Box::pin(async move {
                    // First of all, so that nobody folds meanwhile.
                    fold::gate(&mut tx, (account, project, chatbot.as_str()), now).await?;
                    let deleted = execute!(tx.conn(), DELETE, account, project, &chatbot)? > 0;
                    deltas::forget(&mut tx, account, project, chatbot.as_str()).await?;
                    if deleted {
                        execute!(tx.conn(), DELETE_DIRECTORY, account, &chatbot)?;
                    }
                    Ok(deleted)
                })
            })
        })
        .await
    }
}

/// Takes the agent's lock for a change, which gives it its next version, and reads it as it is then; `None` when it is
/// not there.
async fn lock(
    tx: &mut Tx<'_>,
    account: AccountId,
    (project, chatbot): (ProjectId, &ChatbotId),
    now: Timestamp,
) -> Result<Option<Agent>> {
    match fetch_optional!(tx.conn(), (ChatbotId,), LOCK, account, chatbot, project, now)? {
        Some(_) => fetch_one!(tx.conn(), Agent, FIND, account, chatbot).map(Some),
        None => Ok(None),
    }
}

/// Allots the agent's next content version, under its lock; `None` when the agent is gone.
pub(crate) async fn next_content_version(
    tx: &mut Tx<'_>,
    account: AccountId,
    chatbot: &ChatbotId,
) -> Result<Option<i64>> {
    Ok(fetch_optional!(tx.conn(), (i64,), NEXT_CONTENT, account, chatbot)?.map(|row| row.0))
}

/// Notes a change that an answer could depend on; says whether the agent is there.
pub(crate) async fn bump(
    tx: &mut Tx<'_>,
    account: AccountId,
    chatbot: &ChatbotId,
    now: Timestamp,
) -> Result<bool> {
    Ok(execute!(tx.conn(), BUMP, account, chatbot, now)? > 0)
}

const fn llm_place(chatbot: &str) -> Place<'_> {
    Place { table: "agents", column: "llm_api_key", row: chatbot }
}
