//! Passwords: argon2id, off the async threads, few at a time.

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use robofy_kernel::{FieldError, Ids};
use tokio::sync::{OnceCell, Semaphore};

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
    places: Semaphore,
    /// What is verified when there is no such person, so that it takes as long.
    nobody: OnceCell<String>,
}

impl Passwords {
    /// With as many places as there are processors.
    #[must_use]
    pub fn new() -> Self {
        let processors = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        Self { places: Semaphore::new(processors.clamp(1, 8)), nobody: OnceCell::new() }
    }

    /// The hash of a password, in PHC form.
    ///
    /// # Errors
    /// When there is not enough memory.
    pub async fn hash(&self, ids: &Ids, password: String) -> Result<String, ApiError> {
        let salt = ids.bytes::<16>();
        self.run(move || {
            let hash = Argon2::default().hash_password_with_salt(password.as_bytes(), &salt);
            hash.map(|hash| hash.to_string()).map_err(ApiError::internal)
        })
        .await?
    }

    /// Whether the password is the one of this hash; without a hash `false`, after as much work.
    pub(crate) async fn verify(
        &self,
        ids: &Ids,
        hash: Option<String>,
        password: String,
    ) -> Result<bool, ApiError> {
        let known = hash.is_some();
        let hash = match hash {
            Some(hash) => hash,
            None => self.nobody.get_or_try_init(|| self.hash(ids, ids.alphanumeric(24))).await?.clone(),
        };
        if password.len() > LONGEST {
            return Ok(false);
        }
        let right = self
            .run(move || {
                let parsed = PasswordHash::new(&hash).map_err(ApiError::internal)?;
                Ok::<_, ApiError>(Argon2::default().verify_password(password.as_bytes(), &parsed).is_ok())
            })
            .await??;
        Ok(right && known)
    }

    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, ApiError> {
        let _place = self.places.acquire().await.map_err(ApiError::internal)?;
        tokio::task::spawn_blocking(work).await.map_err(ApiError::internal)
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
        assert!(passwords.verify(&ids, Some(hash.clone()), "correct horse".into()).await.unwrap());
        assert!(!passwords.verify(&ids, Some(hash), "correct horsf".into()).await.unwrap());
        assert!(!passwords.verify(&ids, None, "correct horse".into()).await.unwrap());
    }
}
