//! Accounts: the tenants.

pub(crate) mod usage;

use robofy_kernel::{AccountId, Op, Timestamp, text_enum};
use serde::{Deserialize, Serialize};
use sqlx::types::Json;

pub use self::usage::Usage;

use crate::{Lane, Result, Store, Tx};

statements! {
    INSERT = "INSERT INTO accounts (account_id, name, email, company, status, version, created_at)
              VALUES ($1, $2, $3, $4, 'active', 1, $5)";
    FIND = "SELECT account_id, name, email, company, phone, website, timezone, language, address, status, version, created_at
              FROM accounts WHERE account_id = $1";
    LOCK = "UPDATE accounts SET version = version + 1 WHERE account_id = $1 RETURNING account_id";
    UPDATE = "UPDATE accounts SET name = $2, email = $3, company = $4, phone = $5, website = $6, timezone = $7, language = $8, address = $9
               WHERE account_id = $1";
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
    /// Where it is.
    pub address: Json<Address>,
    /// Whether it may act.
    pub status: AccountStatus,
    /// Grows with every change.
    pub version: i64,
    /// When it signed up.
    pub created_at: Timestamp,
}

/// Where an account is; what is `None` was not told.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Address {
    /// Street and number.
    pub line1: Option<String>,
    /// What the first line had no room for.
    pub line2: Option<String>,
    /// The city.
    pub city: Option<String>,
    /// State, province or region.
    pub state: Option<String>,
    /// The postal code.
    pub postal_code: Option<String>,
    /// ISO 3166-1 country of two letters.
    pub country: Option<String>,
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

    /// Changes an account under its lock: `change` sees the present state and alters it. `None` when it is not there.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn update_account<F>(&self, op: &Op, change: F) -> Result<Option<Account>>
    where
        F: FnOnce(&mut Account) + Send + 'static,
    {
        let account = op.account;
        self.write(Lane::Conversation, move |mut tx| {
            Box::pin(async move {
                if fetch_optional!(tx.conn(), (AccountId,), LOCK, account)?.is_none() {
                    return Ok(None);
                }
                let mut new = fetch_one!(tx.conn(), Account, FIND, account)?;
                change(&mut new);
                execute!(
                    tx.conn(),
                    UPDATE,
                    account,
                    &new.name,
                    &new.email,
                    &new.company,
                    &new.phone,
                    &new.website,
                    &new.timezone,
                    &new.language,
                    &new.address
                )?;
                Ok(Some(new))
            })
        })
        .await
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
