//! Assets, their versions, the stored text and the index segments.
//!
//! A version is stored in two steps. First it is *staged*: its row, its text and its segments, in short units, where
//! nobody sees them. Then one unit *publishes* it: the asset's number and the links of its agents. What was staged and
//! never published is swept.

use robofy_kernel::{AccountId, AssetId, ChatbotId, LinkageId, Op, Page, PageRequest, ProjectId, Timestamp};
use sqlx::types::Json;

use crate::engine::unit;
use crate::jobs::{Lease, hold};
use crate::once::Answer;
use crate::{Lane, Once, Result, Store, StoreError, Tx, links, texts};

statements! {
    INSERT = "INSERT INTO assets (account_id, asset_id, project_id, file_name, kind, source_url, metadata, version, next_version, created_at, updated_at)
              VALUES ($1, $2, $3, $4, $5, $6, $7, 0, 2, $8, $8)";
    NEXT_VERSION = "UPDATE assets SET next_version = next_version + 1 WHERE account_id = $1 AND asset_id = $2 AND version > 0 RETURNING next_version - 1";
    INSERT_VERSION = "INSERT INTO asset_versions (account_id, asset_id, version, file_hash, text_hash, title, size_bytes, text_bytes, created_at)
                      VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    INSERT_TEXT = "INSERT INTO asset_texts (account_id, asset_id, version, start, body) VALUES ($1, $2, $3, $4, $5)";
    INSERT_SEGMENT = "INSERT INTO segments (account_id, asset_id, version, params, part, chunk_count, data) VALUES ($1, $2, $3, $4, $5, $6, $7)
                      ON CONFLICT (account_id, asset_id, version, params, part) DO NOTHING";
    PUBLISH = "UPDATE assets SET version = $3, file_name = $4, kind = $5, updated_at = $6
                WHERE account_id = $1 AND asset_id = $2 AND version < $3 RETURNING asset_id";
    LOCK_FOR_VERSION = "UPDATE assets SET updated_at = updated_at WHERE account_id = $1 AND asset_id = $2 RETURNING version";
    DELETE_VERSION = "DELETE FROM asset_versions WHERE account_id = $1 AND asset_id = $2 AND version = $3";
    LOCK = "UPDATE assets SET updated_at = updated_at WHERE account_id = $1 AND asset_id = $2 AND version = $3 RETURNING asset_id";
    FIND = "SELECT a.asset_id, a.project_id, a.file_name, a.kind, a.source_url, a.metadata, a.version, v.title, v.file_hash, v.text_hash, v.size_bytes,
                   v.text_bytes, a.created_at, a.updated_at
              FROM assets a JOIN asset_versions v ON v.account_id = a.account_id AND v.asset_id = a.asset_id AND v.version = a.version
             WHERE a.account_id = $1 AND a.project_id = $2 AND a.asset_id = $3";
    LIST = "SELECT a.asset_id, a.project_id, a.file_name, a.kind, a.source_url, a.metadata, a.version, v.title, v.file_hash, v.text_hash, v.size_bytes,
                   v.text_bytes, a.created_at, a.updated_at
              FROM assets a JOIN asset_versions v ON v.account_id = a.account_id AND v.asset_id = a.asset_id AND v.version = a.version
             WHERE a.account_id = $1 AND a.project_id = $2 AND (a.created_at, a.asset_id) > (COALESCE($3, -9223372036854775807), $4)
             ORDER BY a.created_at, a.asset_id LIMIT $5";
    DELETE = "DELETE FROM assets WHERE account_id = $1 AND project_id = $2 AND asset_id = $3";
    DISCARD = "DELETE FROM assets WHERE account_id = $1 AND asset_id = $2 AND version = 0";
    HAS_SEGMENTS = "SELECT part FROM segments WHERE account_id = $1 AND asset_id = $2 AND version = $3 AND params = $4 AND part = 0";
}

/// Up to so many bytes a version is stored and published in one unit.
const ONE_UNIT: usize = 256 * 1024;

/// A source of knowledge in its present version.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Asset {
    /// Its id.
    pub asset_id: AssetId,
    /// The project.
    pub project_id: ProjectId,
    /// The name as uploaded.
    pub file_name: String,
    /// `text`, `txt`, `md`, `html`, `csv`, `json` …
    pub kind: String,
    /// Where it was found on the web.
    pub source_url: Option<String>,
    /// What the uploader said of it.
    pub metadata: Option<Json<serde_json::Value>>,
    /// The present version.
    pub version: i64,
    /// The title found in it.
    pub title: Option<String>,
    /// SHA-256 of the bytes as they came; a text has none.
    pub file_hash: Option<Vec<u8>>,
    /// SHA-256 of the stored text.
    pub text_hash: Vec<u8>,
    /// Size as it came.
    pub size_bytes: i64,
    /// Size of the stored text.
    pub text_bytes: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last replaced.
    pub updated_at: Timestamp,
}

