//! Sitemaps (sitemaps.org, protocol 0.9): XML, gzip or not, indexes of sitemaps, and lists of plain lines.

use std::io::Read as _;

use flate2::read::MultiGzDecoder;
use quick_xml::Reader;
use quick_xml::events::Event;
use url::Url;

use crate::address::LONGEST;

/// No sitemap is larger, unpacked.
pub const MOST_BYTES: usize = 50 * 1024 * 1024;
/// None names more addresses.
pub const MOST_URLS: usize = 50_000;

/// What a sitemap says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sitemap {
    /// Further sitemaps.
    Index(Vec<Url>),
    /// Pages.
    Pages(Vec<Url>),
}

/// Why a sitemap could not be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadSitemap {
    /// It is packed, and what it is packed with is damaged.
    #[error("the sitemap's compressed data is damaged")]
    Packed,
    /// It is larger than a sitemap may be.
    #[error("the sitemap is larger than 50 MB")]
    TooLarge,
}

/// Reads a sitemap as far as it can be read: broken XML ends it, addresses that are none, or too long, are passed over. `base` is its own
/// address, for relative ones.
///
/// # Errors
/// When it is packed and damaged, or too large.
pub fn read(base: &Url, bytes: &[u8]) -> Result<Sitemap, BadSitemap> {
    let unpacked;
    let bytes = if bytes.starts_with(&[0x1f, 0x8b]) {
        unpacked = unpack(bytes)?;
        unpacked.as_slice()
    } else {
        bytes
    };
    if bytes.len() > MOST_BYTES {
        return Err(BadSitemap::TooLarge);
    }
    let text = String::from_utf8_lossy(bytes);
    let text = text.trim_start_matches('\u{feff}').trim_start();
    Ok(if text.starts_with('<') { xml(base, text) } else { lines(text) })
}

fn unpack(bytes: &[u8]) -> Result<Vec<u8>, BadSitemap> {
    let mut unpacked = Vec::new();
    let mut packed = MultiGzDecoder::new(bytes).take(MOST_BYTES as u64 + 1);
    packed.read_to_end(&mut unpacked).map_err(|_| BadSitemap::Packed)?;
    if unpacked.len() > MOST_BYTES { Err(BadSitemap::TooLarge) } else { Ok(unpacked) }
}

fn lines(text: &str) -> Sitemap {
    let lines = text.lines().map(str::trim).filter(|line| line.len() <= LONGEST);
    let pages = lines.filter_map(|line| Url::parse(line).ok());
    Sitemap::Pages(pages.filter(|url| url.has_host()).take(MOST_URLS).collect())
}

