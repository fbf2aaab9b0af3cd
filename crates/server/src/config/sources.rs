//! Where values come from: command line before environment before `robofy.toml` before the table's own.

use std::path::{Path, PathBuf};

use figment::providers::{Format, Toml};
use figment::value::{Dict, Map, Value};
use figment::{Figment, Metadata, Profile, Provider};

use super::{Fallback, Given, Group, PREFIX, SETTINGS, Setting, Settings};

/// The file that is read from the folder in which the program is started.
pub const FILE_NAME: &str = "robofy.toml";

/// Names in the environment that are not options of the program but belong to its tests.
const NOT_OPTIONS: &[&str] = &["ROBOFY_CASES", "ROBOFY_TEST_DATABASE_URL"];

/// Everything that options are read from.
pub struct Sources {
    /// What stood on the command line.
    pub flags: Given,
    /// Pairs of name and value of the environment.
    pub environment: Vec<(String, String)>,
    /// Path and text of the file, when there is one.
    pub file: Option<(PathBuf, String)>,
}

/// The options, and what a person should hear about where they came from.
#[derive(Debug)]
pub struct Loaded {
    /// The values.
    pub settings: Settings,
    /// Sentences for the log, told once it is open.
    pub warnings: Vec<String>,
}

/// Why the options could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// A flag's value is wrong: the command line is to blame.
    #[error("{0}")]
    Usage(String),
    /// The environment or the file is to blame.
    #[error("{0}")]
    Source(String),
}

impl Sources {
    /// The given flags, with this process's environment and the file in its folder.
    pub fn of_process(flags: Given) -> Result<Self, ConfigError> {
        let environment = std::env::vars_os()
            .filter_map(|(name, value)| {
                let name = name.into_string().ok().filter(|name| name.starts_with(PREFIX))?;
                Some((name, value))
            })
            .map(|(name, value)| match value.into_string() {
                Ok(value) => Ok((name, value)),
                Err(_) => Err(ConfigError::Source(format!("{name} is not UTF-8; set it to plain text"))),
            })
            .collect::<Result<_, _>>()?;
        let path = Path::new(FILE_NAME);
        let file = match std::fs::read_to_string(path) {
            Ok(text) => Some((path.to_owned(), text)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
            Err(error) => {
                return Err(ConfigError::Source(format!(
                    "cannot read {FILE_NAME}: {error}; mend it or move it away"
                )));
            }
        };
        Ok(Self { flags, environment, file })
    }

    /// Puts the layers on top of each other and reads the types.
    pub fn load(self) -> Result<Loaded, ConfigError> {
        if let Some(url) = self.flags.one("database-url")
            && url.parse::<super::settings::DatabaseUrl>().is_ok_and(|url| url.has_password())
        {
            return Err(ConfigError::Usage(
                "--database-url holds a password, which other users of this machine can read; \
                 put the address into ROBOFY_DATABASE_URL or a --database-url-file, or the password into PGPASSFILE"
                    .to_owned(),
            ));
        }
        let (environment, warnings) = environment(self.environment);
        let mut figment = Figment::from(Layer::new("default", |key| key.to_owned(), defaults()));
        if let Some((path, text)) = &self.file {
            let name = path.display().to_string();
            figment =
                figment.merge(Layer::new("file", move |key| format!("`{key}` in {name}"), file(path, text)?));
        }
        let figment = figment
            .merge(Layer::new(
                "environment",
                |key| variable(key).unwrap_or_else(|| key.to_owned()),
                environment,
            ))
            .merge(Layer::new("flag", |key| format!("--{key}"), self.flags.values()));
        let settings = figment.extract::<Settings>().map_err(explain)?;
        Ok(Loaded { settings, warnings })
    }
}

/// One source of values, with the way it names a key to a person.
struct Layer {
    metadata: Metadata,
    values: Dict,
}

impl Layer {
    fn new(
        name: &'static str,
        key: impl Fn(&str) -> String + Clone + Send + Sync + 'static,
        values: Dict,
    ) -> Self {
        let metadata = Metadata::named(name).interpolater(move |_, keys| key(&keys.join(".")));
        Self { metadata, values }
    }
}

impl Provider for Layer {
    fn metadata(&self) -> Metadata {
        self.metadata.clone()
    }

