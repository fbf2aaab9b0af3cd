//! What mutants are made of: the real files among the cases, those beside this test, and a few built by hand.

use std::path::{Path, PathBuf};

use super::archive::{self, Member};
use crate::{build, cases};

/// Larger files are left out: a minute should hold many.
const MAX_SEED: u64 = 400 * 1024;

/// A file to begin with.
pub struct Seed {
    pub bytes: Vec<u8>,
    /// What is in it, where it is an archive.
    pub members: Option<Vec<Member>>,
}

/// The files of a format, in the order of their names.
pub fn of(format: &str) -> Vec<Seed> {
    let mut paths = Vec::new();
    for folder in ["files", "html", "business", "faq"] {
        gather(&cases(folder), format, 3, &mut paths);
    }
    gather(&PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data"), format, 1, &mut paths);
    paths.sort();
    let files = paths.iter().map(|path| std::fs::read(path).unwrap());
    files.chain(built(format)).map(|bytes| Seed { members: archive::unpack(&bytes), bytes }).collect()
}

fn gather(folder: &Path, format: &str, depth: usize, paths: &mut Vec<PathBuf>) {
    // Without the cases there are still those that are built.
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let (path, about) = (entry.path(), entry.metadata().unwrap());
        if about.is_dir() && depth > 0 {
            gather(&path, format, depth - 1, paths);
        } else if path.extension().is_some_and(|ending| ending == format) && about.len() <= MAX_SEED {
            paths.push(path);
        }
    }
}

fn built(format: &str) -> Vec<Vec<u8>> {
    let text = |text: &str| vec![text.as_bytes().to_vec()];
    match format {
        "html" => text(
            "<!doctype html><html><head><title>Bakery</title><base href=/a/><link rel=canonical href=/b><meta name=robots \
             content=noindex><script type=application/ld+json>{\"@type\":\"Bakery\",\"name\":\"Rye\",\"openingHours\":[\"Mo-Fr \
             08:00-18:00\"],\"offers\":{\"price\":\"3.50\"}}</script></head><body><nav><a href=/>Home</a></nav><main><h1>Bread</h1>\
             <dl><dt>Rye</dt><dd>4 €</dd></dl><table><tr><th>Mon<td>9–17<tr><th>Tue<td>9–12</table><details><summary>Do you \
             deliver?</summary><p>Yes.</details><button aria-controls=p>More</button><div id=p hidden>Panel.</div></main>\
             <footer>12 Mill Lane</footer></body></html>",
        ),
        "md" => text(
            "# Prices\n\n| What | Price |\n| --- | --- |\n| Bread | 3 € |\n\n<details><summary>More</summary>Rolls</details>\n\n- a\n  - b\n\n```\ncode\n```\n",
        ),
        "txt" => {
            text("Open from nine to five.\r\n\r\nClosed on Sundays — and holidays.\n\tTel. 0113 496 0000\n")
        }
        "csv" => text(
            "Name,Price,Note\nBread,3.50,\"fresh, \"\"daily\"\"\"\nRolls,0.80,\nCake,12,\"two\nlines\"\n",
        ),
        "json" => text(
            "{\"name\":\"Rye\",\"hours\":[{\"day\":\"Mon\",\"open\":9.5},{\"day\":\"Tue\",\"open\":null}],\"deep\":{\"a\":{\"b\":[1,[2,[3]]]}}}",
        ),
        "rtf" => text(
            "{\\rtf1\\ansi\\ansicpg1252{\\fonttbl{\\f0 Arial;}}{\\b Hours}\\par Mon\\u8211?Fri 9\\'96 5\\par\\trowd\\cellx1\\cellx2 Bread\\cell 3\\cell\\row}",
        ),
        "pdf" => vec![build::pdf_pages(&["Open from nine to five.", "Closed on Sundays."])],
        "docx" => vec![build::docx(
            "<w:p><w:pPr><w:pStyle w:val=\"Heading1\"/></w:pPr><w:r><w:t>Hours</w:t></w:r></w:p><w:tbl><w:tr><w:tc><w:p><w:r><w:t>Mon</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>9–17</w:t></w:r></w:p></w:tc></w:tr></w:tbl>",
        )],
        "xlsx" => vec![build::xlsx(&[
            ("Prices", &[&["Name", "Price"], &["Bread", "3.5"], &["Rolls", "0.8"]]),
            ("Hours", &[&["Mon", "9–17"]]),
        ])],
        "pptx" => vec![build::pptx(&[("Hours", "Open from nine to five."), ("Prices", "Bread 3.50")])],
        // Three slides by LibreOffice, of `scripts/documents` with SLIDES = 3.
        "ppt" => vec![archive::gunzip(include_bytes!("../../data/talk.ppt.gz"))],
        _ => Vec::new(),
    }
}
