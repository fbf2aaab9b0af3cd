//! Cuts a stored text into chunks: the passages that are indexed, found and quoted from.
//!
//! A text is read into *atoms* (a heading, a sentence, a list item, a table row, or a run of words of an overlong
//! one), each with its size in tokens and with how good it would be to cut before it. Chunks are runs of atoms that
//! fill the size and end at the best cut: before a heading, then between questions with their answers, then between
//! blocks, then between sentences. A heading is never cut from what it stands above, nor a question from its answer,
//! where the size allows.

mod atoms;
mod lines;
mod pack;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Raised whenever the same text and parameters would give other chunks: what is stored is then cut anew.
pub const FORM: u32 = 1;

/// How large chunks are. Agents set it (`chunk_size`, `chunk_overlap`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "StoredParams")]
pub struct ChunkParams {
    size: usize,
    overlap: usize,
}

/// [`ChunkParams`] as they are written down, not yet checked.
#[derive(Deserialize)]
struct StoredParams {
    size: usize,
    overlap: usize,
}

impl TryFrom<StoredParams> for ChunkParams {
    type Error = ChunkParamsError;

    fn try_from(stored: StoredParams) -> Result<Self, ChunkParamsError> {
        Self::new(Some(stored.size), Some(stored.overlap))
    }
}

/// Why chunking parameters are refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ChunkParamsError {
    /// The size is out of bounds.
    #[error("chunk_size must be between {} and {} tokens.", ChunkParams::MIN_SIZE, ChunkParams::MAX_SIZE)]
    Size,
    /// The overlap is out of bounds.
    #[error("chunk_overlap must be between 0 and half of chunk_size.")]
    Overlap,
}

impl ChunkParams {
    /// The smallest size that is accepted: about two sentences.
    pub const MIN_SIZE: usize = 32;
    /// The largest size that is accepted: about six pages.
    pub const MAX_SIZE: usize = 4_000;
    /// The size if none is set: most paragraphs and most answers stay whole, and a passage is about one thing.
    pub const DEFAULT_SIZE: usize = 256;
    /// The overlap if none is set: about one sentence, so that a pronoun keeps its noun.
    pub const DEFAULT_OVERLAP: usize = 32;

    /// Checks the two settings; what is not set has its default, an overlap never more than a quarter of the size.
    ///
    /// # Errors
    ///
    /// [`ChunkParamsError`] says which bound is broken.
    pub fn new(size: Option<usize>, overlap: Option<usize>) -> Result<Self, ChunkParamsError> {
        let size = size.unwrap_or(Self::DEFAULT_SIZE);
        if !(Self::MIN_SIZE..=Self::MAX_SIZE).contains(&size) {
            return Err(ChunkParamsError::Size);
        }
        let overlap = overlap.unwrap_or(Self::DEFAULT_OVERLAP.min(size / 4));
        if overlap > size / 2 {
            return Err(ChunkParamsError::Overlap);
        }
        Ok(Self { size, overlap })
    }

    /// The most tokens of a chunk.
    #[must_use]
    pub fn size(self) -> usize {
        self.size
    }

    /// The most tokens that a chunk repeats of the one before it.
    #[must_use]
    pub fn overlap(self) -> usize {
        self.overlap
    }
}

impl Default for ChunkParams {
    fn default() -> Self {
        Self { size: Self::DEFAULT_SIZE, overlap: Self::DEFAULT_OVERLAP }
    }
}

/// A passage of a stored text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chunk {
    /// Its first byte in the stored text; always the beginning of a character.
    pub start: usize,
    /// The byte after its last.
    pub end: usize,
    /// The headings that it stands under, the topmost first, without marks. A heading that begins the chunk is the
    /// last of them, and is part of the text as well.
    pub heading_path: Vec<String>,
    /// Its size in tokens of the analyser, a run that has hardly any for its length counting one for 64 bytes.
    pub tokens: usize,
}

impl Chunk {
    /// The chunk's text.
    ///
    /// Nothing if `text` is not the text that was chunked.
    #[must_use]
    pub fn text<'a>(&self, text: &'a str) -> Option<&'a str> {
        text.get(self.start..self.end)
    }
}

/// The headings above byte `at` of a chunk's text, outermost first; `path` is the chunk's own.
///
/// A chunk may hold several short sections, and its path is that of its beginning.
///
/// ```
/// use robofy_knowledge::chunk::heading_path_at;
///
/// let text = "# Shop\n\n## Hours\n\nNine to five.\n\n## Prices\n\nAll free.";
/// let path = ["Shop".to_owned(), "Hours".to_owned()];
/// assert_eq!(heading_path_at(&path, text, text.len()), ["Shop", "Prices"]);
/// ```
#[must_use]
pub fn heading_path_at(path: &[String], text: &str, at: usize) -> Vec<String> {
    let mut open: Vec<(usize, String)> = (1..).zip(path.iter().cloned()).collect();
    let before = text.get(..at).unwrap_or(text);
    for line in before.lines().map(str::trim) {
        if let Some(level) = lines::heading_level(line) {
            open.retain(|(above, _)| *above < level);
            open.push((level, lines::heading_text(line)));
        }
    }
    open.into_iter().map(|(_, heading)| heading).collect()
}

/// Cuts a stored text into chunks.
///
/// The chunks are in the order of the text, begin and end with a character that is no space, and together hold
/// every such character. Time grows with the length of the text.
#[must_use]
pub fn chunk(text: &str, params: ChunkParams) -> Vec<Chunk> {
    let atoms = atoms::read(text, params.size());
    pack::pack(&atoms, params)
}

#[cfg(test)]
mod heading_tests {
    use super::heading_path_at;

    #[test]
    fn the_path_follows_the_headings_inside_the_chunk() {
        let path = ["Shop".to_owned(), "Hours".to_owned()];
        let text = "# Shop\n\n## Hours\n\nNine to five.\n\n## Prices\n\n### Bikes\n\n15 euros.\n\n# Contact\n\nCall.";
        let at = |word: &str| heading_path_at(&path, text, text.find(word).unwrap());
        assert_eq!(at("Nine"), ["Shop", "Hours"]);
        assert_eq!(at("15"), ["Shop", "Prices", "Bikes"]);
        assert_eq!(at("Call"), ["Contact"]);
        assert_eq!(heading_path_at(&path, "no heading", 3), path);
        assert_eq!(heading_path_at(&[], "é", 1), Vec::<String>::new());
    }
}
