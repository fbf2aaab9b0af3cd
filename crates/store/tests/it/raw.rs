//! SQL of a test's own, past the store: to look at what is there, and to damage it.

use robofy_store::{Db, Lane, Result, Store, StoreError, Tx};
use sqlx::AssertSqlSafe;

/// Runs statements on a unit's connection.
pub(crate) async fn execute(tx: Tx<'_>, sql: &str) -> Result<u64> {
    let sql = AssertSqlSafe(sql.to_owned());
    let done = match tx {
        Db::Sqlite(conn) => sqlx::raw_sql(sql).execute(conn).await.map(|done| done.rows_affected()),
        Db::Postgres(conn) => sqlx::raw_sql(sql).execute(conn).await.map(|done| done.rows_affected()),
    };
    Ok(done?)
}

/// One number.
pub(crate) async fn number(tx: Tx<'_>, sql: &str) -> Result<i64> {
    let sql = AssertSqlSafe(sql.to_owned());
    let row: (i64,) = match tx {
        Db::Sqlite(conn) => sqlx::query_as(sql).fetch_one(conn).await?,
        Db::Postgres(conn) => sqlx::query_as(sql).fetch_one(conn).await?,
    };
    Ok(row.0)
}

/// The first column of every row, as text.
pub(crate) async fn texts(tx: Tx<'_>, sql: &str) -> Result<Vec<String>> {
    let sql = AssertSqlSafe(sql.to_owned());
    let rows: Vec<(String,)> = match tx {
        Db::Sqlite(conn) => sqlx::query_as(sql).fetch_all(conn).await?,
        Db::Postgres(conn) => sqlx::query_as(sql).fetch_all(conn).await?,
    };
    Ok(rows.into_iter().map(|row| row.0).collect())
}

/// [`execute`] as a unit of its own.
pub(crate) async fn run(store: &Store, sql: &'static str) -> u64 {
    let unit = store.write(Lane::Conversation, move |tx| Box::pin(execute(tx, sql)));
    unit.await.unwrap_or_else(|error: StoreError| panic!("{sql}: {error}"))
}

/// [`number`] as a unit of its own.
pub(crate) async fn count(store: &Store, sql: &'static str) -> i64 {
    let unit = store.write(Lane::Conversation, move |tx| Box::pin(number(tx, sql)));
    unit.await.unwrap_or_else(|error: StoreError| panic!("{sql}: {error}"))
}

/// [`texts`] as a unit of its own.
pub(crate) async fn list(store: &Store, sql: &'static str) -> Vec<String> {
    let unit = store.write(Lane::Conversation, move |tx| Box::pin(texts(tx, sql)));
    unit.await.unwrap_or_else(|error: StoreError| panic!("{sql}: {error}"))
}
