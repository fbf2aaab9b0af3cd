//! `robofy keys list`.

use robofy_kernel::{ApiKeyParts, KeyId, PageRequest};
use robofy_store::api_keys::ListedKey;
use serde_json::json;

use super::Whose;
use crate::output;

/// List the keys that are not revoked; a key's secret is never shown
#[derive(Debug, clap::Args)]
pub struct List {
    #[command(flatten)]
    whose: Whose,
    /// Print JSON, one key a line
    #[arg(long)]
    json: bool,
}

impl List {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let json = self.json;
        self.whose.run(async move |opened, op| {
            let mut request = PageRequest::<(i64, KeyId)>::largest(None);
            loop {
                let page = opened.store.list_api_keys(op.account, &request).await?;
                for key in &page.items {
                    output::line(&if json { as_json(key) } else { as_text(key) })?;
                }
                let Some(next) = page.next else { return Ok(()) };
                request = PageRequest::largest(Some(next));
            }
        })
    }
}

fn as_text(key: &ListedKey) -> String {
    let prefix = ApiKeyParts::shown_prefix(key.environment, &key.public_part);
    let scopes = key.scopes.to_texts().join(",");
    let used =
        key.last_used_at.map_or_else(|| "never used".to_owned(), |at| format!("used {}", at.documented()));
    let primary = if key.is_primary { "  primary" } else { "" };
    format!("{}  {prefix}…  {scopes}  {used}  {}{primary}", key.key_id, key.name)
}

fn as_json(key: &ListedKey) -> String {
    json!({
        "id": key.key_id, "name": key.name, "environment": key.environment.as_str(),
        "scopes": key.scopes.to_texts(), "prefix": ApiKeyParts::shown_prefix(key.environment, &key.public_part),
        "primary": key.is_primary, "expires_at": key.expires_at, "last_used_at": key.last_used_at,
        "created_at": key.created_at,
    })
    .to_string()
}
