//! Taking sources in: read, cut, indexed, stored and searchable when the call returns.

use std::sync::Arc;

use robofy_kernel::{AssetId, LinkageId, Op, ProjectId};
use robofy_store::Once;
use robofy_store::agents::Agent;
use robofy_store::assets::{Asset, NewAsset, NewSegment, NewVersion, Published};
use robofy_store::links::NewLink;

use super::params::Params;
use super::{Library, LibraryError, build};
use crate::extract::{Extracted, Kind};
use crate::segment::SourceRef;

/// Status and body for a repeat of the same `Idempotency-Key`, secrets left out.
pub type Answer = (u16, Vec<u8>);

/// How often a replacement or a link is tried against others who change the same asset.
const TRIES: usize = 8;

/// A text that came in a request.
#[derive(Clone, Debug, Default)]
pub struct TextSource {
    /// The text.
    pub content: String,
    /// Its name.
    pub file_name: String,
    /// Where it was found on the web.
    pub source_url: Option<String>,
    /// Whether it is the content of a web page, which may be written in HTML.
    pub is_webpage: bool,
    /// What the sender said of it.
    pub metadata: Option<serde_json::Value>,
}

/// A file that was uploaded.
#[derive(Clone, Debug, Default)]
pub struct FileSource {
    /// Its name as uploaded.
    pub file_name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// What the uploader said of it.
    pub metadata: Option<serde_json::Value>,
}

/// A source of either kind.
#[derive(Clone, Debug)]
pub enum Source {
    /// A text.
    Text(TextSource),
    /// A file.
    File(FileSource),
}

/// What was taken in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Taught {
    /// The new asset.
    pub asset_id: AssetId,
    /// Its link to the agent, when there is one.
    pub linkage_id: Option<LinkageId>,
}

/// What came of replacing an asset's content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Replaced {
    /// This version is served now.
    Version(i64),
    /// The content is what is served already; nothing was stored.
    Unchanged(i64),
    /// There is no such asset in the project.
    Gone,
}

/// A source that was read.
struct Content {
    file_name: String,
    kind: &'static str,
    title: Option<String>,
    size: usize,
    source_url: Option<String>,
    metadata: Option<serde_json::Value>,
    /// The bytes as they came, for a file.
    file: Option<Vec<u8>>,
    text: Arc<str>,
}

impl Library {
    /// Takes a source in and links it to an agent, where one is given. Once this returns, the agent finds it.
    ///
    /// `answer` makes what a repeat of the operation's `Idempotency-Key` gets.
    ///
    /// # Errors
    /// [`LibraryError::Extract`] when the source cannot be read; [`LibraryError::Store`] when the project or the agent
    /// is gone, the key was used for another request, or the database is away.
    pub async fn teach(
        &self,
        op: &Op,
        project: ProjectId,
        agent: Option<&Agent>,
        source: Source,
        answer: impl FnOnce(&Taught) -> Answer + Send + 'static,
    ) -> Result<Once<Taught>, LibraryError> {
        if let Some((status, body)) = self.0.store.find_answer(op).await? {
            return Ok(Once::Replayed(status, body));
        }
        let content = self.read(source).await?;
        let taught = Taught {
            asset_id: AssetId(op.ids.number()),
            linkage_id: agent.map(|_| LinkageId(op.ids.number())),
        };
        let params = agent.map(|agent| Params::of(&agent.settings));
        let place = content.place(taught.asset_id);
        let mut segments = Vec::new();
        if let Some(params) = &params {
            segments = build::stored_segments(&self.0.workers, &place, &content.text, params).await?;
        }
        let link = agent.zip(taught.linkage_id).zip(params.as_ref());
        let asset = NewAsset {
            asset_id: taught.asset_id,
            project_id: project,
            source_url: content.source_url.clone(),
            metadata: content.metadata.clone(),
            link: link.map(|((agent, linkage), params)| {
                (agent.chatbot_id.clone(), linkage, params.as_str().to_owned())
            }),
            lease: None,
        };
        let version = self.keep(op, content, segments).await?;
        let once = self.0.store.create_asset(op, asset, version, move |_| answer(&taught)).await?;
        if let Some(agent) = agent {
            self.check_params(op, agent).await?;
        }
        Ok(once.map(|_| taught))
    }

    /// Gives an asset new content: a new version, unless the content is what is served already. The agents that it is
    /// linked to find the new content once this returns; citations of the old version still open.
    ///
    /// # Errors
    /// As [`Library::teach`]; [`LibraryError::Contended`] when others keep changing the same asset.
    pub async fn replace(
        &self,
        op: &Op,
        project: ProjectId,
        asset: AssetId,
        source: Source,
    ) -> Result<Replaced, LibraryError> {
        let store = &self.0.store;
        let Some(present) = store.find_asset(op.account, project, asset).await? else {
            return Ok(Replaced::Gone);
        };
        if let Source::File(file) = &source
            && present.file_name == file.file_name
            && present.file_hash.as_deref() == Some(&robofy_store::blobs::hash(&file.bytes)[..])
        {
            return Ok(Replaced::Unchanged(present.version));
        }
        let content = self.read(source).await?;
        if content.is_text_of(&present) {
            return Ok(Replaced::Unchanged(present.version));
        }
        let place = content.place(asset);
        let text = Arc::clone(&content.text);
        let mut wanted = store.list_link_params(op.account, asset).await?;
        let mut version = self.keep(op, content, Vec::new()).await?;
        for _ in 0..TRIES {
            for params in wanted {
                let params = Params::named(params);
                let made = build::stored_segments(&self.0.workers, &place, &text, &params).await?;
                version.segments.extend(made);
            }
            match store.replace_asset(op, asset, version.clone(), None).await? {
                Published::Done(number) => return Ok(Replaced::Version(number)),
                Published::NeedsParams(missing) => wanted = missing,
                // Deleted, or a replacement that began later is served already: then that one's version counts.
                Published::Gone => {
                    let now = store.find_asset(op.account, project, asset).await?;
                    return Ok(now.map_or(Replaced::Gone, |now| Replaced::Version(now.version)));
                }
            }
        }
        Err(LibraryError::Contended)
    }

