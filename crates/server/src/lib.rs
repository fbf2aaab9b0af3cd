//! The `robofy` program: options, start-up and subcommands. Behaviour lives in the rooms below.

pub mod config;

mod commands;
mod data_folder;
mod logging;
mod output;
mod serving;

pub use commands::program;
