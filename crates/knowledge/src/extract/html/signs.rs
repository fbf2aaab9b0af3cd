//! What a page tells crawlers: where it leads, under which address it wants to be known, and whether it wants to be
//! read at all. Read before anything is taken out of the page: a link counts where it is hidden, too.

use dom_query::{Document, NodeRef};
use rustc_hash::FxHashSet;

use super::super::Signs;

/// Reads the signs of a page.
pub(super) fn read(document: &Document) -> Signs {
    let mut reader = Reader::default();
    for node in document.root().descendants_it().filter(NodeRef::is_element) {
        if let Some(name) = node.node_name() {
            reader.element(&node, &name);
        }
    }
    reader.signs
}

#[derive(Default)]
struct Reader {
    signs: Signs,
    seen: FxHashSet<String>,
    /// A page has one base and one refresh: the first, whatever its address is worth.
    has_base: bool,
    has_refresh: bool,
}

impl Reader {
    fn element(&mut self, node: &NodeRef<'_>, name: &str) {
        match name {
            "a" | "area" if !has_token(node, "rel", "nofollow") => self.link(node, "href"),
            "iframe" if node.attr("srcdoc").is_none() => self.link(node, "src"),
            "frame" => self.link(node, "src"),
            "base" => self.base(node),
            "link" => self.canonical(node),
            "meta" => self.meta(node),
            _ => {}
        }
    }

    fn link(&mut self, node: &NodeRef<'_>, attribute: &str) {
        if self.signs.links.len() >= Signs::MAX_LINKS {
            return;
        }
        if let Some(address) = node.attr(attribute).and_then(|value| address(&value))
            && self.seen.insert(address.clone())
        {
            self.signs.links.push(address);
        }
    }

    /// The first `base` that has an address counts (HTML standard, 4.2.3).
    fn base(&mut self, node: &NodeRef<'_>) {
        if let Some(value) = node.attr("href")
            && !std::mem::replace(&mut self.has_base, true)
        {
            self.signs.base = address(&value);
        }
    }

    /// Only in the head: what visitors write into a page ends up in its body.
    fn canonical(&mut self, node: &NodeRef<'_>) {
        if self.signs.canonical.is_none() && has_token(node, "rel", "canonical") && lies_in(node, "head") {
            self.signs.canonical = node.attr("href").and_then(|value| address(&value));
        }
    }

    fn meta(&mut self, node: &NodeRef<'_>) {
        let Some(content) = node.attr("content") else { return };
        let is = |attribute: &str, names: &[&str]| {
            node.attr(attribute)
                .is_some_and(|value| names.iter().any(|name| name.eq_ignore_ascii_case(value.trim())))
        };
        if is("name", &["robots", "robofy"]) {
            for word in content.split(|c: char| c == ',' || c == ';' || c.is_whitespace()) {
                let all = word.eq_ignore_ascii_case("none");
                self.signs.noindex |= all || word.eq_ignore_ascii_case("noindex");
                self.signs.nofollow |= all || word.eq_ignore_ascii_case("nofollow");
            }
        }
        // A page for those whose browser runs no scripts says in its own way that there is nothing to be read.
        if !self.has_refresh
            && is("http-equiv", &["refresh"])
            && !lies_in(node, "noscript")
            && let Some((seconds, target)) = refresh(&content)
        {
            self.has_refresh = true;
            self.signs.refresh = address(target).map(|address| (seconds, address));
        }
    }
}

/// True if a list of words in an attribute has the word.
fn has_token(node: &NodeRef<'_>, attribute: &str, token: &str) -> bool {
    node.attr(attribute)
        .is_some_and(|list| list.split_ascii_whitespace().any(|word| word.eq_ignore_ascii_case(token)))
}

fn lies_in(node: &NodeRef<'_>, name: &str) -> bool {
    node.ancestors_it(None).any(|above| above.has_name(name))
}

/// An address as it is written, freed of what parsing an address drops (URL standard, 4.4: spaces and control
/// characters around it, tabs and line ends in it). Nothing if it leads to no other page, or is too long.
fn address(value: &str) -> Option<String> {
    let trimmed = value.trim_matches(|c: char| c <= ' ');
    // Before anything is copied: an attribute may be as long as the page.
    if trimmed.len() > Signs::MAX_ADDRESS_BYTES {
        return None;
    }
    let address: String = trimmed.chars().filter(|c| !matches!(c, '\t' | '\n' | '\r')).collect();
    let leads = !address.is_empty()
        && !address.starts_with('#')
        && !address.contains(char::is_control)
        && scheme(&address)
            .is_none_or(|scheme| ["http", "https"].iter().any(|known| known.eq_ignore_ascii_case(scheme)));
    leads.then_some(address)
}

