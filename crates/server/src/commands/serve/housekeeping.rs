//! What the server does by itself: it ends turns whose node is gone, takes up jobs that were left, folds statistics, and
//! removes what has outlived its use.

use std::time::Duration;

use robofy_kernel::{Clock, Tasks};
use robofy_store::Store;

/// How often what has outlived its use is removed.
const SWEEP_EVERY: Duration = Duration::from_secs(60 * 60);
/// A visitor who waits for a lost turn is told within 30 s: a node's promise holds for 20.
const LOOK_EVERY: Duration = Duration::from_secs(5);
/// How often what happened is folded into counters. What is not folded yet is counted all the same.
const FOLD_EVERY: Duration = Duration::from_secs(10);

/// Ends what an earlier run left open, and goes on doing so.
pub async fn start(store: &Store, clock: &Clock, tasks: &Tasks, request_log_days: u32) -> anyhow::Result<()> {
    let interrupted = store.interrupt_lost_turns(clock.now(), true).await?;
    if interrupted > 0 {
        tracing::warn!(interrupted, "answers of an earlier run were cut off; their visitors are told");
    }
    let jobs = store.put_back_jobs(clock.now()).await?;
    if jobs > 0 {
        tracing::info!(jobs, "jobs of an earlier run are taken up again");
    }
    let kept = Duration::from_secs(u64::from(request_log_days) * 24 * 60 * 60);
    let (swept, now) = (store.clone(), clock.clone());
    tasks.spawn_periodic("sweep", SWEEP_EVERY, move || {
        let (store, now) = (swept.clone(), now.clone());
        async move {
            if let Err(error) = store.sweep(now.now()).await {
                tracing::error!(%error, "cannot remove what has outlived its use");
            }
            if let Err(error) = store.forget_requests(now.now().before(kept)).await {
                tracing::error!(%error, "cannot remove old requests from the request log");
            }
        }
    });
    let (folded, now) = (store.clone(), clock.clone());
    tasks.spawn_periodic("statistics", FOLD_EVERY, move || {
        let (store, now) = (folded.clone(), now.clone());
        async move {
            if let Err(error) = store.fold_statistics(now.now()).await {
                tracing::error!(%error, "cannot fold what happened into the statistics");
            }
        }
    });
    let (looked, now) = (store.clone(), clock.clone());
    tasks.spawn_periodic("lost turns", LOOK_EVERY, move || {
        let (store, now) = (looked.clone(), now.clone());
        async move {
            match store.interrupt_lost_turns(now.now(), false).await {
                Ok(0) => {}
                Ok(interrupted) => tracing::warn!(interrupted, "answers of a lost node were cut off"),
                Err(error) => tracing::error!(%error, "cannot look for lost answers"),
            }
        }
    });
    Ok(())
}
