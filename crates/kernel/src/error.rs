//! The error catalogue: every code that a client can see, its HTTP status and its reason phrase.

use serde::Serialize;

macro_rules! catalogue {
    ($($(#[$meta:meta])* $variant:ident, $code:literal, $status:literal, $reason:literal;)+) => {
        /// A code of the catalogue. Clients switch on it; it never changes its meaning.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum ErrorCode { $($(#[$meta])* $variant),+ }

        impl ErrorCode {
            /// Every code.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The code as it stands in `error.code`.
            #[must_use]
            pub const fn as_str(self) -> &'static str { match self { $(Self::$variant => $code),+ } }

            /// The HTTP status.
            #[must_use]
            pub const fn status(self) -> u16 { match self { $(Self::$variant => $status),+ } }

            /// The reason phrase that stands in `message`.
            #[must_use]
            pub const fn reason(self) -> &'static str { match self { $(Self::$variant => $reason),+ } }
        }
    };
}

catalogue! {
    /// The request is not what the operation takes.
    BadRequest, "BAD_REQUEST", 400, "Bad Request";
    /// No credential, or none that this server gave.
    Unauthorized, "UNAUTHORIZED", 401, "Unauthorized";
    /// A client token past its hour.
    TokenExpired, "TOKEN_EXPIRED", 401, "Token Expired";
    /// A good credential for something else.
    Forbidden, "FORBIDDEN", 403, "Forbidden";
    /// A plan's or licence's limit.
    LimitReached, "LIMIT_REACHED", 403, "Forbidden";
    /// No such path.
    NotFound, "NOT_FOUND", 404, "Not Found";
    /// No such project in the caller's account.
    ProjectNotFound, "PROJECT_NOT_FOUND", 404, "Not Found";
    /// No such agent in the caller's account.
    ChatbotNotFound, "CHATBOT_NOT_FOUND", 404, "Not Found";
    /// No such session that the caller may name.
    SessionNotFound, "SESSION_NOT_FOUND", 404, "Not Found";
    /// No such answer that the caller may name.
    MessageNotFound, "MESSAGE_NOT_FOUND", 404, "Not Found";
    /// No such asset in the caller's account.
    AssetNotFound, "ASSET_NOT_FOUND", 404, "Not Found";
    /// No such link between asset and agent.
    LinkageNotFound, "LINKAGE_NOT_FOUND", 404, "Not Found";
    /// There is no such crawl.
    CrawlNotFound, "CRAWL_NOT_FOUND", 404, "Not Found";
    /// No such question-and-answer pair.
    QaNotFound, "QA_NOT_FOUND", 404, "Not Found";
    /// No such question among those that were not found.
    QuestionNotFound, "QUESTION_NOT_FOUND", 404, "Not Found";
    /// No such tab of the agent's widget.
    TabNotFound, "TAB_NOT_FOUND", 404, "Not Found";
    /// No such version of the agent's prompt.
    PromptVersionNotFound, "PROMPT_VERSION_NOT_FOUND", 404, "Not Found";
    /// No such service in this project.
    ServiceNotFound, "SERVICE_NOT_FOUND", 404, "Not Found";
    /// No such resource in this project.
    ResourceNotFound, "RESOURCE_NOT_FOUND", 404, "Not Found";
    /// No such hold that the caller may name.
    HoldNotFound, "HOLD_NOT_FOUND", 404, "Not Found";
    /// No such booking that the caller may name.
    BookingNotFound, "BOOKING_NOT_FOUND", 404, "Not Found";
    /// No such lead of the agent.
    LeadNotFound, "LEAD_NOT_FOUND", 404, "Not Found";
    /// No such API key in the caller's account.
    ApiKeyNotFound, "API_KEY_NOT_FOUND", 404, "Not Found";
    /// The path exists, the method does not.
    MethodNotAllowed, "METHOD_NOT_ALLOWED", 405, "Method Not Allowed";
    /// What is asked for contradicts what is stored.
    Conflict, "CONFLICT", 409, "Conflict";
    /// Somebody has the time; `alternatives` are free.
    SlotTaken, "SLOT_TAKEN", 409, "Conflict";
    /// The time cannot be booked: outside of the hours, too soon or too far ahead; `alternatives` are free.
    SlotUnavailable, "SLOT_UNAVAILABLE", 409, "Conflict";
    /// The hold's time is over, or it was used; `alternatives` are free.
    HoldExpired, "HOLD_EXPIRED", 410, "Gone";
    /// Larger than the operation takes.
    PayloadTooLarge, "PAYLOAD_TOO_LARGE", 413, "Payload Too Large";
    /// A body or file of a kind that the operation does not take.
    UnsupportedMediaType, "UNSUPPORTED_MEDIA_TYPE", 415, "Unsupported Media Type";
    /// Too many requests; `Retry-After` says when to come again.
    RateLimited, "RATE_LIMITED", 429, "Too Many Requests";
    /// Our fault. Nothing of its cause is shown.
    InternalServerError, "INTERNAL_SERVER_ERROR", 500, "Internal Server Error";
    /// The language model failed in mid-answer.
    UpstreamError, "UPSTREAM_ERROR", 502, "Bad Gateway";
    /// The language model fell silent in mid-answer.
    UpstreamTimeout, "UPSTREAM_TIMEOUT", 504, "Gateway Timeout";
    /// The server is up but cannot serve now (database away, shutting down).
    ServiceUnavailable, "SERVICE_UNAVAILABLE", 503, "Service Unavailable";
}

/// What is wrong with one field of a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FieldError {
    /// The field's name as the client wrote it, dots between levels.
    pub field: String,
    /// A machine's word for what is wrong: `required`, `too_long`, `invalid`, `unknown` …
    pub code: &'static str,
    /// A person's sentence that says how to mend it.
    pub detail: String,
}

impl FieldError {
    /// A field error.
    pub fn new(field: impl Into<String>, code: &'static str, detail: impl Into<String>) -> Self {
        Self { field: field.into(), code, detail: detail.into() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_and_in_form() {
        let mut seen = std::collections::HashSet::new();
        for code in ErrorCode::ALL {
            assert!(seen.insert(code.as_str()), "{} twice", code.as_str());
            assert!(code.as_str().bytes().all(|b| b.is_ascii_uppercase() || b == b'_'));
            assert!((400..600).contains(&code.status()));
        }
    }
}
