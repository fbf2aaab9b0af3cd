//! The `Idempotency-Key` header, as fingerprints: neither the key nor the body is stored.

use std::sync::Arc;

use axum::http::{HeaderMap, Method, request::Parts};
use robofy_kernel::{AccountId, Caller, IdempotencyKey, Op};
use sha2::{Digest, Sha256};

use crate::{ApiError, App};

const HEADER: &str = "idempotency-key";
const LONGEST: usize = 255;

/// A caller's key, and what it was sent with.
#[derive(Debug)]
pub struct Idempotency {
    key: String,
    method: Method,
    path: String,
    body: Vec<u8>,
}

impl Idempotency {
    /// The request's key; `None` without the header. Call [`Idempotency::with_body`] when the body is read.
    ///
    /// # Errors
    /// 400 when it is empty, longer than 255 characters, not printable ASCII, or there twice.
    pub fn from_parts(parts: &Parts) -> Result<Option<Self>, ApiError> {
        let Some(key) = read(&parts.headers)? else { return Ok(None) };
        let path = parts.uri.path_and_query().map_or_else(|| "/".to_owned(), ToString::to_string);
        Ok(Some(Self { key, method: parts.method.clone(), path, body: Vec::new() }))
    }

    /// The same with the request's body.
    #[must_use]
    pub fn with_body(mut self, body: &[u8]) -> Self {
        self.body = Sha256::digest(body).to_vec();
        self
    }

    /// An account id made of the key alone, for the one operation that has no account yet.
    pub(crate) fn account(&self, app: &App) -> AccountId {
        let hash = app.store().master_key().fingerprint("account of a sign-up", &[self.key.as_bytes()]);
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&hash[..16]);
        AccountId(uuid::Builder::from_custom_bytes(bytes).into_uuid())
    }

    /// Makes the operation one that is done once.
    pub fn attach(&self, app: &App, op: &mut Op) {
        let caller = match &op.caller {
            Caller::Key { id, .. } => format!("key {id}"),
            Caller::User { id, .. } => format!("user {id}"),
            Caller::Visitor(visitor) => format!("visitor {}", String::from(visitor.session.clone())),
            Caller::System => "system".to_owned(),
        };
        let master = app.store().master_key();
        let key = master.fingerprint(
            "idempotency key",
            &[caller.as_bytes(), op.environment.as_str().as_bytes(), self.key.as_bytes()],
        );
        let request = master.fingerprint(
            "idempotent request",
            &[self.method.as_str().as_bytes(), self.path.as_bytes(), &self.body],
        );
        op.idempotency = Some(Arc::new(IdempotencyKey { key, request }));
    }
}

fn read(headers: &HeaderMap) -> Result<Option<String>, ApiError> {
    let mut values = headers.get_all(HEADER).into_iter();
    let Some(value) = values.next() else { return Ok(None) };
    let key = value.as_bytes();
    let good = !key.is_empty() && key.len() <= LONGEST && key.iter().all(|b| (0x20..0x7f).contains(b));
    match value.to_str() {
        Ok(text) if good && values.next().is_none() => Ok(Some(text.to_owned())),
        _ => Err(ApiError::field(
            "Idempotency-Key",
            "invalid",
            "must be 1 to 255 printable ASCII characters, sent once",
        )),
    }
}
