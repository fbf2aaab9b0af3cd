//! Websites: pages a second against bare fetching, and what a visitor feels while one is read.

mod beside;
mod pace;

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context as _, ensure};

use super::Bench;
use crate::calls;
use crate::load::Connection;
use crate::process::Server;
use crate::report::Section;
use crate::subject::{Account, Serving};

/// A server that may crawl what runs on this machine.
const CRAWLS: Serving = Serving { model: None, files: None, crawls: true };
/// Of a site's pages, in hundredths, at least so many must be read; otherwise the figures say nothing.
const READ: usize = 95;
/// How long a crawl may take.
const PATIENCE: Duration = Duration::from_secs(600);

/// The sizes of sites, and of the talk beside a crawl.
#[derive(Clone, Copy, Debug)]
pub struct CrawlSize {
    /// Pages of the site whose reading is held against bare fetching.
    pub pages: usize,
    /// How often the two take turns.
    pub rounds: usize,
    /// Pages of the site that is read while somebody asks.
    pub large: usize,
    /// How often that is read.
    pub large_rounds: usize,
    /// What the agent that is asked knows before, in chunks.
    pub chunks: usize,
    /// Questions before and after, each.
    pub questions: usize,
    /// During the crawl it is asked for so long, then not asked for so long, and so on.
    pub stretch: Duration,
}

pub(super) async fn measure(bench: &Bench) -> anyhow::Result<Vec<Section>> {
    Ok(vec![pace::section(bench).await?, beside::section(bench).await?])
}

/// A website that is being learnt.
struct Crawl<'a> {
    account: &'a Account,
    connection: Connection,
    pages: usize,
}

/// How far it is.
struct Progress {
    /// Pages read, the front page too.
    read: usize,
    failed: usize,
    status: String,
    /// What the owner is told of it.
    notice: String,
}

impl<'a> Crawl<'a> {
    /// Begins it, in an agent that learns no other.
    async fn begin(
        account: &'a Account,
        server: &Server,
        site: SocketAddr,
        pages: usize,
    ) -> anyhow::Result<Self> {
        let mut connection = Connection::open(server.address()).await?;
        connection.send(&calls::crawl(account, site, pages)).await?.expect(201)?;
        Ok(Self { account, connection, pages })
    }

    async fn look(&mut self) -> anyhow::Result<Progress> {
        let answer = self.connection.send(&calls::crawls(self.account)).await?.json(200)?;
        let run = &answer["data"]["runs"][0];
        let number = |name: &str| -> anyhow::Result<usize> {
            let number = run[name].as_u64().with_context(|| format!("no `{name}` in {answer}"))?;
            Ok(usize::try_from(number)?)
        };
        Ok(Progress {
            read: number("pages_crawled")?,
            failed: number("pages_failed")?,
            status: run["status"].as_str().context("the crawl has no status")?.to_owned(),
            notice: run["notice"].as_str().unwrap_or_default().to_owned(),
        })
    }

    /// Whether the crawl is over, when it ended well.
    ///
    /// # Errors
    /// When it failed, or left out too much.
    fn is_over(&self, progress: &Progress) -> anyhow::Result<bool> {
        let Progress { read, failed, status, notice } = progress;
        if status == "crawling" {
            return Ok(false);
        }
        ensure!(status == "completed", "the crawl is {status}: {notice}");
        let least = (self.pages * READ).div_ceil(100);
        ensure!(*read >= least, "{read} of {} pages were read, {failed} could not be", self.pages);
        Ok(true)
    }
}
