//! The lines of agents and of what they are taught.

use serde_json::{Value, json};

use super::{Call, Things};

/// How an operation is called; see [`super::call`].
pub(super) async fn call(operation: &str, things: &Things<'_>) -> Option<Call> {
    let (project, chatbot) = (things.project, &things.chatbot);
    let of_project = |what: &str| format!("/v1/ai-agent/{what}/{project}");
    let of_agent = |what: &str| format!("/v1/ai-agent/{what}/{project}/{chatbot}");
    let text = || json!({ "chatbot_id": chatbot, "content": "Open on Sundays." });
    let pair = || json!({ "question": "Q?", "answer": "A." });
    let tab = || json!({ "kind": "link", "label": "Hours", "url": "https://example.com/hours" });
    let asset = async |below: &str| {
        let taught = things.create(&of_project("link_content"), text()).await;
        format!("{}/{}{below}", of_project("assets"), taught["asset_id"])
    };
    let site = || {
        // A site is crawled once at a time, so each call has its own.
        let host = things.world.server.app.ids().message().to_string().to_lowercase();
        json!({ "project_id": project.to_string(), "chatbot_id": chatbot, "start_urls": [{ "url": format!("https://{host}.example/") }] })
    };
    let call = match operation {
        "list_agents" => Call::new(of_project("chatbot"), None, 200),
        "create_agent" => {
            Call::new(of_project("chatbot"), Some(json!({ "name": "N", "language": "en" })), 201)
        }
        "get_agent" | "delete_agent" => Call::new(of_agent("chatbot"), None, 200),
        "update_agent" => Call::new(of_agent("chatbot"), Some(json!({ "name": "M" })), 200),
        "get_settings" => Call::new(of_agent("chatbot_ai_settings"), None, 200),
        "update_settings" => Call::new(of_agent("chatbot_ai_settings"), Some(json!({ "tone": "dry" })), 200),
        "get_persona" => Call::new(of_agent("persona"), None, 200),
        "update_persona" => Call::new(of_agent("persona"), Some(json!({ "role": "adviser" })), 200),
        "list_prompt_versions" => Call::new(of_agent("prompt_versions"), None, 200),
        "restore_prompt_version" => {
            Call::new(format!("{}/1/restore", of_agent("prompt_versions")), None, 201)
        }
        "get_widget" => Call::new(of_agent("widget"), None, 200),
        "update_widget" => {
            Call::new(of_agent("widget"), Some(json!({ "branding": { "theme_mode": 1 } })), 200)
        }
        "list_tabs" => Call::new(of_agent("widget/integration"), None, 200),
        "create_tab" => Call::new(of_agent("widget/integration"), Some(tab()), 201),
        "delete_tab" => {
            let made = things.create(&of_agent("widget/integration"), tab()).await;
            let id = made["data"]["id"].as_str().unwrap();
            Call::new(format!("{}?id={id}", of_agent("widget/integration")), None, 200)
        }
        "link_content" => Call::new(of_project("link_content"), Some(text()), 201),
        "upload_file" => Call::new(of_project("upload_file"), None, 201).upload(chatbot),
        "list_assets" => Call::new(of_project("assets"), None, 200),
        "get_asset" | "delete_asset" => Call::new(asset("").await, None, 200),
        "replace_asset" => Call::new(asset("").await, Some(json!({ "content": "Open on Mondays." })), 200),
        "get_asset_text" => Call::new(asset("/text").await, None, 200),
        "list_linked_assets" => Call::new(of_agent("chatbot_asset_link"), None, 200),
        "link_asset" => {
            let taught = things.create(&of_project("link_content"), text()).await;
            let body =
                json!({ "project_id": project, "chatbot_id": chatbot, "asset_id": taught["asset_id"] });
            Call::new("/v1/ai-agent/chatbot_asset_link", Some(body), 201)
        }
        "delink_asset" => {
            let taught = things.create(&of_project("link_content"), text()).await;
            let path = format!("/v1/ai-agent/chatbot_asset_delink?linkage_id={}", taught["linkage_id"]);
            return Some(Call::new(path, None, 200).stranger("LINKAGE_NOT_FOUND"));
        }
        "crawl_website" => Call::new("/v1/ai-agent/crawl_website", Some(site()), 201),
        "list_crawls" => Call::new(of_agent("crawl_status"), None, 200),
        "cancel_crawl" => {
            let begun = things.create("/v1/ai-agent/crawl_website", site()).await;
            let run = begun["run_id"].as_str().unwrap();
            Call::new(format!("{}/{run}", of_project("crawl_cancel")), None, 200)
        }
        "list_pairs" => Call::new(of_agent("qa"), None, 200),
        "create_pair" => Call::new(of_agent("qa"), Some(pair()), 201),
        "update_pair" | "delete_pair" => {
            let made = things.create(&of_agent("qa"), pair()).await;
            let path = format!("{}/{}", of_agent("qa"), made["data"]["id"].as_str().unwrap());
            Call::new(path, (operation == "update_pair").then(|| json!({ "answer": "B." })), 200)
        }
        "search_knowledge" => Call::new(of_agent("search"), Some(json!({ "query": "Sundays" })), 200),
        _ => return None,
    };
    Some(call.stranger("PROJECT_NOT_FOUND"))
}

impl Things<'_> {
    /// Makes something with the owner's key.
    pub(super) async fn create(&self, path: &str, body: Value) -> Value {
        let world = self.world;
        world.server.call("POST", path, &world.owner_key().await, Some(body)).await.json()
    }
}
