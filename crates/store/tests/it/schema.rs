//! Statements, migrations and the rules of the schema.

use robofy_store::{Db, Lane, sql};
use sqlx::{AssertSqlSafe, Executor as _, SqlSafeStr as _};

use super::*;

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
        println!("{prepared} statements prepared");
        assert!(prepared > 90, "{prepared}");
    }
}
