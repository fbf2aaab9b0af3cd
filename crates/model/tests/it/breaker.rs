//! An endpoint that fails again and again is left alone.

use std::time::Duration;

use futures::future::{Either, select};
use robofy_kernel::AccountId;
use robofy_model::{BreakerConfig, Endpoint, ModelError, ModelsConfig, Piece};
use robofy_testkit::provider::{Script, Then};

use crate::fixture::{ACCOUNT, Fixture, config, heard, question};

const PAUSE: Duration = Duration::from_secs(30);

async fn fixture() -> Fixture {
    let breaker = BreakerConfig { faults: 3, window: Duration::from_secs(60), pause: PAUSE, entries: 100 };
    Fixture::with(ModelsConfig { attempts: 1, breaker, ..config() }).await
}

/// Asks and hears it out.
async fn ask(fixture: &Fixture, model: &str) -> Result<String, ModelError> {
    Ok(heard(fixture.ask(model).await?).await)
}

fn is_left_alone(asked: &Result<String, ModelError>) -> bool {
    matches!(asked, Err(ModelError::Open(rest)) if *rest <= PAUSE)
}

#[tokio::test]
async fn faults_open_it_and_a_reply_closes_it() {
    for model in
        ["error-500", "cut-first", "malformed-first", "wrong-type", "cut", "malformed", "stream-error"]
    {
        let fixture = fixture().await;
        for _ in 0..3 {
            assert!(!is_left_alone(&ask(&fixture, model).await), "{model}");
        }
        assert!(is_left_alone(&ask(&fixture, "usual").await), "{model}");
        assert_eq!(fixture.provider.requests().len(), 3, "{model}: nothing is sent while it is open");

        fixture.clock.advance(PAUSE);
        ask(&fixture, model).await.ok();
        assert!(is_left_alone(&ask(&fixture, "usual").await), "{model}: it still fails");
        fixture.clock.advance(PAUSE);
        ask(&fixture, "usual").await.unwrap();
        for _ in 0..2 {
            assert!(!is_left_alone(&ask(&fixture, model).await), "{model}: faults count anew");
        }
    }
}

#[tokio::test]
async fn refusals_do_not() {
    let fixture = fixture().await;
    for model in ["error-400", "error-401", "error-404", "busy-for-3600", "redirect"] {
        for _ in 0..5 {
            assert!(!is_left_alone(&ask(&fixture, model).await), "{model}");
        }
    }
}

#[tokio::test]
async fn one_request_tries_at_a_time_until_its_first_token() {
    let fixture = fixture().await;
    for _ in 0..3 {
        ask(&fixture, "error-500").await.unwrap_err();
    }
    fixture.clock.advance(PAUSE);
    let trial = Box::pin(fixture.ask("silent"));
    let arrived = Box::pin(fixture.provider.wait_until(|requests| requests.len() == 4));
    let Either::Right((_, trial)) = select(trial, arrived).await else { panic!("silence answered") };
    assert!(is_left_alone(&ask(&fixture, "usual").await), "the first is still trying");
    // Its visitor leaves: that says nothing, and the next one tries.
    drop(trial);
    let mut next = fixture.ask("stall").await.unwrap();
    // Its reply has begun and goes on for ever: that is enough.
    assert!(matches!(next.next().await, Ok(Some(Piece::Text(_)))));
    let other = fixture.ask("stall").await.unwrap();
    // No reply was complete yet: one fault is one too many.
    ask(&fixture, "error-500").await.unwrap_err();
    assert!(is_left_alone(&ask(&fixture, "usual").await));
    drop((next, other));
    // A refusal is an answer too, and a whole reply makes all well.
    fixture.clock.advance(PAUSE);
    ask(&fixture, "error-401").await.unwrap_err();
    let (one, two) = tokio::join!(ask(&fixture, "usual"), ask(&fixture, "usual"));
    one.and(two).unwrap();
    for _ in 0..2 {
        ask(&fixture, "error-500").await.unwrap_err();
    }
    ask(&fixture, "usual").await.unwrap();
}

#[tokio::test]
async fn it_is_one_account_and_one_address() {
    let fixture = fixture().await;
    for _ in 0..3 {
        ask(&fixture, "error-500").await.unwrap_err();
    }
    assert!(is_left_alone(&ask(&fixture, "usual").await));
    let other = AccountId(uuid::Uuid::from_u128(2));
    fixture.models.chat(other, &fixture.endpoint("usual"), &question("?")).await.unwrap();
    let elsewhere = format!("http://{}/other/v1", fixture.provider.address());
    let elsewhere = Endpoint::tenant(elsewhere.parse().unwrap(), "usual", None);
    fixture.models.chat(ACCOUNT, &elsewhere, &question("?")).await.unwrap();
}

/// When it opens between two attempts, what is told is why.
#[tokio::test]
async fn attempts_stop_when_it_opens() {
    let breaker = BreakerConfig { faults: 2, ..BreakerConfig::default() };
    let fixture = Fixture::with(ModelsConfig { attempts: 5, breaker, ..config() }).await;
    fixture.provider.script(Script { status: Some(500), ..Script::default() });
    fixture.provider.script(Script { then: Then::Cut, ..Script::default() });
    let error = fixture.ask("usual").await.unwrap_err();
    assert!(matches!(error, ModelError::Cut), "{error}");
    assert_eq!(fixture.provider.requests().len(), 2);
}
