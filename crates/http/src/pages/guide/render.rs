//! Markdown of our own as HTML: sections that can be linked to, samples side by side.

use std::fmt::Write as _;

use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Options, Parser, Tag, TagEnd, html};
use serde::Serialize;

/// A rendered text.
pub(super) struct Article {
    pub(super) html: String,
    pub(super) sections: Vec<Section>,
}

/// A heading of the second level.
#[derive(Serialize)]
pub(super) struct Section {
    id: String,
    title: String,
}

struct Sample {
    /// As the fence says: `bash`, `js`, `python`, `html`, `json`; [`OUTPUT`] for what the samples above print.
    language: String,
    text: String,
}

/// The language of what the samples above print, which a fence calls `text prints`.
const OUTPUT: &str = "output";

/// Renders a text without its title; `link` gives the path of a file that is a page too.
pub(super) fn article(text: &str, link: impl Fn(&str) -> Option<String>) -> Article {
    let mut events = Parser::new_ext(text, Options::ENABLE_TABLES).peekable();
    let mut out = Vec::new();
    let mut sections = Vec::new();
    let mut samples = Vec::new();
    let mut groups = 0;
    while let Some(event) = events.next() {
        if let Event::Start(Tag::CodeBlock(kind)) = &event {
            let language = language(kind);
            let alone = language == OUTPUT;
            samples.push(Sample { language, text: words(&mut events) });
            if alone || !events.peek().is_some_and(is_sample) {
                groups += 1;
                out.push(Event::Html(shown(&samples, groups).into()));
                samples.clear();
            }
        } else if let Event::Start(Tag::Heading { level, .. }) = event {
            let title = words(&mut events);
            if level == HeadingLevel::H1 {
                continue;
            }
            let id = slug(&title);
            let heading = format!("<{level} id=\"{id}\">{}</{level}>\n", escaped(&title));
            out.push(Event::Html(heading.into()));
            if level == HeadingLevel::H2 {
                sections.push(Section { id, title });
            }
        } else if let Event::Start(Tag::Link { link_type, dest_url, title, id }) = event {
            let dest_url = redirected(&dest_url, &link).map_or(dest_url, Into::into);
            out.push(Event::Start(Tag::Link { link_type, dest_url, title, id }));
        } else {
            out.push(event);
        }
    }
    let mut rendered = String::new();
    html::push_html(&mut rendered, out.into_iter());
    Article { html: rendered, sections }
}

/// The words up to the end of the heading or code block that was just begun.
fn words<'a>(events: &mut impl Iterator<Item = Event<'a>>) -> String {
    let mut text = String::new();
    for event in events {
        if let Event::Text(piece) | Event::Code(piece) = &event {
            text.push_str(piece);
        }
        if let Event::End(TagEnd::CodeBlock | TagEnd::Heading(_)) = event {
            break;
        }
    }
    text
}

/// The fence's first word, or [`OUTPUT`].
fn language(kind: &CodeBlockKind<'_>) -> String {
    let CodeBlockKind::Fenced(info) = kind else { return String::new() };
    let mut words = info.split_whitespace();
    let first = words.next().unwrap_or_default();
    if words.next() == Some("prints") { OUTPUT } else { first }.to_owned()
}

/// Whether a sample begins that belongs to those right above it.
fn is_sample(event: &Event<'_>) -> bool {
    matches!(event, Event::Start(Tag::CodeBlock(kind)) if language(kind) != OUTPUT)
}

fn redirected(target: &str, link: impl Fn(&str) -> Option<String>) -> Option<String> {
    let (file, section) = target.split_once('#').unwrap_or((target, ""));
    let path = link(file)?;
    Some(if section.is_empty() { path } else { format!("{path}#{section}") })
}