/// The content of a version.
#[derive(Clone, Debug)]
pub struct NewVersion {
    /// The name as uploaded.
    pub file_name: String,
    /// What kind of file it is.
    pub kind: String,
    /// SHA-256 of bytes kept with [`Store::put_file`], when it was a file.
    pub file_hash: Option<Vec<u8>>,
    /// Size as it came.
    pub size_bytes: i64,
    /// The title found in it.
    pub title: Option<String>,
    /// The stored text.
    pub text: String,
    /// Index segments for each set of chunking parameters in use.
    pub segments: Vec<NewSegment>,
}

/// One index segment.
#[derive(Clone, Debug)]
pub struct NewSegment {
    /// The chunking parameters, written out.
    pub params: String,
    /// Number of the part, from 0.
    pub part: i64,
    /// Chunks in it.
    pub chunk_count: i64,
    /// Encoded.
    pub data: Vec<u8>,
}

/// What a new asset is, besides its content.
#[derive(Clone, Debug)]
pub struct NewAsset {
    /// Its id.
    pub asset_id: AssetId,
    /// The project.
    pub project_id: ProjectId,
    /// Where it was found on the web.
    pub source_url: Option<String>,
    /// What the uploader said of it.
    pub metadata: Option<serde_json::Value>,
    /// The agent to link it to, the link's id and the chunking parameters of the agent's segments.
    pub link: Option<(ChatbotId, LinkageId, String)>,
    /// The job that brings it; it is refused once the job is another worker's.
    pub lease: Option<Lease>,
}

/// What came of publishing a new version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Published {
    /// It is served.
    Done(i64),
    /// The asset is gone.
    Gone,
    /// An agent was linked meanwhile whose chunking parameters have no segments here: build these and publish again.
    NeedsParams(Vec<String>),
}

enum Row {
    Text { start: i64, body: String },
    Segment(NewSegment),
}

impl Row {
    const fn bytes(&self) -> usize {
        match self {
            Self::Text { body, .. } => body.len(),
            Self::Segment(segment) => segment.data.len(),
        }
    }
}

impl Store {
    /// Stores and publishes a new asset, linked to an agent where asked. Once this returns, it is searchable.
    ///
    /// # Errors
    /// When project or agent are gone, or the database is away.
    pub async fn create_asset(
        &self,
        op: &Op,
        asset: NewAsset,
        version: NewVersion,
        answer: impl FnOnce(&AssetId) -> Answer + Send + 'static,
    ) -> Result<Once<AssetId>> {
        let (account, now, id) = (op.account, op.now(), asset.asset_id);
        let (head, rows) = split(version);
        let staged = rows.iter().map(Row::bytes).sum::<usize>() > ONE_UNIT;
        let rows_now = if staged {
            let (lease, asset, head) = (asset.lease.clone(), asset.clone(), head.clone());
            self.write(Lane::Ingestion, move |mut tx| {
                Box::pin(async move {
                    if let Some(lease) = &asset.lease {
                        hold(&mut tx, lease).await?;
                    }
                    insert_asset(&mut tx, account, &asset, &head, now).await?;
                    insert_version(&mut tx, account, id, 1, &head, now).await
                })
            })
            .await?;
            self.stage(account, id, 1, rows, lease.as_ref()).await?;
            Vec::new()
        } else {
            rows
        };
        let unit = unit(move |mut tx| {
            Box::pin(async move {
                if let Some(lease) = &asset.lease {
                    hold(&mut tx, lease).await?;
                }
                if !staged {
                    insert_asset(&mut tx, account, &asset, &head, now).await?;
                    insert_version(&mut tx, account, id, 1, &head, now).await?;
                    insert_rows(&mut tx, account, id, 1, rows_now).await?;
                }
                let published = fetch_optional!(
                    tx.conn(),
                    (AssetId,),
                    PUBLISH,
                    account,
                    id,
                    1_i64,
                    &head.file_name,
                    &head.kind,
                    now
                )?;
                if published.is_none() {
                    return Err(StoreError::NotFound("asset"));
                }
                if let Some((chatbot, linkage, params)) = &asset.link {
                    links::put(&mut tx, account, chatbot, id, *linkage, 1, params, now).await?;
                }
                Ok(id)
            })
        });
        self.write_once(Lane::Ingestion, op, unit, answer).await
    }

    /// Removes what an earlier attempt of a job has staged of an asset and never published.
    ///
    /// # Errors
    /// [`StoreError::LeaseLost`], or the database is away.
    pub async fn discard_staged_asset(&self, lease: &Lease, asset: AssetId) -> Result<()> {
        let (account, lease) = (lease.account_id, lease.clone());
        self.write(Lane::Ingestion, move |mut tx| {
            Box::pin(async move {
                hold(&mut tx, &lease).await?;
                execute!(tx.conn(), DISCARD, account, asset)?;
                Ok(())
            })
        })
        .await
    }

