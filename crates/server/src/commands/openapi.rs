//! `robofy openapi`: the document that describes the API.

use anyhow::Context;

use crate::output;

/// Print the OpenAPI document of the API
#[derive(Debug, clap::Args)]
pub struct OpenApi {}

impl OpenApi {
    pub(super) fn run(self) -> anyhow::Result<()> {
        output::line(&robofy_http::openapi().to_pretty_json().context("cannot write the document")?)
    }
}
