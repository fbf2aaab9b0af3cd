//! Accounts: the tenants.

use robofy_kernel::{AccountId, Timestamp, text_enum};

use crate::{Result, Store, Tx};

statements! {
    INSERT = "INSERT INTO accounts (account_id, name, email, company, status, version, created_at)
              VALUES ($1, $2, $3, $4, 'active', 1, $5)";
    FIND = "SELECT account_id, name, email, company, phone, website, timezone, language, status, version, created_at
              FROM accounts WHERE account_id = $1";
    ANY = "SELECT account_id FROM accounts LIMIT 1";
}

text_enum! {
    /// Whether an account may act.
    pub enum AccountStatus {
        /// It may.
        Active = "active",
        /// It may not, until its licence is restored.
        Suspended = "suspended",
    }
}

/// An account.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Account {
    /// Its id.
    pub account_id: AccountId,
    /// Its name.
    pub name: String,
    /// Where people are sent who want a person.
    pub email: String,
    /// The company.
    pub company: Option<String>,
    /// Where people call who want a person.
    pub phone: Option<String>,
    /// Its website.
    pub website: Option<String>,
    /// IANA time zone.
    pub timezone: Option<String>,
    /// BCP 47 language.
    pub language: Option<String>,
    /// Whether it may act.
    pub status: AccountStatus,
    /// Grows with every change.
    pub version: i64,
    /// When it signed up.
    pub created_at: Timestamp,
}

/// What a new account needs.
#[derive(Clone, Debug)]
pub struct NewAccount {
    /// Its id.
    pub account_id: AccountId,
    /// Its name.
    pub name: String,
    /// The owner's address.
    pub email: String,
    /// The company.
    pub company: Option<String>,
}

impl Store {
    /// The account.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn find_account(&self, account: AccountId) -> Result<Option<Account>> {
        fetch_optional!(self.reader(), Account, FIND, account)
    }

    /// Whether anybody has signed up yet.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn has_accounts(&self) -> Result<bool> {
        Ok(fetch_optional!(self.reader(), (AccountId,), ANY)?.is_some())
    }
}

pub(crate) async fn insert(tx: &mut Tx<'_>, new: &NewAccount, now: Timestamp) -> Result<()> {
    execute!(tx.conn(), INSERT, new.account_id, &new.name, &new.email, &new.company, now)?;
    Ok(())
}

/// Whether there is an account, read inside a unit.
pub(crate) async fn any(tx: &mut Tx<'_>) -> Result<bool> {
    Ok(fetch_optional!(tx.conn(), (AccountId,), ANY)?.is_some())
}
