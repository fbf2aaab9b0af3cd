//! Secrets at rest: sealed under the master key with XChaCha20-Poly1305.
//!
//! A sealed value is `0x01`, eight bytes of key id, 24 bytes of nonce, ciphertext and tag. Its *place* (table, column,
//! row) is associated data, so a value copied to another row does not open there. Random 192-bit nonces never meet
//! (draft-irtf-cfrg-xchacha, section 2.1).

use std::fmt;

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use hmac::{Hmac, Mac};
use secrecy::{ExposeSecret, SecretBox};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::Ids;

const VERSION: u8 = 1;
const KEY_ID: usize = 8;
const NONCE: usize = 24;
/// The length of a [`tag`](MasterKey::tag), in bytes.
pub const TAG: usize = 16;

/// The key under which everything secret is sealed. 32 bytes, kept in a file with mode 0600.
pub struct MasterKey {
    key: SecretBox<[u8; 32]>,
    id: [u8; KEY_ID],
}

/// A sealed value as it stands in a column.
#[derive(Clone, PartialEq, Eq, sqlx::Type)]
#[sqlx(transparent)]
pub struct Sealed(pub Vec<u8>);

/// Why a sealed value does not open.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum SealError {
    /// The value was sealed under another master key.
    #[error("sealed under another master key (its id is {0})")]
    OtherKey(String),
    /// The value is damaged, or stands in a place where it was not sealed.
    #[error("the sealed value is damaged or was moved")]
    Damaged,
    /// The key's text is not 64 hexadecimal digits.
    #[error("a master key is 64 hexadecimal digits")]
    NotAKey,
}

impl MasterKey {
    /// A new random key.
    #[must_use]
    pub fn generate(ids: &Ids) -> Self {
        Self::from_bytes(ids.bytes())
    }

    fn from_bytes(bytes: [u8; 32]) -> Self {
        let digest = Sha256::new_with_prefix(b"robofy master key id").chain_update(bytes).finalize();
        let mut id = [0; KEY_ID];
        id.copy_from_slice(&digest[..KEY_ID]);
        Self { key: SecretBox::new(Box::new(bytes)), id }
    }

    /// Reads the text of a key file.
    ///
    /// # Errors
    /// [`SealError::NotAKey`] when it is not 64 hexadecimal digits, white space around them aside.
    pub fn from_text(text: &str) -> Result<Self, SealError> {
        let text = text.trim().as_bytes();
        if text.len() != 64 {
            return Err(SealError::NotAKey);
        }
        let mut bytes = Zeroizing::new([0_u8; 32]);
        for (byte, pair) in bytes.iter_mut().zip(text.chunks_exact(2)) {
            let digits = std::str::from_utf8(pair).map_err(|_| SealError::NotAKey)?;
            if !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
                return Err(SealError::NotAKey);
            }
            *byte = u8::from_str_radix(digits, 16).map_err(|_| SealError::NotAKey)?;
        }
        Ok(Self::from_bytes(*bytes))
    }

    /// The text for a key file.
    #[must_use]
    pub fn to_text(&self) -> Zeroizing<String> {
        Zeroizing::new(hex(self.key.expose_secret()))
    }

    /// The key's public id, sixteen hexadecimal digits.
    #[must_use]
    pub fn id(&self) -> String {
        hex(&self.id)
    }

    /// Seals `plain` for one place.
    ///
    /// # Panics
    /// Never: the cipher only refuses more than 256 GiB.
    #[must_use]
    pub fn seal(&self, ids: &Ids, place: &Place<'_>, plain: &[u8]) -> Sealed {
        let nonce: [u8; NONCE] = ids.bytes();
        let payload = Payload { msg: plain, aad: &place.bytes() };
        let cipher = self.cipher().encrypt(&XNonce::from(nonce), payload).unwrap_or_default();
        let mut sealed = Vec::with_capacity(1 + KEY_ID + NONCE + cipher.len());
        sealed.push(VERSION);
        sealed.extend_from_slice(&self.id);
        sealed.extend_from_slice(&nonce);
        sealed.extend_from_slice(&cipher);
        Sealed(sealed)
    }

    /// Opens a value sealed for this place.
    ///
    /// # Errors
    /// [`SealError`] when the key is another one, or the value is damaged or moved.
    pub fn open(&self, place: &Place<'_>, sealed: &Sealed) -> Result<Zeroizing<Vec<u8>>, SealError> {
        let bytes = sealed.0.as_slice();
        if bytes.len() < 1 + KEY_ID + NONCE || bytes[0] != VERSION {
            return Err(SealError::Damaged);
        }
        let (id, rest) = bytes[1..].split_at(KEY_ID);
        if id != self.id {
            return Err(SealError::OtherKey(hex(id)));
        }
        let (nonce, cipher) = rest.split_at(NONCE);
        let nonce: [u8; NONCE] = nonce.try_into().map_err(|_| SealError::Damaged)?;
        let payload = Payload { msg: cipher, aad: &place.bytes() };
        self.cipher()
            .decrypt(&XNonce::from(nonce), payload)
            .map(Zeroizing::new)
            .map_err(|_| SealError::Damaged)
    }

    /// HMAC-SHA-256 of a purpose and `parts` under the master key: a fingerprint that nobody without it can search for
    /// (request bodies may hold passwords). Purpose and parts are length-prefixed, so they cannot run together, and what
    /// was made for one purpose is nothing for another.
    #[must_use]
    pub fn fingerprint(&self, purpose: &str, parts: &[&[u8]]) -> Vec<u8> {
        // HMAC takes keys of any length, so there always is one.
        self.mac(purpose, parts).map_or_else(Vec::new, |mac| mac.finalize().into_bytes().to_vec())
    }

    /// The first [`TAG`] bytes of the [`fingerprint`](Self::fingerprint): what a client holds beside something that it
    /// may read and must not change. 128 bits cannot be guessed (RFC 2104, section 5).
    #[must_use]
    pub fn tag(&self, purpose: &str, parts: &[&[u8]]) -> Vec<u8> {
        let mut tag = self.fingerprint(purpose, parts);
        tag.truncate(TAG);
        tag
    }

    /// Whether a tag is that of `parts`; compared in constant time.
    #[must_use]
    pub fn has_tag(&self, purpose: &str, parts: &[&[u8]], tag: &[u8]) -> bool {
        tag.len() == TAG && self.mac(purpose, parts).is_some_and(|mac| mac.verify_truncated_left(tag).is_ok())
    }

    fn mac(&self, purpose: &str, parts: &[&[u8]]) -> Option<Hmac<Sha256>> {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.key.expose_secret()).ok()?;
        for part in std::iter::once(purpose.as_bytes()).chain(parts.iter().copied()) {
            mac.update(&(part.len() as u64).to_le_bytes());
            mac.update(part);
        }
        Some(mac)
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(self.key.expose_secret().into())
    }
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MasterKey({})", self.id())
    }
}

