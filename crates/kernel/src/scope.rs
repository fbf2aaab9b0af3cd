//! What a credential may do.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::ids::InvalidId;

macro_rules! areas {
    ($($(#[$meta:meta])* $variant:ident = $text:literal),+ $(,)?) => {
        /// An area of the product that scopes speak of.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Area { $($(#[$meta])* $variant),+ }

        impl Area {
            /// Every area.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// Its name in scopes.
            #[must_use]
            pub const fn as_str(self) -> &'static str { match self { $(Self::$variant => $text),+ } }
        }
    };
}

areas! {
    /// Projects, agents, settings, persona, widget, lead form.
    Agents = "agents",
    /// Assets, crawl, search, question-and-answer pairs.
    Knowledge = "knowledge",
    /// Leads.
    Leads = "leads",
    /// Bookings.
    Bookings = "bookings",
    /// Conversations as an operator sees them.
    Inbox = "inbox",
    /// Statistics.
    Stats = "stats",
    /// Account details, limits, request log.
    Account = "account",
    /// API keys.
    Keys = "keys",
    /// Webhook endpoints.
    Webhooks = "webhooks",
    /// Licences of a partner's customers.
    Partner = "partner",
}

/// One permission.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scope {
    /// Talk to agents.
    Chat,
    /// Look at an area.
    Read(Area),
    /// Change an area; includes looking at it.
    Write(Area),
}

impl Scope {
    const fn bit(self) -> u32 {
        match self {
            Self::Chat => 1,
            Self::Read(area) => 1 << (1 + 2 * area as u32),
            Self::Write(area) => 1 << (2 + 2 * area as u32),
        }
    }

    /// Every scope, in the order in which they are listed.
    pub fn all() -> impl Iterator<Item = Self> {
        std::iter::once(Self::Chat).chain(Area::ALL.iter().flat_map(|a| [Self::Read(*a), Self::Write(*a)]))
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Chat => f.write_str("chat"),
            Self::Read(area) => write!(f, "{}:read", area.as_str()),
            Self::Write(area) => write!(f, "{}:write", area.as_str()),
        }
    }
}

impl FromStr for Scope {
    type Err = InvalidId;
    fn from_str(text: &str) -> Result<Self, InvalidId> {
        Self::all().find(|scope| scope.to_string() == text).ok_or(InvalidId("scope"))
    }
}

/// A set of scopes. In JSON a list of texts; `["*"]` is everything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<String>", into = "Vec<String>")]
pub struct Scopes(u32);

impl Scopes {
    const EVERYTHING: u32 = u32::MAX;

    /// `*`.
    #[must_use]
    pub const fn everything() -> Self {
        Self(Self::EVERYTHING)
    }

    /// Of single scopes.
    pub fn of(scopes: impl IntoIterator<Item = Scope>) -> Self {
        Self(scopes.into_iter().fold(0, |bits, scope| bits | scope.bit()))
    }

    /// Whether this set allows `scope`; writing includes reading.
    #[must_use]
    pub const fn allows(self, scope: Scope) -> bool {
        match scope {
            Scope::Read(area) => self.0 & (Scope::Read(area).bit() | Scope::Write(area).bit()) != 0,
            Scope::Chat | Scope::Write(_) => self.0 & scope.bit() != 0,
        }
    }

    /// Whether everything that `other` allows is allowed here too.
    #[must_use]
    pub fn covers(self, other: Self) -> bool {
        if other.0 == Self::EVERYTHING {
            self.0 == Self::EVERYTHING
        } else {
            other.iter().all(|s| self.allows(s))
        }
    }

    /// Whether it allows nothing.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    fn iter(self) -> impl Iterator<Item = Scope> {
        Scope::all().filter(move |scope| self.0 & scope.bit() != 0)
    }

    /// The texts, `["*"]` for everything.
    #[must_use]
    pub fn to_texts(self) -> Vec<String> {
        if self.0 == Self::EVERYTHING {
            vec!["*".into()]
        } else {
            self.iter().map(|s| s.to_string()).collect()
        }
    }

    /// One text for the database: the texts joined by spaces.
    #[must_use]
    pub fn to_column(self) -> String {
        self.to_texts().join(" ")
    }

    /// Reads [`Scopes::to_column`].
    ///
    /// # Errors
    /// When a word is no scope.
    pub fn from_column(text: &str) -> Result<Self, InvalidId> {
        Self::try_from(text.split_whitespace().map(str::to_owned).collect::<Vec<_>>())
    }
}

impl TryFrom<Vec<String>> for Scopes {
    type Error = InvalidId;
    fn try_from(texts: Vec<String>) -> Result<Self, InvalidId> {
        let mut set = Self(0);
        for text in texts {
            set.0 |= if text == "*" { Self::EVERYTHING } else { text.parse::<Scope>()?.bit() };
        }
        Ok(set)
    }
}

impl From<Scopes> for Vec<String> {
    fn from(scopes: Scopes) -> Self {
        scopes.to_texts()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn write_includes_read_and_nothing_else() {
        let set = Scopes::of([Scope::Write(Area::Agents)]);
        assert!(set.allows(Scope::Read(Area::Agents)));
        for scope in
            Scope::all().filter(|s| !matches!(s, Scope::Read(Area::Agents) | Scope::Write(Area::Agents)))
        {
            assert!(!set.allows(scope), "{scope}");
        }
    }

    #[test]
    fn covers_is_never_more() {
        let chat = Scopes::of([Scope::Chat]);
        assert!(Scopes::everything().covers(chat) && !chat.covers(Scopes::everything()));
        let all_named = Scopes::of(Scope::all());
        assert!(!all_named.covers(Scopes::everything()), "`*` also means scopes yet to come");
        let write = Scopes::of([Scope::Write(Area::Leads)]);
        let read = Scopes::of([Scope::Read(Area::Leads)]);
        assert!(write.covers(read) && !read.covers(write));
    }

    #[test]
    fn texts_come_back() {
        for scope in Scope::all() {
            let set = Scopes::of([scope]);
            assert_eq!(Scopes::from_column(&set.to_column()).unwrap(), set);
        }
        assert!(Scopes::try_from(vec!["agents:delete".to_owned()]).is_err());
    }
}
