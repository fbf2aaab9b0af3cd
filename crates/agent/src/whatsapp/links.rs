//! Links: WhatsApp makes an address that stands in the text one that can be tapped, and knows no other links.

/// What the words of a link and its address come to: `words: address`, or one of them where the other says no more.
pub(super) fn join(words: &str, destination: &str) -> String {
    let words = words.trim();
    let Some(address) = address(destination) else { return words.to_owned() };
    if words.is_empty() || same(words, &address) {
        return address;
    }
    if names(words, &address) || same_number(words, destination) {
        return words.to_owned();
    }
    let joint = if words.ends_with([':', '?', '!', '.', '…']) { " " } else { ": " };
    format!("{words}{joint}{address}")
}

/// Whether the text names the address, and not one that only begins like it.
pub(super) fn names(text: &str, address: &str) -> bool {
    text.match_indices(address).any(|(at, found)| {
        let mut behind = text.get(at + found.len()..).unwrap_or_default().chars();
        match behind.next() {
            None => true,
            Some(next) if next.is_whitespace() => true,
            Some(next) if next.is_alphanumeric() || "/?#&=%-_+@~".contains(next) => false,
            // A full stop ends a sentence or goes on in `page.html`.
            Some(_) => !behind.next().is_some_and(char::is_alphanumeric),
        }
    })
}

/// The address as it can be tapped; `None` for what leads nowhere on a phone.
fn address(destination: &str) -> Option<String> {
    let destination = destination.trim();
    let scheme = destination.split_once(':').map(|(scheme, _)| scheme.to_ascii_lowercase());
    match scheme.as_deref() {
        Some("javascript" | "data" | "vbscript") => return None,
        Some("mailto" | "tel") => {
            let rest = destination.split_once(':').map_or("", |(_, rest)| rest);
            return Some(rest.replace(' ', "%20")).filter(|rest| !rest.is_empty());
        }
        Some(_) | None => {}
    }
    // A place in the page that the text came from.
    let nowhere = destination.is_empty() || destination.starts_with('#');
    (!nowhere).then(|| destination.replace(' ', "%20"))
}

/// Whether the words are the address, give or take what people leave out.
fn same(words: &str, address: &str) -> bool {
    let bare = |text: &str| {
        let text = text.to_lowercase();
        let text = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")).unwrap_or(&text);
        text.strip_prefix("www.").unwrap_or(text).trim_end_matches('/').to_owned()
    };
    bare(words) == bare(address)
}

/// Whether the words are the number that the link dials.
fn same_number(words: &str, destination: &str) -> bool {
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    destination.to_ascii_lowercase().starts_with("tel:") && digits(words) == digits(destination)
}
