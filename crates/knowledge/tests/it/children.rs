//! Real child processes, and what they must not be able to do to us.

use std::time::Duration;

use robofy_knowledge::extract::{ExtractError, Extractor, ExtractorConfig, Kind, MAX_FILE_BYTES, Refusal};

use crate::{extractor, reader};

const PAGE: &[u8] = b"<!doctype html><title>Hours</title><h1>Hours</h1><p>Open from nine to five.</p>";

/// Reads a page with a child of the given mode, and says why that failed.
async fn failure(config: ExtractorConfig, page: Vec<u8>) -> String {
    let error = Extractor::new(config).extract("page.html", page).await.unwrap_err();
    assert_eq!(error.refusal(), Refusal::Invalid, "{error}");
    let reason = error.to_string();
    assert!(reason.starts_with("The file could not be read: "), "{reason}");
    reason
}

/// A child of a mode, given little time.
fn hasty(mode: &str) -> ExtractorConfig {
    ExtractorConfig { time_limit: Duration::from_millis(500), ..extractor(mode) }
}

#[tokio::test]
async fn a_page_is_read() {
    let extracted = reader().extract("hours.html", PAGE.to_vec()).await.unwrap();
    assert_eq!(extracted.text, "# Hours\n\nOpen from nine to five.\n");
    assert_eq!((extracted.kind, extracted.title.as_deref()), (Kind::Html, Some("Hours")));
    assert_eq!(extracted.charset, "UTF-8");
}

#[tokio::test]
async fn a_child_reads_many_pages_and_is_replaced() {
    let config = ExtractorConfig { files_per_child: 3, concurrency: 1, ..extractor("extract") };
    let reader = Extractor::new(config);
    let mut pids = Vec::new();
    for _ in 0..7 {
        reader.extract("page.html", PAGE.to_vec()).await.unwrap();
        pids.push(reader.idle_processes());
    }
    // After every third page there is no child left to reuse.
    assert!(pids[2].is_empty() && pids[5].is_empty(), "{pids:?}");
    assert!(pids[0] == pids[1] && pids[3] == pids[4] && pids[0] != pids[3], "{pids:?}");
    assert!(pids.iter().all(|pids| pids.len() <= 1), "{pids:?}");
}

#[tokio::test]
async fn pages_are_read_side_by_side_and_no_more_children_than_allowed_live() {
    let reader = Extractor::new(ExtractorConfig { concurrency: 2, ..extractor("extract") });
    let pages = (0..20).map(|n| {
        let reader = &reader;
        async move {
            let page = format!("<p>Page number {n}, of a number of pages.</p>");
            let text = reader.extract("page.html", page.into_bytes()).await.unwrap().text;
            assert_eq!(text, format!("Page number {n}, of a number of pages.\n"));
        }
    });
    together(pages.collect()).await;
    assert!(reader.idle_processes().len() <= 2);
}

