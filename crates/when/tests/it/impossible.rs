//! Dates that do not exist: nothing that is left of them is a time.

use robofy_when::DateOrder::{DayFirst, MonthFirst};
use robofy_when::Language::{Dutch, English, French, German, Italian, Portuguese, Spanish};
use robofy_when::{Language, Reference, impossible, resolve};

use crate::{at, check, check_in, written};

const NOW: &str = "2026-11-26T10:30";

/// What is said, and the words of the date that does not exist; no time is found in any of them.
fn none(language: Language, reference: &Reference, rows: &[(&str, &str)]) {
    for (said, expected) in rows {
        let found = resolve(said, language.grammar(), reference);
        let found: Vec<String> = found.iter().map(|found| written(found, &reference.zone)).collect();
        assert_eq!(found, [""; 0], "{said}");
        let words = impossible(said, language.grammar(), reference).map(|range| &said[range]);
        assert_eq!(words, Some(*expected), "{said}");
    }
}

#[test]
fn a_time_beside_a_day_that_no_month_has_is_none() {
    none(
        English,
        &at(NOW, "Europe/Berlin", DayFirst),
        &[
            ("31 february at 11:10", "31 february"),
            ("on the 31st of February, 9am", "31st of February"),
            ("at 11:10 on February 30", "February 30"),
            ("45 March", "45 March"),
            ("can we do 45 March at 3pm?", "45 March"),
            ("April thirty-first at noon", "April thirty-first"),
            ("31/11 at 3pm", "31/11"),
            ("30.2. 15:00", "30.2."),
            ("Tuesday 31 June in the morning", "Tuesday 31 June"),
            ("29 February 2027 at 10:00", "29 February 2027"),
            ("29 February next year at 10:00", "29 February"),
            ("2027-02-30 14:00", "2027-02-30"),
            ("from 28 to 31 February", "from 28 to 31 February"),
            ("after 31 February", "after 31 February"),
            ("on the 32nd at 4pm", "32nd"),
            ("31 February would be good. I am free at 4pm.", "31 February"),
        ],
    );
    none(
        English,
        &at(NOW, "America/New_York", MonthFirst),
        &[("2/30 at 3pm", "2/30"), ("30/2, 3pm", "30/2")],
    );
    let reference = at(NOW, "Europe/Berlin", DayFirst);
    none(German, &reference, &[("31.2. um 15 Uhr", "31.2."), ("am 30.02.2027 um 9:30", "30.02.2027")]);
    none(German, &reference, &[("31.2 um 15 Uhr", "31.2"), ("31.11., 15 Uhr", "31.11.")]);
    none(Dutch, &reference, &[("31-2 om 17:00", "31-2"), ("op 31/11 om 15 uur", "31/11")]);
    none(French, &reference, &[("le 30/2 à 15h", "30/2"), ("31.4. à 15h30", "31.4.")]);
    none(Spanish, &reference, &[("el 31/4 a las 16:00", "31/4")]);
    none(Italian, &reference, &[("il 31.4 alle 15:30", "31.4")]);
    none(Portuguese, &reference, &[("dia 31/6 às 15h30", "31/6")]);
    // By the names of months, which these languages read no times with.
    none(German, &reference, &[("am 31. Februar um 15 Uhr", "31. Februar"), ("45. März", "45. März")]);
    none(French, &reference, &[("le 31 février à 15h", "31 février")]);
    none(Spanish, &reference, &[("el 31 de abril a las 16:00", "31 de abril")]);
    none(Portuguese, &reference, &[("dia 30 de fevereiro às 15h", "30 de fevereiro")]);
    none(Italian, &reference, &[("il 29 febbraio 2027 alle 15:30", "29 febbraio 2027")]);
    none(Dutch, &reference, &[("31 juni om 17:00", "31 juni")]);
}

#[test]
fn a_number_by_itself_is_asked_about_where_a_time_was() {
    let mut reference = at(NOW, "Europe/Berlin", DayFirst);
    let words = |said: &str, reference: &Reference| impossible(said, English.grammar(), reference);
    assert_eq!(words("30.2.", &reference), None);
    reference.asked = true;
    assert_eq!(words("30.2.", &reference), Some(0..5));
}

