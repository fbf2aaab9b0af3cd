//! The errors that an operation can answer with, added to each by what it takes.

use robofy_kernel::{ErrorCode, Scope};
use robofy_store::StoreError;
use robofy_store::booking::Refused;
use robofy_store::chat::Failure;
use serde_json::Value;
use utoipa::openapi::path::{Operation, Parameter, ParameterBuilder, ParameterIn, PathItem};
use utoipa::openapi::schema::{ArrayBuilder, ObjectBuilder, Type};
use utoipa::openapi::{
    Components, ContentBuilder, Header, HeaderBuilder, OpenApi, Ref, RefOr, Required, ResponseBuilder, Schema,
};

use super::examples;
use crate::ApiError;
use crate::auth::{lacks, token};
use crate::extract::{MIB, empty, other_type, too_large};
use crate::limits::too_many;

/// Status, component and description of every error.
const ERRORS: &[(&str, &str, &str)] = &[
    ("400", "BadRequest", "The request is not what this operation takes; `error.errors[]` names the fields."),
    (
        "401",
        "Unauthorized",
        "No credential, or none that this server gave (`TOKEN_EXPIRED`: a client token past its hour).",
    ),
    ("403", "Forbidden", "A good credential for something else: another scope, environment, agent or page."),
    ("404", "NotFound", "There is none in the caller's account."),
    (
        "409",
        "Conflict",
        "This contradicts what is stored, or the `Idempotency-Key` was used for another request. A time that cannot be had (`SLOT_TAKEN`, `SLOT_UNAVAILABLE`) comes with free slots in `error.alternatives[]`.",
    ),
    ("410", "Gone", "The hold is over; `error.alternatives[]` has free slots."),
    ("413", "PayloadTooLarge", "The body is larger than this operation takes."),
    ("415", "UnsupportedMediaType", "The body is of a kind that this operation does not take."),
    ("429", "RateLimited", "Too many requests; `Retry-After` says when to come again."),
    ("500", "InternalServerError", "Our fault; the `x-request-id` helps the operator to find out."),
    ("502", "BadGateway", "The agent's language model failed in the middle of the answer; ask again."),
    ("503", "ServiceUnavailable", "The server cannot serve now; try again soon."),
    (
        "504",
        "GatewayTimeout",
        "The agent's language model fell silent in the middle of the answer; ask again.",
    ),
];

/// The operations that wait for the whole of an answer. A stream tells in an event that the model failed.
const WAITING: &[&str] = &["send_message", "send_whatsapp_message"];

/// Adds error responses, and `Idempotency-Key` where something is created.
pub(super) fn add(document: &mut OpenApi) {
    let components = document.components.get_or_insert_with(Components::new);
    components.schemas.insert("Error".into(), RefOr::T(error_schema()));
    for (status, name, description) in ERRORS {
        let mut response = ResponseBuilder::new()
            .description(*description)
            .header("x-request-id", header("Ties this answer to the server's log."))
            .content(
                "application/json",
                ContentBuilder::new()
                    .schema(Some(Ref::from_schema_name("Error")))
                    .example(Some(example(status)))
                    .build(),
            );
        if *status == "401" {
            response = response.header("WWW-Authenticate", header("`Bearer …` (RFC 6750)."));
        }
        if *status == "429" {
            response = response.header("Retry-After", header("Seconds to wait."));
        }
        components.responses.insert((*name).into(), RefOr::T(response.build()));
    }
    for (path, item) in &mut document.paths.paths {
        for (method, operation) in operations(item) {
            finish(path, method, operation);
        }
    }
}

/// One of the answers of a status, made as the server makes it.
fn example(status: &str) -> Value {
    let error = match status {
        "400" => ApiError::invalid(vec![empty("query")]),
        "401" => token::expired(),
        "403" => lacks(Scope::Chat),
        "404" => ApiError::not_found(ErrorCode::ChatbotNotFound),
        "409" => StoreError::OtherRequest.into(),
        "410" => ApiError::from(Refused::HoldExpired).with_alternatives(examples::slots()),
        "413" => too_large(MIB),
        "415" => other_type(),
        "429" => too_many(12),
        "502" => Failure::Upstream.into(),
        "503" => StoreError::Unavailable(String::new()).into(),
        "504" => Failure::Timeout.into(),
        _ => ApiError::internal(""),
    };
    error.body()
}

/// The operations of a path with their methods.
pub(crate) fn operations(item: &mut PathItem) -> impl Iterator<Item = (&'static str, &mut Operation)> {
    [
        ("get", &mut item.get),
        ("post", &mut item.post),
        ("put", &mut item.put),
        ("delete", &mut item.delete),
        ("patch", &mut item.patch),
    ]
    .into_iter()
    .filter_map(|(method, operation)| operation.as_mut().map(|operation| (method, operation)))
}

