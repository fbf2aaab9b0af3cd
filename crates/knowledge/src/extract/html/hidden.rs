//! What a visitor cannot see, by the element's own word, and what a control of the page would show.
//!
//! Style sheets are not read: an element is hidden if its attributes say so. A panel that something on the page opens
//! (an accordion, a tab, a dialogue) is hidden only until it is asked for, and is content.

use std::collections::HashSet;

use dom_query::{Document, NodeRef};

use super::one_line;

/// What may open a panel.
const OPENERS: &str = "button, a, summary, label, area, [role=button], [role=tab], [data-toggle], [data-bs-toggle], \
    [aria-controls], [popovertarget], [commandfor]";
/// Attributes that name a panel by its id; others are asked if they begin with `data-`.
const TARGETS: &[&str] = &["aria-controls", "aria-owns", "href", "popovertarget", "commandfor"];
/// A dialogue: shown when it is opened.
const DIALOGUES: &str = "dialog:not([open]), [role=dialog], [role=alertdialog]";
/// An element moved this many pixels off its place is off the page.
const OFF_PAGE_PIXELS: f64 = 400.0;

/// The panels of a page that its controls open.
pub(super) struct Opened(HashSet<String>);

impl Opened {
    /// Looks through the controls of a page.
    pub(super) fn of(document: &Document) -> Self {
        let mut ids = HashSet::new();
        for control in document.select(OPENERS).nodes() {
            // The way past the menu opens nothing.
            if !control.attr_or("class", "").contains("skip") {
                ids.extend(targets(control));
            }
        }
        Self(ids)
    }

    /// True if something on the page opens this element.
    pub(super) fn has(&self, node: &NodeRef<'_>) -> bool {
        node.attr("role").is_some_and(|role| matches!(&*role, "tabpanel" | "region"))
            || node.id_attr().is_some_and(|id| self.0.contains(&*id))
    }
}

/// The ids that a control names.
pub(super) fn targets(control: &NodeRef<'_>) -> Vec<String> {
    let mut ids = Vec::new();
    for attribute in control.attrs() {
        let name = &*attribute.name.local;
        let is_reference = TARGETS.contains(&name) || name.starts_with("data-");
        // A link's `#` says that it leads to an element; what has none is the address of a page.
        if !is_reference || (name == "href" && !attribute.value.starts_with('#')) {
            continue;
        }
        for id in attribute.value.split_whitespace() {
            let id = id.strip_prefix('#').unwrap_or(id);
            if !id.is_empty() {
                ids.push(id.to_owned());
            }
        }
    }
    ids
}

/// Removes what a visitor cannot see, and puts the names of tabs above their panels.
pub(super) fn remove(document: &Document) {
    let opened = Opened::of(document);
    for node in document.select("[hidden], [style], [aria-hidden], input[type=hidden]").nodes() {
        if is_hidden(node) && !opened.has(node) {
            node.remove_from_parent();
        }
    }
    for node in document.select(DIALOGUES).nodes() {
        if !opened.has(node) {
            node.remove_from_parent();
        } else if node.has_name("dialog") {
            node.rename("div");
        }
    }
    name_tabs(document);
}

/// Moves the text of each tab to where its panel begins.
fn name_tabs(document: &Document) {
    let tabs = document.select(
        "[role=tab], [data-toggle=tab], [data-toggle=pill], [data-bs-toggle=tab], [data-bs-toggle=pill]",
    );
    let mut panels = std::collections::HashMap::new();
    if tabs.exists() {
        for node in document.select("[id]").nodes() {
            if let Some(id) = node.id_attr() {
                panels.entry(id.to_string()).or_insert(*node);
            }
        }
    }
    for tab in tabs.nodes() {
        let name = one_line(&tab.text());
        let panel = targets(tab).into_iter().find_map(|id| panels.get(&id));
        let Some(panel) = panel.filter(|panel| !name.is_empty() && !encloses(panel, tab)) else { continue };
        tab.remove_from_parent();
        if !one_line(&panel.text()).to_lowercase().starts_with(&name.to_lowercase()) {
            let bold = panel.tree.new_element("strong");
            bold.set_text(name);
            let line = panel.tree.new_element("p");
            line.append_child(&bold);
            panel.prepend_child(&line);
        }
    }
}

fn encloses(outer: &NodeRef<'_>, inner: &NodeRef<'_>) -> bool {
    outer.id == inner.id || inner.ancestors_it(None).any(|above| above.id == outer.id)
}

