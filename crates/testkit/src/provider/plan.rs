//! What the provider does: by the model's name, or by a script.
//!
//! A name may end in `@MS`, the milliseconds between two pieces (`slow-first`: before the first).
//!
//! | Model | Answer |
//! |---|---|
//! | `echo` | the last message, word by word |
//! | `tokens-N` | N words |
//! | `document` | one JSON document, even when a stream was asked for |
//! | `error-STATUS` | that status; 429 and 503 with `retry-after: 1` |
//! | `busy-for-N` | 429 with `retry-after: N` |
//! | `fail-N-then-ok` | 500 N times, then a usual answer, and so on |
//! | `cut-N-then-ok` | breaks off before the first token N times, then a usual answer, and so on |
//! | `redirect` | 307 to `/elsewhere/chat/completions` of the same server |
//! | `wrong-type`, `wrong-type-json` | an HTML page; a JSON document of another form |
//! | `hang` | nothing, not even a head |
//! | `silent`, `keep-alive` | a head, then nothing, or comments for ever |
//! | `slow-first` | a usual answer, its first token after 2 s |
//! | `stall` | two pieces, then nothing; `stall-reason`: all but the end |
//! | `cut`, `cut-first` | breaks off after two pieces, before the first |
//! | `no-end`, `no-done` | ends without a reason; with a reason but without `[DONE]` |
//! | `malformed`, `malformed-first` | broken JSON after two pieces, as the first event |
//! | `stream-error`, `stream-error-first` | an error object within the stream, after two pieces, as the first event |
//! | `no-usage`, `length`, `content-filter`, `empty` | as they say |
//! | `takes-no-A+B` | 400 that names the first of these settings that the request has, else a usual answer |
//! | `repeats`, `repeats-in-stream` | an error whose code, type and message are the last message: 400, or within the stream |
//! | `thinks-aloud` | thoughts within the text, between tags cut in pieces, then a usual answer |
//! | `thinks` | some `reasoning_content`, then a usual answer; `thinks-forever` never speaks |
//! | `flood`, `flood-line`, `flood-empty` | text for ever, one line for ever, empty deltas for ever |
//! | anything else | a usual answer of six pieces |

use std::time::Duration;

use axum::http::{HeaderMap, StatusCode, header};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// The usual answer.
pub(super) const USUAL: [&str; 6] = ["We", " are", " open", " from", " nine", "."];
/// What a model thinks within its text.
const THOUGHTS: [&str; 6] = ["<thi", "nk>", " At nine [1]?", "\n</th", "ink>", "\n\n"];
/// The first token of `slow-first`, unless the name says otherwise.
const SLOW: Duration = Duration::from_secs(2);

/// An exact answer to the next request, as `POST /script` takes it.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Script {
    /// The pieces of text.
    pub pieces: Vec<String>,
    /// Milliseconds before each piece.
    pub delay_ms: u64,
    /// What happens after them.
    pub then: Then,
    /// A status instead of a stream.
    pub status: Option<u16>,
    /// Why it ends; `stop` when nothing is said.
    pub finish_reason: Option<String>,
}

/// What happens after the pieces.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Then {
    /// A reason, the usage, `[DONE]`.
    #[default]
    End,
    /// The same without the usage.
    EndWithoutUsage,
    /// A reason and the usage, and the stream ends without `[DONE]`.
    EndWithoutDone,
    /// The stream ends in order, but without a reason.
    EndWithoutReason,
    /// The connection breaks.
    Cut,
    /// Nothing more comes.
    Stall,
    /// A reason, and nothing more comes.
    StallAfterReason,
    /// An error object.
    Error,
    /// Broken JSON.
    Malformed,
    /// Comments for ever.
    KeepAlive,
    /// Text for ever.
    Flood,
    /// One line for ever.
    FloodLine,
    /// Empty deltas for ever.
    FloodEmpty,
    /// Thoughts for ever.
    Think,
}

/// How a request is answered.
#[derive(Debug)]
pub(super) struct Plan {
    /// Before the head.
    pub head_delay: Duration,
    pub answer: Answer,
}

#[derive(Debug)]
pub(super) enum Answer {
    /// Not even a head.
    Never,
    /// Something else than a reply.
    Plain { status: StatusCode, headers: HeaderMap, body: String },
    /// A reply.
    Reply(Reply),
}

