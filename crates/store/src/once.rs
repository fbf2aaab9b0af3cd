//! `Idempotency-Key`: the same request again gives the same answer, and one effect.
//!
//! The claim is the first statement of the *same unit* as the effect, and the answer is written with it. Either both
//! are committed or neither, so a kill in the middle leaves nothing behind, and a repeat starts afresh. Of concurrent
//! repeats one inserts; the others wait for it (the row's lock, or the single writer) and then find its answer.

use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;
use robofy_kernel::{IdempotencyKey, Op};

use crate::{Lane, Result, Store, StoreError, Tx};

statements! {
    CLAIM = "INSERT INTO idempotency_keys (account_id, key_hash, request_hash, created_at) VALUES ($1, $2, $3, $4)
             ON CONFLICT (account_id, key_hash) DO UPDATE
                SET request_hash = excluded.request_hash, status = NULL, answer = NULL, created_at = excluded.created_at
              WHERE idempotency_keys.created_at < $5";
    ANSWER = "UPDATE idempotency_keys SET status = $3, answer = $4 WHERE account_id = $1 AND key_hash = $2";
    FIND = "SELECT request_hash, status, answer, created_at FROM idempotency_keys WHERE account_id = $1 AND key_hash = $2";
}

/// How long a key is remembered.
pub const REMEMBERED: Duration = Duration::from_secs(24 * 60 * 60);

/// Status and body that a repeat gets: the first answer, secrets left out.
pub type Answer = (u16, Vec<u8>);

/// What a creating operation comes to.
#[derive(Debug)]
pub enum Once<T> {
    /// It was done now.
    Fresh(T),
    /// It had been done before: the status and the stored answer, secrets left out.
    Replayed(u16, Vec<u8>),
}

impl<T> Once<T> {
    /// The same with the fresh value turned into something else.
    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> Once<U> {
        match self {
            Self::Fresh(value) => Once::Fresh(f(value)),
            Self::Replayed(status, body) => Once::Replayed(status, body),
        }
    }
}

impl Store {
    /// Like [`Store::write`], but at most once for the operation's `Idempotency-Key`, where it has one.
    ///
    /// # Errors
    /// [`StoreError::OtherRequest`] when the key was used for another request; else as [`Store::write`].
    pub async fn write_once<T, F, A>(&self, lane: Lane, op: &Op, unit: F, answer: A) -> Result<Once<T>>
    where
        T: Send + 'static,
        F: for<'c> FnOnce(Tx<'c>) -> BoxFuture<'c, Result<T>> + Send + 'static,
        A: FnOnce(&T) -> Answer + Send + 'static,
    {
        let Some(key) = op.idempotency.clone() else {
            return self.write(lane, unit).await.map(Once::Fresh);
        };
        let op = op.clone();
        self.write(lane, move |mut tx| {
            Box::pin(async move {
                if let Some((status, body)) = claim(&mut tx, &op, &key).await? {
                    return Ok(Once::Replayed(status, body));
                }
                let value = unit(tx.conn()).await?;
                let (status, body) = answer(&value);
                execute!(tx.conn(), ANSWER, op.account, &key.key, i64::from(status), body)?;
                Ok(Once::Fresh(value))
            })
        })
        .await
    }

    /// The stored answer to the operation's `Idempotency-Key`, so that a repeat need not do the work before its unit.
    ///
    /// # Errors
    /// [`StoreError::OtherRequest`] when the key was used for another request.
    pub async fn find_answer(&self, op: &Op) -> Result<Option<Answer>> {
        let Some(key) = &op.idempotency else { return Ok(None) };
        let row = fetch_optional!(self.reader(), Claimed, FIND, op.account, &key.key)?;
        match row {
            Some(row) if row.created_at >= op.now().before(REMEMBERED) => row.answer(key).map(Some),
            Some(_) | None => Ok(None),
        }
    }
}

#[derive(sqlx::FromRow)]
struct Claimed {
    request_hash: Vec<u8>,
    status: Option<i64>,
    answer: Option<Vec<u8>>,
    created_at: robofy_kernel::Timestamp,
}

impl Claimed {
    fn answer(self, key: &IdempotencyKey) -> Result<Answer> {
        if self.request_hash != key.request {
            return Err(StoreError::OtherRequest);
        }
        // Claim and answer are committed together, so a claim that can be seen has its answer.
        let status = self.status.and_then(|status| u16::try_from(status).ok());
        status
            .zip(self.answer)
            .ok_or(StoreError::Damaged { what: "idempotency key", detail: "no answer".into() })
    }
}

/// Claims the operation's key in this unit; gives the stored answer when it was claimed before.
async fn claim(tx: &mut Tx<'_>, op: &Op, key: &Arc<IdempotencyKey>) -> Result<Option<Answer>> {
    let now = op.now();
    let fresh = execute!(tx.conn(), CLAIM, op.account, &key.key, &key.request, now, now.before(REMEMBERED))?;
    if fresh > 0 {
        return Ok(None);
    }
    let row = fetch_one!(tx.conn(), Claimed, FIND, op.account, &key.key)?;
    row.answer(key).map(Some)
}
