//! Streams that are cut and go on, are stopped, fail, or find no room.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::body::{Body, BodyDataStream};
use axum::http::Request;
use axum::response::Response;
use futures::StreamExt as _;
use futures::future::BoxFuture;
use futures::stream::Fuse;
use robofy_agent::StreamLimits;
use robofy_agent::answerer::{AnswerError, Answerer, Question, Speaker};
use robofy_kernel::{ChatbotId, Environment, ProjectId};
use robofy_store::chat::TurnKind;
use serde_json::{Value, json};
use tokio::sync::Semaphore;
use tower::ServiceExt as _;

use crate::server::{Answer, Server, Tenant};

const CHAT: &str = "/v1/ai-agent/chat";
const WORDS: usize = 5;

/// Says a word for each permit; a question may ask it to fail.
#[derive(Debug)]
struct Paced {
    permits: Semaphore,
    calls: AtomicUsize,
}

impl Answerer for Paced {
    fn answer<'a>(
        &'a self,
        question: &'a Question<'a>,
        out: &'a mut Speaker,
    ) -> BoxFuture<'a, Result<TurnKind, AnswerError>> {
        Box::pin(async move {
            self.calls.fetch_add(1, Ordering::SeqCst);
            out.say_piece("Well,")?;
            match question.query {
                "fail" => return Err(AnswerError::Upstream),
                "fall silent" => return Err(AnswerError::UpstreamTimeout),
                _ => {}
            }
            for word in 0..WORDS {
                tokio::select! {
                    permit = self.permits.acquire() => permit.unwrap().forget(),
                    () = out.stopped() => return Err(AnswerError::Stopped),
                }
                out.say_piece(&format!(" {word}"))?;
            }
            Ok(TurnKind::Answer)
        })
    }
}

struct World {
    server: Server,
    tenant: Tenant,
    project: ProjectId,
    chatbot: ChatbotId,
    paced: Arc<Paced>,
}

impl World {
    async fn new(permits: usize, limits: StreamLimits) -> Self {
        let paced = Arc::new(Paced { permits: Semaphore::new(permits), calls: AtomicUsize::new(0) });
        let server = Server::answering(paced.clone(), limits).await;
        let tenant = server.tenant("a").await;
        let (project, chatbot) = server.agent(&tenant).await;
        Self { server, tenant, project, chatbot, paced }
    }

    fn body(&self, query: &str) -> Value {
        let (project, chatbot) = (self.project.to_string(), self.chatbot.as_str());
        json!({ "query": query, "pid": project, "chatbot_id": chatbot, "user_context": { "platform": "web" } })
    }

    /// The response as soon as its head is there.
    async fn open(
        &self,
        method: &str,
        path: &str,
        credential: &str,
        headers: &[(&str, &str)],
        body: Option<Value>,
    ) -> Response {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header("authorization", format!("Bearer {credential}"));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let body = match body {
            Some(body) => {
                request = request.header("content-type", "application/json");
                Body::from(body.to_string())
            }
            None => Body::empty(),
        };
        self.server.router.clone().oneshot(request.body(body).unwrap()).await.unwrap()
    }

    async fn ask(&self, credential: &str) -> Events {
        let response =
            self.open("POST", "/v1/ai-agent/chat/stream", credential, &[RESUME], Some(self.body("hi"))).await;
        assert_eq!(response.status(), 200);
        Events::of(response)
    }

    async fn resume(&self, message: &str, last: Option<&str>) -> Events {
        let mut headers = vec![RESUME];
        headers.extend(last.map(|last| ("last-event-id", last)));
        let response =
            self.open("GET", &format!("{CHAT}/stream/{message}"), &self.tenant.key, &headers, None).await;
        assert_eq!(response.status(), 200);
        Events::of(response)
    }

    async fn refused(
        &self,
        method: &str,
        path: &str,
        credential: &str,
        headers: &[(&str, &str)],
    ) -> (u16, String) {
        let answer = self.whole(self.open(method, path, credential, headers, None).await).await;
        (answer.status.as_u16(), answer.code())
    }

