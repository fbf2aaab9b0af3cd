//! `robofy serve`: the server, from its options to its last answer.

mod banner;
mod housekeeping;
mod setup_code;

use std::num::NonZeroU32;

use anyhow::Context;
use robofy_agent::StreamLimits;
use robofy_http::{App, HttpConfig};
use secrecy::SecretString;

use crate::config::{Flags, ServeGroup, Settings, Signup};
use crate::data_folder;
use crate::descriptors::Descriptors;
use crate::opening::{Opened, Place};
use crate::output;
use crate::serving::{self, Limits};
use crate::wiring;

use super::stopping::Stopping;

/// Run the server
#[derive(Debug, clap::Args)]
pub struct Serve {
    #[command(flatten)]
    flags: Flags<ServeGroup>,
}

impl Serve {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let settings = super::open(self.flags)?;
        super::runtime()?.block_on(Box::pin(serve(&settings)))
    }
}

async fn serve(settings: &Settings) -> anyhow::Result<()> {
    let place = Place::of(settings)?;
    let _lock = match place.folder() {
        Some(folder) => {
            data_folder::make(folder)?;
            Some(data_folder::lock(folder)?)
        }
        None => None,
    };
    let opened = place.open().await?;
    let Opened { store, clock, ids, tasks } = &opened;
    let stopping = Stopping::listen(tasks, settings.shutdown())?;
    let listener = serving::listen(settings.listen).with_context(|| {
        format!(
            "cannot listen on {}; stop what listens there, or give --listen another port",
            settings.listen
        )
    })?;
    let address = listener.local_addr().context("cannot tell the listening address")?;
    let setup_code = setup_code::find(settings, address, &opened).await?;
    housekeeping::start(store, clock, tasks, settings.request_log_days).await?;
    let config = http_config(settings, setup_code.clone());
    robofy_http::check_aliases(&config.route_aliases).context("--route-alias")?;
    let library = wiring::library(&opened)?;
    let descriptors = Descriptors::of_this_process();
    let streams = StreamLimits {
        server: settings.max_streams.map(count),
        agent: Some(count(settings.max_streams_per_agent)),
        room: Some(descriptors.streams),
    };
    let turns = wiring::turns(&opened, &library, settings, streams)?;
    let handlers = wiring::handlers(&library, settings, turns.right_of_way())?;
    let worker = wiring::worker(&opened, handlers, settings.shutdown());
    let app = App::start(library, turns.clone(), clock.clone(), ids.clone(), tasks.clone(), config).await?;
    let router = robofy_http::router(app.clone());
    let banner = banner::text(settings, &place, address, store, setup_code.as_ref()).await?;
    if let Err(error) = output::line(&banner) {
        tracing::warn!("{error:#}; the server runs on");
    }
    tracing::info!(%address, "listening");
    worker.start();

    let limits = Limits::of(descriptors.connections);
    let enough = async {
        stopping.enough().await;
        let turns = turns.cut();
        tracing::info!(turns, "the time for open streams is up; answers that run are ended");
    };
    let cut = serving::serve(listener, router, limits, tasks.stopping(), enough, stopping.last()).await;
    if tokio::time::timeout(stopping.left(), app.write_request_log()).await.is_err() {
        tracing::warn!("the last requests are missing in the request log: there was no time to write them");
    }
    let finished = tasks.finish(stopping.left()).await;
    store.close().await;
    tracing::info!(cut, finished, "stopped");
    Ok(())
}

fn count(limit: NonZeroU32) -> usize {
    usize::try_from(limit.get()).unwrap_or(usize::MAX)
}

fn http_config(settings: &Settings, setup_code: Option<SecretString>) -> HttpConfig {
    let aliases = settings
        .route_alias
        .iter()
        .map(|alias| robofy_http::RouteAlias { operation: alias.name.clone(), path: alias.path.clone() });
    HttpConfig {
        public_origin: settings.public_url.as_ref().map(|url| url.url().origin().ascii_serialization()),
        signup: match settings.signup {
            Signup::First => robofy_http::Signup::First,
            Signup::Invite => robofy_http::Signup::Invite,
            Signup::Open => robofy_http::Signup::Open,
        },
        setup_code,
        key_reveal: settings.key_reveal.is_on(),
        rate_limit: settings.rate_limit.is_on(),
        trusted_proxies: settings.trusted_proxy.clone(),
        model_networks: settings.allow_model_network.clone(),
        public_networks: settings.allow_public_network.clone(),
        route_aliases: aliases.collect(),
        request_log: settings.request_log_days > 0,
    }
}
