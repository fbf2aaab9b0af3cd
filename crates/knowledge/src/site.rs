//! What repeats on the pages of a site: menus, footers, notices that a single page cannot tell from its content.
//!
//! A page is taken block by block, as its stored text has them: a line, or a whole table. What stands on nearly every
//! page belongs to the site. It is dropped, but not everywhere: the address in the footer is a fact, so a block stays
//! on the first page that had it. Pure, and its memory is bounded: hashes are kept, and no more than
//! [`Repeats::MAX_BLOCKS`] of them.
//!
//! ```
//! use robofy_knowledge::site::Repeats;
//!
//! let pages = ["# Bread\n\nRye.\n\nCall 123.\n", "# Rolls\n\nWheat.\n\nCall 123.\n", "# Cake\n\nSweet.\n\nCall 123.\n",
//!     "# Pie\n\nApple.\n\nCall 123.\n"];
//! let mut repeats = Repeats::default();
//! let numbers: Vec<u32> = pages.iter().map(|page| repeats.add(page)).collect();
//! assert!(repeats.is_boilerplate("Call 123."));
//! assert_eq!(repeats.strip(numbers[0], pages[0]), pages[0]);
//! assert_eq!(repeats.strip(numbers[1], pages[1]), "# Rolls\n\nWheat.\n");
//! ```

use std::hash::Hasher as _;

use rustc_hash::{FxHashMap, FxHashSet, FxHasher};

/// How often each block of a site was seen.
#[derive(Debug, Clone, Default)]
pub struct Repeats {
    pages: u32,
    seen: FxHashMap<u64, Seen>,
    /// The number of pages from which on rare blocks may be forgotten again.
    next_sweep: u32,
}

#[derive(Debug, Clone, Copy)]
struct Seen {
    /// The first page that had the block.
    first: u32,
    /// How many pages had it.
    pages: u32,
}

impl Repeats {
    /// So many blocks are counted at most: about 6 MB. Past it, blocks of few pages are forgotten.
    pub const MAX_BLOCKS: usize = 200_000;
    /// On fewer pages nothing is called a repetition.
    pub const MIN_PAGES: u32 = 4;
    /// The share of the pages that makes a block the site's, in per cent.
    pub const SHARE_PER_CENT: u32 = 70;
    /// When memory is short, blocks below this share are forgotten.
    const RARE_PER_CENT: u32 = 10;

    /// Counts the blocks of a page's stored text, each once. Returns the page's number, which [`strip`](Self::strip)
    /// asks for.
    pub fn add(&mut self, text: &str) -> u32 {
        let number = self.pages;
        self.pages = self.pages.saturating_add(1);
        let here: FxHashSet<u64> = blocks(text).filter_map(hash).collect();
        for hash in here {
            if let Some(seen) = self.seen.get_mut(&hash) {
                seen.pages = seen.pages.saturating_add(1);
            } else if self.has_room() {
                self.seen.insert(hash, Seen { first: number, pages: 1 });
            }
        }
        number
    }

    /// How many pages were added.
    #[must_use]
    pub fn pages(&self) -> u32 {
        self.pages
    }

    /// True if the block stands on nearly every page that was added.
    #[must_use]
    pub fn is_boilerplate(&self, block: &str) -> bool {
        self.repeated(block).is_some()
    }

    /// The text of a page without what repeats on the site, but for what the page was the first to have. A heading
    /// goes only if nothing is left beneath it. May be empty.
    #[must_use]
    pub fn strip(&self, page: u32, text: &str) -> String {
        let mut kept: Vec<&str> = Vec::new();
        let blocks: Vec<&str> = blocks(text).collect();
        let mut below: Option<&str> = None;
        for block in blocks.into_iter().rev() {
            if block.is_empty() {
                kept.push(block);
                continue;
            }
            let repeated = self.repeated(block).is_some_and(|seen| seen.first != page);
            let heads = is_heading(block) && below.is_some_and(|below| !is_heading(below));
            if !repeated || heads {
                kept.push(block);
                below = Some(block);
            }
        }
        let mut out = String::with_capacity(text.len());
        let mut gap = false;
        for block in kept.into_iter().rev() {
            if block.is_empty() {
                gap = !out.is_empty();
                continue;
            }
            if std::mem::take(&mut gap) {
                out.push('\n');
            }
            out.push_str(block);
            out.push('\n');
        }
        out
    }

    fn repeated(&self, block: &str) -> Option<Seen> {
        let seen = *self.seen.get(&hash(block)?)?;
        let often = u64::from(seen.pages) * 100 >= u64::from(self.pages) * u64::from(Self::SHARE_PER_CENT);
        (self.pages >= Self::MIN_PAGES && often).then_some(seen)
    }

