//! `robofy worker`: does the jobs of the queue, and serves nobody.

use robofy_kernel::RightOfWay;

use crate::config::{Flags, Settings, WorkerGroup};
use crate::opening::{Opened, Place};
use crate::{output, wiring};

use super::stopping::Stopping;

/// Do the jobs of the queue beside the servers (with PostgreSQL; `serve` does them too)
#[derive(Debug, clap::Args)]
pub struct Worker {
    #[command(flatten)]
    flags: Flags<WorkerGroup>,
}

impl Worker {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let settings = super::open(self.flags)?;
        super::runtime()?.block_on(Box::pin(work(&settings)))
    }
}

async fn work(settings: &Settings) -> anyhow::Result<()> {
    let place = Place::of(settings)?;
    if let Some(folder) = place.folder() {
        anyhow::bail!(
            "the data is in the folder {} (SQLite), where one process works, and `robofy serve` does the jobs as well; \
             workers of their own need PostgreSQL: give --database-url",
            folder.display()
        );
    }
    let opened = place.open().await?;
    let Opened { store, tasks, .. } = &opened;
    let stopping = Stopping::listen(tasks, settings.shutdown())?;
    // Nobody waits for this process, so nobody goes first.
    let handlers = wiring::handlers(&wiring::library(&opened)?, settings, RightOfWay::default())?;
    let worker = wiring::worker(&opened, handlers, settings.shutdown());
    worker.start();
    if let Err(error) = output::line("Robofy works; press Ctrl-C to stop.") {
        tracing::warn!("{error:#}; the worker runs on");
    }
    tracing::info!(?worker, "working");

    tasks.stopping().await;
    let finished = tokio::select! {
        finished = tasks.finish(stopping.left()) => finished,
        () = stopping.enough() => false,
    };
    store.close().await;
    tracing::info!(finished, "stopped");
    Ok(())
}