    async fn whole(&self, response: Response) -> Answer {
        let (parts, body) = response.into_parts();
        let body = axum::body::to_bytes(body, usize::MAX).await.unwrap().to_vec();
        Answer { status: parts.status, headers: parts.headers, body }
    }

    /// A token and its session.
    async fn token(&self) -> String {
        let body =
            json!({ "chatbot_id": self.chatbot, "project_id": self.project.to_string(), "version": 2 });
        let answer = self.server.call("POST", "/v1/ai-agent/handshake", "", Some(body)).await;
        answer.json()["token"].as_str().unwrap().to_owned()
    }
}

const RESUME: (&str, &str) = ("x-robofy-resume", "1");

/// A stream's events as they come.
struct Events {
    body: Fuse<BodyDataStream>,
    rest: String,
}

impl Events {
    fn of(response: Response) -> Self {
        Self { body: response.into_body().into_data_stream().fuse(), rest: String::new() }
    }

    async fn next(&mut self) -> Option<String> {
        while !self.rest.contains("\n\n") {
            let bytes = self.body.next().await?.unwrap();
            self.rest.push_str(std::str::from_utf8(&bytes).unwrap());
        }
        let (event, rest) = self.rest.split_once("\n\n")?;
        let event = event.to_owned();
        self.rest = rest.to_owned();
        Some(event)
    }

    async fn take(&mut self, most: usize) -> Vec<String> {
        let mut events = Vec::new();
        while events.len() < most {
            let Some(event) = self.next().await else { break };
            events.push(event);
        }
        events
    }

    async fn all(mut self) -> Vec<String> {
        self.take(usize::MAX).await
    }
}

fn id(event: &str) -> &str {
    event.lines().find_map(|line| line.strip_prefix("id: ")).unwrap()
}

fn message(event: &str) -> String {
    id(event).split(':').next().unwrap().to_owned()
}

#[tokio::test]
async fn a_stream_cut_at_any_event_goes_on_with_none_lost_or_twice() {
    let w = World::new(0, StreamLimits::default()).await;
    let events = 3 + 1 + WORDS + 5;
    for cut in 1..=events {
        let mut first = w.ask(&w.tenant.key).await;
        let given = cut.saturating_sub(4).min(WORDS);
        w.paced.permits.add_permits(given);
        let before = first.take(cut).await;
        drop(first);
        let message = message(&before[0]);
        let mut second = w.resume(&message, Some(id(&before[cut - 1]))).await;
        let mut after = Vec::new();
        if given < WORDS {
            w.paced.permits.add_permits(1);
            after = second.take(5 + given - cut).await;
            assert!(after.last().unwrap().contains(&format!("\" {given}\"")), "live: {after:?}");
            w.paced.permits.add_permits(WORDS - given - 1);
        }
        after.extend(second.all().await);
        let whole = w.resume(&message, None).await.all().await;
        assert_eq!(whole.len(), events + 1);
        assert_eq!(whole.last().unwrap(), "data: [DONE]");
        assert_eq!([before, after].concat(), whole, "cut after {cut}");
        let past = w.resume(&message, Some(id(&whole[events - 1]))).await.all().await;
        assert_eq!(past, ["data: [DONE]"]);
    }
    assert_eq!(w.paced.calls.load(Ordering::SeqCst), events, "each question was answered once");
}

#[tokio::test]
async fn ids_are_sent_to_those_who_ask_for_them() {
    let w = World::new(100, StreamLimits::default()).await;
    let stream = "/v1/ai-agent/chat/stream";
    for (headers, with) in [(vec![], false), (vec![("x-robofy-resume", "0")], false), (vec![RESUME], true)] {
        let response = w.open("POST", stream, &w.tenant.key, &headers, Some(w.body("hi"))).await;
        let events = Events::of(response).all().await;
        assert!(
            events[..events.len() - 1].iter().all(|event| event.starts_with("id: ") == with),
            "{events:?}"
        );
    }
}

