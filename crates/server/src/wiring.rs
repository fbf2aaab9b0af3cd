//! What answers questions and does jobs, put together over an open store.

use std::num::NonZeroU32;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use robofy_agent::builtin::BuiltIn;
use robofy_agent::fluent::Fluent;
use robofy_agent::{StreamLimits, Turns};
use robofy_crawl::{CrawlAgain, Crawler};
use robofy_jobs::{Handler, Worker, WorkerConfig};
use robofy_kernel::{Clock, Ids, RightOfWay};
use robofy_knowledge::extract::{Extractor, ExtractorConfig};
use robofy_knowledge::library::{Library, LibraryConfig};
use robofy_model::{Endpoint, Models, ModelsConfig, ServerKey};
use robofy_net::{Gate, Rules};

use crate::config::Settings;
use crate::opening::Opened;

/// The knowledge of all agents, its files read by this very program as a child.
///
/// # Errors
/// When the system gives no more threads.
pub fn library(opened: &Opened) -> anyhow::Result<Library> {
    let config = ExtractorConfig::new(this_program()?, vec!["extract".into()]);
    let Opened { store, tasks, .. } = opened;
    Library::new(store.clone(), Extractor::new(config), tasks.clone(), LibraryConfig::default())
        .context("cannot start the indexing threads; raise the limit of processes")
}

/// Turns over that knowledge, answered by language models where there are some, else by the built-in answerer.
///
/// # Errors
/// When the options contradict each other, or TLS cannot be set up.
pub fn turns(
    opened: &Opened,
    library: &Library,
    settings: &Settings,
    limits: StreamLimits,
) -> anyhow::Result<Turns> {
    let (models, server) =
        (models(settings, models_config(settings), &opened.clock, &opened.ids)?, server_model(settings)?);
    if let Some(model) = &server {
        tracing::info!(
            host = model.base_url().host_str(),
            model = model.model(),
            "the server's own language model"
        );
    }
    let answerer = Arc::new(Fluent::new(BuiltIn::new(library.clone()), models, server));
    Ok(Turns::new(opened.store.clone(), opened.tasks.clone(), answerer, limits))
}

/// The operator's time limits.
fn models_config(settings: &Settings) -> ModelsConfig {
    let seconds = |seconds: NonZeroU32| Duration::from_secs(u64::from(seconds.get()));
    let first_token = seconds(settings.llm_first_token_seconds);
    ModelsConfig {
        first_token,
        // All the time there is, so that silence is never asked anew: a model on one's own machine may need most of it to
        // read a long prompt, and would begin again. What fails is asked anew, as soon as it fails.
        attempt: first_token,
        thinking: seconds(settings.llm_thinking_seconds).max(first_token),
        between_tokens: seconds(settings.llm_between_tokens_seconds),
        ..ModelsConfig::default()
    }
}

/// Language models behind their gates.
///
/// # Errors
/// When TLS cannot be set up.
pub fn models(settings: &Settings, config: ModelsConfig, clock: &Clock, ids: &Ids) -> anyhow::Result<Models> {
    let operator = Gate::operator().context("cannot set up TLS for the language model")?;
    let public = Gate::new(Rules::public(&settings.allow_model_network).opened_by("--allow-model-network"))
        .context("cannot set up TLS for language models")?;
    Ok(Models::new(operator, public, config, clock.clone(), ids.clone()))
}

/// The server's own model.
///
/// # Errors
/// When its address comes without a name, its name without an address, or its key cannot be read.
pub fn server_model(settings: &Settings) -> anyhow::Result<Option<Endpoint>> {
    let key = settings.llm_key()?.map(ServerKey::new);
    match (&settings.llm_base_url, &settings.llm_model) {
        (Some(url), Some(model)) => Ok(Some(Endpoint::server(url.url().clone(), model, key))),
        (None, None) if key.is_none() => Ok(None),
        (None, None) => {
            anyhow::bail!("there is a model's key and no model; give llm-base-url and llm-model as well")
        }
        (Some(_), None) => {
            anyhow::bail!("llm-base-url is given without llm-model; give the model's name as well")
        }
        (None, Some(_)) => {
            anyhow::bail!("llm-model is given without llm-base-url; give the model's address as well")
        }
    }
}

/// Those who do the work of jobs, one for each kind that this program knows. They stand aside for whoever has the right of
/// way.
///
/// # Errors
/// When TLS cannot be set up.
pub fn handlers(
    library: &Library,
    settings: &Settings,
    way: RightOfWay,
) -> anyhow::Result<Vec<Arc<dyn Handler>>> {
    let public = Gate::new(Rules::public(&settings.allow_public_network).opened_by("--allow-public-network"))
        .context("cannot set up TLS for websites")?;
    Ok(vec![
        Arc::new(Crawler::new(library.clone(), public, way)),
        Arc::new(CrawlAgain::new(library.store().clone())),
    ])
}

/// A worker of the queue. When the program stops, its handlers may take a part of the time for stopping; what they have not
/// ended by then is given back.
#[must_use]
pub fn worker(opened: &Opened, handlers: Vec<Arc<dyn Handler>>, shutdown: Duration) -> Worker {
    let Opened { store, clock, ids, tasks } = opened;
    let usual = WorkerConfig::default();
    let config = WorkerConfig {
        name: format!("{}-{}", machine(), std::process::id()),
        grace: usual.grace.min(shutdown / 2).max(SHORTEST_GRACE),
        ..usual
    };
    Worker::new(store.clone(), (clock.clone(), ids.clone(), tasks.clone()), config, handlers)
}

/// What handlers always get: the last of a stop is two seconds long.
const SHORTEST_GRACE: Duration = Duration::from_secs(1);

/// This machine's name, for whoever looks at the queue; only Linux tells it in a file.
fn machine() -> String {
    let name = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    if name.trim().is_empty() { "robofy".to_owned() } else { name.trim().to_owned() }
}

/// The file of this program. On Linux the running one, even after a newer one was put in its place.
pub fn this_program() -> anyhow::Result<PathBuf> {
    if cfg!(target_os = "linux") {
        return Ok("/proc/self/exe".into());
    }
    std::env::current_exe().context("cannot find this program's own file")
}
