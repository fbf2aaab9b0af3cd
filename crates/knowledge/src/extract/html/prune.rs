//! What is taken off a page before it is read.

use std::collections::HashSet;

use dom_query::{Document, NodeRef};

use super::{facts, hidden, names};

/// Elements that never hold text for a reader.
const CONTROLS: &str = "script, style, noscript, template, iframe, object, embed, svg, canvas, video, audio, img, \
    picture, map, select, option, input, textarea, datalist, progress, meter, link, meta, head";

/// Elements that hold the site and not the page.
const NAVIGATION: &str = "nav, [role=navigation], [role=search], [role=menu], [role=menubar], [role=banner] form, \
    .breadcrumb, .breadcrumbs, .skip-link, .skip-to-content, .visually-hidden-focusable";

/// The footer of a page, by its element or by its name.
const FOOTERS: &str = "footer, [role=contentinfo], #footer, .footer, .site-footer, .page-footer, #colophon";

/// Removes scripts, pictures, form controls, and buttons that only act.
pub(super) fn controls(document: &Document) {
    let choices: HashSet<String> = document
        .select("input[type=checkbox], input[type=radio]")
        .nodes()
        .iter()
        .filter_map(|input| input.id_attr().map(|id| id.to_string()))
        .collect();
    let chooses = |label: &NodeRef<'_>| {
        label.attr("for").is_some_and(|id| choices.contains(&*id))
            || label
                .find(&["input"])
                .iter()
                .any(|input| input.attr("type").is_some_and(|kind| matches!(&*kind, "checkbox" | "radio")))
    };
    let labels: Vec<NodeRef<'_>> =
        document.select("label").nodes().iter().filter(|l| !chooses(l)).copied().collect();
    document.select(CONTROLS).remove();
    let buttons = document.select("button, [role=button]");
    let ids: HashSet<String> = match buttons.exists() {
        true => document
            .select("[id]")
            .nodes()
            .iter()
            .filter_map(|n| n.id_attr().map(|id| id.to_string()))
            .collect(),
        false => HashSet::new(),
    };
    for button in buttons.nodes().iter().chain(&labels) {
        // A script of the page's own may open the panel, and find it by its id.
        let names_a_panel = || {
            button.has_name("button")
                && !toggles_a_menu(button)
                && hidden::targets(button).iter().any(|id| ids.contains(id))
        };
        if !opens_a_panel(button) && !names_a_panel() && !facts::states_a_fact(&button.text()) {
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
        // A bakery sells cookies.
        let is_notice = !names::holds_the_subject(node) && !node.text().lines().any(facts::states_a_price);
        if is_notice && node.normalized_char_count() < 3000 {
            node.remove_from_parent();
        }
    }
    for node in document.select("div, ul, ol, section, menu, header").nodes() {
        let is_way = (node.has_name("menu") || names::leads_elsewhere(node)) && link_share(node) > 60;
        if is_way && !node.text().lines().any(facts::states_a_fact) {
            node.remove_from_parent();
        }
    }
    for list in document.select("header ul, header ol, footer ul, footer ol, aside ul, aside ol").nodes() {
        if link_share(list) > 60 && !holds_contact(&list.text()) {
            list.remove_from_parent();
        }
    }
    for footer in document.select(FOOTERS).nodes() {
        // Cards, quotations and stories have footers of their own.
        let belongs_to_a_part = footer.ancestors_it(None).any(|above| {
            ["article", "blockquote", "figure", "li", "td"].iter().any(|name| above.has_name(name))
        });
        if !belongs_to_a_part && !names::holds_the_subject(footer) {
            foot(footer);
        }
    }
}

/// Takes what is no contact out of the footer of a page.
fn foot(footer: &NodeRef<'_>) {
    let named = |names: &'static [&'static str]| {
        move |node: &NodeRef<'_>| names.iter().any(|name| node.has_name(name))
    };
    let blocks: Vec<NodeRef<'_>> =
        footer.descendants_it().filter(named(&["p", "div", "span", "a", "li"])).collect();
    for block in blocks {
        let text = block.text();
        // A copyright line goes; a box that holds one beside an address does not go with it.
        let is_line = [["p"], ["div"], ["li"]].iter().all(|path| block.find(path).is_empty());
        let is_address = block.ancestors_it(None).any(|above| above.has_name("address"))
            || !block.find(&["address"]).is_empty();
        if (!holds_contact(&text) && !is_address) || (is_line && is_copyright(&text)) {
            block.remove_from_parent();
        }
    }
    let headings: Vec<NodeRef<'_>> =
        footer.descendants_it().filter(named(&["h2", "h3", "h4", "h5", "h6"])).collect();
    for heading in headings {
        // The heading of a list of links that is gone.
        let next = heading.next_element_sibling();
        let above_nothing = next.is_none_or(|next| next.node_name().is_some_and(|name| is_heading(&name)));
        if above_nothing && !holds_contact(&heading.text()) {
            heading.remove_from_parent();
        }
    }
}

/// True if the element is what opens a panel: its text is the panel's heading.
fn opens_a_panel(node: &NodeRef<'_>) -> bool {
    let names = ["aria-controls", "aria-expanded", "data-target", "data-bs-target"];
    !toggles_a_menu(node) && names.iter().any(|name| node.has_attr(name))
}

fn toggles_a_menu(node: &NodeRef<'_>) -> bool {
    node.has_class("navbar-toggler") || node.has_class("dropdown-toggle")
}

fn is_heading(name: &str) -> bool {
    matches!(name, "h1" | "h2" | "h3" | "h4" | "h5" | "h6")
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
