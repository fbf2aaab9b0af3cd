//! The `robofy` program: options, start-up and subcommands. Behaviour lives in the rooms below.

pub mod config;
pub mod data_folder;
pub mod opening;
pub mod serving;

mod commands;
mod demo;
mod descriptors;
mod founding;
mod logging;
mod output;
mod wiring;

pub use commands::program;
