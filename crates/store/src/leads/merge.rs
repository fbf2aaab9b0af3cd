//! A session's lead that gets an e-mail address: whose lead it is then.

use robofy_kernel::{ChatbotId, LeadId, Op, SessionKey, Timestamp};
use sqlx::types::Json;

use super::save::claim;
use super::{LeadStatus, SaveLead};
use crate::statistics::deltas;
use crate::{Result, Tx};

statements! {
    KEY = "SELECT email_key FROM leads WHERE account_id = $1 AND lead_id = $2";
    OWNER = "SELECT lead_id FROM leads WHERE account_id = $1 AND chatbot_id = $2 AND environment = $3 AND email_key = $4";
    // Whether anybody but this session has a part in the lead.
    SHARED = "SELECT v.lead_id FROM lead_values v WHERE v.account_id = $1 AND v.lead_id = $2 AND v.session_key IS DISTINCT FROM $3
              UNION ALL
              SELECT j.lead_id FROM lead_sessions j WHERE j.account_id = $1 AND j.lead_id = $2 AND j.session_key IS DISTINCT FROM $3
              LIMIT 1";
    SET_KEY = "UPDATE leads SET email_key = $3 WHERE account_id = $1 AND lead_id = $2";
    MOVE_VALUES = "UPDATE lead_values SET lead_id = $3, standing = CASE WHEN standing = 'counts' THEN 'other' ELSE standing END
                    WHERE account_id = $1 AND lead_id = $2 AND session_key = $4";
    // What was booked in the session is whose lead the session's is.
    MOVE_BOOKINGS = "UPDATE bookings SET lead_id = $3 WHERE account_id = $1 AND lead_id = $2 AND session_key = $4";
    // Where no value of a field counts (any more), the first that still stands does.
    PROMOTE = "UPDATE lead_values SET standing = 'counts'
                WHERE account_id = $1 AND lead_id = $2 AND standing = 'other'
                  AND NOT EXISTS (SELECT 1 FROM lead_values c
                                   WHERE c.account_id = $1 AND c.lead_id = $2 AND c.field = lead_values.field
                                     AND (c.standing = 'counts'
                                          OR (c.standing = 'other' AND (c.created_at, c.value_id) < (lead_values.created_at, lead_values.value_id))))";
    TAKE = "DELETE FROM leads WHERE account_id = $1 AND lead_id = $2
            RETURNING status, complete, page_url, ip_address, consent, tags, notes, created_at";
    MOVE_SESSION = "UPDATE lead_sessions SET lead_id = $3 WHERE account_id = $1 AND lead_id = $2";
    MARKS = "SELECT status, complete, page_url, ip_address, consent, tags, notes, created_at FROM leads WHERE account_id = $1 AND lead_id = $2";
    MARK = "UPDATE leads SET status = $3, complete = $4, page_url = $5, ip_address = $6, consent = $7, tags = $8, notes = $9
             WHERE account_id = $1 AND lead_id = $2";
}

/// Whether anybody but this session has a part in the lead.
pub(super) async fn is_shared(
    tx: &mut Tx<'_>,
    op: &Op,
    lead: LeadId,
    session: Option<SessionKey>,
) -> Result<bool> {
    Ok(fetch_optional!(tx.conn(), (LeadId,), SHARED, op.account, lead, session)?.is_some())
}

/// The lead that a session's words belong to, now that its e-mail address is known; and whether it is new.
pub(super) async fn identify(
    tx: &mut Tx<'_>,
    op: &Op,
    save: &SaveLead,
    (lead, session): (LeadId, SessionKey),
    email: &str,
) -> Result<(LeadId, bool)> {
    let (known,) = fetch_one!(tx.conn(), (Option<String>,), KEY, op.account, lead)?;
    if known.as_deref() == Some(email) {
        return Ok((lead, false));
    }
    if is_shared(tx, op, lead, Some(session)).await? {
        // It stays the others'; what this visitor said leaves it.
        let (own, is_new) = claim(tx, op, save, Some(email)).await?;
        move_values(tx, op, (lead, own), session).await?;
        promote(tx, op, lead).await?;
        return Ok((own, is_new));
    }
    let owner =
        fetch_optional!(tx.conn(), (LeadId,), OWNER, op.account, &save.chatbot_id, op.environment, email)?;
    match owner {
        None => {
            execute!(tx.conn(), SET_KEY, op.account, lead, email)?;
            Ok((lead, false))
        }
        Some((owner,)) => {
            move_values(tx, op, (lead, owner), session).await?;
            execute!(tx.conn(), MOVE_SESSION, op.account, lead, owner)?;
            absorb(tx, op, &save.chatbot_id, (lead, owner)).await?;
            Ok((owner, false))
        }
    }
}

/// What was said in the session goes from one lead to another, where it fills only what is empty; what was booked in it
/// goes along.
async fn move_values(
    tx: &mut Tx<'_>,
    op: &Op,
    (from, to): (LeadId, LeadId),
    session: SessionKey,
) -> Result<()> {
    execute!(tx.conn(), MOVE_VALUES, op.account, from, to, session)?;
    execute!(tx.conn(), MOVE_BOOKINGS, op.account, from, to, session)?;
    promote(tx, op, to).await
}

/// Lets the first that still stands count, of each field of which nothing does.
pub(super) async fn promote(tx: &mut Tx<'_>, op: &Op, lead: LeadId) -> Result<()> {
    execute!(tx.conn(), PROMOTE, op.account, lead).map(|_| ())
}

/// What a lead has beside its values.
#[derive(sqlx::FromRow)]
struct Marks {
    status: LeadStatus,
    complete: bool,
    page_url: Option<String>,
    ip_address: Option<String>,
    consent: Option<Json<super::Consent>>,
    tags: Json<Vec<String>>,
    notes: Json<Vec<String>>,
    created_at: Timestamp,
}

/// One lead disappears into another, which keeps what it has.
async fn absorb(tx: &mut Tx<'_>, op: &Op, chatbot: &ChatbotId, (from, to): (LeadId, LeadId)) -> Result<()> {
    let gone = fetch_one!(tx.conn(), Marks, TAKE, op.account, from)?;
    deltas::lead_gone(tx, op, chatbot, (from, gone.created_at)).await?;
    let mut kept = fetch_one!(tx.conn(), Marks, MARKS, op.account, to)?;
    if kept.status == LeadStatus::New {
        kept.status = gone.status;
    }
    let new_tags: Vec<_> = gone.tags.0.into_iter().filter(|tag| !kept.tags.contains(tag)).collect();
    kept.tags.extend(new_tags);
    kept.notes.extend(gone.notes.0);
    execute!(
        tx.conn(),
        MARK,
        op.account,
        to,
        kept.status,
        kept.complete || gone.complete,
        kept.page_url.or(gone.page_url),
        kept.ip_address.or(gone.ip_address),
        kept.consent.or(gone.consent),
        kept.tags,
        kept.notes
    )
    .map(|_| ())
}
