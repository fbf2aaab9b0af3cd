//! Pages of websites: read by a crawl, published under its lease.

use std::sync::Arc;

use robofy_kernel::{AssetId, LinkageId, Op};
use robofy_store::Once;
use robofy_store::agents::Agent;
use robofy_store::assets::{NewAsset, NewVersion, Published};
use robofy_store::jobs::Lease;
use robofy_store::links::NewLink;

use super::params::Params;
use super::{Library, LibraryError, build};
use crate::segment::SourceRef;

/// How often a page is published against others who change the same asset.
const TRIES: usize = 8;

/// The most characters of a name.
const NAME: usize = 255;

/// A page, or a document, that was read from a website.
#[derive(Clone, Debug)]
pub struct WebSource {
    /// The asset that it is; made when it is not there.
    pub asset_id: AssetId,
    /// Its address.
    pub url: String,
    /// `page`, or the kind of document.
    pub kind: String,
    /// Its title.
    pub title: Option<String>,
    /// The text that the agent is to know.
    pub text: String,
}

impl Library {
    /// Publishes a page to an agent, and links it where it is not linked. Nothing is stored when that text is served
    /// already. Once this returns, the agent finds it.
    ///
    /// # Errors
    /// [`StoreError::LeaseLost`](robofy_store::StoreError::LeaseLost) when the job is another worker's; else as
    /// [`Library::replace`].
    pub async fn publish(
        &self,
        op: &Op,
        agent: &Agent,
        lease: &Lease,
        source: WebSource,
    ) -> Result<(), LibraryError> {
        let store = &self.0.store;
        let text: Arc<str> = source.text.into();
        let params = Params::of(&agent.settings);
        let place = SourceRef {
            asset_id: source.asset_id.0,
            version: 0,
            file_name: name_of(&source.url),
            source_url: Some(source.url.clone()),
        };
        let mut version = NewVersion {
            file_name: place.file_name.clone(),
            kind: source.kind,
            file_hash: None,
            size_bytes: i64::try_from(text.len()).unwrap_or(i64::MAX),
            title: source.title,
            text: text.as_ref().to_owned(),
            segments: Vec::new(),
        };
        let mut wanted = vec![params.as_str().to_owned()];
        for _ in 0..TRIES {
            let present = store.find_asset(op.account, agent.project_id, source.asset_id).await?;
            let is_served = present.as_ref().is_some_and(|asset| {
                asset.text_hash == robofy_store::blobs::hash(text.as_bytes()) && asset.title == version.title
            });
            if let (true, Some(present)) = (is_served, &present) {
                if self
                    .link_page(op, agent, lease, &params, source.asset_id, present.version, &text, &place)
                    .await?
                {
                    return Ok(());
                }
                continue;
            }
            wanted.extend(store.list_link_params(op.account, source.asset_id).await?);
            wanted.sort_unstable();
            wanted.dedup();
            wanted.retain(|params| !version.segments.iter().any(|made| made.params == *params));
            for params in wanted.drain(..) {
                let params = Params::named(params);
                version
                    .segments
                    .extend(build::stored_segments(&self.0.workers, &place, &text, &params).await?);
            }
            if present.is_some() {
                // Its link is made, or found, in the next round.
                let published =
                    store.replace_asset(op, source.asset_id, version.clone(), Some(lease.clone())).await?;
                if let Published::NeedsParams(missing) = published {
                    wanted = missing;
                }
                continue;
            }
            let asset = NewAsset {
                asset_id: source.asset_id,
                project_id: agent.project_id,
                source_url: Some(source.url.clone()),
                metadata: None,
                link: Some((
                    agent.chatbot_id.clone(),
                    LinkageId(op.ids.number()),
                    params.as_str().to_owned(),
                )),
                lease: Some(lease.clone()),
            };
            match store.create_asset(op, asset, version.clone(), |_| (200, Vec::new())).await {
                Ok(Once::Fresh(_) | Once::Replayed(..)) => return Ok(()),
                // An earlier attempt was cut off while it stored the parts.
                Err(error) if error.is_conflict() => {
                    store.discard_staged_asset(lease, source.asset_id).await?;
                    wanted = vec![params.as_str().to_owned()];
                }
                Err(error) => return Err(error.into()),
            }
        }
        Err(LibraryError::Contended)
    }

    /// Links the version that is served; says whether it still was.
    #[expect(clippy::too_many_arguments, reason = "what the caller has computed already")]
    async fn link_page(
        &self,
        op: &Op,
        agent: &Agent,
        lease: &Lease,
        params: &Params,
        asset_id: AssetId,
        version: i64,
        text: &Arc<str>,
        place: &SourceRef,
    ) -> Result<bool, LibraryError> {
        let store = &self.0.store;
        if !store.has_segments(op.account, asset_id, version, params.as_str()).await? {
            let segments = build::stored_segments(&self.0.workers, place, text, params).await?;
            match store.add_segments(op.account, asset_id, version, segments).await {
                Ok(()) => {}
                Err(robofy_store::StoreError::NotFound(_)) => return Ok(false),
                Err(error) => return Err(error.into()),
            }
        }
        let link = NewLink {
            chatbot_id: agent.chatbot_id.clone(),
            asset_id,
            linkage_id: LinkageId(op.ids.number()),
            version,
            params: params.as_str().to_owned(),
            lease: Some(lease.clone()),
        };
        Ok(store.link_asset(op, link, |_| (200, Vec::new())).await?.is_some())
    }
}

/// The name under which a page is listed: its address.
fn name_of(url: &str) -> String {
    url.chars().take(NAME).collect()
}