/// One sample, or the same in several languages with a choice above; without styles all are to be seen.
fn shown(samples: &[Sample], group: usize) -> String {
    let mut html = String::new();
    let many = samples.len() > 1;
    if many {
        html.push_str(
            "<fieldset class=\"samples\"><legend class=\"unseen\">Language</legend><p class=\"choices\">",
        );
        for (at, sample) in samples.iter().enumerate() {
            let checked = if at == 0 { " checked" } else { "" };
            let (value, name) = (escaped(&sample.language), name(&sample.language, many));
            let _ = write!(
                html,
                "<label><input type=\"radio\" name=\"language-{group}\" value=\"{value}\"{checked}> {name}</label>"
            );
        }
        html.push_str("</p>");
    }
    for sample in samples {
        let (value, name) = (escaped(&sample.language), name(&sample.language, many));
        let _ = write!(
            html,
            "<figure class=\"sample\" data-language=\"{value}\"><figcaption>{name}</figcaption>\
             <pre tabindex=\"0\"><code>{}</code></pre></figure>",
            escaped(&sample.text)
        );
    }
    if many {
        html.push_str("</fieldset>");
    }
    html.push('\n');
    html
}

/// What a reader calls the language of a sample; among others a shell sample is a call of `curl`.
fn name(language: &str, among_others: bool) -> &str {
    match language {
        "bash" if among_others => "curl",
        "bash" => "Shell",
        "js" => "JavaScript",
        "python" => "Python",
        "html" => "HTML",
        "json" => "JSON",
        OUTPUT => "Output",
        "" => "Text",
        other => other,
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// The name of a section as GitHub makes it, so that one link works in both places.
fn slug(title: &str) -> String {
    let kept = title.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.map(|c| if c == ' ' { '-' } else { c }).collect::<String>().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn html(text: &str) -> String {
        article(text, |file| (file == "other.md").then(|| "/docs/guide/other".to_owned())).html
    }

    #[test]
    fn samples_that_stand_together_are_a_choice_and_others_are_not() {
        let one = html("```bash test\necho '<b>' && true\n```\n");
        assert!(one.contains("<figcaption>Shell</figcaption>"), "{one}");
        assert!(one.contains("echo '&lt;b&gt;' &amp;&amp; true"), "{one}");
        assert!(!one.contains("radio"), "{one}");
        let three =
            html("```bash\na\n```\n\n```js\nb\n```\n\n```python\nc\n```\n\nText.\n\n```bash\nd\n```\n");
        assert_eq!(three.matches("type=\"radio\"").count(), 3, "{three}");
        assert_eq!(three.matches(" checked").count(), 1, "{three}");
        assert!(
            three.contains("<figcaption>curl</figcaption>") && three.contains("<figcaption>Shell<"),
            "{three}"
        );
    }

    #[test]
    fn what_samples_print_is_shown_below_them_whichever_is_chosen() {
        let two =
            html("```bash test\na\n```\n\n```js test\nb\n```\n\n```text prints\nc\n```\n\n```bash\nd\n```\n");
        assert_eq!(two.matches("type=\"radio\"").count(), 2, "{two}");
        let (_, below) = two.split_once("</fieldset>").unwrap();
        assert!(below.contains("<figcaption>Output</figcaption><pre tabindex=\"0\"><code>c\n"), "{below}");
        assert!(below.contains("<figcaption>Shell</figcaption>"), "{below}");
    }

    #[test]
    fn links_between_files_lead_from_page_to_page() {
        let text = html("[a](other.md#b-c) [d](https://example.com/x.md)");
        assert!(
            text.contains("href=\"/docs/guide/other#b-c\"") && text.contains("https://example.com/x.md"),
            "{text}"
        );
    }

    #[test]
    fn headings_have_the_names_that_links_use() {
        let made = article("# Title\n\n## 1. Account and key\n\n### `401` again\n", |_| None);
        assert!(!made.html.contains("Title"));
        assert!(made.html.contains("<h2 id=\"1-account-and-key\">1. Account and key</h2>"), "{}", made.html);
        assert!(made.html.contains("<h3 id=\"401-again\">401 again</h3>"), "{}", made.html);
        assert_eq!(made.sections.len(), 1);
    }
}