/// A reply to be given.
#[derive(Debug)]
pub(super) struct Reply {
    /// Thoughts before the text.
    pub thoughts: usize,
    pub pieces: Vec<String>,
    /// Before the first piece.
    pub first: Duration,
    /// Before each piece.
    pub delay: Duration,
    pub then: Then,
    pub reason: String,
    /// One document, though a stream was asked for.
    pub as_document: bool,
}

impl Reply {
    fn new(pieces: Vec<String>, delay: Duration, then: Then) -> Self {
        let reason = "stop".to_owned();
        Self { thoughts: 0, pieces, first: Duration::ZERO, delay, then, reason, as_document: false }
    }
}

impl From<Reply> for Plan {
    fn from(reply: Reply) -> Self {
        Self { head_delay: Duration::ZERO, answer: Answer::Reply(reply) }
    }
}

impl From<Answer> for Plan {
    fn from(answer: Answer) -> Self {
        Self { head_delay: Duration::ZERO, answer }
    }
}

impl From<Script> for Plan {
    fn from(script: Script) -> Self {
        if let Some(status) = script.status {
            return error(status, None).into();
        }
        let mut reply = Reply::new(script.pieces, Duration::from_millis(script.delay_ms), script.then);
        if let Some(reason) = script.finish_reason {
            reply.reason = reason;
        }
        reply.into()
    }
}

