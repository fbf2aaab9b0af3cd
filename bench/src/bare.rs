//! Bare queries: an axum route that runs the statements of a request and answers their rows as JSON.
//!
//! What lists and statistics are held against: the same database through the same driver, and nothing of ours between.

use std::net::SocketAddr;
use std::str::FromStr as _;
use std::sync::Arc;

use anyhow::Context as _;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions, PgRow};
use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions, SqliteRow};
use sqlx::types::Uuid;
use sqlx::{
    AssertSqlSafe, Column as _, ColumnIndex, ConnectOptions as _, Database, Decode, PgPool, Row, SqlitePool,
    Type, TypeInfo as _, ValueRef as _,
};

/// Connections to the database.
const CONNECTIONS: u32 = 8;

#[derive(Clone)]
enum Pool {
    Sqlite(SqlitePool),
    Postgres(PgPool),
}

/// Serves until the process is ended. `database` is the address of a PostgreSQL database, or the path of an SQLite file.
///
/// # Errors
/// When the address is taken or the database cannot be opened.
pub async fn serve(address: SocketAddr, database: &str) -> anyhow::Result<()> {
    let pool = if database.starts_with("postgres") {
        let options = PgConnectOptions::from_str(database)?.disable_statement_logging();
        Pool::Postgres(PgPoolOptions::new().max_connections(CONNECTIONS).connect_with(options).await?)
    } else {
        let options = SqliteConnectOptions::new().filename(database).read_only(true);
        let options = options.disable_statement_logging();
        Pool::Sqlite(SqlitePoolOptions::new().max_connections(CONNECTIONS).connect_with(options).await?)
    };
    let listener = tokio::net::TcpListener::bind(address)
        .await
        .with_context(|| format!("cannot listen on {address}"))?;
    axum::serve(listener, router(Arc::new(pool))).await.context("the bare server gave way")
}

#[expect(clippy::disallowed_methods, reason = "a bare server has no OpenAPI document")]
fn router(pool: Arc<Pool>) -> Router {
    Router::new().route("/readyz", get(async || "ready")).route("/query", post(query)).with_state(pool)
}

/// Runs each statement, and answers the rows of all of them.
async fn query(
    State(pool): State<Arc<Pool>>,
    Json(statements): Json<Vec<String>>,
) -> Result<Json<Value>, (StatusCode, String)> {
    let trouble = |error: sqlx::Error| (StatusCode::INTERNAL_SERVER_ERROR, error.to_string());
    let mut answers = Vec::with_capacity(statements.len());
    for statement in statements {
        let statement = AssertSqlSafe(statement);
        let rows: Result<Vec<Value>, sqlx::Error> = match &*pool {
            Pool::Sqlite(pool) => sqlx::query(statement)
                .fetch_all(pool)
                .await
                .and_then(|rows| rows.iter().map(of_sqlite).collect()),
            Pool::Postgres(pool) => sqlx::query(statement)
                .fetch_all(pool)
                .await
                .and_then(|rows| rows.iter().map(of_postgres).collect()),
        };
        answers.push(rows.map_err(trouble)?);
    }
    Ok(Json(json!({ "rows": answers })))
}

fn of_sqlite(row: &SqliteRow) -> sqlx::Result<Value> {
    let cell = |index: usize| {
        let raw = row.try_get_raw(index)?;
        if raw.is_null() {
            return Ok(Value::Null);
        }
        match raw.type_info().name() {
            "TEXT" => Ok(json!(cell::<_, &str>(row, index)?)),
            "BLOB" => Ok(json!(cell::<_, Uuid>(row, index)?)),
            _ => Ok(json!(cell::<_, i64>(row, index)?)),
        }
    };
    named(row, cell)
}

fn of_postgres(row: &PgRow) -> sqlx::Result<Value> {
    let cell = |index: usize| {
        let raw = row.try_get_raw(index)?;
        if raw.is_null() {
            return Ok(Value::Null);
        }
        match raw.type_info().name() {
            "UUID" => Ok(json!(cell::<_, Uuid>(row, index)?)),
            "INT8" => Ok(json!(cell::<_, i64>(row, index)?)),
            "BOOL" => Ok(json!(cell::<_, bool>(row, index)?)),
            "JSONB" => cell::<_, Value>(row, index),
            _ => Ok(json!(cell::<_, &str>(row, index)?)),
        }
    };
    named(row, cell)
}

fn cell<'r, R: Row, T: Decode<'r, R::Database> + Type<R::Database>>(
    row: &'r R,
    index: usize,
) -> sqlx::Result<T>
where
    usize: ColumnIndex<R>,
    R::Database: Database,
{
    row.try_get(index)
}

/// A row as an object, of cells in the order of its columns.
fn named<R: Row>(row: &R, cell: impl Fn(usize) -> sqlx::Result<Value>) -> sqlx::Result<Value> {
    let cells = row.columns().iter().enumerate();
    cells.map(|(index, column)| Ok((column.name().to_owned(), cell(index)?))).collect()
}
