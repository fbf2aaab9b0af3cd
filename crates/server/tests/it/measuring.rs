//! `eval` on real question sets.

use super::program::{robofy, text};

fn scores(arguments: &[&str]) -> serde_json::Value {
    let folder = tempfile::tempdir().unwrap();
    let output = robofy(folder.path(), arguments, &[]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "nothing is left behind");
    serde_json::from_slice(&output.stdout).unwrap()
}

fn squad() -> String {
    robofy_testkit::cases_dir().join("retrieval/squad_dev_part.json").to_str().unwrap().to_owned()
}

#[test]
fn search_ranks_the_paragraph_that_answers_high() {
    let scores = scores(&["eval", "retrieval", "--json", &squad()]);
    assert_eq!((scores["paragraphs"].as_i64(), scores["questions"].as_i64()), (Some(631), Some(3_088)));
    assert!(scores["mrr_at_10"].as_f64().unwrap() >= 0.88, "{scores}");
}

#[test]
fn a_file_that_is_no_question_set_is_told_apart() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("set.json"), "{\"data\": []}").unwrap();
    for (file, said) in [("none.json", "cannot read none.json"), ("set.json", "set.json has no paragraphs")] {
        let output = robofy(folder.path(), &["eval", "retrieval", file], &[]);
        assert_eq!(output.status.code(), Some(1));
        assert!(text(&output.stderr).contains(said), "{}", text(&output.stderr));
    }
}

#[test]
fn the_built_in_answer_holds_a_right_one_or_refuses() {
    let figures = scores(&["eval", "answers", "--json", &squad()]);
    let share = |group: &str, what: &str| figures[group][what].as_f64().unwrap();
    assert_eq!(figures["answerable"]["asked"].as_i64(), Some(3_088));
    assert!(share("answerable", "right") >= 0.70, "{figures}");
    assert!(share("answerable", "refused") <= 0.10, "{figures}");
    assert!(share("untaught", "refused") >= 0.90, "{figures}");
}

#[test]
fn intents_of_short_messages_are_recognised() {
    let set = robofy_testkit::cases_dir().join("intents/dev.json");
    let english = scores(&["eval", "intents", "--json", "--language", "english", set.to_str().unwrap()]);
    assert_eq!(english["cases"].as_i64(), Some(58));
    assert!(english["accuracy"].as_f64().unwrap() >= 0.8, "{english}");
    assert_eq!(english["confused"], serde_json::json!([]));
}