    /// True if another block may be counted, after forgetting rare ones if need be.
    fn has_room(&mut self) -> bool {
        if self.seen.len() >= Self::MAX_BLOCKS && self.pages >= self.next_sweep {
            // A look through all of them, so not at every page.
            self.next_sweep = self.pages + self.pages / 8 + 1;
            let least = (self.pages.saturating_mul(Self::RARE_PER_CENT) / 100).max(2);
            self.seen.retain(|_, seen| seen.pages >= least);
        }
        self.seen.len() < Self::MAX_BLOCKS
    }
}

/// A heading, or a bold line, which heads what follows.
fn is_heading(block: &str) -> bool {
    let block = block.trim();
    block.starts_with('#') || (block.starts_with("**") && block.ends_with("**"))
}

/// The blocks of a stored text: tables and code whole, otherwise lines; empty lines are empty blocks.
fn blocks(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let first = rest.lines().next().unwrap_or_default();
        let fence = ["```", "~~~"].into_iter().find(|fence| first.trim_start().starts_with(fence));
        let mut end = 0;
        for (at, line) in rest.split_inclusive('\n').enumerate() {
            let goes_on = match fence {
                Some(fence) => at == 0 || !rest.get(..end).is_some_and(|so_far| closes(so_far, fence)),
                None => at == 0 || (first.starts_with('|') && line.starts_with('|')),
            };
            if !goes_on {
                break;
            }
            end += line.len();
        }
        let (block, behind) = rest.split_at_checked(end)?;
        rest = behind;
        Some(block.trim_end())
    })
}

/// True if code that begins with a fence has come to its end.
fn closes(code: &str, fence: &str) -> bool {
    let mut lines = code.lines();
    lines.next();
    lines.next_back().is_some_and(|line| line.trim() == fence)
}

/// A block's hash, by its letters and digits in lower case; nothing if it has none.
fn hash(block: &str) -> Option<u64> {
    let mut hasher = FxHasher::default();
    let mut any = false;
    for c in block.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase) {
        hasher.write_u32(u32::from(c));
        any = true;
    }
    any.then(|| hasher.finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(at: usize) -> String {
        format!(
            "# Page {at}\n\n- Home\n- Shop\n\n## Prices\n\n| What | Price |\n| --- | --- |\n| Item {at} | {at} € |\n\n\
            ```\ncode {at}\n```\n\n## Visit us\n\n12 Mill Lane\n\nMon–Fri 9:00–17:00\n"
        )
    }

    #[test]
    fn the_frame_of_a_site_stays_on_its_first_page() {
        let pages: Vec<String> = (0..10).map(page).collect();
        let mut repeats = Repeats::default();
        let numbers: Vec<u32> = pages.iter().map(|page| repeats.add(page)).collect();
        assert_eq!(repeats.pages(), 10);
        assert_eq!(repeats.strip(numbers[0], &pages[0]), pages[0]);
        let expected = "# Page 7\n\n## Prices\n\n| What | Price |\n| --- | --- |\n| Item 7 | 7 € |\n\n```\ncode 7\n```\n";
        assert_eq!(repeats.strip(numbers[7], &pages[7]), expected);
        assert!(repeats.is_boilerplate("- HOME") && repeats.is_boilerplate("12 Mill Lane"));
        assert!(
            !repeats.is_boilerplate("# Page 3")
                && !repeats.is_boilerplate("---")
                && !repeats.is_boilerplate("new")
        );
    }

    #[test]
    fn few_pages_or_a_block_of_some_pages() {
        let mut repeats = Repeats::default();
        for at in 0..3 {
            repeats.add(&page(at));
        }
        assert!(!repeats.is_boilerplate("12 Mill Lane"), "three pages are no proof");
        for at in 3..10 {
            repeats.add(&format!("# Page {at}\n\nOther\n\nOther\n"));
        }
        assert!(!repeats.is_boilerplate("12 Mill Lane"), "three of ten");
        assert!(repeats.is_boilerplate("Other"), "seven of ten, however often on each");
    }

    #[test]
    fn a_page_of_the_frame_only() {
        let mut repeats = Repeats::default();
        for _ in 0..5 {
            repeats.add("## Visit us\n\n12 Mill Lane\n");
        }
        assert_eq!(repeats.strip(3, "## Visit us\n\n12 Mill Lane\n"), "");
        assert_eq!(repeats.strip(3, ""), "");
    }

    #[test]
    fn memory_is_bounded_and_the_frame_survives() {
        let mut repeats = Repeats::default();
        let mut text = String::new();
        for at in 0..70_u32 {
            text.clear();
            text.push_str("Call 123.\n");
            for line in 0..5_000 {
                text.push_str(&format!("{at} and {line}\n"));
            }
            repeats.add(&text);
        }
        assert!(repeats.seen.len() <= Repeats::MAX_BLOCKS);
        assert!(repeats.is_boilerplate("Call 123."));
    }
}
