//! The errors that an operation can answer with, added to each by what it takes.

use serde_json::json;
use utoipa::openapi::path::{Operation, Parameter, ParameterBuilder, ParameterIn, PathItem};
use utoipa::openapi::schema::{ArrayBuilder, ObjectBuilder, Type};
use utoipa::openapi::{
    Components, ContentBuilder, Header, HeaderBuilder, OpenApi, Ref, RefOr, Required, ResponseBuilder, Schema,
};

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
    ("503", "ServiceUnavailable", "The server cannot serve now; try again soon."),
];

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

/// One of the answers of a status.
fn example(status: &str) -> serde_json::Value {
    let (message, code, detail) = match status {
        "400" => {
            let field = json!({ "field": "query", "code": "required", "detail": "must not be empty" });
            let error =
                json!({ "code": "BAD_REQUEST", "detail": "query: must not be empty", "errors": [field] });
            return json!({ "message": "Bad Request", "error": error });
        }
        "401" => ("Token Expired", "TOKEN_EXPIRED", "This client token's hour is over. Do a new handshake."),
        "403" => ("Forbidden", "FORBIDDEN", "This API key does not have the scope that this needs."),
        "404" => ("Not Found", "CHATBOT_NOT_FOUND", "There is no such agent in this account."),
        "409" => ("Conflict", "CONFLICT", "This contradicts what is stored."),
        "410" => ("Gone", "HOLD_EXPIRED", "This hold is over."),
        "413" => ("Payload Too Large", "PAYLOAD_TOO_LARGE", "The body is larger than 1 MiB."),
        "415" => ("Unsupported Media Type", "UNSUPPORTED_MEDIA_TYPE", "Send JSON as application/json."),
        "429" => ("Too Many Requests", "RATE_LIMITED", "Come again after the seconds in `Retry-After`."),
        "503" => ("Service Unavailable", "SERVICE_UNAVAILABLE", "The server cannot serve now."),
        _ => ("Internal Server Error", "INTERNAL_SERVER_ERROR", "Something went wrong on our side."),
    };
    json!({ "message": message, "error": { "code": code, "detail": detail } })
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
