//! Crawling websites. The rules are without I/O: which addresses are one page ([`page_address`]), what belongs to a site
//! ([`Scope`]), what the site allows ([`Robots`]), what it lists ([`sitemap`]), which page is another's copy ([`near`]), and
//! when a page that is missing is gone ([`agrees`]). [`Crawler`] is the job that goes by them: it fetches
//! through the gate for strangers' addresses, has pages read in the child process, and teaches the agent.

mod address;
mod gone;
pub mod near;
mod pattern;
mod robots;
mod run;
mod scope;
pub mod sitemap;

pub use address::{LONGEST, is_page_or_document, is_trap, page_address};
pub use gone::{AGREE_AFTER, agrees, may_remove};
pub use pattern::{BadPattern, Pattern};
pub use robots::{Permission, Robots};
pub use run::{CrawlAgain, Crawler};
pub use scope::{NoStart, Scope};
