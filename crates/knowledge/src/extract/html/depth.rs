//! A look at how deep a page is nested, before it is parsed: a parser looks through all open elements at every tag, so
//! a page of nothing but opening tags would cost it the square of their number.

/// So many elements may be open at once. Far more than a page that is accepted has, since not all of these end up
/// inside each other.
const MAX_OPEN: usize = 2_000;
/// Elements that stay open until they are closed. Others are closed by what follows them.
const STAYING: &[&str] = &[
    "div",
    "span",
    "section",
    "article",
    "main",
    "aside",
    "header",
    "footer",
    "nav",
    "ul",
    "ol",
    "dl",
    "blockquote",
    "center",
    "table",
    "fieldset",
    "b",
    "i",
    "em",
    "strong",
    "font",
    "svg",
    "g",
];
/// Elements whose content is not markup.
const RAW: &[&str] = &["script", "style", "textarea", "title", "noscript", "template", "xmp"];

/// True if more elements are open at once than any page needs.
pub(super) fn is_bottomless(html: &str) -> bool {
    let mut open: Vec<&str> = Vec::new();
    let mut rest = html;
    while let Some((_, after)) = rest.split_once('<') {
        rest = after;
        if let Some(comment) = after.strip_prefix("!--") {
            rest = comment.split_once("-->").map_or("", |(_, behind)| behind);
            continue;
        }
        let (closes, tag) = after.strip_prefix('/').map_or((false, after), |tag| (true, tag));
        let end = tag.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(tag.len());
        let name = tag.get(..end).unwrap_or_default();
        let is = |known: &&&str| known.eq_ignore_ascii_case(name);
        if let Some(raw) = RAW.iter().find(is).filter(|_| !closes) {
            rest = behind_raw(tag, raw);
        } else if let Some(known) = STAYING.iter().find(is) {
            if !closes {
                open.push(known);
            } else if let Some(at) = open.iter().rposition(|name| name == known) {
                open.truncate(at);
            }
            if open.len() > MAX_OPEN {
                return true;
            }
        }
    }
    false
}

/// What comes after the element whose content is not markup; nothing if it does not end.
fn behind_raw<'a>(html: &'a str, name: &str) -> &'a str {
    let mut rest = html;
    while let Some((_, after)) = rest.split_once("</") {
        if after.get(..name.len()).is_some_and(|found| found.eq_ignore_ascii_case(name)) {
            return after;
        }
        rest = after;
    }
    ""
}

#[cfg(test)]
mod tests {
    use super::is_bottomless;

    #[test]
    fn bottom() {
        assert!(is_bottomless(&"<div>".repeat(2_001)));
        assert!(is_bottomless(&"<UL class=x><li>".repeat(2_001)));
        assert!(!is_bottomless(&"<div></div>".repeat(9_000)));
        assert!(!is_bottomless(&"<div><span></div>".repeat(9_000)), "the outer one closes the inner");
        assert!(!is_bottomless(&"<li>".repeat(9_000)), "each closes the one before");
        assert!(!is_bottomless(&format!("<script>'{}'</script><p>x", "<div>".repeat(9_000))));
        assert!(!is_bottomless(&format!("<!-- {} --><p>x", "<div>".repeat(9_000))));
        assert!(is_bottomless(&format!("<script></script><!-- -->{}", "<div>".repeat(9_000))));
    }
}
