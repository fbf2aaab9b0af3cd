//! Why a file could not be read, in words that may be shown to the person who sent it.

use thiserror::Error;

/// Which kind of refusal an [`ExtractError`] is; the edge maps it to a status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The file is larger than what is read (413).
    TooLarge,
    /// The kind of file is not read (415).
    Unsupported,
    /// The file is of a kind that is read, but this one cannot be (400).
    Invalid,
    /// The server could not do its part; the file may be fine (5xx).
    Ours,
}

/// Why a file could not be read.
#[derive(Debug, Error)]
pub enum ExtractError {
    /// The file is over [`MAX_FILE_BYTES`](super::MAX_FILE_BYTES).
    #[error("The file is larger than 10 MB. Split it, or upload the parts that answer questions.")]
    FileTooLarge,
    /// The file would become more text than [`MAX_TEXT_BYTES`](super::MAX_TEXT_BYTES).
    #[error(
        "The file holds too much text once its headings are repeated in every row. Split it into smaller files."
    )]
    TextTooLarge,
    /// The file is of a kind that is not read.
    #[error("{found} is not accepted yet. Accepted now: TXT, MD, Markdown, HTML, CSV, JSON.")]
    Unsupported {
        /// What the file was taken for.
        found: String,
    },
    /// The file holds bytes that are no text.
    #[error(
        "The file is named like a text file but holds binary data. Save it as UTF-8 text and upload it again."
    )]
    Binary,
    /// The file holds U+0000.
    #[error(
        "The text contains the character U+0000 (NUL), which cannot be stored. Remove it and upload the file again."
    )]
    Nul,
    /// The file holds no letters and no digits.
    #[error("The file contains no text.")]
    NoText,
    /// The JSON is malformed.
    #[error("The file is not valid JSON: {0}.")]
    Json(String),
    /// The table is malformed.
    #[error("The file is not a readable table: {0}.")]
    Csv(String),
    /// The page could not be parsed within its limits.
    #[error("The page could not be read: {0}.")]
    Unreadable(String),
    /// The caller asked for HTML to be read in its own process.
    #[error("HTML is read in a child process only; this call reads plain text, Markdown, CSV and JSON.")]
    NeedsChild,
    /// The child process could not be started.
    #[error("The server could not start its file reader ({program}): {source}.")]
    CannotStart {
        /// The program that was to be started.
        program: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// The server is shutting down.
    #[error("The server is shutting down; upload the file again in a moment.")]
    Closed,
}

impl ExtractError {
    /// Which kind of refusal this is.
    #[must_use]
    pub fn refusal(&self) -> Refusal {
        match self {
            Self::FileTooLarge | Self::TextTooLarge => Refusal::TooLarge,
            Self::Unsupported { .. } => Refusal::Unsupported,
            Self::Binary | Self::Nul | Self::NoText | Self::Json(_) | Self::Csv(_) | Self::Unreadable(_) => {
                Refusal::Invalid
            }
            Self::NeedsChild | Self::CannotStart { .. } | Self::Closed => Refusal::Ours,
        }
    }
}
