//! What a site lists of itself.

use std::collections::{HashSet, VecDeque};

use robofy_knowledge::library::LibraryError;
use url::Url;

use super::fetch::{self, Ask, Got};
use super::visit::Visitor;
use crate::sitemap::{self, Sitemap};
use crate::{Permission, Scope, page_address};

/// So many sitemaps are read at most, those that an index names included.
const MOST_SITEMAPS: usize = 100;

/// What a site's sitemaps came to.
#[derive(Debug, Default)]
pub(super) struct Listing {
    /// The pages that they list, each once.
    pub pages: Vec<Url>,
    /// Sitemaps that could not be read, and why, for the owner.
    pub unread: Vec<(Url, String)>,
}

/// How it is known where a sitemap is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Told {
    /// It is not: that is where most have theirs.
    Nowhere,
    /// By robots.txt.
    ByRobots,
    /// By an index of sitemaps.
    ByIndex,
}

/// The sitemaps of a site: those that are still to be read, and how many there were.
#[derive(Debug, Default)]
struct Maps {
    waiting: VecDeque<(Url, Told)>,
    met: HashSet<Url>,
}

/// Reads a site's sitemaps, those that robots.txt names, or `/sitemap.xml`, as far as robots.txt allows it, for `most` pages at
/// most.
///
/// # Errors
/// When reading one panicked.
pub(super) async fn read(
    visitor: &Visitor,
    scope: &Scope,
    starts: &[Url],
    most: usize,
) -> Result<Listing, LibraryError> {
    let mut maps = Maps::default();
    let mut origins = HashSet::new();
    for start in starts.iter().filter(|start| origins.insert(start.origin())) {
        let host = visitor.hosts.of(start);
        let named = host.robots(visitor, start).await.sitemaps();
        if named.is_empty() {
            maps.add(scope, start.join("/sitemap.xml").ok(), Told::Nowhere);
        } else {
            maps.add(scope, named.iter().cloned(), Told::ByRobots);
        }
    }
    let (mut listing, mut found) = (Listing::default(), HashSet::new());
    while let Some((map, told)) = maps.waiting.pop_front() {
        if listing.pages.len() >= most {
            break;
        }
        let host = visitor.hosts.of(&map);
        let robots = host.robots(visitor, &map).await;
        match robots.permission(&map) {
            Permission::Allowed => {}
            // Who names it means it to be read.
            Permission::Disallowed if told == Told::ByRobots => {}
            Permission::Disallowed | Permission::Unknown => continue,
        }
        let turn = host.turn(robots).await;
        let ask =
            Ask { redirects: 5, most_bytes: sitemap::MOST_BYTES, is_of_any_kind: true, ..Ask::default() };
        let got = fetch::get(visitor, &map, ask).await;
        drop(turn);
        let Got::Body(body) = got else {
            listing.unread.extend(why_unread(got, told).map(|why| (map, why)));
            continue;
        };
        let (base, scope_of_pages) = (map.clone(), scope.clone());
        let read = move || {
            sitemap::read(&base, &body.bytes).map(|read| match read {
                Sitemap::Index(more) => Sitemap::Index(more),
                Sitemap::Pages(listed) => {
                    let pages = listed.iter().filter_map(page_address);
                    Sitemap::Pages(pages.filter(|page| scope_of_pages.admits(page)).collect())
                }
            })
        };
        match visitor.compute(read).await? {
            Ok(Sitemap::Index(more)) => maps.add(scope, more, Told::ByIndex),
            Ok(Sitemap::Pages(pages)) => {
                listing.pages.extend(pages.into_iter().filter(|page| found.insert(page.clone())));
            }
            Err(sitemap::BadSitemap::TooLarge) => listing.unread.push((map, too_large())),
            Err(sitemap::BadSitemap::Packed) => {
                listing.unread.push((map, unread("It is packed, and what it is packed with is damaged.")));
            }
        }
    }
    listing.pages.truncate(most);
    Ok(listing)
}

impl Maps {
    /// Adds sitemaps as far as there is room. A site speaks for itself only.
    fn add(&mut self, scope: &Scope, maps: impl IntoIterator<Item = Url>, told: Told) {
        for map in maps {
            if self.met.len() >= MOST_SITEMAPS {
                return;
            }
            if scope.is_at_home(&map) && self.met.insert(map.clone()) {
                self.waiting.push_back((map, told));
            }
        }
    }
}

/// What the owner reads of a sitemap of which nothing came; nothing where there is likely none.
fn why_unread(got: Got, told: Told) -> Option<String> {
    match got {
        Got::Status(_) if told == Told::Nowhere => None,
        Got::Status(status) => Some(unread(&format!("The site answered with status {status}."))),
        Got::Busy(_) => Some(unread("The site asked to come back later.")),
        Got::TooLarge => Some(too_large()),
        Got::Failed { reason, .. } => Some(unread(&reason)),
        Got::Body(_) | Got::Same { .. } | Got::Redirect { .. } | Got::OtherKind => None,
    }
}

fn unread(why: &str) -> String {
    format!("This sitemap could not be read, so pages that only it lists are not found. {why}")
}

fn too_large() -> String {
    unread(
        "It is larger than the 50 MB that a sitemap may have (sitemaps.org); split it, and name the parts in an index.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_index_of_indexes_is_not_kept_whole() {
        let start = Url::parse("https://a.org/").unwrap_or_else(|_| panic!());
        let scope =
            Scope::new(std::slice::from_ref(&start), Vec::new(), Vec::new()).unwrap_or_else(|_| panic!());
        let mut maps = Maps::default();
        for index in 0..3 {
            maps.add(&scope, Url::parse("https://b.org/").ok(), Told::ByIndex);
            maps.add(&scope, [start.clone()], Told::ByIndex);
            let more = (0..60).filter_map(|map| start.join(&format!("/{index}/{map}")).ok());
            maps.add(&scope, more, Told::ByIndex);
        }
        assert_eq!((maps.waiting.len(), maps.met.len()), (MOST_SITEMAPS, MOST_SITEMAPS));
        assert!(
            maps.waiting.iter().all(|(map, _)| map.origin() == start.origin()),
            "another's are not asked for"
        );
    }
}
