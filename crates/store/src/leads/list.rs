//! Reading leads.

use std::collections::HashMap;

use robofy_kernel::{AccountId, ChatbotId, LeadId, Op, Page, PageRequest, SessionId, SessionKey};

use super::{Lead, LeadRow, LeadValue, SessionLead};
use crate::query::BETWEEN;
use crate::{Result, Store};

/// Columns of a lead `l`, as [`Lead`] reads them; its session is the first that it came in.
macro_rules! lead {
    () => {
        "l.lead_id, l.chatbot_id, l.environment, l.email_key, l.status, l.complete, l.source, l.page_url, l.ip_address, l.consent, l.tags, l.notes, \
         (SELECT s.session_id FROM lead_sessions j JOIN chat_sessions s ON s.account_id = j.account_id AND s.session_key = j.session_key \
           WHERE j.account_id = $1 AND j.lead_id = l.lead_id ORDER BY j.joined_at, j.session_key LIMIT 1) AS session_id, \
         l.created_at, l.updated_at"
    };
}

/// Columns of a value `v` and its session `s`, as [`LeadValue`] reads them.
macro_rules! value {
    () => {
        "v.lead_id, v.field, v.field_type, v.value, v.raw, v.message_id, v.start_byte, v.end_byte, v.valid, v.suggestion, v.consent_version, \
         s.session_id, v.standing, v.created_at"
    };
}

