//! What the agent is to know of the pages that were read: without what repeats across the site, each thing once, and
//! without what is gone.
//!
//! It looks at the stored pages in one order, whatever order they were fetched in, so a crawl that was cut off and went on
//! comes to the same end as one that was not.

use std::sync::Arc;
use std::time::Duration;

use robofy_kernel::{Op, Timestamp};
use robofy_knowledge::library::{LibraryError, WebSource};
use robofy_knowledge::site::Repeats;
use robofy_store::blobs::hash;
use robofy_store::sites::{PageOutcome, SitePage};

use super::{End, Run};
use crate::near::{Kept, Sketch};
use crate::{AGREE_AFTER, Fetched, Verdict, judge, may_remove};

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

impl Run<'_> {
    /// Publishes what has changed, and takes out what is gone. A crawl that did not come to its end takes nothing out.
    pub(super) async fn settle(&self, end: End) -> Result<Settled, LibraryError> {
        let mut pages = self.store().list_site_pages(self.op().account, self.crawl.site_id).await?;
        // Shorter addresses first: of copies, the plainest is kept, and what repeats stays on the page at the top.
        pages.sort_unstable_by(|a, b| (a.url.len(), &a.url).cmp(&(b.url.len(), &b.url)));
        let known = pages.iter().filter(|page| page.served_hash.is_some()).count();
        let (there, away): (Vec<SitePage>, Vec<SitePage>) =
            pages.into_iter().partition(|page| self.is_there(page));
        if !self.crawl.is_look {
            self.publish_all(&there).await?;
            // They were cut as the agent had it when the run began.
            self.visitor.library.check_params(self.op(), &self.agent).await?;
        }
        if end == End::Done { self.take_out(known, &away).await } else { Ok(Settled::default()) }
    }

    /// Whether a page is to be known. One that this run did not get to is as it was.
    fn is_there(&self, page: &SitePage) -> bool {
        match page.outcome {
            PageOutcome::There => true,
            PageOutcome::Unknown => page.text_hash.is_some(),
            PageOutcome::Gone | PageOutcome::Missing | PageOutcome::Unwanted | PageOutcome::Excluded => false,
        }
    }

    async fn publish_all(&self, pages: &[SitePage]) -> Result<(), LibraryError> {
        let (mut repeats, mut numbers) = (Repeats::default(), Vec::with_capacity(pages.len()));
        for page in pages {
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
            let Some(whole) = self.text_of(page).await? else { continue };
            let repeats = Arc::clone(&repeats);
            let (text, sketch, text_hash) = self
                .compute(move || {
                    let text = match number {
                        Some(number) => repeats.strip(number, &whole),
                        None => whole,
                    };
                    let (sketch, text_hash) = (Sketch::of(&text), hash(text.as_bytes()));
                    (text, Arc::new(sketch), text_hash)
                })
                .await?;
            let is_empty = !text.chars().any(char::is_alphanumeric);
            if is_empty || self.is_copy(&kept, page, &sketch).await? {
                self.withdraw(page).await?;
                continue;
            }
            kept.keep(&page.url, &sketch);
            if page.served_hash.as_deref() != Some(&text_hash[..]) {
                self.publish(page, text, text_hash).await?;
            }
        }
        Ok(())
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
        text_hash: Vec<u8>,
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
        self.store().put_served_page(lease, self.crawl.site_id, page.url.clone(), text_hash).await?;
        Ok(())
    }

    async fn withdraw(&self, page: &SitePage) -> Result<(), LibraryError> {
        if page.served_hash.is_some() {
            self.store().withdraw_page(self.op(), &self.job.lease, &self.crawl, page).await?;
        }
        Ok(())
    }

    /// Takes out what is gone, unless that were more than half of the site.
    async fn take_out(&self, known: usize, away: &[SitePage]) -> Result<Settled, LibraryError> {
        let now = Op::now(self.op());
        let (mut gone, mut settled) = (Vec::new(), Settled::default());
        for page in away.iter().filter(|page| page.served_hash.is_some()) {
            let fetched = match page.outcome {
                PageOutcome::Excluded => {
                    self.withdraw(page).await?;
                    continue;
                }
                PageOutcome::Gone => Fetched::Gone,
                PageOutcome::Missing => Fetched::Missing,
                PageOutcome::Unwanted => Fetched::Unwanted,
                PageOutcome::There => Fetched::There,
                PageOutcome::Unknown => Fetched::Unknown,
            };
            match judge(fetched, page.missing_since, now) {
                Verdict::Remove => gone.push(page),
                Verdict::Wait(since) => {
                    let look_at = since.after(AGREE_AFTER + LOOK_AFTER);
                    if !self.crawl.is_look && look_at > now {
                        settled.look_at = settled.look_at.max(Some(look_at));
                    }
                }
                Verdict::Keep => {}
            }
        }
        if may_remove(gone.len(), known) {
            for page in gone {
                self.withdraw(page).await?;
            }
        } else {
            settled.notice = Some(format!(
                "{} of the {known} pages that the agent knows are gone from the site at once. That is likelier a fault of the site \
                 than meant, so all of them stay known. If it is meant, delete them from the knowledge.",
                gone.len()
            ));
        }
        Ok(settled)
    }

    async fn text_of(&self, page: &SitePage) -> Result<Option<String>, LibraryError> {
        Ok(self.store().find_site_text(self.op().account, self.crawl.site_id, &page.url).await?)
    }
}
