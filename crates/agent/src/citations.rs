//! Citations: nothing is quoted that the stored source does not say.

use robofy_kernel::{AssetId, ChatbotId, Op};
use robofy_store::chat::Citation;
use robofy_store::pairs::Pair;
use robofy_store::{Store, StoreError};

/// A citation whose words were read again from the database and found there.
///
/// There is no other way to make one than [`verify_quote`] and [`verify_pair`], and nothing else can be cited.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified(Citation);

impl Verified {
    /// The citation with its number in the answer.
    #[must_use]
    pub fn numbered(self, index: usize) -> Citation {
        Citation { index: i64::try_from(index).unwrap_or(i64::MAX), ..self.0 }
    }

    /// The words.
    #[must_use]
    pub fn quote(&self) -> &str {
        &self.0.quote
    }
}

/// Words to be quoted from an asset.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quote {
    /// The asset.
    pub asset_id: AssetId,
    /// Its version.
    pub version: i64,
    /// First byte in the stored text.
    pub start: usize,
    /// The byte after the last.
    pub end: usize,
    /// The words.
    pub quote: String,
    /// The file's name.
    pub file_name: String,
    /// Where it was found on the web.
    pub source_url: Option<String>,
    /// Headings above it.
    pub heading_path: Vec<String>,
}

/// Reads the stored text again and compares. `None` when the source is gone or says something else.
///
/// # Errors
/// When the database is away.
pub async fn verify_quote(store: &Store, op: &Op, quote: Quote) -> Result<Option<Verified>, StoreError> {
    let stored = store.read_text(op.account, quote.asset_id, quote.version, quote.start, quote.end).await?;
    if stored.as_deref() != Some(quote.quote.as_str()) {
        tracing::warn!(asset_id = %quote.asset_id, version = quote.version, "a quote is not in its stored source; it is not sent");
        return Ok(None);
    }
    Ok(Some(Verified(Citation {
        index: 0,
        asset_id: Some(quote.asset_id),
        qa_id: None,
        version: Some(quote.version),
        start: i64::try_from(quote.start).ok(),
        end: i64::try_from(quote.end).ok(),
        quote: quote.quote,
        file_name: Some(quote.file_name),
        source_url: quote.source_url,
        heading_path: quote.heading_path,
    })))
}

/// Reads a stored pair again and compares. `None` when it is gone, switched off or was changed.
///
/// # Errors
/// When the database is away.
pub async fn verify_pair(
    store: &Store,
    op: &Op,
    chatbot: &ChatbotId,
    pair: &Pair,
) -> Result<Option<Verified>, StoreError> {
    let stored = store.find_pair(op.account, chatbot, pair.qa_id).await?;
    if !stored.is_some_and(|stored| stored.enabled && stored.answer == pair.answer) {
        return Ok(None);
    }
    Ok(Some(Verified(Citation {
        index: 0,
        asset_id: None,
        qa_id: Some(pair.qa_id),
        version: None,
        start: None,
        end: None,
        quote: pair.answer.clone(),
        file_name: None,
        source_url: None,
        heading_path: Vec::new(),
    })))
}
