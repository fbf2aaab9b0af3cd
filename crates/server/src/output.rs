//! Results go to standard output, so that they can be piped; logs go to standard error.

use std::io::Write;

use anyhow::Context;

/// Prints one result.
pub fn line(text: &str) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{text}")
        .and_then(|()| out.flush())
        .context("cannot write to standard output; is its reader gone?")
}