    /// Stores a new version of an asset and publishes it to the agents that it is linked to. Of several at once, the one
    /// that began last stays. With the `lease` of the job that brings it, it is refused once that is another worker's.
    ///
    /// # Errors
    /// [`StoreError::LeaseLost`], or the database is away.
    pub async fn replace_asset(
        &self,
        op: &Op,
        asset: AssetId,
        version: NewVersion,
        lease: Option<Lease>,
    ) -> Result<Published> {
        let (account, now) = (op.account, op.now());
        let mut params: Vec<String> = version.segments.iter().map(|s| s.params.clone()).collect();
        params.sort_unstable();
        params.dedup();
        let (head, rows) = split(version);
        let (head_row, holder) = (head.clone(), lease.clone());
        let number = self
            .write(Lane::Ingestion, move |mut tx| {
                Box::pin(async move {
                    if let Some(lease) = &holder {
                        hold(&mut tx, lease).await?;
                    }
                    let Some((number,)) = fetch_optional!(tx.conn(), (i64,), NEXT_VERSION, account, asset)?
                    else {
                        return Ok(None);
                    };
                    insert_version(&mut tx, account, asset, number, &head_row, now).await?;
                    Ok(Some(number))
                })
            })
            .await?;
        let Some(number) = number else { return Ok(Published::Gone) };
        self.stage(account, asset, number, rows, lease.as_ref()).await?;
        self.write(Lane::Ingestion, move |mut tx| {
            Box::pin(async move {
                if let Some(lease) = &lease {
                    hold(&mut tx, lease).await?;
                }
                // The asset's lock keeps agents from being linked to it while their parameters are compared.
                let served = fetch_optional!(tx.conn(), (i64,), LOCK_FOR_VERSION, account, asset)?;
                let Some((served,)) = served else { return Ok(Published::Gone) };
                if served > number {
                    // A version that began later is served already: this one was replaced as soon as it was there.
                    return Ok(Published::Done(number));
                }
                let missing = links::params_besides(&mut tx, account, asset, &params).await?;
                if !missing.is_empty() {
                    execute!(tx.conn(), DELETE_VERSION, account, asset, number)?;
                    return Ok(Published::NeedsParams(missing));
                }
                execute!(tx.conn(), PUBLISH, account, asset, number, &head.file_name, &head.kind, now)?;
                links::renew(&mut tx, account, asset, number, now).await?;
                Ok(Published::Done(number))
            })
        })
        .await
    }

    /// Adds segments under other chunking parameters to a version that is there. The first part is stored last: it is
    /// what [`Store::has_segments`] looks for.
    ///
    /// # Errors
    /// When the version is gone or the database is away.
    pub async fn add_segments(
        &self,
        account: AccountId,
        asset: AssetId,
        version: i64,
        segments: Vec<NewSegment>,
    ) -> Result<()> {
        let rows = segments.into_iter().rev().map(Row::Segment).collect();
        self.stage(account, asset, version, rows, None).await
    }