/// Runs futures together.
async fn together<F: Future<Output = ()>>(futures: Vec<F>) {
    let mut futures: Vec<_> = futures.into_iter().map(Box::pin).collect();
    std::future::poll_fn(|context| {
        futures.retain_mut(|future| future.as_mut().poll(context).is_pending());
        if futures.is_empty() { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
    })
    .await;
}

#[tokio::test]
async fn deep_nesting() {
    for tag in ["div", "b", "table><tr><td", "ul><li", "blockquote", "span", "a", "p><font", "svg", "button"]
    {
        let page = format!("<{tag}>").repeat(100_000) + "words";
        let reader = Extractor::new(extractor("quick"));
        match reader.extract("page.html", page.into_bytes()).await {
            Ok(extracted) => assert_eq!(extracted.text.trim(), "words", "{tag}"),
            Err(error) => {
                println!("{tag}: {error}");
                assert!(
                    matches!(error, ExtractError::Unreadable(_) | ExtractError::NoText),
                    "{tag}: {error}"
                );
            }
        }
        reader.extract("page.html", PAGE.to_vec()).await.unwrap();
    }
}

#[tokio::test]
async fn an_endless_child_is_ended() {
    let reason = failure(hasty("loop"), PAGE.to_vec()).await;
    assert!(reason.contains("longer than 0.5 seconds"), "{reason}");
}

#[tokio::test]
async fn a_flood_is_not_kept() {
    let reason = failure(hasty("flood"), vec![b'x'; MAX_FILE_BYTES]).await;
    assert!(reason.contains("malformed answer (not a frame)"), "{reason}");
}

#[tokio::test]
async fn garbage_is_no_answer() {
    let reason = failure(hasty("garbage"), PAGE.to_vec()).await;
    assert!(reason.contains("malformed answer (not a frame)"), "{reason}");
}

#[tokio::test]
async fn an_answer_larger_than_any_text_is_refused_unread() {
    let reason = failure(hasty("boast"), PAGE.to_vec()).await;
    assert!(reason.contains("the frame is too long"), "{reason}");
}

#[tokio::test]
async fn half_an_answer_is_none() {
    let reason = failure(hasty("stop"), PAGE.to_vec()).await;
    assert!(reason.contains("in the middle of its answer"), "{reason}");
}

#[tokio::test]
async fn a_child_that_needs_too_much_memory_ends_alone() {
    let page = "<p>x".repeat(MAX_FILE_BYTES / 4);
    let reader = Extractor::new(extractor("small"));
    let error = reader.extract("page.html", page.into_bytes()).await.unwrap_err();
    assert!(error.to_string().contains("too much memory or processor time"), "{error}");
    reader.extract("page.html", PAGE.to_vec()).await.unwrap();
}

#[tokio::test]
async fn a_child_that_computes_too_long_is_ended_by_the_system() {
    // Each of these looks through all open elements; the child has one second.
    let page = "<p><q>".repeat(400_000) + "words";
    let error = Extractor::new(extractor("quick")).extract("page.html", page.into_bytes()).await.unwrap_err();
    assert!(error.to_string().contains("too much memory or processor time"), "{error}");
}

#[tokio::test]
async fn a_child_killed_between_files_is_replaced() {
    let reader = reader();
    reader.extract("page.html", PAGE.to_vec()).await.unwrap();
    for pid in reader.idle_processes() {
        let killed = std::process::Command::new("kill").arg("-9").arg(pid.to_string()).status().unwrap();
        assert!(killed.success());
    }
    // At once, before anyone has noticed, and again.
    for _ in 0..2 {
        let extracted = reader.extract("page.html", PAGE.to_vec()).await.unwrap();
        assert_eq!(extracted.title.as_deref(), Some("Hours"));
    }
}

#[tokio::test]
async fn a_child_sees_nothing_of_ours() {
    let reason = failure(hasty("look"), PAGE.to_vec()).await;
    assert!(reason.contains("0 variables, 0 inherited, files: false, sockets: false"), "{reason}");
}

#[tokio::test]
async fn a_program_that_is_missing_is_our_fault() {
    let config = ExtractorConfig::new("/nowhere/robofy".into(), Vec::new());
    let error = Extractor::new(config).extract("page.html", PAGE.to_vec()).await.unwrap_err();
    assert_eq!(error.refusal(), Refusal::Ours);
    assert!(error.to_string().contains("/nowhere/robofy"), "{error}");
}

#[tokio::test]
async fn sizes() {
    let reader = reader();
    let error = reader.extract("a.txt", vec![b'a'; MAX_FILE_BYTES + 1]).await.unwrap_err();
    assert_eq!(error.refusal(), Refusal::TooLarge);
    assert!(reader.extract("a.txt", vec![b'a'; MAX_FILE_BYTES]).await.is_ok());
    // A page of the full size, as pages are.
    let paragraph =
        "<p>The house was built by the river, and <a href='/x'>stands</a> there <b>still</b>.</p>\n";
    let page = paragraph.repeat(MAX_FILE_BYTES / paragraph.len());
    let text = reader.extract("page.html", page.into_bytes()).await.unwrap().text;
    assert!(text.len() > MAX_FILE_BYTES / 2);
    let wide =
        format!("{}\n", vec!["a rather long name of a column"; 2000].join(",")) + &"1,".repeat(4_000_000);
    assert!(reader.extract("a.csv", wide.into_bytes()).await.is_ok());
    let names: String = (0..1000).map(|n| format!("a rather long name of a column {n},")).collect();
    let rows = format!("{},\n", "1,".repeat(1000)).repeat(2000);
    let error = reader.extract("a.csv", (names + "\n" + &rows).into_bytes()).await.unwrap_err();
    assert!(matches!(error, ExtractError::TextTooLarge), "{error}");
}

#[tokio::test]
async fn nothing_to_read() {
    let reader = reader();
    for (name, bytes) in [
        ("a.txt", "".as_bytes()),
        ("a.txt", b" \n\t "),
        ("a.html", b"<html><body><script>let words = 1;</script><img alt='words'></body></html>"),
        ("a.md", b"---\n\n***\n"),
        ("a.json", b"{}"),
        ("a.csv", b",,\n,,\n"),
    ] {
        let error = reader.extract(name, bytes.to_vec()).await.unwrap_err();
        assert!(matches!(error, ExtractError::NoText), "{name}: {error}");
    }
    for name in ["a.txt", "a.html", "a.md", "a.csv", "a.json"] {
        let error =
            reader.extract(name, b"[\"some words\", \"and a \0 character\"]".to_vec()).await.unwrap_err();
        assert!(error.to_string().contains("U+0000"), "{name}: {error}");
    }
}

#[tokio::test]
async fn large_tables_and_json_are_read_by_a_child_as_small_ones_are_here() {
    let menu = |rows: usize| format!("[{}]", vec!["{\"name\": \"Soup\", \"price\": 5}"; rows].join(","));
    let table = |rows: usize| format!("name,price\n{}", "Soup,5\n".repeat(rows));
    for (name, small, large) in [("a.json", menu(2), menu(20_000)), ("a.csv", table(2), table(50_000))] {
        let reader = reader();
        let small = reader.extract(name, small.into_bytes()).await.unwrap();
        assert!(reader.idle_processes().is_empty(), "{name} needs no child");
        let large = reader.extract(name, large.into_bytes()).await.unwrap();
        assert_eq!(reader.idle_processes().len(), 1, "{name} is read by a child");
        assert_eq!((small.kind, &small.charset), (large.kind, &large.charset));
        assert_eq!(small.text.lines().next(), Some("- name: Soup; price: 5"));
        assert!(large.text.starts_with(&small.text), "{name}");
    }
    let broken = reader().extract("a.json", menu(20_000).replace(']', "").into_bytes()).await.unwrap_err();
    assert!(broken.to_string().starts_with("The file is not valid JSON: EOF"), "{broken}");
}

#[tokio::test]
async fn what_nobody_waits_for_leaves_a_child_to_others() {
    for children in [1, 2, 3] {
        let reader = Extractor::new(ExtractorConfig { concurrency: children, ..extractor("extract") });
        let mut places = Vec::new();
        for _ in 0..(children - 1).max(1) {
            places.push(reader.background().await.unwrap());
        }
        let short = Duration::from_millis(50);
        assert!(tokio::time::timeout(short, reader.background()).await.is_err(), "{children} children");
        // Each of those may keep a child; this one finds another.
        assert!(reader.extract("page.html", PAGE.to_vec()).await.is_ok());
        places.pop();
        assert!(tokio::time::timeout(short, reader.background()).await.is_ok(), "{children} children");
    }
}
