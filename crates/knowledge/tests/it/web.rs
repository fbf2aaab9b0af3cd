//! Pages of the web: their text and what they tell crawlers, through a real child process.

use std::time::Duration;

use robofy_kernel::Stopwatch;
use robofy_knowledge::extract::{ExtractError, MAX_FILE_BYTES, Refusal, Signs, WebPage};

use crate::reader;

async fn page(html: impl Into<Vec<u8>>, charset: Option<&str>) -> WebPage {
    reader().read_page(html.into(), charset).await.unwrap()
}

#[tokio::test]
async fn a_page_with_all_its_signs() {
    let html = "<!doctype html><html><head><title>Hours</title><base href=/shop/><link rel=canonical href=/hours>\
        <meta name=robots content=noindex><meta http-equiv=refresh content='600; url=/hours?fresh'></head><body>\
        <nav><a href=/>Home</a> <a href=about>About</a></nav><h1>Hours</h1><p>Open from nine to five.</p>\
        <div hidden><a href=/secret>x</a></div><footer><a rel=nofollow href=/login>Log in</a></footer></body></html>";
    let signs = Signs {
        base: Some("/shop/".to_owned()),
        canonical: Some("/hours".to_owned()),
        links: vec!["/".to_owned(), "about".to_owned(), "/secret".to_owned()],
        refresh: Some((600, "/hours?fresh".to_owned())),
        noindex: true,
        nofollow: false,
    };
    let expected = WebPage {
        text: "# Hours\n\nOpen from nine to five.\n".to_owned(),
        title: Some("Hours".to_owned()),
        charset: "UTF-8".to_owned(),
        signs,
    };
    assert_eq!(page(html, None).await, expected);
    // As a file it is read to the same text.
    let extracted = reader().extract("hours.html", html.as_bytes()).await.unwrap();
    assert_eq!((extracted.text, extracted.title), (expected.text, expected.title));
}

#[tokio::test]
async fn a_page_without_words_still_leads_on() {
    for html in
        ["<a href=/next></a>", "<frameset><frame src=/next></frameset>", "<body><map><area href=/next></map>"]
    {
        let read = page(html, None).await;
        assert_eq!(
            (read.text.as_str(), read.signs.links.as_slice()),
            ("", ["/next".to_owned()].as_slice()),
            "{html}"
        );
    }
    let nothing = page("", None).await;
    assert_eq!((nothing.text.as_str(), nothing.title, nothing.signs), ("", None, Signs::default()));
}

#[tokio::test]
async fn the_server_says_what_a_page_is_written_in() {
    let words = "Привет, мир";
    let bytes = b"\xcf\xf0\xe8\xe2\xe5\xf2, \xec\xe8\xf0";
    let html = [b"<meta charset=utf-8><p>".as_slice(), bytes].concat();
    for label in ["windows-1251", "CP1251", " x-cp1251\t"] {
        let read = page(html.clone(), Some(label)).await;
        assert_eq!((read.text.trim(), read.charset.as_str()), (words, "windows-1251"), "{label}");
    }
    let marked = [b"\xef\xbb\xbf<p>".as_slice(), words.as_bytes()].concat();
    let read = page(marked, Some("windows-1251")).await;
    assert_eq!((read.text.trim(), read.charset.as_str()), (words, "UTF-8"), "a mark outranks the server");
    // Labels that nobody knows, or that would end the line in which they are told, count as none.
    for label in ["", "no-such-set", "utf-8\n<p>", "iso-2022-kr", &"x".repeat(100_000)] {
        let read = page(format!("<p>{words}"), Some(label)).await;
        assert_eq!((read.text.trim(), read.charset.as_str()), (words, "UTF-8"), "{label:.20}");
    }
}

#[tokio::test]
async fn pages_that_are_no_text_are_refused() {
    for bytes in
        [b"<p>words and a \0 character".to_vec(), (0..4096_u32).map(|n| (n * 7 % 32) as u8).collect()]
    {
        let error = reader().read_page(bytes, Some("utf-8")).await.unwrap_err();
        assert_eq!(error.refusal(), Refusal::Invalid, "{error}");
    }
    let error = reader().read_page(vec![b' '; MAX_FILE_BYTES + 1], None).await.unwrap_err();
    assert!(matches!(error, ExtractError::FileTooLarge), "{error}");
    let error = reader().read_page("<div>".repeat(500).into_bytes(), None).await.unwrap_err();
    assert!(matches!(error, ExtractError::Unreadable(_)), "{error}");
}

/// Pages of nothing but links, each as large as a page may be: a clear end, in time, and the reader lives on.
#[tokio::test]
async fn pages_of_links_without_end() {
    let reader = reader();
    let fill = |link: &dyn Fn(usize) -> String| {
        let mut html = String::new();
        for n in 0.. {
            let next = link(n);
            if html.len() + next.len() > MAX_FILE_BYTES {
                break;
            }
            html.push_str(&next);
        }
        html
    };
    let hundred_thousand: String = (0..100_000).map(|n| format!("<a href=/{n}>{n}</a> ")).collect();
    let pages = [
        ("100,000 links", hundred_thousand),
        ("short ones", fill(&|n| format!("<a href={n}>x</a>"))),
        ("long ones", fill(&|n| format!("<a href='/{n}?{}'></a>", "\"".repeat(2_000)))),
        ("inside each other", fill(&|n| format!("<a href={n}>"))),
        ("frames", fill(&|n| format!("<iframe src={n}></iframe>"))),
        ("one attribute", format!("<a href='{}'>x</a>", "/x".repeat(MAX_FILE_BYTES / 2 - 10))),
        (
            "attributes",
            format!("<a {}>x</a>", (0..10_000).map(|n| format!("href{n}=/x ")).collect::<String>()),
        ),
        ("metas", fill(&|n| format!("<meta name=robots content='x{n},noindex'>"))),
        ("bases", fill(&|n| format!("<base href=/{n}/>"))),
    ];
    for (name, html) in pages {
        let (began, size) = (Stopwatch::start(), html.len());
        let result = reader.read_page(html.into_bytes(), None).await;
        let took = began.elapsed();
        match result {
            Ok(read) => {
                println!(
                    "| {name} | {size} | {:.2} s | {} links |",
                    took.as_secs_f32(),
                    read.signs.links.len()
                );
                assert!(read.signs.links.len() <= Signs::MAX_LINKS);
                assert!(read.signs.links.iter().all(|link| link.len() <= Signs::MAX_ADDRESS_BYTES));
            }
            Err(error) => {
                println!("| {name} | {size} | {:.2} s | {error} |", took.as_secs_f32());
                assert_eq!(error.refusal(), Refusal::Invalid, "{name}: {error}");
            }
        }
        // The child has 20 seconds of processor time; a busy machine may add to it.
        assert!(took < Duration::from_secs(70), "{name} took {took:?}");
        let read = reader.read_page("<a href=/on>on</a>", None).await.unwrap();
        assert_eq!(read.signs.links, ["/on"]);
    }
}
