//! Whoever goes away ends the work upstream.

use std::time::Duration;

use futures::future::{Either, join_all, select};
use robofy_model::Piece;

use crate::fixture::{Fixture, heard};

#[tokio::test]
async fn dropping_a_reply_is_seen_upstream() {
    let fixture = Fixture::new().await;
    let mut reply = fixture.ask("tokens-10000@20").await.unwrap();
    assert!(matches!(reply.next().await, Ok(Some(Piece::Text(_)))));
    assert_eq!(fixture.provider.open(), 1);
    drop(reply);
    let requests = fixture.provider.wait_until(|requests| requests[0].is_abandoned()).await;
    assert!(requests[0].pieces < 10_000);
    assert_eq!(fixture.provider.open(), 0);
}

#[tokio::test]
async fn dropping_the_question_is_seen_upstream() {
    for model in ["hang", "silent", "keep-alive"] {
        let fixture = Fixture::with(robofy_model::ModelsConfig {
            attempt: Duration::from_secs(60),
            first_token: Duration::from_secs(60),
            ..crate::fixture::config()
        })
        .await;
        let asked = Box::pin(fixture.ask(model));
        let arrived = Box::pin(fixture.provider.wait_until(|requests| requests.len() == 1));
        let Either::Right((_, asked)) = select(asked, arrived).await else { panic!("{model} answered") };
        drop(asked);
        fixture.provider.wait_until(|requests| requests[0].is_abandoned()).await;
        assert_eq!(fixture.provider.requests().len(), 1, "{model}: nobody asks again");
    }
}

/// A caller that waits for something else as well drops the call and makes it again.
#[tokio::test]
async fn a_call_that_is_dropped_loses_nothing() {
    let fixture = Fixture::new().await;
    let mut reply = fixture.ask("tokens-40@10").await.unwrap();
    let mut words = 0;
    loop {
        // Less than the time between two tokens: most calls are dropped.
        match tokio::time::timeout(Duration::from_millis(3), reply.next()).await {
            Err(_) => {}
            Ok(piece) => match piece.unwrap().unwrap() {
                Piece::Text(text) => words += text.split_whitespace().count(),
                Piece::End { .. } => break,
            },
        }
    }
    assert_eq!(words, 40);
}

/// The endpoint is not to blame for a reader who takes longer than the limit between tokens.
#[tokio::test]
async fn a_slow_reader_is_no_silence() {
    let config =
        robofy_model::ModelsConfig { between_tokens: Duration::from_millis(200), ..crate::fixture::config() };
    let fixture = Fixture::with(config).await;
    let mut reply = fixture.ask("tokens-3@50").await.unwrap();
    reply.next().await.unwrap();
    tokio::time::sleep(Duration::from_millis(400)).await;
    assert!(heard(reply).await.ends_with("Stop, cost 21+3"));
}

/// A connection serves one reply after another; a new one each time would cost a handshake before every first token.
#[tokio::test]
async fn a_connection_is_used_again() {
    let fixture = Fixture::new().await;
    for _ in 0..5 {
        heard(fixture.ask("echo").await.unwrap()).await;
    }
    let mut peers: Vec<_> = fixture.provider.requests().iter().map(|asked| asked.peer).collect();
    peers.dedup();
    assert!(peers.len() < 5, "each reply had a connection of its own: {peers:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_at_once() {
    let config = robofy_model::ModelsConfig {
        first_token: Duration::from_secs(60),
        attempt: Duration::from_secs(60),
        between_tokens: Duration::from_secs(60),
        ..crate::fixture::config()
    };
    let fixture = Fixture::with(config).await;
    let replies: Vec<_> = join_all((0..1000).map(|_| fixture.ask("stall"))).await;
    assert!(replies.iter().all(Result::is_ok));
    assert_eq!(fixture.provider.open(), 1000);
    drop(replies);
    fixture.provider.wait_until(|requests| requests.iter().all(|asked| asked.is_abandoned())).await;

    let whole =
        join_all((0..1000).map(async |_| heard(fixture.ask("tokens-8@20").await.unwrap()).await)).await;
    assert!(whole.iter().all(|line| line.ends_with("Stop, cost 21+8")));
}
