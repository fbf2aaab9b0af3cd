//! Statistics and questions that were not found, on both engines.

use std::time::Duration;

use robofy_http::HttpConfig;
use robofy_kernel::Environment;
use robofy_testkit::{Fixture, both_engines};
use serde_json::{Value, json};

use crate::knowledge::{Place, refused};
use crate::server::{Answer, Server};

async fn place(t: &Fixture) -> Place {
    Place::on(Server::over(t, HttpConfig { key_reveal: true, ..HttpConfig::default() }).await).await
}

impl Place {
    async fn ask(&self, key: &str, session: &str, query: &str) -> Value {
        let body = json!({
            "query": query, "pid": self.project.to_string(), "chatbot_id": self.agent,
            "user_context": { "platform": "web", "session_id": session },
        });
        let answer = self.server.call("POST", "/v1/ai-agent/chat", key, Some(body)).await;
        assert_eq!(answer.status, 200, "{}", answer.json());
        answer.json()["data"].clone()
    }

    async fn stats(&self, query: &str) -> Answer {
        let path = format!("/v1/ai-agent/message_stats?projectId={}{query}", self.project);
        self.call("GET", &path, None).await
    }

    async fn unanswered(&self, query: &str) -> Value {
        let answer = self.call("GET", &format!("{}?{query}", self.of_agent("unanswered")), None).await;
        assert_eq!(answer.status, 200, "{}", answer.json());
        answer.json()["data"].clone()
    }
}

/// The account says that it is somewhere else.
async fn move_to(t: &Fixture, zone: &'static str) {
    let unit = t.store.write(robofy_store::Lane::Conversation, move |tx| {
        Box::pin(async move {
            let sql = "UPDATE accounts SET timezone = $1";
            match tx {
                robofy_store::Db::Sqlite(conn) => _ = sqlx::query(sql).bind(zone).execute(conn).await?,
                robofy_store::Db::Postgres(conn) => _ = sqlx::query(sql).bind(zone).execute(conn).await?,
            }
            Ok(())
        })
    });
    unit.await.unwrap();
}

fn each<'a>(data: &'a Value, name: &str) -> Vec<&'a Value> {
    data["series"].as_array().unwrap().iter().map(|period| &period[name]).collect()
}

