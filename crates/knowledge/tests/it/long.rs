//! Long documents as LibreOffice writes them (`scripts/documents`): nothing is lost between first and last page.

use std::path::{Path, PathBuf};
use std::process::Command;

use robofy_kernel::Stopwatch;
use robofy_knowledge::extract::Kind;
use serde::Deserialize;

use crate::reader;

/// How long the documents are.
#[derive(Deserialize)]
struct Facts {
    chapters: usize,
    sheets: usize,
    rows: usize,
    slides: usize,
}

/// What a format keeps of a document beside its words.
#[derive(Clone, Copy)]
enum Keeps {
    /// Headings, tables and lists.
    Form,
    /// The same, but the library does not tell bullets from numbers.
    FormAndNumbers,
    /// The pages.
    Pages,
}

/// The documents: those of `ROBOFY_DOCUMENTS`, or made now. Nothing where LibreOffice is not installed.
fn documents(scratch: &Path) -> Option<PathBuf> {
    if let Some(folder) = std::env::var_os("ROBOFY_DOCUMENTS").map(PathBuf::from)
        && folder.join("facts.json").exists()
    {
        return Some(folder);
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    if !std::env::split_paths(&path).any(|folder| folder.join("soffice").exists()) {
        robofy_testkit::skip("LibreOffice is not installed: no long documents");
        return None;
    }
    let script = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../scripts/documents");
    assert!(Command::new(script).arg(scratch).status().unwrap().success());
    Some(scratch.to_owned())
}

/// The number that `scripts/documents` gives a chapter's door.
fn code(chapter: usize) -> String {
    format!("The door code of house {chapter} is {:04}-K.", chapter * 7919 % 10_000)
}

/// White space squeezed, as a reader of the page sees it.
fn squeezed(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The line of a text that holds some words.
fn line<'a>(text: &'a str, words: &str) -> &'a str {
    text.lines().find(|line| line.contains(words)).unwrap_or_else(|| panic!("no line with {words:?}"))
}

/// The last heading that begins so above some words.
fn heading_above<'a>(text: &'a str, words: &str, begins: &str) -> &'a str {
    let at = text.find(words).unwrap_or_else(|| panic!("nowhere: {words:?}"));
    let above = text[..at].lines().rev().find(|line| line.starts_with(begins));
    above.unwrap_or_else(|| panic!("no {begins:?} above {words:?}"))
}

fn handbook(text: &str, keeps: Keeps, facts: &Facts) {
    let whole = squeezed(text);
    let mut from = 0;
    for chapter in 1..=facts.chapters {
        let wanted = code(chapter);
        let at = whole[from..].find(&wanted).unwrap_or_else(|| panic!("{wanted:?} is lost or out of order"));
        from += at + wanted.len();
    }
    for chapter in [1, 2, facts.chapters / 2, facts.chapters - 1, facts.chapters] {
        let room = format!("Room {chapter}.4");
        let (price, rule) = (
            format!("{}.50 EUR", chapter + 4),
            format!("Quiet after {}:00 in house {chapter}", 20 + chapter % 4),
        );
        // A row keeps together what belongs together.
        let row = line(text, &room);
        assert!(row.contains(&price) && row.contains("40 EUR"), "{row:?}");
        match keeps {
            Keeps::Form | Keeps::FormAndNumbers => {
                assert!(row.starts_with('|'), "{row:?}");
                let heading = heading_above(text, &code(chapter), "#");
                assert!(heading.contains(&format!("Chapter {chapter}: House {chapter}")), "{heading:?}");
                let heading = heading_above(text, &room, "#");
                assert!(heading.contains(&format!("Prices of house {chapter}")), "{heading:?}");
                let item = line(text, &rule);
                let is_numbered = matches!(keeps, Keeps::FormAndNumbers) && item.starts_with("3. ");
                assert!(item.starts_with("- ") || is_numbered, "{item:?}");
            }
            Keeps::Pages => {
                // Every chapter begins a page, and may go on to the next.
                let page = heading_above(text, &format!("The door code of house {chapter} "), "## Page ");
                let number: usize = page.trim_start_matches("## Page ").parse().unwrap();
                assert!(number >= chapter, "chapter {chapter} is said to stand on page {number}");
                assert!(whole.contains(&rule), "{rule:?}");
            }
        }
    }
}

