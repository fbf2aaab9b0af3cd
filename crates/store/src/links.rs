//! The list of an agent's sources: its index, as far as the database knows it.
//!
//! Each change takes the agent's next content version under the agent's lock, so a reader who knows version *n* asks
//! for `seq > n`. Locks are taken in one order everywhere: asset, then agents by id.

use robofy_kernel::{AccountId, AssetId, ChatbotId, LinkageId, Op, Page, PageRequest, Timestamp};

use crate::agents::next_content_version;
use crate::{Lane, Result, Store, StoreError, Tx};

statements! {
    PUT = "INSERT INTO asset_links (account_id, chatbot_id, asset_id, linkage_id, seq, version, params, removed, created_at, updated_at)
           VALUES ($1, $2, $3, $4, $5, $6, $7, FALSE, $8, $8)
           ON CONFLICT (account_id, chatbot_id, asset_id) DO UPDATE
              SET seq = excluded.seq, version = excluded.version, params = excluded.params, removed = FALSE, updated_at = excluded.updated_at,
                  linkage_id = CASE WHEN asset_links.removed THEN excluded.linkage_id ELSE asset_links.linkage_id END,
                  created_at = CASE WHEN asset_links.removed THEN excluded.created_at ELSE asset_links.created_at END
           RETURNING linkage_id";
    AGENTS_OF = "SELECT chatbot_id FROM asset_links WHERE account_id = $1 AND asset_id = $2 AND NOT removed ORDER BY chatbot_id";
    PARAMS_OF = "SELECT DISTINCT params FROM asset_links WHERE account_id = $1 AND asset_id = $2 AND NOT removed ORDER BY params";
    RENEW = "UPDATE asset_links SET seq = $4, version = $5, updated_at = $6 WHERE account_id = $1 AND chatbot_id = $2 AND asset_id = $3 AND NOT removed";
    REMOVE = "UPDATE asset_links SET seq = $4, removed = TRUE, updated_at = $5 WHERE account_id = $1 AND chatbot_id = $2 AND asset_id = $3 AND NOT removed";
    RECHUNK = "UPDATE asset_links SET seq = $4, params = $5, updated_at = $7
                WHERE account_id = $1 AND chatbot_id = $2 AND asset_id = $3 AND version = $6 AND params <> $5 AND NOT removed";
    FIND_BY_LINKAGE = "SELECT chatbot_id, asset_id FROM asset_links WHERE account_id = $1 AND linkage_id = $2 AND NOT removed";
    LIST = "SELECT l.linkage_id, l.asset_id, s.file_name, s.kind, s.source_url, v.size_bytes,
                   CAST((SELECT COALESCE(SUM(g.chunk_count), 0) FROM segments g
                          WHERE g.account_id = l.account_id AND g.asset_id = l.asset_id AND g.version = l.version AND g.params = l.params) AS BIGINT) AS chunk_count,
                   l.created_at, l.updated_at
              FROM asset_links l
              JOIN assets s ON s.account_id = l.account_id AND s.asset_id = l.asset_id
              JOIN asset_versions v ON v.account_id = l.account_id AND v.asset_id = l.asset_id AND v.version = l.version
             WHERE l.account_id = $1 AND l.chatbot_id = $2 AND NOT l.removed
               AND (l.created_at, l.asset_id) > (COALESCE($3, -9223372036854775807), $4)
             ORDER BY l.created_at, l.asset_id LIMIT $5";
    CHANGES = "SELECT l.seq, l.asset_id, l.version, l.removed, g.part, g.data
                 FROM asset_links l
                 LEFT JOIN segments g ON g.account_id = l.account_id AND g.asset_id = l.asset_id AND g.version = l.version AND g.params = l.params AND NOT l.removed
                WHERE l.account_id = $1 AND l.chatbot_id = $2 AND l.seq >= $3 AND (l.seq, COALESCE(g.part, 0)) > ($3, $4)
                ORDER BY l.seq, COALESCE(g.part, 0) LIMIT $5";
    STALE_PARAMS = "SELECT asset_id, version, params FROM asset_links
                     WHERE account_id = $1 AND chatbot_id = $2 AND params <> $3 AND NOT removed ORDER BY asset_id LIMIT $4";
}

