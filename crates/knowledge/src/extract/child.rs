//! Reading strangers' markup and documents in a process of its own.
//!
//! [`serve`] is the child's side: the hidden subcommand `robofy extract` calls it before anything else is started.
//! [`Extractor`] is the parent's side: a pool of such children.

mod pool;
mod protocol;
mod serve;

pub use pool::{Background, Extractor, ExtractorConfig};
pub use serve::{ChildLimits, serve};
