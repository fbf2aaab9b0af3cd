//! An agent with a data folder of its own, thrown away with it.

use anyhow::{Context, bail};
use robofy_kernel::{AccountId, AssetId, Op, ProjectId};
use robofy_knowledge::index::AgentIndex;
use robofy_knowledge::library::{Library, Source, TextSource};
use robofy_store::agents::Agent;
use robofy_store::api_keys::Reveal;
use robofy_store::{KeySource, Once, StoreConfig};
use tempfile::TempDir;

use crate::founding::{Founder, found_account, found_agent, found_project, present_agent};
use crate::opening::{Opened, Place};
use crate::wiring;

/// The agent and what it lives in.
#[derive(Debug)]
pub struct Scratch {
    /// The store and its clock.
    pub opened: Opened,
    /// The operator.
    pub op: Op,
    /// The project.
    pub project: ProjectId,
    /// The agent.
    pub agent: Agent,
    /// Its knowledge.
    pub library: Library,
    folder: TempDir,
}

impl Scratch {
    /// Makes everything.
    pub async fn new() -> anyhow::Result<Self> {
        let folder =
            tempfile::tempdir().context("cannot make a temporary folder; make room or set TMPDIR")?;
        let place = Place {
            config: StoreConfig::Sqlite { data_dir: folder.path().to_owned() },
            key: KeySource::FileOrNew(folder.path().join("master.key")),
        };
        let opened = place.open().await?;
        let store = &opened.store;
        let account = AccountId(opened.ids.uuid_v7(opened.clock.now()));
        let op = Op::system(account, opened.clock.clone(), opened.ids.clone());
        let founder = Founder { email: "eval@localhost", password_hash: String::new(), reveal: Reveal::Off };
        found_account(store, &op, founder).await?;
        let project = found_project(store, &op, "Eval").await?;
        let agent = found_agent(store, &op, project, "Eval").await?;
        let library = wiring::library(&opened)?;
        Ok(Self { opened, op, project, agent, library, folder })
    }

    /// Teaches one text. All have the same name, so that no name helps to find its text.
    pub async fn teach(&self, content: &str) -> anyhow::Result<AssetId> {
        let text = TextSource {
            content: content.to_owned(),
            file_name: "paragraph.txt".to_owned(),
            ..TextSource::default()
        };
        let source = Source::Text(text);
        let taught = self
            .library
            .teach(&self.op, self.project, Some(&self.agent), source, |_| (200, Vec::new()))
            .await?;
        match taught {
            Once::Fresh(taught) => Ok(taught.asset_id),
            Once::Replayed(..) => bail!("the program's own operations are not repeated"),
        }
    }

    /// Takes note of what was taught: the content version that questions are asked at.
    pub async fn refresh(&mut self) -> anyhow::Result<()> {
        self.agent = present_agent(&self.opened.store, &self.op, &self.agent.chatbot_id).await?;
        Ok(())
    }

    /// The index of what was taught, as a turn finds it.
    pub async fn index(&self) -> anyhow::Result<AgentIndex> {
        let snapshot = self.library.index(&self.op, &self.agent, self.agent.content_version).await?;
        Ok(snapshot.index.clone())
    }

    /// Closes the store and removes the folder.
    pub async fn throw_away(self) -> anyhow::Result<()> {
        self.opened.store.close().await;
        self.folder.close().context("cannot remove the temporary folder")
    }
}
