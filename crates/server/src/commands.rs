//! The subcommands, a file each, and the way from the command line to an exit code: 0 done, 1 failed with one
//! line that says why and what to do, 2 the command line is wrong.

mod account;
mod doctor;
mod eval;
mod extract;
mod jobs;
mod keys;
mod migrate;
mod openapi;
mod prove;
mod quickstart;
mod serve;
mod stopping;
mod worker;

use std::ffi::OsString;
use std::io::Write;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::config::{ConfigError, Flags, GroupMark, Settings, Sources};
use crate::logging;

/// Answers your visitors' questions from your own texts, on your own server.
#[derive(Debug, Parser)]
#[command(name = "robofy", version, max_term_width = 110, arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Serve(serve::Serve),
    Worker(worker::Worker),
    Quickstart(quickstart::Quickstart),
    Eval(eval::Eval),
    Prove(prove::Prove),
    Migrate(migrate::Migrate),
    Keys(keys::Keys),
    Jobs(jobs::Jobs),
    Account(account::Account),
    Doctor(doctor::Doctor),
    #[command(name = "openapi")]
    OpenApi(openapi::OpenApi),
    Extract(extract::Extract),
}

/// Runs the program with the given arguments, the first being its name.
pub fn program(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(error) => {
            let code = if error.use_stderr() { 2 } else { 0 };
            return match error.print() {
                Ok(()) => ExitCode::from(code),
                Err(_) => ExitCode::FAILURE,
            };
        }
    };
    let done = match cli.command {
        Command::Serve(command) => command.run(),
        Command::Worker(command) => command.run(),
        Command::Quickstart(command) => command.run(),
        Command::Eval(command) => command.run(),
        Command::Prove(command) => command.run(),
        Command::Migrate(command) => command.run(),
        Command::Keys(command) => command.run(),
        Command::Jobs(command) => command.run(),
        Command::Account(command) => command.run(),
        Command::Doctor(command) => command.run(),
        Command::OpenApi(command) => command.run(),
        Command::Extract(command) => command.run(),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let usage = matches!(error.downcast_ref(), Some(ConfigError::Usage(_)));
            tell(&error);
            ExitCode::from(if usage { 2 } else { 1 })
        }
    }
}

/// The one line for a person. Where standard error is closed there is nobody to tell: the exit code remains.
fn tell(error: &anyhow::Error) {
    let text = format!("{error:#}").replace('\n', " ");
    if writeln!(std::io::stderr(), "robofy: {text}").is_err() {
        tracing::debug!("standard error is closed");
    }
}

/// Reads the options of a subcommand and opens the log.
fn open<G: GroupMark>(flags: Flags<G>) -> anyhow::Result<Settings> {
    let loaded = Sources::of_process(flags.given)?.load()?;
    logging::open(&loaded)?;
    Ok(loaded.settings)
}

/// The tasks of a subcommand that waits for something.
fn runtime() -> anyhow::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| anyhow::anyhow!("cannot start threads: {error}; raise the limit of processes"))
}
