//! The built-in answerer on questions that people asked about encyclopedia paragraphs.

use robofy_agent::builtin::eval::{self, QuestionSet};

fn set(file: &str) -> Option<QuestionSet> {
    Some(serde_json::from_value(crate::cases::read(file)?).unwrap())
}

#[test]
fn questions_are_answered_or_refused_as_they_should() {
    let Some(set) = set("retrieval/squad_dev_part.json") else { return };
    let figures = eval::answers(&set, eval::teach).unwrap();
    println!("{figures}");
    assert!(figures.answerable.right_share() >= 0.70);
    assert!(figures.answerable.refused_share() <= 0.10);
    assert!(figures.untaught_answerable.refused_share() >= 0.90);
}

#[test]
fn other_languages_fare_alike() {
    for language in ["en", "es", "zh"] {
        let Some(mut set) = set(&format!("retrieval/xquad.{language}.json")) else { return };
        // One question of each paragraph is enough here.
        for paragraph in set.data.iter_mut().flat_map(|article| &mut article.paragraphs) {
            paragraph.qas.truncate(1);
        }
        let figures = eval::answers(&set, eval::teach).unwrap();
        println!("{language}\n{figures}");
        assert!(figures.answerable.right_share() >= 0.65, "{language}");
        assert!(figures.untaught_answerable.refused_share() >= 0.80, "{language}");
    }
}
