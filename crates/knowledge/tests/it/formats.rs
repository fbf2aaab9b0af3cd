//! Real files of every format: what a reader must find in them, by the rule of the cases' own `score.py`.

use std::collections::BTreeMap;

use robofy_knowledge::extract::{Extractor, Kind, Refusal};
use serde::Deserialize;

use crate::build::{self, Part};
use crate::{cases, reader, score};

/// A file and what a reader must find in it.
#[derive(Deserialize)]
struct Case {
    file: String,
    format: String,
    expect: String,
    must_contain: Vec<String>,
    #[serde(default)]
    must_not_contain: Vec<String>,
    #[serde(default)]
    order: Vec<String>,
}

/// The words of which a refusal must have one, by the reason that is right.
const REASONS: &[(&str, &[&str])] = &[
    ("encrypted", &["encrypt", "password", "protected"]),
    ("image only", &["image", "scan", "ocr", "no text"]),
    ("damaged", &["damag", "corrupt", "truncat", "broken", "invalid", "not a zip", "malformed"]),
];

/// A line of the table.
#[derive(Default)]
struct Line {
    files: usize,
    right: usize,
    phrases: usize,
    of: usize,
}

/// What is wrong with a file's text; empty when it is wholly right.
fn wrongs(case: &Case, got: &Result<String, String>) -> (usize, Vec<String>) {
    let expected = case.expect.strip_prefix("failed: ");
    match (expected, got) {
        (Some(why), Err(said)) => {
            let words = REASONS.iter().find(|(reason, _)| *reason == why).unwrap().1;
            let says = words.iter().any(|word| said.to_lowercase().contains(word));
            (0, if says { Vec::new() } else { vec![format!("says {said:?}, not that it is {why}")] })
        }
        (Some(why), Ok(text)) => (0, vec![format!("was read ({} bytes), but is {why}", text.len())]),
        (None, Err(said)) => (0, vec![format!("was refused: {said}")]),
        (None, Ok(text)) => {
            let normal = score::normal(text);
            let missing: Vec<&String> =
                case.must_contain.iter().filter(|phrase| !normal.contains(&score::normal(phrase))).collect();
            let mut wrongs: Vec<String> = missing.iter().map(|phrase| format!("lacks {phrase:?}")).collect();
            if !score::in_order(text, &case.order) {
                wrongs.push("order broken".to_owned());
            }
            let shown = case.must_not_contain.iter().filter(|phrase| normal.contains(&score::normal(phrase)));
            wrongs.extend(shown.map(|phrase| format!("shows {phrase:?}")));
            (case.must_contain.len() - missing.len(), wrongs)
        }
    }
}

async fn read(reader: &Extractor, name: &str, bytes: Vec<u8>) -> Result<String, String> {
    match reader.extract(name, bytes).await {
        Ok(extracted) => Ok(extracted.text),
        Err(error) => {
            assert_eq!(error.refusal(), Refusal::Invalid, "{name}: {error}");
            Err(error.to_string())
        }
    }
}

#[tokio::test]
async fn files_are_wholly_right() {
    let text = std::fs::read_to_string(cases("files").join("cases.json")).unwrap();
    let all: Vec<Case> = serde_json::from_str(&text).unwrap();
    let reader = reader();
    let mut table: BTreeMap<String, Line> = BTreeMap::new();
    for case in &all {
        let got = read(&reader, &case.file, std::fs::read(cases("files").join(&case.file)).unwrap()).await;
        if let (Some(_), Ok(text)) = (std::env::var_os("SHOW_TEXT"), &got) {
            println!("===== {}\n{text}", case.file);
        }
        let (phrases, wrongs) = wrongs(case, &got);
        for wrong in &wrongs {
            println!("{}: {wrong}", case.file);
        }
        for format in [case.format.as_str(), "~ all"] {
            let line = table.entry(format.to_owned()).or_default();
            line.files += 1;
            line.right += usize::from(wrongs.is_empty());
            line.phrases += phrases;
            line.of += if case.expect == "text" { case.must_contain.len() } else { 0 };
        }
    }
    println!("{:<6} {:>6} {:>7} {:>9}", "format", "files", "right", "phrases");
    for (format, line) in &table {
        println!("{format:<6} {:>6} {:>7} {:>5}/{:<4}", line.files, line.right, line.phrases, line.of);
    }
    let all = &table["~ all"];
    assert!(all.files == 42 && all.right >= 40, "{} of {} files wholly right", all.right, all.files);
}

