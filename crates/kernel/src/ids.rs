//! Identifiers: a type for each kind of thing, and the one source that makes them.

use std::fmt;
use std::str::FromStr;
use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand::{Rng, SeedableRng};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::Timestamp;

/// The text is not an id (or fixed word) of the named kind.
#[derive(Debug, thiserror::Error)]
#[error("not a valid {0}")]
pub struct InvalidId(pub &'static str);

macro_rules! uuid_id {
    ($($(#[$meta:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, sqlx::Type)]
        #[sqlx(transparent)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { self.0.fmt(f) }
        }

        impl FromStr for $name {
            type Err = InvalidId;
            fn from_str(text: &str) -> Result<Self, InvalidId> {
                Uuid::parse_str(text).map(Self).map_err(|_| InvalidId(stringify!($name)))
            }
        }
    )+};
}

uuid_id! {
    /// A tenant. Leads every key in the store.
    AccountId,
    /// A person who logs in.
    UserId,
    /// An API key's row (not its secret).
    KeyId,
    /// A chat session's row; the visitor knows a [`SessionId`] instead.
    SessionKey,
    /// A stored question-and-answer pair.
    QaId,
    /// A question that was not found: the same for all wordings of one normal form.
    QuestionId,
    /// A service that can be booked.
    ServiceId,
    /// A person, room or thing that a booking occupies.
    ResourceId,
    /// A booking.
    BookingId,
    /// A slot kept for a visitor for some minutes.
    HoldId,
    /// A person who may become a customer.
    LeadId,
    /// Something that was said of a lead.
    LeadValueId,
    /// Work that is done later.
    JobId,
    /// A website that an agent learns.
    SiteId,
    /// One crawl of a website.
    RunId,
    /// A tab of an agent's widget.
    TabId,
}

macro_rules! number_id {
    ($($(#[$meta:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$meta])*
        ///
        /// Random, not sequential, between 2^32 and 2^53 − 1, so that it survives JavaScript's numbers.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, sqlx::Type)]
        #[sqlx(transparent)]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { self.0.fmt(f) }
        }

        impl FromStr for $name {
            type Err = InvalidId;
            fn from_str(text: &str) -> Result<Self, InvalidId> {
                let digits = !text.is_empty() && text.len() <= 16 && text.bytes().all(|b| b.is_ascii_digit());
                let number = if digits { text.parse().ok() } else { None };
                number.filter(|n| *n <= MAX_NUMBER_ID).map(Self).ok_or(InvalidId(stringify!($name)))
            }
        }
    )+};
}

/// The largest integer that JavaScript holds exactly (2^53 − 1).
pub const MAX_NUMBER_ID: i64 = (1 << 53) - 1;
const MIN_NUMBER_ID: u64 = 1 << 32;

number_id! {
    /// A project of an account.
    ProjectId,
    /// A source of knowledge: a text, a file.
    AssetId,
    /// The link between an asset and an agent.
    LinkageId,
}

macro_rules! text_id {
    ($($(#[$meta:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$meta])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, sqlx::Type)]
        #[sqlx(transparent)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// The id as text.
            #[must_use]
            pub fn as_str(&self) -> &str { &self.0 }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidId;
            fn try_from(text: String) -> Result<Self, InvalidId> {
                if Self::is_valid(&text) { Ok(Self(text)) } else { Err(InvalidId(stringify!($name))) }
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self { id.0 }
        }

        impl FromStr for $name {
            type Err = InvalidId;
            fn from_str(text: &str) -> Result<Self, InvalidId> { Self::try_from(text.to_owned()) }
        }
    )+};
}

text_id! {
    /// An agent's public, unguessable id: 42 or 43 characters of URL-safe base64.
    ChatbotId,
    /// An answer's id: 16 alphanumerics.
    MessageId,
    /// A visitor's session as the visitor names it: a UUID v4 on the web, the caller's own stable text elsewhere.
    ///
    /// It opens the conversation, so it is a secret: [`fmt::Debug`] hides it and it has no `Display`.
    SessionId,
}

impl ChatbotId {
    fn is_valid(text: &str) -> bool {
        (42..=43).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
    }
}

impl MessageId {
    fn is_valid(text: &str) -> bool {
        text.len() == 16 && text.bytes().all(|b| b.is_ascii_alphanumeric())
    }
}

impl SessionId {
    /// The longest session id a caller may choose, in bytes.
    pub const MAX_BYTES: usize = 128;

    fn is_valid(text: &str) -> bool {
        !text.is_empty() && text.len() <= Self::MAX_BYTES && !text.chars().any(char::is_control)
    }

    /// Whether it has the form that this server gives to web sessions (a UUID of version 4).
    #[must_use]
    pub fn is_uuid_v4(&self) -> bool {
        Uuid::parse_str(&self.0).is_ok_and(|id| id.get_version_num() == 4)
    }
}

impl fmt::Debug for ChatbotId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ChatbotId({})", self.0)
    }
}

