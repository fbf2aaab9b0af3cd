//! People who log in, and their memberships.

use robofy_kernel::{AccountId, Op, Role, UserId};

use crate::accounts::NewAccount;
use crate::api_keys::{self, NewApiKey};
use crate::once::Answer;
use crate::{Lane, Once, Result, Store, StoreError, accounts, facts};

statements! {
    INSERT = "INSERT INTO users (user_id, email, email_key, name, password_hash, created_at) VALUES ($1, $2, $3, $4, $5, $6)";
    JOIN = "INSERT INTO memberships (account_id, user_id, role, created_at) VALUES ($1, $2, $3, $4)";
    FIND_BY_EMAIL = "SELECT u.user_id, u.email, u.name, u.password_hash, m.account_id, m.role
                       FROM users u JOIN memberships m ON m.user_id = u.user_id
                      WHERE u.email_key = $1 ORDER BY m.created_at, m.account_id LIMIT 1";
    FIND_MEMBER = "SELECT u.user_id, u.email, u.name, u.password_hash, m.account_id, m.role
                     FROM users u JOIN memberships m ON m.user_id = u.user_id
                    WHERE m.account_id = $1 AND u.user_id = $2";
    SET_PASSWORD = "UPDATE users SET password_hash = $2 WHERE email_key = $1";
    END_LOGINS = "DELETE FROM login_sessions WHERE user_id = (SELECT user_id FROM users WHERE email_key = $1)";
}

/// A person in an account.
#[derive(Clone, sqlx::FromRow)]
pub struct Member {
    /// The person.
    pub user_id: UserId,
    /// The e-mail address as typed at sign-up.
    pub email: String,
    /// The person's name.
    pub name: Option<String>,
    /// Argon2id hash in PHC form.
    pub password_hash: String,
    /// The account.
    pub account_id: AccountId,
    /// The role there.
    pub role: Role,
}

impl std::fmt::Debug for Member {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Member({})", self.user_id)
    }
}

/// Everything that a sign-up makes, in one unit.
#[derive(Debug)]
pub struct SignUp {
    /// The account.
    pub account: NewAccount,
    /// The person's id.
    pub user_id: UserId,
    /// The person's name.
    pub name: Option<String>,
    /// Argon2id hash in PHC form.
    pub password_hash: String,
    /// The primary key.
    pub primary_key: NewApiKey,
    /// Only when nobody has signed up before.
    pub only_first: bool,
}

/// Why a sign-up did not happen, apart from the store's errors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignUpRefused {
    /// The address has an account.
    EmailTaken,
    /// Somebody has signed up before, and only the first may.
    NotFirst,
}

/// An address as it is compared: trimmed, lower-cased.
#[must_use]
pub fn email_key(email: &str) -> String {
    email.trim().to_lowercase()
}

impl Store {
    /// Makes account, user, membership and primary key.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn sign_up(
        &self,
        op: &Op,
        new: SignUp,
        answer: impl FnOnce(&()) -> Answer + Send + 'static,
    ) -> Result<Result<Once<()>, SignUpRefused>> {
        let now = op.now();
        let only_first = new.only_first;
        let unit = self.write_once(
            Lane::Conversation,
            op,
            move |mut tx| {
                Box::pin(async move {
                    if new.only_first {
                        // The lock makes "the first" one, whatever comes at the same time.
                        facts::lock_first_account(&mut tx).await?;
                        if accounts::any(&mut tx).await? {
                            return Err(StoreError::Conflict(FIRST.into()));
                        }
                    }
                    accounts::insert(&mut tx, &new.account, now).await?;
                    let account = new.account.account_id;
                    let key = email_key(&new.account.email);
                    execute!(
                        tx.conn(),
                        INSERT,
                        new.user_id,
                        &new.account.email,
                        key,
                        &new.name,
                        &new.password_hash,
                        now
                    )?;
                    execute!(tx.conn(), JOIN, account, new.user_id, Role::Owner, now)?;
                    api_keys::insert(&mut tx, account, &new.primary_key, now).await
                })
            },
            answer,
        );
        match unit.await {
            Ok(once) => Ok(Ok(once)),
            Err(StoreError::Conflict(what)) if what.contains("email_key") => {
                Ok(Err(SignUpRefused::EmailTaken))
            }
            Err(StoreError::Conflict(what)) if only_first && what == FIRST => {
                Ok(Err(SignUpRefused::NotFirst))
            }
            Err(error) => Err(error),
        }
    }

    /// The person with this address, and the account that they see first.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn find_member_by_email(&self, email: &str) -> Result<Option<Member>> {
        fetch_optional!(self.reader(), Member, FIND_BY_EMAIL, email_key(email))
    }

    /// A person as a member of an account.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn find_member(&self, account: AccountId, user: UserId) -> Result<Option<Member>> {
        fetch_optional!(self.reader(), Member, FIND_MEMBER, account, user)
    }

    /// Sets a new password and ends every session of that person. Says whether there is one.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn reset_password(&self, email: &str, password_hash: String) -> Result<bool> {
        let key = email_key(email);
        self.write(Lane::Conversation, move |mut tx| {
            Box::pin(async move {
                execute!(tx.conn(), END_LOGINS, &key)?;
                Ok(execute!(tx.conn(), SET_PASSWORD, &key, password_hash)? > 0)
            })
        })
        .await
    }
}

const FIRST: &str = "first account";
