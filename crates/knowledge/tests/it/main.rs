//! The crate from outside, on real files and with real child processes.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a test may panic, and prints its figures")]

mod build;
mod children;
mod chunks;
mod files;
mod formats;
mod hostile;
mod library;
mod long;
mod memory;
mod mutants;
mod ranking;
mod score;
mod searching;
mod web;

use std::path::PathBuf;

use robofy_knowledge::extract::{Extractor, ExtractorConfig};

/// An extractor whose children run the example program in a mode.
fn extractor(mode: &str) -> ExtractorConfig {
    let mut program: PathBuf = std::env::current_exe().unwrap();
    program.pop();
    program.pop();
    program.push(format!("examples/extract_child{}", std::env::consts::EXE_SUFFIX));
    assert!(program.exists(), "{} is missing: build the examples too", program.display());
    ExtractorConfig::new(program, vec![mode.into()])
}

/// The usual extractor.
fn reader() -> Extractor {
    Extractor::new(extractor("extract"))
}

/// Where the test data lies.
fn cases(below: &str) -> PathBuf {
    let base = std::env::var_os("ROBOFY_CASES").map(PathBuf::from);
    let beside = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    base.unwrap_or_else(beside).join(below)
}