/// A link to be made.
#[derive(Clone, Debug)]
pub struct NewLink {
    /// The agent.
    pub chatbot_id: ChatbotId,
    /// The asset.
    pub asset_id: AssetId,
    /// The link's id, if it is new.
    pub linkage_id: LinkageId,
    /// The asset's version that segments exist for.
    pub version: i64,
    /// The chunking parameters of these segments.
    pub params: String,
    /// The job that makes it; it is refused once the job is another worker's.
    pub lease: Option<crate::jobs::Lease>,
}

/// A linked asset as lists show it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct LinkedAsset {
    /// The link.
    pub linkage_id: LinkageId,
    /// The asset.
    pub asset_id: AssetId,
    /// The name as uploaded.
    pub file_name: String,
    /// What kind of file it is.
    pub kind: String,
    /// Where it was found on the web.
    pub source_url: Option<String>,
    /// Size as it came.
    pub size_bytes: i64,
    /// Chunks in the index.
    pub chunk_count: i64,
    /// When it was linked.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// One row of what changed in an agent's list: a removed source, or one part of an added one.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct LinkChange {
    /// The content version of the change.
    pub seq: i64,
    /// The asset.
    pub asset_id: AssetId,
    /// Its version.
    pub version: i64,
    /// Whether it was removed.
    pub removed: bool,
    /// The part's number.
    pub part: Option<i64>,
    /// The part, encoded.
    pub data: Option<Vec<u8>>,
}

/// A link whose segments were made under older chunking parameters.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct StaleLink {
    /// The asset.
    pub asset_id: AssetId,
    /// Its version.
    pub version: i64,
    /// The older parameters.
    pub params: String,
}

/// How to name a link that is to be removed.
#[derive(Clone, Debug)]
pub enum LinkName {
    /// By its own id.
    Linkage(LinkageId),
    /// By agent and asset.
    Pair(ChatbotId, AssetId),
}

impl Store {
    /// An agent's sources, the oldest first.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn list_linked_assets(
        &self,
        account: AccountId,
        chatbot: &ChatbotId,
        page: &PageRequest<(i64, AssetId)>,
    ) -> Result<Page<LinkedAsset, (i64, AssetId)>> {
        let (time, id) = page.after.unzip();
        let rows = fetch_all!(self.reader(), LinkedAsset, LIST, account, chatbot, time, id, page.size + 1)?;
        Ok(Page::of(rows, page.size, |l| (l.created_at.micros(), l.asset_id)))
    }

    /// What changed in an agent's list after `(seq, part)`, in order, at most `limit` rows.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn list_link_changes(
        &self,
        account: AccountId,
        chatbot: &ChatbotId,
        after: (i64, i64),
        limit: i64,
    ) -> Result<Vec<LinkChange>> {
        fetch_all!(self.reader(), LinkChange, CHANGES, account, chatbot, after.0, after.1, limit)
    }

    /// The chunking parameters under which agents serve an asset.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn list_link_params(&self, account: AccountId, asset: AssetId) -> Result<Vec<String>> {
        let rows = fetch_all!(self.reader(), (String,), PARAMS_OF, account, asset)?;
        Ok(rows.into_iter().map(|row| row.0).collect())
    }

    /// Links whose segments were made under other parameters than `params`.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn list_stale_links(
        &self,
        account: AccountId,
        chatbot: &ChatbotId,
        params: &str,
        limit: i64,
    ) -> Result<Vec<StaleLink>> {
        fetch_all!(self.reader(), StaleLink, STALE_PARAMS, account, chatbot, params, limit)
    }

    /// Serves a link's segments under new parameters, which must exist for `version`. Nothing happens when the link has
    /// another version by now.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn rechunk_link(
        &self,
        op: &Op,
        chatbot: &ChatbotId,
        asset: AssetId,
        version: i64,
        params: String,
    ) -> Result<()> {
        let (account, now, chatbot) = (op.account, op.now(), chatbot.clone());
        self.write(Lane::Ingestion, move |mut tx| {
            Box::pin(async move {
                if let Some(seq) = next_content_version(&mut tx, account, &chatbot).await? {
                    execute!(tx.conn(), RECHUNK, account, &chatbot, asset, seq, params, version, now)?;
                }
                Ok(())
            })
        })
        .await
    }

    /// Removes a link; the agent forgets the source at once. Gives the agent and asset, `None` when there was no link.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn delink_asset(&self, op: &Op, name: LinkName) -> Result<Option<(ChatbotId, AssetId)>> {
        let (account, now) = (op.account, op.now());
        self.write(Lane::Conversation, move |mut tx| {
            Box::pin(async move {
                let pair = match name {
                    LinkName::Pair(chatbot, asset) => Some((chatbot, asset)),
                    LinkName::Linkage(id) => {
                        fetch_optional!(tx.conn(), (ChatbotId, AssetId), FIND_BY_LINKAGE, account, id)?
                    }
                };
                let Some((chatbot, asset)) = pair else { return Ok(None) };
                let Some(seq) = next_content_version(&mut tx, account, &chatbot).await? else {
                    return Ok(None);
                };
                let removed = execute!(tx.conn(), REMOVE, account, &chatbot, asset, seq, now)? > 0;
                Ok(removed.then_some((chatbot, asset)))
            })
        })
        .await
    }
}

