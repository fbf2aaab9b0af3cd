//! The log: lines for a person on a terminal, JSON for a collector otherwise. `docs/LOGGING.md` says what is
//! never in it.

use std::io::IsTerminal;

use anyhow::Context;
use tracing_subscriber::EnvFilter;

use crate::config::Loaded;

/// Opens the log as the options say, and tells in it what was odd about them.
pub fn open(loaded: &Loaded) -> anyhow::Result<()> {
    let filter = EnvFilter::try_new(&loaded.settings.log).with_context(|| {
        format!("log: `{}` is not a filter; give a level such as info", loaded.settings.log)
    })?;
    let terminal = std::io::stderr().is_terminal();
    let builder =
        tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(terminal);
    let opened = if terminal { builder.try_init() } else { builder.json().flatten_event(true).try_init() };
    opened.map_err(|error| anyhow::anyhow!("cannot open the log: {error}"))?;
    std::panic::set_hook(Box::new(|info| {
        let place = info.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(place, "a task panicked: please report this, with the place");
    }));
    for warning in &loaded.warnings {
        tracing::warn!("{warning}");
    }
    Ok(())
}
