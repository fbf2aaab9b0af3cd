//! What can be done next with an answer: the links from an operation to those that take an id, or a page's token, out of it.
//! What a link cannot know, such as the days of slots or the text of a message, its description asks for.

use std::collections::BTreeMap;

use serde_json::{Map, Value};
use utoipa::openapi::link::{Link, LinkBuilder};
use utoipa::openapi::path::{Operation, ParameterIn};
use utoipa::openapi::{OpenApi, RefOr, Response};

use super::errors::operations;

/// Operations that lead on, those that they lead to, and what these take out of the request and its answer: parameters,
/// and fields of the body (`[]` marks a list of one).
struct Steps {
    from: &'static [&'static str],
    to: &'static [&'static str],
    parameters: &'static [(&'static str, &'static str)],
    body: &'static [(&'static str, &'static str)],
}

const fn steps(
    from: &'static [&'static str],
    to: &'static [&'static str],
    parameters: &'static [(&'static str, &'static str)],
    body: &'static [(&'static str, &'static str)],
) -> Steps {
    Steps { from, to, parameters, body }
}

const PROJECT: (&str, &str) = ("projectId", "$request.path.projectId");
const CHATBOT: (&str, &str) = ("chatbotId", "$request.path.chatbotId");
const VISITED: (&str, &str) = ("chatbotId", "$request.query.chatbotId");

