//! The options, read into types.

use std::fmt;
use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use ipnet::IpNet;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use url::Url;

use super::values::{list, optional, text};
use super::{OnOff, PublicUrl, RouteAlias, Secret, Signup};

/// Every option's value. The fields are the rows of [`super::SETTINGS`]; a test compares them.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Settings {
    /// Where the server listens.
    #[serde(deserialize_with = "text")]
    pub listen: SocketAddr,
    /// The data folder.
    #[serde(deserialize_with = "text")]
    pub data_dir: PathBuf,
    /// The PostgreSQL database, when the environment, the file or the command line names it.
    #[serde(default, deserialize_with = "optional")]
    pub database_url: Option<DatabaseUrl>,
    /// A file that holds the address of the PostgreSQL database.
    #[serde(default, deserialize_with = "optional")]
    pub database_url_file: Option<PathBuf>,
    /// The file of the key that seals secrets.
    #[serde(default, deserialize_with = "optional")]
    pub master_key_file: Option<PathBuf>,
    /// The address under which browsers reach the server.
    #[serde(default, deserialize_with = "optional")]
    pub public_url: Option<PublicUrl>,
    /// Who may sign up.
    #[serde(deserialize_with = "text")]
    pub signup: Signup,
    /// How long open streams and jobs may go on after a stop.
    #[serde(deserialize_with = "text")]
    pub shutdown_seconds: u32,
    /// Proxies whose forwarding headers count.
    #[serde(default, deserialize_with = "list")]
    pub trusted_proxy: Vec<IpNet>,
    /// The address of the server's own model.
    #[serde(default, deserialize_with = "optional")]
    pub llm_base_url: Option<PublicUrl>,
    /// The server's own model.
    #[serde(default, deserialize_with = "optional")]
    pub llm_model: Option<String>,
    /// The key of the server's own model.
    #[serde(default, deserialize_with = "optional")]
    pub llm_api_key: Option<Secret>,
    /// A file that holds that key.
    #[serde(default, deserialize_with = "optional")]
    pub llm_api_key_file: Option<PathBuf>,
    /// Networks, besides the public ones, where the models of agents may be.
    #[serde(default, deserialize_with = "list")]
    pub allow_model_network: Vec<IpNet>,
    /// Networks, besides the public ones, where websites that accounts name may be.
    #[serde(default, deserialize_with = "list")]
    pub allow_public_network: Vec<IpNet>,
    /// How long a model's first token may take.
    #[serde(deserialize_with = "text")]
    pub llm_first_token_seconds: NonZeroU32,
    /// How long the first word of a model may take that thinks aloud.
    #[serde(deserialize_with = "text")]
    pub llm_thinking_seconds: NonZeroU32,
    /// How long a model may fall silent.
    #[serde(deserialize_with = "text")]
    pub llm_between_tokens_seconds: NonZeroU32,
    /// Answers that may be open at once.
    #[serde(default, deserialize_with = "optional")]
    pub max_streams: Option<NonZeroU32>,
    /// Answers of one agent that may be open at once.
    #[serde(deserialize_with = "text")]
    pub max_streams_per_agent: NonZeroU32,
    /// Whether visitors' sessions are limited.
    #[serde(deserialize_with = "text")]
    pub rate_limit: OnOff,
    /// Whether the primary key can be shown again.
    #[serde(deserialize_with = "text")]
    pub key_reveal: OnOff,
    /// How many days the request log is kept; 0 = there is none.
    #[serde(deserialize_with = "text")]
    pub request_log_days: u32,
    /// Second paths of operations.
    #[serde(default, deserialize_with = "list")]
    pub route_alias: Vec<RouteAlias>,
    /// What is logged.
    #[serde(deserialize_with = "text")]
    pub log: String,
}

impl Settings {
    /// The address of the PostgreSQL database, wherever it is written; `None` means SQLite.
    pub fn database(&self) -> anyhow::Result<Option<DatabaseUrl>> {
        match (&self.database_url, &self.database_url_file) {
            (Some(_), Some(_)) => {
                anyhow::bail!("both database-url and database-url-file are given; give one of them")
            }
            (Some(url), None) => Ok(Some(url.clone())),
            (None, Some(file)) => read_database_url(file).map(Some),
            (None, None) => Ok(None),
        }
    }

