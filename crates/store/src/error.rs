//! What can go wrong in the store.

/// The store's result.
pub type Result<T, E = StoreError> = std::result::Result<T, E>;

/// Why the store could not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A unique constraint or index refused the row; its name says which.
    #[error("already there ({0})")]
    Conflict(String),
    /// A row that the unit needs is not there (any more).
    #[error("{0} not found")]
    NotFound(&'static str),
    /// The same `Idempotency-Key` came with another request.
    #[error("the Idempotency-Key was used for another request")]
    OtherRequest,
    /// A time, hold or booking cannot be had as it was asked for.
    #[error(transparent)]
    Booking(#[from] crate::booking::Refused),
    /// A job is not its worker's any more: the lease ran out and another has it, or it is finished.
    #[error("the job is another worker's by now")]
    LeaseLost,
    /// The database was written by a newer program.
    #[error(
        "the database has migration {0}, which this program does not know: start the newer `robofy` that wrote it"
    )]
    SchemaNewer(i64),
    /// The master key is not the one that sealed this database's secrets.
    #[error("{0}")]
    MasterKey(String),
    /// The store is shutting down, or the database cannot be reached.
    #[error("the database is not available: {0}")]
    Unavailable(String),
    /// A stored value is not what was written.
    #[error("stored {what} is damaged: {detail}")]
    Damaged {
        /// What was read.
        what: &'static str,
        /// What is wrong with it.
        detail: String,
    },
    /// A file could not be read or written.
    #[error("{what}: {source}")]
    Io {
        /// What was being done, with the path.
        what: String,
        /// The system's error.
        source: std::io::Error,
    },
    /// Anything else that the database said.
    #[error("database: {0}")]
    Database(#[source] sqlx::Error),
    /// A migration failed.
    #[error("migration: {0}")]
    Migrate(#[source] sqlx::migrate::MigrateError),
    /// A unit of work panicked; its changes were rolled back.
    #[error("a unit of work failed unexpectedly")]
    Panicked,
}

impl StoreError {
    /// Whether a unique constraint refused the row.
    #[must_use]
    pub const fn is_conflict(&self) -> bool {
        matches!(self, Self::Conflict(_))
    }

    /// Whether the database gave the unit up because others were at the same rows: the same once more may succeed.
    #[must_use]
    pub fn is_collision(&self) -> bool {
        // PostgreSQL's serialization_failure and deadlock_detected.
        let Self::Database(sqlx::Error::Database(error)) = self else { return false };
        matches!(error.code().as_deref(), Some("40001" | "40P01"))
    }

    /// Wraps an I/O error with what was being done.
    pub fn io(what: impl Into<String>) -> impl FnOnce(std::io::Error) -> Self {
        let what = what.into();
        move |source| Self::Io { what, source }
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        if let sqlx::Error::Database(db) = &error {
            if db.is_unique_violation() {
                // SQLite names the columns, PostgreSQL the constraint.
                return Self::Conflict(db.constraint().unwrap_or_else(|| db.message()).to_owned());
            }
            if db.is_foreign_key_violation() {
                return Self::NotFound("the row it belongs to");
            }
        }
        // PostgreSQL's admin_shutdown, crash_shutdown and cannot_connect_now.
        let ends = |code: &str| matches!(code, "57P01" | "57P02" | "57P03");
        let is_ending = error.as_database_error().and_then(|db| db.code()).is_some_and(|code| ends(&code));
        let away = matches!(
            error,
            sqlx::Error::PoolTimedOut
                | sqlx::Error::PoolClosed
                | sqlx::Error::Io(_)
                | sqlx::Error::WorkerCrashed
        );
        if away || is_ending { Self::Unavailable(error.to_string()) } else { Self::Database(error) }
    }
}

impl From<sqlx::migrate::MigrateError> for StoreError {
    fn from(error: sqlx::migrate::MigrateError) -> Self {
        if let sqlx::migrate::MigrateError::VersionMissing(version) = error {
            Self::SchemaNewer(version)
        } else {
            Self::Migrate(error)
        }
    }
}
