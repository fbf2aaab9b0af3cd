//! Moves inside an open flow.

use robofy_intent::{Choice, Intent, Moves, moves};

use crate::table::{language, rows};

const TABLE: &str = include_str!("data/moves.tsv");

/// What is set, as the table writes it.
fn written(moves: &Moves, message: &str) -> String {
    let flags = [
        ("affirm", moves.affirm && !moves.plain_affirm),
        ("plain_affirm", moves.plain_affirm),
        ("deny", moves.deny && !moves.plain_deny),
        ("plain_deny", moves.plain_deny),
        ("skip", moves.skip),
        ("abandon", moves.abandon),
        ("correct", moves.correct),
        ("another", moves.another_time),
        ("earlier", moves.earlier),
        ("later", moves.later),
        ("any", moves.any_resource),
        ("question", moves.question),
    ];
    let mut set: Vec<String> =
        flags.iter().filter(|(_, set)| *set).map(|(name, _)| (*name).to_owned()).collect();
    set.extend(moves.choice.map(|choice| match choice {
        Choice::Nth(number) => format!("choice={number}"),
        Choice::Last => "choice=last".to_owned(),
    }));
    set.extend(moves.name.clone().map(|name| format!("name={}", &message[name])));
    set.extend(moves.restates.map(|intent| format!("restates={}", intent.code())));
    set.join(" ")
}

/// Each row says what must be set (`+`), or must be all that is set (`=`).
#[test]
fn moves_are_read() {
    let mut wrong = Vec::new();
    let mut cases = 0;
    for row in rows(TABLE) {
        cases += 1;
        let [code, expected, message] = row[..] else { panic!("{row:?}") };
        let set = written(&moves(message, Some(language(code))), message);
        let right = match expected.split_at(1) {
            ("=", all) => set == all,
            ("+", part) => part.split(' ').all(|one| set.split(' ').any(|other| other == one)),
            ("-", part) => part.split(' ').all(|one| set.split(' ').all(|other| other != one)),
            _ => panic!("{expected:?}"),
        };
        if !right {
            wrong.push(format!("{code} {message:?}: {expected}, is {set:?}"));
        }
    }
    assert!(wrong.is_empty(), "{} of {cases}:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn a_restatement_confirms_its_own_deed_only() {
    let yes = moves("yes, cancel it please", None);
    assert!(!yes.plain_affirm);
    assert_eq!(yes.restates, Some(Intent::Cancel));
}