    /// The key of the server's own model, wherever it is written; `None` when the model asks for none.
    pub fn llm_key(&self) -> anyhow::Result<Option<SecretString>> {
        let given = self.llm_api_key.as_ref().map(|key| key.0.expose_secret().trim()).unwrap_or_default();
        let key = match &self.llm_api_key_file {
            Some(_) if !given.is_empty() => {
                anyhow::bail!("both ROBOFY_LLM_API_KEY and llm-api-key-file are given; give one of them")
            }
            Some(file) => read_file("llm-api-key-file", file, "the key")?,
            None if given.is_empty() => return Ok(None),
            None => given.to_owned(),
        };
        if !key.bytes().all(|byte| byte.is_ascii_graphic()) {
            anyhow::bail!(
                "the model's key holds a space or another character that no key has; copy it once more"
            )
        }
        Ok(Some(SecretString::from(key)))
    }

    /// How long open streams and jobs may go on after a stop.
    pub fn shutdown(&self) -> Duration {
        Duration::from_secs(u64::from(self.shutdown_seconds))
    }

    /// The address to tell a person: the public one, or the one that `listening` on reaches from this machine.
    pub fn base_url(&self, listening: SocketAddr) -> String {
        if let Some(url) = &self.public_url {
            return url.to_string();
        }
        if !listening.ip().is_unspecified() {
            return format!("http://{listening}");
        }
        format!("http://localhost:{}", listening.port())
    }
}

fn read_database_url(file: &Path) -> anyhow::Result<DatabaseUrl> {
    Ok(DatabaseUrl(SecretString::from(read_file("database-url-file", file, "the address")?)))
}

/// What a file holds, white space around it aside.
fn read_file(option: &str, file: &Path, what: &str) -> anyhow::Result<String> {
    let place = file.display();
    let text = std::fs::read_to_string(file).map_err(|error| {
        anyhow::anyhow!("cannot read the {option} {place}: {error}; mend its path or mode")
    })?;
    match text.trim() {
        "" => anyhow::bail!("the {option} {place} is empty; write {what} into it"),
        text => Ok(text.to_owned()),
    }
}

/// The address of a database, which may hold a password: it is never shown.
#[derive(Debug, Clone)]
pub struct DatabaseUrl(SecretString);

impl DatabaseUrl {
    /// The whole address, password included.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    /// Whether a password stands in it, before the host or among the parameters.
    pub fn has_password(&self) -> bool {
        match Url::parse(self.expose()) {
            Ok(url) if url.scheme().starts_with("postgres") => {
                url.password().is_some() || url.query_pairs().any(|(name, _)| name == "password")
            }
            // Not an address, so where a password would stand is a guess.
            Ok(_) | Err(_) => self.expose().contains("password") || self.expose().contains('@'),
        }
    }

    /// Host and database, for a person: without user and password.
    pub fn place(&self) -> String {
        match Url::parse(self.expose()) {
            Ok(url) => format!("{}{}", url.host_str().unwrap_or("local socket"), url.path()),
            Err(_) => "an address that cannot be read".to_owned(),
        }
    }
}

impl FromStr for DatabaseUrl {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self(SecretString::from(text)))
    }
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.place())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> DatabaseUrl {
        text.parse().unwrap()
    }

    #[test]
    fn a_password_is_seen_wherever_it_stands() {
        for with in
            ["postgres://u:p@h/d", "postgres://u@h/d?password=p", "postgres://:p@h", "u:p@h not an address"]
        {
            assert!(url(with).has_password(), "{with}");
        }
        for without in
            ["postgres://u@h/d", "postgres:///d?host=/run/postgresql", "postgres://h/d?sslmode=require"]
        {
            assert!(!url(without).has_password(), "{without}");
        }
    }

    #[test]
    fn a_database_url_never_shows_its_password() {
        let secret = url("postgres://keeper:hunter2@db.example.com:5432/robofy");
        assert_eq!(secret.to_string(), "db.example.com/robofy");
        assert!(!format!("{secret:?}").contains("hunter2"));
    }
}
