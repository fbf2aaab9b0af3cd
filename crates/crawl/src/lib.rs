//! The rules of a crawl, without I/O: which addresses are one page ([`page_address`]), what belongs to a site ([`Scope`]),
//! what the site allows ([`Robots`]), what it lists ([`sitemap`]), and when a page that cannot be fetched any more is gone
//! ([`judge`]).

mod address;
mod gone;
mod pattern;
mod robots;
mod scope;
pub mod sitemap;

pub use address::{LONGEST, is_trap, page_address};
pub use gone::{AGREE_AFTER, Fetched, Verdict, judge, may_remove};
pub use pattern::{BadPattern, Pattern};
pub use robots::{Permission, Robots};
pub use scope::{NoStart, Scope};
