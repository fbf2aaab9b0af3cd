//! The OpenAPI document: made of the routes, finished by one pass that adds what every operation has in common.

pub(crate) mod codes;
pub(crate) mod errors;
mod examples;
pub(crate) mod kinds;
mod links;
pub(crate) mod page;
mod unused;

use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::tag::TagBuilder;
use utoipa::openapi::{
    ComponentsBuilder, InfoBuilder, LicenseBuilder, OpenApi, OpenApiBuilder, Paths, ServerBuilder,
};

use crate::routes;

/// The document of the API.
#[must_use]
pub fn openapi() -> OpenApi {
    let mut document = routes::api(&[]).1;
    errors::add(&mut document);
    examples::add(&mut document);
    links::add(&mut document);
    unused::remove(&mut document);
    document
}

/// The groups of operations, in the order in which a newcomer meets them.
const TAGS: &[(&str, &str)] = &[
    ("Authentication", "People sign up and log in; the browser then holds a session cookie."),
    ("API keys", "What servers show to be let in."),
    ("Projects", "What agents and assets belong to."),
    ("Agents", "The agents that answer."),
    ("Agent settings", "How an agent answers."),
    ("Content", "What agents are taught: texts, files, questions with their answers."),
    ("Leads", "The persons that an agent won, and everything that was said of each."),
    ("Inbox", "What visitors and agents said: conversations listed, searched and read."),
    ("Chat", "Talking to an agent, from a server with an API key or from a browser with a client token."),
    (
        "Bookings",
        "Services and resources, free slots, holds and bookings; for servers, and for visitors below the chat's path.",
    ),
    ("Statistics", "What happened, by day, week or month."),
    ("Account", "Who runs the agents, and how much of what there may be."),
    ("Server", "The server itself."),
];

/// Everything but the operations.
pub(crate) fn frame() -> OpenApi {
    let info = InfoBuilder::new()
        .title("Robofy")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(include_str!("openapi/introduction.md")))
        .license(Some(LicenseBuilder::new().name("Apache-2.0").identifier(Some("Apache-2.0")).build()))
        .build();
    let tags = TAGS.iter().map(|(name, text)| TagBuilder::new().name(*name).description(Some(*text)).build());
    OpenApiBuilder::new()
        .info(info)
        .servers(Some([ServerBuilder::new().url("/").description(Some("This server.")).build()]))
        .paths(Paths::new())
        .components(Some(credentials().build()))
        .tags(Some(tags))
        .build()
}

fn credentials() -> ComponentsBuilder {
    let bearer = |text: &str| HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some(text));
    ComponentsBuilder::new()
        .security_scheme(
            "apiKey",
            SecurityScheme::Http(
                bearer("An API key, for servers: `Authorization: Bearer rbf_live_…`. The scopes that an operation needs stand beside it.")
                    .bearer_format("rbf_live_…")
                    .build(),
            ),
        )
        .security_scheme(
            "clientToken",
            SecurityScheme::Http(
                bearer("A client token, for browsers and apps: the JWT that the handshake gives, good for an hour.")
                    .bearer_format("JWT")
                    .build(),
            ),
        )
        .security_scheme(
            "session",
            SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::with_description(
                "robofy_session",
                "The cookie of a person who is logged in (on TLS its name is `__Host-robofy_session`).",
            ))),
        )
        .security_scheme(
            "csrf",
            SecurityScheme::ApiKey(ApiKey::Header(ApiKeyValue::with_description(
                "x-robofy-csrf",
                "Any value. Goes with the cookie on every change: a form of another site cannot send it.",
            ))),
        )
}

#[cfg(test)]
mod tests {
    use robofy_store::{booking, chat::inbox, requests};

    #[test]
    fn a_list_whose_pages_may_be_short_says_how_far_a_page_looks() {
        let document = serde_json::to_value(super::openapi()).unwrap();
        let about = |path: &str| document["paths"][path]["get"]["description"].as_str().unwrap().to_owned();
        let written = |number: i64| format!("{},{:03}", number / 1_000, number % 1_000);
        for (path, most) in [
            ("/v1/booking/bookings/{projectId}", booking::LOOKED_AT),
            ("/v1/ai-agent/inbox/sessions/{chatbotId}", inbox::LOOKED_AT),
            ("/v1/requests", requests::LOOKED_AT),
        ] {
            let about = about(path);
            assert!(
                about.contains(&written(most)) && about.contains("`next_page_token` leads on"),
                "{about}"
            );
        }
        let how_to = include_str!("../../../docs/how-to/bookings.md");
        assert!(how_to.contains(&format!("looks at {} bookings", written(booking::LOOKED_AT))));
    }
}
