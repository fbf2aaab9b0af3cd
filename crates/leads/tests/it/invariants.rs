//! What holds for any text.

use proptest::prelude::*;
use robofy_leads::{Field, FieldType, Region, asked_in, normalise, pick};

fn fields() -> Vec<Field> {
    let field = |r#type: &FieldType| {
        let mut field = Field::new(r#type.as_str(), r#type.as_str(), *r#type, false, 0);
        if r#type.has_options() {
            field.options = vec!["Red".into(), "Dark blue".into(), "12".into()];
        }
        field
    };
    FieldType::ALL.iter().map(field).collect()
}

/// Messages of pieces that matter, in any order and with anything between them.
fn message() -> impl Strategy<Value = String> {
    let pieces = vec![
        "my name is ",
        "I'm ",
        "ich heiße ",
        "je m'appelle ",
        "Ada Brook",
        "ada",
        "Dr. ",
        "van den Berg",
        "O'Hara",
        "at ",
        "@",
        " dot ",
        ".",
        "com",
        "ada@brook.example",
        "415 555 0132",
        "+44 ",
        "(0)",
        "020 7946 0018",
        "null eins sieben eins ",
        "double five ",
        "order ",
        "invoice 12345678",
        ", ",
        ". ",
        "? ",
        "\n",
        "/",
        "-",
        "ends in 45",
        "am Ende",
        "no ",
        "not ",
        "old ",
        "my mother ",
        "sorry ",
        "Brook Roofing Ltd",
        "company: ",
        "株式会社山田",
        "山田です",
        "我叫王小明",
        "的",
        "اسمي ",
        "محمد علي",
        "मेरा नाम ",
        "अनिल शर्मा",
        "है",
        "です",
        "😀",
        "e\u{301}",
        "ß",
        "İ",
        "ﬁ",
        "１２",
        "@",
        "all one word ",
        "[at]",
        "艾特",
        "点",
        "\u{200d}",
        "http://a.example/x",
        "12.5",
        "2027-01-02",
        "red",
        "yes",
    ];
    let piece = prop_oneof![8 => prop::sample::select(pieces).prop_map(String::from), 1 => any::<char>().prop_map(String::from), 1 => "\\PC{0,6}"];
    prop::collection::vec(piece, 0..14).prop_map(|pieces| pieces.concat())
}

fn region() -> impl Strategy<Value = Region> {
    prop::sample::select(vec!["US", "GB", "DE", "FR", "ES", "BR", "JP", "SA", "IN", "ZZ"])
        .prop_map(|code| code.parse().unwrap())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    /// A value is what its own bytes are normalised to, and nothing stands in two places.
    #[test]
    fn values_are_the_normal_form_of_their_own_bytes(text in message(), region in region(), asked in 0_usize..20) {
        let fields = fields();
        let picked = pick(&text, fields.get(asked), &fields, region);
        for found in &picked.found {
            let raw = text.get(found.range.clone());
            prop_assert!(raw.is_some(), "{:?} in {text:?}", found.range);
            let field = fields.iter().find(|field| field.name == found.field).unwrap();
            let again = normalise(field, raw.unwrap(), region);
            prop_assert_eq!(again.as_ref(), Ok(&found.value), "{:?}", raw);
            let twice = picked.found.iter().filter(|other| other.field == found.field).count();
            prop_assert_eq!(twice, 1);
        }
        if let Some(rejected) = &picked.rejected {
            let field = fields.iter().find(|field| field.name == rejected.field).unwrap();
            let raw = text.get(rejected.range.clone()).unwrap();
            prop_assert_eq!(normalise(field, raw, region), Err(rejected.reason));
        }
        for name in &picked.declined {
            prop_assert!(picked.field(name).is_none());
        }
    }

    /// No text is too strange.
    #[test]
    fn any_text_is_looked_through(text in any::<String>(), region in region(), asked in 0_usize..20) {
        let fields = fields();
        let picked = pick(&text, fields.get(asked), &fields, region);
        prop_assert!(picked.found.iter().all(|found| text.get(found.range.clone()).is_some()));
        let _ = asked_in(&text);
        for field in &fields {
            let _ = normalise(field, &text, region);
        }
    }

    /// What is normal stays as it is.
    #[test]
    fn normal_forms_are_stable(text in message(), region in region()) {
        for field in fields() {
            // E.164 is read anywhere; so are the others.
            if let Ok(value) = normalise(&field, &text, region)
                && matches!(field.field_type, FieldType::Phone | FieldType::Date | FieldType::Name | FieldType::Text)
            {
                prop_assert_eq!(normalise(&field, &value.text(), region), Ok(value));
            }
        }
    }
}

#[test]
fn long_messages_are_looked_through_in_time() {
    let text = "null eins zwei drei ada at brook dot com, not my mother's 415 555 0132, ".repeat(400);
    let fields = fields();
    for asked in 0..fields.len() {
        let _ = pick(&text, fields.get(asked), &fields, Region::US);
    }
}
