//! One migration history, two dialects: `migrations/sqlite/NNNN_name.sql` and `migrations/postgres/NNNN_name.sql`.

use sha2::{Digest as _, Sha256};
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::{PgPool, SqlSafeStr as _, SqliteConnection};

use crate::Result;

/// `(version, name, SQLite text, PostgreSQL text)`.
const PAIRS: &[(i64, &str, &str, &str)] = &[
    (
        1,
        "first",
        include_str!("../migrations/sqlite/0001_first.sql"),
        include_str!("../migrations/postgres/0001_first.sql"),
    ),
    (
        2,
        "persona",
        include_str!("../migrations/sqlite/0002_persona.sql"),
        include_str!("../migrations/postgres/0002_persona.sql"),
    ),
    (
        3,
        "streams",
        include_str!("../migrations/sqlite/0003_streams.sql"),
        include_str!("../migrations/postgres/0003_streams.sql"),
    ),
    (
        4,
        "stops",
        include_str!("../migrations/sqlite/0004_stops.sql"),
        include_str!("../migrations/postgres/0004_stops.sql"),
    ),
    (
        5,
        "leads",
        include_str!("../migrations/sqlite/0005_leads.sql"),
        include_str!("../migrations/postgres/0005_leads.sql"),
    ),
    (
        6,
        "booking",
        include_str!("../migrations/sqlite/0006_booking.sql"),
        include_str!("../migrations/postgres/0006_booking.sql"),
    ),
    (
        7,
        "flows",
        include_str!("../migrations/sqlite/0007_flows.sql"),
        include_str!("../migrations/postgres/0007_flows.sql"),
    ),
    (
        8,
        "jobs",
        include_str!("../migrations/sqlite/0008_jobs.sql"),
        include_str!("../migrations/postgres/0008_jobs.sql"),
    ),
    (
        9,
        "sites",
        include_str!("../migrations/sqlite/0009_sites.sql"),
        include_str!("../migrations/postgres/0009_sites.sql"),
    ),
    (
        10,
        "sites_again",
        include_str!("../migrations/sqlite/0010_sites_again.sql"),
        include_str!("../migrations/postgres/0010_sites_again.sql"),
    ),
    (
        11,
        "statistics",
        include_str!("../migrations/sqlite/0011_statistics.sql"),
        include_str!("../migrations/postgres/0011_statistics.sql"),
    ),
    (
        12,
        "widget",
        include_str!("../migrations/sqlite/0012_widget.sql"),
        include_str!("../migrations/postgres/0012_widget.sql"),
    ),
    (
        13,
        "inbox",
        include_str!("../migrations/sqlite/0013_inbox.sql"),
        include_str!("../migrations/postgres/0013_inbox.sql"),
    ),
    (
        14,
        "lists",
        include_str!("../migrations/sqlite/0014_lists.sql"),
        include_str!("../migrations/postgres/0014_lists.sql"),
    ),
];

/// The migrations of one engine.
#[derive(Debug)]
pub struct Migrations(Migrator);

impl Migrations {
    /// SQLite's.
    #[must_use]
    pub fn sqlite() -> Self {
        Self::of(|pair| pair.2)
    }

    /// PostgreSQL's.
    #[must_use]
    pub fn postgres() -> Self {
        Self::of(|pair| pair.3)
    }

    /// The newest version that this program knows.
    #[must_use]
    pub fn newest() -> i64 {
        PAIRS.iter().map(|pair| pair.0).max().unwrap_or(0)
    }

    fn of(text: impl Fn(&(i64, &'static str, &'static str, &'static str)) -> &'static str) -> Self {
        let list = PAIRS
            .iter()
            .map(|pair| {
                Migration::new(pair.0, pair.1.into(), MigrationType::Simple, text(pair).into_sql_str(), false)
            })
            .collect();
        Self(Migrator::with_migrations(list))
    }

    /// The same, ending with `version`: the schema of an older program.
    #[must_use]
    pub fn up_to(self, version: i64) -> Self {
        let list = self.0.iter().filter(|migration| migration.version <= version).cloned().collect();
        Self(Migrator::with_migrations(list))
    }

    /// A short name that differs when any of the texts does.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        let mut digest = Sha256::new();
        for migration in self.0.iter() {
            digest.update(&migration.checksum);
        }
        digest.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
    }

    /// Brings a PostgreSQL database up to date; of several programs at once, one does.
    ///
    /// # Errors
    /// [`StoreError::SchemaNewer`](crate::StoreError::SchemaNewer), or what the database says.
    pub async fn run(&self, pool: &PgPool) -> Result<()> {
        Ok(self.0.run(pool).await?)
    }

    /// Brings an SQLite database up to date. The caller keeps other programs away.
    ///
    /// # Errors
    /// [`StoreError::SchemaNewer`](crate::StoreError::SchemaNewer), or what the database says.
    pub async fn run_on(&self, conn: &mut SqliteConnection) -> Result<()> {
        Ok(self.0.run_direct(None, conn, false).await?)
    }
}