/// True if the element's own attributes hide it.
fn is_hidden(node: &NodeRef<'_>) -> bool {
    if node.attr("hidden").is_some_and(|value| !value.eq_ignore_ascii_case("until-found"))
        || (node.has_name("input")
            && node.attr("type").is_some_and(|kind| kind.eq_ignore_ascii_case("hidden")))
    {
        return true;
    }
    if node.attr("aria-hidden").is_some_and(|value| value.eq_ignore_ascii_case("true")) {
        // A page lies hidden from screen readers while a dialogue is open over it; it is a page all the same.
        let is_page = ["main", "body", "article", "h1"].iter().any(|name| node.has_name(name))
            || [["main"], ["h1"]].iter().any(|path| !node.find(path).is_empty());
        if !is_page {
            return true;
        }
    }
    node.attr("style").is_some_and(|style| Style::of(&style).hides())
}

/// The declarations of a `style` attribute, in lower case and without spaces.
struct Style(Vec<(String, String)>);

impl Style {
    fn of(style: &str) -> Self {
        let squeezed: String = style.to_ascii_lowercase().split_whitespace().collect();
        let declarations = squeezed.split(';').filter_map(|declaration| {
            let (name, value) = declaration.split_once(':')?;
            Some((name.to_owned(), value.trim_end_matches("!important").to_owned()))
        });
        Self(declarations.collect())
    }

    /// The value that counts: the last one.
    fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().rev().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }

    fn is(&self, name: &str, values: &[&str]) -> bool {
        self.get(name).is_some_and(|value| values.contains(&value))
    }

    fn hides(&self) -> bool {
        let nothing =
            |name: &str| self.get(name).and_then(length).is_some_and(|size| size.abs() < f64::EPSILON);
        let tiny = |name: &str| self.get(name).and_then(length).is_some_and(|size| size.abs() <= 1.0);
        let clipped = self.is("overflow", &["hidden", "clip"]);
        let off_page = ["left", "right", "top", "bottom", "text-indent", "margin-left", "margin-top"]
            .iter()
            .any(|side| self.get(side).and_then(length).is_some_and(|at| at <= -OFF_PAGE_PIXELS));
        let background = self.get("background-color").or_else(|| self.get("background"));
        self.is("display", &["none"])
            || self.is("visibility", &["hidden", "collapse"])
            || self.is("content-visibility", &["hidden"])
            || self.is("color", &["transparent"])
            || self.get("color").zip(background).is_some_and(|(front, back)| front == back)
            || nothing("opacity")
            || nothing("font-size")
            || (tiny("width") && tiny("height"))
            || (clipped && ["width", "height", "max-width", "max-height"].iter().any(|side| tiny(side)))
            || self.get("clip").is_some_and(|clip| clip.starts_with("rect(0") || clip.starts_with("rect(1px"))
            || self.is("clip-path", &["inset(50%)", "inset(100%)", "circle(0)"])
            || self.is("transform", &["scale(0)", "scale(0,0)", "scalex(0)", "scaley(0)"])
            || off_page
    }
}

/// A length in pixels; one without a unit, or in another, is taken as it stands.
fn length(value: &str) -> Option<f64> {
    let end = value.find(|c: char| !matches!(c, '0'..='9' | '.' | '-' | '+')).unwrap_or(value.len());
    let number: f64 = value.get(..end)?.parse().ok()?;
    let scale = match value.get(end..)? {
        "em" | "rem" | "vw" | "vh" => 16.0,
        _ => 1.0,
    };
    Some(number * scale)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn styles() {
        for hidden in [
            "display: none",
            "DISPLAY:NONE !important",
            "visibility:hidden",
            "opacity: 0.0",
            "font-size:0px",
            "width:0;height:0",
            "height: 0; overflow: hidden",
            "position:absolute; left:-9999px",
            "text-indent: -100em",
            "clip: rect(0, 0, 0, 0)",
            "clip-path: inset(50%)",
            "color:#fff; background: #FFF",
            "transform: scale(0)",
            "display:block; display:none",
        ] {
            assert!(Style::of(hidden).hides(), "{hidden}");
        }
        for shown in [
            "display: block",
            "display:none; display:flex",
            "opacity: 0.9",
            "margin-left:-15px",
            "width:0",
            "height:0",
            "max-height: 400px; overflow:hidden",
            "color:#fff;background:#000",
            "",
        ] {
            assert!(!Style::of(shown).hides(), "{shown}");
        }
    }
}
