//! How SQLite reads lists: from where a page begins, in the order of an index. PostgreSQL has the same indexes.

use robofy_store::sql;
use sqlx::{AssertSqlSafe, Row as _};

use super::*;

/// Lists that are sorted when they are read, and why that is little.
const SORTED: &[&str] = &[
    // The conversations of a page, once more after their last turns are looked up.
    "chat::inbox::LIST",
    // The segments of one source are few; sources come in order.
    "links::CHANGES",
    // The values of the leads of a page.
    "leads::list::COUNTING",
    // Those of one session id: one lead a session.
    "leads::list::LIST_OF_SESSION",
    // The resources of a page of services.
    "booking::resources::OF_PAGE",
    // At most some hundred failures of each run of a page.
    "sites::runs::ERRORS",
    // By how often each question was asked, which changes with each.
    "unanswered::LIST",
];

/// What must be read by which index, since another looks as good to SQLite.
const BY_INDEX: &[(&str, &str)] = &[
    (
        "agents::sources::COUNT_SOURCES_OF_PAGE",
        "agents_list (account_id=? AND project_id=? AND (created_at,chatbot_id)>",
    ),
    ("booking::lists::LIST_OF_SESSION", "bookings_session (account_id=? AND session_key=? AND (start_at,"),
    ("leads::list::LIST_OF_SESSION", "chat_sessions_session (account_id=? AND session_id=?)"),
    ("sites::runs::ERRORS", "crawl_errors_1 (account_id=? AND run_id=?)"),
];

/// A step of a plan: whether it is one of the statement itself and not of a query within, and what it says.
type Step = (bool, String);

async fn plan(t: &Fixture, text: &'static str) -> Vec<Step> {
    let explained = AssertSqlSafe(format!("EXPLAIN QUERY PLAN {text}"));
    let unit = t.store.write(Lane::Conversation, move |mut tx| {
        Box::pin(async move {
            let Db::Sqlite(conn) = tx.conn() else { panic!("only SQLite explains itself so") };
            let rows = sqlx::query(explained).fetch_all(conn).await?;
            Ok(rows.iter().map(|row| (row.get::<i64, _>("parent") == 0, row.get("detail"))).collect())
        })
    });
    unit.await.unwrap()
}

/// Whether a statement reads rows from a key on, or up to one.
fn is_by_key(text: &str) -> bool {
    let reads = text.starts_with("SELECT") || text.starts_with("WITH");
    reads
        && [") < (", ") > (", ") <= (", ") >= (", "version < COALESCE("]
            .iter()
            .any(|compared| text.contains(compared))
}

#[test]
fn a_page_is_read_by_index_from_its_key_on() {
    robofy_testkit::run(Engine::Sqlite, async |t| {
        let (mut lists, mut wrong) = (0, Vec::new());
        // The operator's commands read all accounts.
        for (module, name, text) in sql::all().filter(|(module, ..)| *module != "admin") {
            let full = format!("{module}::{name}");
            if !is_by_key(text) {
                continue;
            }
            lists += 1;
            let plan = plan(&t, text).await;
            let sorts = plan.iter().any(|(own, step)| {
                *own && step.starts_with("USE TEMP B-TREE FOR") && step.ends_with("ORDER BY")
            });
            let begins = plan.iter().any(|(_, step)| {
                [")>(?", ")<(?", "version<?", "seq>?"].iter().any(|range| step.contains(range))
            });
            let is_few = ["leads::list::LIST_OF_SESSION", "unanswered::LIST"].contains(&full.as_str());
            if (sorts && !SORTED.contains(&full.as_str())) || !(begins || is_few) {
                wrong.push(format!("{full}: {plan:#?}"));
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
        assert!(lists > 20, "{lists}");
    });
}

/// Ranges that are joined without a bound, and why.
const UNBOUNDED: &[&str] = &[
    // Services of other agents may lie between those of a page; of both there are few.
    "booking::resources::OF_PAGE",
    // The range's own order and LIMIT are the statement's: it is joined row by row.
    "booking::lists::LIST",
];

/// PostgreSQL takes what lies between two keys for a good part of the table, and would read all that is joined to it.
#[test]
fn what_lies_between_two_keys_is_bounded_before_it_is_joined() {
    let mut checked = 0;
    for (module, name, text) in sql::all() {
        let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let ends = [") < ($", ") <= ($"].iter().filter_map(|end| words.find(end)).min();
        let begins = [") > ($", ") >= ($"].iter().filter_map(|begin| words.find(begin)).min();
        let (Some(end), Some(begin)) = (ends, begins) else { continue };
        checked += 1;
        let range = end.min(begin);
        let own = words[..range].rfind("SELECT").unwrap_or_default();
        let is_joined_before = words[own..range].contains(" JOIN ");
        let joined = words[range..].find(" JOIN ").unwrap_or(usize::MAX);
        let bound = words[range..].find("LIMIT $").unwrap_or(usize::MAX);
        let full = format!("{module}::{name}");
        let is_bounded = !is_joined_before && (joined == usize::MAX || bound < joined);
        assert!(is_bounded || UNBOUNDED.contains(&full.as_str()), "{full}: {words}");
    }
    assert!(checked > 5, "{checked}");
}

#[test]
fn what_is_few_is_read_first() {
    robofy_testkit::run(Engine::Sqlite, async |t| {
        for (wanted, index) in BY_INDEX {
            let (.., text) =
                sql::all().find(|(module, name, _)| format!("{module}::{name}") == *wanted).unwrap();
            let plan = plan(&t, text).await;
            assert!(plan.iter().any(|(_, step)| step.contains(index)), "{wanted}: {plan:#?}");
        }
    });
}