#[tokio::test]
async fn an_answer_is_resumed_by_those_whose_it_is() {
    let w = World::new(0, StreamLimits::default()).await;
    let (token, other) = (w.token().await, w.token().await);
    let mut first = w.ask(&token).await;
    let message = message(&first.next().await.unwrap());
    let path = format!("{CHAT}/stream/{message}");
    let test_key = w.server.key(&w.tenant, Environment::Test, &["*"], None).await;
    let stranger = w.server.tenant("b").await;
    // While it runs, and when it is stored.
    for _ in 0..2 {
        assert_eq!(w.open("GET", &path, &token, &[], None).await.status(), 200);
        assert_eq!(w.refused("GET", &path, &other, &[]).await, (404, "MESSAGE_NOT_FOUND".into()));
        assert_eq!(w.refused("DELETE", &path, &other, &[]).await, (404, "MESSAGE_NOT_FOUND".into()));
        assert_eq!(w.refused("GET", &path, &stranger.key, &[]).await, (404, "MESSAGE_NOT_FOUND".into()));
        assert_eq!(w.refused("GET", &path, &test_key, &[]).await, (403, "FORBIDDEN".into()));
        for bad in ["x", "0123456789abcdef:1", &format!("{message}:"), &format!("{message}:-1")] {
            let answer = w.refused("GET", &path, &token, &[("last-event-id", bad)]).await;
            assert_eq!(answer, (400, "BAD_REQUEST".into()), "{bad}");
        }
        w.paced.permits.add_permits(WORDS);
        first.take(usize::MAX).await;
    }
    assert_eq!(w.refused("GET", &format!("{CHAT}/stream/0123456789abcdef"), &token, &[]).await.0, 404);
}

