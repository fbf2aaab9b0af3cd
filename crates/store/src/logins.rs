//! Dashboard sessions: a random token in a cookie, its hash in a row.

use std::time::Duration;

use robofy_kernel::{AccountId, Role, Timestamp, UserId};

use crate::accounts::AccountStatus;
use crate::{Lane, Result, Store};

statements! {
    INSERT = "INSERT INTO login_sessions (token_hash, user_id, account_id, created_at, last_seen_at) VALUES ($1, $2, $3, $4, $4)";
    FIND = "SELECT s.user_id, s.account_id, m.role, a.status, s.created_at, s.last_seen_at
              FROM login_sessions s
              JOIN memberships m ON m.account_id = s.account_id AND m.user_id = s.user_id
              JOIN accounts a ON a.account_id = s.account_id
             WHERE s.token_hash = $1 AND s.last_seen_at > $2 AND s.created_at > $3";
    SEEN = "UPDATE login_sessions SET last_seen_at = $2 WHERE token_hash = $1 AND last_seen_at < $2";
    DELETE = "DELETE FROM login_sessions WHERE token_hash = $1";
}

/// A session ends after so long without a request …
pub const IDLE: Duration = Duration::from_secs(12 * 60 * 60);
/// … and after so long in any case.
pub const LONGEST: Duration = Duration::from_secs(30 * 24 * 60 * 60);
/// The time of the last request is written at most this often.
const SEEN_EVERY: Duration = Duration::from_secs(60);

/// A live dashboard session.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Login {
    /// The person.
    pub user_id: UserId,
    /// The account.
    pub account_id: AccountId,
    /// The role there.
    pub role: Role,
    /// Whether the account may act.
    pub status: AccountStatus,
    /// When the person logged in.
    pub created_at: Timestamp,
    /// When the session was last used, to the minute.
    pub last_seen_at: Timestamp,
}

impl Store {
    /// Begins a session.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn begin_login(
        &self,
        token_hash: Vec<u8>,
        account: AccountId,
        user: UserId,
        now: Timestamp,
    ) -> Result<()> {
        self.write(Lane::Conversation, move |mut tx| {
            Box::pin(async move {
                execute!(tx.conn(), INSERT, token_hash, user, account, now)?;
                Ok(())
            })
        })
        .await
    }

    /// The session of this token, unless it has ended; being used keeps it alive.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn find_login(&self, token_hash: &[u8], now: Timestamp) -> Result<Option<Login>> {
        let found =
            fetch_optional!(self.reader(), Login, FIND, token_hash, now.before(IDLE), now.before(LONGEST))?;
        if found.as_ref().is_some_and(|login| login.last_seen_at < now.before(SEEN_EVERY)) {
            let token_hash = token_hash.to_vec();
            self.write(Lane::Conversation, move |mut tx| {
                Box::pin(async move { execute!(tx.conn(), SEEN, token_hash, now) })
            })
            .await?;
        }
        Ok(found)
    }

    /// Ends a session.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn end_login(&self, token_hash: Vec<u8>) -> Result<()> {
        self.write(Lane::Conversation, move |mut tx| {
            Box::pin(async move {
                execute!(tx.conn(), DELETE, token_hash)?;
                Ok(())
            })
        })
        .await
    }
}
