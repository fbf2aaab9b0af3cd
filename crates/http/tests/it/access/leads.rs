//! The lines of lead forms and leads.

use serde_json::{Value, json};

use super::{Call, Things};

/// How an operation is called; see [`super::call`].
pub(super) async fn call(operation: &str, things: &Things<'_>) -> Option<Call> {
    let (project, chatbot) = (things.project, &things.chatbot);
    let form = format!("/v1/ai-agent/lead_form/{project}/{chatbot}");
    let leads = format!("/v1/ai-agent/leads/{project}/{chatbot}");
    let lead = || json!({ "values": { "email": "ana@example.com" } });
    let made = async || {
        things.set("PUT", &form, lead_form()).await;
        let made = things.set("POST", &leads, lead()).await;
        format!("{leads}/{}", made["data"]["id"].as_str().unwrap())
    };
    let call = match operation {
        "get_lead_form" => Call::new(form, None, 200),
        "update_lead_form" => Call::new(form, Some(json!({ "form_title": "Hello" })), 200),
        "list_leads" => Call::new(leads, None, 200),
        "export_leads" => Call::new(format!("{leads}/export.csv"), None, 200),
        "create_lead" => {
            things.set("PUT", &form, lead_form()).await;
            Call::new(leads, Some(lead()), 201)
        }
        "get_lead" | "delete_lead" => Call::new(made().await, None, 200).live(),
        "update_lead" => Call::new(made().await, Some(json!({ "status": "won" })), 200).live(),
        "send_lead" => {
            things.set("PUT", &form, lead_form()).await;
            let mut body = lead();
            body["pid"] = json!(project.to_string());
            body["chatbot_id"] = json!(chatbot);
            return Some(Call::new("/v1/ai-agent/chat/lead", Some(body), 201).stranger("CHATBOT_NOT_FOUND"));
        }
        _ => return None,
    };
    Some(call.stranger("PROJECT_NOT_FOUND"))
}

fn lead_form() -> Value {
    let email = json!({ "name": "email", "type": "email", "required": true });
    json!({ "enabled": true, "fields": [{ "name": "name", "type": "name" }, email] })
}

impl Things<'_> {
    /// Changes something with the owner's key.
    async fn set(&self, method: &str, path: &str, body: Value) -> Value {
        let world = self.world;
        world.server.call(method, path, &world.owner_key().await, Some(body)).await.json()
    }
}
