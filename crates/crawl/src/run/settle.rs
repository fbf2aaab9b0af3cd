//! What the agent is to know of the pages that were read: without what repeats across the site, each thing once, and
//! without what is gone.
//!
//! It looks at the stored pages in one order, whatever order they were fetched in, so a crawl that was cut off and went on
//! comes to the same end as one that was not.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use robofy_kernel::{Op, Timestamp};
use robofy_knowledge::library::{LibraryError, WebSource};
use robofy_knowledge::site::Repeats;
use robofy_store::blobs::hash;
use robofy_store::sites::{PageOutcome, SitePage};
use url::Url;

use super::{End, Run};
use crate::near::{Figures, Kept, Sketch};
use crate::{AGREE_AFTER, may_remove};

/// A second look at missing pages comes a little after it counts.
const LOOK_AFTER: Duration = Duration::from_secs(60);

/// What settling came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Settled {
    /// What the owner should know.
    pub notice: Option<String>,
    /// When missing pages are to be looked at once more.
    pub look_at: Option<Timestamp>,
}

/// What tells whether a page is to be published anew.
pub(super) fn served_hash(title: Option<&str>, text: &str) -> Vec<u8> {
    hash(format!("{}\n\n{text}", title.unwrap_or_default()).as_bytes())
}

impl Run<'_> {
    /// Publishes what has changed, and takes out what is gone. A crawl that did not come to its end takes nothing out. Gives
    /// how the run ended, which may be earlier than it seemed.
    pub(super) async fn settle(&self, end: End) -> Result<(End, Settled), LibraryError> {
        let mut pages = self.store().list_site_pages(self.op().account, &self.crawl).await?;
        // Shorter addresses first: of copies, the plainest is kept, and what repeats stays on the page at the top.
        pages.sort_unstable_by(|a, b| (a.url.len(), &a.url).cmp(&(b.url.len(), &b.url)));
        let known = pages.iter().filter(|page| self.was_known(page)).count();
        let (there, away): (Vec<SitePage>, Vec<SitePage>) = pages.into_iter().partition(is_there);
        let mut leaving = Vec::new();
        if !self.crawl.is_look {
            if let Some(end) = self.publish_all(end, &there, &mut leaving).await? {
                return Ok((end, Settled::default()));
            }
            // They were cut as the agent had it when the run began.
            self.visitor.library.check_params(self.op(), &self.agent).await?;
        }
        let look_at = self.look_at(&away);
        let notice = self.take_out(end, known, leaving, &there, &away).await?;
        Ok((end, Settled { notice, look_at }))
    }

    /// Whether the agent knew a page before this run, and does.
    fn was_known(&self, page: &SitePage) -> bool {
        page.is_linked && page.served_by.is_some_and(|run| run != self.crawl.run_id)
    }

    /// Why settling has to end here: the program ends, or the run was called off.
    fn cut_short(&self, end: End) -> Option<End> {
        if self.job.is_stopping() {
            return Some(End::Stopped);
        }
        (end == End::Done && self.job.is_called_off()).then_some(End::Cancelled)
    }

    /// Publishes what is to be known of the pages that are there; those that say nothing of their own are `leaving`. Gives
    /// how the run ended when it had to stop.
    async fn publish_all<'p>(
        &self,
        end: End,
        pages: &'p [SitePage],
        leaving: &mut Vec<&'p SitePage>,
    ) -> Result<Option<End>, LibraryError> {
        let (mut repeats, mut numbers) = (Repeats::default(), Vec::with_capacity(pages.len()));
        for page in pages {
            if let Some(end) = self.cut_short(end) {
                return Ok(Some(end));
            }
            let text = if page.kind.as_deref() == Some("page") { self.text_of(page).await? } else { None };
            let Some(text) = text else {
                numbers.push(None);
                continue;
            };
            let (counted, number) = self
                .compute(move || {
                    let number = repeats.add(&text);
                    (repeats, number)
                })
                .await?;
            repeats = counted;
            numbers.push(Some(number));
        }
        let (repeats, mut kept) = (Arc::new(repeats), Kept::default());
        for (page, number) in pages.iter().zip(numbers) {
            if let Some(end) = self.cut_short(end) {
                return Ok(Some(end));
            }
            let Some(whole) = self.text_of(page).await? else { continue };
            let (repeats, title) = (Arc::clone(&repeats), page.title.clone());
            let (text, sketch, figures, served_hash) = self
                .compute(move || {
                    let figures = Figures::of(&whole);
                    let text = match number {
                        Some(number) => repeats.strip(number, &whole),
                        None => whole,
                    };
                    let (sketch, served_hash) = (Sketch::of(&text), served_hash(title.as_deref(), &text));
                    (text, Arc::new(sketch), figures, served_hash)
                })
                .await?;
            let is_empty = !text.chars().any(char::is_alphanumeric);
            if is_empty || self.is_copy(&kept, page, &sketch).await? {
                leaving.push(page);
                continue;
            }
            kept.keep(&page.url, &sketch, figures);
            // What the owner took out stays out.
            let is_unwanted = page.served_hash.is_some() && !page.is_linked;
            if !is_unwanted && page.served_hash.as_deref() != Some(&served_hash[..]) {
                self.publish(page, text, served_hash).await?;
            }
        }
        Ok(None)
    }

    /// Whether a page says what a page before it says.
    async fn is_copy(
        &self,
        kept: &Kept,
        page: &SitePage,
        sketch: &Arc<Sketch>,
    ) -> Result<bool, LibraryError> {
        for url in kept.like(sketch, page.canonical.as_deref()) {
            let other = self.store().find_site_text(self.op().account, self.crawl.site_id, &url).await?;
            let Some(other) = other else { continue };
            let is_named = page.canonical.as_deref() == Some(url.as_str());
            let sketch = Arc::clone(sketch);
            if self.compute(move || sketch.is_copy_of(&Sketch::of(&other), is_named)).await? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    pub(super) async fn publish(
        &self,
        page: &SitePage,
        text: String,
        served_hash: Vec<u8>,
    ) -> Result<(), LibraryError> {
        let source = WebSource {
            asset_id: page.asset_id,
            url: page.url.clone(),
            kind: page.kind.clone().unwrap_or_else(|| "page".to_owned()),
            title: page.title.clone(),
            text,
        };
        let lease = &self.job.lease;
        self.visitor.library.publish(self.op(), &self.agent, lease, source).await?;
        self.store().put_served_page(lease, &self.crawl, page.url.clone(), served_hash).await?;
        Ok(())
    }

    async fn withdraw(&self, page: &SitePage) -> Result<(), LibraryError> {
        // A copy is there, and may be needed when its original is gone.
        let forget = !is_there(page);
        if page.is_linked || page.served_hash.is_some() || (forget && page.text_hash.is_some()) {
            self.store().withdraw_page(self.op(), &self.job.lease, &self.crawl, page, forget).await?;
        }
        Ok(())
    }

    /// When pages that are missing are to be looked at once more. A look that finds a site in trouble is the last.
    fn look_at(&self, away: &[SitePage]) -> Option<Timestamp> {
        let now = Op::now(self.op());
        let waits = away.iter().filter(|page| page.is_linked).filter_map(|page| match page.outcome {
            PageOutcome::Missing => {
                page.missing_since.map(|since| since.after(AGREE_AFTER).max(now).after(LOOK_AFTER))
            }
            PageOutcome::Unknown if !self.crawl.is_look => {
                page.missing_since.map(|_| now.after(AGREE_AFTER + LOOK_AFTER))
            }
            PageOutcome::There
            | PageOutcome::Gone
            | PageOutcome::Unwanted
            | PageOutcome::Excluded
            | PageOutcome::Unknown => None,
        });
        waits.max()
    }

    /// Takes out what is gone and what says nothing of its own, unless that were more than half of what the agent knew. Gives
    /// what the owner should know.
    async fn take_out(
        &self,
        end: End,
        known: usize,
        leaving: Vec<&SitePage>,
        there: &[SitePage],
        away: &[SitePage],
    ) -> Result<Option<String>, LibraryError> {
        // What this run had published before it was known to be a copy is no loss.
        let (mut gone, new): (Vec<&SitePage>, Vec<&SitePage>) =
            leaving.into_iter().partition(|page| self.was_known(page));
        for page in new {
            self.withdraw(page).await?;
        }
        if end != End::Done {
            return Ok(None);
        }
        let mut reached: HashSet<&str> = there
            .iter()
            .filter(|page| page.run_id == self.crawl.run_id && page.outcome == PageOutcome::There)
            .map(|page| page.url.as_str())
            .collect();
        for page in away {
            match page.outcome {
                PageOutcome::Gone | PageOutcome::Unwanted | PageOutcome::Excluded => {}
                PageOutcome::Missing | PageOutcome::Unknown | PageOutcome::There => continue,
            }
            // The owner does not want it any more, or it is at its new address; one page is where one page was.
            let is_admitted = Url::parse(&page.url).is_ok_and(|url| self.scope.admits(&url));
            let has_moved = page.moved_to.as_deref().is_some_and(|to| reached.remove(to));
            if self.was_known(page) && is_admitted && !has_moved {
                gone.push(page);
            } else {
                self.withdraw(page).await?;
            }
        }
        // What a second look is to decide is missing at the same time.
        let missing = |page: &&SitePage| page.outcome == PageOutcome::Missing && self.was_known(page);
        let lost = gone.len() + away.iter().filter(missing).count();
        if may_remove(lost, known) {
            for page in gone {
                self.withdraw(page).await?;
            }
            return Ok(None);
        }
        Ok(Some(format!(
            "{lost} of the {known} pages that the agent knows are gone from the site at once. That is likelier a fault of the site \
             than meant, so all of them stay known. If it is meant, delete them from the knowledge."
        )))
    }

    async fn text_of(&self, page: &SitePage) -> Result<Option<String>, LibraryError> {
        Ok(self.store().find_site_text(self.op().account, self.crawl.site_id, &page.url).await?)
    }
}

/// Whether a page is to be known: it is there, or a run has not got to it and the agent knows it.
fn is_there(page: &SitePage) -> bool {
    match page.outcome {
        PageOutcome::There => true,
        PageOutcome::Unknown => page.served_hash.is_some(),
        PageOutcome::Gone | PageOutcome::Missing | PageOutcome::Unwanted | PageOutcome::Excluded => false,
    }
}