/// The scheme that an address begins with, if it does (URL standard, 4.4, scheme state).
fn scheme(address: &str) -> Option<&str> {
    let (scheme, _) = address.split_once(':')?;
    let is_scheme = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'));
    is_scheme.then_some(scheme)
}

/// Takes a declarative refresh apart, as the HTML standard's "shared declarative refresh steps" do: its seconds, and
/// its address, which is empty for the page itself. Nothing if it is malformed.
fn refresh(content: &str) -> Option<(u32, &str)> {
    let content = content.trim_ascii_start();
    let digits = content.bytes().take_while(u8::is_ascii_digit).count();
    let (time, rest) = content.split_at_checked(digits)?;
    if time.is_empty() && !rest.starts_with('.') {
        return None;
    }
    // Digits only, so all that can go wrong is that there are too many.
    let seconds = if time.is_empty() { 0 } else { time.parse().unwrap_or(u32::MAX) };
    let rest = rest.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
    let separator = |c: char| c == ';' || c == ',';
    if !rest.is_empty() && !rest.starts_with(|c: char| separator(c) || c.is_ascii_whitespace()) {
        return None;
    }
    let rest = rest.trim_ascii_start();
    let rest = rest.strip_prefix(separator).unwrap_or(rest).trim_ascii_start();
    // "url" and an equals sign may stand before the address, or the address may begin with these letters.
    let named = rest
        .get(..3)
        .filter(|word| word.eq_ignore_ascii_case("url"))
        .and_then(|_| rest.get(3..)?.trim_ascii_start().strip_prefix('='));
    let begins_named = rest.get(..1).is_some_and(|letter| letter.eq_ignore_ascii_case("u"));
    let target = match named {
        Some(target) => target.trim_ascii_start(),
        // The steps give up looking for quotes once they have seen a "u".
        None if begins_named => return Some((seconds, rest)),
        None => rest,
    };
    let quote = target.chars().next().filter(|c| matches!(c, '\'' | '"'));
    let target = match quote {
        Some(quote) => {
            let inside = target.strip_prefix(quote).unwrap_or(target);
            inside.split_once(quote).map_or(inside, |(inside, _)| inside)
        }
        None => target,
    };
    Some((seconds, target))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signs(html: &str) -> Signs {
        read(&Document::from(html))
    }

    #[test]
    fn links_in_the_order_of_the_page() {
        let page = "<head><title>x</title></head><body><nav hidden><a href=/menu>Menu</a></nav><a href='a b'>A</a>\
            <A HREF='\n /c\nd\t '>C</A><map><area href=map></map><a href=/menu>again</a><a name=x>none</a><a href>self</a>\
            <a href='#top'>top</a><a href=' #top'>top</a><a href='JavaScript:void(0)'>js</a><a href='mailto:a@b.c'>m</a>\
            <a href='tel:+1'>t</a><a href='data:text/html,x'>d</a><a href='about:blank'>b</a><a rel='noopener NoFollow' href=/no>no</a>\
            <iframe src='//other.test/map'></iframe><iframe srcdoc='<p>x' src=/doc></iframe><a href='?page=2'>2</a>\
            <a href='HTTPS://x.test/'>x</a><a href='a&amp;b=1:2#part'>p</a><a href='2024:plan'>y</a><svg><a href=/svg><text>s</text></a></svg>\
            <div style='display:none'><a href=/hidden>h</a></div><template><a href=/template>t</a></template>";
        assert_eq!(
            signs(page).links,
            [
                "/menu",
                "a b",
                "/cd",
                "map",
                "//other.test/map",
                "?page=2",
                "HTTPS://x.test/",
                "a&b=1:2#part",
                "2024:plan",
                "/svg",
                "/hidden"
            ]
        );
        assert_eq!(signs("<frameset><frame src=/a><frame src=/b></frameset>").links, ["/a", "/b"]);
    }

    #[test]
    fn addresses_of_the_page_itself() {
        let page = "<head><base target=_top><base href=' /first/ '><base href=/late>\
            <link rel='stylesheet Canonical' href=/one><link rel=canonical href=/two></head>";
        let found = signs(page);
        assert_eq!((found.base.as_deref(), found.canonical.as_deref()), (Some("/first/"), Some("/one")));
        // In the body it is a visitor's; and the first base counts even if it is of no use.
        let found = signs("<base href='data:,'><base href=/x><p>words<link rel=canonical href=/evil>");
        assert_eq!((found.base, found.canonical), (None, None));
        let found = signs("<head><title>t</title></head><body><link rel=canonical href=/evil>");
        assert_eq!(found.canonical, None);
        assert_eq!(
            signs("<link rel=canonical href='#x'><link rel=canonical href=/x>").canonical.as_deref(),
            Some("/x")
        );
    }

    #[test]
    fn what_robots_may_do() {
        for (page, noindex, nofollow) in [
            ("<meta name=robots content=noindex>", true, false),
            ("<META NAME='ROBOTS' CONTENT='NoFollow , max-snippet:-1'>", false, true),
            ("<meta name=' robofy ' content='index,None'>", true, true),
            ("<body><meta name=robots content='noindex;nofollow'>", true, true),
            ("<meta name=robots content='noindex'><meta name=robofy content='index, follow'>", true, false),
            ("<meta name=robots content='all, unavailable_after: 2030-01-01, noindexing'>", false, false),
            ("<meta name=googlebot content=noindex><meta property=robots content=noindex>", false, false),
            ("<meta name=robots><meta content=noindex>", false, false),
        ] {
            let found = signs(page);
            assert_eq!((found.noindex, found.nofollow), (noindex, nofollow), "{page}");
        }
    }

    #[test]
    fn a_refresh_is_taken_apart_by_the_standard() {
        for (content, expected) in [
            ("5; url=/next", Some((5, "/next"))),
            ("0;URL='/quoted' rest", Some((0, "/quoted"))),
            (" 3.9,\tUrl = \"/open", Some((3, "/open"))),
            ("1 /plain", Some((1, "/plain"))),
            ("1;'/plain' x", Some((1, "/plain"))),
            (".5; url=/half", Some((0, "/half"))),
            ("0; uri=/u", Some((0, "uri=/u"))),
            ("0; url/path", Some((0, "url/path"))),
            ("0; url='", Some((0, ""))),
            ("30", Some((30, ""))),
            ("30;", Some((30, ""))),
            ("99999999999; url=x", Some((u32::MAX, "x"))),
            ("0; url=ünder", Some((0, "ünder"))),
            ("0;ü", Some((0, "ü"))),
            ("", None),
            ("; url=/x", None),
            ("-1; url=/x", None),
            ("5x; url=/x", None),
            ("url=/x", None),
        ] {
            assert_eq!(refresh(content), expected, "{content:?}");
        }
        let next = |page: &str| signs(page).refresh;
        assert_eq!(next("<meta http-equiv=Refresh content='0; url=/a'>"), Some((0, "/a".to_owned())));
        // The first that is well formed counts, and a page that only loads itself anew leads nowhere.
        let first = "<meta http-equiv=refresh content='x'><meta http-equiv=refresh content='9;url=/a'>\
            <meta http-equiv=refresh content='1;url=/b'>";
        assert_eq!(next(first), Some((9, "/a".to_owned())));
        let itself = "<meta http-equiv=refresh content=60><meta http-equiv=refresh content='1;url=/b'>";
        assert_eq!(next(itself), None);
        assert_eq!(next("<meta http-equiv=refresh content='0;url=javascript:alert(1)'>"), None);
        assert_eq!(next("<noscript><meta http-equiv=refresh content='0;url=/no-js'></noscript>"), None);
    }

    #[test]
    fn pages_that_are_made_to_hurt() {
        let many: String = (0..100_000).map(|n| format!("<a href=/{n}>{n}</a>")).collect();
        let found = signs(&many);
        assert_eq!(found.links.len(), Signs::MAX_LINKS);
        assert_eq!(found.links.last().map(String::as_str), Some("/4999"));
        // One address a hundred thousand times is one link, and what follows it still counts.
        let same = "<a href=/same>x</a>".repeat(100_000) + "<a href=/last>y</a>";
        assert_eq!(signs(&same).links, ["/same", "/last"]);
        let long = |length: usize| format!("<a href='{}'>x</a>", "x".repeat(length));
        assert_eq!(signs(&long(Signs::MAX_ADDRESS_BYTES)).links.len(), 1);
        assert!(signs(&long(Signs::MAX_ADDRESS_BYTES + 1)).links.is_empty());
        assert!(signs(&long(5_000_000)).links.is_empty());
        // Attributes without an end, twice, or with characters that no address has.
        assert_eq!(signs("<a href='/one' href='/two'>x</a><a href=\"/three>x</a>").links, ["/one"]);
        assert!(signs("<a href='/a&#1;b'>x</a>").links.is_empty());
        assert_eq!(signs("<a href='&#1; /a &#31;'>x</a>").links, ["/a"]);
        assert_eq!(signs("<a href=/a><a href=/b><a href=/c></a></a>").links, ["/a", "/b", "/c"]);
        assert_eq!(signs("<a/href=/slash><a href=/x?<b>y").links, ["/slash", "/x?<b"]);
    }
}