impl Plan {
    /// What the model's name asks for; `before` requests have named it already.
    pub(super) fn named(model: &str, question: &Value, before: u64) -> Self {
        let (name, delay) = match model.rsplit_once('@').map(|(name, millis)| (name, millis.parse().ok())) {
            Some((name, Some(millis))) => (name, Some(Duration::from_millis(millis))),
            Some(_) | None => (model, None),
        };
        let pace = delay.unwrap_or_default();
        let usual = |pieces: usize| USUAL.iter().take(pieces).map(|piece| (*piece).to_owned()).collect();
        let whole = || Reply::new(usual(USUAL.len()), pace, Then::End);
        let after = |pieces, then| Self::from(Reply::new(usual(pieces), pace, then));
        match name {
            "echo" => Reply::new(words(question), pace, Then::End).into(),
            "document" => Reply { as_document: true, ..whole() }.into(),
            "redirect" => redirect().into(),
            "wrong-type" => page("text/html; charset=utf-8", "<html><body>Welcome</body></html>").into(),
            "wrong-type-json" => page("application/json", r#"{"hello":"world"}"#).into(),
            "hang" => Answer::Never.into(),
            "silent" => after(0, Then::Stall),
            "keep-alive" => after(0, Then::KeepAlive),
            "slow-first" => {
                Reply { first: delay.unwrap_or(SLOW), ..Reply::new(usual(6), Duration::ZERO, Then::End) }
                    .into()
            }
            "stall" => after(2, Then::Stall),
            "stall-reason" => after(6, Then::StallAfterReason),
            "cut" => after(2, Then::Cut),
            "cut-first" => after(0, Then::Cut),
            "no-end" => after(2, Then::EndWithoutReason),
            "no-done" => after(6, Then::EndWithoutDone),
            "malformed" => after(2, Then::Malformed),
            "malformed-first" => after(0, Then::Malformed),
            "stream-error" => after(2, Then::Error),
            "stream-error-first" => after(0, Then::Error),
            "no-usage" => after(6, Then::EndWithoutUsage),
            "empty" => after(0, Then::End),
            "length" => Reply { reason: "length".into(), ..whole() }.into(),
            "content-filter" => Reply { reason: "content_filter".into(), ..whole() }.into(),
            "repeats" => plain(StatusCode::BAD_REQUEST, HeaderMap::new(), &repeated(question)).into(),
            "repeats-in-stream" => {
                let events = format!("data: {}\n\n", repeated(question));
                page("text/event-stream", &events).into()
            }
            "thinks-aloud" => {
                let pieces = [&THOUGHTS[..], &USUAL[..]].concat().into_iter().map(str::to_owned).collect();
                Reply::new(pieces, pace, Then::End).into()
            }
            "thinks" => Reply { thoughts: 5, ..whole() }.into(),
            "thinks-forever" => after(0, Then::Think),
            "flood" => after(0, Then::Flood),
            "flood-line" => after(2, Then::FloodLine),
            "flood-empty" => after(2, Then::FloodEmpty),
            other => match other.strip_prefix("takes-no-").and_then(|names| unsupported(names, question)) {
                Some(refusal) => refusal.into(),
                None => numbered(other, before, pace).unwrap_or_else(|| whole().into()),
            },
        }
    }
}

/// OpenAI's refusal of the first of these settings (`A+B`) that a question has.
fn unsupported(names: &str, question: &Value) -> Option<Answer> {
    let name = names.split('+').find(|name| !question[*name].is_null())?;
    let instead = match name {
        "max_tokens" => " Use 'max_completion_tokens' instead.",
        _ => "",
    };
    let message = format!("Unsupported parameter: '{name}' is not supported with this model.{instead}");
    let body = json!({"error": {
        "message": message, "type": "invalid_request_error", "param": name, "code": "unsupported_parameter",
    }});
    Some(plain(StatusCode::BAD_REQUEST, HeaderMap::new(), &body))
}

/// Names with a number in them.
fn numbered(name: &str, before: u64, pace: Duration) -> Option<Plan> {
    let number =
        |prefix: &str, suffix: &str| name.strip_prefix(prefix)?.strip_suffix(suffix)?.parse::<u16>().ok();
    if let Some(status) = number("error-", "") {
        return Some(error(status, matches!(status, 429 | 503).then_some(1)).into());
    }
    if let Some(seconds) = number("busy-for-", "") {
        return Some(error(429, Some(seconds)).into());
    }
    if let Some(count) = number("tokens-", "") {
        let pieces =
            (0..count).map(|index| USUAL[usize::from(index) % (USUAL.len() - 1)].to_owned()).collect();
        return Some(Reply::new(pieces, pace, Then::End).into());
    }
    let fails = |times: u16| before % (u64::from(times) + 1) < u64::from(times);
    if number("fail-", "-then-ok").is_some_and(fails) {
        return Some(error(500, None).into());
    }
    if number("cut-", "-then-ok").is_some_and(fails) {
        return Some(Reply::new(Vec::new(), pace, Then::Cut).into());
    }
    None
}

/// The last message, word by word: each with the blank before it, so that the pieces make the same text.
fn words(question: &Value) -> Vec<String> {
    let last = question["messages"].as_array().and_then(|messages| messages.last());
    let text = last.and_then(|message| message["content"].as_str()).unwrap_or_default();
    let mut pieces = Vec::new();
    let mut from = 0;
    for (at, _) in text.match_indices(' ').filter(|(at, _)| *at > 0) {
        pieces.push(text[from..at].to_owned());
        from = at;
    }
    pieces.push(text[from..].to_owned());
    pieces.retain(|piece| !piece.is_empty());
    pieces
}

/// An error that repeats the last message wherever it can.
fn repeated(question: &Value) -> Value {
    let last = words(question).concat();
    json!({"error": {"message": last, "type": last, "param": last, "code": last, "status": last}})
}

fn error(status: u16, retry_after: Option<u16>) -> Answer {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let (code, kind) = match status.as_u16() {
        401 => ("invalid_api_key", "invalid_request_error"),
        404 => ("model_not_found", "invalid_request_error"),
        429 => ("rate_limit_exceeded", "requests"),
        400..=499 => ("invalid_request", "invalid_request_error"),
        _ => ("server_error", "server_error"),
    };
    let message = format!("scripted: {status}");
    let body = json!({"error": {"message": message, "type": kind, "param": null, "code": code}});
    let mut headers = HeaderMap::new();
    if let Some(seconds) = retry_after {
        headers.insert(header::RETRY_AFTER, seconds.into());
    }
    plain(status, headers, &body)
}

fn plain(status: StatusCode, mut headers: HeaderMap, body: &Value) -> Answer {
    headers.insert(header::CONTENT_TYPE, header::HeaderValue::from_static("application/json"));
    Answer::Plain { status, headers, body: body.to_string() }
}

fn redirect() -> Answer {
    let mut headers = HeaderMap::new();
    headers.insert(header::LOCATION, header::HeaderValue::from_static("/elsewhere/chat/completions"));
    Answer::Plain { status: StatusCode::TEMPORARY_REDIRECT, headers, body: String::new() }
}

fn page(kind: &'static str, body: &str) -> Answer {
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, header::HeaderValue::from_static(kind));
    Answer::Plain { status: StatusCode::OK, headers, body: body.to_owned() }
}
