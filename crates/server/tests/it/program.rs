//! Exit codes, help and messages of the binary.

use std::path::Path;
use std::process::{Command, Output};

use robofy_server::config::{Group, SETTINGS};

/// Takes the options of the environment that runs the tests away from a command.
pub fn clean(command: &mut Command) -> &mut Command {
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("ROBOFY_") {
            command.env_remove(name);
        }
    }
    command
}

/// Runs the program in a folder of its own.
pub fn robofy(folder: &Path, arguments: &[&str], environment: &[(&str, &str)]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_robofy"));
    clean(&mut command)
        .current_dir(folder)
        .args(arguments)
        .envs(environment.iter().copied())
        .output()
        .unwrap()
}

pub fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn help_is_a_result_and_a_wrong_command_line_is_exit_2() {
    let folder = tempfile::tempdir().unwrap();
    let help = robofy(folder.path(), &["--help"], &[]);
    assert_eq!(help.status.code(), Some(0));
    assert!(text(&help.stdout).contains("doctor"));
    for wrong in [&["fly"][..], &["doctor", "--wings"], &[]] {
        let output = robofy(folder.path(), wrong, &[]);
        assert_eq!(output.status.code(), Some(2), "{wrong:?}");
        assert!(output.stdout.is_empty(), "{wrong:?}");
    }
}

#[test]
fn every_option_of_the_table_is_in_the_help_of_a_subcommand_that_takes_it() {
    let folder = tempfile::tempdir().unwrap();
    for (subcommand, group) in [("doctor", Group::Serve), ("serve", Group::Serve)] {
        let help = text(&robofy(folder.path(), &[subcommand, "--help"], &[]).stdout);
        for setting in SETTINGS {
            let taken = setting.group <= group;
            assert_eq!(help.contains(&format!("--{} ", setting.name)), taken, "{}", setting.name);
            let named = |word: &str| word == setting.variable();
            let words = || help.split(|c: char| !(c.is_ascii_uppercase() || c == '_'));
            assert_eq!(words().any(named), taken, "{}", setting.name);
        }
    }
}

#[test]
fn a_password_on_the_command_line_is_exit_2_and_is_not_repeated() {
    let folder = tempfile::tempdir().unwrap();
    let output = robofy(folder.path(), &["doctor", "--database-url", "postgres://u:hunter2@h/d"], &[]);
    assert_eq!(output.status.code(), Some(2));
    let said = text(&output.stderr);
    assert!(said.contains("--database-url-file") && !said.contains("hunter2"), "{said}");
}

#[test]
fn an_unknown_key_in_the_file_is_exit_1_with_one_line() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("robofy.toml"), "data-dri = \"x\"\n").unwrap();
    let output = robofy(folder.path(), &["doctor", "--offline"], &[]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(
        text(&output.stderr),
        "robofy: `data-dri` in robofy.toml is not an option; the nearest is `data-dir`\n"
    );
}

#[test]
fn doctor_names_what_is_bad_and_fails() {
    let folder = tempfile::tempdir().unwrap();
    let well = robofy(folder.path(), &["doctor", "--offline"], &[("ROBOFY_DATA_DIR", ".")]);
    assert_eq!(well.status.code(), Some(0), "{}", text(&well.stdout));
    std::fs::write(folder.path().join("file"), "").unwrap();
    let ill = robofy(folder.path(), &["doctor", "--offline", "--data-dir", "file"], &[]);
    assert_eq!(ill.status.code(), Some(1));
    assert!(text(&ill.stdout).contains("bad   data folder: file is not a folder. Give --data-dir a folder."));
}

#[test]
fn the_log_is_json_when_standard_error_is_no_terminal() {
    let folder = tempfile::tempdir().unwrap();
    let output = robofy(folder.path(), &["doctor", "--offline"], &[("ROBOFY_LISTN", "x")]);
    let line = text(&output.stderr);
    let entry: serde_json::Value = serde_json::from_str(line.lines().next().unwrap()).unwrap();
    assert_eq!(entry["level"], "WARN");
    assert!(entry["message"].as_str().unwrap().contains("ROBOFY_LISTEN"));
}

#[tokio::test]
async fn extract_reads_a_page_for_its_parent() {
    use robofy_knowledge::extract::{Extractor, ExtractorConfig};
    let program = env!("CARGO_BIN_EXE_robofy").into();
    let extractor = Extractor::new(ExtractorConfig::new(program, vec!["extract".into()]));
    let page = b"<html><title>Hours</title><main><h1>Hours</h1><p>Open from nine to five.</p></main></html>"
        .to_vec();
    let read = extractor.extract("hours.html", page).await.unwrap();
    assert!(read.text.contains("Open from nine to five."), "{}", read.text);
}
