//! What was said, with what had been said before.

use robofy_kernel::{LeadId, LeadValueId, Op, SessionKey};

use super::{NewValue, Standing};
use crate::{Result, Tx};

statements! {
    // What stands: the value that counts of each field, and the latest of every other session.
    STANDING = "SELECT value_id, field, value, consent_version, session_key, standing FROM lead_values
                 WHERE account_id = $1 AND lead_id = $2 AND standing <> 'earlier'";
    SET_STANDING = "UPDATE lead_values SET standing = $4 WHERE account_id = $1 AND lead_id = $2 AND value_id = $3";
    INSERT = "INSERT INTO lead_values (account_id, lead_id, value_id, field, field_type, value, raw, message_id, start_byte, end_byte, valid,
                                       suggestion, consent_version, session_key, standing, created_at)
              VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)";
}

/// A value that stands.
#[derive(Clone, sqlx::FromRow)]
struct Stands {
    value_id: LeadValueId,
    field: String,
    value: String,
    consent_version: Option<String>,
    /// Who said it; `None`: the operator's servers.
    session_key: Option<SessionKey>,
    standing: Standing,
}

/// Adds what `giver` said (`None`: the operator's servers). The giver's own earlier word is replaced and kept as
/// history; another's is replaced by the operator only. The same word again is no news.
pub(super) async fn add(
    tx: &mut Tx<'_>,
    op: &Op,
    lead: LeadId,
    giver: Option<SessionKey>,
    consent_version: Option<String>,
    values: Vec<NewValue>,
) -> Result<()> {
    if values.is_empty() {
        return Ok(());
    }
    let mut stands = fetch_all!(tx.conn(), Stands, STANDING, op.account, lead)?;
    for new in values {
        let own = stands.iter().position(|old| old.field == new.field && old.session_key == giver);
        if own
            .is_some_and(|at| stands[at].value == new.value && stands[at].consent_version == consent_version)
        {
            continue;
        }
        let own = own.map(|at| stands.swap_remove(at));
        let counting =
            stands.iter_mut().find(|old| old.field == new.field && old.standing == Standing::Counts);
        let standing = match &counting {
            Some(_) if giver.is_some() => Standing::Other,
            Some(_) | None => Standing::Counts,
        };
        if let Some(own) = own {
            set_standing(tx, op, lead, own.value_id, Standing::Earlier).await?;
        }
        if let Some(counting) = counting.filter(|_| standing == Standing::Counts) {
            set_standing(tx, op, lead, counting.value_id, Standing::Other).await?;
            counting.standing = Standing::Other;
        }
        let value_id = LeadValueId(op.uuid());
        execute!(
            tx.conn(),
            INSERT,
            op.account,
            lead,
            value_id,
            &new.field,
            new.field_type,
            &new.value,
            new.raw,
            new.message_id,
            new.start,
            new.end,
            new.valid,
            new.suggestion,
            &consent_version,
            giver,
            standing,
            op.now()
        )?;
        let NewValue { field, value, .. } = new;
        stands.push(Stands {
            value_id,
            field,
            value,
            consent_version: consent_version.clone(),
            session_key: giver,
            standing,
        });
    }
    Ok(())
}

async fn set_standing(
    tx: &mut Tx<'_>,
    op: &Op,
    lead: LeadId,
    value: LeadValueId,
    standing: Standing,
) -> Result<()> {
    execute!(tx.conn(), SET_STANDING, op.account, lead, value, standing).map(|_| ())
}
