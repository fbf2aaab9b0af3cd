//! Statements, migrations and the rules of the schema.

use std::collections::{BTreeMap, BTreeSet};

use robofy_store::{Migrations, StoreConfig, sql};
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, SqlSafeStr as _, SqliteConnection};

use super::*;

/// Tables that map what arrives without an account.
const DIRECTORY: &[&str] = &[
    "server_facts",
    "signing_keys",
    "accounts",
    "users",
    "login_sessions",
    "api_key_directory",
    "project_directory",
    "agent_directory",
];

/// Statements that work across accounts, besides those of `maintenance`, `admin` and of directory tables: an
/// e-mail address arrives without one, and workers take whatever job is due.
const ACROSS: &[&str] = &[
    "users::FIND_BY_EMAIL",
    "jobs::lease::FORGET",
    "jobs::schedules::DUE",
    "requests::FORGET",
    "statistics::fold::WAITING",
];

both_engines! {
    async fn every_statement_can_be_prepared(t: Fixture) {
        let (prepared, wrong) = t.store.write(Lane::Conversation, |mut tx| Box::pin(async move {
            let (mut prepared, mut wrong) = (0, Vec::new());
            for (module, name, text) in sql::all() {
                let text = AssertSqlSafe(text).into_sql_str();
                let result = match tx.conn() {
                    Db::Sqlite(conn) => conn.prepare(text).await.map(|_| ()),
                    Db::Postgres(conn) => conn.prepare(text).await.map(|_| ()),
                };
                match result {
                    Ok(()) => prepared += 1,
                    Err(error) => wrong.push(format!("{module}::{name}: {error}")),
                }
            }
            Ok((prepared, wrong))
        })).await.unwrap();
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
        assert!(prepared > 90, "{prepared}");
    }

    async fn a_newer_schema_is_refused(t: Fixture) {
        let insert = match t.engine {
            Engine::Sqlite => "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) VALUES (9000, 'later', TRUE, x'00', 0)",
            Engine::Postgres => "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) VALUES (9000, 'later', TRUE, '\\x00', 0)",
        };
        raw::run(&t.store, insert).await;
        let error = t.open_again().await.unwrap_err();
        assert!(matches!(error, StoreError::SchemaNewer(9000)), "{error}");
    }

    async fn every_older_schema_is_brought_up_to_date(t: Fixture) {
        let newest = columns(&t).await;
        for version in 1..=Migrations::newest() {
            let config = older(&t, version, "").await;
            let store = Store::open(&config, &t.key(), &Ids::System, &t.tasks).await.unwrap();
            assert_eq!(raw::count(&store, "SELECT MAX(version) FROM _sqlx_migrations").await, Migrations::newest());
            assert_eq!(columns_of(&store, t.engine).await, newest, "from {version}");
            store.close().await;
        }
    }

    async fn account_id_leads_every_key(t: Fixture) {
        let keys = keys(&t).await;
        assert!(keys.len() > 20, "{keys:?}");
        for (table, kind, columns, to) in keys {
            if DIRECTORY.contains(&table.as_str()) {
                continue;
            }
            // A row may belong to a row of a directory table, whose key is not an account's.
            if DIRECTORY.contains(&to.as_str()) && to != "accounts" {
                continue;
            }
            assert_eq!(columns.split(',').next(), Some("account_id"), "{kind} of {table} ({columns}) {to}");
        }
    }
}

#[test]
fn both_histories_have_the_same_steps() {
    let folder = |engine: &str| {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations").join(engine);
        let names =
            std::fs::read_dir(path).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
        names.collect::<BTreeSet<_>>()
    };
    let (sqlite, postgres) = (folder("sqlite"), folder("postgres"));
    assert_eq!(sqlite, postgres);
    let numbers: Vec<i64> = sqlite.iter().map(|name| name[..4].parse().unwrap()).collect();
    assert_eq!(
        numbers,
        (1..=Migrations::newest()).collect::<Vec<_>>(),
        "each file is in the program, without a gap"
    );
    assert!(sqlite.iter().all(|name| name.as_bytes()[4] == b'_' && name.ends_with(".sql")), "{sqlite:?}");
}

