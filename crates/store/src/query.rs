//! Four macros that run one statement on whichever engine is there.
//!
//! `$db` is a [`crate::Db`] by value: `store.reader()` or `tx.conn()`. Arguments are bound in order.

/// Expands `$body` once for each engine, `$conn` being the engine's executor.
macro_rules! on {
    ($db:expr, |$conn:ident| $body:expr) => {
        match $db {
            $crate::Db::Sqlite($conn) => $body,
            $crate::Db::Postgres($conn) => $body,
        }
    };
}

/// At most one row, as `$row` (a `FromRow` type or a tuple).
macro_rules! fetch_optional {
    ($db:expr, $row:ty, $sql:expr $(, $arg:expr)* $(,)?) => {
        on!($db, |conn| sqlx::query_as::<_, $row>($sql)$(.bind($arg))*.fetch_optional(conn).await)
            .map_err($crate::StoreError::from)
    };
}

/// Exactly one row.
macro_rules! fetch_one {
    ($db:expr, $row:ty, $sql:expr $(, $arg:expr)* $(,)?) => {
        on!($db, |conn| sqlx::query_as::<_, $row>($sql)$(.bind($arg))*.fetch_one(conn).await)
            .map_err($crate::StoreError::from)
    };
}

/// All rows.
macro_rules! fetch_all {
    ($db:expr, $row:ty, $sql:expr $(, $arg:expr)* $(,)?) => {
        on!($db, |conn| sqlx::query_as::<_, $row>($sql)$(.bind($arg))*.fetch_all(conn).await)
            .map_err($crate::StoreError::from)
    };
}

/// No rows; gives how many were changed.
macro_rules! execute {
    ($db:expr, $sql:expr $(, $arg:expr)* $(,)?) => {
        on!($db, |conn| sqlx::query($sql)$(.bind($arg))*.execute(conn).await.map(|done| done.rows_affected()))
            .map_err($crate::StoreError::from)
    };
}

/// No more rows lie between the first and the last of a page: those of the page, and some that have come since. Statements
/// that join something to them say so by a `LIMIT`, since PostgreSQL takes what lies between two keys for a good part of
/// the table.
pub(crate) const BETWEEN: i64 = 1_000;

/// Declares a module's statements as constants and lists them, so that a test can prepare each on both engines.
macro_rules! statements {
    ($($(#[$meta:meta])* $name:ident = $text:expr;)+) => {
        $($(#[$meta])* const $name: &str = $text;)+
        /// Name and text of every statement of this module.
        pub(crate) const STATEMENTS: &[(&str, &str)] = &[$((stringify!($name), $name)),+];
    };
}