/// A name that promises something else changes nothing.
#[tokio::test]
async fn a_wrong_extension_is_read_by_content() {
    let reader = reader();
    for (file, kind) in [
        ("tika-testPDF.pdf", Kind::Pdf),
        ("docling-word_tables.docx", Kind::Docx),
        ("unstructured-vodafone.xlsx", Kind::Xlsx),
        ("poi-simple-table.doc", Kind::Doc),
        ("tika-testEXCEL.xls", Kind::Xls),
        ("unstructured-fake-doc.rtf", Kind::Rtf),
    ] {
        let bytes = std::fs::read(cases("files").join(file)).unwrap();
        let right = reader.extract(file, bytes.clone()).await.unwrap();
        assert_eq!(right.kind, kind);
        for name in ["a.txt", "a.pdf", "a.docx", "a.csv", "a.html", "a"] {
            let read = reader.extract(name, bytes.clone()).await.unwrap();
            assert_eq!(read, right, "{file} as {name}");
        }
    }
}

#[tokio::test]
async fn citations_can_name_the_page_sheet_and_slide() {
    let reader = reader();
    let pages = ["The cellar is dry.", "The attic is warm.", "The garden is open."];
    let text = reader.extract("house.pdf", build::pdf_pages(&pages)).await.unwrap().text;
    assert_eq!(
        text,
        "## Page 1\n\nThe cellar is dry.\n\n## Page 2\n\nThe attic is warm.\n\n## Page 3\n\nThe garden is open.\n"
    );
    let one = reader.extract("house.pdf", build::pdf_pages(&pages[..1])).await.unwrap().text;
    assert_eq!(one, "The cellar is dry.\n");

    let book = build::xlsx(&[
        ("Opening", &[&["Day", "Hours"], &["Monday", "9-17"]]),
        ("Prices", &[&["Dish", "Price"], &["Soup", "5"]]),
    ]);
    let text = reader.extract("book.xlsx", book).await.unwrap().text;
    let expected =
        "## Sheet 1: Opening\n\n- Day: Monday; Hours: 9-17\n\n## Sheet 2: Prices\n\n- Dish: Soup; Price: 5\n";
    assert_eq!(text, expected);

    let deck = build::pptx(&[("Welcome", "We bake bread."), ("Team", "Anna leads the shop.")]);
    let text = reader.extract("deck.pptx", deck).await.unwrap().text;
    assert!(text.starts_with("## Slide 1: Welcome\n\nWe bake bread."), "{text}");
    assert!(text.contains("## Slide 2: Team\n\nAnna leads the shop."), "{text}");
}

#[tokio::test]
async fn documents_keep_headings_lists_and_tables() {
    let body = "<w:p><w:pPr><w:pStyle w:val=\"Heading1\"/></w:pPr><w:r><w:t>Menu</w:t></w:r></w:p>\
        <w:p><w:r><w:t>Served from noon.</w:t></w:r></w:p>\
        <w:tbl><w:tr><w:tc><w:p><w:r><w:t>Dish</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>Price</w:t></w:r></w:p></w:tc></w:tr>\
        <w:tr><w:tc><w:p><w:r><w:t>Soup</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>5 euros</w:t></w:r></w:p></w:tc></w:tr></w:tbl>\
        <w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>Internal remark</w:t></w:r></w:p>\
        <w:p><w:del w:id=\"1\" w:author=\"A\"><w:r><w:delText>Struck out</w:delText></w:r></w:del><w:r><w:t>Closed on Sundays.</w:t></w:r></w:p>";
    let read = reader().extract("menu.docx", build::docx(body)).await.unwrap();
    let expected = "# Menu\n\nServed from noon.\n\n| Dish | Price |\n| --- | --- |\n| Soup | 5 euros |\n\nClosed on Sundays.\n";
    assert_eq!(read.text, expected);
    assert_eq!((read.kind, read.title.as_deref()), (Kind::Docx, Some("Menu")));
}