const LINKS: &[Steps] = &[
    // Projects and agents.
    steps(&["create_project"], &["get_project", "update_project"], &[("id", "$response.body#/data/id")], &[]),
    steps(&["list_projects"], &["get_project"], &[("id", "$response.body#/data/projects/0/id")], &[]),
    steps(
        &["list_projects"],
        &[
            "list_agents",
            "create_agent",
            "list_assets",
            "list_services",
            "list_resources",
            "create_resource",
            "list_bookings",
        ],
        &[("projectId", "$response.body#/data/projects/0/id")],
        &[],
    ),
    steps(
        &["create_agent"],
        &[
            "get_agent",
            "update_agent",
            "delete_agent",
            "get_persona",
            "update_persona",
            "get_widget",
            "get_lead_form",
            "create_lead",
            "create_pair",
            "create_tab",
            "search_knowledge",
        ],
        &[PROJECT, ("chatbotId", "$response.body#/data")],
        &[],
    ),
    steps(
        &["list_agents"],
        &[
            "get_agent",
            "list_linked_assets",
            "list_pairs",
            "list_leads",
            "list_unanswered",
            "list_prompt_versions",
            "list_crawls",
        ],
        &[PROJECT, ("chatbotId", "$response.body#/data/chatbots/0/chatbot_id")],
        &[],
    ),
    steps(
        &["list_agents"],
        &["list_inbox_sessions"],
        &[("chatbotId", "$response.body#/data/chatbots/0/chatbot_id")],
        &[],
    ),
    steps(
        &["list_agents"],
        &["link_content"],
        &[PROJECT],
        &[("chatbot_id", "$response.body#/data/chatbots/0/chatbot_id")],
    ),
    steps(
        &["list_agents"],
        &["send_message"],
        &[],
        &[("pid", "$request.path.projectId"), ("chatbot_id", "$response.body#/data/chatbots/0/chatbot_id")],
    ),
    steps(
        &["list_prompt_versions"],
        &["restore_prompt_version"],
        &[PROJECT, CHATBOT, ("version", "$response.body#/data/prompt_versions/0/version")],
        &[],
    ),
    steps(&["create_tab"], &["delete_tab"], &[PROJECT, CHATBOT, ("id", "$response.body#/data/id")], &[]),
    // What agents are taught.
    steps(
        &["link_content"],
        &["get_asset", "get_asset_text", "delete_asset"],
        &[PROJECT, ("assetId", "$response.body#/asset_id")],
        &[],
    ),
    steps(&["link_content"], &["delink_asset"], &[("linkage_id", "$response.body#/linkage_id")], &[]),
    steps(&["upload_file"], &["get_asset"], &[PROJECT, ("assetId", "$response.body#/data/asset_id")], &[]),
    steps(
        &["list_assets"],
        &["get_asset", "get_asset_text"],
        &[PROJECT, ("assetId", "$response.body#/data/assets/0/asset_id")],
        &[],
    ),
    steps(
        &["create_pair"],
        &["update_pair", "delete_pair"],
        &[PROJECT, CHATBOT, ("qaId", "$response.body#/data/id")],
        &[],
    ),
    steps(
        &["list_pairs"],
        &["update_pair"],
        &[PROJECT, CHATBOT, ("qaId", "$response.body#/data/pairs/0/id")],
        &[],
    ),
    steps(
        &["list_unanswered"],
        &["dismiss_unanswered"],
        &[PROJECT, CHATBOT, ("questionId", "$response.body#/data/questions/0/id")],
        &[],
    ),
    steps(
        &["crawl_website"],
        &["cancel_crawl"],
        &[("projectId", "$request.body#/project_id"), ("runId", "$response.body#/run_id")],
        &[],
    ),
    // Leads.
    steps(
        &["create_lead"],
        &["get_lead", "update_lead", "delete_lead"],
        &[PROJECT, CHATBOT, ("leadId", "$response.body#/data/id")],
        &[],
    ),
    steps(
        &["list_leads"],
        &["get_lead"],
        &[PROJECT, CHATBOT, ("leadId", "$response.body#/data/report/rows/0/id")],
        &[],
    ),
    // Conversations.
    steps(
        &["send_message", "send_whatsapp_message"],
        &["rate_answer"],
        &[],
        &[
            ("session_id", "$response.body#/data/session_id"),
            ("message_id", "$response.body#/data/message_id"),
        ],
    ),
    steps(
        &["send_message", "send_whatsapp_message"],
        &["resume_answer", "stop_answer"],
        &[("messageId", "$response.body#/data/message_id")],
        &[],
    ),
    steps(
        &["send_message", "send_whatsapp_message"],
        &["resume_session"],
        &[("sessionId", "$response.body#/data/session_id")],
        &[],
    ),
    steps(
        &["send_message", "send_whatsapp_message"],
        &["list_inbox_chats"],
        &[("chatbotId", "$request.body#/chatbot_id"), ("sessionId", "$response.body#/data/session_id")],
        &[],
    ),
    steps(
        &["list_inbox_sessions"],
        &["list_inbox_chats"],
        &[CHATBOT, ("sessionId", "$response.body#/data/sessions/0/session_id")],
        &[],
    ),
    // Bookings.
    steps(
        &["create_resource"],
        &["get_resource", "update_resource", "delete_resource"],
        &[PROJECT, ("resourceId", "$response.body#/data/resource_id")],
        &[],
    ),
    steps(
        &["create_resource"],
        &["create_service"],
        &[PROJECT],
        &[("resource_ids[]", "$response.body#/data/resource_id")],
    ),
    steps(
        &["list_resources"],
        &["get_resource"],
        &[PROJECT, ("resourceId", "$response.body#/data/resources/0/resource_id")],
        &[],
    ),
    steps(
        &["create_service"],
        &["get_service", "update_service", "delete_service", "list_slots"],
        &[PROJECT, ("serviceId", "$response.body#/data/service_id")],
        &[],
    ),
    steps(
        &["list_services"],
        &["get_service", "list_slots"],
        &[PROJECT, ("serviceId", "$response.body#/data/services/0/service_id")],
        &[],
    ),
    steps(
        &["list_slots"],
        &["create_hold", "create_booking"],
        &[PROJECT],
        &[
            ("service_id", "$request.query.serviceId"),
            ("start", "$response.body#/data/slots/0/start"),
            ("resource_id", "$response.body#/data/slots/0/resource_id"),
        ],
    ),
    steps(&["create_hold"], &["release_hold"], &[PROJECT, ("holdId", "$response.body#/data/hold_id")], &[]),
    steps(&["create_hold"], &["create_booking"], &[PROJECT], &[("hold_id", "$response.body#/data/hold_id")]),
    steps(
        &["create_booking"],
        &["get_booking", "update_booking", "cancel_booking", "booking_ics"],
        &[PROJECT, ("bookingId", "$response.body#/data/booking_id")],
        &[],
    ),
    steps(
        &["list_bookings"],
        &["get_booking"],
        &[PROJECT, ("bookingId", "$response.body#/data/bookings/0/booking_id")],
        &[],
    ),
    // A visitor's bookings.
    steps(
        &["visitor_services"],
        &["visitor_slots"],
        &[VISITED, ("serviceId", "$response.body#/data/services/0/service_id")],
        &[],
    ),
    steps(
        &["visitor_slots"],
        &["visitor_hold", "visitor_book"],
        &[VISITED],
        &[
            ("service_id", "$request.query.serviceId"),
            ("start", "$response.body#/data/slots/0/start"),
            ("resource_id", "$response.body#/data/slots/0/resource_id"),
        ],
    ),
    steps(
        &["visitor_hold"],
        &["visitor_release"],
        &[VISITED, ("holdId", "$response.body#/data/hold_id")],
        &[],
    ),
    steps(&["visitor_hold"], &["visitor_book"], &[VISITED], &[("hold_id", "$response.body#/data/hold_id")]),
    steps(
        &["visitor_book"],
        &["visitor_booking", "visitor_move", "visitor_cancel", "visitor_ics"],
        &[VISITED, ("bookingId", "$response.body#/data/booking_id")],
        &[],
    ),
    // Keys.
    steps(&["create_api_key"], &["revoke_api_key"], &[("id", "$response.body#/data/id")], &[]),
];