#[tokio::test]
async fn a_session_s_running_answer_is_replayed_from_its_start_and_can_be_stopped() {
    let w = World::new(2, StreamLimits::default()).await;
    let body = json!({ "chatbot_id": w.chatbot, "project_id": w.project.to_string(), "version": 2 });
    let token = w.server.call("POST", "/v1/ai-agent/handshake", "", Some(body)).await.json()["token"].clone();
    let token = token.as_str().unwrap();
    let mut first = w.ask(token).await;
    let seen = first.take(6).await;
    let claims = token.split('.').nth(1).unwrap();
    let claims = base64::Engine::decode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, claims).unwrap();
    let claims: Value = serde_json::from_slice(&claims).unwrap();
    let session = format!("{CHAT}/{}/stream", claims["session"].as_str().unwrap());
    let mut again = Events::of(w.open("GET", &session, token, &[RESUME], None).await);
    assert_eq!(again.take(6).await, seen);
    let stop = format!("{CHAT}/stream/{}", message(&seen[0]));
    let stopped = w.server.call("DELETE", &stop, token, None).await.json();
    assert_eq!(stopped["data"]["stopped"], true);
    let (first, again) = (first.all().await, again.all().await);
    assert_eq!(first, again);
    assert!(first[first.len() - 2].contains(r#""type":"abort""#), "{first:?}");
    assert_eq!(w.open("GET", &session, token, &[], None).await.status(), 204);
    assert_eq!(w.server.call("DELETE", &stop, token, None).await.json()["data"]["stopped"], false);
}

#[tokio::test]
async fn a_model_s_failure_in_mid_answer_is_told_each_time() {
    let w = World::new(0, StreamLimits::default()).await;
    for (query, status, code) in [("fail", 502, "UPSTREAM_ERROR"), ("fall silent", 504, "UPSTREAM_TIMEOUT")] {
        for _ in 0..2 {
            let headers = [("idempotency-key", query)];
            let answer =
                w.whole(w.open("POST", CHAT, &w.tenant.key, &headers, Some(w.body(query))).await).await;
            assert_eq!((answer.status.as_u16(), answer.code().as_str()), (status, code));
            assert_eq!(answer.json(), crate::document::error(status), "as documented");
        }
        let response =
            w.open("POST", "/v1/ai-agent/chat/stream", &w.tenant.key, &[], Some(w.body(query))).await;
        let events = Events::of(response).all().await;
        let tail: Vec<&str> =
            events[events.len() - 3..].iter().map(|event| event.split('"').nth(3).unwrap_or(event)).collect();
        assert_eq!(tail, ["text-end", "error", "data: [DONE]"]);
    }
    assert_eq!(w.paced.calls.load(Ordering::SeqCst), 4, "a repeat asks nobody");
}

#[tokio::test]
async fn beyond_the_limits_a_stream_is_politely_refused() {
    use robofy_agent::turns::Room;
    let limited = StreamLimits { agent: Some(1), ..StreamLimits::default() };
    let full = StreamLimits { room: Some(Room { turns: 1, readers: 9 }), ..StreamLimits::default() };
    for (limits, status, code) in [(limited, 429, "RATE_LIMITED"), (full, 503, "SERVICE_UNAVAILABLE")] {
        let w = World::new(0, limits).await;
        let (first, other) = (w.token().await, w.token().await);
        let mut running = w.ask(&first).await;
        let opening = running.take(4).await;
        for path in [CHAT.to_owned(), format!("{CHAT}/stream")] {
            // More often than a visitor may ask in a minute: what is refused for want of room is given back.
            for _ in 0..31 {
                let answer = w.whole(w.open("POST", &path, &other, &[], Some(w.body("hi"))).await).await;
                assert_eq!((answer.status.as_u16(), answer.code().as_str()), (status, code));
                assert!(answer.header("retry-after").parse::<u32>().unwrap() > 0);
                let policy = if status == 429 { "\"answers\";q=1" } else { "" };
                assert_eq!(answer.header("ratelimit-policy"), policy);
                assert_eq!(answer.header("ratelimit").is_empty(), status != 429);
            }
        }
        w.paced.permits.add_permits(WORDS);
        let rest = running.all().await;
        assert_eq!(opening.len() + rest.len(), 3 + 1 + WORDS + 5 + 1, "the running one never suffers");
        assert_eq!((w.server.app.turns().running_count(), w.server.app.turns().reader_count()), (0, 0));
        w.paced.permits.add_permits(WORDS);
        assert_eq!(w.ask(&other).await.all().await.len(), 3 + 1 + WORDS + 5 + 1);
        assert_eq!(w.paced.calls.load(Ordering::SeqCst), 2, "a refused question was never asked");
    }
}

#[tokio::test]
async fn who_comes_back_at_the_limit_takes_over_the_place_of_the_connection_that_was_lost() {
    let w = World::new(0, StreamLimits { agent: Some(1), ..StreamLimits::default() }).await;
    let (token, other) = (w.token().await, w.token().await);
    let mut lost = w.ask(&token).await;
    let before = lost.take(4).await;
    let path = format!("{CHAT}/stream/{}", message(&before[0]));
    // Its connection hangs: nobody reads it, and nobody has noticed. Twice, by either way of coming back.
    let last = ("last-event-id", id(&before[3]));
    let mut again = Events::of(w.open("GET", &path, &token, &[RESUME, last], None).await);
    w.paced.permits.add_permits(1);
    let more = again.take(1).await;
    assert!(more[0].contains("\" 0\""), "{more:?}");
    let third = Events::of(w.open("GET", &path, &token, &[RESUME], None).await);
    assert_eq!(w.server.app.turns().reader_count(), 1);
    // Others find no place, and the connection that was taken over never looks complete.
    assert_eq!(w.open("POST", CHAT, &other, &[], Some(w.body("hi"))).await.status(), 429);
    w.paced.permits.add_permits(WORDS - 1);
    assert!(lost.body.next().await.unwrap().is_err());
    assert!(again.body.next().await.unwrap().is_err());
    let whole = third.all().await;
    assert_eq!((&whole[..4], &whole[4]), (&before[..], &more[0]));
    assert_eq!(whole.last().unwrap(), "data: [DONE]");
    assert_eq!(w.server.app.turns().reader_count(), 0);
}
