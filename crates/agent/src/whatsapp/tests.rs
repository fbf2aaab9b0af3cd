use proptest::prelude::*;

use super::*;

fn said(markdown: &str) -> String {
    message(markdown, &[])
}

fn cited(index: i64, source_url: Option<&str>) -> Citation {
    Citation {
        index,
        asset_id: None,
        qa_id: None,
        version: None,
        start: None,
        end: None,
        quote: String::new(),
        file_name: None,
        source_url: source_url.map(Into::into),
        heading_path: Vec::new(),
    }
}

#[test]
fn each_form_becomes_the_one_that_whatsapp_knows() {
    let cases = [
        // Styles.
        ("**bold** and __bold__", "*bold* and *bold*"),
        ("*italic* and _italic_", "_italic_ and _italic_"),
        ("***both***", "_*both*_"),
        ("~~gone~~ and ~gone~", "~gone~ and ~gone~"),
        ("`a*b*c` and ``a`b``", "`a*b*c` and ```a`b```"),
        ("**Price:** 5 €, **a *b* c**!", "*Price:* 5 €, *a _b_ c*!"),
        ("**one\ntwo**", "*one*\n*two*"),
        ("**Web**site, これは**重要**です", "Website, これは重要です"),
        // Headings and rules.
        ("# Hours\n\nNine to five.", "*Hours*\n\nNine to five."),
        ("## **Hours** *today*\nNine.", "*Hours _today_*\nNine."),
        ("Hours\n=====\nNine.", "*Hours*\nNine."),
        ("One.\n\n---\n\nTwo.\n***\nThree.", "One.\n\nTwo.\n\nThree."),
        // Links.
        ("See [our hours](https://a.example/h).", "See our hours: https://a.example/h."),
        ("([hours](https://a.example/h))", "(hours: https://a.example/h)"),
        ("[https://a.example](https://a.example)", "https://a.example"),
        ("[www.a.example](https://www.a.example/)", "https://www.a.example/"),
        ("<https://a.example/x_y_z>", "https://a.example/x_y_z"),
        ("[Write us](mailto:a@b.example) or <a@b.example>", "Write us: a@b.example or a@b.example"),
        ("[+49 30 123](tel:+4930123), [call](tel:+4930123)", "+49 30 123, call: +4930123"),
        ("[Need help?](https://a.example)", "Need help? https://a.example"),
        ("**[Book](https://a.example/b)**", "Book: https://a.example/b"),
        ("[a](https://a.example)b", "a: https://a.example b"),
        ("[top](#top), [x](javascript:alert(1))", "top, x"),
        ("[a][1] b\n\n[1]: https://a.example \"T\"", "a: https://a.example b"),
        ("![The shop](https://a.example/s.png)", "The shop: https://a.example/s.png"),
        ("![](https://a.example/s.png)", "https://a.example/s.png"),
        // Lists: a visitor answers with the number.
        ("* a\n* b\n+ c", "- a\n- b\n- c"),
        ("Choose:\n1. Monday\n2. Tuesday\n\nWhich?", "Choose:\n1. Monday\n2. Tuesday\n\nWhich?"),
        ("7) seven\n8) eight", "7) seven\n8) eight"),
        ("24. Dezember: zu\n1. Januar: zu", "24. Dezember: zu\n1. Januar: zu"),
        ("- a\n  - b\n    - c\n- d", "- a\n  - b\n    - c\n- d"),
        ("1. a\n   - b\n2. c", "1. a\n  - b\n2. c"),
        ("- a\n\n  more\n- **b**\n", "- a\n\nmore\n- *b*"),
        ("- [ ] open", "- [ ] open"),
        // Tables.
        (
            "| Day | Hours |\n|---|---|\n| Monday | **9** to 18 |\n| Sunday | |\n\nCome!",
            "Day: Monday · Hours: *9* to 18\nDay: Sunday · Hours: –\n\nCome!",
        ),
        ("| | A |\n|---|---|\n| x | 1 |", "x · A: 1"),
        ("| A | B |\n|---|---|", "A · B"),
        ("|A|B|\n|-|-|\n|1|2|3|", "|A|B|\n|-|-|\n|1|2|3|"),
        // Quotes and code.
        ("> one\n> two\n>\n> three\n\nfour", "> one\n> two\n> three\n\nfour"),
        ("> - a\n> - b", "> - a\n> - b"),
        ("> a\n> > b", "> a\n> b"),
        ("Run:\n```sh\nls  *.md\n\n\n\npwd\n```\nDone.", "Run:\n```\nls  *.md\n\npwd\n```\nDone."),
        ("a\n\n    indented\n      more", "a\n\nindented\n  more"),
        // HTML.
        ("One<br>two <b>three</b> <span style=\"a>b\">four</span>", "One\ntwo three four"),
        ("<div>\n<p>One &amp; <i>two</i></p><ul><li>a</li><li>b</li></ul>\n</div>", "One & two\n- a\n- b"),
        ("See <a href=\"https://a.example/x\">this</a>.", "See this: https://a.example/x."),
        ("a <!-- hidden --> b", "a  b"),
        ("<script>alert(1)</script>\n\nHello", "Hello"),
        ("Write <your name> here, if a < b", "Write <your name> here, if a < b"),
        ("cd <dir> and choose <menu>", "cd <dir> and choose <menu>"),
        ("One<BR>two<center>three</center>", "One\ntwo\nthree"),
        // Spaces.
        ("a  \nb\\\nc\r\nd\n\n\n\n\ne  ", "a\nb\nc\nd\n\ne"),
        ("", ""),
    ];
    let wrong: Vec<String> = cases
        .iter()
        .filter(|(markdown, expected)| said(markdown) != *expected)
        .map(|(markdown, expected)| format!("{markdown:?}\n  is {:?}\n not {expected:?}", said(markdown)))
        .collect();
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

#[test]
fn what_only_looks_like_markdown_stays() {
    for text in [
        "2*3*4 = 24, 2**3**4, 5 * 3 * 2, a*b*c",
        "snake_case_name and other_snake_case",
        "+49 171 1234567",
        "+ 5 € for breakfast\n+ 3 € for a towel",
        "Price: 5 €*\n*plus VAT",
        "5* hotel, 4* hotel",
        "from ~5 to ~7 euros, 10~20~30",
        "https://a.example/*b*/__c__?d=_e_ and www.a.example/*f*",
        ">18 only",
        ">= 18 years",
        "#1 in town, C# and F#",
        "AT&T, 3 < 4 > 2",
        "[Note]: bring_it",
        "[Note] bring [it] (please)",
        "- Hello.\n- Hello yourself.",
        "24. Dezember geschlossen.\nSonst offen.",
        "a | b",
        "$5 - $10, 5$",
        "*",
        "Un texte: «oui», ¿sí?",
    ] {
        assert_eq!(said(text), text);
    }
}

#[test]
fn citation_marks_go_and_addresses_come_once() {
    let (page, other) = ("https://a.example/hours", "https://a.example/prices");
    let citations = [
        cited(1, Some(page)),
        cited(2, None),
        cited(3, Some(page)),
        cited(4, Some(other)),
        cited(5, Some("upload://x")),
        cited(6, Some("https://a.example/5")),
        cited(7, Some("https://a.example/6")),
    ];
    let answer = "We open at **9** [1]. Come by [2] [3]! [9] [1](https://b.example) a[1] [4][x]";
    assert_eq!(
        message(answer, &citations),
        "We open at *9*. Come by! [9] 1: https://b.example a[1] [4][x]\n\n\
         https://a.example/hours\nhttps://a.example/prices\nhttps://a.example/5"
    );
    assert_eq!(message("See https://a.example/hours.", &citations[..1]), "See https://a.example/hours.");
    let longer = "See https://a.example/hours/monday";
    assert_eq!(message(longer, &citations[..1]), format!("{longer}\n\n{page}"));
    assert_eq!(message("Yes [1]", &[]), "Yes [1]", "no citation, no mark");
    let endless = format!("https://a.example/{}", "x".repeat(5000));
    assert_eq!(message("Yes [1].", &[cited(1, Some(&endless))]), "Yes.");
}

#[test]
fn what_is_too_long_ends_at_a_sentence() {
    let fits = "x".repeat(LONGEST);
    assert_eq!(said(&fits), fits);
    let sentence = "We are open from 9. 30 minutes are enough. ";
    let cut = said(&sentence.repeat(200));
    assert!(cut.ends_with("are enough. …"), "{}", &cut[cut.len() - 60..]);
    assert!((LONGEST - 60..=LONGEST).contains(&length::units(&cut)), "{}", length::units(&cut));
    let with_source = message(&sentence.repeat(200), &[cited(1, Some("https://a.example/1"))]);
    assert!(with_source.ends_with("are enough. …\n\nhttps://a.example/1"));
    assert!(length::units(&with_source) <= LONGEST);
    assert!(said(&"word ".repeat(2000)).ends_with("word …"));
    let emoji = said(&"🚲".repeat(4000));
    assert!(emoji.ends_with("🚲 …") && length::units(&emoji) <= LONGEST);
    let code = said(&format!("```\n{}```", "some code\n".repeat(600)));
    assert!(code.ends_with("some code …\n```") && length::units(&code) <= LONGEST, "{}", &code[4000..]);
    assert!(said(&"はい。".repeat(2000)).ends_with("はい。 …"));
}

#[test]
fn an_answer_with_everything() {
    let answer = "## Renting a bike\n\nA **city bike** costs *15 euros* a day [1].\n\n\
                  | Bike | Day |\n|---|---|\n| City | 15 € |\n| Cargo | 35 € |\n\n\
                  1. [Choose one](https://a.example/bikes)\n2. Call +49 30 1234567\n\n> Helmets are free [2].";
    assert_eq!(
        message(answer, &[cited(1, Some("https://a.example/prices")), cited(2, None)]),
        "*Renting a bike*\n\nA *city bike* costs _15 euros_ a day.\n\n\
         Bike: City · Day: 15 €\nBike: Cargo · Day: 35 €\n\n\
         1. Choose one: https://a.example/bikes\n2. Call +49 30 1234567\n\n> Helmets are free.\n\n\
         https://a.example/prices"
    );
}

/// Markdown out of its parts, each with a word of its own.
fn soup() -> impl Strategy<Value = (String, usize)> {
    let part = prop::sample::select(vec![
        " ",
        "*",
        "**",
        "_",
        "__",
        "~~",
        "`",
        "\n",
        "\n\n",
        "\n# ",
        "\n- ",
        "\n  - ",
        "\n1. ",
        "\n> ",
        "[",
        "](",
        ")",
        "]",
        "![",
        "<b>",
        "</b>",
        "<br>",
        "<div>\n",
        "<",
        ">",
        " | ",
        "&",
        "\\",
        ": ",
        ". ",
        "\n    ",
        "---\n",
        "\n| - | - |\n",
        "https://a.example/",
    ]);
    prop::collection::vec(part, 0..40).prop_map(|parts| {
        let text = parts.iter().enumerate().map(|(at, part)| format!("{part}w{at}x")).collect();
        (text, parts.len())
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn no_text_is_too_odd(text in any::<String>(), more in "[-*_~`#>|\\[\\]()<a1.\n &!:\\\\]{0,200}") {
        for text in [text, more] {
            let said = said(&text);
            prop_assert!(!said.contains("\n\n\n"));
            prop_assert!(length::units(&said) <= LONGEST);
        }
    }

    #[test]
    fn no_word_is_lost((text, words) in soup()) {
        let said = said(&text);
        for at in 0..words {
            prop_assert!(said.contains(&format!("w{at}x")), "w{at}x of {text:?} is not in {said:?}");
        }
    }

    #[test]
    fn plain_text_stays(lines in prop::collection::vec("[A-Za-zäß][A-Za-zäß0-9 ,;:?!€%()/'-]{0,40}[a-z.?!]", 1..8), apart in any::<bool>()) {
        let text = lines.join(if apart { "\n\n" } else { "\n" });
        let once = said(&text);
        prop_assert_eq!(&once, &text);
        prop_assert_eq!(said(&once), once);
    }
}
