//! The versions of a prompt, on both engines.

use axum::body::Body;
use axum::http::Request;
use robofy_http::HttpConfig;
use robofy_testkit::{Fixture, both_engines};
use serde_json::{Value, json};

use crate::knowledge::Place;
use crate::server::{Answer, Server};

async fn place(t: &Fixture) -> Place {
    Place::on(Server::over(t, HttpConfig::default()).await).await
}

impl Place {
    async fn prompt(&self, text: Value) {
        let path = self.of_agent("chatbot_ai_settings");
        assert_eq!(self.call("PUT", &path, Some(json!({ "system_prompt_text": text }))).await.status, 200);
    }

    async fn prompts(&self, query: &str) -> Value {
        let answer = self.call("GET", &format!("{}{query}", self.of_agent("prompt_versions")), None).await;
        assert_eq!(answer.status, 200, "{}", answer.json());
        answer.json()["data"].clone()
    }

    async fn restore(&self, version: &str, key: Option<&str>) -> Answer {
        let path = format!("{}/{version}/restore", self.of_agent("prompt_versions"));
        let mut request = Request::post(path).header("authorization", format!("Bearer {}", self.tenant.key));
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        self.server.send(request.body(Body::empty()).unwrap()).await
    }
}

fn texts(page: &Value) -> Vec<(i64, String)> {
    let versions = page["prompt_versions"].as_array().unwrap();
    let one = |version: &Value| {
        (version["version"].as_i64().unwrap(), version["system_prompt_text"].as_str().unwrap().to_owned())
    };
    versions.iter().map(one).collect()
}

both_engines! {
    async fn versions_are_listed_and_restored(t: Fixture) {
        let place = place(&t).await;
        for text in [json!("One"), json!("Two"), Value::Null] {
            place.server.clock.advance(std::time::Duration::from_secs(1));
            place.prompt(text).await;
        }
        let all = place.prompts("").await;
        assert_eq!(texts(&all), [(4, String::new()), (3, "Two".into()), (2, "One".into()), (1, String::new())]);
        assert_eq!(all["next_page_token"], Value::Null);
        let newest = all["prompt_versions"][0].clone();
        let keys: Vec<_> = newest.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(keys, ["created_at", "created_by", "system_prompt_text", "version"]);
        assert_eq!(newest["created_by"], "API key Primary");
        assert_eq!(newest["created_at"], json!(place.server.clock.now()));
        let first = place.prompts("?pageSize=3").await;
        let next = first["next_page_token"].as_str().unwrap();
        let rest = place.prompts(&format!("?pageSize=3&nextPageToken={next}")).await;
        assert_eq!((texts(&first).len(), texts(&rest), &rest["next_page_token"]), (3, vec![(1, String::new())], &Value::Null));

        let restored = place.restore("2", Some("again")).await;
        assert_eq!(restored.status, 201, "{}", restored.json());
        assert_eq!((&restored.json()["data"]["version"], &restored.json()["data"]["system_prompt_text"]), (&json!(5), &json!("One")));
        let repeated = place.restore("2", Some("again")).await;
        assert_eq!((repeated.json(), repeated.header("idempotency-replayed")), (restored.json(), "true"));
        assert_eq!(place.restore("3", Some("again")).await.code(), "CONFLICT", "the same key for another version");
        let settings = place.call("GET", &place.of_agent("chatbot_ai_settings"), None).await.json();
        assert_eq!(settings["data"]["system_prompt_text"], "One");
        assert_eq!(texts(&place.prompts("").await).len(), 5);
        for version in ["9", "0", "-1", "x", "99999999999999999999"] {
            let missing = place.restore(version, None).await;
            assert_eq!((missing.status.as_u16(), missing.code().as_str()), (404, "PROMPT_VERSION_NOT_FOUND"), "{version}");
        }
    }

    async fn of_a_stranger_nothing_is_told(t: Fixture) {
        let place = place(&t).await;
        let stranger = place.server.tenant("b").await;
        for (method, path) in [("GET", place.of_agent("prompt_versions")), ("POST", format!("{}/1/restore", place.of_agent("prompt_versions")))] {
            let answer = place.server.call(method, &path, &stranger.key, None).await;
            assert_eq!((answer.status.as_u16(), answer.code().as_str()), (404, "PROJECT_NOT_FOUND"), "{method}");
        }
    }
}
