//! What visitors take back.

use crate::{picked, said};

/// What a message takes back, and what it says.
fn taken_back(text: &str, asked: &str) -> (Vec<String>, Vec<String>) {
    (picked(text, asked, "GB").retracted, said(text, asked, "GB"))
}

fn all(rows: &[(&str, &[&str], &[&str])]) {
    let mut wrong = Vec::new();
    for (text, retracted, values) in rows {
        let found = taken_back(text, "");
        if found.0 != *retracted || found.1 != *values {
            wrong.push(format!("{text:?}: {found:?}, not {retracted:?} {values:?}"));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), rows.len(), wrong.join("\n"));
}

#[test]
fn a_value_is_taken_back() {
    all(&[
        ("my name is not Rita", &["name"], &[]),
        ("My name isn't Rita.", &["name"], &[]),
        ("I'm not Rita", &["name"], &[]),
        ("that's not my name", &["name"], &[]),
        ("delete my phone number", &["phone"], &[]),
        ("could you please remove my e-mail address?", &["email"], &[]),
        ("forget my number", &["phone"], &[]),
        ("that e-mail is wrong", &["email"], &[]),
        ("you have the wrong phone number", &["phone"], &[]),
        ("my email is not rita@brook.example", &["email"], &[]),
        ("please erase the company name", &["company"], &[]),
        ("lösch bitte meine Nummer", &["phone"], &[]),
        ("die E-Mail-Adresse ist falsch", &["email"], &[]),
        ("ich heiße nicht Rita", &["name"], &[]),
        ("supprimez mon numéro de téléphone", &["phone"], &[]),
        ("mon adresse mail est fausse", &["email"], &[]),
        ("je ne m'appelle pas Rita", &["name"], &[]),
        ("borra mi teléfono, por favor", &["phone"], &[]),
        ("el correo está mal", &["email"], &[]),
        ("no me llamo Rita", &["name"], &[]),
        ("apague o meu telefone", &["phone"], &[]),
        ("o e-mail está errado", &["email"], &[]),
        ("não me chamo Rita", &["name"], &[]),
        ("cancella il mio numero", &["phone"], &[]),
        ("l'email è sbagliata", &["email"], &[]),
        ("non mi chiamo Rita", &["name"], &[]),
        ("verwijder mijn telefoonnummer", &["phone"], &[]),
        ("het e-mailadres klopt niet", &["email"], &[]),
        ("ik heet niet Rita", &["name"], &[]),
    ]);
}

#[test]
fn a_value_in_its_place_is_taken() {
    all(&[
        ("my name is not Rita but Rosa", &[], &["name=Rosa"]),
        ("not Rita but Rosa", &[], &["name=Rosa"]),
        ("I'm not Rita, I'm Rosa Brook", &[], &["name=Rosa Brook"]),
        ("My name isn't Rita. It's Rosa.", &[], &["name=Rosa"]),
        ("mein Name ist nicht Rita, sondern Rosa", &[], &["name=Rosa"]),
        ("no me llamo Rita sino Rosa", &[], &["name=Rosa"]),
        ("je ne m'appelle pas Rita mais Rosa", &[], &["name=Rosa"]),
        ("that e-mail is wrong, it's rosa@brook.example", &[], &["email=rosa@brook.example"]),
        ("delete my number and use rosa@brook.example", &["phone"], &["email=rosa@brook.example"]),
    ]);
    assert_eq!(taken_back("not Smith, Smyth", "name"), (vec![], vec!["name=Smyth".to_owned()]));
}

#[test]
fn nothing_is_taken_back_by_other_words() {
    all(&[
        ("forget it", &[], &[]),
        ("don't forget my number", &[], &[]),
        ("delete my account", &[], &[]),
        ("please remove order number 4711", &[], &[]),
        ("something is wrong with my phone", &[], &[]),
        ("the number of guests is wrong", &[], &[]),
        ("is my number wrong?", &[], &[]),
        ("my husband's number is wrong", &[], &[]),
        ("my name is Rita", &[], &["name=Rita"]),
        ("it's not urgent", &[], &[]),
        ("I'm not interested", &[], &[]),
        ("ich bin nicht sicher", &[], &[]),
        ("drop me an e-mail", &[], &[]),
    ]);
}