impl fmt::Debug for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sealed({} bytes)", self.0.len())
    }
}

/// Where a sealed value belongs.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// Table.
    pub table: &'a str,
    /// Column.
    pub column: &'a str,
    /// The row's key, written out.
    pub row: &'a str,
}

impl Place<'_> {
    fn bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        for part in [self.table, self.column, self.row] {
            bytes.extend_from_slice(&(part.len() as u64).to_le_bytes());
            bytes.extend_from_slice(part.as_bytes());
        }
        bytes
    }
}

fn hex(bytes: &[u8]) -> String {
    use fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a String cannot fail.
        let _written = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLACE: Place<'_> = Place { table: "api_keys", column: "sealed", row: "1" };

    #[test]
    fn opens_only_in_its_place_under_its_key() {
        let ids = Ids::System;
        let key = MasterKey::generate(&ids);
        let sealed = key.seal(&ids, &PLACE, b"secret");
        assert_eq!(key.open(&PLACE, &sealed).unwrap().as_slice(), b"secret");
        let moved = Place { row: "2", ..PLACE };
        assert_eq!(key.open(&moved, &sealed).unwrap_err(), SealError::Damaged);
        let shifted = Place { table: "api_key", column: "ssealed", row: "1" };
        assert_eq!(key.open(&shifted, &sealed).unwrap_err(), SealError::Damaged);
        let other = MasterKey::generate(&ids);
        assert_eq!(other.open(&PLACE, &sealed).unwrap_err(), SealError::OtherKey(key.id()));
    }

    #[test]
    fn every_flipped_bit_is_noticed() {
        let ids = Ids::seeded(1);
        let key = MasterKey::generate(&ids);
        let sealed = key.seal(&ids, &PLACE, b"secret");
        for at in 0..sealed.0.len() {
            let mut wrong = sealed.clone();
            wrong.0[at] ^= 1;
            assert!(key.open(&PLACE, &wrong).is_err(), "byte {at}");
            assert!(key.open(&PLACE, &Sealed(sealed.0[..at].to_vec())).is_err(), "cut at {at}");
        }
    }

    #[test]
    fn the_text_form_comes_back_and_hostile_text_does_not() {
        let key = MasterKey::generate(&Ids::System);
        assert_eq!(MasterKey::from_text(&format!(" {}\n", key.to_text().as_str())).unwrap().id(), key.id());
        for text in ["", "00", &"g".repeat(64), &"é".repeat(32), &"+1".repeat(32)] {
            assert!(MasterKey::from_text(text).is_err(), "{text}");
        }
        assert!(!format!("{key:?}").contains(key.to_text().as_str()));
    }

    #[test]
    fn fingerprints_differ_by_purpose_and_boundary() {
        let key = MasterKey::generate(&Ids::seeded(2));
        assert_ne!(key.fingerprint("a", &[b"bc"]), key.fingerprint("a", &[b"b", b"c"]));
        assert_ne!(key.fingerprint("a", &[b"b"]), key.fingerprint("b", &[b"b"]));
    }

    #[test]
    fn a_tag_is_that_of_its_parts_alone() {
        let key = MasterKey::generate(&Ids::seeded(3));
        let tag = key.tag("a", &[b"b", b"c"]);
        assert_eq!(tag.len(), TAG);
        assert!(key.has_tag("a", &[b"b", b"c"], &tag));
        for (purpose, parts) in [("b", [&b"b"[..], b"c"]), ("a", [b"bc", b""]), ("a", [b"c", b"b"])] {
            assert!(!key.has_tag(purpose, &parts, &tag), "{purpose} {parts:?}");
        }
        for cut in 0..TAG {
            assert!(!key.has_tag("a", &[b"b", b"c"], &tag[..cut]), "{cut} bytes");
        }
        assert!(!key.has_tag("a", &[b"b", b"c"], &key.fingerprint("a", &[b"b", b"c"])));
        assert!(!MasterKey::generate(&Ids::seeded(4)).has_tag("a", &[b"b", b"c"], &tag));
    }
}