#[test]
fn a_day_that_is_meant_instead_is_taken() {
    check(
        &at(NOW, "Europe/Berlin", DayFirst),
        &[
            ("31 February, I mean 28 February at 5pm", "2027-02-28T17:00"),
            ("not 31 November, 1 December at 4pm", "2026-12-01T16:00"),
            ("29 February at 9am", "2028-02-29T09:00"),
        ],
    );
    let said = "not 31 November, 1 December";
    assert_eq!(impossible(said, English.grammar(), &at(NOW, "Europe/Berlin", DayFirst)), None);
}

#[test]
fn what_is_no_date_is_no_impossible_one() {
    let reference = at(NOW, "Europe/Berlin", DayFirst);
    for said in [
        "tomorrow at 5pm",
        "it costs 30.20, is 3pm free?",
        "room 45, May would suit",
        "tyres 205/55 on Friday",
        "my number is 0171 30-50-20",
        "Is it open 24/7?",
        "March, 45 minutes",
        "a 45 minute massage in March",
        "for 45 people in March",
    ] {
        assert_eq!(impossible(said, English.grammar(), &reference), None, "{said}");
    }
}

#[test]
fn dates_in_numbers_stay_beside_a_time() {
    let reference = at(NOW, "Europe/Berlin", DayFirst);
    let rows = [("12.1. 15:00", "2027-01-12T15:00"), ("15-1 at 17:00", "2027-01-15T17:00")];
    check(&reference, &rows);
    check(&at(NOW, "America/New_York", MonthFirst), &[("15-1 at 17:00", "2027-01-15T17:00")]);
    check_in(
        Dutch,
        &reference,
        &[("15-1 om 17:00", "2027-01-15T17:00"), ("3-4 om 17:00", "2027-04-03T17:00")],
    );
    check_in(
        Dutch,
        &reference,
        &[("15.1 om 17:00", "2027-01-15T17:00"), ("voor 3-4 om 17:00", "2026-11-26T17:00")],
    );
    check_in(
        German,
        &reference,
        &[("10.12 um 15 Uhr", "2026-12-10T15:00"), ("um 10.12 Uhr", "2026-11-27T10:12")],
    );
    check_in(Spanish, &reference, &[("15-1 a las 17:00", "2027-01-15T17:00")]);
    check_in(French, &reference, &[("12.1. 15h", "2027-01-12T15:00")]);
}

#[test]
fn no_time_is_left_of_a_day_in_numbers() {
    let reference = at(NOW, "Europe/Berlin", DayFirst);
    let american = at(NOW, "America/New_York", MonthFirst);
    let languages = [
        (English, "", "for", "on", "at 17:00"),
        (German, "Termin", "für", "am", "um 17:00"),
        (Dutch, "afspraak", "voor", "op", "om 17:00"),
        (French, "rendez-vous", "pour", "le", "à 17:00"),
        (Spanish, "cita", "para", "el", "a las 17:00"),
        (Italian, "appuntamento", "per", "il", "alle 17:00"),
        (Portuguese, "consulta", "para", "dia", "às 17:00"),
    ];
    let mut wrong = Vec::new();
    for (language, what, to, on, time) in languages {
        for day in ["15{}1", "28{}2", "31{}2", "30{}2", "31{}12", "13{}10"] {
            for (sign, end) in [("/", ""), (".", ""), (".", "."), ("-", "")] {
                for before in ["", to, on, what] {
                    let said = format!("{before} {}{end} {time}", day.replace("{}", sign));
                    let turned = format!("{time} {}", said.trim_end_matches(time).trim());
                    // A word between a time and a day parts them.
                    let orders = if before == what { vec![said] } else { vec![said, turned] };
                    for said in orders {
                        let all = [&reference, &american];
                        let found = all.map(|reference| resolve(&said, language.grammar(), reference));
                        if found.iter().flatten().any(|found| !found.says_day) {
                            wrong.push(said);
                        }
                    }
                }
            }
        }
    }
    assert_eq!(wrong, [""; 0]);
}

#[test]
fn a_time_that_no_clock_shows_is_none() {
    let reference = at(NOW, "Europe/Berlin", DayFirst);
    none(
        English,
        &reference,
        &[
            ("tomorrow at 25:00", "25:00"),
            ("tomorrow 10:75", "10:75"),
            ("25:00 on Friday", "25:00"),
            ("on Friday at 24:30 please", "24:30"),
        ],
    );
    for said in ["tomorrow at 15:00", "a 50:50 split, tomorrow at 3pm", "tomorrow we share 50:50"] {
        assert_eq!(impossible(said, English.grammar(), &reference), None, "{said}");
        assert!(!resolve(said, English.grammar(), &reference).is_empty(), "{said}");
    }
}