    fn data(&self) -> figment::Result<Map<Profile, Dict>> {
        Ok(Profile::Default.collect(self.values.clone()))
    }
}

fn defaults() -> Dict {
    let known = SETTINGS.iter().filter_map(|setting| match setting.fallback {
        Fallback::Value(text) => Some((setting.name.to_owned(), Value::from(text))),
        Fallback::Unset(_) => None,
    });
    known.collect()
}

fn variable(key: &str) -> Option<String> {
    Setting::find(key).map(Setting::variable)
}

/// The known names of the environment, and a warning for each that is not known.
fn environment(pairs: Vec<(String, String)>) -> (Dict, Vec<String>) {
    let mut values = Dict::new();
    let mut warnings = Vec::new();
    for (name, value) in pairs {
        let Some(rest) = name.strip_prefix(PREFIX) else { continue };
        if NOT_OPTIONS.contains(&name.as_str()) {
            continue;
        }
        match SETTINGS.iter().find(|setting| setting.variable() == name) {
            Some(setting) => {
                values.insert(setting.name.to_owned(), Value::from(value));
            }
            None => {
                let known = nearest(&rest.to_lowercase()).variable();
                warnings.push(format!("{name} in the environment is not an option; the nearest is {known}"));
            }
        }
    }
    (values, warnings)
}

/// The keys of the file; one that is not known is an error, since it would silently do nothing.
fn file(path: &Path, text: &str) -> Result<Dict, ConfigError> {
    let values = Toml::from_str::<Dict>(text).map_err(|error| {
        let error = error.to_string();
        ConfigError::Source(format!(
            "{} is not valid TOML: {}",
            path.display(),
            error.trim().replace('\n', " ")
        ))
    })?;
    values
        .into_iter()
        .map(|(key, value)| match Setting::find(&key) {
            Some(setting) if setting.group == Group::Environment => Err(ConfigError::Source(format!(
                "`{key}` in {} is a secret; give it as {} or in a {}-file",
                path.display(),
                setting.variable(),
                setting.name
            ))),
            Some(setting) => Ok((setting.name.to_owned(), value)),
            None => Err(ConfigError::Source(format!(
                "`{key}` in {} is not an option; the nearest is `{}`",
                path.display(),
                nearest(&key).name
            ))),
        })
        .collect()
}

/// The option whose name is most like `name`.
fn nearest(name: &str) -> &'static Setting {
    let name = name.replace('_', "-");
    let likeness = |setting: &&Setting| strsim::jaro_winkler(&name, setting.name);
    SETTINGS.iter().max_by(|a, b| likeness(a).total_cmp(&likeness(b))).unwrap_or(&SETTINGS[0])
}