impl fmt::Display for ChatbotId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for MessageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MessageId({})", self.0)
    }
}

impl fmt::Display for MessageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionId(…)")
    }
}

/// The one source of ids, secrets and nonces: the system's generator, or a seeded one for tests.
#[derive(Clone, Debug)]
pub enum Ids {
    /// Cryptographically strong, seeded by the operating system.
    System,
    /// Repeatable, for tests whose snapshots hold real values.
    Seeded(Arc<Mutex<rand::rngs::StdRng>>),
}

impl Ids {
    /// A repeatable source.
    #[must_use]
    pub fn seeded(seed: u64) -> Self {
        Self::Seeded(Arc::new(Mutex::new(rand::rngs::StdRng::seed_from_u64(seed))))
    }

    /// `N` random bytes.
    #[must_use]
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        match self {
            Self::System => rand::rng().fill_bytes(&mut bytes),
            Self::Seeded(rng) => rng.lock().unwrap_or_else(PoisonError::into_inner).fill_bytes(&mut bytes),
        }
        bytes
    }

    /// A time-ordered UUID (version 7, RFC 9562).
    #[must_use]
    pub fn uuid_v7(&self, now: Timestamp) -> Uuid {
        let millis = u64::try_from(now.micros() / 1000).unwrap_or(0);
        uuid::Builder::from_unix_timestamp_millis(millis, &self.bytes()).into_uuid()
    }

    /// A random UUID (version 4), which tells nothing of when it was made.
    #[must_use]
    pub fn uuid_v4(&self) -> Uuid {
        uuid::Builder::from_random_bytes(self.bytes()).into_uuid()
    }

    /// A random id for the web: a UUID v4, not to be guessed.
    #[must_use]
    pub fn web_session(&self) -> SessionId {
        SessionId(self.uuid_v4().to_string())
    }

    /// A new agent id: 256 random bits.
    #[must_use]
    pub fn chatbot(&self) -> ChatbotId {
        ChatbotId(URL_SAFE_NO_PAD.encode(self.bytes::<32>()))
    }

    /// A new message id: 16 alphanumerics, 95 bits.
    #[must_use]
    pub fn message(&self) -> MessageId {
        MessageId(self.alphanumeric(16))
    }

    /// A new number for projects, assets and links.
    #[must_use]
    pub fn number(&self) -> i64 {
        let span = u64::try_from(MAX_NUMBER_ID).unwrap_or(u64::MAX) - MIN_NUMBER_ID;
        // 2^64 is so much larger than the span that the modulo's bias is below 2^-11 of an even share; ids need no more.
        let number = MIN_NUMBER_ID + u64::from_le_bytes(self.bytes()) % (span + 1);
        i64::try_from(number).unwrap_or(MAX_NUMBER_ID)
    }

    /// `length` characters of `0-9A-Za-z`, each equally likely.
    #[must_use]
    pub fn alphanumeric(&self, length: usize) -> String {
        const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
        let mut text = String::with_capacity(length);
        while text.len() < length {
            for byte in self.bytes::<32>() {
                // 248 = 4 × 62: bytes above it would favour the first letters.
                if byte < 248 && text.len() < length {
                    text.push(char::from(ALPHABET[usize::from(byte) % 62]));
                }
            }
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn made_ids_pass_their_own_checks() {
        for ids in [Ids::System, Ids::seeded(7)] {
            for _ in 0..200 {
                assert!(ChatbotId::is_valid(ids.chatbot().as_str()));
                assert!(MessageId::is_valid(ids.message().as_str()));
                assert!(ids.web_session().is_uuid_v4());
                let number = ids.number();
                assert!((1 << 32..=MAX_NUMBER_ID).contains(&number));
                assert_eq!(number.to_string().parse::<ProjectId>().unwrap().0, number);
            }
        }
    }

    #[test]
    fn a_seed_repeats_itself_and_system_does_not() {
        assert_eq!(Ids::seeded(1).message(), Ids::seeded(1).message());
        assert_ne!(Ids::System.message(), Ids::System.message());
    }

    #[test]
    fn refuses_what_is_not_an_id() {
        for text in ["", "-1", "+1", "1e3", "9007199254740992", "99999999999999999", "٣"] {
            assert!(text.parse::<ProjectId>().is_err(), "{text}");
        }
        assert!("short".parse::<ChatbotId>().is_err());
        assert!("../../etc/passwd".parse::<MessageId>().is_err());
        assert!("a\u{0}b".parse::<SessionId>().is_err());
    }

    #[test]
    fn a_session_id_does_not_show_itself() {
        let id: SessionId = "4917012345678".parse().unwrap();
        assert!(!format!("{id:?}").contains("4917"));
    }
}
