//! What is asked again, and how often.

use robofy_model::ModelsConfig;
use robofy_testkit::provider::{Script, Then};

use crate::fixture::{Fixture, config, heard};

fn fails(then: Then) -> Script {
    Script { then, ..Script::default() }
}

#[tokio::test]
async fn one_of_each_and_then_a_reply() {
    let fixture = Fixture::with(ModelsConfig { attempts: 6, ..config() }).await;
    for status in [502, 408] {
        fixture.provider.script(Script { status: Some(status), ..Script::default() });
    }
    for then in [Then::Cut, Then::Malformed, Then::Error] {
        fixture.provider.script(fails(then));
    }
    let pieces = vec!["Gr".into(), "üß".into(), " dich 🙂".into()];
    fixture.provider.script(Script { pieces, ..Script::default() });
    assert_eq!(heard(fixture.ask("m").await.unwrap()).await, r#""Grüß dich 🙂", Stop, cost 21+3"#);
    assert_eq!(fixture.provider.requests().len(), 6);
}

#[tokio::test]
async fn never_more_often_than_allowed() {
    for attempts in [1, 2, 4] {
        let fixture = Fixture::with(ModelsConfig { attempts, ..config() }).await;
        fixture.ask("error-500").await.unwrap_err();
        assert_eq!(fixture.provider.requests().len(), attempts as usize);
    }
}

#[tokio::test]
async fn every_attempt_asks_the_same() {
    let fixture = Fixture::new().await;
    heard(fixture.ask("fail-2-then-ok").await.unwrap()).await;
    let bodies: Vec<_> = fixture.provider.requests().into_iter().map(|asked| asked.body).collect();
    assert!(bodies.iter().all(|body| *body == bodies[0]), "{bodies:?}");
}