/// One line that names the place of the wrong value as its writer knows it, and shows a right one.
fn explain(error: figment::Error) -> ConfigError {
    let Some(error) = error.into_iter().next() else {
        return ConfigError::Source("the options cannot be read".to_owned());
    };
    let key = error.path.join(".");
    let Some(setting) = Setting::find(&key) else {
        return ConfigError::Source(error.to_string());
    };
    let place = match &error.metadata {
        Some(metadata) => metadata.interpolate(&Profile::Default, &error.path),
        None => key,
    };
    let text = format!("{place}: {}; give {}, such as {}", error.kind, setting.value, setting.example);
    match error.metadata.as_ref().map(|metadata| metadata.name.as_ref()) {
        Some("flag") => ConfigError::Usage(text),
        _ => ConfigError::Source(text),
    }
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret as _;

    use super::*;

    fn sources(flags: &[(&'static str, &str)], environment: &[(&str, &str)], file: Option<&str>) -> Sources {
        let mut given = Given::default();
        for (name, value) in flags {
            given.push(Setting::find(name).unwrap(), (*value).to_owned());
        }
        let environment =
            environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Sources {
            flags: given,
            environment,
            file: file.map(|text| (PathBuf::from(FILE_NAME), text.to_owned())),
        }
    }

    fn error(sources: Sources) -> String {
        match sources.load() {
            Ok(loaded) => panic!("accepted: {:?}", loaded.settings),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn flag_beats_environment_beats_file_beats_default() {
        let file = "listen = \"127.0.0.1:1\"\nsignup = \"open\"\nshutdown-seconds = 3\nkey_reveal = false\n";
        let environment = [("ROBOFY_LISTEN", "127.0.0.1:2"), ("ROBOFY_SHUTDOWN_SECONDS", "4")];
        let loaded = sources(&[("listen", "127.0.0.1:3")], &environment, Some(file)).load().unwrap();
        assert_eq!(loaded.settings.listen.port(), 3);
        assert_eq!(loaded.settings.shutdown_seconds, 4);
        assert_eq!(loaded.settings.signup, super::super::Signup::Open);
        assert!(!loaded.settings.key_reveal.is_on());
        assert!(loaded.settings.rate_limit.is_on());
        assert_eq!(loaded.settings.data_dir, Path::new("./data"));
        assert!(loaded.warnings.is_empty());
    }

    #[test]
    fn lists_come_from_repeated_flags_commas_and_arrays() {
        let flags = [("trusted-proxy", "10.0.0.0/8"), ("trusted-proxy", "192.168.0.0/16")];
        assert_eq!(sources(&flags, &[], None).load().unwrap().settings.trusted_proxy.len(), 2);
        let environment = [("ROBOFY_TRUSTED_PROXY", "10.0.0.0/8, fd00::/8")];
        assert_eq!(sources(&[], &environment, None).load().unwrap().settings.trusted_proxy.len(), 2);
        let file = "route-alias = [\"handshake=/hello\", \"chat=/talk\"]";
        assert_eq!(sources(&[], &[], Some(file)).load().unwrap().settings.route_alias.len(), 2);
    }

    #[test]
    fn an_unknown_key_in_the_file_is_an_error_that_names_the_nearest() {
        let text = error(sources(&[], &[], Some("master-key = \"x\"")));
        assert_eq!(text, "`master-key` in robofy.toml is not an option; the nearest is `master-key-file`");
    }

    #[test]
    fn an_unknown_name_in_the_environment_is_a_warning() {
        let loaded = sources(&[], &[("ROBOFY_LISTN", "x"), ("ROBOFY_CASES", "y")], None).load().unwrap();
        assert_eq!(
            loaded.warnings,
            ["ROBOFY_LISTN in the environment is not an option; the nearest is ROBOFY_LISTEN"]
        );
    }

    #[test]
    fn a_wrong_value_is_told_by_the_name_its_writer_used() {
        let text = error(sources(&[], &[("ROBOFY_LISTEN", "8080")], None));
        assert!(text.starts_with("ROBOFY_LISTEN: `8080` does not do: "), "{text}");
        assert!(text.ends_with("give ADDRESS:PORT, such as 127.0.0.1:8080"), "{text}");
        let text = error(sources(&[], &[], Some("signup = \"all\"")));
        assert!(text.starts_with("`signup` in robofy.toml: `all` does not do"), "{text}");
        let flag = sources(&[("shutdown-seconds", "soon")], &[], None).load();
        assert!(
            matches!(flag, Err(ConfigError::Usage(text)) if text.starts_with("--shutdown-seconds: `soon`"))
        );
    }

    #[test]
    fn a_model_s_key_comes_from_the_environment_or_a_file_of_its_own() {
        let loaded = sources(&[], &[("ROBOFY_LLM_API_KEY", " sk-hunter2\n")], None).load().unwrap();
        assert_eq!(loaded.settings.llm_key().unwrap().unwrap().expose_secret(), "sk-hunter2");
        assert!(!format!("{loaded:?}").contains("hunter2"));
        let unset = sources(&[], &[("ROBOFY_LLM_API_KEY", "")], None).load().unwrap();
        assert!(unset.settings.llm_key().unwrap().is_none());
        let text = error(sources(&[], &[], Some("llm-api-key = \"sk-hunter2\"")));
        assert_eq!(
            text,
            "`llm-api-key` in robofy.toml is a secret; give it as ROBOFY_LLM_API_KEY or in a llm-api-key-file"
        );
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        std::fs::write(&path, "sk-file\n").unwrap();
        let flag = [("llm-api-key-file", path.to_str().unwrap())];
        let loaded = sources(&flag, &[], None).load().unwrap();
        assert_eq!(loaded.settings.llm_key().unwrap().unwrap().expose_secret(), "sk-file");
        let both = sources(&flag, &[("ROBOFY_LLM_API_KEY", "sk-other")], None).load().unwrap();
        assert!(both.settings.llm_key().is_err());
        std::fs::write(&path, " \n").unwrap();
        assert!(loaded.settings.llm_key().unwrap_err().to_string().contains("is empty"));
        std::fs::write(&path, "two words").unwrap();
        let text = loaded.settings.llm_key().unwrap_err().to_string();
        assert!(!text.contains("two"), "{text}");
    }

    #[test]
    fn limits_of_streams_and_models_have_defaults_and_are_not_zero() {
        let settings = sources(&[], &[], None).load().unwrap().settings;
        assert_eq!((settings.max_streams, settings.max_streams_per_agent.get()), (None, 1000));
        assert_eq!(
            (settings.llm_first_token_seconds.get(), settings.llm_between_tokens_seconds.get()),
            (30, 30)
        );
        assert_eq!(settings.llm_thinking_seconds.get(), 120);
        let file = "max-streams = 50\nallow-model-network = [\"10.0.0.0/8\", \"fd00::/8\"]\nallow_public_network = [\"10.1.0.0/16\"]";
        let settings = sources(&[], &[], Some(file)).load().unwrap().settings;
        assert_eq!(settings.max_streams.map(|most| most.get()), Some(50));
        assert_eq!((settings.allow_model_network.len(), settings.allow_public_network.len()), (2, 1));
        for name in
            ["max-streams", "max-streams-per-agent", "llm-first-token-seconds", "llm-thinking-seconds"]
        {
            let text = error(sources(&[(name, "0")], &[], None));
            assert!(text.starts_with(&format!("--{name}: `0` does not do")), "{text}");
        }
    }

    #[test]
    fn a_password_on_the_command_line_is_refused_and_not_repeated() {
        let flag = sources(&[("database-url", "postgres://u:hunter2@h/d")], &[], None).load();
        assert!(matches!(flag, Err(ConfigError::Usage(text)) if !text.contains("hunter2")));
        let environment = [("ROBOFY_DATABASE_URL", "postgres://u:hunter2@h/d")];
        assert!(sources(&[], &environment, None).load().unwrap().settings.database().unwrap().is_some());
    }
}
