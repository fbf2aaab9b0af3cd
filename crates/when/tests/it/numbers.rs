//! Languages whose grammar knows dates and clock times in numbers only.

use robofy_when::DateOrder::DayFirst;
use robofy_when::Language::{Dutch, French, German, Italian, Portuguese, Spanish};

use crate::{at, check_in};

#[test]
fn dates_and_clock_times_in_numbers() {
    let reference = at("2026-11-26T10:30", "Europe/Berlin", DayFirst);
    check_in(
        German,
        &reference,
        &[
            ("Am 3.12. um 14:30 Uhr", "2026-12-03T14:30"),
            ("am 03.12.2026", "2026-12-03"),
            ("geht 15 Uhr?", "2026-11-26T15:00"),
            ("von 9 bis 11 Uhr am 3.12.", "2026-12-03T09:00/2026-12-03T11:00?"),
            ("morgen um 15 Uhr", ""),
            ("das kostet 3.50 Euro", ""),
        ],
    );
    check_in(
        French,
        &reference,
        &[
            ("le 24/12 à 15h30", "2026-12-24T15:30"),
            ("vers 15 heures", "2026-11-26T15:00"),
            ("de 14h à 16h le 3/12", "2026-12-03T14:00/2026-12-03T16:00"),
            ("demain à 15h", ""),
        ],
    );
    check_in(Spanish, &reference, &[("el 3/12 a las 16:00", "2026-12-03T16:00"), ("mañana a las 16:00", "")]);
    check_in(Portuguese, &reference, &[("dia 3/12 às 15h30", "2026-12-03T15:30"), ("amanhã às 15h", "")]);
    check_in(Italian, &reference, &[("il 3/12 alle 15:30", "2026-12-03T15:30"), ("domani alle 15", "")]);
    check_in(Dutch, &reference, &[("op 3/12 om 15.30 uur", "2026-12-03T15:30"), ("morgen om 15 uur", "")]);
}
