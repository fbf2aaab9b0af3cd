//! The guide: the texts of `docs/guide`, rendered once. They are read on their own too, so links lead from file to
//! file there and from page to page here.

mod render;

use std::sync::LazyLock;

use axum::body::Bytes;
use minijinja::Environment;
use minijinja::value::Serde;
use serde_json::{Value, json};

struct Page {
    /// Below `/docs/guide/`; the first page's is empty.
    name: &'static str,
    /// Below `docs/guide/`.
    file: &'static str,
    text: &'static str,
}

macro_rules! page {
    ($name:literal, $file:literal) => {
        Page { name: $name, file: $file, text: include_str!(concat!("../../../../docs/guide/", $file)) }
    };
}

/// In the order in which they are read.
static PAGES: [Page; 4] = [
    page!("", "getting-started.md"),
    page!("browser", "browser.md"),
    page!("errors", "errors.md"),
    page!("security", "security.md"),
];

impl Page {
    fn path(&self) -> String {
        if self.name.is_empty() { "/docs/guide".to_owned() } else { format!("/docs/guide/{}", self.name) }
    }

    /// What a link to it needs.
    fn linked(&self) -> Value {
        json!({ "path": self.path(), "title": self.title() })
    }

    /// What the text's first line says.
    fn title(&self) -> &'static str {
        self.text.lines().next().unwrap_or_default().trim_start_matches("# ")
    }
}

/// The page of a name, or why it could not be rendered.
pub(super) fn find(name: &str) -> Option<Result<Bytes, String>> {
    static RENDERED: LazyLock<Result<Vec<Bytes>, String>> =
        LazyLock::new(|| all().map_err(|error| format!("{error:#}")));
    let at = PAGES.iter().position(|page| page.name == name)?;
    match &*RENDERED {
        Ok(pages) => pages.get(at).cloned().map(Ok),
        Err(error) => Some(Err(error.clone())),
    }
}

fn all() -> Result<Vec<Bytes>, minijinja::Error> {
    let mut templates = Environment::new();
    templates.add_template("page.html", include_str!("guide/page.html"))?;
    let template = templates.get_template("page.html")?;
    let pages: Vec<Value> = PAGES.iter().map(Page::linked).collect();
    let link = |file: &str| PAGES.iter().find(|page| page.file == file).map(Page::path);
    let mut rendered = Vec::with_capacity(PAGES.len());
    for (at, page) in PAGES.iter().enumerate() {
        let article = render::article(page.text, link);
        let page = template.render(Serde(json!({
            "pages": pages,
            "path": page.path(),
            "title": page.title(),
            "sections": article.sections,
            "article": article.html,
            "next": pages.get(at + 1),
        })))?;
        rendered.push(Bytes::from(page));
    }
    Ok(rendered)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_page_is_rendered_and_every_link_between_pages_leads_somewhere() {
        for page in &PAGES {
            let html = find(page.name).unwrap().unwrap();
            let html = std::str::from_utf8(&html).unwrap();
            assert!(html.contains(&format!("<h1>{}</h1>", page.title())), "{}", page.file);
            assert!(!html.contains(".md\""), "{}: a link to a file is left", page.file);
            for (at, _) in html.match_indices("href=\"/docs/guide") {
                let target = html[at + 6..].split('"').next().unwrap();
                let (path, section) = target.split_once('#').unwrap_or((target, ""));
                let aim = PAGES.iter().find(|page| page.path() == path).unwrap_or_else(|| panic!("{target}"));
                let aim = find(aim.name).unwrap().unwrap();
                let id = format!("id=\"{section}\"");
                assert!(
                    section.is_empty() || std::str::from_utf8(&aim).unwrap().contains(&id),
                    "{}: {target}",
                    page.file
                );
            }
        }
        assert!(find("no-such-page").is_none());
    }
}
