//! The one error that handlers return: what the client may read, and apart from it what the log needs.

use std::borrow::Cow;
use std::fmt;

use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use robofy_kernel::{ErrorCode, FieldError};
use robofy_store::StoreError;
use robofy_store::booking::Refused;
use serde_json::{Value, json};

/// A refusal, as the client sees it.
#[derive(Debug)]
pub struct ApiError(Box<Inner>);

#[derive(Debug)]
struct Inner {
    code: ErrorCode,
    detail: Cow<'static, str>,
    fields: Vec<FieldError>,
    alternatives: Option<Vec<Value>>,
    headers: Vec<(HeaderName, HeaderValue)>,
    cause: Option<String>,
}

impl ApiError {
    /// An error of the catalogue with a sentence that says what to do.
    pub fn new(code: ErrorCode, detail: impl Into<Cow<'static, str>>) -> Self {
        Self(Box::new(Inner {
            code,
            detail: detail.into(),
            fields: Vec::new(),
            alternatives: None,
            headers: Vec::new(),
            cause: None,
        }))
    }

    /// 400 with what is wrong with each field.
    #[must_use]
    pub fn invalid(fields: Vec<FieldError>) -> Self {
        let detail = match fields.as_slice() {
            // A sentence of its own says what it is about.
            [one] if one.detail.starts_with(char::is_uppercase) => one.detail.clone(),
            [one] => format!("{}: {}", one.field, one.detail),
            [] => "The request is not what this operation takes.".to_owned(),
            [first, rest @ ..] => format!("{}: {} (and {} more)", first.field, first.detail, rest.len()),
        };
        let mut error = Self::new(ErrorCode::BadRequest, detail);
        error.0.fields = fields;
        error
    }

    /// 400 about one field.
    pub fn field(field: impl Into<String>, code: &'static str, detail: impl Into<String>) -> Self {
        Self::invalid(vec![FieldError::new(field, code, detail)])
    }

    /// The same with one more mistake of a field.
    #[must_use]
    pub fn and_field(self, field: FieldError) -> Self {
        let mut fields = self.0.fields;
        fields.push(field);
        Self::invalid(fields)
    }

    /// 401 for a request without a credential, or with one that this server did not give.
    pub fn unauthorized(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ErrorCode::Unauthorized, detail)
    }

    /// 403.
    pub fn forbidden(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ErrorCode::Forbidden, detail)
    }

    /// 403 for what belongs to the other environment.
    #[must_use]
    pub fn other_environment() -> Self {
        Self::forbidden(
            "This belongs to the other environment: verify that you are using the correct API key for the environment.",
        )
    }

    /// The 404 of a code, with its usual sentence.
    #[must_use]
    pub fn not_found(code: ErrorCode) -> Self {
        let what = match code {
            ErrorCode::ProjectNotFound => "There is no such project in your account.",
            ErrorCode::ChatbotNotFound => "There is no such agent in this project.",
            ErrorCode::SessionNotFound => "There is no such session.",
            ErrorCode::MessageNotFound => "There is no such message.",
            ErrorCode::AssetNotFound => "There is no such asset in this project.",
            ErrorCode::CrawlNotFound => "There is no such crawl.",
            ErrorCode::LinkageNotFound => "This asset is not linked to this agent.",
            ErrorCode::LeadNotFound => "This agent has no such lead.",
            ErrorCode::QaNotFound => "There is no such question-and-answer pair.",
            ErrorCode::QuestionNotFound => "There is no such question among those that were not found.",
            ErrorCode::TabNotFound => "This agent's widget has no such tab.",
            ErrorCode::PromptVersionNotFound => "This agent's prompt has no such version.",
            ErrorCode::ServiceNotFound => "There is no such service in this project.",
            ErrorCode::ResourceNotFound => "There is no such resource in this project.",
            ErrorCode::HoldNotFound => "There is no such hold.",
            ErrorCode::BookingNotFound => "There is no such booking.",
            ErrorCode::ApiKeyNotFound => "There is no such API key in your account.",
            ErrorCode::BadRequest
            | ErrorCode::Unauthorized
            | ErrorCode::TokenExpired
            | ErrorCode::Forbidden
            | ErrorCode::LimitReached
            | ErrorCode::NotFound
            | ErrorCode::MethodNotAllowed
            | ErrorCode::Conflict
            | ErrorCode::SlotTaken
            | ErrorCode::SlotUnavailable
            | ErrorCode::HoldExpired
            | ErrorCode::PayloadTooLarge
            | ErrorCode::UnsupportedMediaType
            | ErrorCode::RateLimited
            | ErrorCode::InternalServerError
            | ErrorCode::UpstreamError
            | ErrorCode::UpstreamTimeout
            | ErrorCode::ServiceUnavailable => "There is nothing here.",
        };
        Self::new(code, what)
    }

    /// 500: our fault. `cause` goes to the log, never to the client.
    pub fn internal(cause: impl fmt::Display) -> Self {
        Self::new(ErrorCode::InternalServerError, "Something went wrong on our side. Try again; if it lasts, give the operator the x-request-id of this answer.")
            .caused_by(cause)
    }

    /// The same with a cause for the log.
    #[must_use]
    pub fn caused_by(mut self, cause: impl fmt::Display) -> Self {
        self.0.cause = Some(cause.to_string());
        self
    }

    /// The same with a header.
    #[must_use]
    pub fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.0.headers.push((name, value));
        self
    }

    /// The same with `error.alternatives[]`.
    #[must_use]
    pub fn with_alternatives(mut self, alternatives: Vec<Value>) -> Self {
        self.0.alternatives = Some(alternatives);
        self
    }

    /// The code.
    #[must_use]
    pub fn code(&self) -> ErrorCode {
        self.0.code
    }

    /// The body, for answers that are not a response of their own.
    #[must_use]
    pub fn body(&self) -> Value {
        let inner = &self.0;
        let mut error = json!({ "code": inner.code.as_str(), "detail": inner.detail });
        if !inner.fields.is_empty() {
            error["errors"] = json!(inner.fields);
        }
        if let Some(alternatives) = &inner.alternatives {
            error["alternatives"] = Value::Array(alternatives.clone());
        }
        json!({ "message": inner.code.reason(), "error": error })
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.0.code.as_str(), self.0.detail)
    }
}

