//! Sitemaps and robots.txt with something wrong in them: a fuzz target for each of the two readers that run in the
//! server's own process.
//!
//! A target runs for a second with a fixed seed, in the long form (`TEST_FULL`) for a minute with a fresh one, which is
//! printed. `ROBOFY_MUTANTS=seed` repeats a run, `ROBOFY_MUTANT_SECONDS` sets its length.

use std::hash::{BuildHasher as _, Hasher as _};
use std::io::Write as _;
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::strategy::ValueTree as _;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use robofy_crawl::sitemap::{self, Sitemap};
use robofy_crawl::{Permission, Robots};
use robofy_kernel::Stopwatch;
use url::Url;

/// None may take longer, on a machine that may be busy.
const MAX_TIME: Duration = Duration::from_secs(30);
/// What RFC 9309 has parsers read at least, and what is read here.
const MOST_OF_ROBOTS: usize = 500 * 1024;

const SITEMAPS: [&str; 4] = [
    r#"<?xml version="1.0" encoding="UTF-8"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url>
<loc>https://a.example/one?x=1&amp;y=2</loc><lastmod>2026-01-02</lastmod><image:image><image:loc>https://a.example/i.png
</image:loc></image:image></url><url><loc><![CDATA[https://a.example/two]]></loc></url><!-- three --></urlset>"#,
    r#"<sitemapindex><sitemap><loc>/part.xml.gz</loc></sitemap><sitemap><loc>https://b.example/p.xml</loc></sitemap>
</sitemapindex>"#,
    r#"<!DOCTYPE urlset [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY f SYSTEM "file:///etc/passwd">]>
<urlset><url><loc>https://a.example/&b;&f;&#x41;&#0;</loc></url></urlset>"#,
    "\u{feff}https://a.example/\nhttps://a.example/ä\nno address\nftp://a.example/\n",
];
const ROBOTS: [&str; 3] = [
    "User-agent: *\nDisallow: /private/*/x$\nAllow: /private/a\nCrawl-delay: 2.5\nSitemap: https://a.example/s.xml\n",
    "# ours\r\nuser-agent : robofy\r\nuser-agent: other\r\nallow:\r\ndisallow: /%61*b*c*d*$e*$\r\nsitemap: /s.xml\r\n",
    "\u{feff}User-Agent:robofy/1.0\nDisallow: /\n\nUser-agent: *\nDisallow: /*.pdf$ # no papers\nCrawl-delay: 1e308\n",
];
/// What is written into them: what readers take for something else, and what is long.
const WORDS: [&str; 22] = [
    "<",
    ">",
    "/>",
    "</loc>",
    "<loc>",
    "<url>",
    "<![CDATA[",
    "]]>",
    "<!--",
    "&",
    "&amp;",
    "&#1114112;",
    "*",
    "$",
    "%",
    "%zz",
    "\n",
    "\r",
    "\0",
    ":",
    "User-agent: *\n",
    "Disallow: /*",
];

#[derive(Clone, Debug)]
enum Change {
    Insert(Vec<u8>),
    Remove(u16),
    Repeat(u16, u16),
    Flip(u8),
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        4 => select(&WORDS[..]).prop_map(|word| Change::Insert(word.as_bytes().to_vec())),
        1 => vec(any::<u8>(), 1..40).prop_map(Change::Insert),
        2 => (1_u16..80).prop_map(Change::Remove),
        2 => (1_u16..80, 1_u16..2000).prop_map(|(length, times)| Change::Repeat(length, times)),
        1 => any::<u8>().prop_map(Change::Flip),
    ]
}

fn apply(bytes: &mut Vec<u8>, at: Index, change: &Change) {
    let at = at.index(bytes.len() + 1);
    let end = |length: u16| bytes.len().min(at + usize::from(length));
    match change {
        Change::Insert(what) => drop(bytes.splice(at..at, what.iter().copied())),
        Change::Remove(length) => drop(bytes.drain(at..end(*length))),
        Change::Repeat(length, times) => {
            let what = bytes.get(at..end(*length)).unwrap_or_default().repeat(usize::from(*times));
            drop(bytes.splice(at..at, what));
        }
        Change::Flip(with) => {
            if let Some(byte) = bytes.get_mut(at) {
                *byte ^= with;
            }
        }
    }
}

/// One of the seeds with a few changes.
fn mutant(seeds: &'static [&'static str]) -> impl Strategy<Value = Vec<u8>> {
    (select(seeds), vec((any::<Index>(), change()), 1..8)).prop_map(|(seed, changes)| {
        let mut bytes = seed.as_bytes().to_vec();
        for (at, change) in &changes {
            apply(&mut bytes, *at, change);
        }
        bytes
    })
}

fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok().map(|value| value.parse().unwrap())
}

/// Shows mutants to a reader for as long as a target runs.
fn run(name: &str, seeds: &'static [&'static str], read: impl Fn(&[u8])) {
    let long = std::env::var_os("TEST_FULL").is_some();
    let time = Duration::from_secs(number("ROBOFY_MUTANT_SECONDS").unwrap_or(if long { 60 } else { 1 }));
    let fresh = || if long { std::hash::RandomState::new().build_hasher().finish() } else { 1 };
    let seed = number("ROBOFY_MUTANTS").unwrap_or_else(fresh);
    println!("{name}: seed {seed}, {} s", time.as_secs());
    let mut long_seed = [0; 32];
    long_seed[..8].copy_from_slice(&seed.to_le_bytes());
    let dice = TestRng::from_seed(RngAlgorithm::ChaCha, &long_seed);
    let mut runner = TestRunner::new_with_rng(Config::default(), dice);
    let mutants = mutant(seeds);
    let (began, mut shown, mut longest) = (Stopwatch::start(), 0, Duration::ZERO);
    while began.elapsed() < time || shown < 20 {
        let bytes = mutants.new_tree(&mut runner).unwrap().current();
        let one = Stopwatch::start();
        read(&bytes);
        longest = longest.max(one.elapsed());
        assert!(longest <= MAX_TIME, "{:?} took {longest:?}", String::from_utf8_lossy(&bytes));
        shown += 1;
    }
    println!("| {name} | {shown} files | longest {:.3} s |", longest.as_secs_f32());
}

#[test]
fn mutants_of_sitemap() {
    let base = Url::parse("https://a.example/sitemap.xml").unwrap();
    let check = |read: &Sitemap| {
        let (Sitemap::Index(urls) | Sitemap::Pages(urls)) = read;
        assert!(urls.len() <= sitemap::MOST_URLS);
        for url in urls {
            assert!(url.has_host(), "{url}");
            assert!(!url.as_str().contains("root:"), "{url}");
        }
    };
    run("sitemap", &SITEMAPS, |bytes| {
        let plain = sitemap::read(&base, bytes);
        if let Ok(read) = &plain {
            check(read);
        }
        // Packed it says the same; packed and cut short it is damaged or says less, and no more.
        let mut packer = GzEncoder::new(Vec::new(), Compression::fast());
        packer.write_all(bytes).unwrap();
        let packed = packer.finish().unwrap();
        if !bytes.starts_with(&[0x1f, 0x8b]) {
            assert_eq!(sitemap::read(&base, &packed), plain);
        }
        if let Ok(read) = sitemap::read(&base, &packed[..packed.len() / 2]) {
            check(&read);
        }
    });
}

#[test]
fn mutants_of_robots() {
    let pages = ["/", "/private/a/x", "/a.pdf", "/%61bcdebcde", "/ab/cd?b*c$d=e"]
        .map(|path| Url::parse("https://a.example").unwrap().join(path).unwrap());
    run("robots.txt", &ROBOTS, |bytes| {
        let robots = Robots::read("robofy", Some((200, bytes)));
        for page in &pages {
            assert_ne!(robots.permission(page), Permission::Unknown);
        }
        assert!(robots.delay().is_none_or(|delay| delay <= Duration::from_secs(30)));
        assert!(robots.sitemaps().iter().all(Url::has_host));
        // What stands behind the part that is read changes nothing; looked at now and then, as it takes its time.
        if bytes.len() % 32 != 0 {
            return;
        }
        let mut longer = bytes.to_vec();
        longer.resize(longer.len().max(MOST_OF_ROBOTS), b'\n');
        let padded = Robots::read("robofy", Some((200, &longer)));
        longer.extend_from_slice(b"\nUser-agent: *\nUser-agent: robofy\nDisallow: /\n");
        let with_more = Robots::read("robofy", Some((200, &longer)));
        for page in &pages {
            assert_eq!(padded.permission(page), with_more.permission(page), "{page}");
        }
    });
}
