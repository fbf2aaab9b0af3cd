//! Saving what was said: whose lead it is, and one lead a person.

use robofy_kernel::{ChatbotId, LeadId, Op, SessionKey};
use sqlx::types::Json;

use super::{Giver, LeadSession, SaveLead, SavedLead, merge, operator, values};
use crate::chat::known;
use crate::statistics::deltas;
use crate::{Result, Tx};

statements! {
    GATE = "INSERT INTO lead_gates (account_id, chatbot_id, environment, taken_at) VALUES ($1, $2, $3, $4)
            ON CONFLICT (account_id, chatbot_id, environment) DO UPDATE SET taken_at = excluded.taken_at";
    OF_SESSION = "SELECT lead_id FROM lead_sessions WHERE account_id = $1 AND session_key = $2";
    // The one that has this address, or a new one.
    CLAIM = "INSERT INTO leads (account_id, lead_id, chatbot_id, environment, email_key, status, complete, source, tags, notes, created_at, updated_at)
             VALUES ($1, $2, $3, $4, $5, 'new', FALSE, $6, '[]', '[]', $7, $7)
             ON CONFLICT (account_id, chatbot_id, environment, email_key) DO UPDATE SET updated_at = excluded.updated_at
             RETURNING lead_id";
    JOIN = "INSERT INTO lead_sessions (account_id, session_key, lead_id, told_id, joined_at) VALUES ($1, $2, $3, $3, $4)
            ON CONFLICT (account_id, session_key) DO UPDATE SET lead_id = excluded.lead_id
            RETURNING told_id";
    TOUCH = "UPDATE leads SET complete = complete OR $3,
                    page_url = COALESCE(page_url, $4, (SELECT s.page_url FROM chat_sessions s WHERE s.account_id = $1 AND s.session_key = $5)),
                    ip_address = COALESCE(ip_address, $6),
                    consent = CASE WHEN $7 THEN $8 ELSE COALESCE(consent, $8) END,
                    updated_at = $9
              WHERE account_id = $1 AND lead_id = $2";
}

/// Saves inside a unit that is under way, such as a turn's own.
///
/// Whose lead it is: that of the e-mail address; without one, the session's; else a new one. A session whose lead gets
/// an address joins the lead that has it already, and what was said in the session goes along; other sessions' values
/// stay what they were, differing ones are kept beside them. When nobody has that address, the session's lead gets it, unless
/// others have a part in that lead: then what was said in this session leaves it for a lead of its own.
///
/// Locks: the session, then the agent's gate, and below that whatever it needs.
///
/// # Errors
/// When the agent or the session is gone, or the database is away.
pub async fn save(tx: &mut Tx<'_>, op: &Op, save: SaveLead) -> Result<SavedLead> {
    let session = session(tx, op, &save).await?;
    gate(tx, op, &save.chatbot_id).await?;
    let (lead_id, is_new) = settle(tx, op, &save, session).await?;
    let told_id = match session {
        Some(session) => fetch_one!(tx.conn(), (LeadId,), JOIN, op.account, session, lead_id, op.now())?.0,
        None => lead_id,
    };
    let giver = match save.giver {
        Giver::Visitor => session,
        Giver::Operator => None,
    };
    // Of consents the latest counts, but nobody replaces another visitor's.
    let is_own = giver.is_none() || !merge::is_shared(tx, op, lead_id, giver).await?;
    let replaces = save.consent.is_some() && is_own;
    let accepted = save.consent.as_ref().filter(|consent| consent.accepted);
    let version = accepted.and_then(|consent| consent.version.clone());
    execute!(
        tx.conn(),
        TOUCH,
        op.account,
        lead_id,
        save.complete,
        save.page_url,
        session,
        save.ip_address,
        replaces,
        save.consent.map(Json),
        op.now()
    )?;
    values::add(tx, op, lead_id, giver, version, save.values).await?;
    operator::change(tx, op, &save.chatbot_id, lead_id, save.change).await?;
    Ok(SavedLead { lead_id, told_id, is_new })
}

/// The session's row, made where need be.
async fn session(tx: &mut Tx<'_>, op: &Op, save: &SaveLead) -> Result<Option<SessionKey>> {
    match &save.session {
        LeadSession::None => Ok(None),
        LeadSession::Of(session) => Ok(Some(*session)),
        LeadSession::Named(channel, id) => {
            let page = save.page_url.as_deref();
            known::open(tx, op, &save.chatbot_id, (*channel, id), page).await.map(Some)
        }
    }
}

/// Lets one unit at a time write the agent's leads.
pub(super) async fn gate(tx: &mut Tx<'_>, op: &Op, chatbot: &ChatbotId) -> Result<()> {
    execute!(tx.conn(), GATE, op.account, chatbot, op.environment, op.now()).map(|_| ())
}

/// The session's lead.
pub(super) async fn of_session(tx: &mut Tx<'_>, op: &Op, session: SessionKey) -> Result<Option<LeadId>> {
    let row = fetch_optional!(tx.conn(), (LeadId,), OF_SESSION, op.account, session)?;
    Ok(row.map(|row| row.0))
}

/// The lead that the values belong to, and whether it is new.
async fn settle(
    tx: &mut Tx<'_>,
    op: &Op,
    save: &SaveLead,
    session: Option<SessionKey>,
) -> Result<(LeadId, bool)> {
    let mine = match session {
        Some(session) => of_session(tx, op, session).await?,
        None => None,
    };
    let email = save.email_key.as_deref();
    match (mine, session) {
        (Some(lead), Some(session)) => match email {
            Some(email) => merge::identify(tx, op, save, (lead, session), email).await,
            None => Ok((lead, false)),
        },
        (Some(_) | None, _) => claim(tx, op, save, email).await,
    }
}

/// The lead of this address, or a new one; without an address always a new one.
pub(super) async fn claim(
    tx: &mut Tx<'_>,
    op: &Op,
    save: &SaveLead,
    email: Option<&str>,
) -> Result<(LeadId, bool)> {
    // A random id: one that tells its age would tell a visitor whether the address had been known before.
    let (new, now) = (LeadId(op.ids.uuid_v4()), op.now());
    let (lead,) = fetch_one!(
        tx.conn(),
        (LeadId,),
        CLAIM,
        op.account,
        new,
        &save.chatbot_id,
        op.environment,
        email,
        save.source,
        now
    )?;
    if lead == new {
        deltas::lead_won(tx, op, &save.chatbot_id, (new, now)).await?;
    }
    Ok((lead, lead == new))
}
