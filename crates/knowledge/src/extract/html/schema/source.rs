//! The data as the page holds it: JSON-LD scripts, and elements marked up as microdata.

use dom_query::{Document, NodeRef};
use serde_json::{Map, Value};

use super::super::one_line;

/// Larger scripts are dumps, not descriptions.
const MAX_SCRIPT_BYTES: usize = 1024 * 1024;
/// Longer properties are cut: an element that holds half the page tells nothing of its own.
const MAX_VALUE_CHARS: usize = 2_000;

/// Everything that the page describes, in its order: scripts first.
pub(super) fn read(document: &Document) -> Vec<Value> {
    let mut found = Vec::new();
    for script in document.select("script[type]").nodes() {
        let kind = script.attr_or("type", "").to_ascii_lowercase();
        if kind.split(';').next().is_some_and(|kind| kind.trim() == "application/ld+json") {
            found.extend(json(&script.text()));
        }
    }
    for item in document.select("[itemscope]:not([itemprop])").nodes() {
        found.push(microdata(item));
    }
    found
}

/// Reads a script; nothing if it is not JSON.
fn json(text: &str) -> Option<Value> {
    let text = text.trim();
    let text = text.trim_start_matches("<!--").trim_start_matches("//").trim_start_matches("<![CDATA[");
    let text = text.trim_end_matches("-->").trim_end_matches("]]>").trim_end_matches("//").trim();
    if text.len() > MAX_SCRIPT_BYTES {
        return None;
    }
    // A line break inside a string is forbidden and common.
    let clean: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    serde_json::from_str(clean.trim_end_matches([';', ' '])).ok()
}

/// An item of microdata in the form of JSON-LD.
fn microdata(item: &NodeRef<'_>) -> Value {
    let mut thing = Map::new();
    if let Some(kind) = item.attr("itemtype") {
        let kinds = kind.split_whitespace().map(|kind| Value::String(kind.to_owned()));
        thing.insert("@type".to_owned(), Value::Array(kinds.collect()));
    }
    properties(item, &mut thing);
    Value::Object(thing)
}

fn properties(node: &NodeRef<'_>, thing: &mut Map<String, Value>) {
    for child in node.element_children() {
        let is_item = child.has_attr("itemscope");
        if let Some(names) = child.attr("itemprop") {
            let told = if is_item { microdata(&child) } else { Value::String(value(&child)) };
            for name in names.split_whitespace() {
                match thing.get_mut(name) {
                    Some(Value::Array(all)) => all.push(told.clone()),
                    Some(before) => {
                        let first = before.take();
                        *before = Value::Array(vec![first, told.clone()]);
                    }
                    None => {
                        thing.insert(name.to_owned(), told.clone());
                    }
                }
            }
        }
        if !is_item {
            properties(&child, thing);
        }
    }
}

/// What a property says, by its element.
fn value(node: &NodeRef<'_>) -> String {
    if let Some(content) = node.attr("content") {
        return one_line(&content);
    }
    let by_name = match node.node_name().as_deref() {
        Some("time") => node.attr("datetime"),
        Some("data" | "meter") => node.attr("value"),
        Some("link" | "img" | "source") => node.attr("href").or_else(|| node.attr("src")),
        Some(_) | None => None,
    };
    let told = by_name.unwrap_or_else(|| node.text());
    let end = told.char_indices().nth(MAX_VALUE_CHARS).map_or(told.len(), |(at, _)| at);
    one_line(told.get(..end).unwrap_or_default())
}