/// Links a version to an agent, or renews the link that is there. Gives the link's id.
#[expect(clippy::too_many_arguments, reason = "one row, column by column")]
pub(crate) async fn put(
    tx: &mut Tx<'_>,
    account: AccountId,
    chatbot: &ChatbotId,
    asset: AssetId,
    linkage: LinkageId,
    version: i64,
    params: &str,
    now: Timestamp,
) -> Result<LinkageId> {
    let Some(seq) = next_content_version(tx, account, chatbot).await? else {
        return Err(StoreError::NotFound("agent"));
    };
    Ok(fetch_one!(tx.conn(), (LinkageId,), PUT, account, chatbot, asset, linkage, seq, version, params, now)?
        .0)
}

/// Chunking parameters of the asset's links that are not among `known` (sorted).
pub(crate) async fn params_besides(
    tx: &mut Tx<'_>,
    account: AccountId,
    asset: AssetId,
    known: &[String],
) -> Result<Vec<String>> {
    let rows = fetch_all!(tx.conn(), (String,), PARAMS_OF, account, asset)?;
    Ok(rows.into_iter().map(|row| row.0).filter(|params| known.binary_search(params).is_err()).collect())
}

/// Serves another version of an asset to all its agents. The caller holds the asset's lock.
pub(crate) async fn renew(
    tx: &mut Tx<'_>,
    account: AccountId,
    asset: AssetId,
    version: i64,
    now: Timestamp,
) -> Result<()> {
    for (chatbot,) in fetch_all!(tx.conn(), (ChatbotId,), AGENTS_OF, account, asset)? {
        if let Some(seq) = next_content_version(tx, account, &chatbot).await? {
            execute!(tx.conn(), RENEW, account, &chatbot, asset, seq, version, now)?;
        }
    }
    Ok(())
}

/// Removes an asset from all its agents. The caller holds the asset's lock.
pub(crate) async fn remove_all(
    tx: &mut Tx<'_>,
    account: AccountId,
    asset: AssetId,
    now: Timestamp,
) -> Result<()> {
    for (chatbot,) in fetch_all!(tx.conn(), (ChatbotId,), AGENTS_OF, account, asset)? {
        if let Some(seq) = next_content_version(tx, account, &chatbot).await? {
            execute!(tx.conn(), REMOVE, account, &chatbot, asset, seq, now)?;
        }
    }
    Ok(())
}