impl std::error::Error for ApiError {}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let code = self.0.code;
        match &self.0.cause {
            Some(cause) if code.status() >= 500 => {
                tracing::error!(code = code.as_str(), cause, "request failed")
            }
            Some(cause) => tracing::debug!(code = code.as_str(), cause, "request refused"),
            None => {}
        }
        let status = StatusCode::from_u16(code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, axum::Json(self.body())).into_response();
        // For the request log.
        response.extensions_mut().insert(code);
        let headers = response.headers_mut();
        for (name, value) in self.0.headers {
            headers.insert(name, value);
        }
        if status == StatusCode::UNAUTHORIZED && !headers.contains_key(header::WWW_AUTHENTICATE) {
            // RFC 6750, section 3: without a credential there is no error code.
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"robofy\""));
        }
        response
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        match &error {
            StoreError::OtherRequest => Self::new(
                ErrorCode::Conflict,
                "This Idempotency-Key was used for another request. Use a new key for a new request.",
            ),
            StoreError::Conflict(_) => {
                Self::new(ErrorCode::Conflict, "This contradicts what is already stored.").caused_by(error)
            }
            StoreError::NotFound(_) => {
                Self::new(ErrorCode::NotFound, "What this belongs to is not there any more.").caused_by(error)
            }
            StoreError::Booking(refused) => (*refused).into(),
            StoreError::Unavailable(_) => Self::new(
                ErrorCode::ServiceUnavailable,
                "The server cannot reach its database. Try again soon.",
            )
            .with_header(header::RETRY_AFTER, HeaderValue::from_static("1"))
            .caused_by(error),
            StoreError::SchemaNewer(_)
            | StoreError::MasterKey(_)
            | StoreError::Damaged { .. }
            | StoreError::Io { .. }
            | StoreError::Database(_)
            | StoreError::LeaseLost
            | StoreError::Migrate(_)
            | StoreError::Panicked => Self::internal(error),
        }
    }
}

impl From<Refused> for ApiError {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::SlotTaken => Self::new(
                ErrorCode::SlotTaken,
                "Somebody else has this time by now. Choose another; `alternatives` were free just now.",
            ),
            Refused::HoldExpired => Self::new(
                ErrorCode::HoldExpired,
                "This hold is over. Hold or book a free time; `alternatives` were free just now.",
            ),
            Refused::TooMany { most } => Self::new(
                ErrorCode::Conflict,
                format!("{most} bookings of this service are to come already. Cancel or move one of them."),
            ),
            Refused::Status(_) | Refused::Ended(_) => Self::new(ErrorCode::Conflict, sentence(&refused)),
            Refused::TooLate { until } => Self::new(
                ErrorCode::Conflict,
                format!("This booking could be changed until {}. Ask the operator.", until.rfc3339()),
            ),
        }
    }
}

/// What an error says, as a sentence.
fn sentence(error: &impl fmt::Display) -> String {
    let text = error.to_string();
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| format!("{}{}.", first.to_uppercase(), letters.as_str()))
}
