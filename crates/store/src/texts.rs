//! The stored text of asset versions, in pieces.

use robofy_kernel::{AccountId, AssetId};

use crate::{Result, Store};

statements! {
    HAS_VERSION = "SELECT version FROM asset_versions WHERE account_id = $1 AND asset_id = $2 AND version = $3";
    READ_TEXT = "SELECT start, body FROM asset_texts WHERE account_id = $1 AND asset_id = $2 AND version = $3 AND start >= $4 AND start < $5 ORDER BY start";
    PIECE_BEFORE = "SELECT start, body FROM asset_texts WHERE account_id = $1 AND asset_id = $2 AND version = $3 AND start <= $4 ORDER BY start DESC LIMIT 1";
}

/// The largest piece of a stored text, in bytes.
const TEXT_PIECE: usize = 64 * 1024;

impl Store {
    /// The bytes `start..end` of a version's stored text, read from the database now. `None` when version or range are
    /// not there, or the range cuts a character.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn read_text(
        &self,
        account: AccountId,
        asset: AssetId,
        version: i64,
        start: usize,
        end: usize,
    ) -> Result<Option<String>> {
        if start > end {
            return Ok(None);
        }
        let (from, to) = (i64::try_from(start).unwrap_or(i64::MAX), i64::try_from(end).unwrap_or(i64::MAX));
        let db = self.reader();
        let Some((first, body)) =
            fetch_optional!(db, (i64, String), PIECE_BEFORE, account, asset, version, from)?
        else {
            return Ok(None);
        };
        let offset = usize::try_from(from - first).unwrap_or(usize::MAX);
        let mut text = body;
        if to > first + i64::try_from(text.len()).unwrap_or(i64::MAX) {
            for (_, body) in fetch_all!(db, (i64, String), READ_TEXT, account, asset, version, first + 1, to)?
            {
                text.push_str(&body);
            }
        }
        Ok(text.get(offset..offset.saturating_add(end - start)).map(str::to_owned))
    }

    /// A version's whole stored text; `None` when it is not there.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn read_whole_text(
        &self,
        account: AccountId,
        asset: AssetId,
        version: i64,
    ) -> Result<Option<String>> {
        let db = self.reader();
        if fetch_optional!(db, (i64,), HAS_VERSION, account, asset, version)?.is_none() {
            return Ok(None);
        }
        let pieces = fetch_all!(db, (i64, String), READ_TEXT, account, asset, version, 0_i64, i64::MAX)?;
        Ok(Some(pieces.into_iter().map(|(_, body)| body).collect()))
    }
}

/// Cuts a text into pieces of at most [`TEXT_PIECE`] bytes, never inside a character.
pub(crate) fn pieces(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut start = 0;
    std::iter::from_fn(move || {
        let rest = text.get(start..).filter(|rest| !rest.is_empty())?;
        let piece = &rest[..rest.floor_char_boundary(TEXT_PIECE)];
        let at = start;
        start += piece.len();
        Some((at, piece))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_join_to_the_text_and_never_cut_a_character() {
        for text in ["", "a", &"é".repeat(TEXT_PIECE), &"日本語 ".repeat(50_000)] {
            let joined: String = pieces(text).map(|(_, body)| body).collect();
            assert_eq!(&joined, text);
            assert!(
                pieces(text).all(|(start, body)| body.len() <= TEXT_PIECE && text[start..].starts_with(body))
            );
        }
    }
}
