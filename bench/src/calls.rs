//! The requests of the rows: to Robofy, and to the floor.

use std::net::SocketAddr;

use bytes::Bytes;
use hyper::Method;
use serde_json::{Value, json};

use crate::load::Call;
use crate::site;
use crate::streams::script::Script;
use crate::subject::Account;
use crate::texts::Document;

/// Between the parts of an upload; no file has it.
const BOUNDARY: &str = "0f8bd2c9a7e64b31";

fn call(method: Method, path: String, credential: Option<&str>, body: Option<Value>) -> Call {
    let body = body.map(|body| Bytes::from(body.to_string()));
    Call { method, path, credential: credential.map(str::to_owned), body, headers: Vec::new() }
}

/// A visitor's handshake.
#[must_use]
pub fn handshake(account: &Account) -> Call {
    let body = json!({ "chatbot_id": account.chatbot_id, "project_id": account.project_id, "version": 2 });
    call(Method::POST, "/v1/ai-agent/handshake".into(), None, Some(body))
}

/// A browser asks whether an answer is running in its session.
#[must_use]
pub fn resume(token: &str, session: &str) -> Call {
    call(Method::GET, format!("/v1/ai-agent/chat/{session}/stream"), Some(token), None)
}

/// A question in a new session, answered as JSON.
#[must_use]
pub fn question(account: &Account, question: &str) -> Call {
    let body = json!({ "query": question, "pid": account.project_id, "chatbot_id": account.chatbot_id,
        "user_context": { "platform": "web" } });
    call(Method::POST, "/v1/ai-agent/chat".into(), Some(&account.api_key), Some(body))
}

/// A question in a session that the caller names, answered as a stream; its events have ids when it is to be resumed.
#[must_use]
pub fn stream(account: &Account, session: &str, question: &str, resumable: bool) -> Call {
    let body = json!({ "query": question, "pid": account.project_id, "chatbot_id": account.chatbot_id,
        "user_context": { "platform": "web", "session_id": session } });
    let mut call = call(Method::POST, "/v1/ai-agent/chat/stream".into(), Some(&account.api_key), Some(body));
    if resumable {
        call.headers.push(("x-robofy-resume", "1".into()));
    }
    call
}

/// The rest of an answer, after an event.
#[must_use]
pub fn rest(account: &Account, message: &str, last_event: &str) -> Call {
    let mut call =
        call(Method::GET, format!("/v1/ai-agent/chat/stream/{message}"), Some(&account.api_key), None);
    call.headers.push(("x-robofy-resume", "1".into()));
    call.headers.push(("last-event-id", last_event.into()));
    call
}

/// A question to a language model, or to the relay in front of it.
#[must_use]
pub fn complete(question: &str) -> Call {
    let body =
        json!({ "model": "scripted", "stream": true, "messages": [{ "role": "user", "content": question }] });
    call(Method::POST, "/v1/chat/completions".into(), None, Some(body))
}

/// Tells the scripted model how to answer from now on.
#[must_use]
pub fn script(script: Script) -> Call {
    call(Method::PUT, "/script".into(), None, Some(json!(script)))
}

/// Asks the scripted model what it was asked.
#[must_use]
pub fn counters() -> Call {
    call(Method::GET, "/counters".into(), None, None)
}

/// A search.
#[must_use]
pub fn search(account: &Account, query: &str) -> Call {
    let path = format!("/v1/ai-agent/search/{}/{}", account.project_id, account.chatbot_id);
    call(Method::POST, path, Some(&account.api_key), Some(json!({ "query": query, "limit": 5 })))
}

/// A text to be learnt.
#[must_use]
pub fn teach(account: &Account, document: &Document) -> Call {
    let path = format!("/v1/ai-agent/link_content/{}", account.project_id);
    let body =
        json!({ "chatbot_id": account.chatbot_id, "content": document.text, "file_name": document.name });
    call(Method::POST, path, Some(&account.api_key), Some(body))
}

/// A page of the list of what the agent knows.
#[must_use]
pub fn list(account: &Account, page: Option<&str>) -> Call {
    let mut path =
        format!("/v1/ai-agent/chatbot_asset_link/{}/{}?pageSize=200", account.project_id, account.chatbot_id);
    if let Some(page) = page {
        path.push_str("&nextPageToken=");
        path.push_str(page);
    }
    call(Method::GET, path, Some(&account.api_key), None)
}

