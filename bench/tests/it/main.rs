//! The scripted model and the relay as processes, heard by the bench's own ear.
#![expect(clippy::unwrap_used, reason = "a test's helpers fail as a test does")]

use std::path::Path;
use std::time::Duration;

use robofy_bench::calls;
use robofy_bench::load::Connection;
use robofy_bench::process::Server;
use robofy_bench::streams::crowd::Crowd;
use robofy_bench::streams::script::{Counters, Script};
use robofy_bench::streams::turns::answers;
use robofy_bench::subject::{self, Beside};

const SCRIPT: Script = Script { tokens: 12, delay: 20 };

async fn model_and_relay() -> (Beside, Beside) {
    let bench = Path::new(env!("CARGO_BIN_EXE_robofy-bench"));
    let model = subject::upstream(bench).await.unwrap();
    let relay = subject::relay(bench, model.server.address()).await.unwrap();
    (model, relay)
}

async fn tell(model: &Server, script: Script) {
    let mut connection = Connection::open(model.address()).await.unwrap();
    connection.send(&calls::script(script)).await.unwrap().expect(200).unwrap();
}

async fn counters(model: &Server) -> Counters {
    let mut connection = Connection::open(model.address()).await.unwrap();
    serde_json::from_value(connection.send(&calls::counters()).await.unwrap().json(200).unwrap()).unwrap()
}

#[tokio::test]
async fn the_model_and_the_relay_say_the_same() {
    let (model, relay) = model_and_relay().await;
    for delay in [0, 20] {
        let script = Script { delay, ..SCRIPT };
        tell(&model.server, script).await;
        for server in [&model.server, &relay.server] {
            let heard = answers(server, 3, 2, |_, _| calls::complete("When?"), &script.text()).await.unwrap();
            assert_eq!(heard.first.len(), 6);
            let least = Duration::from_millis(delay * script.tokens as u64);
            assert!(heard.whole.iter().all(|&whole| whole >= least), "a token came before its time");
            assert!(!heard.cpu.is_zero());
        }
    }
    let counters = counters(&model.server).await;
    assert_eq!((counters.calls, counters.finished, counters.left), (24, 24, 0));
    let other = Script { tokens: 11, ..SCRIPT };
    let wrong = answers(&relay.server, 1, 1, |_, _| calls::complete("When?"), &other.text()).await;
    assert!(wrong.is_err(), "a longer answer passes for the shorter one");
}

#[tokio::test]
async fn a_crowd_is_live_at_once_and_hears_every_word() {
    let (model, relay) = model_and_relay().await;
    let script = Script { tokens: 40, delay: 50 };
    tell(&model.server, script).await;
    let crowd = Crowd { visitors: 30, per_second: Some(200), patience: Duration::from_secs(30) };
    let gathering = crowd.gather(&relay.server, |_| calls::complete("When?")).await.unwrap();
    assert_eq!((gathering.whole(&script.text()), gathering.live()), (30, 30), "{}", gathering.trouble());
    assert!(gathering.most >= gathering.before);
    assert_eq!(counters(&model.server).await.finished, 30);
}

#[tokio::test]
async fn a_visitor_without_patience_is_not_whole_and_the_model_sees_them_leave() {
    let (model, _relay) = model_and_relay().await;
    tell(&model.server, Script { tokens: 100, delay: 100 }).await;
    let crowd = Crowd { visitors: 3, per_second: None, patience: Duration::from_millis(500) };
    let gathering = crowd.gather(&model.server, |_| calls::complete("When?")).await.unwrap();
    assert_eq!(gathering.whole(&Script { tokens: 100, delay: 100 }.text()), 0);
    assert!(gathering.trouble().contains("out of patience"), "{}", gathering.trouble());
    while counters(&model.server).await.left < 3 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(counters(&model.server).await.finished, 0);
}
