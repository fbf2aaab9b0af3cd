//! Real files: what a reader must find in them, and how much of it is found.

use serde::Deserialize;

use crate::{cases, reader, score};

#[derive(Deserialize)]
struct Case {
    file: String,
    must_contain: Vec<String>,
    #[serde(default)]
    order: Vec<String>,
}

/// What was found: phrases, of all, and files wholly right.
struct Found {
    phrases: usize,
    of: usize,
    right: usize,
    files: usize,
}

async fn judge(folder: &str) -> Found {
    let text = std::fs::read_to_string(cases(folder).join("cases.json")).unwrap();
    let all: Vec<serde_json::Value> = serde_json::from_str(&text).unwrap();
    let reader = reader();
    let mut found = Found { phrases: 0, of: 0, right: 0, files: 0 };
    for case in all {
        if case["expect"] != "text" {
            continue;
        }
        let case: Case = serde_json::from_value(case).unwrap();
        let bytes = std::fs::read(cases(folder).join(&case.file)).unwrap();
        let text = reader.extract(&case.file, bytes).await.unwrap().text;
        if std::env::var_os("SHOW_TEXT").is_some() {
            println!("===== {}\n{text}", case.file);
        }
        let normal = score::normal(&text);
        let missing: Vec<&String> =
            case.must_contain.iter().filter(|phrase| !normal.contains(&score::normal(phrase))).collect();
        let ordered = score::in_order(&text, &case.order);
        if !missing.is_empty() || !ordered {
            println!("{}: missing {missing:?}, order kept: {ordered}", case.file);
        }
        println!("{}/{} {}", case.must_contain.len() - missing.len(), case.must_contain.len(), case.file);
        found.phrases += case.must_contain.len() - missing.len();
        found.of += case.must_contain.len();
        found.right += usize::from(missing.is_empty() && ordered);
        found.files += 1;
    }
    println!(
        "{folder}: {}/{} phrases, {}/{} files wholly right",
        found.phrases, found.of, found.right, found.files
    );
    found
}

#[tokio::test]
async fn business_pages_keep_their_facts() {
    let found = judge("business").await;
    assert_eq!(found.of, 32);
    assert_eq!((found.phrases, found.right), (32, found.files));
}

#[tokio::test]
async fn articles_are_found_in_real_pages() {
    let reader = reader();
    let (mut sum, mut good, mut pages) = (0.0, 0, 0_u32);
    let mut folders: Vec<_> =
        std::fs::read_dir(cases("html")).unwrap().map(|entry| entry.unwrap().path()).collect();
    folders.sort();
    for folder in folders {
        let source = std::fs::read(folder.join("source.html")).unwrap();
        let expected = std::fs::read_to_string(folder.join("expected.html")).unwrap();
        // The expected content is bare HTML: its text is what stands between the tags.
        let expected = dom_query::Document::from(expected).text().to_string();
        let text = match reader.extract("source.html", source).await {
            Ok(extracted) => extracted.text,
            Err(error) => {
                println!("{}: {error}", folder.display());
                String::new()
            }
        };
        let f1 = score::token_f1(&expected, &text);
        println!("{f1:.3} {}", folder.file_name().unwrap().display());
        sum += f1;
        good += u32::from(f1 >= 0.90);
        pages += 1;
    }
    let mean = sum / f64::from(pages);
    println!("html: mean token F1 {mean:.3}, {good} of {pages} pages at 0.90 or more");
    // The same code keeps every fact of the pages of businesses: see `business_pages_keep_their_facts`.
    assert_eq!(pages, 25);
    assert!(mean >= 0.98 && good == pages, "mean {mean:.3}, good {good}");
}

#[derive(Deserialize)]
struct Injection {
    id: String,
    carrier: String,
    #[serde(default)]
    html: String,
    #[serde(default)]
    benign_expected: Vec<String>,
}

/// What a page hides from its visitors is no text of it; what it says to them is.
#[tokio::test]
async fn hidden_text_is_not_read() {
    let reader = reader();
    let (mut hidden, mut kept, mut of) = (0, 0, 0);
    for entry in std::fs::read_dir(cases("injection")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "jsonl" && extension != "json") {
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        let lines: Vec<serde_json::Value> = match serde_json::from_str(&text) {
            Ok(serde_json::Value::Array(all)) => all,
            Ok(_) | Err(_) => text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect(),
        };
        for case in lines.into_iter().filter_map(|line| serde_json::from_value::<Injection>(line).ok()) {
            if case.html.is_empty() {
                continue;
            }
            let text = reader.extract("page.html", case.html.clone().into_bytes()).await.unwrap().text;
            for expected in &case.benign_expected {
                of += 1;
                if case.carrier != "web_meta" && case.html.contains(expected.as_str()) {
                    assert!(text.contains(expected.as_str()), "{}: {expected} is not in {text}", case.id);
                    kept += 1;
                }
            }
            let body = case.html.split("<body>").nth(1).unwrap_or_default();
            let carried = match case.carrier.as_str() {
                "web_css_hidden" => body.split("<div style=").nth(1).and_then(|rest| rest.split('>').nth(1)),
                "web_comment" => body.split("<!--").nth(1),
                "web_alt" => body.split("alt=\"").nth(1),
                "web_meta" => case.html.split("content=\"").nth(1),
                _ => continue,
            };
            let words: String = carried.unwrap_or_default().trim().chars().take(12).collect();
            assert!(words.len() > 8, "{}: what it hides was not found", case.id);
            assert!(!text.contains(&words), "{}: {words:?} is in {text}", case.id);
            hidden += 1;
        }
    }
    println!("injection: {hidden} hidden texts left out, {kept} of {of} facts beside them kept");
    assert!(hidden >= 10 && kept >= 30);
}
