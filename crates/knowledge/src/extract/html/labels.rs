//! Puts a short label and the price, or the hours, beneath it on one line.
//!
//! A price card says "Pro" in one box and "$9 / mo." in the next; read line by line, the price has lost what it is the
//! price of, and an answer would quote it so.

use super::facts::{states_a_price, states_hours};

/// Longer lines are sentences, not labels.
const MAX_LABEL_WORDS: usize = 6;

/// Joins labels and prices.
pub(super) fn join_prices(text: &str) -> String {
    let blocks: Vec<&str> = text.trim_end().split("\n\n").collect();
    let mut out = String::with_capacity(text.len() + 1);
    let mut blocks = blocks.into_iter().peekable();
    while let Some(block) = blocks.next() {
        out.push_str(block);
        if is_label(block)
            && let Some(price) = blocks.next_if(|next| is_price(next))
        {
            let label = block.trim_matches('*');
            out.truncate(out.len() - block.len());
            out.push_str(label);
            out.push_str(if label.ends_with(':') { " " } else { ": " });
            out.push_str(price.trim_matches('*'));
        }
        out.push_str(if blocks.peek().is_some() { "\n\n" } else { "\n" });
    }
    if text.is_empty() { String::new() } else { out }
}

/// True if a block may be the name of what costs something.
fn is_label(block: &str) -> bool {
    is_short_line(block)
        && !block.ends_with(['.', '!', '?', ',', ';'])
        && block.chars().any(char::is_alphabetic)
        && !states_a_price(block)
        && !states_hours(block)
}

/// True if a block is a price, or a span of hours, and hardly anything else.
fn is_price(block: &str) -> bool {
    is_short_line(block) && (states_a_price(block) || states_hours(block))
}

fn is_short_line(block: &str) -> bool {
    !block.contains('\n')
        && !block.starts_with(['#', '|', '-', '>', '`', '~', ' '])
        && block.split_whitespace().count() <= MAX_LABEL_WORDS
}

#[cfg(test)]
mod tests {
    use super::join_prices;

    #[test]
    fn joined() {
        assert_eq!(join_prices("Pro\n\n$9 / mo.\n\n- 5 users\n"), "Pro: $9 / mo.\n\n- 5 users\n");
        assert_eq!(join_prices("Monday\n\n9:00–17:00\n"), "Monday: 9:00–17:00\n");
        assert_eq!(join_prices("**Large:**\n\n12 €\n"), "Large: 12 €\n");
        for whole in ["Pro\n\nAbout us\n", "## Pro\n\n$9\n", "A sentence.\n\n$9\n", "$5\n\n$9\n", "", "x\n"] {
            assert_eq!(join_prices(whole), whole);
        }
    }
}
