//! The lines of statistics and of questions that were not found.

use serde_json::json;

use super::{Call, Things};

/// How an operation is called; see [`super::call`].
pub(super) async fn call(operation: &str, things: &Things<'_>) -> Option<Call> {
    let (project, chatbot) = (things.project, &things.chatbot);
    let unanswered = format!("/v1/ai-agent/unanswered/{project}/{chatbot}");
    let call = match operation {
        "message_stats" => Call::new(
            format!("/v1/ai-agent/message_stats?projectId={project}&chatbotId={chatbot}"),
            None,
            200,
        ),
        "list_unanswered" => Call::new(unanswered, None, 200),
        "dismiss_unanswered" => {
            // Of the environment of whoever dismisses it.
            let mut message = things.message();
            message["query"] = json!("Do you ship to Mars?");
            let (server, owner) = (&things.world.server, &things.world.owner);
            let mut id = None;
            for environment in [robofy_kernel::Environment::Live, robofy_kernel::Environment::Test] {
                let key = server.key(owner, environment, &["*"], None).await;
                server.call("POST", "/v1/ai-agent/chat", &key, Some(message.clone())).await;
                let list = server.call("GET", &unanswered, &key, None).await.json();
                id = list["data"]["questions"][0]["id"].as_str().map(str::to_owned);
            }
            Call::new(format!("{unanswered}/{}", id.unwrap()), None, 200)
        }
        _ => return None,
    };
    Some(call.stranger("PROJECT_NOT_FOUND"))
}
