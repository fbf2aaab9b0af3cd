//! Bringing an agent's index up to date with the store.
//!
//! The store hands out an agent's changes in the order of its content version, so an index that knows version *n* asks
//! for what came later and never reads the whole list again. A reader that has seen version *n* in the agent's head
//! finds in the index whatever *n* stands for, whichever node wrote it: the changes are read after the head.

use std::sync::Arc;

use robofy_kernel::{AssetId, Op};
use robofy_store::agents::Agent;
use robofy_store::links::LinkChange;

use super::cache::{Entry, Key, Snapshot};
use super::params::Params;
use super::{Library, LibraryError, build};
use crate::index::{AgentIndex, Change};
use crate::segment::{Segment, SegmentError, SourceRef};

/// Rows of the first page of changes; pages grow while they are light.
const FIRST_PAGE: usize = 32;
/// The most rows of a page.
const LARGEST_PAGE: usize = 1024;
/// A page heavier than this is not followed by a larger one.
const HEAVY_PAGE: usize = 4 * 1024 * 1024;
/// Less than this is decoded on the spot: handing it to another thread would cost more.
const LIGHT: usize = 32 * 1024;

/// One asset's change: its parts, or its removal.
struct Group {
    seq: i64,
    asset: AssetId,
    version: i64,
    removed: bool,
    parts: Vec<Arc<Segment>>,
    /// Why its parts cannot be read, if they cannot.
    broken: Option<SegmentError>,
}

impl Library {
    /// The agent's index with every change up to `content_version`.
    ///
    /// Concurrent callers load once; a search never waits for a merge.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn index(
        &self,
        op: &Op,
        agent: &Agent,
        content_version: i64,
    ) -> Result<Arc<Snapshot>, LibraryError> {
        let key: Key = (op.account, agent.chatbot_id.clone());
        let entry = self.0.cache.entry(&key);
        let mut snapshot = entry.snapshot();
        if snapshot.content_version < content_version {
            let changing = entry.changing.lock().await;
            snapshot = entry.snapshot();
            if snapshot.content_version < content_version {
                snapshot = Arc::new(self.catch_up(op, agent, content_version, &snapshot).await?);
                entry.put(Arc::clone(&snapshot));
                self.0.cache.weigh(&key, &entry);
            }
            drop(changing);
            self.merge_in_background(&key, &entry, &snapshot);
        }
        if entry.is_unchecked(Params::of(&agent.settings).as_str()) {
            self.rechunk_in_background(op, &agent.chatbot_id);
        }
        Ok(snapshot)
    }

    /// Reads what changed after a snapshot and applies it.
    async fn catch_up(
        &self,
        op: &Op,
        agent: &Agent,
        content_version: i64,
        from: &Arc<Snapshot>,
    ) -> Result<Snapshot, LibraryError> {
        let mut groups: Vec<Group> = Vec::new();
        let mut after = (from.content_version, i64::MAX);
        let mut wanted = FIRST_PAGE;
        let mut weight = 0;
        loop {
            let limit = i64::try_from(wanted).unwrap_or(i64::MAX);
            let rows = self.0.store.list_link_changes(op.account, &agent.chatbot_id, after, limit).await?;
            let (count, bytes) = (rows.len(), rows.iter().map(row_bytes).sum::<usize>());
            weight += bytes;
            if let Some(last) = rows.last() {
                after = (last.seq, last.part.unwrap_or(0));
            }
            groups = compute(bytes, move || {
                collect(&mut groups, rows);
                groups
            })
            .await?;
            if count < wanted {
                break;
            }
            if bytes < HEAVY_PAGE {
                wanted = (wanted * 2).min(LARGEST_PAGE);
            }
        }
        // A change may also use up a version without leaving a row, so the head's number counts as well.
        let reached = groups.last().map_or(0, |group| group.seq).max(content_version);
        for group in &mut groups {
            if let Some(error) = group.broken.take() {
                group.parts = self.rebuild(op, agent, group, error).await?;
            }
        }
        let from = Arc::clone(from);
        let index = compute(weight, move || apply(&from.index, groups)).await?;
        Ok(Snapshot { content_version: reached, index })
    }

    /// Makes an asset's segments anew from its stored text, because those in the store cannot be read.
    async fn rebuild(
        &self,
        op: &Op,
        agent: &Agent,
        group: &Group,
        error: SegmentError,
    ) -> Result<Vec<Arc<Segment>>, LibraryError> {
        tracing::warn!(chatbot_id = %agent.chatbot_id, asset_id = %group.asset, version = group.version, %error,
            "an index segment cannot be read; it is made again from the stored text");
        let store = &self.0.store;
        let asset = store.find_asset(op.account, agent.project_id, group.asset).await?;
        let text = store.read_whole_text(op.account, group.asset, group.version).await?;
        let Some((asset, text)) = asset.zip(text) else {
            // Deleted since the page was read; the change that says so has been committed and comes next.
            return Ok(Vec::new());
        };
        let source = SourceRef {
            asset_id: group.asset.0,
            version: group.version,
            file_name: asset.file_name,
            source_url: asset.source_url,
        };
        let params = Params::of(&agent.settings);
        let segments = build::segments(&self.0.workers, &source, &text.into(), &params).await?;
        Ok(segments.into_iter().map(Arc::new).collect())
    }

    /// Merges the parts of an index in a task of its own, one merge after another.
    fn merge_in_background(&self, key: &Key, entry: &Arc<Entry>, snapshot: &Snapshot) {
        if snapshot.index.plan_merge().is_none() || !entry.begin_merging() {
            return;
        }
        let (library, key, entry) = (self.clone(), key.clone(), Arc::clone(entry));
        self.0.tasks.spawn("merge an index", async move {
            if let Err(error) = library.merge(&key, &entry).await {
                tracing::error!(chatbot_id = %key.1, %error, "an index could not be merged");
            }
            entry.end_merging();
        });
    }

    async fn merge(&self, key: &Key, entry: &Arc<Entry>) -> Result<(), LibraryError> {
        while !self.0.tasks.is_stopping() && self.0.cache.holds(key, entry) {
            let Some(plan) = entry.snapshot().index.plan_merge() else { return Ok(()) };
            let merged = self.0.workers.run(move || plan.run()).await?;
            let changing = entry.changing.lock().await;
            let now = entry.snapshot();
            let index = now.index.install(merged);
            entry.put(Arc::new(Snapshot { content_version: now.content_version, index }));
            self.0.cache.weigh(key, entry);
            drop(changing);
        }
        Ok(())
    }
}