#[test]
fn both_schemas_have_the_same_columns() {
    let (mut sqlite, mut postgres) = (None, None);
    robofy_testkit::run(Engine::Sqlite, async |t| sqlite = Some(columns(&t).await));
    robofy_testkit::run(Engine::Postgres, async |t| postgres = Some(columns(&t).await));
    let Some(postgres) = postgres else { return };
    let sqlite = sqlite.unwrap();
    assert!(sqlite.len() > 100, "{}", sqlite.len());
    assert_eq!(sqlite.keys().collect::<Vec<_>>(), postgres.keys().collect::<Vec<_>>());
    for (column, (kind, required)) in &sqlite {
        let (other, also_required) = &postgres[column];
        let fits: &[&str] = match kind.as_str() {
            "INTEGER" => &["bigint", "boolean"],
            "TEXT" => &["text", "jsonb"],
            "BLOB" => &["bytea", "uuid"],
            _ => &[],
        };
        assert!(fits.contains(&other.as_str()), "{column}: {kind} and {other}");
        assert_eq!(required, also_required, "{column}");
    }
}

#[test]
fn both_schemas_have_the_same_keys() {
    let (mut sqlite, mut postgres) = (None, None);
    robofy_testkit::run(Engine::Sqlite, async |t| sqlite = Some(keys(&t).await));
    robofy_testkit::run(Engine::Postgres, async |t| postgres = Some(keys(&t).await));
    let Some(postgres) = postgres else { return };
    assert_eq!(sqlite.unwrap(), postgres);
}

#[test]
fn every_statement_names_the_account() {
    let mut checked = 0;
    for (module, name, text) in sql::all() {
        let full = format!("{module}::{name}");
        if ["maintenance", "admin"].contains(&module) || ACROSS.contains(&full.as_str()) {
            continue;
        }
        for (table, alias) in tables(text) {
            if DIRECTORY.contains(&table.as_str()) {
                continue;
            }
            checked += 1;
            let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
            let inserted = words.starts_with(&format!("INSERT INTO {table} (account_id,"));
            let own = words.contains(&format!("{alias}.account_id ="));
            let only = alias == table && words.contains("WHERE account_id = $1");
            assert!(inserted || own || only, "{full} reads {table} across accounts: {words}");
        }
    }
    assert!(checked > 80, "{checked}");
}

/// A database as the program of that schema left it, with these rows.
pub(crate) async fn older(t: &Fixture, version: i64, rows: &str) -> StoreConfig {
    let rows = AssertSqlSafe(rows.to_owned());
    match &t.config {
        StoreConfig::Sqlite { data_dir } => {
            let folder = data_dir.join(format!("v{version}"));
            std::fs::create_dir(&folder).unwrap();
            let path = format!("sqlite://{}?mode=rwc", folder.join("robofy.db").display());
            let mut conn = SqliteConnection::connect(&path).await.unwrap();
            Migrations::sqlite().up_to(version).run_on(&mut conn).await.unwrap();
            sqlx::raw_sql(rows).execute(&mut conn).await.unwrap();
            conn.close().await.unwrap();
            StoreConfig::Sqlite { data_dir: folder }
        }
        config @ StoreConfig::Postgres { url, .. } => {
            raw::run(&t.store, "DROP SCHEMA public CASCADE; CREATE SCHEMA public").await;
            let pool = sqlx::PgPool::connect(url).await.unwrap();
            Migrations::postgres().up_to(version).run(&pool).await.unwrap();
            sqlx::raw_sql(rows).execute(&pool).await.unwrap();
            pool.close().await;
            config.clone()
        }
    }
}

/// The tables of a statement, each with the name that it goes by there.
fn tables(text: &str) -> Vec<(String, String)> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let mut found = Vec::new();
    for (at, word) in words.iter().enumerate() {
        let before = at.checked_sub(1).map_or("", |at| words[at]);
        let names = ["FROM", "JOIN", "INTO"].contains(word) || (*word == "UPDATE" && at == 0);
        if !names || before == "DISTINCT" {
            continue;
        }
        let table = words[at + 1].trim_end_matches([';', ')', ',']);
        // A derived table's own tables follow.
        if table.starts_with('(') {
            continue;
        }
        if text.contains(&format!("WITH RECURSIVE {table} (")) {
            continue;
        }
        let alias = words.get(at + 2).copied().unwrap_or("WHERE").trim_end_matches(')');
        let is_alias = alias.chars().all(|c| c.is_ascii_lowercase()) && !alias.is_empty();
        found.push((table.to_owned(), if is_alias { alias } else { table }.to_owned()));
    }
    found
}

