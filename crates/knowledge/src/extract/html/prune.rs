//! What is taken off a page before it is read.

use std::collections::HashSet;

use dom_query::{Document, NodeRef};

use super::{facts, names};

/// Elements that never hold text for a reader.
const CONTROLS: &str = "script, style, noscript, template, iframe, object, embed, svg, canvas, video, audio, img, \
    picture, map, select, option, input, textarea, datalist, progress, meter, link, meta, head";

/// Elements that hold the site and not the page.
const NAVIGATION: &str = "nav, [role=navigation], [role=search], [role=menu], [role=menubar], [role=banner] form, \
    .breadcrumb, .breadcrumbs, .skip-link, .skip-to-content, .visually-hidden-focusable";

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
    for button in document.select("button, [role=button]").nodes().iter().chain(&labels) {
        if !opens_a_panel(button) && !facts::states_a_fact(&button.text()) {
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
    for block in document.select("footer p, footer div, footer span, footer a, footer li").nodes() {
        let text = block.text();
        // A copyright line goes; a box that holds one beside an address does not go with it.
        let is_line = block.find(&["p"]).is_empty()
            && block.find(&["div"]).is_empty()
            && block.find(&["li"]).is_empty();
        let is_address =
            std::iter::once(*block).chain(block.ancestors_it(None)).any(|above| above.has_name("address"))
                || !block.find(&["address"]).is_empty();
        if (!holds_contact(&text) && !is_address) || (is_line && is_copyright(&text)) {
            block.remove_from_parent();
        }
    }
    for heading in document.select("footer h2, footer h3, footer h4, footer h5, footer h6").nodes() {
        // The heading of a list of links that is gone.
        let next = heading.next_element_sibling();
        let above_nothing = next.is_none_or(|next| next.node_name().is_some_and(|name| is_heading(&name)));
        let alone = above_nothing && !holds_contact(&heading.text());
        if alone {
            heading.remove_from_parent();
        }
    }
}

/// True if the element is what opens a panel: its text is the panel's heading.
fn opens_a_panel(node: &NodeRef<'_>) -> bool {
    let names = ["aria-controls", "aria-expanded", "data-target", "data-bs-target"];
    let toggles_menu = node.has_class("navbar-toggler") || node.has_class("dropdown-toggle");
    !toggles_menu && names.iter().any(|name| node.has_attr(name))
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
