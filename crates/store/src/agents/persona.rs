//! Who an agent is to its visitors.

use std::collections::BTreeMap;

use robofy_kernel::text_enum;
use serde::{Deserialize, Serialize};

text_enum! {
    /// In which language an agent answers.
    pub enum LanguagePolicy {
        /// In the visitor's.
        Visitor = "visitor",
        /// Always in its own.
        Agent = "agent",
    }
}

/// Who an agent is to its visitors. What is `None` was left to the agent's other settings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Persona {
    /// What it calls itself; `None` = the agent's name.
    pub name: Option<String>,
    /// What it is: "the shop's bicycle mechanic".
    pub role: Option<String>,
    /// How it sounds; `None` = the settings' tone.
    pub tone: Option<String>,
    /// How it writes: "short sentences, no emoji".
    pub style: Option<String>,
    /// What it should do.
    pub dos: Vec<String>,
    /// What it should not do.
    pub donts: Vec<String>,
    /// What it says first; `None` = a greeting made from its name.
    pub greeting: Option<String>,
    /// In which language it answers.
    pub language_policy: LanguagePolicy,
    /// Its own wording of what flows say, by the text's key: `key` for all languages, `key@de` for one.
    pub texts: BTreeMap<String, String>,
}

impl Default for Persona {
    fn default() -> Self {
        Self {
            name: None,
            role: None,
            tone: None,
            style: None,
            dos: Vec::new(),
            donts: Vec::new(),
            greeting: None,
            language_policy: LanguagePolicy::Visitor,
            texts: BTreeMap::new(),
        }
    }
}
