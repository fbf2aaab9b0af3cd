//! OpenAI's wire format: chunks of a stream, and the one document.

use std::convert::Infallible;
use std::time::Duration;

use axum::body::Bytes;
use futures::stream::{self, Stream, StreamExt as _};
use serde::Serialize;
use serde_json::{Value, json};

use super::plan::{Reply, Then};
use super::record::Ticket;

const CREATED: u64 = 1_767_603_600;
const ID: &str = "chatcmpl-scripted";
/// How much of a flood goes out at once.
const FLOOD_BYTES: usize = 32 << 10;
const KEEP_ALIVE: Duration = Duration::from_millis(20);

/// The connection is to break: hyper closes it without ending the body.
#[derive(Debug, thiserror::Error)]
#[error("scripted cut")]
pub(super) struct Broken;

/// What comes next on the wire.
enum Step {
    Wait(Duration),
    Send(Bytes),
    Piece(Bytes),
    Break,
    Stall,
    Repeat(Bytes, Duration),
    Finish,
}

#[derive(Serialize)]
struct ChunkOut<'a> {
    id: &'static str,
    object: &'static str,
    created: u64,
    model: &'a str,
    choices: [ChoiceOut<'a>; 1],
}

#[derive(Serialize)]
struct ChoiceOut<'a> {
    index: u8,
    delta: Delta<'a>,
    finish_reason: Option<&'a str>,
}

#[derive(Default, Serialize)]
struct Delta<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    role: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    content: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reasoning_content: Option<&'a str>,
}

/// The body of a reply, as it goes over the wire.
pub(super) fn body(
    reply: Reply,
    model: String,
    streams: bool,
    usage: bool,
    ticket: Ticket,
) -> impl Stream<Item = Result<Bytes, Broken>> + Send + 'static {
    let steps = if streams { events(&reply, &model, usage) } else { document(&reply, &model) };
    stream::unfold((steps.into_iter(), ticket, None), async |(mut steps, ticket, repeat)| {
        if let Some((bytes, pause)) = repeat {
            tokio::time::sleep(pause).await;
            return Some((Ok(Bytes::clone(&bytes)), (steps, ticket, Some((bytes, pause)))));
        }
        loop {
            match steps.next()? {
                Step::Wait(time) => tokio::time::sleep(time).await,
                Step::Send(bytes) => return Some((Ok(bytes), (steps, ticket, None))),
                Step::Piece(bytes) => {
                    ticket.piece();
                    return Some((Ok(bytes), (steps, ticket, None)));
                }
                Step::Repeat(bytes, pause) => {
                    return Some((Ok(Bytes::clone(&bytes)), (steps, ticket, Some((bytes, pause)))));
                }
                Step::Break => {
                    ticket.finished();
                    // What was sent before must reach the client before the connection breaks.
                    tokio::time::sleep(Duration::from_millis(10)).await;
                    return Some((Err(Broken), (steps, ticket, None)));
                }
                Step::Stall => match std::future::pending::<Infallible>().await {},
                Step::Finish => ticket.finished(),
            }
        }
    })
    .fuse()
}

fn event(data: &str) -> Bytes {
    Bytes::from(format!("data: {data}\n\n"))
}

fn chunk(model: &str, delta: Delta<'_>, finish_reason: Option<&str>) -> Bytes {
    let choices = [ChoiceOut { index: 0, delta, finish_reason }];
    let chunk = ChunkOut { id: ID, object: "chat.completion.chunk", created: CREATED, model, choices };
    event(&serde_json::to_string(&chunk).unwrap_or_default())
}

fn counts(reply: &Reply) -> Value {
    let output = reply.pieces.len() + reply.thoughts;
    json!({"prompt_tokens": 21, "completion_tokens": output, "total_tokens": 21 + output})
}

fn problem() -> Value {
    json!({"error": {"message": "scripted: the model is overloaded", "type": "server_error", "param": null, "code": "overloaded"}})
}

