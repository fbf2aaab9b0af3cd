//! The dialect of `POST {base}/chat/completions`, as OpenAI, Ollama, llama.cpp, vLLM and Gemini's compatible endpoint
//! speak it.
//!
//! The endpoint's answer is a stream of server-sent events, each a JSON chunk with `choices[0].delta`, then a chunk with
//! the usage, then `[DONE]`. Much of that is optional in practice: `[DONE]`, the usage, the first delta's text. An
//! endpoint that cannot stream may answer with one JSON document. What must be there is the reason why the reply ended.

mod chunk;
mod reader;
mod refusal;
mod thoughts;

use bytes::Bytes;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use http::{HeaderMap, StatusCode};
use secrecy::ExposeSecret as _;
use serde::Serialize;
use url::Url;

use crate::chat::{ChatRequest, Message, Role};
use crate::fit::Fit;
use crate::provider::{Call, Detail, Provider, ReplyReader};
use crate::{Endpoint, ModelError};

use reader::{Stream, Whole};
use refusal::Sent;

/// The path below the base address.
const PATH: &str = "/chat/completions";
/// The longest sentence that is kept of a refusal, in characters.
const DETAIL_CHARS: usize = 300;

/// `chat/completions`.
#[derive(Debug)]
pub(crate) struct OpenAiChat;

impl Provider for OpenAiChat {
    fn call(&self, endpoint: &Endpoint, request: &ChatRequest, fit: Fit) -> Result<Call, ModelError> {
        let mut headers = HeaderMap::with_capacity(3);
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.insert(ACCEPT, HeaderValue::from_static("text/event-stream, application/json;q=0.5"));
        if let Some(key) = endpoint.key() {
            let mut value =
                HeaderValue::try_from(format!("Bearer {}", key.expose_secret().trim())).map_err(|_| {
                    ModelError::Unusable(
                        "the API key holds characters that no header can carry; store it anew",
                    )
                })?;
            value.set_sensitive(true);
            headers.insert(AUTHORIZATION, value);
        }
        let body = serde_json::to_vec(&Body::new(endpoint, request, fit))
            .map_err(|_| ModelError::Unusable("the question cannot be written as JSON"))?;
        Ok(Call { url: address(endpoint.base_url())?, headers, body: Bytes::from(body) })
    }

    fn reader(&self, headers: &HeaderMap) -> Result<Box<dyn ReplyReader>, ModelError> {
        let given = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let kind = given.split(';').next().unwrap_or_default().trim();
        if kind.eq_ignore_ascii_case("text/event-stream") {
            return Ok(Box::new(Stream::new()));
        }
        if kind.eq_ignore_ascii_case("application/json") {
            return Ok(Box::new(Whole::default()));
        }
        Err(ModelError::Malformed(format!(
            "it is {}, not text/event-stream; the base URL usually ends in /v1",
            content_type(kind)
        )))
    }

    fn detail(&self, body: &[u8]) -> Detail {
        refusal::detail(body)
    }

    fn fitted(
        &self,
        endpoint: &Endpoint,
        request: &ChatRequest,
        fit: Fit,
        status: StatusCode,
        body: &[u8],
    ) -> Option<Fit> {
        // 422 is what FastAPI (vLLM, Mistral) says to a body that it does not like.
        if !matches!(status, StatusCode::BAD_REQUEST | StatusCode::UNPROCESSABLE_ENTITY) {
            return None;
        }
        let limit = limit(endpoint, fit);
        refusal::fitted(body, Sent { fit, has_temperature: request.temperature.is_some(), limit })
    }
}

/// Where questions go. People write the base address with or without a slash at its end, with the whole path, or
/// without any path: then `/v1` is meant, as every server of this dialect has it.
fn address(base: &Url) -> Result<Url, ModelError> {
    if base.cannot_be_a_base() {
        return Err(ModelError::Unusable("the base URL must begin with http:// or https://"));
    }
    let path = base.path().trim_end_matches('/');
    let path = path.strip_suffix(PATH).unwrap_or(path).trim_end_matches('/');
    let mut url = base.clone();
    url.set_path(&format!("{}{PATH}", if path.is_empty() { "/v1" } else { path }));
    url.set_fragment(None);
    Ok(url)
}

/// Whether a host is OpenAI's own (or runs its models), where `max_tokens` is deprecated and refused by newer models:
/// "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead"
/// (API reference, *Create chat completion*, `max_tokens`: "not compatible with o-series models"). Elsewhere
/// `max_tokens` is the name that all know; older servers of others ignore the new one, and then there is no limit.
fn has_new_limit(base: &Url) -> bool {
    base.host_str().is_some_and(|host| host == "api.openai.com" || host.ends_with(".openai.azure.com"))
}

const OLD_LIMIT: &str = "max_tokens";
const NEW_LIMIT: &str = "max_completion_tokens";

/// The name of the limit of tokens, and its other name.
fn limit(endpoint: &Endpoint, fit: Fit) -> [&'static str; 2] {
    if has_new_limit(endpoint.base_url()) == fit.other_limit {
        [OLD_LIMIT, NEW_LIMIT]
    } else {
        [NEW_LIMIT, OLD_LIMIT]
    }
}

/// A content type for the log: the well-known ones by name, since the header may hold anything.
fn content_type(kind: &str) -> &'static str {
    const KNOWN: [&str; 6] = [
        "text/html",
        "text/plain",
        "text/xml",
        "application/xml",
        "application/x-ndjson",
        "application/octet-stream",
    ];
    if kind.is_empty() {
        return "of no content type";
    }
    KNOWN.into_iter().find(|known| known.eq_ignore_ascii_case(kind)).unwrap_or("of another content type")
}

