//! API keys: what a server shows to be let in.
//!
//! `rbf_live_` + 12 public characters + 32 secret ones + 6 of checksum, all of `0-9A-Za-z`. The public part is looked
//! up, the secret is compared by its hash (190 bits of randomness need no slow hash), and the checksum tells a
//! mistyped key without a look-up.

use std::fmt;

use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::{Environment, Ids};

const PUBLIC: usize = 12;
const SECRET: usize = 32;
const CHECKSUM: usize = 6;

/// A whole key, secret included. Shown once; never stored in the clear, never printed by `Debug`.
#[derive(Clone)]
pub struct ApiKey(SecretString);

/// The parts of a presented key whose checksum is right. Says nothing about whether it exists.
pub struct ApiKeyParts {
    /// Environment named by the prefix.
    pub environment: Environment,
    /// The public part: looked up, shown in lists.
    pub public: String,
    /// The hash to compare with the stored one.
    pub hash: ApiKeyHash,
}

/// SHA-256 of a key's secret part: what is stored.
#[derive(Clone, PartialEq, Eq, sqlx::Type)]
#[sqlx(transparent)]
pub struct ApiKeyHash(Vec<u8>);

impl ApiKey {
    /// A new key.
    #[must_use]
    pub fn generate(ids: &Ids, environment: Environment) -> Self {
        let body = ids.alphanumeric(PUBLIC + SECRET);
        let prefix = prefix(environment);
        let sum = checksum(prefix, &body);
        Self(format!("{prefix}{body}{sum}").into())
    }

    /// A key that was kept sealed.
    #[must_use]
    pub fn from_text(text: String) -> Self {
        Self(text.into())
    }

    /// The key as the client sends it.
    #[must_use]
    pub fn reveal(&self) -> &str {
        self.0.expose_secret()
    }

    /// Its parts; `None` only for text that [`ApiKey::generate`] did not make.
    #[must_use]
    pub fn parts(&self) -> Option<ApiKeyParts> {
        ApiKeyParts::parse(self.reveal())
    }
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ApiKey(…)")
    }
}

impl ApiKeyParts {
    /// Reads a presented key; `None` when its form or checksum is wrong.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (environment, body) = Environment::ALL
            .iter()
            .find_map(|environment| Some((*environment, text.strip_prefix(prefix(*environment))?)))?;
        let form =
            body.len() == PUBLIC + SECRET + CHECKSUM && body.bytes().all(|b| b.is_ascii_alphanumeric());
        if !form {
            return None;
        }
        let (body, sum) = body.split_at(PUBLIC + SECRET);
        if sum != checksum(prefix(environment), body) {
            return None;
        }
        let (public, secret) = body.split_at(PUBLIC);
        Some(Self { environment, public: public.to_owned(), hash: ApiKeyHash::of(secret) })
    }

    /// Whether a text is meant as an API key at all (and not as a client token).
    #[must_use]
    pub fn looks_like_one(text: &str) -> bool {
        text.starts_with("rbf_")
    }

    /// What lists show of a key: its prefix and public part.
    #[must_use]
    pub fn shown_prefix(environment: Environment, public: &str) -> String {
        format!("{}{public}", prefix(environment))
    }
}

impl ApiKeyHash {
    fn of(secret: &str) -> Self {
        Self(Sha256::digest(secret.as_bytes()).to_vec())
    }

    /// Compares in constant time.
    #[must_use]
    pub fn matches(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl fmt::Debug for ApiKeyHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ApiKeyHash(…)")
    }
}

const fn prefix(environment: Environment) -> &'static str {
    match environment {
        Environment::Live => "rbf_live_",
        Environment::Test => "rbf_test_",
    }
}

/// CRC-32 of prefix and body in base 62, most significant digit first, padded to six (62^6 > 2^32).
fn checksum(prefix: &str, body: &str) -> String {
    const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(prefix.as_bytes());
    hasher.update(body.as_bytes());
    let mut rest = hasher.finalize();
    let mut digits = [b'0'; CHECKSUM];
    for digit in digits.iter_mut().rev() {
        *digit = DIGITS[(rest % 62) as usize];
        rest /= 62;
    }
    digits.iter().map(|d| char::from(*d)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_made_key_parses_and_its_hash_matches() {
        for environment in [Environment::Live, Environment::Test] {
            let key = ApiKey::generate(&Ids::System, environment);
            let parts = key.parts().unwrap();
            assert_eq!(parts.environment, environment);
            assert!(parts.hash.matches(&key.parts().unwrap().hash));
            assert!(!format!("{key:?}{:?}", parts.hash).contains(&key.reveal()[21..]));
        }
    }

    #[test]
    fn any_single_mistake_is_told_by_the_checksum() {
        let key = ApiKey::generate(&Ids::seeded(3), Environment::Live);
        for at in 0..key.reveal().len() {
            for wrong in ['0', 'z', 'Q', ' ', 'é'] {
                let mut text: Vec<char> = key.reveal().chars().collect();
                if text[at] != wrong {
                    text[at] = wrong;
                    assert!(ApiKeyParts::parse(&text.iter().collect::<String>()).is_none(), "{at} {wrong}");
                }
            }
        }
        assert!(ApiKeyParts::parse(&key.reveal().replace("live", "test")).is_none());
        assert!(ApiKeyParts::parse("").is_none());
    }
}
