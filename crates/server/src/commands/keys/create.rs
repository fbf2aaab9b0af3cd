//! `robofy keys create`.

use robofy_kernel::{Environment, KeyId, Scopes, Timestamp};
use robofy_store::api_keys::KeyWish;
use serde_json::json;

use super::Whose;
use crate::output;

/// Make a key and print it; it is not shown again
#[derive(Debug, clap::Args)]
pub struct Create {
    #[command(flatten)]
    whose: Whose,
    /// A name to know the key by
    #[arg(long)]
    name: String,
    /// What it opens: live or test sessions, leads and bookings
    #[arg(long, default_value = "live", value_parser = environment)]
    environment: Environment,
    /// What it may do, between commas: chat, agents:read, knowledge:write, …; `*` is everything
    #[arg(long, default_value = "*", value_parser = scopes)]
    scopes: Scopes,
    /// When it ends by itself, such as 2030-01-31T00:00:00Z; never unless given
    #[arg(long, value_name = "TIME", value_parser = moment)]
    expires_at: Option<Timestamp>,
    /// Print JSON, as `POST /v1/api-keys` answers it
    #[arg(long)]
    json: bool,
}

impl Create {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let Self { whose, name, environment, scopes, expires_at, json } = self;
        let wish = KeyWish { name, environment, scopes, expires_at };
        whose.run(async move |opened, op| {
            let key_id = KeyId(op.uuid());
            let (key, row) = opened.store.new_api_key(&opened.ids, key_id, &wish, None);
            opened.store.add_api_key(&op, row, |()| (201, Vec::new())).await?;
            if !json {
                return output::line(key.reveal());
            }
            let made = json!({
                "id": key_id, "name": wish.name, "environment": wish.environment.as_str(),
                "scopes": wish.scopes.to_texts(), "expires_at": wish.expires_at, "key": key.reveal(),
            });
            output::line(&made.to_string())
        })
    }
}

fn environment(text: &str) -> Result<Environment, &'static str> {
    Environment::ALL.iter().copied().find(|known| known.as_str() == text).ok_or("it is live or test")
}

fn scopes(text: &str) -> Result<Scopes, String> {
    let words = text.split(',').map(|word| word.trim().to_owned()).collect::<Vec<_>>();
    match Scopes::try_from(words) {
        Ok(scopes) if !scopes.is_empty() => Ok(scopes),
        Ok(_) | Err(_) => Err("give scopes such as chat,agents:read,knowledge:write, or *".to_owned()),
    }
}

fn moment(text: &str) -> Result<Timestamp, String> {
    serde_json::from_value(json!(text)).map_err(|_| "give a time such as 2030-01-31T00:00:00Z".to_owned())
}
