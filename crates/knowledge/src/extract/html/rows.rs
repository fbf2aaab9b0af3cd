//! Rows of two boxes: a day and its hours, a dish and its price. Style sheets set them side by side; read box by box, a
//! price has lost what it is the price of.

use dom_query::NodeRef;

use super::super::elements::is_block;
use super::{block, one_line, write};

/// Longer boxes are paragraphs.
const MAX_CELL_WORDS: usize = 12;

/// The row on one line, if the element is a row of two short boxes and stands beside another one.
pub(super) fn read(node: &NodeRef<'_>) -> Option<String> {
    let cells = cells(node)?;
    let beside =
        |sibling: Option<NodeRef<'_>>| sibling.is_some_and(|sibling| self::cells(&sibling).is_some());
    (beside(node.next_element_sibling()) || beside(node.prev_element_sibling())).then(|| cells.join(" "))
}

fn cells(node: &NodeRef<'_>) -> Option<[String; 2]> {
    let children = node.element_children();
    let [left, right] = children.as_slice() else { return None };
    let is_box = |child: &NodeRef<'_>| {
        child.node_name().is_some_and(|name| matches!(&*name, "div" | "p" | "section" | "li" | "dt" | "dd"))
            && !child.descendants_it().any(|inner| inner.node_name().is_some_and(|name| is_block(&name)))
    };
    if !is_box(left) || !is_box(right) || !node.immediate_text().trim().is_empty() {
        return None;
    }
    let text = |child: &NodeRef<'_>| {
        let short = child.normalized_char_count() <= MAX_CELL_WORDS * 12;
        let text = if short { write::inline_text(child) } else { String::new() };
        let words = block::words(&text);
        (1..=MAX_CELL_WORDS).contains(&words).then(|| one_line(&text))
    };
    Some([text(left)?, text(right)?])
}