/// Where the token of the next page stands, but for the lists named here.
const NEXT_PAGE: &str = "/data/next_page_token";
const NEXT_PAGES: &[(&str, &str)] =
    &[("list_inbox_sessions", "/next_page_token"), ("list_leads", "/data/report/next_page_token")];

/// What a body needs although its schema lets it out, since it may say something else instead.
const OR_ELSE: &[(&str, &str)] = &[("send_message", "query")];

/// What an operation must be given: parameters, and fields of its body.
#[derive(Default)]
struct Needs {
    parameters: Vec<String>,
    body: Vec<String>,
}

/// The needs of every operation.
fn needs(document: &OpenApi) -> BTreeMap<String, Needs> {
    let Ok(document) = serde_json::to_value(document) else { return BTreeMap::new() };
    let items = document["paths"].as_object().into_iter().flat_map(|items| items.values());
    let operations = items.filter_map(Value::as_object).flat_map(|item| item.values());
    operations
        .filter_map(|one| Some((one["operationId"].as_str()?.to_owned(), needed(&document, one))))
        .collect()
}

fn needed(document: &Value, operation: &Value) -> Needs {
    let texts = |list: &Value| -> Vec<String> {
        list.as_array().into_iter().flatten().filter_map(|one| Some(one.as_str()?.to_owned())).collect()
    };
    let parameters = operation["parameters"].as_array().into_iter().flatten();
    let parameters = parameters.filter(|one| one["required"] == true).map(|one| &one["name"]);
    let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
    let named = schema["$ref"].as_str().and_then(|path| document.pointer(path.strip_prefix('#')?));
    let also = OR_ELSE.iter().filter(|(id, _)| operation["operationId"] == *id);
    let mut body = texts(&named.unwrap_or(schema)["required"]);
    body.extend(also.map(|(_, field)| (*field).to_owned()));
    Needs { parameters: texts(&parameters.cloned().collect()), body }
}

