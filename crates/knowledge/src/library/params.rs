//! The chunking parameters that segments are filed under.

use robofy_store::agents::AgentSettings;

use crate::chunk::{self, ChunkParams};
use crate::segment;

/// How an agent's texts are cut, with the form of what is stored of them.
///
/// Written out as `size/overlap/form`. The form grows with every change of chunker, analyser or segment layout, so a
/// new program finds its agents' segments out of date and makes them anew, as after a changed setting. Segments are
/// shared by all agents whose parameters are equal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Params {
    chunk: ChunkParams,
    text: String,
}

impl Params {
    /// An agent's parameters.
    #[must_use]
    pub fn of(settings: &AgentSettings) -> Self {
        let size = usize::try_from(settings.chunk_size).ok();
        let overlap = settings.chunk_overlap.and_then(|overlap| usize::try_from(overlap).ok());
        // Settings are checked when they are set; what is out of bounds was written by a program with other bounds.
        let chunk =
            ChunkParams::new(size, overlap).or_else(|_| ChunkParams::new(size, None)).unwrap_or_default();
        let text = format!(
            "{}/{}/{}.{}.{}",
            chunk.size(),
            chunk.overlap(),
            chunk::FORM,
            segment::FORM,
            super::build::FORM
        );
        Self { chunk, text }
    }

    /// Parameters as a link names them, of whatever form: new segments for it are made in the present form.
    pub(super) fn named(text: String) -> Self {
        let mut numbers = text.split('/').map(|number| number.parse::<usize>().ok());
        let size = numbers.next().flatten();
        let overlap = numbers.next().flatten();
        let chunk = ChunkParams::new(size, overlap).unwrap_or_default();
        Self { chunk, text }
    }

    pub(super) const fn chunk(&self) -> ChunkParams {
        self.chunk
    }

    /// Written out.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_gives_its_parameters_back_and_has_no_spaces() {
        let settings = AgentSettings { chunk_size: 100, chunk_overlap: Some(7), ..AgentSettings::default() };
        let params = Params::of(&settings);
        assert_eq!(Params::named(params.as_str().to_owned()), params);
        assert!(!params.as_str().contains(' '));
    }

    #[test]
    fn settings_out_of_bounds_and_foreign_names_fall_back() {
        for (size, overlap) in [(-1, None), (i64::MAX, Some(-5)), (0, Some(9))] {
            let settings =
                AgentSettings { chunk_size: size, chunk_overlap: overlap, ..AgentSettings::default() };
            assert_eq!(Params::of(&settings).chunk(), ChunkParams::default(), "{size}");
        }
        for name in ["", "x", "1/2/3", "256", "999999999999999999999/1/1"] {
            let params = Params::named(name.to_owned());
            assert_eq!(params.as_str(), name);
        }
    }
}
