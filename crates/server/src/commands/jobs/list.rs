//! `robofy jobs list`.

use robofy_kernel::{AccountId, JobId, PageRequest};
use robofy_store::admin::AccountJob;
use robofy_store::jobs::JobStatus;
use serde_json::json;

use crate::config::{Flags, StoreGroup};
use crate::output;

/// List the jobs that wait, run or are dead
#[derive(Debug, clap::Args)]
pub struct List {
    #[command(flatten)]
    flags: Flags<StoreGroup>,
    /// Only the dead: those that failed so often, or in such a way, that they are not tried again by themselves
    #[arg(long)]
    dead: bool,
    /// Print JSON, one job a line
    #[arg(long)]
    json: bool,
}

impl List {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let Self { flags, dead, json } = self;
        super::with_store(flags, async move |opened| {
            let mut request = PageRequest::<(AccountId, JobId)>::largest(None);
            loop {
                let page = opened.store.list_jobs(dead, &request).await?;
                for job in &page.items {
                    output::line(&if json { as_json(job) } else { as_text(job) })?;
                }
                let Some(next) = page.next else { return Ok(()) };
                request = PageRequest::largest(Some(next));
            }
        })
    }
}

fn as_text(AccountJob { email, job, .. }: &AccountJob) -> String {
    let when = match job.status {
        JobStatus::Waiting => format!("from {}", job.available_at.documented()),
        JobStatus::Running => format!("leased until {}", job.available_at.documented()),
        JobStatus::Dead | JobStatus::Done | JobStatus::Cancelled => {
            format!("since {}", job.updated_at.documented())
        }
    };
    let (status, attempts) = (job.status.as_str(), format!("{}/{}", job.attempt, job.most_attempts));
    let error =
        job.error.as_deref().map(|error| format!("  {}", error.replace('\n', " "))).unwrap_or_default();
    format!("{}  {}  {status}  {when}  {attempts}  {email}{error}", job.job_id, job.kind)
}

fn as_json(AccountJob { account_id, email, job }: &AccountJob) -> String {
    json!({
        "id": job.job_id, "account_id": account_id, "email": email, "environment": job.environment.as_str(),
        "kind": job.kind, "payload": job.payload.0, "status": job.status.as_str(), "attempt": job.attempt,
        "most_attempts": job.most_attempts, "available_at": job.available_at, "error": job.error,
        "created_at": job.created_at, "updated_at": job.updated_at,
    })
    .to_string()
}
