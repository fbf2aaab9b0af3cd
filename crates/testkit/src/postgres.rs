//! Databases on the test server: one template, migrated once, and a copy of it for each test.

use robofy_kernel::Ids;
use robofy_store::Migrations;
use sqlx::postgres::PgConnection;
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgPool};

/// Whoever makes the template holds this advisory lock; any number does that nobody else takes.
const TEMPLATE_LOCK: i64 = 0x0072_6f62_6f66_7900;

/// A database of one test.
#[derive(Debug)]
pub(crate) struct Database {
    /// Where it is.
    pub(crate) url: String,
    server: String,
    name: String,
}

impl Database {
    /// Copies the template, which is made when it is not there yet.
    pub(crate) async fn create(server: &str) -> Self {
        let mut conn = connect(server).await;
        let template = template(server, &mut conn).await;
        let name = format!("robofy_test_{}", Ids::System.alphanumeric(16).to_lowercase());
        run(&mut conn, format!("CREATE DATABASE {name} TEMPLATE {template}")).await;
        Self { url: with_database(server, &name), server: server.to_owned(), name }
    }

    /// Drops it, whoever is still connected.
    pub(crate) async fn remove(self) {
        let mut conn = connect(&self.server).await;
        run(&mut conn, format!("DROP DATABASE {} WITH (FORCE)", self.name)).await;
    }
}

/// The template's name. It tells the migrations apart, so an old server never serves an old schema.
async fn template(server: &str, conn: &mut PgConnection) -> String {
    let name = format!("robofy_template_{}", Migrations::postgres().fingerprint());
    sqlx::query("SELECT pg_advisory_lock($1)")
        .bind(TEMPLATE_LOCK)
        .execute(&mut *conn)
        .await
        .expect("the lock");
    let there =
        sqlx::query("SELECT 1 FROM pg_database WHERE datname = $1").bind(&name).fetch_optional(&mut *conn);
    if there.await.expect("the list of databases").is_none() {
        let half = format!("{name}_half");
        run(conn, format!("DROP DATABASE IF EXISTS {half}")).await;
        run(conn, format!("CREATE DATABASE {half} TEMPLATE template0")).await;
        let pool = PgPool::connect(&with_database(server, &half)).await.expect("the new database");
        Migrations::postgres().run(&pool).await.unwrap_or_else(|error| panic!("{error}"));
        pool.close().await;
        run(conn, format!("ALTER DATABASE {half} RENAME TO {name}")).await;
    }
    sqlx::query("SELECT pg_advisory_unlock($1)").bind(TEMPLATE_LOCK).execute(conn).await.expect("the lock");
    name
}

async fn connect(url: &str) -> PgConnection {
    PgConnection::connect(url).await.unwrap_or_else(|error| panic!("PostgreSQL for the tests: {error}"))
}

/// Runs a statement whose names were made here.
async fn run(conn: &mut PgConnection, statement: String) {
    let result = conn.execute(AssertSqlSafe(statement.clone())).await;
    result.unwrap_or_else(|error| panic!("{statement}: {error}"));
}

/// The same address with another database's name.
fn with_database(url: &str, name: &str) -> String {
    let (base, query) = url.split_once('?').map_or((url, None), |(base, query)| (base, Some(query)));
    let host = base.find("://").map_or(0, |at| at + 3);
    let end = base[host..].find('/').map_or(base.len(), |at| host + at);
    let query = query.map(|query| format!("?{query}")).unwrap_or_default();
    format!("{}/{name}{query}", &base[..end])
}

#[cfg(test)]
mod tests {
    use super::with_database;

    #[test]
    fn only_the_database_changes() {
        assert_eq!(with_database("postgres://u@h/postgres?host=%2Ftmp", "x"), "postgres://u@h/x?host=%2Ftmp");
        assert_eq!(with_database("postgres://u:p@h:1/a", "x"), "postgres://u:p@h:1/x");
        assert_eq!(with_database("postgres://u@h", "x"), "postgres://u@h/x");
    }
}
