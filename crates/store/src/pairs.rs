//! Stored question-and-answer pairs of an agent.

use robofy_kernel::{AccountId, ChatbotId, Op, Page, PageRequest, QaId, Timestamp};
use sqlx::types::Json;

use crate::engine::unit;
use crate::once::Answer;
use crate::{Lane, Once, Result, Store, StoreError, agents};

statements! {
    INSERT = "INSERT INTO qa_pairs (account_id, chatbot_id, qa_id, question, also, answer, enabled, created_at, updated_at)
              VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8)";
    LIST = "SELECT qa_id, question, also, answer, enabled, created_at, updated_at FROM qa_pairs
             WHERE account_id = $1 AND chatbot_id = $2 AND (created_at, qa_id) > (COALESCE($3, -9223372036854775807), $4)
             ORDER BY created_at, qa_id LIMIT $5";
    LIST_ENABLED = "SELECT qa_id, question, also, answer, enabled, created_at, updated_at FROM qa_pairs
                     WHERE account_id = $1 AND chatbot_id = $2 AND enabled ORDER BY created_at, qa_id";
    FIND = "SELECT qa_id, question, also, answer, enabled, created_at, updated_at FROM qa_pairs
             WHERE account_id = $1 AND chatbot_id = $2 AND qa_id = $3";
    UPDATE = "UPDATE qa_pairs SET question = COALESCE($4, question), also = COALESCE($5, also), answer = COALESCE($6, answer),
                     enabled = COALESCE($7, enabled), updated_at = $8
               WHERE account_id = $1 AND chatbot_id = $2 AND qa_id = $3
               RETURNING qa_id, question, also, answer, enabled, created_at, updated_at";
    DELETE = "DELETE FROM qa_pairs WHERE account_id = $1 AND chatbot_id = $2 AND qa_id = $3";
}

/// A stored question with its answer.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Pair {
    /// Its id.
    pub qa_id: QaId,
    /// The question.
    pub question: String,
    /// Other wordings of the question.
    pub also: Json<Vec<String>>,
    /// The answer, sent whole.
    pub answer: String,
    /// Whether it is used.
    pub enabled: bool,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// What is to be changed; `None` = stays.
#[derive(Clone, Debug, Default)]
pub struct PairChange {
    /// The question.
    pub question: Option<String>,
    /// Other wordings.
    pub also: Option<Vec<String>>,
    /// The answer.
    pub answer: Option<String>,
    /// Whether it is used.
    pub enabled: Option<bool>,
}

impl Store {
    /// Stores a pair.
    ///
    /// # Errors
    /// When the agent is gone or the database is away.
    pub async fn create_pair(
        &self,
        op: &Op,
        chatbot: &ChatbotId,
        pair: Pair,
        answer: impl FnOnce(&Pair) -> Answer + Send + 'static,
    ) -> Result<Once<Pair>> {
        let (account, chatbot) = (op.account, chatbot.clone());
        let unit = unit(move |mut tx| {
            Box::pin(async move {
                if !agents::bump(&mut tx, account, &chatbot, pair.created_at).await? {
                    return Err(StoreError::NotFound("agent"));
                }
                execute!(
                    tx.conn(),
                    INSERT,
                    account,
                    &chatbot,
                    pair.qa_id,
                    &pair.question,
                    &pair.also,
                    &pair.answer,
                    pair.enabled,
                    pair.created_at
                )?;
                Ok(pair)
            })
        });
        self.write_once(Lane::Conversation, op, unit, answer).await
    }

    /// An agent's pairs, the oldest first.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn list_pairs(
        &self,
        account: AccountId,
        chatbot: &ChatbotId,
        page: &PageRequest<(i64, QaId)>,
    ) -> Result<Page<Pair, (i64, QaId)>> {
        let (time, id) = page.after.unzip();
        let rows = fetch_all!(self.reader(), Pair, LIST, account, chatbot, time, id, page.size + 1)?;
        Ok(Page::of(rows, page.size, |p| (p.created_at.micros(), p.qa_id)))
    }

    /// All pairs that answers are made from.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn enabled_pairs(&self, account: AccountId, chatbot: &ChatbotId) -> Result<Vec<Pair>> {
        fetch_all!(self.reader(), Pair, LIST_ENABLED, account, chatbot)
    }

    /// One pair, as it stands in the database now.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn find_pair(
        &self,
        account: AccountId,
        chatbot: &ChatbotId,
        pair: QaId,
    ) -> Result<Option<Pair>> {
        fetch_optional!(self.reader(), Pair, FIND, account, chatbot, pair)
    }

    /// Changes a pair; `None` when it is not there.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn update_pair(
        &self,
        op: &Op,
        chatbot: &ChatbotId,
        pair: QaId,
        change: PairChange,
    ) -> Result<Option<Pair>> {
        let (account, now, chatbot) = (op.account, op.now(), chatbot.clone());
        self.write(Lane::Conversation, move |mut tx| {
            Box::pin(async move {
                if !agents::bump(&mut tx, account, &chatbot, now).await? {
                    return Ok(None);
                }
                let also = change.also.map(Json);
                fetch_optional!(
                    tx.conn(),
                    Pair,
                    UPDATE,
                    account,
                    &chatbot,
                    pair,
                    change.question,
                    also,
                    change.answer,
                    change.enabled,
                    now
                )
            })
        })
        .await
    }

    /// Deletes a pair. Says whether there was one.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn delete_pair(&self, op: &Op, chatbot: &ChatbotId, pair: QaId) -> Result<bool> {
        let (account, now, chatbot) = (op.account, op.now(), chatbot.clone());
        self.write(Lane::Conversation, move |mut tx| {
            Box::pin(async move {
                agents::bump(&mut tx, account, &chatbot, now).await?;
                Ok(execute!(tx.conn(), DELETE, account, &chatbot, pair)? > 0)
            })
        })
        .await
    }
}
