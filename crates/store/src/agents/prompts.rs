//! What the operator told the model, and when: every change of a prompt is a version, written in the change's own
//! transaction.

use robofy_kernel::{AccountId, Caller, ChatbotId, Op, Page, PageRequest, ProjectId, Timestamp};

use super::{Agent, FIND, LOCK, SET_SETTINGS};
use crate::engine::unit;
use crate::once::Answer;
use crate::{Lane, Once, Result, Store, StoreError, Tx};

statements! {
    // The agent's row is locked or new, so that no two changes get one number.
    INSERT = "INSERT INTO prompt_versions (account_id, chatbot_id, version, system_prompt_text, created_by, created_at)
              SELECT a.account_id, a.chatbot_id,
                     (SELECT COALESCE(MAX(v.version), 0) + 1 FROM prompt_versions v WHERE v.account_id = a.account_id AND v.chatbot_id = a.chatbot_id),
                     CAST($3 AS TEXT), CAST($4 AS TEXT), CAST($5 AS BIGINT)
                FROM agents a WHERE a.account_id = $1 AND a.chatbot_id = $2
              RETURNING version, system_prompt_text, created_by, created_at";
    EMAIL = "SELECT email FROM users WHERE user_id = $1";
    PROMPT = "SELECT version, system_prompt_text, created_by, created_at FROM prompt_versions
               WHERE account_id = $1 AND chatbot_id = $2 AND version = $3";
    LIST = "SELECT version, system_prompt_text, created_by, created_at FROM prompt_versions
             WHERE account_id = $1 AND chatbot_id = $2 AND version < COALESCE($3, 9223372036854775807)
             ORDER BY version DESC LIMIT $4";
}

/// What the operator told the model from one moment on.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct PromptVersion {
    /// Its number among the agent's, from 1.
    pub version: i64,
    /// The prompt.
    pub system_prompt_text: String,
    /// Who wrote it: a person's e-mail address, or `API key NAME`; `None` when the program itself did, or an earlier
    /// program that did not note it.
    pub created_by: Option<String>,
    /// When.
    pub created_at: Timestamp,
}

impl Store {
    /// The versions of an agent's prompt, the newest first.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn list_prompt_versions(
        &self,
        account: AccountId,
        chatbot: &ChatbotId,
        page: &PageRequest<i64>,
    ) -> Result<Page<PromptVersion, i64>> {
        let rows =
            fetch_all!(self.reader(), PromptVersion, LIST, account, chatbot, page.after, page.size + 1)?;
        Ok(Page::of(rows, page.size, |row| row.version))
    }

    /// One version of an agent's prompt.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn find_prompt_version(
        &self,
        account: AccountId,
        chatbot: &ChatbotId,
        version: i64,
    ) -> Result<Option<PromptVersion>> {
        fetch_optional!(self.reader(), PromptVersion, PROMPT, account, chatbot, version)
    }

    /// Tells the model what it was told in an earlier version, as a new version.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when agent or version is not there; or when the database is away.
    pub async fn restore_prompt(
        &self,
        op: &Op,
        project: ProjectId,
        chatbot: &ChatbotId,
        version: i64,
        answer: impl FnOnce(&PromptVersion) -> Answer + Send + 'static,
    ) -> Result<Once<PromptVersion>> {
        let (author, chatbot) = (op.clone(), chatbot.clone());
        let unit = unit(move |mut tx| {
            Box::pin(async move {
                let (account, now) = (author.account, author.now());
                let locked = fetch_optional!(tx.conn(), (ChatbotId,), LOCK, account, &chatbot, project, now)?;
                locked.ok_or(StoreError::NotFound("agent"))?;
                let old = fetch_optional!(tx.conn(), PromptVersion, PROMPT, account, &chatbot, version)?;
                let old = old.ok_or(StoreError::NotFound("prompt version"))?;
                let mut agent = fetch_one!(tx.conn(), Agent, FIND, account, &chatbot)?;
                agent.settings.system_prompt_text = old.system_prompt_text;
                execute!(tx.conn(), SET_SETTINGS, account, &chatbot, &agent.settings)?;
                write(&mut tx, &author, &chatbot, &agent.settings.system_prompt_text).await
            })
        });
        self.write_once(Lane::Conversation, op, unit, answer).await
    }
}

/// Notes a prompt as the agent's newest version; a step of the unit that stores it, under the agent's lock.
pub(super) async fn write(
    tx: &mut Tx<'_>,
    op: &Op,
    chatbot: &ChatbotId,
    prompt: &str,
) -> Result<PromptVersion> {
    let author = match &op.caller {
        Caller::User { id, .. } => fetch_optional!(tx.conn(), (String,), EMAIL, *id)?.map(|row| row.0),
        Caller::Key { name, .. } => Some(format!("API key {name}")),
        Caller::Visitor(_) | Caller::System => None,
    };
    fetch_one!(tx.conn(), PromptVersion, INSERT, op.account, chatbot, prompt, author, op.now())
}
