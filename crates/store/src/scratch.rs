//! A schema of a PostgreSQL database that is made for one purpose and dropped after it.

use robofy_kernel::Ids;
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, Executor as _, PgConnection};

use crate::{Result, postgres};

/// What the names of such schemas begin with.
const PREFIX: &str = "robofy_proof_";

/// What somebody else keeps in the database: tables, views and sequences that are no part of PostgreSQL, of an
/// extension or of another such schema.
const OCCUPIED: &str = "
    SELECT n.nspname || '.' || c.relname
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'robofy\\_proof\\_%'
       AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
       AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
     ORDER BY 1 LIMIT 1";

/// Such a schema.
#[derive(Debug)]
pub struct ScratchSchema {
    server: String,
    url: String,
    name: String,
}

/// The database is in use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Occupied {
    /// Something that is in it.
    pub relation: String,
}

impl ScratchSchema {
    /// Makes a schema in a database in which nobody keeps anything.
    ///
    /// # Errors
    /// When the database cannot be reached, or its user may not make schemas.
    pub async fn create(url: &str, ids: &Ids) -> Result<Result<Self, Occupied>> {
        let mut conn = postgres::options(url)?.connect().await?;
        let occupied: Option<(String,)> = sqlx::query_as(OCCUPIED).fetch_optional(&mut conn).await?;
        if let Some((relation,)) = occupied {
            conn.close().await?;
            return Ok(Err(Occupied { relation }));
        }
        let name = format!("{PREFIX}{}", ids.alphanumeric(12).to_lowercase());
        run(&mut conn, format!("CREATE SCHEMA {name}")).await?;
        conn.close().await?;
        let separator = if url.contains('?') { '&' } else { '?' };
        let scratch = format!("{url}{separator}options=-c%20search_path%3D{name}");
        Ok(Ok(Self { server: url.to_owned(), url: scratch, name }))
    }

    /// The address under which the schema is all that there is.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Drops it with all that is in it.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn remove(self) -> Result<()> {
        let mut conn = postgres::options(&self.server)?.connect().await?;
        // It would name all that goes with the schema.
        run(&mut conn, "SET client_min_messages = warning".to_owned()).await?;
        run(&mut conn, format!("DROP SCHEMA {} CASCADE", self.name)).await?;
        conn.close().await?;
        Ok(())
    }
}

/// Runs a statement whose names were made here.
async fn run(conn: &mut PgConnection, statement: String) -> Result<()> {
    conn.execute(AssertSqlSafe(statement)).await?;
    Ok(())
}