/// `table.column` → its type and whether it must have a value.
async fn columns(t: &Fixture) -> BTreeMap<String, (String, bool)> {
    columns_of(&t.store, t.engine).await
}

async fn columns_of(store: &Store, engine: Engine) -> BTreeMap<String, (String, bool)> {
    let rows = match engine {
        Engine::Sqlite => "SELECT m.name || '.' || c.name || '|' || c.type || '|' || (c.\"notnull\" OR c.pk > 0)
                             FROM sqlite_schema m JOIN pragma_table_info(m.name) c
                            WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' AND m.name <> '_sqlx_migrations'",
        Engine::Postgres => "SELECT table_name || '.' || column_name || '|' || data_type || '|' || CASE is_nullable WHEN 'NO' THEN 1 ELSE 0 END
                               FROM information_schema.columns WHERE table_schema = 'public' AND table_name <> '_sqlx_migrations'",
    };
    let rows = raw::list(store, rows).await;
    let split = rows.iter().map(|row| row.split('|').map(str::to_owned).collect::<Vec<_>>());
    split.map(|row| (row[0].clone(), (row[1].clone(), row[2] == "1"))).collect()
}

/// Table, what kind of key, its columns in order, and where it leads: primary keys, unique indexes, foreign keys.
async fn keys(t: &Fixture) -> BTreeSet<(String, String, String, String)> {
    let rows = match t.engine {
        Engine::Sqlite => "
            SELECT m.name || '|' || CASE l.origin WHEN 'pk' THEN 'primary key' ELSE 'unique' END || '|'
                   || (SELECT group_concat(name, ',') FROM (SELECT name FROM pragma_index_info(l.name) ORDER BY seqno)) || '|'
              FROM sqlite_schema m JOIN pragma_index_list(m.name) l WHERE m.type = 'table' AND l.\"unique\" AND m.name <> '_sqlx_migrations'
            UNION ALL
            SELECT m.name || '|primary key|' || c.name || '|' FROM sqlite_schema m JOIN pragma_table_info(m.name) c
             WHERE m.type = 'table' AND c.pk > 0 AND m.name NOT LIKE 'sqlite_%' AND m.name <> '_sqlx_migrations'
               AND NOT EXISTS (SELECT 1 FROM pragma_index_list(m.name) l WHERE l.origin = 'pk')
            UNION ALL
            SELECT m.name || '|foreign key|' || group_concat(f.\"from\", ',') || '|' || f.\"table\"
              FROM sqlite_schema m JOIN (SELECT * FROM sqlite_schema) s ON s.name = m.name JOIN pragma_foreign_key_list(m.name) f
             WHERE m.type = 'table' GROUP BY m.name, f.id",
        Engine::Postgres => "
            SELECT c.relname || '|' || CASE WHEN i.indisprimary THEN 'primary key' ELSE 'unique' END || '|'
                   || (SELECT string_agg(a.attname, ',' ORDER BY k.n) FROM unnest(i.indkey) WITH ORDINALITY k(attnum, n)
                         JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum) || '|'
              FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace
             WHERE n.nspname = 'public' AND i.indisunique AND c.relname <> '_sqlx_migrations'
            UNION ALL
            SELECT c.relname || '|foreign key|'
                   || (SELECT string_agg(a.attname, ',' ORDER BY k.n) FROM unnest(o.conkey) WITH ORDINALITY k(attnum, n)
                         JOIN pg_attribute a ON a.attrelid = o.conrelid AND a.attnum = k.attnum) || '|' || f.relname
              FROM pg_constraint o JOIN pg_class c ON c.oid = o.conrelid JOIN pg_class f ON f.oid = o.confrelid
             WHERE o.contype = 'f'",
    };
    let rows = raw::list(&t.store, rows).await;
    let split = rows.iter().map(|row| row.split('|').map(str::to_owned).collect::<Vec<_>>());
    split.map(|row| (row[0].clone(), row[1].clone(), row[2].clone(), row[3].clone())).collect()
}
