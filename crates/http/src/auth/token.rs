//! Client tokens: JWTs signed with HS256, good for exactly one hour.

use std::str::FromStr;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use robofy_kernel::{
    AccountId, ChatbotId, Clock, Environment, ErrorCode, Ids, ProjectId, SessionId, Stopwatch, Timestamp,
};
use robofy_store::{Store, StoreError};
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};

use super::invalid_token;
use crate::ApiError;

/// How long a token is good, in seconds.
pub const LIFETIME: i64 = 3_600;
/// How far in the future `nbf` may lie, in seconds: clocks differ.
const NBF_LEEWAY: i64 = 30;
/// A token of ours has a few hundred bytes.
const LONGEST: usize = 8 * 1024;
/// Every node looks for new keys at least this often …
pub(crate) const REFRESH: Duration = Duration::from_secs(60);
/// … and a key that signs no more is kept for as long as its last tokens live, and a while.
const KEPT: Duration = Duration::from_secs(3_600 + 600);
/// An unknown `kid` makes a node look into the database, but not more often than this.
const RELOAD: Duration = Duration::from_secs(1);

const ISSUER: &str = "robofy";
const AUDIENCE: &str = "robofy-chat";

/// What a token says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    /// `robofy`.
    pub iss: String,
    /// `robofy-chat`.
    pub aud: String,
    /// When it was made, seconds since 1970.
    pub iat: i64,
    /// `iat` + 3600; refused from then on.
    pub exp: i64,
    /// Never issued, honoured when there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nbf: Option<i64>,
    /// Its id.
    pub jti: String,
    /// The account.
    pub account: String,
    /// The project.
    pub project: String,
    /// The agents that the handshake returned.
    pub chatbots: Vec<ChatbotId>,
    /// The visitor's session.
    pub session: SessionId,
    /// Live or test.
    pub environment: Environment,
    /// Where the handshake came from; `None` for an app.
    pub origin: Option<String>,
}

/// What a handshake puts into a token.
#[derive(Debug)]
pub struct Grant {
    /// The account.
    pub account: AccountId,
    /// The project.
    pub project: ProjectId,
    /// The agents.
    pub chatbots: Vec<ChatbotId>,
    /// The visitor's session.
    pub session: SessionId,
    /// Live or test.
    pub environment: Environment,
    /// Where the handshake came from.
    pub origin: Option<String>,
}

/// The keys that sign and verify, as this node knows them. The newest signs.
pub struct TokenKeys {
    keys: RwLock<Arc<Vec<Key>>>,
    looked: Mutex<Option<Stopwatch>>,
}

struct Key {
    kid: String,
    created_at: Timestamp,
    sign: EncodingKey,
    verify: DecodingKey,
}

impl std::fmt::Debug for TokenKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TokenKeys")
    }
}

impl TokenKeys {
    /// Reads the keys; a new database gets its first one.
    pub(crate) async fn open(store: &Store, clock: &Clock, ids: &Ids) -> Result<Self, StoreError> {
        let keys = Self { keys: RwLock::default(), looked: Mutex::default() };
        keys.reload(store).await?;
        if keys.all().is_empty() {
            store.add_signing_key(clock, ids).await?;
            keys.reload(store).await?;
        }
        Ok(keys)
    }

    /// Reads the keys again.
    pub(crate) async fn reload(&self, store: &Store) -> Result<(), StoreError> {
        let stored = store.list_signing_keys().await?;
        let keys = stored.into_iter().map(|key| Key {
            kid: key.kid,
            created_at: key.created_at,
            sign: EncodingKey::from_secret(key.secret.expose_secret()),
            verify: DecodingKey::from_secret(key.secret.expose_secret()),
        });
        *self.keys.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(keys.collect());
        Ok(())
    }

    /// Forgets the keys whose last tokens have expired.
    pub(crate) async fn forget(&self, store: &Store, now: Timestamp) -> Result<(), StoreError> {
        // Newest first: the first one that has signed alone for so long has outlived every older one's tokens.
        let keys = self.all();
        let alone = keys.iter().find(|key| key.created_at <= now.before(KEPT));
        match alone {
            Some(key) if keys.len() > 1 => {
                store.forget_signing_keys(key.created_at, key.kid.clone()).await?;
                self.reload(store).await
            }
            Some(_) | None => Ok(()),
        }
    }