    /// Whether a version has segments under these chunking parameters.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn has_segments(
        &self,
        account: AccountId,
        asset: AssetId,
        version: i64,
        params: &str,
    ) -> Result<bool> {
        Ok(fetch_optional!(self.reader(), (i64,), HAS_SEGMENTS, account, asset, version, params)?.is_some())
    }

    async fn stage(
        &self,
        account: AccountId,
        asset: AssetId,
        version: i64,
        rows: Vec<Row>,
        lease: Option<&Lease>,
    ) -> Result<()> {
        let mut batch = Vec::new();
        let mut bytes = 0;
        let mut rows = rows.into_iter().peekable();
        while let Some(row) = rows.next() {
            bytes += row.bytes();
            batch.push(row);
            if bytes >= ONE_UNIT || rows.peek().is_none() {
                let (batch, lease) = (std::mem::take(&mut batch), lease.cloned());
                bytes = 0;
                self.write(Lane::Ingestion, move |mut tx| {
                    Box::pin(async move {
                        if let Some(lease) = &lease {
                            hold(&mut tx, lease).await?;
                        }
                        insert_rows(&mut tx, account, asset, version, batch).await
                    })
                })
                .await?;
            }
        }
        Ok(())
    }

    /// An asset of this account and project.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn find_asset(
        &self,
        account: AccountId,
        project: ProjectId,
        asset: AssetId,
    ) -> Result<Option<Asset>> {
        fetch_optional!(self.reader(), Asset, FIND, account, project, asset)
    }

    /// A project's assets, the oldest first.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn list_assets(
        &self,
        account: AccountId,
        project: ProjectId,
        page: &PageRequest<(i64, AssetId)>,
    ) -> Result<Page<Asset, (i64, AssetId)>> {
        let (time, id) = page.after.unzip();
        let rows = fetch_all!(self.reader(), Asset, LIST, account, project, time, id, page.size + 1)?;
        Ok(Page::of(rows, page.size, |a| (a.created_at.micros(), a.asset_id)))
    }

    /// Deletes an asset with all versions; its agents forget it at once. Says whether there was one.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn delete_asset(&self, op: &Op, project: ProjectId, asset: AssetId) -> Result<bool> {
        let (account, now) = (op.account, op.now());
        self.write(Lane::Conversation, move |mut tx| {
            Box::pin(async move {
                let deleted = execute!(tx.conn(), DELETE, account, project, asset)? > 0;
                if deleted {
                    links::remove_all(&mut tx, account, asset, now).await?;
                }
                Ok(deleted)
            })
        })
        .await
    }

    /// Links an asset to an agent. `version` and `params` are those that segments exist for; `None` when the asset has
    /// another version by now (build its segments and link again) or is gone.
    ///
    /// # Errors
    /// When the agent is gone or the database is away.
    pub async fn link_asset(
        &self,
        op: &Op,
        link: links::NewLink,
        answer: impl FnOnce(&LinkageId) -> Answer + Send + 'static,
    ) -> Result<Option<Once<LinkageId>>> {
        let (account, now) = (op.account, op.now());
        let unit = unit(move |mut tx| {
            Box::pin(async move {
                if let Some(lease) = &link.lease {
                    hold(&mut tx, lease).await?;
                }
                // The asset's lock keeps a new version from being published in between.
                if fetch_optional!(tx.conn(), (AssetId,), LOCK, account, link.asset_id, link.version)?
                    .is_none()
                {
                    return Err(StoreError::NotFound("version"));
                }
                links::put(
                    &mut tx,
                    account,
                    &link.chatbot_id,
                    link.asset_id,
                    link.linkage_id,
                    link.version,
                    &link.params,
                    now,
                )
                .await
            })
        });
        match self.write_once(Lane::Conversation, op, unit, answer).await {
            Ok(once) => Ok(Some(once)),
            Err(StoreError::NotFound("version")) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// A version's row, without its text and segments.
#[derive(Clone)]
struct VersionHead {
    file_name: String,
    kind: String,
    file_hash: Option<Vec<u8>>,
    text_hash: Vec<u8>,
    title: Option<String>,
    size_bytes: i64,
    text_bytes: i64,
}

fn split(version: NewVersion) -> (VersionHead, Vec<Row>) {
    let head = VersionHead {
        file_name: version.file_name,
        kind: version.kind,
        file_hash: version.file_hash,
        text_hash: crate::blobs::hash(version.text.as_bytes()),
        title: version.title,
        size_bytes: version.size_bytes,
        text_bytes: i64::try_from(version.text.len()).unwrap_or(i64::MAX),
    };
    let mut rows: Vec<Row> = texts::pieces(&version.text)
        .map(|(start, body)| Row::Text {
            start: i64::try_from(start).unwrap_or(i64::MAX),
            body: body.to_owned(),
        })
        .collect();
    rows.extend(version.segments.into_iter().map(Row::Segment));
    (head, rows)
}

async fn insert_asset(
    tx: &mut Tx<'_>,
    account: AccountId,
    new: &NewAsset,
    head: &VersionHead,
    now: Timestamp,
) -> Result<()> {
    let metadata = new.metadata.clone().map(Json);
    execute!(
        tx.conn(),
        INSERT,
        account,
        new.asset_id,
        new.project_id,
        &head.file_name,
        &head.kind,
        &new.source_url,
        metadata,
        now
    )?;
    Ok(())
}

async fn insert_version(
    tx: &mut Tx<'_>,
    account: AccountId,
    asset: AssetId,
    version: i64,
    head: &VersionHead,
    now: Timestamp,
) -> Result<()> {
    execute!(
        tx.conn(),
        INSERT_VERSION,
        account,
        asset,
        version,
        &head.file_hash,
        &head.text_hash,
        &head.title,
        head.size_bytes,
        head.text_bytes,
        now
    )?;
    Ok(())
}

async fn insert_rows(
    tx: &mut Tx<'_>,
    account: AccountId,
    asset: AssetId,
    version: i64,
    rows: Vec<Row>,
) -> Result<()> {
    for row in rows {
        match row {
            Row::Text { start, body } => {
                execute!(tx.conn(), INSERT_TEXT, account, asset, version, start, body)?;
            }
            Row::Segment(s) => {
                execute!(
                    tx.conn(),
                    INSERT_SEGMENT,
                    account,
                    asset,
                    version,
                    s.params,
                    s.part,
                    s.chunk_count,
                    s.data
                )?;
            }
        }
    }
    Ok(())
}
