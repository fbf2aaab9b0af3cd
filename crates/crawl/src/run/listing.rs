//! What a site lists of itself.

use std::collections::{HashSet, VecDeque};

use robofy_net::Gate;
use url::Url;

use super::fetch::{self, Ask, Got};
use super::hosts::Hosts;
use crate::sitemap::{self, Sitemap};
use crate::{Scope, page_address};

/// So many sitemaps are read at most, those that an index names included.
const MOST_SITEMAPS: usize = 100;

/// The pages of a site's sitemaps, `most` at most: those that robots.txt names, or `/sitemap.xml`.
pub(super) async fn pages(
    gate: &Gate,
    hosts: &Hosts,
    scope: &Scope,
    starts: &[Url],
    most: usize,
) -> Vec<Url> {
    let mut maps: VecDeque<Url> = VecDeque::new();
    let mut origins = HashSet::new();
    for start in starts.iter().filter(|start| origins.insert(start.origin())) {
        let host = hosts.of(start);
        let named = host.robots(gate, start).await.sitemaps();
        if named.is_empty() {
            maps.extend(start.join("/sitemap.xml"));
        } else {
            maps.extend(named.iter().cloned());
        }
    }
    let (mut asked, mut pages, mut found) = (HashSet::new(), Vec::new(), HashSet::new());
    while let Some(map) = maps.pop_front() {
        if asked.len() >= MOST_SITEMAPS || pages.len() >= most {
            break;
        }
        // A site speaks for itself only.
        if !scope.is_at_home(&map) || !asked.insert(map.clone()) {
            continue;
        }
        let host = hosts.of(&map);
        let turn = host.turn(host.robots(gate, &map).await).await;
        let got = fetch::get(gate, &map, Ask { redirects: 5, ..Ask::default() }).await;
        drop(turn);
        let Got::Body(body) = got else { continue };
        match sitemap::read(&map, &body.bytes) {
            Ok(Sitemap::Index(more)) => maps.extend(more),
            Ok(Sitemap::Pages(listed)) => {
                let listed = listed.iter().filter_map(page_address).filter(|page| scope.admits(page));
                pages.extend(listed.filter(|page| found.insert(page.clone())));
            }
            Err(error) => tracing::debug!(%error, "a sitemap cannot be read"),
        }
    }
    pages.truncate(most);
    pages
}