    /// Links an asset to an agent of the same project. `None` when there is no such asset. A link that is there stays.
    ///
    /// # Errors
    /// As [`Library::replace`].
    pub async fn link(
        &self,
        op: &Op,
        agent: &Agent,
        asset: AssetId,
        answer: impl FnOnce(&LinkageId) -> Answer + Send + Clone + 'static,
    ) -> Result<Option<Once<LinkageId>>, LibraryError> {
        let store = &self.0.store;
        if let Some((status, body)) = store.find_answer(op).await? {
            return Ok(Some(Once::Replayed(status, body)));
        }
        let params = Params::of(&agent.settings);
        for _ in 0..TRIES {
            let Some(present) = store.find_asset(op.account, agent.project_id, asset).await? else {
                return Ok(None);
            };
            let version = present.version;
            if !store.has_segments(op.account, asset, version, params.as_str()).await? {
                let Some(text) = store.read_whole_text(op.account, asset, version).await? else { continue };
                let place = SourceRef {
                    asset_id: asset.0,
                    version,
                    file_name: present.file_name,
                    source_url: present.source_url,
                };
                let segments = build::stored_segments(&self.0.workers, &place, &text.into(), &params).await?;
                match store.add_segments(op.account, asset, version, segments).await {
                    Ok(()) => {}
                    // The version or the whole asset went meanwhile: look again.
                    Err(robofy_store::StoreError::NotFound(_)) => continue,
                    Err(error) => return Err(error.into()),
                }
            }
            let link = NewLink {
                chatbot_id: agent.chatbot_id.clone(),
                asset_id: asset,
                linkage_id: LinkageId(op.ids.number()),
                version,
                params: params.as_str().to_owned(),
                lease: None,
            };
            if let Some(once) = store.link_asset(op, link, answer.clone()).await? {
                self.check_params(op, agent).await?;
                return Ok(Some(once));
            }
        }
        Err(LibraryError::Contended)
    }

    /// Cuts sources anew where the agent's settings have changed since it was read as given: a change while a source was
    /// being cut may have missed the new link.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn check_params(&self, op: &Op, agent: &Agent) -> Result<(), LibraryError> {
        let head = self.0.store.find_agent_head(op.account, &agent.chatbot_id).await?;
        if head.is_some_and(|head| head.version != agent.version) {
            self.rechunk_in_background(op, &agent.chatbot_id);
        }
        Ok(())
    }

    /// Reads a source.
    async fn read(&self, source: Source) -> Result<Content, LibraryError> {
        match source {
            Source::File(file) => {
                let size = file.bytes.len();
                let read = self.0.extractor.extract(&file.file_name, file.bytes.clone()).await?;
                let kind = read.kind.name();
                Ok(Content::new(read, kind, size, file.file_name, None, file.metadata, Some(file.bytes)))
            }
            Source::Text(text) => {
                let size = text.content.len();
                let kind = Kind::of_text(&text.file_name, &text.content, text.is_webpage);
                let read = self.0.extractor.extract_as(kind, text.content).await?;
                let kind = if text.is_webpage { "page" } else { "text" };
                Ok(Content::new(read, kind, size, text.file_name, text.source_url, text.metadata, None))
            }
        }
    }

    /// Keeps the bytes of a file, and gives the version that names them.
    async fn keep(
        &self,
        op: &Op,
        content: Content,
        segments: Vec<NewSegment>,
    ) -> Result<NewVersion, LibraryError> {
        let file_hash = match content.file {
            Some(bytes) => Some(self.0.store.put_file(op.account, bytes, &op.ids, op.now()).await?),
            None => None,
        };
        Ok(NewVersion {
            file_name: content.file_name,
            kind: content.kind.to_owned(),
            file_hash,
            size_bytes: i64::try_from(content.size).unwrap_or(i64::MAX),
            title: content.title,
            text: content.text.as_ref().to_owned(),
            segments,
        })
    }
}

impl Content {
    fn new(
        read: Extracted,
        kind: &'static str,
        size: usize,
        file_name: String,
        source_url: Option<String>,
        metadata: Option<serde_json::Value>,
        file: Option<Vec<u8>>,
    ) -> Self {
        let Extracted { text, title, .. } = read;
        Self { file_name, kind, title, size, source_url, metadata, file, text: text.into() }
    }

    /// What segments say of their source. The version's number is allotted later; the row tells it to whoever reads.
    fn place(&self, asset: AssetId) -> SourceRef {
        SourceRef {
            asset_id: asset.0,
            version: 0,
            file_name: self.file_name.clone(),
            source_url: self.source_url.clone(),
        }
    }

    /// Whether this is the text that an asset serves now.
    fn is_text_of(&self, asset: &Asset) -> bool {
        self.file.is_none()
            && asset.file_hash.is_none()
            && asset.file_name == self.file_name
            && asset.text_hash == robofy_store::blobs::hash(self.text.as_bytes())
    }
}