statements! {
    // By its own id, else by the one that a visitor was told.
    FIND = concat!("SELECT ", lead!(), "
              FROM leads l
             WHERE l.account_id = $1 AND l.chatbot_id = $2
               AND (l.lead_id = $3 OR l.lead_id IN (SELECT t.lead_id FROM lead_sessions t WHERE t.account_id = $1 AND t.told_id = $3))
             ORDER BY CASE WHEN l.lead_id = $3 THEN 0 ELSE 1 END, l.created_at LIMIT 1");
    LIST = concat!("SELECT ", lead!(), "
              FROM leads l
             WHERE l.account_id = $1 AND l.chatbot_id = $2 AND l.environment = $3
               AND (l.created_at, l.lead_id) < (COALESCE($4, 9223372036854775807), $5)
             ORDER BY l.created_at DESC, l.lead_id DESC LIMIT $6");
    // Of the few leads of a session id, which CROSS JOIN makes SQLite begin with.
    LIST_OF_SESSION = concat!("WITH own AS (SELECT DISTINCT j.account_id, j.lead_id
                                FROM chat_sessions s CROSS JOIN lead_sessions j
                               WHERE s.account_id = $1 AND s.session_id = $7 AND j.account_id = s.account_id AND j.session_key = s.session_key)
            SELECT ", lead!(), "
              FROM own o CROSS JOIN leads l
             WHERE o.account_id = $1 AND l.account_id = o.account_id AND l.lead_id = o.lead_id AND l.chatbot_id = $2 AND l.environment = $3
               AND (l.created_at, l.lead_id) < (COALESCE($4, 9223372036854775807), $5)
             ORDER BY l.created_at DESC, l.lead_id DESC LIMIT $6");
    // The values of a page: of the leads from its last to its first.
    COUNTING = concat!("SELECT ", value!(), "
                  FROM (SELECT l.account_id, l.lead_id FROM leads l
                         WHERE l.account_id = $1 AND l.chatbot_id = $2 AND l.environment = $3
                           AND (l.created_at, l.lead_id) >= ($4, $5) AND (l.created_at, l.lead_id) <= ($6, $7)
                         ORDER BY l.created_at DESC, l.lead_id DESC LIMIT $8) l
                  JOIN lead_values v ON v.account_id = l.account_id AND v.lead_id = l.lead_id AND v.standing = 'counts'
                  LEFT JOIN chat_sessions s ON s.account_id = v.account_id AND s.session_key = v.session_key
                 ORDER BY v.lead_id, v.created_at, v.value_id");
    HISTORY = concat!("SELECT ", value!(), "
                 FROM lead_values v
                 LEFT JOIN chat_sessions s ON s.account_id = v.account_id AND s.session_key = v.session_key
                WHERE v.account_id = $1 AND v.lead_id = $2
                ORDER BY CASE WHEN v.standing = 'counts' THEN 0 ELSE 1 END, v.created_at, v.value_id LIMIT 1000");
    OF_SESSION = "SELECT lead_id, told_id FROM lead_sessions WHERE account_id = $1 AND session_key = $2";
    SAID_IN = concat!("SELECT ", value!(), "
                 FROM lead_values v
                 LEFT JOIN chat_sessions s ON s.account_id = v.account_id AND s.session_key = v.session_key
                WHERE v.account_id = $1 AND v.lead_id = $2 AND v.session_key = $3 AND v.standing <> 'earlier'
                ORDER BY v.created_at, v.value_id");
    FIELDS = "SELECT DISTINCT v.field
                FROM leads l JOIN lead_values v ON v.account_id = l.account_id AND v.lead_id = l.lead_id AND v.standing = 'counts'
               WHERE l.account_id = $1 AND l.chatbot_id = $2 AND l.environment = $3 ORDER BY v.field";
}

/// What a list's pages begin after: the last lead's time and id.
pub type LeadKey = (i64, LeadId);

impl Store {
    /// A lead, whatever its environment: by its id, or by the one that a visitor was told.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn find_lead(
        &self,
        account: AccountId,
        chatbot: &ChatbotId,
        lead: LeadId,
    ) -> Result<Option<Lead>> {
        fetch_optional!(self.reader(), Lead, FIND, account, chatbot, lead)
    }

    /// An agent's leads with the values that count, the newest first; with `session`, those that came in a session of
    /// this id.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn list_leads(
        &self,
        op: &Op,
        chatbot: &ChatbotId,
        session: Option<&SessionId>,
        page: &PageRequest<LeadKey>,
    ) -> Result<Page<LeadRow, LeadKey>> {
        let (account, environment, size) = (op.account, op.environment, page.size);
        let (time, id) = page.after.unzip();
        let reader = self.reader();
        let rows = match session {
            None => fetch_all!(reader, Lead, LIST, account, chatbot, environment, time, id, size + 1)?,
            Some(session) => {
                let all = LIST_OF_SESSION;
                fetch_all!(reader, Lead, all, account, chatbot, environment, time, id, size + 1, session)?
            }
        };
        let page = Page::of(rows, size, key);
        let (Some(first), Some(last)) = (page.items.first().map(key), page.items.last().map(key)) else {
            return Ok(Page { items: Vec::new(), next: None });
        };
        let mut values = HashMap::<LeadId, Vec<LeadValue>>::new();
        let mut read = async |from: LeadKey, to: LeadKey| -> Result<()> {
            for value in self.counting_values(op, chatbot, (from, to)).await? {
                values.entry(value.lead_id).or_default().push(value);
            }
            Ok(())
        };
        match session {
            None => read(last, first).await?,
            // Few, and perhaps far apart.
            Some(_) => {
                for lead in &page.items {
                    read(key(lead), key(lead)).await?;
                }
            }
        }
        Ok(page.map(|lead| {
            let values = values.remove(&lead.lead_id).unwrap_or_default();
            LeadRow { lead, values }
        }))
    }

    /// The values that count of the leads between two, both inclusive.
    async fn counting_values(
        &self,
        op: &Op,
        chatbot: &ChatbotId,
        ((from, from_id), (to, to_id)): (LeadKey, LeadKey),
    ) -> Result<Vec<LeadValue>> {
        let (account, environment) = (op.account, op.environment);
        fetch_all!(
            self.reader(),
            LeadValue,
            COUNTING,
            account,
            chatbot,
            environment,
            from,
            from_id,
            to,
            to_id,
            BETWEEN
        )
    }

    /// Everything that was said of a lead, at most a thousand values: what counts first, then by time.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn lead_history(&self, account: AccountId, lead: LeadId) -> Result<Vec<LeadValue>> {
        fetch_all!(self.reader(), LeadValue, HISTORY, account, lead)
    }

    /// A session's lead with what was said in this session, and nothing that was said elsewhere.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn lead_of_session(
        &self,
        account: AccountId,
        session: SessionKey,
    ) -> Result<Option<SessionLead>> {
        let found = fetch_optional!(self.reader(), (LeadId, LeadId), OF_SESSION, account, session)?;
        let Some((lead_id, told_id)) = found else { return Ok(None) };
        let values = fetch_all!(self.reader(), LeadValue, SAID_IN, account, lead_id, session)?;
        Ok(Some(SessionLead { lead_id, told_id, values }))
    }

    /// The names of the fields that an agent's leads have values of.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn lead_fields(&self, op: &Op, chatbot: &ChatbotId) -> Result<Vec<String>> {
        let rows = fetch_all!(self.reader(), (String,), FIELDS, op.account, chatbot, op.environment)?;
        Ok(rows.into_iter().map(|row| row.0).collect())
    }
}

fn key(lead: &Lead) -> LeadKey {
    (lead.created_at.micros(), lead.lead_id)
}