both_engines! {
    async fn what_happened_day_by_day(t: Fixture) {
        let place = place(&t).await;
        let key = place.tenant.key.clone();
        place.teach("hours", "We are open on Sundays from ten to four.").await;
        let session = place.server.app.ids().web_session();
        // Monday, 5 January, 09:00 in UTC; and Tuesday, 01:00.
        let answered = place.ask(&key, session.as_str(), "When are you open on Sundays?").await;
        assert_eq!(answered["citations"].as_array().unwrap().len(), 1, "{answered}");
        place.ask(&key, session.as_str(), "Hello!").await;
        let rating = json!({ "session_id": session, "message_id": answered["message_id"], "rating": 1 });
        place.call("POST", "/v1/ai-agent/chat/feedback", Some(rating)).await;
        t.clock.advance(Duration::from_secs(16 * 3_600));
        place.ask(&key, session.as_str(), "Who was the third emperor of Rome?").await;
        let test = place.server.key(&place.tenant, Environment::Test, &["*"], None).await;
        place.ask(&test, "trial", "Who was the third emperor of Rome?").await;

        let stats = place.stats("&from=2026-01-04&to=2026-01-06").await;
        assert_eq!(stats.status, 200, "{}", stats.json());
        let data = stats.json()["data"].clone();
        let first_token = data["totals"]["first_token_ms"].clone();
        assert!(first_token.is_i64(), "{data}");
        let totals = json!({
            "messages": 3, "sessions": 1, "leads": 0, "bookings": 0, "handovers": 0, "answered": 1, "unanswered": 1,
            "rated_up": 1, "rated_down": 0, "input_tokens": 0, "output_tokens": 0, "first_token_ms": first_token,
        });
        assert_eq!(data["totals"], totals);
        assert_eq!(each(&data, "date"), ["2026-01-04", "2026-01-05", "2026-01-06"]);
        assert_eq!(each(&data, "messages"), [0, 2, 1]);
        assert_eq!(each(&data, "sessions"), [0, 1, 1]);
        assert_eq!(each(&data, "first_token_ms")[0], &Value::Null);
        // Today alone, of the agent alone, after folding.
        t.store.fold_statistics(t.clock.now()).await.unwrap();
        let data = place.stats(&format!("&chatbotId={}&from=2026-01-06", place.agent)).await.json()["data"].clone();
        assert_eq!((each(&data, "unanswered"), &data["totals"]["messages"]), (vec![&json!(1)], &json!(1)));
        // The account moves to where it was Monday all the time.
        move_to(&t, "America/New_York").await;
        let data = place.stats("&from=2026-01-04&to=2026-01-06").await.json()["data"].clone();
        assert_eq!(each(&data, "messages"), [0, 3, 0]);
        assert_eq!(each(&data, "sessions"), [0, 1, 0]);
        let data = place.stats("&from=2026-01-04&to=2026-02-02&interval=week").await.json()["data"].clone();
        assert_eq!(each(&data, "date"), ["2026-01-04", "2026-01-05", "2026-01-12", "2026-01-19", "2026-01-26", "2026-02-02"]);
        let data = place.stats("&from=2026-01-04&to=2026-02-02&interval=month").await.json()["data"].clone();
        assert_eq!(each(&data, "messages"), [3, 0]);
        // Without dates: thirty days that end today.
        let data = place.stats("").await.json()["data"].clone();
        assert_eq!((each(&data, "date").len(), each(&data, "date")[29]), (30, &json!("2026-01-05")));
        // A test key sees the test environment's, which are not counted.
        let path = format!("/v1/ai-agent/message_stats?projectId={}", place.project);
        let data = place.server.call("GET", &path, &test, None).await.json()["data"].clone();
        assert_eq!(data["totals"]["messages"], 0);
    }

    async fn wrong_days_are_told(t: Fixture) {
        let place = place(&t).await;
        let told = async |query: &str| {
            let (status, code, field) = refused(&place.stats(query).await);
            assert_eq!((status, code.as_str()), (400, "BAD_REQUEST"), "{query}");
            field.as_str().unwrap().to_owned()
        };
        for from in ["2026-02-30", "yesterday", "2026-1-1", "2026-01-01T00:00:00Z", "1969-12-31", ""] {
            assert_eq!(told(&format!("&from={from}&to=2026-03-01")).await, "from");
        }
        assert_eq!(told("&from=2026-01-02&to=2026-01-01").await, "to");
        assert_eq!(told("&from=2023-01-01&to=2026-01-01").await, "to");
        assert_eq!(place.stats("&from=2023-01-01&to=2025-12-31").await.status, 200, "1,096 days");
        assert_eq!(told("&from=2126-01-01").await, "from");
        assert_eq!(told("&interval=year").await, "interval");
        let answer = place.call("GET", "/v1/ai-agent/message_stats", None).await;
        assert_eq!(refused(&answer), (400, "BAD_REQUEST".into(), json!("projectId")));
        let answer = place.call("GET", "/v1/ai-agent/message_stats?projectId=7", None).await;
        assert_eq!((answer.status.as_u16(), answer.code().as_str()), (404, "PROJECT_NOT_FOUND"));
        assert_eq!(place.stats("&chatbotId=x").await.code(), "CHATBOT_NOT_FOUND");
    }

    async fn questions_that_were_not_found(t: Fixture) {
        let place = place(&t).await;
        let key = place.tenant.key.clone();
        place.ask(&key, "a", "Do you ship to Mars?").await;
        t.clock.advance(Duration::from_secs(60));
        let last = place.ask(&key, "b", "do you SHIP to mars").await;
        place.ask(&key, "a", "Who was the third emperor of Rome?").await;
        place.ask(&key, "a", "Thank you!").await;
        let data = place.unanswered("pageSize=1").await;
        let shown = |data: &Value| {
            let list = data["questions"].as_array().unwrap().clone();
            list.iter().map(|q| format!("{} x{}", q["question"].as_str().unwrap(), q["count"])).collect::<Vec<_>>()
        };
        assert_eq!(shown(&data), ["do you SHIP to mars x2"]);
        let question = &data["questions"][0];
        assert_eq!((&question["session_id"], &question["message_id"]), (&json!("b"), &last["message_id"]));
        assert_eq!((&question["first_asked_at"], &question["last_asked_at"]), (&json!("2026-01-05T09:00:00Z"), &json!("2026-01-05T09:01:00Z")));
        let next = data["next_page_token"].as_str().unwrap();
        let data = place.unanswered(&format!("pageSize=1&nextPageToken={next}")).await;
        assert_eq!((shown(&data), &data["next_page_token"]), (vec!["Who was the third emperor of Rome? x1".into()], &Value::Null));
        assert!(shown(&place.unanswered("to=2026-01-04").await).is_empty());
        assert_eq!(shown(&place.unanswered("from=2026-01-05&to=2026-01-05").await).len(), 2);
        let path = format!("{}/{}", place.of_agent("unanswered"), question["id"].as_str().unwrap());
        assert_eq!(place.call("DELETE", &path, None).await.status, 200);
        assert_eq!(place.call("DELETE", &path, None).await.code(), "QUESTION_NOT_FOUND");
        assert_eq!(shown(&place.unanswered("").await).len(), 1);
        let answer = place.call("GET", &format!("{}?from=soon", place.of_agent("unanswered")), None).await;
        assert_eq!(refused(&answer), (400, "BAD_REQUEST".into(), json!("from")));
    }
}
