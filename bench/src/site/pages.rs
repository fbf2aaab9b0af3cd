//! The pages: real ones as they were found, real paragraphs in a shop's frame, and texts of the generator in the same.

use std::fmt::Write as _;
use std::path::Path;

use anyhow::Context as _;
use serde::Deserialize;

use super::{Page, Site, Wish};
use crate::texts::Texts;

/// Paragraphs of a page that is made, and about so many bytes each.
const PARAGRAPHS: usize = 3;
const PARAGRAPH: usize = 700;
/// Real paragraphs on a page.
const TOLD: usize = 2;

impl Wish {
    /// Makes the site.
    ///
    /// # Errors
    /// When the cases cannot be read.
    pub fn site(&self) -> anyhow::Result<Site> {
        let (mut real, mut told) = (Vec::new(), Vec::new());
        if let Some(cases) = &self.cases {
            // A small site has others beside them.
            real = found(cases)?;
            real.truncate(self.pages.div_ceil(2));
            told = tell(cases)?;
            told.truncate(self.pages - real.len());
        }
        let mut site = Site { pages: Vec::new(), real: real.len(), told: told.len() };
        let mut texts = Texts::new(self.seed);
        let mut bodies = told.into_iter();
        for number in 0..self.pages {
            let html = match real.get_mut(number) {
                Some(html) => std::mem::take(html),
                None => {
                    let (title, body) = bodies.next().unwrap_or_else(|| made(&mut texts));
                    framed(&title, &body, number, self.pages).into_bytes()
                }
            };
            site.pages.push(Page { path: path(number), html: html.into() });
        }
        Ok(site)
    }
}

fn path(number: usize) -> String {
    format!("/pages/{number:05}-page")
}

/// Real pages, in order of their names.
fn found(cases: &Path) -> anyhow::Result<Vec<Vec<u8>>> {
    let folder = cases.join("html");
    let mut sources = Vec::new();
    for entry in std::fs::read_dir(&folder).with_context(|| format!("cannot read {}", folder.display()))? {
        let source = entry?.path().join("source.html");
        if source.is_file() {
            sources.push(source);
        }
    }
    sources.sort();
    let read = |source: &std::path::PathBuf| {
        std::fs::read(source).with_context(|| format!("cannot read {}", source.display()))
    };
    sources.iter().map(read).collect()
}

/// What is read of a file of questions: its paragraphs.
#[derive(Deserialize)]
struct Questions {
    data: Vec<Article>,
}

#[derive(Deserialize)]
struct Article {
    title: String,
    paragraphs: Vec<Paragraph>,
}

#[derive(Deserialize)]
struct Paragraph {
    context: String,
}

/// Titles and bodies with real paragraphs, those of one article together.
fn tell(cases: &Path) -> anyhow::Result<Vec<(String, String)>> {
    let path = cases.join("retrieval/squad_dev_part.json");
    let text = std::fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let questions: Questions =
        serde_json::from_slice(&text).with_context(|| format!("cannot read {}", path.display()))?;
    let bodies = questions.data.iter().flat_map(|article| {
        article.paragraphs.chunks(TOLD).map(|paragraphs| {
            let body = paragraphs.iter().map(|paragraph| format!("<p>{}</p>\n", escaped(&paragraph.context)));
            (article.title.replace('_', " "), body.collect())
        })
    });
    Ok(bodies.collect())
}

/// A title and a body of the generator's.
fn made(texts: &mut Texts) -> (String, String) {
    let document = texts.document(PARAGRAPHS, PARAGRAPH);
    let mut title = None;
    let mut body = String::new();
    for block in document.text.split("\n\n").filter(|block| !block.is_empty()) {
        // Writing to a String cannot fail.
        let _ = match block.strip_prefix("## ") {
            Some(heading) if title.is_none() => {
                title = Some(heading.to_owned());
                Ok(())
            }
            Some(heading) => writeln!(body, "<h2>{}</h2>", escaped(heading)),
            None => writeln!(body, "<p>{}</p>", escaped(block.trim())),
        };
    }
    (title.unwrap_or(document.name), body)
}

/// The page around a body, with what a shop repeats on every page.
fn framed(title: &str, body: &str, number: usize, pages: usize) -> String {
    let title = escaped(title);
    let links: String = (1..=5)
        .map(|step| (number + step) % pages)
        .map(|other| format!("<li><a href=\"{}\">Page {other}</a></li>", path(other)))
        .collect();
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>{title} – Marlow &amp; Daughters</title>\
         <style>.banner{{position:fixed;bottom:0}}nav li{{display:inline}}main{{max-width:60em}}</style></head><body>\n\
         <div class=\"banner cookie-banner\" role=\"dialog\"><p>We use cookies to remember your basket.</p>\
         <button>Accept</button><button>Refuse</button></div>\n\
         <header><nav><ul><li><a href=\"/\">Home</a></li><li><a href=\"/#offers\">Offers</a></li>\
         <li><a href=\"/#contact\">Contact</a></li></ul></nav></header>\n\
         <main><h1>{title}</h1>\n{body}</main>\n\
         <aside><h2>Read on</h2><ul>{links}</ul></aside>\n\
         <footer><p>Marlow &amp; Daughters, 12 Quay Street. All rights reserved.</p>\
         <p><a href=\"/#imprint\">Imprint</a> <a href=\"/#privacy\">Privacy</a></p></footer>\n</body></html>\n"
    )
}

/// The front page, which leads to all others.
pub(super) fn front(pages: &[Page]) -> String {
    let links: String = pages
        .iter()
        .enumerate()
        .map(|(number, page)| format!("<li><a href=\"{}\">Page {number}</a></li>\n", page.path))
        .collect();
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Marlow &amp; Daughters</title></head><body>\n\
         <main><h1>Welcome</h1><p>This is the shop of Marlow and her daughters, with all that they write.</p>\n\
         <ul>{links}</ul></main>\n</body></html>\n"
    )
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
