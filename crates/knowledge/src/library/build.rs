//! From a stored text to the segments that are stored with it.

use std::ops::Range;
use std::sync::Arc;

use robofy_store::assets::NewSegment;

use super::LibraryError;
use super::params::Params;
use super::workers::Workers;
use crate::analyse::Language;
use crate::chunk::{Chunk, chunk};
use crate::segment::{ChunkIn, Segment, SegmentBuilder, SegmentError, SourceRef};

/// Raised when the way a text is divided into parts changes.
pub(super) const FORM: u32 = 1;

/// A part has at most so many chunks …
const PART_CHUNKS: usize = 500;
/// … and at most so many bytes of text (but for one chunk that has more): an ingestion unit of the store stays short, and
/// a slice of indexing too.
const PART_BYTES: usize = 128 * 1024;

/// The segments of a text under one set of parameters, made slice by slice.
pub(super) async fn segments(
    workers: &Workers,
    source: &SourceRef,
    text: &Arc<str>,
    params: &Params,
) -> Result<Vec<Segment>, LibraryError> {
    let (cut_text, cut_params) = (Arc::clone(text), params.chunk());
    let (chunks, language) = workers
        .run(move || (Arc::<[Chunk]>::from(chunk(&cut_text, cut_params)), Language::detect(&cut_text)))
        .await?;
    let mut segments = Vec::new();
    for range in parts(&chunks) {
        let (text, chunks, source) = (Arc::clone(text), Arc::clone(&chunks), source.clone());
        segments.push(workers.run(move || part(source, &text, &chunks, range, language)).await??);
    }
    Ok(segments)
}

/// The same, in the form that the store keeps.
pub(super) async fn stored_segments(
    workers: &Workers,
    source: &SourceRef,
    text: &Arc<str>,
    params: &Params,
) -> Result<Vec<NewSegment>, LibraryError> {
    let segments = segments(workers, source, text, params).await?;
    let name = params.as_str().to_owned();
    workers
        .run(move || {
            let stored = segments.iter().enumerate().map(|(number, segment)| NewSegment {
                params: name.clone(),
                part: i64::try_from(number).unwrap_or(i64::MAX),
                chunk_count: i64::try_from(segment.len()).unwrap_or(i64::MAX),
                data: segment.encode(),
            });
            stored.collect()
        })
        .await
}

/// The ranges of chunks that become a part each.
fn parts(chunks: &[Chunk]) -> Vec<Range<usize>> {
    let mut parts = Vec::new();
    let (mut begin, mut bytes) = (0, 0);
    for (at, chunk) in chunks.iter().enumerate() {
        let size = chunk.end - chunk.start;
        if at > begin && (at - begin == PART_CHUNKS || bytes + size > PART_BYTES) {
            parts.push(begin..at);
            (begin, bytes) = (at, 0);
        }
        bytes += size;
    }
    if begin < chunks.len() {
        parts.push(begin..chunks.len());
    }
    parts
}

fn part(
    source: SourceRef,
    text: &str,
    chunks: &[Chunk],
    range: Range<usize>,
    language: Language,
) -> Result<Segment, SegmentError> {
    let first = u32::try_from(range.start).map_err(|_| SegmentError::TooLarge)?;
    let mut builder = SegmentBuilder::new(source, Some(language)).first_chunk_no(first);
    for chunk in &chunks[range] {
        builder.push(&ChunkIn {
            start: chunk.start,
            end: chunk.end,
            heading_path: &chunk.heading_path,
            text: chunk.text(text).unwrap_or_default(),
        });
    }
    builder.build()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chunks(sizes: &[usize]) -> Vec<Chunk> {
        let mut start = 0;
        let made = sizes.iter().map(|&size| {
            start += size;
            Chunk { start: start - size, end: start, heading_path: Vec::new(), tokens: 1 }
        });
        made.collect()
    }

    #[test]
    fn parts_are_bounded_and_complete() {
        for sizes in [vec![], vec![1; 1], vec![1; 1001], vec![PART_BYTES * 2; 3], vec![PART_BYTES / 2; 5]] {
            let parts = parts(&chunks(&sizes));
            let mut next = 0;
            for part in parts {
                assert_eq!(part.start, next);
                assert!(part.len() <= PART_CHUNKS && !part.is_empty());
                assert!(part.len() == 1 || sizes[part.clone()].iter().sum::<usize>() <= PART_BYTES);
                next = part.end;
            }
            assert_eq!(next, sizes.len());
        }
    }
}
