//! The server's own model, as `doctor` and `serve` meet it.

use robofy_testkit::provider::ScriptedProvider;

use super::operating::well;
use super::program::{robofy, text};

#[tokio::test(flavor = "multi_thread")]
async fn doctor_asks_the_server_s_model_for_a_word() {
    let provider = ScriptedProvider::start().await;
    let folder = tempfile::tempdir().unwrap();
    let url = provider.base_url();
    let key = [("ROBOFY_LLM_API_KEY", "sk-of-the-server")];
    let ask = |model: &str| {
        let output = robofy(folder.path(), &["doctor", "--llm-base-url", &url, "--llm-model", model], &key);
        let said = text(&output.stdout) + &text(&output.stderr);
        assert!(!said.contains("sk-of-the-server"), "{said}");
        let line = said.lines().find(|line| line.contains("language model:")).unwrap_or_default().to_owned();
        (output.status.code(), line)
    };
    assert_eq!(ask("usual"), (Some(0), "good  language model: usual at 127.0.0.1 answers".into()));
    let asked = provider.requests();
    assert_eq!(asked.len(), 1);
    assert_eq!(asked[0].headers["authorization"], "Bearer sk-of-the-server");
    let tokens =
        ["max_tokens", "max_completion_tokens"].iter().find_map(|name| asked[0].body[*name].as_i64());
    assert!(tokens.is_some_and(|tokens| tokens <= 16), "{}", asked[0].body);
    for (model, word) in [
        ("error-401", "ROBOFY_LLM_API_KEY"),
        ("error-404", "llm-model"),
        ("error-500", "the model's own server"),
    ] {
        let (code, line) = ask(model);
        assert!(
            line.starts_with(&format!("odd   language model: {model} at 127.0.0.1 does not answer: ")),
            "{line}"
        );
        assert!(line.contains(word) && code == Some(0), "the server runs without it: {line}");
    }
    assert_eq!(provider.requests().len(), 4, "it is asked once each time");
    drop(provider);
    let (_, line) = ask("usual");
    assert!(line.starts_with("odd   language model: usual at 127.0.0.1 does not answer: "), "{line}");
}

#[test]
fn doctor_says_nothing_of_a_model_that_is_not_set() {
    let folder = tempfile::tempdir().unwrap();
    assert!(!well(folder.path(), &["doctor", "--offline"]).contains("language model"));
}

#[test]
fn half_a_model_refuses_to_start_and_says_what_is_missing() {
    let folder = tempfile::tempdir().unwrap();
    let url = ["--llm-base-url", "http://127.0.0.1:9/v1"];
    let key = [("ROBOFY_LLM_API_KEY", "sk-of-the-server")];
    for (flags, environment, word) in [
        (&url[..], &[][..], "llm-model"),
        (&["--llm-model", "m"][..], &[][..], "llm-base-url"),
        (&[][..], &key[..], "llm-base-url"),
    ] {
        let arguments = [&["serve", "--listen", "127.0.0.1:0"], flags].concat();
        let output = robofy(folder.path(), &arguments, environment);
        let line = text(&output.stderr).lines().last().unwrap().to_owned();
        assert_eq!(output.status.code(), Some(1), "{line}");
        assert!(line.contains(word) && !line.contains("sk-of-the-server"), "{line}");
    }
}

#[test]
fn a_key_is_no_flag() {
    let folder = tempfile::tempdir().unwrap();
    for arguments in
        [&["serve", "--llm-api-key", "sk-of-the-server"][..], &["serve", "--llm-api-key=sk-of-the-server"]]
    {
        let output = robofy(folder.path(), arguments, &[]);
        assert_eq!(output.status.code(), Some(2));
        assert!(!text(&output.stderr).contains("sk-of-the-server"), "{}", text(&output.stderr));
    }
}
