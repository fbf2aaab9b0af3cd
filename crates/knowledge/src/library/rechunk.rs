//! Making an agent's segments anew after a changed setting, while the old ones serve.
//!
//! A task that is lost with its process is begun again when the agent's index is next loaded: the links themselves say
//! which parameters their segments were made under.

use std::collections::HashSet;
use std::collections::hash_map::Entry as Slot;
use std::sync::{Arc, PoisonError};

use robofy_kernel::{ChatbotId, Op};
use robofy_store::agents::Agent;
use robofy_store::links::StaleLink;

use super::params::Params;
use super::{Library, LibraryError, build};
use crate::segment::SourceRef;

/// Links looked at in one go.
const BATCH: i64 = 64;

impl Library {
    /// Sees to it that all sources of an agent are cut under its present settings, in a task of its own. Nothing
    /// happens when they are. Call it after `chunk_size` or `chunk_overlap` was changed.
    pub fn rechunk_in_background(&self, op: &Op, chatbot: &ChatbotId) {
        let key = (op.account, chatbot.clone());
        match self.0.rechunking.lock().unwrap_or_else(PoisonError::into_inner).entry(key.clone()) {
            Slot::Occupied(mut running) => {
                // It may be past its last look: let it look again.
                running.insert(true);
                return;
            }
            Slot::Vacant(free) => {
                free.insert(false);
            }
        }
        let library = self.clone();
        let op = Op::system(op.account, op.clock.clone(), op.ids.clone());
        self.0.tasks.spawn("cut sources anew", async move {
            loop {
                if let Err(error) = library.rechunk(&op, &key.1).await {
                    tracing::error!(chatbot_id = %key.1, %error, "an agent's sources could not be cut anew; the old chunks serve");
                    library.0.cache.entry(&key).uncheck();
                }
                let mut running = library.0.rechunking.lock().unwrap_or_else(PoisonError::into_inner);
                match running.get_mut(&key) {
                    Some(again) if *again && !library.0.tasks.is_stopping() => *again = false,
                    Some(_) | None => {
                        running.remove(&key);
                        return;
                    }
                }
            }
        });
    }

    async fn rechunk(&self, op: &Op, chatbot: &ChatbotId) -> Result<(), LibraryError> {
        let mut tried = HashSet::new();
        while let Some(agent) = self.0.store.find_agent(op.account, chatbot).await? {
            let params = Params::of(&agent.settings);
            let stale = self.0.store.list_stale_links(op.account, chatbot, params.as_str(), BATCH).await?;
            let mut progress = false;
            for link in stale {
                if self.0.tasks.is_stopping() {
                    return Ok(());
                }
                if tried.insert((link.asset_id, link.version, params.as_str().to_owned())) {
                    progress = true;
                    self.rechunk_one(op, &agent, &params, link).await?;
                }
            }
            if !progress {
                break;
            }
        }
        Ok(())
    }

    async fn rechunk_one(
        &self,
        op: &Op,
        agent: &Agent,
        params: &Params,
        link: StaleLink,
    ) -> Result<(), LibraryError> {
        let store = &self.0.store;
        if !store.has_segments(op.account, link.asset_id, link.version, params.as_str()).await? {
            let asset = store.find_asset(op.account, agent.project_id, link.asset_id).await?;
            let text = store.read_whole_text(op.account, link.asset_id, link.version).await?;
            // Deleted since it was listed.
            let Some((asset, text)) = asset.zip(text) else { return Ok(()) };
            let source = SourceRef {
                asset_id: link.asset_id.0,
                version: link.version,
                file_name: asset.file_name,
                source_url: asset.source_url,
            };
            let text: Arc<str> = text.into();
            let segments = build::stored_segments(&self.0.workers, &source, &text, params).await?;
            store.add_segments(op.account, link.asset_id, link.version, segments).await?;
        }
        let params = params.as_str().to_owned();
        store.rechunk_link(op, &agent.chatbot_id, link.asset_id, link.version, params).await?;
        Ok(())
    }
}
