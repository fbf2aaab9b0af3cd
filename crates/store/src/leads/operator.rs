//! What the operator does with a lead.

use robofy_kernel::{ChatbotId, LeadId, Op, Timestamp};
use sqlx::types::Json;

use super::{LeadChange, save};
use crate::engine::again;
use crate::statistics::deltas;
use crate::{Lane, Result, Store, Tx};

statements! {
    CHANGE = "UPDATE leads SET status = COALESCE($5, status), tags = COALESCE($6, tags), notes = COALESCE($7, notes), updated_at = $8
               WHERE account_id = $1 AND lead_id = $2 AND chatbot_id = $3 AND environment = $4";
    FORGET = "UPDATE chat_sessions SET flow = NULL
               WHERE account_id = $1 AND session_key IN (SELECT s.session_key FROM lead_sessions s WHERE s.account_id = $1 AND s.lead_id = $2)";
    DELETE = "DELETE FROM leads WHERE account_id = $1 AND lead_id = $2 AND chatbot_id = $3 AND environment = $4 RETURNING created_at";
}

impl Store {
    /// Changes status, labels or notes. Says whether the lead is there.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn update_lead(
        &self,
        op: &Op,
        chatbot: &ChatbotId,
        lead: LeadId,
        change: LeadChange,
    ) -> Result<bool> {
        again(|| {
            let (op, chatbot, change) = (op.clone(), chatbot.clone(), change.clone());
            self.write(Lane::Conversation, move |mut tx| {
                Box::pin(async move {
                    save::gate(&mut tx, &op, &chatbot).await?;
                    self::change(&mut tx, &op, &chatbot, lead, change).await
                })
            })
        })
        .await
    }

    /// Deletes a lead with its values and their history. Says whether there was one.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn delete_lead(&self, op: &Op, chatbot: &ChatbotId, lead: LeadId) -> Result<bool> {
        again(|| {
            let (op, chatbot) = (op.clone(), chatbot.clone());
            self.write(Lane::Conversation, move |mut tx| {
                Box::pin(async move { delete(&mut tx, &op, &chatbot, lead).await })
            })
        })
        .await
    }
}

/// Says whether the lead was there.
async fn delete(tx: &mut Tx<'_>, op: &Op, chatbot: &ChatbotId, lead: LeadId) -> Result<bool> {
    let (account, environment) = (op.account, op.environment);
    // What conversations keep of it goes too; sessions come before the gate, as everywhere.
    execute!(tx.conn(), FORGET, account, lead)?;
    save::gate(tx, op, chatbot).await?;
    let gone = fetch_optional!(tx.conn(), (Timestamp,), DELETE, account, lead, chatbot, environment)?;
    if let Some((won_at,)) = gone {
        deltas::lead_gone(tx, op, chatbot, (lead, won_at)).await?;
    }
    Ok(gone.is_some())
}

/// Says whether the lead is there.
pub(super) async fn change(
    tx: &mut Tx<'_>,
    op: &Op,
    chatbot: &ChatbotId,
    lead: LeadId,
    change: LeadChange,
) -> Result<bool> {
    let LeadChange { status, tags, notes } = change;
    let (account, environment) = (op.account, op.environment);
    let (tags, notes) = (tags.map(Json), notes.map(Json));
    Ok(execute!(tx.conn(), CHANGE, account, lead, chatbot, environment, status, tags, notes, op.now())? > 0)
}