fn paged(mut path: String, token: Option<&str>) -> String {
    if let Some(token) = token {
        path.push_str("?nextPageToken=");
        path.push_str(token);
    }
    path
}

/// A page of the agent's conversations.
#[must_use]
pub fn conversations(account: &Account, token: Option<&str>) -> Call {
    let path = format!("/v1/ai-agent/inbox/sessions/{}", account.chatbot_id);
    call(Method::GET, paged(path, token), Some(&account.api_key), None)
}

/// A page of a conversation's messages.
#[must_use]
pub fn messages(account: &Account, session: &str, token: Option<&str>) -> Call {
    let path = format!("/v1/ai-agent/inbox/chats/{}/{session}", account.chatbot_id);
    call(Method::GET, paged(path, token), Some(&account.api_key), None)
}

/// A page of the agent's leads.
#[must_use]
pub fn leads(account: &Account, token: Option<&str>) -> Call {
    let path = format!("/v1/ai-agent/leads/{}/{}", account.project_id, account.chatbot_id);
    call(Method::GET, paged(path, token), Some(&account.api_key), None)
}

/// The agent's statistics by day, from one date to another.
#[must_use]
pub fn statistics(account: &Account, [from, to]: [&str; 2]) -> Call {
    let path = format!(
        "/v1/ai-agent/message_stats?projectId={}&chatbotId={}&from={from}&to={to}&interval=day",
        account.project_id, account.chatbot_id
    );
    call(Method::GET, path, Some(&account.api_key), None)
}

/// Makes a key for trials.
#[must_use]
pub fn test_key(account: &Account) -> Call {
    let body = json!({ "name": "Trials", "environment": "test", "scopes": ["*"] });
    call(Method::POST, "/v1/api-keys".into(), Some(&account.api_key), Some(body))
}

/// Statements for the bare route.
#[must_use]
pub fn query(statements: &[String]) -> Call {
    call(Method::POST, "/query".into(), None, Some(json!(statements)))
}

/// A page of a website.
#[must_use]
pub fn page(path: &str) -> Call {
    call(Method::GET, path.to_owned(), None, None)
}

/// A website to be learnt, its front page and so many pages of [`site::PAGES`].
#[must_use]
pub fn crawl(account: &Account, site: SocketAddr, pages: usize) -> Call {
    let body = json!({ "project_id": account.project_id, "chatbot_id": account.chatbot_id,
        "start_urls": [{ "url": format!("http://{site}/") }], "include_urls": [site::PAGES],
        "max_crawl_pages": pages + 1 });
    call(Method::POST, "/v1/ai-agent/crawl_website".into(), Some(&account.api_key), Some(body))
}

/// How far the agent's websites are.
#[must_use]
pub fn crawls(account: &Account) -> Call {
    let path = format!("/v1/ai-agent/crawl_status/{}/{}", account.project_id, account.chatbot_id);
    call(Method::GET, path, Some(&account.api_key), None)
}

/// A file to be learnt.
#[must_use]
pub fn upload(account: &Account, name: &str, file: &[u8]) -> Call {
    let mut body = format!(
        "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"chatbot_id\"\r\n\r\n{}\r\n--{BOUNDARY}\r\n\
         Content-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n",
        account.chatbot_id
    )
    .into_bytes();
    body.extend_from_slice(file);
    body.extend_from_slice(format!("\r\n--{BOUNDARY}--\r\n").as_bytes());
    Call {
        method: Method::POST,
        path: format!("/v1/ai-agent/upload_file/{}", account.project_id),
        credential: Some(account.api_key.clone()),
        body: Some(body.into()),
        headers: vec![("content-type", format!("multipart/form-data; boundary={BOUNDARY}"))],
    }
}

/// Makes something of bookings: one of its `resources`, `services`, `holds` or `bookings`.
#[must_use]
pub fn make(account: &Account, what: &str, body: Value) -> Call {
    let path = format!("/v1/booking/{what}/{}", account.project_id);
    call(Method::POST, path, Some(&account.api_key), Some(body))
}

/// The first page of a service's free slots, from one date up to another.
#[must_use]
pub fn slots(account: &Account, service: &str, [from, to]: [&str; 2]) -> Call {
    let path = format!("/v1/booking/slots/{}?serviceId={service}&from={from}&to={to}", account.project_id);
    call(Method::GET, path, Some(&account.api_key), None)
}

/// The same request to a path of the floor.
#[must_use]
pub fn to_floor(path: &str, like: &Call) -> Call {
    Call { path: path.to_owned(), credential: None, ..like.clone() }
}
