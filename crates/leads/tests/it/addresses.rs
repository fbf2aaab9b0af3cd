//! E-mail addresses: written, in words, mistyped, and when two are one.

use robofy_leads::{Field, FieldType, Invalid, Region, email_key, normalise, suggest};

fn email(raw: &str) -> Result<String, Invalid> {
    let field = Field::new("email", "E-mail", FieldType::Email, true, 0);
    normalise(&field, raw, Region::US).map(|value| value.text().into_owned())
}

#[test]
fn written_and_in_words() {
    let cases = [
        ("Ada.Brook@Brook.Example", "Ada.Brook@brook.example"),
        ("<ada@brook.example>", "ada@brook.example"),
        ("o'hara+news@brook.example", "o'hara+news@brook.example"),
        ("jürgen@müller.example", "jürgen@müller.example"),
        ("ana@例え.jp", "ana@例え.jp"),
        ("rené@exämple.fr", "rené@exämple.fr"),
        ("rene\u{301}@exa\u{308}mple.fr", "rené@exämple.fr"),
        ("用户@例子.广告", "用户@例子.广告"),
        ("пример@почта.рф", "пример@почта.рф"),
        ("ada ＠ brook.example", "ada@brook.example"),
        ("ａｄａ＠ｂｒｏｏｋ．ｃｏｍ", "ada@brook.com"),
        ("ada (at) brook (dot) com", "ada@brook.com"),
        ("a d a at brook dot co dot uk", "ada@brook.co.uk"),
        ("ada seven at brook dot com", "ada7@brook.com"),
        ("ada minus brook klammeraffe web punkt de", "ada-brook@web.de"),
        ("ada tiret brook arobase orange point fr", "ada-brook@orange.fr"),
        ("ada trattino basso brook chiocciola libero punto it", "ada_brook@libero.it"),
        ("no spaces: red kite farm at gmail dot com", "redkitefarm@gmail.com"),
        ("red kite farm at gmail dot com, all one word", "redkitefarm@gmail.com"),
        ("ada下划线b艾特163点com", "ada_b@163.com"),
    ];
    for (raw, address) in cases {
        assert_eq!(email(raw).as_deref(), Ok(address), "{raw}");
    }
}

#[test]
fn what_is_none() {
    for raw in [
        "ada",
        "ada at home",
        "@brook.example",
        "ada@.example",
        "ada brook@x.example y",
        "ada@-brook-.example",
        "ada@xn--zzzzzzzz99999.example",
        "look at brook dot",
        "a@b@c.example",
    ] {
        assert_eq!(email(raw), Err(Invalid::NotEmail), "{raw}");
    }
    assert_eq!(email("ada@brook"), Err(Invalid::IncompleteEmail));
    assert_eq!(email(&format!("{}@brook.example", "a".repeat(65))), Err(Invalid::NotEmail));
}

#[test]
fn mistyped_domains() {
    let cases = [
        ("a@gamil.com", Some("a@gmail.com")),
        ("a@gmail.con", Some("a@gmail.com")),
        ("a@gmailcom", Some("a@gmail.com")),
        ("a@yaho.fr", Some("a@yahoo.fr")),
        ("a@hotmail.fe", Some("a@hotmail.fr")),
        ("a@wed.de", None),
        ("a@gmx.dee", Some("a@gmx.de")),
        ("a@gmail.com", None),
        ("a@brook.example", None),
        ("a@acme.io", None),
        ("a@mail.com", None),
        ("a@ymail.com", None),
        ("a@email.example", None),
        ("a@live.org.example", None),
        ("a@outdoor.com", None),
        ("a@yahoo-inc.example", None),
    ];
    for (address, likelier) in cases {
        assert_eq!(suggest(address).as_deref(), likelier, "{address}");
    }
}

#[test]
fn one_person_has_one_key() {
    assert_eq!(email_key("Ada@Bücher.Example"), email_key("ada@xn--bcher-kva.example"));
    assert_eq!(email_key(" ADA@brook.example "), "ada@brook.example");
    assert_ne!(email_key("a.da@gmail.com"), email_key("ada@gmail.com"));
    assert_ne!(email_key("ada+x@gmail.com"), email_key("ada@gmail.com"));
}
