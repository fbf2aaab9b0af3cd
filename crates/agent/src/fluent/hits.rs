//! Passages for tests, as a search gives them.

use std::sync::Arc;

use robofy_knowledge::index::{AgentIndex, Change};
use robofy_knowledge::search::{Hit, Query};
use robofy_knowledge::segment::{ChunkIn, SegmentBuilder, SourceRef};

/// The only chunk of an index.
pub fn hit(text: &str, headings: &[&str]) -> Hit {
    let source = SourceRef { asset_id: 1, version: 1, file_name: "shop.md".into(), source_url: None };
    let mut builder = SegmentBuilder::new(source, None);
    let path: Vec<String> = headings.iter().map(|heading| (*heading).to_owned()).collect();
    builder.push(&ChunkIn { start: 0, end: text.len(), heading_path: &path, text });
    let segment = Arc::new(builder.build().unwrap());
    let index = AgentIndex::new().apply(vec![Change { asset_id: 1, segments: Some(vec![segment]) }]);
    index.search(&Query::new(text), 1).hits.remove(0)
}
