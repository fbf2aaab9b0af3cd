//! What is taken off a page before it is read.

use dom_query::{Document, NodeRef};

/// Elements that never hold text for a reader.
const CONTROLS: &str = "script, style, noscript, template, iframe, object, embed, svg, canvas, video, audio, img, \
    picture, map, select, option, input, textarea, datalist, progress, meter, dialog, link, meta, head";

/// Elements that hold the site and not the page.
const NAVIGATION: &str = "nav, menu, [role=navigation], [role=search], [role=dialog], [role=alertdialog], \
    [role=menu], [role=menubar], [role=banner] form, .breadcrumb, .breadcrumbs, .skip-link, .visually-hidden-focusable";

/// Removes what a visitor cannot see, by the element's own word. Style sheets are not read.
///
/// A panel that something on the page opens (an accordion, a tab) is hidden only until it is asked for, and stays.
pub(super) fn hidden(document: &Document) {
    for node in document.select("[hidden], [style], [aria-hidden=true], input[type=hidden]").nodes() {
        if is_hidden(node) && !is_opened_by(document, node) {
            node.remove_from_parent();
        }
    }
}

/// Removes scripts, pictures, form controls, and buttons that only act.
pub(super) fn controls(document: &Document) {
    document.select(CONTROLS).remove();
    for button in document.select("button, [role=button], label").nodes() {
        if !opens_a_panel(button) {
            button.remove_from_parent();
        }
    }
}

/// Removes what surrounds the content: navigation, notices about cookies, link lists of header and footer.
pub(super) fn boilerplate(document: &Document) {
    controls(document);
    document.select(NAVIGATION).remove();
    for link in document.select("a.btn, a.button, a[role=button]").nodes() {
        // "Choose plan", "Add to cart": what a button does is no fact; a number on it is.
        if !holds_contact(&link.text()) && !opens_a_panel(link) && link.normalized_char_count() < 40 {
            link.remove_from_parent();
        }
    }
    for node in document.select("[id*=cookie], [class*=cookie], [id*=consent], [class*=consent]").nodes() {
        let is_page = node.has_name("body") || node.has_name("html") || node.has_name("main");
        if !is_page && node.normalized_char_count() < 3000 {
            node.remove_from_parent();
        }
    }
    for list in document.select("header ul, header ol, footer ul, footer ol, aside ul, aside ol").nodes() {
        if link_share(list) > 60 && !holds_contact(&list.text()) {
            list.remove_from_parent();
        }
    }
    for block in document.select("footer p, footer div, footer span, footer a, footer li").nodes() {
        let text = block.text();
        // A copyright line goes; a box that holds one beside an address does not go with it.
        let is_line = block.find(&["p"]).is_empty()
            && block.find(&["div"]).is_empty()
            && block.find(&["li"]).is_empty();
        if !holds_contact(&text) || (is_line && is_copyright(&text)) {
            block.remove_from_parent();
        }
    }
}

/// True if the element's own attributes hide it.
fn is_hidden(node: &NodeRef<'_>) -> bool {
    if node.attr("hidden").is_some_and(|value| !value.eq_ignore_ascii_case("until-found")) {
        return true;
    }
    let style: String = node.attr_or("style", "").to_ascii_lowercase().split_whitespace().collect();
    let says =
        |declaration: &str| style.split(';').any(|found| found.trim_end_matches("!important") == declaration);
    let invisible = ["display:none", "visibility:hidden", "opacity:0", "font-size:0", "font-size:0px"];
    let property =
        |name: &str| style.split(';').find_map(|found| found.strip_prefix(name)?.strip_prefix(':'));
    let same_colour = property("color")
        .zip(property("background").or_else(|| property("background-color")))
        .is_some_and(|(front, back)| front == back);
    let off_page = ["left", "top", "text-indent", "margin-left"]
        .iter()
        .any(|side| property(side).is_some_and(|at| at.starts_with("-999") || at.starts_with("-1000")));
    invisible.iter().any(|declaration| says(declaration)) || same_colour || off_page
}

/// True if something on the page opens this element.
fn is_opened_by(document: &Document, node: &NodeRef<'_>) -> bool {
    if node.attr("role").is_some_and(|role| matches!(&*role, "tabpanel" | "region")) {
        return true;
    }
    let Some(id) = node.id_attr().filter(|id| is_plain(id)) else { return false };
    let openers =
        format!("[aria-controls='{id}'], [href='#{id}'], [data-target='#{id}'], [data-bs-target='#{id}']");
    document.try_select(&openers).is_some_and(|found| found.exists())
}

/// True if the element is what opens a panel: its text is the panel's heading.
fn opens_a_panel(node: &NodeRef<'_>) -> bool {
    let names = ["aria-controls", "aria-expanded", "data-target", "data-bs-target"];
    let toggles_menu = node.has_class("navbar-toggler") || node.has_class("dropdown-toggle");
    !toggles_menu && names.iter().any(|name| node.has_attr(name))
}

/// True if an id may stand in a selector as it is.
fn is_plain(id: &str) -> bool {
    !id.is_empty() && id.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_'))
}

/// How much of an element's text stands in links, in per cent.
pub(super) fn link_share(node: &NodeRef<'_>) -> usize {
    let all = node.normalized_char_count();
    let linked: usize = node.find(&["a"]).iter().map(NodeRef::normalized_char_count).sum();
    linked * 100 / all.max(1)
}

/// True if a text may hold an address, a telephone number, an e-mail address or a time.
fn holds_contact(text: &str) -> bool {
    text.contains('@') || text.chars().filter(char::is_ascii_digit).count() >= 2
}

/// True if a text is a copyright line.
pub(super) fn is_copyright(text: &str) -> bool {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    digits <= 8 && (text.contains('©') || text.to_lowercase().contains("copyright"))
}
