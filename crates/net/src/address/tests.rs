//! Every spelling of an address is that address.

use ipnet::IpNet;

use super::*;
use crate::profile::Profile;

/// Ways to write the machine itself, or its neighbours, that have fooled filters of text.
const DISGUISES: [&str; 40] = [
    "http://127.0.0.1/",
    "http://127.0.0.1./",
    "HTTP://127.0.0.1:65535/",
    "http://2130706433/",
    "http://017700000001/",
    "http://0x7f000001/",
    "http://0X7F000001/",
    "http://0177.0.0.1/",
    "http://0177.0.0.01/",
    "http://0x7f.1/",
    "http://0x7f.0.0.1/",
    "http://127.1/",
    "http://127.0.1/",
    "http://127.1./",
    "http://127.0x0.0.1/",
    "http://0/",
    "http://0x0/",
    "http://%31%32%37.0.0.1/",
    "http://127%2e0%2e0%2e1/",
    "http://127.0.0.%31/",
    "http://１２７.０.０.１/",
    "http://127。0。0。1/",
    "http://127．0．0．1/",
    "http://127｡0｡0｡1/",
    "http://①②⑦.⓪.⓪.①/",
    "http://localhost/",
    "http://LOCALHOST./",
    "http://loc%61lhost/",
    "http://ｌｏｃａｌｈｏｓｔ/",
    "http://a.localhost/",
    "http://[::1]/",
    "http://[::]/",
    "http://[0:0:0:0:0:0:0:1]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[::FFFF:7F00:1]/",
    "http://[0000:0000:0000:0000:0000:ffff:7f00:0001]/",
    "http://[64:ff9b::127.0.0.1]/",
    "http://[64:ff9b::7f00:1]/",
    "http://[0064:FF9B:0:0:0:0:169.254.169.254]/",
    "http://[2002:7f00:1::]/",
];

const REFUSED: [(&str, &str); 20] = [
    ("", "empty"),
    ("  \t ", "empty"),
    ("models.example/v1", "begin with http"),
    ("//models.example/v1", "begin with http"),
    ("http://", "no host"),
    ("http:///", "no host"),
    ("http://a.example:65536/", "port"),
    ("http://a.example:0/", "port 0"),
    ("http://a.example:x/", "port"),
    ("http://[fe80::1%25eth0]/", "zone"),
    ("http://[fe80::1%eth0]/", "zone"),
    ("http://[::1/", "IP address"),
    ("http://1.2.3.4.5/", "IP address"),
    ("http://256.1.1.1/", "IP address"),
    ("http://user:pass@a.example/", "user name or password"),
    ("http://127.0.0.1@a.example/", "user name or password"),
    ("http://a.example\\@127.0.0.1/", "backslashes"),
    ("http://a.exa\nmple/", "line breaks"),
    ("http://a b.example/", "spaces"),
    ("gopher://a.example/", "begin with http"),
];

fn public(opened: &[IpNet]) -> Profile {
    Profile::Public { opened: opened.into(), flag: None }
}

fn check(profile: &Profile, text: &str) -> Result<Url, NetError> {
    let url = address(text)?;
    profile.admit(&url).map(|()| url)
}

#[test]
fn no_spelling_hides_an_address() {
    for text in DISGUISES {
        let error = check(&public(&[]), text).expect_err(text).to_string();
        assert!(
            error.contains("is not a public address") && error.contains("Use a public address"),
            "{text}: {error}"
        );
        check(&Profile::Operator, text).expect(text);
    }
}

#[test]
fn an_opened_network_is_open_in_every_spelling() {
    let opened = public(&["127.0.0.2/32".parse().unwrap()]);
    for text in [
        "http://127.0.0.2/",
        "http://2130706434/",
        "http://0x7f.2/",
        "http://127.2./",
        "http://0177.0.0.2:9/",
    ] {
        assert_eq!(check(&opened, text).unwrap().host_str(), Some("127.0.0.2"));
    }
    for text in DISGUISES {
        check(&opened, text).expect_err(text);
    }
}

#[test]
fn what_cannot_be_read_is_told_so() {
    for (text, word) in REFUSED {
        let error = check(&Profile::Operator, text).expect_err(text).to_string();
        assert!(error.contains(word) && error.ends_with('.'), "{text:?}: {error}");
        assert!(!error.contains("pass@") && !error.contains("user:"), "{error}");
    }
    let long = format!("https://a.example/{}", "a".repeat(LONGEST));
    assert!(address(&long).unwrap_err().to_string().contains("2,048"));
}

#[test]
fn public_addresses_pass() {
    for text in [
        " https://api.openai.com/v1 ",
        "http://8.8.8.8:11434/",
        "https://[2606:4700:4700::1111]/",
        "http://[64:ff9b::8.8.8.8]/",
        "https://bücher.example/",
        "https://models.example./v1?a=b#c",
        "http://localhost.example/",
    ] {
        check(&public(&[]), text).expect(text);
    }
}

proptest::proptest! {
    /// Whatever is typed: a sentence or an address, no panic, and none that is the machine itself.
    #[test]
    fn nothing_typed_panics(text in "(https?://)?[0-9a-fA-FxX.:\\[\\]%@/。１ ]{0,24}") {
        if let Ok(url) = check(&public(&[]), &text) {
            let number: Option<std::net::IpAddr> = url.host_str().and_then(|host| host.trim_matches(['[', ']']).parse().ok());
            proptest::prop_assert!(number.is_none_or(|number| crate::ranges::reserved(number).is_none()), "{url}");
        }
    }
}
