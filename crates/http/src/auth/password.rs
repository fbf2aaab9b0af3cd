//! Passwords: argon2id, off the async threads, few at a time.

use std::sync::Arc;

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use robofy_kernel::{FieldError, Ids};
use tokio::sync::{OnceCell, OwnedSemaphorePermit, Semaphore};

use crate::ApiError;

/// Fewest characters of a password.
const SHORTEST: usize = 10;
/// Most bytes: enough for any phrase, little for the hash.
const LONGEST: usize = 512;
/// Fewer guesses than 10^5 means: among the common ones, or one with a number behind it.
const COMMON: f64 = 5.0;

/// Hashes and verifies. Each takes 19 MiB and a processor, so only a few run at once and the rest wait their turn.
#[derive(Debug)]
pub struct Passwords {
    places: Arc<Semaphore>,
    /// What is verified when there is no such person, so that it takes as long.
    nobody: OnceCell<String>,
}

/// One of the few places. Who holds it may hash or verify; it is free again when it is dropped.
#[derive(Debug)]
pub(crate) struct Place {
    _permit: OwnedSemaphorePermit,
}

impl Passwords {
    /// With as many places as there are processors.
    #[must_use]
    pub fn new() -> Self {
        let processors = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        Self { places: Arc::new(Semaphore::new(processors.clamp(1, 8))), nobody: OnceCell::new() }
    }

    /// The hash of a password, in PHC form.
    ///
    /// # Errors
    /// When there is not enough memory.
    pub async fn hash(&self, ids: &Ids, password: String) -> Result<String, ApiError> {
        let (_, hash) = self.place().await?.hash(ids, password).await?;
        Ok(hash)
    }

    /// Waits for a place.
    pub(crate) async fn place(&self) -> Result<Place, ApiError> {
        Arc::clone(&self.places)
            .acquire_owned()
            .await
            .map(|_permit| Place { _permit })
            .map_err(ApiError::internal)
    }

    /// Whether the password is the one of this hash; without a hash `false`, after as much work. The place comes back,
    /// to be kept until a wrong password has been noted.
    pub(crate) async fn verify(
        &self,
        mut place: Place,
        ids: &Ids,
        hash: Option<String>,
        password: String,
    ) -> Result<(Place, bool), ApiError> {
        let known = hash.is_some();
        let hash = match (hash, self.nobody.get()) {
            (Some(hash), _) => hash,
            (None, Some(nobody)) => nobody.clone(),
            (None, None) => {
                let made;
                (place, made) = place.hash(ids, ids.alphanumeric(24)).await?;
                // Whoever was first has set it; any will do.
                self.nobody.get_or_init(|| std::future::ready(made)).await.clone()
            }
        };
        if password.len() > LONGEST {
            return Ok((place, false));
        }
        let (place, right) = place
            .run(move || {
                let parsed = PasswordHash::new(&hash).map_err(ApiError::internal)?;
                Ok::<_, ApiError>(Argon2::default().verify_password(password.as_bytes(), &parsed).is_ok())
            })
            .await?;
        Ok((place, right? && known))
    }
}

impl Place {
    async fn hash(self, ids: &Ids, password: String) -> Result<(Self, String), ApiError> {
        let salt = ids.bytes::<16>();
        let (place, hash) = self
            .run(move || {
                Argon2::default()
                    .hash_password_with_salt(password.as_bytes(), &salt)
                    .map(|hash| hash.to_string())
            })
            .await?;
        Ok((place, hash.map_err(ApiError::internal)?))
    }

    /// Works off the async threads. The place goes along: work whose caller has gone still takes its memory.
    async fn run<T: Send + 'static>(
        self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<(Self, T), ApiError> {
        let done = tokio::task::spawn_blocking(move || {
            let done = work();
            (self, done)
        });
        done.await.map_err(ApiError::internal)
    }
}

impl Default for Passwords {
    fn default() -> Self {
        Self::new()
    }
}

/// What is wrong with a new password. `about` is what an attacker would try first: the person's address and names.
pub(crate) fn check(password: &str, about: &[&str]) -> Option<FieldError> {
    let wrong = |code, detail: &str| Some(FieldError::new("password", code, detail));
    if password.chars().count() < SHORTEST {
        return wrong("too_short", "must have at least 10 characters");
    }
    if password.len() > LONGEST {
        return wrong("too_long", "must have at most 512 bytes");
    }
    // The estimate's time grows with the square of the length; a long password is not among the common ones.
    let head: String = password.chars().take(64).collect();
    if zxcvbn::zxcvbn(&head, about).guesses_log10() < COMMON {
        return wrong("too_common", "is too easy to guess: choose a less common one, a few words are good");
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn common_passwords_are_refused() {
        for bad in ["short", "password12", "1234567890", "qwertyuiop", "aaaaaaaaaaaaaa", "ann@example.com"] {
            assert!(check(bad, &["ann@example.com"]).is_some(), "{bad}");
        }
        for good in ["correct horse battery", "Tr0ub4dor&3xyz", "пароль-для-проверки"] {
            assert!(check(good, &["ann@example.com"]).is_none(), "{good}");
        }
    }

    #[tokio::test]
    async fn a_hash_opens_with_its_password_only() {
        let (passwords, ids) = (Passwords::new(), Ids::System);
        let hash = passwords.hash(&ids, "correct horse".into()).await.unwrap();
        assert!(hash.starts_with("$argon2id$"));
        let mut place = passwords.place().await.unwrap();
        for (hash, password, expected) in [
            (Some(&hash), "correct horse", true),
            (Some(&hash), "correct horsf", false),
            (None, "correct horse", false),
            (None, "correct horse", false),
        ] {
            let right;
            (place, right) = passwords.verify(place, &ids, hash.cloned(), password.into()).await.unwrap();
            assert_eq!(right, expected, "{password}");
        }
    }
}