fn finish(path: &str, method: &str, operation: &mut Operation) {
    let creates = method == "post" && operation.responses.responses.contains_key("201");
    if creates {
        operation.parameters.get_or_insert_default().push(RefOr::T(idempotency_key()));
    }
    let takes_key = operation
        .parameters
        .iter()
        .flatten()
        .any(|one| matches!(one, RefOr::T(parameter) if parameter.name == "Idempotency-Key"));
    let guarded = operation.security.as_ref().is_some_and(|all| {
        // An empty requirement stands for "no credential".
        all.iter().any(|one| {
            serde_json::to_value(one).is_ok_and(|one| one.as_object().is_some_and(|one| !one.is_empty()))
        })
    });
    let talks = operation
        .tags
        .as_ref()
        .is_some_and(|tags| tags.iter().any(|tag| tag == "Chat" || tag == "Authentication"));
    let visits = path.starts_with("/v1/ai-agent/chat/booking/");
    let has_body = operation.request_body.is_some();
    let names_project = operation
        .parameters
        .iter()
        .flatten()
        .any(|one| matches!(one, RefOr::T(parameter) if parameter.name == "projectId"));
    let names_something =
        path.contains('{') || names_project || (has_body && path.starts_with("/v1/ai-agent/"));
    for (status, name, _) in ERRORS {
        let can = match *status {
            "401" | "403" => guarded || path.starts_with("/v1/auth/") || path.ends_with("/handshake"),
            "404" => names_something || visits,
            "409" => takes_key || method == "put" || (path.contains("/booking/") && method == "delete"),
            "410" => creates && path.contains("/booking/bookings"),
            "413" | "415" => has_body,
            "502" | "504" => WAITING.contains(&operation.operation_id.as_deref().unwrap_or("")),
            "429" => talks || visits || path.contains("/primary/"),
            _ => true,
        };
        if can && !operation.responses.responses.contains_key(*status) {
            operation
                .responses
                .responses
                .insert((*status).into(), RefOr::Ref(Ref::from_response_name(*name)));
        }
    }
}

fn idempotency_key() -> Parameter {
    ParameterBuilder::new()
        .name("Idempotency-Key")
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some(
            "The same key and body give the same answer again, and one effect; remembered for 24 hours.",
        ))
        .schema(Some(
            ObjectBuilder::new()
                .schema_type(Type::String)
                .min_length(Some(1))
                .max_length(Some(255))
                .pattern(Some("^[ -~]+$")),
        ))
        .build()
}

fn header(description: &str) -> Header {
    HeaderBuilder::new()
        .schema(Some(ObjectBuilder::new().schema_type(Type::String)))
        .description(Some(description))
        .build()
}

fn text(description: &str) -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String).description(Some(description))
}

fn error_schema() -> Schema {
    let field = ObjectBuilder::new()
        .property("field", text("The field's name, dots between levels."))
        .property("code", text("A machine's word for what is wrong."))
        .property("detail", text("How to mend it."))
        .required("field")
        .required("code")
        .required("detail");
    let error = ObjectBuilder::new()
        .property("code", text("A code of the catalogue; it never changes its meaning."))
        .property("detail", text("A sentence that says what to do."))
        .property(
            "errors",
            ArrayBuilder::new().items(field).description(Some("What is wrong with each field.")),
        )
        .property(
            "alternatives",
            ArrayBuilder::new()
                .items(ObjectBuilder::new())
                .description(Some("What could be asked for instead.")),
        )
        .required("code")
        .required("detail");
    Schema::Object(
        ObjectBuilder::new()
            .description(Some("An error."))
            .property("message", text("The status's reason phrase."))
            .property("error", error)
            .required("message")
            .required("error")
            .build(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_error_is_shown_with_a_code_of_its_status() {
        for (status, name, _) in ERRORS {
            let shown = example(status);
            let code = ErrorCode::ALL.iter().find(|code| shown["error"]["code"] == code.as_str()).unwrap();
            assert_eq!(code.status().to_string(), *status, "{name}");
            assert_eq!(shown["message"], code.reason(), "{name}");
        }
    }

    #[test]
    fn who_waits_for_a_whole_answer_learns_that_the_model_failed() {
        let document = serde_json::to_value(crate::openapi::openapi()).unwrap();
        let mut told = Vec::new();
        for item in document["paths"].as_object().unwrap().values() {
            for operation in item.as_object().unwrap().values() {
                let statuses = operation["responses"].as_object().unwrap();
                assert_eq!(statuses.contains_key("502"), statuses.contains_key("504"));
                if statuses.contains_key("502") {
                    told.push(operation["operationId"].as_str().unwrap());
                }
            }
        }
        assert_eq!(told, WAITING);
    }
}
