//! What can go wrong in the library.

use robofy_store::StoreError;

use crate::extract::ExtractError;
use crate::segment::SegmentError;

/// Why the library could not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum LibraryError {
    /// The source could not be read; the text may be shown to whoever sent it.
    #[error(transparent)]
    Extract(#[from] ExtractError),
    /// The store refused.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A segment could not be made.
    #[error(transparent)]
    Segment(#[from] SegmentError),
    /// Others kept changing the same asset at the same time.
    #[error("the asset is being changed by others at the same time; try again")]
    Contended,
    /// A piece of background computing panicked, or the program is shutting down.
    #[error("indexing stopped unexpectedly")]
    Stopped,
}
