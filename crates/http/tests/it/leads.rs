//! Lead forms and leads, on both engines.

mod export;
mod form;
mod operator;
mod visitor;

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::Request;
use robofy_http::HttpConfig;
use robofy_http::auth::token::Grant;
use robofy_kernel::{Environment, SessionId};
use robofy_testkit::{Fixture, both_engines};
use serde_json::{Value, json};

use crate::knowledge::{Place, refused};
use crate::server::{Answer, Server};

/// A tenant with an agent whose form is this.
async fn place(t: &Fixture, form: Value) -> Place {
    let config = HttpConfig {
        trusted_proxies: vec!["127.0.0.0/8".parse().unwrap()],
        rate_limit: true,
        key_reveal: true,
        ..HttpConfig::default()
    };
    let place = Place::on(Server::over(t, config).await).await;
    let answer = place.call("PUT", &place.of_agent("lead_form"), Some(form)).await;
    assert_eq!(answer.status, 200, "{}", answer.json());
    place
}

fn form() -> Value {
    json!({ "enabled": true, "fields": [
        { "name": "name", "label": "Your name", "type": "name" },
        { "name": "email", "type": "email", "required": true },
        { "name": "phone", "type": "phone" },
        { "name": "plan", "type": "select", "options": ["Small", "Large"] },
        { "name": "extras", "type": "multi_select", "options": ["Basket", "Bell, loud", "Lights"] },
        { "name": "seats", "type": "number" },
        { "name": "news", "type": "checkbox" },
        { "name": "about", "type": "long_text" },
    ]})
}

impl Place {
    /// A client token, with its session.
    pub fn visitor(&self) -> (String, SessionId) {
        let session = self.server.app.ids().web_session();
        (self.token(&session, Environment::Live), session)
    }

    fn token(&self, session: &SessionId, environment: Environment) -> String {
        let grant = Grant {
            account: self.tenant.account,
            project: robofy_kernel::ProjectId(self.project),
            chatbots: vec![self.agent.parse().unwrap()],
            session: session.clone(),
            environment,
            origin: None,
        };
        self.server.app.token_keys().sign(grant, self.server.clock.now(), self.server.app.ids()).unwrap()
    }

    /// The form as a visitor sends it.
    fn sent(&self, values: Value) -> Value {
        json!({ "chatbot_id": self.agent, "pid": self.project.to_string(), "values": values })
    }

    async fn send_form(&self, token: &str, body: Value) -> Answer {
        self.server.call("POST", "/v1/ai-agent/chat/lead", token, Some(body)).await
    }

    async fn rows(&self) -> Vec<Value> {
        let answer = self.call("GET", &self.of_agent("leads"), None).await;
        assert_eq!(answer.status, 200, "{}", answer.json());
        answer.json()["data"]["report"]["rows"].as_array().unwrap().clone()
    }

    async fn lead(&self, id: &str) -> Value {
        let answer = self.call("GET", &format!("{}/{id}", self.of_agent("leads")), None).await;
        assert_eq!(answer.status, 200, "{}", answer.json());
        answer.json()["data"].clone()
    }
}

/// `field=value` of a lead's data.
fn data(lead: &Value) -> Vec<String> {
    let fields = lead["lead_data"].as_array().unwrap();
    let shown = |field: &Value| {
        format!("{}={}", field["field_name"].as_str().unwrap(), field["field_value"].as_str().unwrap())
    };
    fields.iter().map(shown).collect()
}

fn lead_id(answer: &Answer) -> String {
    assert_eq!(answer.status, 201, "{}", answer.json());
    answer.json()["data"]["lead_id"].as_str().unwrap().to_owned()
}