fn events(reply: &Reply, model: &str, usage: bool) -> Vec<Step> {
    let text = |content| chunk(model, Delta { content: Some(content), ..Delta::default() }, None);
    let thought = || chunk(model, Delta { reasoning_content: Some(" hm"), ..Delta::default() }, None);
    let mut steps = vec![Step::Wait(reply.first)];
    let is_whole = matches!(
        reply.then,
        Then::End | Then::EndWithoutUsage | Then::EndWithoutDone | Then::StallAfterReason
    );
    if !reply.pieces.is_empty() || is_whole {
        let role = Delta { role: Some("assistant"), content: Some(""), ..Delta::default() };
        steps.push(Step::Send(chunk(model, role, None)));
    }
    let paced = |steps: &mut Vec<Step>, step| {
        if !reply.delay.is_zero() {
            steps.push(Step::Wait(reply.delay));
        }
        steps.push(step);
    };
    for _ in 0..reply.thoughts {
        paced(&mut steps, Step::Send(thought()));
    }
    for piece in &reply.pieces {
        paced(&mut steps, Step::Piece(text(piece)));
    }
    if is_whole {
        steps.push(Step::Send(chunk(model, Delta::default(), Some(&reply.reason))));
    }
    let bill = json!({"id": ID, "object": "chat.completion.chunk", "created": CREATED, "model": model, "choices": [], "usage": counts(reply)});
    if usage && matches!(reply.then, Then::End | Then::EndWithoutDone) {
        steps.push(Step::Send(event(&bill.to_string())));
    }
    match reply.then {
        Then::End | Then::EndWithoutUsage => steps.extend([Step::Finish, Step::Send(event("[DONE]"))]),
        Then::EndWithoutDone | Then::EndWithoutReason => steps.push(Step::Finish),
        Then::Cut => steps.push(Step::Break),
        Then::Stall | Then::StallAfterReason => steps.push(Step::Stall),
        Then::Error => steps.extend([Step::Finish, Step::Send(event(&problem().to_string()))]),
        Then::Malformed => {
            steps.extend([Step::Finish, Step::Send(event(r#"{"choices":[{"delta":{"content":"#))])
        }
        Then::KeepAlive => steps.push(Step::Repeat(Bytes::from_static(b": keep-alive\n\n"), KEEP_ALIVE)),
        Then::Think => steps.push(Step::Repeat(thought(), KEEP_ALIVE)),
        Then::Flood => {
            steps.push(Step::Repeat(text("flood ").repeat(FLOOD_BYTES / 200).into(), Duration::ZERO))
        }
        Then::FloodEmpty => {
            steps.push(Step::Repeat(text("").repeat(FLOOD_BYTES / 200).into(), Duration::ZERO))
        }
        Then::FloodLine => {
            steps.push(Step::Send(Bytes::from_static(b"data: ")));
            steps.push(Step::Repeat(vec![b'x'; FLOOD_BYTES].into(), Duration::ZERO));
        }
    }
    steps
}

fn document(reply: &Reply, model: &str) -> Vec<Step> {
    let text = reply.pieces.concat();
    let mut whole = json!({
        "id": ID, "object": "chat.completion", "created": CREATED, "model": model,
        "choices": [{
            "index": 0,
            "message": {"role": "assistant", "content": text, "refusal": null},
            "logprobs": null,
            "finish_reason": reply.reason,
        }],
    });
    if reply.then != Then::EndWithoutUsage {
        whole["usage"] = counts(reply);
    }
    let whole = whole.to_string();
    let half = Bytes::copy_from_slice(&whole.as_bytes()[..whole.len() / 2]);
    let mut steps =
        vec![Step::Wait(reply.first + reply.delay * u32::try_from(reply.pieces.len()).unwrap_or(0))];
    match reply.then {
        Then::End | Then::EndWithoutUsage | Then::EndWithoutDone | Then::EndWithoutReason => {
            steps.extend([Step::Finish, Step::Piece(whole.into())]);
        }
        Then::Cut => steps.extend([Step::Send(half), Step::Break]),
        Then::Malformed => steps.extend([Step::Finish, Step::Send(half)]),
        Then::Error => steps.extend([Step::Finish, Step::Send(problem().to_string().into())]),
        Then::Stall | Then::StallAfterReason | Then::KeepAlive | Then::Think => {
            steps.extend([Step::Send(half), Step::Stall]);
        }
        Then::Flood | Then::FloodLine | Then::FloodEmpty => {
            steps.push(Step::Repeat(vec![b' '; FLOOD_BYTES].into(), Duration::ZERO));
        }
    }
    steps
}
