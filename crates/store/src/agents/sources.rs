//! How much agents were taught.

use std::collections::HashMap;

use robofy_kernel::{AccountId, ChatbotId};

use super::Agent;
use crate::query::BETWEEN;
use crate::{Result, Store};

/// What of links `l`, their assets `s` and versions `v` makes a [`SourceCount`].
macro_rules! sources {
    () => {
        "CAST(COUNT(*) FILTER (WHERE s.kind <> 'page') AS BIGINT) AS files, CAST(COUNT(*) FILTER (WHERE s.kind = 'page') AS BIGINT) AS links, \
         CAST(COALESCE(SUM(v.size_bytes), 0) AS BIGINT) AS bytes"
    };
}

statements! {
    COUNT_SOURCES = concat!("SELECT ", sources!(), "
                              FROM asset_links l
                              JOIN assets s ON s.account_id = l.account_id AND s.asset_id = l.asset_id
                              JOIN asset_versions v ON v.account_id = l.account_id AND v.asset_id = l.asset_id AND v.version = l.version
                             WHERE l.account_id = $1 AND l.chatbot_id = $2 AND NOT l.removed");
    // Of the agents of a page: from its first to its last. CROSS JOIN, so that SQLite begins with them.
    COUNT_SOURCES_OF_PAGE = concat!("SELECT l.chatbot_id, ", sources!(), "
                              FROM (SELECT a.account_id, a.chatbot_id FROM agents a
                                     WHERE a.account_id = $1 AND a.project_id = $2
                                       AND (a.created_at, a.chatbot_id) >= ($3, $4) AND (a.created_at, a.chatbot_id) <= ($5, $6)
                                     ORDER BY a.created_at, a.chatbot_id LIMIT $7) a
                              CROSS JOIN asset_links l
                              JOIN assets s ON s.account_id = l.account_id AND s.asset_id = l.asset_id
                              JOIN asset_versions v ON v.account_id = l.account_id AND v.asset_id = l.asset_id AND v.version = l.version
                             WHERE l.account_id = a.account_id AND l.chatbot_id = a.chatbot_id AND NOT l.removed
                             GROUP BY l.chatbot_id");
}

/// How much an agent was taught.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct SourceCount {
    /// Texts and files.
    pub files: i64,
    /// Pages of websites.
    pub links: i64,
    /// Bytes of the sources as they came.
    pub bytes: i64,
}

#[derive(sqlx::FromRow)]
struct CountedSources {
    chatbot_id: ChatbotId,
    #[sqlx(flatten)]
    sources: SourceCount,
}

impl Store {
    /// How much an agent was taught.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn count_sources(&self, account: AccountId, chatbot: &ChatbotId) -> Result<SourceCount> {
        fetch_one!(self.reader(), SourceCount, COUNT_SOURCES, account, chatbot)
    }

    /// The same of each agent of a page of [`Store::list_agents`]; one that was taught nothing is left out.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn count_sources_of_page(&self, page: &[Agent]) -> Result<HashMap<ChatbotId, SourceCount>> {
        let (Some(first), Some(last)) = (page.first(), page.last()) else { return Ok(HashMap::new()) };
        let counted = fetch_all!(
            self.reader(),
            CountedSources,
            COUNT_SOURCES_OF_PAGE,
            first.account_id,
            first.project_id,
            first.created_at,
            &first.chatbot_id,
            last.created_at,
            &last.chatbot_id,
            BETWEEN
        )?;
        Ok(counted.into_iter().map(|row| (row.chatbot_id, row.sources)).collect())
    }
}
