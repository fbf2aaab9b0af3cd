//! Every scripted behaviour, and what comes of it.

use futures::future::join_all;

use crate::fixture::{Fixture, heard};

#[tokio::test]
async fn every_behaviour() {
    let usual = r#"asked 1: "We are open from nine.", Stop, cost 21+6"#;
    let table = [
        // Replies.
        ("usual", usual),
        ("echo", r#"asked 1: "Hello to you", Stop, cost 21+3"#),
        ("tokens-3", r#"asked 1: "We are open", Stop, cost 21+3"#),
        ("document", usual),
        ("no-done", usual),
        ("slow-first@200", usual),
        ("no-usage", r#"asked 1: "We are open from nine.", Stop, cost unknown"#),
        ("stall-reason", r#"asked 1: "We are open from nine.", Stop, cost unknown"#),
        ("length", r#"asked 1: "We are open from nine.", Length, cost 21+6"#),
        ("content-filter", r#"asked 1: "We are open from nine.", ContentFilter, cost 21+6"#),
        ("empty", r#"asked 1: "", Stop, cost 21+0"#),
        ("thinks", r#"asked 1: "We are open from nine.", Stop, cost 21+11"#),
        ("thinks@300", r#"asked 1: "We are open from nine.", Stop, cost 21+11"#),
        ("thinks-aloud", r#"asked 1: "We are open from nine.", Stop, cost 21+12"#),
        // A setting that is refused is left out, or called otherwise, and the question asked again at once.
        ("takes-no-temperature", r#"asked 2: "We are open from nine.", Stop, cost 21+6"#),
        ("takes-no-stream_options", r#"asked 2: "We are open from nine.", Stop, cost unknown"#),
        ("takes-no-max_tokens", r#"asked 2: "We are open from nine.", Stop, cost 21+6"#),
        (
            "takes-no-max_tokens+temperature+stream_options",
            r#"asked 4: "We are open from nine.", Stop, cost unknown"#,
        ),
        // Refusals: asked once.
        ("error-400", "asked 1: nothing, refused"),
        ("error-401", "asked 1: nothing, refused"),
        ("error-404", "asked 1: nothing, refused"),
        ("error-422", "asked 1: nothing, refused"),
        ("redirect", "asked 1: nothing, refused"),
        ("takes-no-messages", "asked 1: nothing, refused"),
        ("takes-no-max_tokens+max_completion_tokens", "asked 2: nothing, refused"),
        ("busy-for-3600", "asked 1: nothing, busy"),
        // What passes: asked again before the first token.
        ("fail-2-then-ok", r#"asked 3: "We are open from nine.", Stop, cost 21+6"#),
        ("cut-2-then-ok", r#"asked 3: "We are open from nine.", Stop, cost 21+6"#),
        ("error-408", "asked 3: nothing, refused"),
        ("error-429", "asked 3: nothing, busy"),
        ("error-500", "asked 3: nothing, failed"),
        ("error-503", "asked 3: nothing, failed"),
        ("cut-first", "asked 3: nothing, cut"),
        ("malformed-first", "asked 3: nothing, malformed"),
        ("stream-error-first", "asked 3: nothing, failed"),
        ("wrong-type", "asked 3: nothing, malformed"),
        ("wrong-type-json", "asked 3: nothing, malformed"),
        ("hang", "asked 3: nothing, no_answer"),
        ("silent", "asked 3: nothing, silent"),
        ("keep-alive", "asked 3: nothing, silent"),
        ("thinks-forever", "asked 3: nothing, silent"),
        // After the first token: what was said stays said, and nobody asks again.
        ("stall", r#"asked 1: "We are", then silent"#),
        ("cut", r#"asked 1: "We are", then cut"#),
        ("no-end", r#"asked 1: "We are", then cut"#),
        ("malformed", r#"asked 1: "We are", then malformed"#),
        ("stream-error", r#"asked 1: "We are", then failed"#),
        ("flood-line", r#"asked 1: "We are", then malformed"#),
    ];
    let outcomes = table.map(async |(model, _)| Fixture::new().await.outcome(model).await);
    let outcomes = join_all(outcomes).await;
    let wrong: Vec<_> = table
        .iter()
        .zip(&outcomes)
        .filter(|((_, expected), outcome)| expected != outcome)
        .map(|((model, expected), outcome)| format!("{model}\n  expected {expected}\n  was      {outcome}"))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What a model refused is not sent to it again; another model and another temperature are asked as usual.
#[tokio::test]
async fn a_refused_setting_is_remembered() {
    let fixture = Fixture::new().await;
    let reasoning = "takes-no-max_tokens+temperature";
    for _ in 0..2 {
        heard(fixture.ask(reasoning).await.unwrap()).await;
    }
    heard(fixture.ask("usual").await.unwrap()).await;
    let requests = fixture.provider.requests();
    let had: Vec<_> = requests
        .iter()
        .map(|asked| {
            let has = |name: &str| !asked.body[name].is_null();
            (has("max_tokens"), has("max_completion_tokens"), has("temperature"), has("stream_options"))
        })
        .collect();
    let (usual, fitting) = ((true, false, true, true), (false, true, false, true));
    assert_eq!(had, [usual, (false, true, true, true), fitting, fitting, usual]);
    assert_eq!(requests[3].body["max_completion_tokens"], 64);
}

/// 64 tokens were granted: no more than 128 bytes each are taken.
#[tokio::test]
async fn a_flood_of_text_ends_as_if_the_limit_was_reached() {
    let fixture = Fixture::new().await;
    let outcome = fixture.outcome("flood").await;
    assert!(outcome.contains(", Length, cost unknown"), "{outcome}");
    assert!(outcome.len() < 64 * 128 + 100, "{}", outcome.len());
    fixture.provider.wait_until(|requests| requests[0].is_abandoned()).await;
}

/// What is no token does not keep a reply alive, and does not fill the memory.
#[tokio::test]
async fn a_flood_of_nothing_is_cut() {
    let long = std::time::Duration::from_secs(60);
    let config = robofy_model::ModelsConfig {
        reply_bytes: 256 << 10,
        between_tokens: long,
        ..crate::fixture::config()
    };
    let fixture = Fixture::with(config).await;
    assert_eq!(fixture.outcome("flood-empty").await, r#"asked 1: "We are", then too_long"#);
    fixture.provider.wait_until(|requests| requests[0].is_abandoned()).await;
}

/// A visitor falls back in time, however an endpoint wastes it.
#[tokio::test]
async fn the_first_token_has_one_limit_over_all_attempts() {
    let config = robofy_model::ModelsConfig {
        first_token: std::time::Duration::from_millis(1500),
        attempts: 100,
        ..crate::fixture::config()
    };
    for model in ["keep-alive", "hang", "error-429"] {
        let fixture = Fixture::with(config).await;
        assert!(fixture.ask(model).await.is_err());
        let asked = fixture.provider.requests().len();
        assert!((1..=3).contains(&asked), "{model} was asked {asked} times");
    }
}

#[tokio::test]
async fn time_that_ran_out_is_told_from_what_went_wrong() {
    for (model, is_timeout) in [("silent", true), ("hang", true), ("cut-first", false), ("error-500", false)]
    {
        let error = Fixture::new().await.ask(model).await.unwrap_err();
        assert_eq!(error.is_timeout(), is_timeout, "{model}: {error}");
    }
    let mut reply = Fixture::new().await.ask("stall").await.unwrap();
    let error = loop {
        match reply.next().await {
            Ok(piece) => assert!(piece.is_some(), "an end"),
            Err(error) => break error,
        }
    };
    assert!(error.is_timeout());
}

#[tokio::test]
async fn nobody_there() {
    let fixture = Fixture::new().await;
    // The port was free a moment ago, and what listened there is gone.
    let gone = robofy_testkit::provider::ScriptedProvider::start().await.base_url();
    let endpoint = robofy_model::Endpoint::tenant(gone.parse().unwrap(), "m", None);
    let asked = fixture.models.chat(crate::fixture::ACCOUNT, &endpoint, &crate::fixture::question("?")).await;
    assert!(matches!(asked.unwrap_err().kind(), "connect" | "broken"));
}

/// What the operator reads says what to do; what the log holds is in our own words.
#[tokio::test]
async fn errors_say_what_the_endpoint_said() {
    let error = async |model: &str| Fixture::new().await.ask(model).await.unwrap_err();
    let refused = error("error-401").await;
    assert_eq!(refused.to_string(), "the endpoint refused the request with status 401");
    assert_eq!(refused.detail(), Some("scripted: 401 Unauthorized"));
    let failed = error("error-500").await;
    assert_eq!(failed.to_string(), "the endpoint failed with status 500");
    assert_eq!(failed.detail(), Some("scripted: 500 Internal Server Error"));
    let within = error("stream-error-first").await;
    assert_eq!(within.to_string(), "the endpoint failed");
    assert_eq!(within.detail(), Some("overloaded: scripted: the model is overloaded"));
    let page = error("wrong-type").await.to_string();
    assert!(
        page.contains("it is text/html, not text/event-stream; the base URL usually ends in /v1"),
        "{page}"
    );
    assert!(error("redirect").await.detail().unwrap().contains("set the base URL that it leads to"));
}
