//! The options of the program, as one table.
//!
//! Flags, environment names, keys of `robofy.toml`, `--help` and `docs/configuration.md` are all made from
//! [`SETTINGS`]; [`Settings`] is its typed reading. A test keeps the two and the document in step.

mod document;
mod flags;
mod settings;
mod sources;
mod values;

pub use document::document;
pub use flags::{AccountGroup, EveryGroup, Flags, Given, GroupMark, ServeGroup, StoreGroup, WorkerGroup};
pub use settings::Settings;
pub use sources::{ConfigError, FILE_NAME, Loaded, Sources};
pub use values::{OnOff, PublicUrl, RouteAlias, Secret, Signup};

/// Which subcommands take an option as a flag. Each group includes those before it, but `Worker` leaves out `Account`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Group {
    /// Every subcommand.
    Every,
    /// Every subcommand that opens the store.
    Store,
    /// `quickstart`, `serve` and `doctor`, which know the address and the primary key.
    Account,
    /// `worker`, and those of `Serve`.
    Worker,
    /// `serve`, and `doctor`, which looks at what `serve` would meet.
    Serve,
    /// Nobody, since it is a secret: it comes from the environment alone.
    Environment,
}

/// What holds when an option is given nowhere.
#[derive(Debug, Clone, Copy)]
pub enum Fallback {
    /// This value, written as it would be on the command line.
    Value(&'static str),
    /// No value; the words say what happens then.
    Unset(&'static str),
}

/// One option.
#[derive(Debug, Clone, Copy)]
pub struct Setting {
    /// The flag without its dashes, and the key in `robofy.toml`.
    pub name: &'static str,
    /// What stands for the value in `--help`.
    pub value: &'static str,
    /// A value that would be accepted, shown when one was not.
    pub example: &'static str,
    /// Whether it may be given more than once (a list in the file, commas in the environment).
    pub many: bool,
    /// What holds when it is not given.
    pub fallback: Fallback,
    /// Who takes it as a flag.
    pub group: Group,
    /// One sentence for a person.
    pub help: &'static str,
}

impl Setting {
    /// The name in the environment: `ROBOFY_` and the flag in capitals.
    pub fn variable(&self) -> String {
        format!("{PREFIX}{}", self.name.replace('-', "_").to_uppercase())
    }

    /// The option of that name, with `_` read as `-`.
    pub fn find(name: &str) -> Option<&'static Setting> {
        let name = name.replace('_', "-");
        SETTINGS.iter().find(|setting| setting.name == name)
    }
}

/// What every environment name of the program begins with.
pub const PREFIX: &str = "ROBOFY_";

/// All options.
pub const SETTINGS: &[Setting] = &[
    Setting {
        name: "listen",
        value: "ADDRESS:PORT",
        example: "127.0.0.1:8080",
        many: false,
        fallback: Fallback::Value("127.0.0.1:8080"),
        group: Group::Account,
        help: "Where the server listens; port 0 takes a free one",
    },
    Setting {
        name: "data-dir",
        value: "FOLDER",
        example: "./data",
        many: false,
        fallback: Fallback::Value("./data"),
        group: Group::Store,
        help: "The data folder: database, files and master key. With PostgreSQL nothing is kept there",
    },
    Setting {
        name: "database-url",
        value: "URL",
        example: "postgres://robofy@db.example.com/robofy",
        many: false,
        fallback: Fallback::Unset("SQLite in the data folder"),
        group: Group::Store,
        help: "The PostgreSQL database. On the command line it must not hold a password",
    },
    Setting {
        name: "database-url-file",
        value: "FILE",
        example: "/run/secrets/database-url",
        many: false,
        fallback: Fallback::Unset("not read"),
        group: Group::Store,
        help: "A file that holds the database URL, password included",
    },
    Setting {
        name: "master-key-file",
        value: "FILE",
        example: "/run/secrets/master-key",
        many: false,
        fallback: Fallback::Unset(
            "`master.key` in the data folder, made with the database; required with PostgreSQL",
        ),
        group: Group::Store,
        help: "The file with the key that seals secrets; only its owner may read it (mode 0600)",
    },
    Setting {
        name: "public-url",
        value: "URL",
        example: "https://chat.example.com",
        many: false,
        fallback: Fallback::Unset("`http://` and the listening address"),
        group: Group::Account,
        help: "The address under which browsers reach the server",
    },
    Setting {
        name: "signup",
        value: "first|invite|open",
        example: "first",
        many: false,
        fallback: Fallback::Value("first"),
        group: Group::Serve,
        help: "Who may sign up: the first account only, those invited, or everybody",
    },
    Setting {
        name: "shutdown-seconds",
        value: "N",
        example: "30",
        many: false,
        fallback: Fallback::Value("30"),
        group: Group::Worker,
        help: "How long open streams and jobs may go on after the program is told to stop",
    },
    Setting {
        name: "trusted-proxy",
        value: "CIDR",
        example: "10.0.0.0/8",
        many: true,
        fallback: Fallback::Unset("none: forwarding headers are ignored"),
        group: Group::Serve,
        help: "A proxy whose forwarding headers tell the visitor's address",
    },
    Setting {
        name: "llm-base-url",
        value: "URL",
        example: "https://api.openai.com/v1",
        many: false,
        fallback: Fallback::Unset("no model: the built-in answerer answers"),
        group: Group::Serve,
        help: "The server's own language model, which agents ask unless they have another: the address before `/chat/completions`",
    },
    Setting {
        name: "llm-model",
        value: "NAME",
        example: "gpt-4.1-mini",
        many: false,
        fallback: Fallback::Unset("none; required with `llm-base-url`"),
        group: Group::Serve,
        help: "The model's name there",
    },
    Setting {
        name: "llm-api-key",
        value: "KEY",
        example: "sk-…",
        many: false,
        fallback: Fallback::Unset("none: the model is asked without a key"),
        group: Group::Environment,
        help: "The key of the server's own model; never a flag and never in the file. It is not sent to any other address",
    },
    Setting {
        name: "llm-api-key-file",
        value: "FILE",
        example: "/run/secrets/llm-api-key",
        many: false,
        fallback: Fallback::Unset("not read"),
        group: Group::Serve,
        help: "A file that holds the key of the server's own model",
    },
    Setting {
        name: "llm-first-token-seconds",
        value: "N",
        example: "30",
        many: false,
        fallback: Fallback::Value("30"),
        group: Group::Serve,
        help: "How long a model's first token may take before the built-in answerer answers instead",
    },
    Setting {
        name: "llm-thinking-seconds",
        value: "N",
        example: "120",
        many: false,
        fallback: Fallback::Value("120"),
        group: Group::Serve,
        help: "The same for the first word of a model that thinks aloud before it speaks; not below llm-first-token-seconds",
    },
    Setting {
        name: "llm-between-tokens-seconds",
        value: "N",
        example: "30",
        many: false,
        fallback: Fallback::Value("30"),
        group: Group::Serve,
        help: "How long a model may fall silent within an answer before the answer ends",
    },
    Setting {
        name: "allow-model-network",
        value: "CIDR",
        example: "192.168.7.0/24",
        many: true,
        fallback: Fallback::Unset("none: public networks only"),
        group: Group::Serve,
        help: "A network where the models that agents name themselves may be, though it is not public",
    },
    Setting {
        name: "allow-public-network",
        value: "CIDR",
        example: "192.168.8.0/24",
        many: true,
        fallback: Fallback::Unset("none: public networks only"),
        group: Group::Worker,
        help: "A network where websites that accounts name may be, though it is not public",
    },
    Setting {
        name: "max-streams",
        value: "N",
        example: "10000",
        many: false,
        fallback: Fallback::Unset("as many as the system's descriptors allow"),
        group: Group::Serve,
        help: "How many answers may be open at once; more get a polite 429",
    },
    Setting {
        name: "max-streams-per-agent",
        value: "N",
        example: "1000",
        many: false,
        fallback: Fallback::Value("1000"),
        group: Group::Serve,
        help: "How many answers of one agent may be open at once; more get a polite 429",
    },
    Setting {
        name: "rate-limit",
        value: "on|off",
        example: "on",
        many: false,
        fallback: Fallback::Value("on"),
        group: Group::Serve,
        help: "Whether a visitor's session is held to 30 messages a minute",
    },
    Setting {
        name: "key-reveal",
        value: "on|off",
        example: "on",
        many: false,
        fallback: Fallback::Value("on"),
        group: Group::Account,
        help: "Whether the primary API key can be shown again; `off` shows it once",
    },
    Setting {
        name: "request-log-days",
        value: "N",
        example: "7",
        many: false,
        fallback: Fallback::Value("7"),
        group: Group::Serve,
        help: "How many days the request log (`GET /v1/requests`) is kept; 0 keeps none",
    },
    Setting {
        name: "route-alias",
        value: "NAME=/PATH",
        example: "handshake=/v1/handshake",
        many: true,
        fallback: Fallback::Unset("none"),
        group: Group::Serve,
        help: "A second path for the operation of that name in the OpenAPI document",
    },
    Setting {
        name: "log",
        value: "FILTER",
        example: "info,robofy_http=debug",
        many: false,
        fallback: Fallback::Value("info"),
        group: Group::Every,
        help: "What is logged: a level, or levels for parts of the program",
    },
];
