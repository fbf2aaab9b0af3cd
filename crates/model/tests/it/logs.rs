//! What is logged: where and how it went, and neither keys nor words.

use std::io::Write;
use std::sync::{Arc, Mutex};

use robofy_model::{Endpoint, TenantKey};
use robofy_testkit::provider::Script;

use crate::fixture::{ACCOUNT, Fixture, heard, question};

#[derive(Clone, Default)]
struct Written(Arc<Mutex<Vec<u8>>>);

impl Write for Written {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn the_log_tells_where_and_how_but_no_key_and_no_words() {
    let written = Written::default();
    let sink = written.clone();
    let log = tracing_subscriber::fmt()
        .with_ansi(false)
        .with_max_level(tracing::Level::TRACE)
        .with_writer(move || sink.clone())
        .finish();
    let _guard = tracing::subscriber::set_default(log);

    let fixture = Fixture::new().await;
    fixture.provider.script(Script { pieces: vec!["words-of-the-reply".into()], ..Script::default() });
    for model in [
        "usual",
        "error-401",
        "error-500",
        "malformed",
        "stream-error",
        "wrong-type-json",
        "redirect",
        "repeats",
        "repeats-in-stream",
        "takes-no-temperature",
    ] {
        let key = TenantKey::new("a-tenants-key".into());
        let endpoint = Endpoint::tenant(fixture.provider.base_url().parse().unwrap(), model, Some(key));
        match fixture.models.chat(ACCOUNT, &endpoint, &question("words-of-the-visitor")).await {
            Ok(reply) => drop(heard(reply).await),
            Err(error) => tracing::warn!(%error, ?endpoint, "as a caller would log it"),
        }
    }

    let log = String::from_utf8(written.0.lock().unwrap().clone()).unwrap();
    let holds = |all: &[&str]| log.lines().any(|line| all.iter().all(|part| line.contains(part)));
    assert!(holds(&["INFO", "a model answers", "127.0.0.1", "usual", "attempt=1"]), "{log}");
    assert!(
        holds(&["WARN", "a model did not answer", "error-500", "attempt=3", "status=500", "failed"]),
        "{log}"
    );
    assert!(holds(&["WARN", "a model did not answer", "error-401", "invalid_api_key"]), "{log}");
    assert!(holds(&["WARN", "a model failed in mid-reply", "malformed"]), "{log}");
    assert!(holds(&["INFO", "takes-no-temperature", "without_temperature: true"]), "{log}");
    for secret in ["a-tenants-key", "words-of-the-visitor", "words-of-the-reply"] {
        assert!(!log.contains(secret), "{secret} is in the log:\n{log}");
    }
}
