//! Pages a second of a crawl against bare fetching of the same pages.

use std::time::Duration;

use anyhow::ensure;
use robofy_kernel::Stopwatch;

use super::{CRAWLS, Crawl, PATIENCE};
use crate::calls;
use crate::chart::grouped;
use crate::family::cpu_with_children;
use crate::load::{self, Answer, Connection, Load, Outcome};
use crate::process::Server;
use crate::report::{Aim, Section, Table};
use crate::rows::Bench;
use crate::site::{Site, Wish};
use crate::stats::{Spread, millis};
use crate::subject::{self, Place};

/// A crawl asks a host for so many pages at once; so does the bare fetching.
const CONNECTIONS: usize = 2;
/// Between two looks at a crawl.
const PAUSE: Duration = Duration::from_millis(20);

/// What a crawl took.
struct Crawled {
    elapsed: Duration,
    /// Processor time of the server, and with that of its readers.
    server: Duration,
    whole: Duration,
    /// Pages read, the front page too.
    read: usize,
}

impl Crawled {
    fn rate(&self) -> f64 {
        self.read as f64 / self.elapsed.as_secs_f64()
    }
}

pub(super) async fn section(bench: &Bench) -> anyhow::Result<Section> {
    let size = bench.sizes.crawls;
    let wish = Wish { pages: size.pages, seed: 41, cases: bench.cases.clone() };
    let site = wish.site()?;
    let beside = subject::site(&bench.programs.bench, &wish).await?;
    // The site's first answers count for nobody.
    fetch(&beside.server, &site).await?;
    let (mut bare, mut crawls) = (Vec::new(), Vec::new());
    for _ in 0..size.rounds {
        bare.push(fetch(&beside.server, &site).await?);
        crawls.push(crawl(bench, &beside.server, &site).await?);
    }
    let pages = site.pages.len() as f64;
    let of = |of: &dyn Fn(&Crawled) -> f64| Spread::of(crawls.iter().map(of));
    let rate = of(&Crawled::rate);
    let bare_rate = Spread::of(bare.iter().map(Outcome::rate));
    let share = Spread::of(bare.iter().zip(&crawls).map(|(bare, crawl)| 100.0 * crawl.rate() / bare.rate()));
    let megabytes = |rate: Spread| format!("{:.2}", rate.median * site.bytes() as f64 / pages / 1e6);
    let mut table = Table::new(&[
        "What",
        "pages/s",
        "MB/s",
        "of bare fetching %",
        "CPU ms per page",
        "with the readers'",
    ]);
    table.row([
        "bare fetching".into(),
        bare_rate.show(0),
        megabytes(bare_rate),
        "100".into(),
        "–".into(),
        "–".into(),
    ]);
    table.row([
        "crawl, until the agent knows all".into(),
        rate.show(1),
        megabytes(rate),
        share.show(1),
        of(&|crawl| millis(crawl.server) / crawl.read as f64).show(2),
        of(&|crawl| millis(crawl.whole) / crawl.read as f64).show(2),
    ]);
    let read = crawls.iter().map(|crawl| crawl.read).min().unwrap_or_default();
    Ok(Section {
        title: "Reading a website".into(),
        about: format!(
            "A site of {} pages ({:.1} MB) on this machine: {}. It has a robots.txt and a sitemap; `crawl_website` reads it into \
             a new agent of a server that has read a page before, from the call to the moment at which the crawl is `completed` and every page is searchable \
             (SQLite, {} rounds; of the pages and the front page at least {read} were read). The crawl asks a host over {CONNECTIONS} \
             connections, and so does the floor, which fetches the same pages and does not look into them. Pages are read \
             in child processes at low priority.",
            grouped(pages),
            site.bytes() as f64 / 1e6,
            described(&site),
            size.rounds,
        ),
        tables: vec![table],
        aims: vec![Aim {
            what: format!(
                "(crawl) pages/s of a site of {} pages, until the agent knows them",
                grouped(pages)
            ),
            value: rate.median,
            goal: None,
            less_is_better: false,
            unit: "/s",
            floor: Some(bare_rate.median),
        }],
        ..Section::default()
    })
}

/// What its pages are.
fn described(site: &Site) -> String {
    if site.real + site.told == 0 {
        return "all of them made by the generator, in a shop's frame".into();
    }
    format!(
        "{} real ones as they were found, {} with real paragraphs in a shop's frame, {} made by the generator in the same",
        site.real,
        site.told,
        site.pages.len() - site.real - site.told
    )
}

/// Fetches every page once.
async fn fetch(server: &Server, site: &Site) -> anyhow::Result<Outcome> {
    let load = Load { connections: CONNECTIONS, requests: site.pages.len() };
    let make = |number: usize| calls::page(&site.pages[number].path);
    let look = |number: usize, answer: &Answer| {
        answer.expect(200)?;
        ensure!(answer.body.len() == site.pages[number].html.len(), "the page is another");
        Ok(())
    };
    load::run(server, load, make, look).await
}

/// Has a new agent learn the site.
async fn crawl(bench: &Bench, site: &Server, known: &Site) -> anyhow::Result<Crawled> {
    let place = Place::new(&bench.programs)?;
    let server = place.serve_with(CRAWLS).await?;
    // What the server needs once is not counted: it has read a page before.
    let first = calls::upload(&place.account, "first.html", b"<!DOCTYPE html><p>The shop opens at nine.");
    Connection::open(server.address()).await?.send(&first).await?.expect(201)?;
    let (own, whole) = (server.cpu()?, cpu_with_children(server.id())?);
    let watch = Stopwatch::start();
    let mut crawl = Crawl::begin(&place.account, &server, site.address(), known.pages.len()).await?;
    let progress = loop {
        let progress = crawl.look().await?;
        if crawl.is_over(&progress)? {
            break progress;
        }
        ensure!(watch.elapsed() < PATIENCE, "{} pages are read and the crawl does not end", progress.read);
        tokio::time::sleep(PAUSE).await;
    };
    let crawled = Crawled {
        elapsed: watch.elapsed(),
        server: server.cpu()?.saturating_sub(own),
        whole: cpu_with_children(server.id())?.saturating_sub(whole),
        read: progress.read,
    };
    server.stop().await?;
    Ok(crawled)
}
