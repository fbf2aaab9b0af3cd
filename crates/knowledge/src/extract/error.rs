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
    #[error(
        "{found} is not accepted. Accepted now: PDF, DOCX, XLSX, PPTX, DOC, XLS, PPT, RTF, TXT, MD, Markdown, HTML, CSV, JSON."
    )]
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
    /// The file is encrypted, and not with an empty password.
    #[error("The file is protected with a password. Remove the password and upload it again.")]
    Protected,
    /// The file shows text in pictures only.
    #[error(
        "The file holds only images, such as a scan, and no text that can be read. Run text recognition (OCR) over it and upload the result."
    )]
    ImageOnly,
    /// The file is not whole, or not what it should be; says in which way.
    #[error(
        "The file is damaged: {0}. Open it in the program that it is for, save it anew, and upload that."
    )]
    Damaged(String),
    /// The file could not be parsed within its limits.
    #[error("The file could not be read: {0}.")]
    Unreadable(String),
    /// The caller asked for a kind to be read in its own process that is read in a child process only.
    #[error("This kind of file is read in a child process only.")]
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
            Self::Binary
            | Self::Nul
            | Self::NoText
            | Self::Json(_)
            | Self::Csv(_)
            | Self::Protected
            | Self::ImageOnly
            | Self::Damaged(_)
            | Self::Unreadable(_) => Refusal::Invalid,
            Self::NeedsChild | Self::CannotStart { .. } | Self::Closed => Refusal::Ours,
        }
    }
}
