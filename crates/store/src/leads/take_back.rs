//! What a visitor takes back of what they said of themselves: "that is not my name", "delete my phone number".

use robofy_kernel::{ChatbotId, Op, SessionKey};

use super::{merge, save};
use crate::{Result, Tx};

statements! {
    NO_MORE = "UPDATE lead_values SET standing = 'earlier'
                WHERE account_id = $1 AND lead_id = $2 AND session_key = $3 AND field = $4 AND standing <> 'earlier'";
    NO_KEY = "UPDATE leads SET email_key = NULL WHERE account_id = $1 AND lead_id = $2";
    TOUCH = "UPDATE leads SET complete = CASE WHEN $3 THEN FALSE ELSE complete END, updated_at = $4
              WHERE account_id = $1 AND lead_id = $2";
}

/// What is taken back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TakeBack {
    /// The agent.
    pub chatbot_id: ChatbotId,
    /// The visitor's session: only what was said in it can be taken back in it.
    pub session: SessionKey,
    /// The names of the fields.
    pub fields: Vec<String>,
    /// The e-mail address is one of them: it decides no longer whose lead it is, unless others gave it, too.
    pub email: bool,
    /// The form requires one of them, so the lead is complete no longer.
    pub required: bool,
}

/// Lets what was said in the session of these fields count no longer; it stays in the history. What another said of the
/// same field counts then.
///
/// # Errors
/// When the database is away.
pub(crate) async fn take_back(tx: &mut Tx<'_>, op: &Op, what: &TakeBack) -> Result<()> {
    save::gate(tx, op, &what.chatbot_id).await?;
    let (account, session) = (op.account, what.session);
    let Some(lead) = save::of_session(tx, op, session).await? else { return Ok(()) };
    let mut taken = 0;
    for field in &what.fields {
        taken += execute!(tx.conn(), NO_MORE, account, lead, session, field)?;
    }
    if taken == 0 {
        return Ok(());
    }
    let is_shared = merge::is_shared(tx, op, lead, Some(session)).await?;
    if what.email && !is_shared {
        execute!(tx.conn(), NO_KEY, account, lead)?;
    }
    merge::promote(tx, op, lead).await?;
    execute!(tx.conn(), TOUCH, account, lead, what.required && !is_shared, op.now()).map(|_| ())
}