/// The `loc` of each `url` or `sitemap`, not those of a page's images; entities beyond XML's own five are not known here, so
/// none can grow.
fn xml(base: &Url, text: &str) -> Sitemap {
    let mut reader = Reader::from_str(text);
    let (mut is_index, mut is_loc, mut depth) = (false, false, 0_usize);
    // Where the `url` or `sitemap` is whose `loc` comes next.
    let mut entry = None;
    let (mut loc, mut found) = (String::new(), Vec::new());
    loop {
        match reader.read_event() {
            Ok(Event::Start(tag)) => {
                depth += 1;
                match tag.local_name().as_ref() {
                    "sitemapindex" => is_index = true,
                    "url" | "sitemap" => entry = Some(depth),
                    "loc" if entry.is_some_and(|entry| entry + 1 == depth) => {
                        is_loc = true;
                        loc.clear();
                    }
                    _ => {}
                }
            }
            Ok(Event::Text(piece)) if is_loc => loc.push_str(&piece),
            Ok(Event::CData(piece)) if is_loc => loc.push_str(&piece),
            Ok(Event::GeneralRef(name)) if is_loc => match name.as_ref() {
                "amp" => loc.push('&'),
                "lt" => loc.push('<'),
                "gt" => loc.push('>'),
                "quot" => loc.push('"'),
                "apos" => loc.push('\''),
                _ => loc.extend(name.resolve_char_ref().ok().flatten()),
            },
            Ok(Event::End(_)) => {
                depth = depth.saturating_sub(1);
                if is_loc && entry == Some(depth) {
                    is_loc = false;
                    let address = Some(loc.trim()).filter(|address| address.len() <= LONGEST);
                    let address = address.and_then(|address| base.join(address).ok());
                    found.extend(address.filter(Url::has_host));
                    if found.len() >= MOST_URLS {
                        break;
                    }
                }
                if entry.is_some_and(|entry| depth < entry) {
                    entry = None;
                }
            }
            Ok(Event::Eof) | Err(_) => break,
            Ok(_) => {}
        }
    }
    if is_index { Sitemap::Index(found) } else { Sitemap::Pages(found) }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    fn base() -> Url {
        Url::parse("https://example.org/sitemap.xml").unwrap_or_else(|_| panic!())
    }

    fn names(sitemap: Result<Sitemap, BadSitemap>) -> Vec<String> {
        match sitemap {
            Ok(Sitemap::Pages(urls) | Sitemap::Index(urls)) => urls.into_iter().map(Into::into).collect(),
            Err(error) => panic!("{error}"),
        }
    }

    const PAGES: &str = "\u{feff}<?xml version='1.0'?><urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9' xmlns:image='x'>
        <url><loc> https://example.org/a?b=1&amp;c=2 </loc><lastmod>2026-01-01</lastmod></url>
        <url><loc><![CDATA[https://example.org/b]]></loc><image:image><image:loc>https://example.org/no.png</image:loc></image:image></url>
        <url><x><loc>/no</loc></x><loc>/&#99;&bomb;</loc></url><url><loc>https://</loc></url></urlset>";

    #[test]
    fn pages_indexes_lists_and_packed_ones_are_read() {
        let expected = ["https://example.org/a?b=1&c=2", "https://example.org/b", "https://example.org/c"];
        assert_eq!(names(read(&base(), PAGES.as_bytes())), expected);
        let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
        assert!(packed.write_all(PAGES.as_bytes()).is_ok());
        let packed = packed.finish().unwrap_or_default();
        assert_eq!(names(read(&base(), &packed)), expected);
        assert_eq!(read(&base(), &packed[..packed.len() / 2]), Err(BadSitemap::Packed));
        let index = "<sitemapindex><sitemap><loc>https://example.org/1.xml.gz</loc></sitemap></sitemapindex>";
        let found = read(&base(), index.as_bytes());
        assert!(matches!(&found, Ok(Sitemap::Index(urls)) if urls.len() == 1), "{found:?}");
        assert_eq!(
            names(read(&base(), b"https://example.org/x\r\n\nnonsense\nhttps://example.org/y")).len(),
            2
        );
    }

    #[test]
    fn bombs_and_broken_ones_end() {
        let mut bomb = GzEncoder::new(Vec::new(), Compression::best());
        for _ in 0..60 {
            assert!(bomb.write_all(&vec![b' '; 1024 * 1024]).is_ok());
        }
        assert_eq!(read(&base(), &bomb.finish().unwrap_or_default()), Err(BadSitemap::TooLarge));
        let laughs = "<!DOCTYPE x [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;'>]><urlset><url><loc>https://example.org/&b;</loc></url></urlset>";
        assert_eq!(names(read(&base(), laughs.as_bytes())), ["https://example.org/"]);
        let broken = "<urlset><url><loc>https://example.org/a</loc></url><url><loc>https://example.org/b</lo";
        assert_eq!(names(read(&base(), broken.as_bytes())), ["https://example.org/a"]);
        let long = format!("https://example.org/{}", "x".repeat(LONGEST));
        let both = format!("<urlset><url><loc>{long}</loc></url><url><loc>/b</loc></url></urlset>");
        assert_eq!(names(read(&base(), both.as_bytes())), ["https://example.org/b"]);
        assert_eq!(
            names(read(&base(), format!("{long}\nhttps://example.org/c").as_bytes())),
            ["https://example.org/c"]
        );
        let many = "<url><loc>https://example.org/a</loc></url>".repeat(MOST_URLS + 10);
        assert_eq!(names(read(&base(), format!("<urlset>{many}</urlset>").as_bytes())).len(), MOST_URLS);
    }
}