/// More rows than the library's tree holds.
#[tokio::test]
async fn a_long_sheet_is_read_to_its_end() {
    let cells: Vec<[String; 2]> = (1..=12_000).map(|n| [format!("Dish {n}"), n.to_string()]).collect();
    let rows: Vec<Vec<&str>> = std::iter::once(vec!["Name", "Price"])
        .chain(cells.iter().map(|row| row.iter().map(String::as_str).collect()))
        .collect();
    let rows: Vec<&[&str]> = rows.iter().map(Vec::as_slice).collect();
    let text = reader().extract("long.xlsx", build::xlsx(&[("Sheet1", &rows)])).await.unwrap().text;
    assert_eq!(text.lines().count(), 12_000);
    assert!(
        text.starts_with("- Name: Dish 1; Price: 1\n")
            && text.ends_with("- Name: Dish 12000; Price: 12000\n")
    );
}

#[tokio::test]
async fn hidden_sheets_are_not_read() {
    let mut parts = build::xlsx_parts(&[
        ("Prices", &[&["Dish", "Price"], &["Soup", "5"]]),
        ("Margins", &[&["Dish", "Margin"], &["Soup", "80"]]),
    ]);
    let workbook = parts.iter_mut().find(|(name, _)| name == "xl/workbook.xml").unwrap();
    workbook.1 = workbook.1.replace("name=\"Margins\"", "name=\"Margins\" state=\"hidden\"");
    let parts: Vec<Part<'_>> = parts.iter().map(|(name, text)| (name.as_str(), text.as_bytes())).collect();
    let text = reader().extract("book.xlsx", build::zip(&parts)).await.unwrap().text;
    assert!(text.contains("Dish: Soup; Price: 5") && !text.contains("Margin"), "{text}");
}

/// Encrypted, but not against those who only read: programs open it without asking.
#[tokio::test]
async fn an_empty_password_opens() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/empty-password.pdf");
    let read = reader().extract("a.pdf", std::fs::read(path).unwrap()).await.unwrap();
    assert_eq!(read.text, "Opened without asking.\n");
}

/// Boxes side by side are read one after the other, a table row by row, whatever the gap.
#[tokio::test]
async fn boxes_and_rows() {
    let shown = |parts: &[(i32, i32, &str)]| {
        let parts = parts.iter().map(|(x, y, text)| format!("BT /F1 12 Tf {x} {y} Td ({text}) Tj ET\n"));
        build::pdf_contents(&[parts.collect()])
    };
    let reader = reader();
    let boxes = [(40, 300, "One"), (40, 280, "two"), (240, 300, "three"), (240, 280, "four.")];
    let text = reader.extract("boxes.pdf", shown(&boxes)).await.unwrap().text;
    assert!(score::in_order(&text, &["One", "two", "three", "four."].map(str::to_owned)), "{text}");
    let rows = [(40, 300, "Soup"), (240, 300, "five"), (40, 280, "Pie"), (240, 280, "twelve")];
    let text = reader.extract("rows.pdf", shown(&rows)).await.unwrap().text;
    assert!(score::in_order(&text, &["Soup", "five", "Pie", "twelve"].map(str::to_owned)), "{text}");
}

/// Lines in larger type are headings; what repeats at the edges of pages is said once.
#[tokio::test]
async fn a_pdf_keeps_its_headings() {
    let page = |title: &str, number: usize| {
        let body: String = (0..12)
            .map(|line| format!("0 -14 Td (Line {line} of what the {title} page says at some length.) Tj "))
            .collect();
        format!(
            "BT /F1 9 Tf 40 380 Td (Acme Ltd, internal order {number}) Tj ET BT /F1 20 Tf 40 340 Td ({title}) Tj ET BT /F1 10 Tf 40 310 Td {body} ET"
        )
    };
    let pages: Vec<String> = ["Soups", "Mains", "Drinks", "Sweets"]
        .iter()
        .zip(1..)
        .map(|(title, number)| page(title, number))
        .collect();
    let read = reader().extract("menu.pdf", build::pdf_contents(&pages)).await.unwrap();
    for (number, title) in [(1, "Soups"), (2, "Mains"), (3, "Drinks"), (4, "Sweets")] {
        assert!(read.text.contains(&format!("## Page {number}\n")), "{}", read.text);
        assert!(read.text.contains(&format!("### {title}\n")), "{}", read.text);
    }
    assert_eq!(read.text.matches("Acme Ltd").count(), 1, "{}", read.text);
    assert_eq!(read.title.as_deref(), Some("Soups"));
}