/// What is to be added to a link by whoever follows it.
fn besides(needs: &Needs, parameters: &[(&str, &str)], body: &Map<String, Value>) -> Option<String> {
    let quoted = |names: Vec<&String>| {
        let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
        (!names.is_empty()).then(|| names.join(", "))
    };
    let given = |name: &String| parameters.iter().any(|(given, _)| given == name);
    let asked = quoted(needs.parameters.iter().filter(|name| !given(name)).collect());
    let said = quoted(needs.body.iter().filter(|name| !body.contains_key(*name)).collect());
    let asked = asked.map(|names| format!("Add to the parameters: {names}."));
    let said = said.map(|names| format!("Add to the body: {names}."));
    let all: Vec<String> = asked.into_iter().chain(said).collect();
    (!all.is_empty()).then(|| all.join(" "))
}

/// Adds the links.
pub(super) fn add(document: &mut OpenApi) {
    let (needs, none) = (needs(document), Needs::default());
    for item in document.paths.paths.values_mut() {
        for (_, operation) in operations(item) {
            let Some(id) = operation.operation_id.clone() else { continue };
            let links: Vec<(String, Link)> = LINKS
                .iter()
                .filter(|steps| steps.from.contains(&id.as_str()))
                .flat_map(|steps| {
                    steps.to.iter().map(|to| {
                        let needs = needs.get(*to).unwrap_or(&none);
                        ((*to).to_owned(), link(to, needs, steps.parameters, steps.body))
                    })
                })
                .chain(next_page(&id, operation).map(|link| ("next_page".to_owned(), link)))
                .collect();
            for response in good(operation) {
                response
                    .links
                    .extend(links.iter().map(|(name, link)| (name.clone(), RefOr::T(link.clone()))));
            }
        }
    }
}

fn link(to: &str, needs: &Needs, parameters: &[(&str, &str)], body: &[(&str, &str)]) -> Link {
    let body: Map<String, Value> = body
        .iter()
        .map(|(name, from)| match name.strip_suffix("[]") {
            Some(list) => (list.to_owned(), Value::from(vec![*from])),
            None => ((*name).to_owned(), Value::from(*from)),
        })
        .collect();
    let mut link = LinkBuilder::new().operation_id(to);
    if let Some(besides) = besides(needs, parameters, &body) {
        link = link.description(besides);
    }
    let link = link.request_body((!body.is_empty()).then_some(body));
    parameters.iter().fold(link, |link, (name, from)| link.parameter(*name, *from)).build()
}

/// From a page of a list to the next one. Its token is bound to the filters; one that was not sent evaluates to nothing,
/// and is not passed on (OpenAPI 3.1, Link Object).
fn next_page(id: &str, operation: &Operation) -> Option<Link> {
    let parameters: BTreeMap<&str, &ParameterIn> = operation
        .parameters
        .iter()
        .flatten()
        .filter_map(|one| match one {
            RefOr::T(parameter) => Some((parameter.name.as_str(), &parameter.parameter_in)),
            RefOr::Ref(_) => None,
        })
        .collect();
    parameters.get("nextPageToken")?;
    let token = NEXT_PAGES.iter().find(|(list, _)| *list == id).map_or(NEXT_PAGE, |(_, token)| token);
    let same = parameters.iter().filter_map(|(name, place)| match place {
        ParameterIn::Path => Some((name, "path")),
        ParameterIn::Query => Some((name, "query")).filter(|_| *name != "nextPageToken"),
        ParameterIn::QueryString | ParameterIn::Header | ParameterIn::Cookie => None,
    });
    let link = LinkBuilder::new()
        .operation_id(id)
        .description("The page after this one, with the same filters.")
        .parameter("nextPageToken", format!("$response.body#{token}"));
    let link =
        same.fold(link, |link, (name, place)| link.parameter(*name, format!("$request.{place}.{name}")));
    Some(link.build())
}

/// The answers that say that it went well.
fn good(operation: &mut Operation) -> impl Iterator<Item = &mut Response> {
    operation.responses.responses.iter_mut().filter_map(|(status, response)| match response {
        RefOr::T(response) if status.starts_with('2') && status != "204" => Some(response),
        RefOr::T(_) | RefOr::Ref(_) => None,
    })
}

#[cfg(test)]
mod tests;
