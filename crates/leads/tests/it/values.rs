//! Normal forms, and why words are none.

use robofy_leads::{Field, FieldType, Invalid, Region, Value, normalise};

fn value(r#type: FieldType, raw: &str, region: &str) -> Result<String, Invalid> {
    let field = Field::new("f", "F", r#type, false, 0);
    normalise(&field, raw, region.parse::<Region>().unwrap()).map(|value| value.text().into_owned())
}

fn right(r#type: FieldType, cases: &[(&str, &str, &str)]) {
    for (raw, region, wanted) in cases {
        assert_eq!(value(r#type, raw, region).as_deref(), Ok(*wanted), "{raw} ({region})");
    }
}

fn wrong(r#type: FieldType, cases: &[(&str, &str, Invalid)]) {
    for (raw, region, why) in cases {
        assert_eq!(value(r#type, raw, region), Err(*why), "{raw} ({region})");
    }
}

#[test]
fn telephone_numbers_in_the_country_of_the_visitor_or_another() {
    right(
        FieldType::Phone,
        &[
            ("020 7946 0018", "GB", "+442079460018"),
            ("+1 (415) 555-0132", "GB", "+14155550132"),
            ("0043 1 5880481", "DE", "+4315880481"),
            ("+44 (0)20 7946 0018", "US", "+442079460018"),
            ("0171 / 39 200 11", "DE", "+491713920011"),
            ("oh two oh, seven nine four six, double oh one eight", "GB", "+442079460018"),
            ("seiscientos once, veintidós, treinta y tres, cuarenta y cuatro", "ES", "+34611223344"),
            ("zéro six douze trente-quatre cinquante-six soixante-dix-huit", "FR", "+33612345678"),
            ("null eins sieben eins, neununddreißig, zwanzig, null elf", "DE", "+491713920011"),
            ("onze nove um dois três quatro meia sete oito nove", "BR", "+5511912346789"),
            ("٠٥٠١٢٣٤٥٦٧", "SA", "+966501234567"),
            ("415 555 0132, no, it ends in 33", "US", "+14155550133"),
        ],
    );
    wrong(
        FieldType::Phone,
        &[
            ("415 555", "US", Invalid::PhoneTooShort),
            ("415 555 0132 9999", "US", Invalid::PhoneTooLong),
            ("+999 12345678", "US", Invalid::UnknownCountry),
            ("call me", "US", Invalid::NotPhone),
            ("123 456 7890", "US", Invalid::UnknownPhone),
            ("", "US", Invalid::Empty),
        ],
    );
}

#[test]
fn names_lose_their_titles_and_companies_keep_theirs() {
    right(
        FieldType::Name,
        &[
            (" Frau  Dr. Ida Sommer ", "DE", "Ida Sommer"),
            ("Mr. O'Hara", "GB", "O'Hara"),
            ("陈先生", "CN", "陈"),
            ("Drew Prosser", "GB", "Drew Prosser"),
        ],
    );
    wrong(FieldType::Name, &[("12345", "US", Invalid::NotName), ("a@b.example", "US", Invalid::NotName)]);
    right(FieldType::Company, &[("Dr. Sommer & Partner GmbH,", "DE", "Dr. Sommer & Partner GmbH")]);
}

#[test]
fn numbers_by_the_customs_of_the_country() {
    right(
        FieldType::Number,
        &[
            ("1,234.50", "US", "1234.5"),
            ("1.234,50", "DE", "1234.5"),
            ("1.234", "DE", "1234"),
            ("1.234", "US", "1.234"),
            ("12,5", "US", "12.5"),
            ("1'000", "CH", "1000"),
            ("-0", "US", "0"),
            ("007", "US", "7"),
            ("two hundred and six", "US", "206"),
            ("１２", "JP", "12"),
        ],
    );
    wrong(
        FieldType::Number,
        &[
            ("1,2,3", "US", Invalid::NotNumber),
            ("many", "US", Invalid::NotNumber),
            ("1-2", "US", Invalid::NotNumber),
        ],
    );
}

#[test]
fn dates_in_figures_by_the_order_of_the_country() {
    right(
        FieldType::Date,
        &[
            ("2028-02-29", "US", "2028-02-29"),
            ("3/4/2027", "US", "2027-03-04"),
            ("3/4/2027", "GB", "2027-04-03"),
            ("31/12/26", "US", "2026-12-31"),
            ("3.4.2027", "DE", "2027-04-03"),
            ("2027年4月3日", "JP", "2027-04-03"),
        ],
    );
    wrong(
        FieldType::Date,
        &[
            ("2027-02-29", "US", Invalid::NoSuchDay),
            ("31/31/2027", "GB", Invalid::NoSuchDay),
            ("tomorrow", "US", Invalid::NotDate),
            ("12/2027", "US", Invalid::NotDate),
        ],
    );
}

#[test]
fn pages_and_boxes() {
    right(
        FieldType::Url,
        &[
            ("acme.example/x", "US", "https://acme.example/x"),
            ("http://a.example", "US", "http://a.example/"),
        ],
    );
    wrong(
        FieldType::Url,
        &[
            ("javascript:alert(1)", "US", Invalid::NotUrl),
            ("a@b.example", "US", Invalid::NotUrl),
            ("localhost", "US", Invalid::NotUrl),
            ("http://127.0.0.1/", "US", Invalid::NotUrl),
        ],
    );
    right(
        FieldType::Checkbox,
        &[("Yes please", "US", "true"), ("nein", "DE", "false"), ("はい", "JP", "true"), ("x", "US", "true")],
    );
    wrong(FieldType::Checkbox, &[("perhaps", "US", Invalid::NotYesOrNo)]);
}

#[test]
fn options_by_label_number_or_words() {
    let mut field = Field::new("size", "Size", FieldType::Select, true, 0);
    field.options = ["Small", "Large", "Extra large", "Not sure yet"].map(String::from).to_vec();
    let one = |raw: &str| normalise(&field, raw, Region::US).map(|value| value.text().into_owned());
    assert_eq!(one("LARGE").as_deref(), Ok("Large"));
    assert_eq!(one("the extra large one").as_deref(), Ok("Extra large"));
    assert_eq!(one("2").as_deref(), Ok("Large"));
    assert_eq!(one("sure").as_deref(), Ok("Not sure yet"));
    assert_eq!(one("small or large"), Err(Invalid::SeveralOptions));
    assert_eq!(one("5"), Err(Invalid::NotAnOption));
    assert_eq!(one("red"), Err(Invalid::NotAnOption));

    let several = Field { field_type: FieldType::MultiSelect, ..field.clone() };
    let choose = |raw: &str| normalise(&several, raw, Region::US);
    assert_eq!(choose("large and small"), Ok(Value::Choices(vec!["Small".into(), "Large".into()])));
    assert_eq!(choose("1, 4"), Ok(Value::Choices(vec!["Small".into(), "Not sure yet".into()])));
    assert_eq!(choose("9"), Err(Invalid::NotAnOption));
}

#[test]
fn codes_are_one_word_each() {
    for (why, code) in [
        (Invalid::PhoneTooShort, "phone_too_short"),
        (Invalid::NotEmail, "not_email"),
        (Invalid::NoSuchDay, "no_such_day"),
    ] {
        assert_eq!(why.code(), code);
        assert!(!why.to_string().is_empty());
    }
}

#[test]
fn signs_that_are_not_seen_cut_nothing() {
    for sign in ["\u{200b}", "\u{202e}", "\u{2060}", "\u{feff}"] {
        for asked in ["", "email"] {
            let found = crate::said(&format!("an{sign}na@example.com"), asked, "DE");
            assert_eq!(found, [""; 0], "{sign:?}");
        }
        let name = Field::new("name", "name", FieldType::Name, false, 0);
        let value = normalise(&name, &format!("An{sign}na Weber{sign}"), None).unwrap();
        assert_eq!(value.text(), "Anna Weber");
        let email = Field::new("email", "email", FieldType::Email, false, 0);
        assert!(normalise(&email, &format!("an{sign}na@example.com"), None).is_err());
        assert_eq!(
            crate::said(&format!("mail: {sign}anna@example.com"), "", "DE"),
            ["email=anna@example.com"]
        );
    }
    let name = Field::new("name", "name", FieldType::Name, false, 0);
    assert!(normalise(&name, "<script>alert()</script>", None).is_err());
}

#[test]
fn a_power_of_ten_is_no_place_in_a_list() {
    for r#type in [FieldType::Select, FieldType::MultiSelect] {
        let mut field = Field::new("size", "Size", r#type, false, 0);
        field.options = ["Small", "Large", "Extra large"].map(String::from).to_vec();
        for raw in ["1e400", "1e2", "2E+1"] {
            assert_eq!(normalise(&field, raw, None), Err(Invalid::NotAnOption), "{raw}");
        }
        assert!(normalise(&field, "1", None).is_ok());
    }
}