#[derive(Serialize)]
struct Body<'a> {
    model: &'a str,
    messages: Vec<MessageOut<'a>>,
    stream: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    stream_options: Option<StreamOptions>,
    #[serde(skip_serializing_if = "Option::is_none")]
    temperature: Option<f32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_tokens: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_completion_tokens: Option<u32>,
}

#[derive(Serialize)]
struct StreamOptions {
    include_usage: bool,
}

#[derive(Serialize)]
struct MessageOut<'a> {
    role: &'static str,
    content: &'a str,
}

impl<'a> Body<'a> {
    fn new(endpoint: &'a Endpoint, request: &'a ChatRequest, fit: Fit) -> Self {
        let new_limit = limit(endpoint, fit)[0] == NEW_LIMIT;
        let most = request.max_output_tokens;
        let temperature = request.temperature.filter(|_| !fit.without_temperature);
        Self {
            model: endpoint.model(),
            messages: request.messages.iter().map(MessageOut::new).collect(),
            stream: true,
            stream_options: (!fit.without_usage).then_some(StreamOptions { include_usage: true }),
            temperature: temperature.filter(|temperature| temperature.is_finite()),
            max_tokens: (!new_limit).then_some(most),
            max_completion_tokens: new_limit.then_some(most),
        }
    }
}

impl<'a> MessageOut<'a> {
    fn new(message: &'a Message) -> Self {
        let role = match message.role {
            Role::System => "system",
            Role::User => "user",
            Role::Assistant => "assistant",
        };
        Self { role, content: &message.content }
    }
}

/// The beginning of a text, in one line.
fn shorten(text: &str, chars: usize) -> String {
    let line = text.chars().map(|letter| if letter.is_control() { ' ' } else { letter });
    line.take(chars).collect::<String>().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::TenantKey;

    fn address_of(base: &str) -> String {
        address(&base.parse().unwrap()).unwrap().to_string()
    }

    #[test]
    fn base_addresses_as_people_write_them() {
        for (base, whole) in [
            ("https://api.openai.com/v1", "https://api.openai.com/v1/chat/completions"),
            ("https://api.openai.com/v1/", "https://api.openai.com/v1/chat/completions"),
            ("https://api.openai.com", "https://api.openai.com/v1/chat/completions"),
            ("https://api.openai.com/v1/chat/completions", "https://api.openai.com/v1/chat/completions"),
            ("http://host:11434/v1", "http://host:11434/v1/chat/completions"),
            ("http://host:11434/", "http://host:11434/v1/chat/completions"),
            (
                "https://generativelanguage.googleapis.com/v1beta/openai/",
                "https://generativelanguage.googleapis.com/v1beta/openai/chat/completions",
            ),
            (
                "https://x.openai.azure.com/openai/v1?api-version=preview",
                "https://x.openai.azure.com/openai/v1/chat/completions?api-version=preview",
            ),
            ("http://[::1]:8080/v1//#part", "http://[::1]:8080/v1/chat/completions"),
        ] {
            assert_eq!(address_of(base), whole, "{base}");
        }
        assert!(address(&"mailto:me@example.com".parse().unwrap()).is_err());
    }

    fn sent(base: &str, temperature: Option<f32>) -> serde_json::Value {
        let endpoint = Endpoint::tenant(base.parse().unwrap(), "m", None);
        let messages = vec![Message { role: Role::System, content: "s".into() }];
        let request = ChatRequest { messages, temperature, max_output_tokens: 7 };
        serde_json::from_slice(&OpenAiChat.call(&endpoint, &request, Fit::default()).unwrap().body).unwrap()
    }

    #[test]
    fn the_limit_has_two_names() {
        let theirs = sent("https://api.openai.com/v1", None);
        assert_eq!((theirs["max_completion_tokens"].as_u64(), theirs.get("max_tokens")), (Some(7), None));
        let others = sent("http://localhost:11434/v1", None);
        assert_eq!((others["max_tokens"].as_u64(), others.get("max_completion_tokens")), (Some(7), None));
        assert!(others.get("temperature").is_none());
    }

    #[test]
    fn writes_a_temperature_as_a_person_would() {
        assert_eq!(sent("http://h/v1", Some(0.7))["temperature"].to_string(), "0.7");
        assert!(sent("http://h/v1", Some(f32::NAN)).get("temperature").is_none());
    }

    #[test]
    fn a_key_is_marked_and_one_that_no_header_can_carry_is_told() {
        let request = ChatRequest { messages: Vec::new(), temperature: None, max_output_tokens: 1 };
        let endpoint =
            |key: &str| Endpoint::tenant("http://h".parse().unwrap(), "m", Some(TenantKey::new(key.into())));
        let call = OpenAiChat.call(&endpoint(" sk-1\n"), &request, Fit::default()).unwrap();
        assert_eq!(call.headers[AUTHORIZATION], "Bearer sk-1");
        assert!(call.headers[AUTHORIZATION].is_sensitive());
        assert!(matches!(
            OpenAiChat.call(&endpoint("a\nb"), &request, Fit::default()),
            Err(ModelError::Unusable(_))
        ));
        assert!(!format!("{:?} {call:?}", endpoint("sk-1")).contains("sk-1"));
    }
}
