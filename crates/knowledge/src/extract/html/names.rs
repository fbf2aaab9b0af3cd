//! What the names of an element (its classes, its id) say about its part in the page.

use dom_query::NodeRef;

/// Boxes that stand beside the page's subject.
const BESIDE: &[&str] = &[
    "ad",
    "ads",
    "advert",
    "advertisement",
    "comment",
    "comments",
    "disqus",
    "newsletter",
    "outbrain",
    "promo",
    "recommended",
    "recommendations",
    "related",
    "sidebar",
    "sponsored",
    "taboola",
    "trending",
];
/// Boxes for going elsewhere: their links are no content.
const WAYS: &[&str] = &[
    "breadcrumb",
    "breadcrumbs",
    "menu",
    "nav",
    "navbar",
    "navigation",
    "pager",
    "pagination",
    "share",
    "sharing",
    "sidenav",
    "subnav",
    "topbar",
    "topnav",
];

/// True if the element stands beside the page's subject.
pub(super) fn is_beside(node: &NodeRef<'_>) -> bool {
    (node.has_name("aside") || has_word(node, BESIDE)) && !holds_the_subject(node)
}

/// True if the element is named as a box for going elsewhere.
pub(super) fn leads_elsewhere(node: &NodeRef<'_>) -> bool {
    has_word(node, WAYS) && !holds_the_subject(node)
}

/// True if the page's subject lies inside the element: names such as `has-sidebar` stand on wrappers too.
pub(super) fn holds_the_subject(node: &NodeRef<'_>) -> bool {
    ["html", "body", "main", "article", "h1"].iter().any(|name| node.has_name(name))
        || [["main"], ["article"], ["h1"]].iter().any(|path| !node.find(path).is_empty())
}

/// True if one of the words is among those that the element's classes and id are made of.
fn has_word(node: &NodeRef<'_>, words: &[&str]) -> bool {
    ["class", "id"].iter().any(|attribute| {
        node.attr(attribute).is_some_and(|names| {
            names
                .split(|c: char| !c.is_ascii_alphanumeric())
                .any(|part| !part.is_empty() && words.iter().any(|word| word.eq_ignore_ascii_case(part)))
        })
    })
}