fn row_bytes(row: &LinkChange) -> usize {
    row.data.as_ref().map_or(0, Vec::len)
}

/// Runs work beside the request's thread when it is not light. Somebody waits for it, so it does not queue with the
/// guests.
async fn compute<T: Send + 'static>(
    weight: usize,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, LibraryError> {
    if weight < LIGHT {
        return Ok(work());
    }
    tokio::task::spawn_blocking(work).await.map_err(|_| LibraryError::Stopped)
}

/// Decodes rows and adds them to the groups; a group may go on from one page to the next.
fn collect(groups: &mut Vec<Group>, rows: Vec<LinkChange>) {
    for row in rows {
        if groups.last().is_none_or(|group| group.seq != row.seq) {
            groups.push(Group {
                seq: row.seq,
                asset: row.asset_id,
                version: row.version,
                removed: row.removed,
                parts: Vec::new(),
                broken: None,
            });
        }
        let (Some(group), Some(data)) = (groups.last_mut(), row.data) else { continue };
        match Segment::decode_version(&data, row.version) {
            Ok(segment) => group.parts.push(Arc::new(segment)),
            Err(error) => group.broken = Some(error),
        }
    }
}

/// Applies groups in their order. An asset that changed while the pages were read is among them twice; its later state
/// counts.
fn apply(index: &AgentIndex, groups: Vec<Group>) -> AgentIndex {
    let mut last = std::collections::HashMap::with_capacity(groups.len());
    for (at, group) in groups.iter().enumerate() {
        last.insert(group.asset, at);
    }
    let changes = groups.into_iter().enumerate().filter(|(at, group)| last.get(&group.asset) == Some(at));
    index.apply(
        changes
            .map(|(_, group)| Change {
                asset_id: group.asset.0,
                segments: (!group.removed).then_some(group.parts),
            })
            .collect(),
    )
}