fn prices(text: &str, facts: &Facts) {
    for sheet in 1..=facts.sheets {
        let branch = char::from(b'@' + u8::try_from(sheet).unwrap());
        for row in [1, 2, facts.rows / 2, facts.rows] {
            let article = format!("Article {sheet}-{row};");
            let line = line(text, &article);
            assert!(line.contains(&format!("{}.25", row * 3 + sheet)), "{line:?}");
            assert!(line.contains(&(row * 7 % 1000).to_string()), "{line:?}");
            let heading = heading_above(text, &article, "## Sheet ");
            assert_eq!(heading, format!("## Sheet {sheet}: Branch {branch}"));
        }
    }
    let rows = text.lines().filter(|line| line.contains("Article ") && line.contains(".25")).count();
    assert_eq!(rows, facts.sheets * facts.rows);
}

fn talk(text: &str, facts: &Facts) {
    for slide in 1..=facts.slides {
        let answer = format!("The answer to question {slide} is {}", slide * 31);
        let heading = heading_above(text, &answer, "## Slide ");
        // The older format does not tell titles from other texts.
        let below = text.split(&format!("{heading}\n")).nth(1).unwrap_or_default();
        let is_titled = heading == format!("## Slide {slide}: Lesson {slide}");
        let is_numbered = heading == format!("## Slide {slide}");
        assert!(
            is_titled || is_numbered && below.trim_start().starts_with(&format!("Lesson {slide}\n")),
            "{heading:?} {below:.80?}"
        );
    }
}

#[tokio::test]
async fn long_documents_are_read_to_their_end() {
    let scratch = tempfile::tempdir().unwrap();
    let Some(folder) = documents(scratch.path()) else { return };
    let facts: Facts =
        serde_json::from_str(&std::fs::read_to_string(folder.join("facts.json")).unwrap()).unwrap();
    let reader = reader();
    for (name, kind) in [
        ("handbook.docx", Kind::Docx),
        ("handbook.doc", Kind::Doc),
        ("handbook.rtf", Kind::Rtf),
        ("handbook.pdf", Kind::Pdf),
        ("prices.xlsx", Kind::Xlsx),
        ("prices.xls", Kind::Xls),
        ("talk.pptx", Kind::Pptx),
        ("talk.ppt", Kind::Ppt),
    ] {
        let bytes = std::fs::read(folder.join(name)).unwrap();
        let (size, began) = (bytes.len(), Stopwatch::start());
        let read = reader.extract(name, bytes).await.unwrap_or_else(|error| panic!("{name}: {error}"));
        println!("| {name} | {size} | {} | {:.2} s |", read.text.len(), began.elapsed().as_secs_f32());
        if let Some(out) = std::env::var_os("SHOW_TEXT") {
            std::fs::write(PathBuf::from(out).join(format!("{name}.txt")), &read.text).unwrap();
        }
        assert_eq!(read.kind, kind, "{name}");
        match kind {
            Kind::Xlsx | Kind::Xls => prices(&read.text, &facts),
            Kind::Pptx | Kind::Ppt => talk(&read.text, &facts),
            Kind::Pdf => handbook(&read.text, Keeps::Pages, &facts),
            Kind::Docx | Kind::Rtf => handbook(&read.text, Keeps::Form, &facts),
            Kind::Doc => handbook(&read.text, Keeps::FormAndNumbers, &facts),
            Kind::Text | Kind::Markdown | Kind::Html | Kind::Csv | Kind::Json => panic!("{name}: {kind:?}"),
        }
    }
}
