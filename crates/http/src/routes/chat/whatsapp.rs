//! The WhatsApp call, for a relay that carries messages between WhatsApp and an agent.

use axum::extract::State;
use axum::response::Response;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::openapi::{RefOr, schema::SchemaType};
use utoipa::{PartialSchema, ToSchema};

use super::ask::answer_whole;
use super::shape::{AnswerOut, MessageIn, UserContextIn};
use crate::auth::{Auth, Relay};
use crate::client::Client;
use crate::envelope::Success;
use crate::extract::NewJson;
use crate::{ApiError, App};

/// A question on WhatsApp: a [`MessageIn`] that need not name its platform. For the document only.
#[derive(Debug)]
pub(crate) enum WhatsappMessageIn {}

impl PartialSchema for WhatsappMessageIn {
    fn schema() -> RefOr<Schema> {
        let mut context = UserContextIn::schema();
        if let RefOr::T(Schema::Object(context)) = &mut context {
            let platform = ObjectBuilder::new()
                .schema_type(SchemaType::from_iter([Type::String, Type::Null]))
                .max_length(Some(40))
                .description(Some("Need not be named: whatever it says, this is WhatsApp."))
                .examples(["whatsapp"]);
            context.properties.insert("platform".to_owned(), platform.into());
        }
        let mut message = MessageIn::schema();
        if let RefOr::T(Schema::Object(message)) = &mut message {
            message.description = Some("A question on WhatsApp.".to_owned());
            message.properties.insert("user_context".to_owned(), context);
        }
        message
    }
}

impl ToSchema for WhatsappMessageIn {
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        MessageIn::schemas(schemas);
    }
}

/// Ask on WhatsApp
///
/// For a relay between WhatsApp and an agent: it sends what a visitor wrote and passes the answer on. The answer's text is in
/// WhatsApp's formatting, at most 4,096 characters; the web addresses of its sources stand at its end. `session_id` is a text
/// of your own that stays the same for a visitor, such as the phone number in digits; without one each message begins a
/// session, which the answer names. The session is WhatsApp's whatever `platform` says, and is the one that the same
/// `session_id` has on the other chat calls with the platform `whatsapp`. With an `Idempotency-Key` (WhatsApp's message
/// id, for instance) a repeat gets the same answer.
#[utoipa::path(
    post, path = "/v1/ai-agent/whatsapp/chat", tag = "Chat",
    security(("apiKey" = ["chat"]), ("session" = [], "csrf" = [])),
    params(("Idempotency-Key" = Option<String>, Header, min_length = 1, max_length = 255, pattern = "^[ -~]+$",
        description = "Names the turn: a repeat joins the same answer. Remembered for 24 hours.")),
    request_body = WhatsappMessageIn,
    responses((status = 200, description = "The answer.", body = Success<AnswerOut>)),
)]
pub(super) async fn send_whatsapp_message(
    State(app): State<App>,
    Auth { op, .. }: Auth<Relay>,
    client: Client,
    message: NewJson<MessageIn>,
) -> Result<Response, ApiError> {
    answer_whole(&app, op, &client, message.map(MessageIn::on_whatsapp)).await
}