    /// Makes a token.
    ///
    /// # Errors
    /// When there is no key, which a started server always has.
    pub fn sign(&self, grant: Grant, now: Timestamp, ids: &Ids) -> Result<String, ApiError> {
        let keys = self.all();
        let key = keys.first().ok_or_else(|| ApiError::internal("there is no signing key"))?;
        let iat = now.seconds();
        let claims = Claims {
            iss: ISSUER.into(),
            aud: AUDIENCE.into(),
            iat,
            exp: iat + LIFETIME,
            nbf: None,
            jti: ids.alphanumeric(16),
            account: grant.account.to_string(),
            project: grant.project.to_string(),
            chatbots: grant.chatbots,
            session: grant.session,
            environment: grant.environment,
            origin: grant.origin,
        };
        let header = Header { kid: Some(key.kid.clone()), ..Header::new(Algorithm::HS256) };
        jsonwebtoken::encode(&header, &claims, &key.sign).map_err(ApiError::internal)
    }

    /// Reads a token: its signature first, then its time.
    ///
    /// # Errors
    /// 401 `UNAUTHORIZED` when it is not one of ours, `TOKEN_EXPIRED` when it was.
    pub(crate) async fn verify(
        &self,
        token: &str,
        store: &Store,
        now: Timestamp,
    ) -> Result<Claims, ApiError> {
        let forged = || invalid_token("This is not an API key or client token of this server.");
        if token.len() > LONGEST {
            return Err(forged());
        }
        let header = jsonwebtoken::decode_header(token).map_err(|_| forged())?;
        if header.alg != Algorithm::HS256 || header.crit.is_some() {
            return Err(forged());
        }
        let kid = header.kid.ok_or_else(forged)?;
        if self.find(&kid).is_none() && self.may_look() {
            self.reload(store).await?;
        }
        let keys = self.all();
        let key = keys.iter().find(|key| key.kid == kid).ok_or_else(forged)?;
        let claims =
            jsonwebtoken::decode::<Claims>(token, &key.verify, &validation()).map_err(|_| forged())?.claims;
        if claims.nbf.is_some_and(|nbf| nbf > now.seconds().saturating_add(NBF_LEEWAY)) {
            return Err(invalid_token("This client token is not valid yet."));
        }
        // Exactly an hour, whatever `exp` says: nothing else is ever issued.
        if now.seconds() >= claims.exp || now.seconds() >= claims.iat.saturating_add(LIFETIME) {
            return Err(expired());
        }
        Ok(claims)
    }

    fn all(&self) -> Arc<Vec<Key>> {
        Arc::clone(&self.keys.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn find(&self, kid: &str) -> Option<()> {
        self.all().iter().any(|key| key.kid == kid).then_some(())
    }

    /// Whether the last look into the database is long enough ago; notes this one.
    fn may_look(&self) -> bool {
        let mut looked = self.looked.lock().unwrap_or_else(PoisonError::into_inner);
        let may = looked.is_none_or(|since| since.elapsed() >= RELOAD);
        if may {
            *looked = Some(Stopwatch::start());
        }
        may
    }
}

impl Claims {
    /// The ids as types; they are ours, signed, so a failure means damage.
    pub(super) fn ids(&self) -> Option<(AccountId, ProjectId)> {
        Some((AccountId::from_str(&self.account).ok()?, ProjectId::from_str(&self.project).ok()?))
    }
}

/// 401 for a token past its hour.
pub(crate) fn expired() -> ApiError {
    ApiError::new(ErrorCode::TokenExpired, "This client token's hour is over. Do a new handshake.")
        .with_header(super::CHALLENGE, super::INVALID_TOKEN)
}

/// Signature, algorithm, issuer and audience are the library's; the times are ours, against the injected clock: the
/// library accepts exactly 3,600 s and has one leeway for `exp` and `nbf`.
fn validation() -> Validation {
    let mut validation = Validation::new(Algorithm::HS256);
    validation.validate_exp = false;
    validation.validate_nbf = false;
    validation.leeway = 0;
    validation.set_issuer(&[ISSUER]);
    validation.set_audience(&[AUDIENCE]);
    validation.set_required_spec_claims(&["iss", "aud", "exp"]);
    validation
}
