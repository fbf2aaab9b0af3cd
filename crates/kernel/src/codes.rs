//! What the integer codes of the API mean here.
//!
//! The public documents name these fields and leave their values without a meaning. Each has its meanings here, once;
//! 0 is the default of each. Clients of the public service send values that nobody can explain: a documented request
//! may hold any of 0–99, and what is not known is kept, echoed and acts as the default ([`Kept`]). A request of our own
//! takes the known ones only (the enums' own `Deserialize`).

mod kept;

use serde::Serialize;

pub use kept::Kept;

/// The largest code that is kept without being known.
pub const LARGEST: i64 = 99;

/// One value of a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Meaning {
    /// As a number.
    pub code: i64,
    /// A word for it.
    pub name: &'static str,
    /// What it is, and what it does.
    pub description: &'static str,
}

/// How a code is written in JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Written {
    /// As a number.
    Integer,
    /// As a number in a text.
    String,
}

/// A code with all its meanings.
#[derive(Clone, Copy, Debug)]
pub struct Described {
    /// The field.
    pub field: &'static str,
    /// What the field is about.
    pub about: &'static str,
    /// How it is written.
    pub written: Written,
    /// Whether a request may hold values that are not known.
    pub open: bool,
    /// Its values, the default first.
    pub meanings: &'static [Meaning],
}

/// A field with a number for each of a few meanings.
pub trait Code: Copy + Default + Send + Sync + 'static {
    /// Field, subject and meanings.
    const DESCRIBED: Described;

    /// The value of a number; `None` when it is not known.
    fn known(code: i64) -> Option<Self>;

    /// Its number.
    fn code(self) -> i64;

    /// What a stored number acts as: the default, when it is not known.
    #[must_use]
    fn acts_as(code: i64) -> Self {
        Self::known(code).unwrap_or_default()
    }
}

impl Described {
    /// The known values in words: "0 (public), 1 (private)".
    #[must_use]
    pub fn list(&self) -> String {
        let each: Vec<_> = self.meanings.iter().map(|one| format!("{} ({})", one.code, one.name)).collect();
        each.join(", ")
    }

    /// What is said to whoever sends something else.
    #[must_use]
    pub fn expected(&self) -> String {
        if self.open {
            format!("must be a whole number from 0 to {LARGEST}; known: {}", self.list())
        } else {
            format!("must be one of {}", self.list())
        }
    }
}

/// A number of JSON as a whole one, where it is one: `3.0` is, too.
#[must_use]
pub fn whole_number(number: &serde_json::Number) -> Option<i64> {
    number.as_i64().or_else(|| whole_float(number.as_f64()?))
}

/// A float as a whole number, where it is one: what is written out without a point.
#[must_use]
pub fn whole_float(number: f64) -> Option<i64> {
    number.to_string().parse().ok()
}

/// A number, or a text that is one.
pub(crate) fn whole(value: &serde_json::Value) -> Option<i64> {
    match value {
        serde_json::Value::Number(number) => whole_number(number),
        serde_json::Value::String(text) if text.len() <= 20 => text.trim().parse().ok(),
        serde_json::Value::String(_)
        | serde_json::Value::Null
        | serde_json::Value::Bool(_)
        | serde_json::Value::Array(_)
        | serde_json::Value::Object(_) => None,
    }
}

macro_rules! codes {
    ($(
        $(#[$meta:meta])*
        $name:ident: $field:literal, $written:ident, open: $open:literal, $about:literal {
            $first:ident = 0 $first_name:literal $first_text:literal,
            $($variant:ident = $code:literal $word:literal $text:literal,)*
        }
    )+) => {
        $(
            #[doc = $about]
            $(#[$meta])*
            #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
            pub enum $name {
                #[doc = $first_text]
                #[default]
                $first,
                $(#[doc = $text] $variant,)*
            }

            impl Code for $name {
                const DESCRIBED: Described = Described {
                    field: $field,
                    about: $about,
                    written: Written::$written,
                    open: $open,
                    meanings: &[
                        Meaning { code: 0, name: $first_name, description: $first_text },
                        $(Meaning { code: $code, name: $word, description: $text },)*
                    ],
                };

                fn known(code: i64) -> Option<Self> {
                    match code {
                        0 => Some(Self::$first),
                        $($code => Some(Self::$variant),)*
                        _ => None,
                    }
                }

                fn code(self) -> i64 {
                    match self {
                        Self::$first => 0,
                        $(Self::$variant => $code,)*
                    }
                }
            }

            impl serde::Serialize for $name {
                fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                    serializer.serialize_i64(self.code())
                }
            }

            impl<'de> serde::Deserialize<'de> for $name {
                /// A number or a text that is one, of the known values only.
                fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                    let value = serde_json::Value::deserialize(deserializer)?;
                    whole(&value).and_then(Self::known).ok_or_else(|| serde::de::Error::custom(Self::DESCRIBED.expected()))
                }
            }
        )+

        /// Every code, as `GET /v1/meta/enums` shows them.
        pub const ALL: &[Described] = &[$($name::DESCRIBED),+];
    };
}

codes! {
    AgentType: "type", Integer, open: true,
    "What an agent is mainly for. Shown wherever the agent is; it switches nothing on or off: leads are taken when the lead form is enabled, bookings when a service is offered." {
        CustomerSupport = 0 "customer_support" "Answers visitors' questions from what it was taught.",
        LeadCapture = 1 "lead_capture" "Wins contacts. No effect of its own: the lead form decides.",
        Booking = 2 "booking" "Takes bookings. No effect of its own: the booking services decide.",
        Internal = 3 "internal" "Answers the operator's own staff. No effect of its own.",
    }

    AccessType: "access_type", Integer, open: true,
    "For whom an agent is. The handshake shows it as `agent_type`; it keeps nobody out: who may use an agent is decided by `allowed_origins`, `require_origin` and `enabled`." {
        Public = 0 "public" "For everybody who finds it; `agent_type` is `Public`.",
        Private = 1 "private" "For a closed group; `agent_type` is `Private`. No other effect: restrict its origins to keep others out.",
    }

    LlmSource: "llm_source", Integer, open: true,
    "Where an agent's language model comes from, as its maker noted it. No effect: `llm_provider` of the agent's settings decides." {
        Server = 0 "server" "The server's own model, or the built-in answerer. No effect.",
        Own = 1 "own" "A model of the agent's own, with its own key. No effect.",
    }

    VectorProvider: "vector_provider", Integer, open: true,
    "Who indexes what is crawled. No effect: there is one index, this server's." {
        BuiltIn = 0 "builtin" "This server's own index; nothing is sent elsewhere.",
    }

    CrawlMode: "crawl_mode", Integer, open: true,
    "How a website is gone through. No effect: every crawl goes the one way." {
        WholeSite = 0 "whole_site" "From the start addresses along links and sitemaps, within the limits of the request.",
    }

    ThemeMode: "theme_mode", Integer, open: false,
    "In which colours the widget is drawn." {
        Light = 0 "light" "Dark text on a light ground.",
        Dark = 1 "dark" "Light text on a dark ground.",
        System = 2 "system" "As the visitor's device is set.",
    }

    ThinkingMode: "thinking_mode", String, open: false,
    "How long a language model is to think before it answers. Kept and echoed; no effect yet: models think as their endpoint is set, and what they think is never shown." {
        ModelDefault = 0 "model_default" "As the model's endpoint is set.",
        Off = 1 "off" "Not at all. No effect yet.",
        Brief = 2 "brief" "Briefly. No effect yet.",
        Thorough = 3 "thorough" "At length. No effect yet.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nought_is_the_default_and_no_code_or_name_is_twice() {
        assert_eq!(ALL.len(), 7);
        for code in ALL {
            assert_eq!(code.meanings[0].code, 0, "{}", code.field);
            for (at, one) in code.meanings.iter().enumerate() {
                let before = &code.meanings[..at];
                assert!(
                    before.iter().all(|b| b.code != one.code && b.name != one.name),
                    "{} {}",
                    code.field,
                    one.name
                );
                assert!((0..=LARGEST).contains(&one.code) && one.description.ends_with('.'), "{}", one.name);
            }
        }
    }

    #[test]
    fn known_values_only_where_a_request_is_our_own() {
        let read = |text: &str| serde_json::from_str::<ThemeMode>(text);
        assert_eq!(read("2").unwrap(), ThemeMode::System);
        assert_eq!(read("\"1\"").unwrap(), ThemeMode::Dark);
        for text in ["3", "-1", "99", "\"dark\"", "1.5", "null", "true", "[]", "18446744073709551615"] {
            let error = read(text).unwrap_err().to_string();
            assert!(error.contains("0 (light), 1 (dark), 2 (system)"), "{text}: {error}");
        }
        assert_eq!(serde_json::to_string(&ThemeMode::System).unwrap(), "2");
        assert_eq!(AccessType::acts_as(77), AccessType::Public);
        assert_eq!(AccessType::acts_as(1), AccessType::Private);
    }
}
