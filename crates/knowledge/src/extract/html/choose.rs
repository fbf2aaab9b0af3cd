//! Which blocks of the page are content?
//!
//! The blocks of the whole body, less the frame of the site, lose nothing but hold a good deal else on a page of
//! news: comments, teasers, sidebars. The article that a readability library finds holds none of these, but loses
//! prices, opening hours and cards. So blocks are judged one by one, by how much of an article the page is:
//!
//! - On a page that is no article every block stays, but for lists of links beside the subject.
//! - On a page that says it is one, and reads like one, stay the blocks of the article, the headings and labels right
//!   above them, the tables and definitions between them, and the sections that state a fact of a business.
//! - A page that reads like an article and does not say so may as well be a firm's page about itself: there also
//!   what stands between the article's blocks stays, and every section that is not made of links.

use std::hash::{BuildHasher as _, Hash};

use dom_query::Document;
use rustc_hash::{FxBuildHasher, FxHashSet};

use super::block::{self, Block, Shape, bare};
use super::{facts, prune};

/// Where a page says that it is an article.
const DECLARED: &str = "[itemtype*='Article'], [itemtype*='BlogPosting'], [typeof*='Article'], \
    meta[property='article:published_time'], time[pubdate]";
/// What articles have, and other pages too: an author, a date.
const SIGNED: &str = "[rel~=author], meta[name=author][content]:not([content=''])";
const DATED: &str = "article time[datetime], article [itemprop=datePublished]";
/// Types of schema.org that articles have.
const DECLARED_TYPES: &[&str] = &["\"Article\"", "\"NewsArticle\"", "\"BlogPosting\"", "\"Report\""];
/// A page that calls itself an article is one with this many words of running text.
const DECLARED_WORDS: usize = 120;
/// A page that does not is taken for one with this many.
const UNDECLARED_WORDS: usize = 250;
/// The least share of the page's running text that an article has, in per cent: said to be one, and not.
const DECLARED_PER_CENT: usize = 45;
const UNDECLARED_PER_CENT: usize = 70;
/// A page with more text beside the article than this share of it, links not counted, is no mere article.
const REMAINDER_PER_CENT: usize = 35;
/// A line of so many words is running text; menus, cards and lists have shorter ones.
const RUNNING_LINE: usize = 25;
/// Longer sections are stories of their own, not facts that were left out.
const MAX_RESCUED_WORDS: usize = 150;
/// A block with more of its text in links than this, in per cent, leads elsewhere.
const LINKED_PER_CENT: usize = 50;
/// A page ends with its line of copyright: it is looked for among so many last blocks, and is so short.
const TAIL: usize = 8;
const IMPRINT_WORDS: usize = 15;

/// How much of an article a page is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Page {
    /// It says so and reads so.
    Article,
    /// It only reads so.
    Prose,
    /// It is no article.
    Other,
}

/// True if the page says that it is an article.
pub(super) fn is_declared_article(document: &Document) -> bool {
    let typed = || {
        document.select("script[type='application/ld+json']").iter().any(|script| {
            let text = script.text();
            DECLARED_TYPES.iter().any(|name| text.contains(name))
        })
    };
    // A system for web sites marks every page as an article; one that was changed, but never published, is none.
    let graph = || {
        document.select("meta[property='og:type'][content='article']").exists()
            && !document.select("meta[property='article:modified_time']").exists()
    };
    // Cards are articles too, by their element: the one that is meant is alone, or holds most of the page. Even so
    // it is no proof, nor is an author, a date: two of them are.
    let element = || {
        let found = document.select("article");
        let all = document.body().map_or(0, |body| body.normalized_char_count());
        found.length() == 1 || found.nodes().iter().any(|node| node.normalized_char_count() * 2 > all)
    };
    let signs = || {
        let signs = [SIGNED, DATED].iter().filter(|sign| document.select(sign).exists()).count();
        signs + usize::from(element()) >= 2
    };
    document.select(DECLARED).exists() || graph() || typed() || signs()
}

/// The blocks that are content. `whole` are those of the body, `article` those that a readability library found.
pub(super) fn content(declared: bool, article: &[Block], whole: Vec<Block>) -> Vec<Block> {
    let known = Known::of(article);
    let inside: Vec<bool> = whole.iter().map(|block| known.has(block)).collect();
    let page = judge(declared, &whole, &inside);
    let mut kept = match page {
        Page::Other => {
            let tail = whole.len().saturating_sub(TAIL);
            let is_frame =
                |(at, block): (usize, &Block)| is_aside_list(block) || (at >= tail && is_imprint(block));
            whole.iter().enumerate().map(|block| !is_frame(block)).collect()
        }
        Page::Article | Page::Prose => inside.clone(),
    };
    if page != Page::Other {
        keep_between(page, &whole, &inside, &mut kept);
        keep_sections(page, &whole, &inside, &mut kept);
        keep_above(&whole, &mut kept);
    }
    whole.into_iter().zip(kept).filter_map(|(block, kept)| kept.then_some(block)).collect()
}

fn judge(declared: bool, whole: &[Block], inside: &[bool]) -> Page {
    let (mut words, mut running, mut all_running, mut rest) = (0, 0, 0, 0);
    for (block, inside) in whole.iter().zip(inside) {
        let count = block.words();
        let runs = if block.shape == Shape::Table { 0 } else { running_words(&block.text) };
        all_running += runs;
        if *inside {
            words += count;
            running += runs;
        } else if !block.beside && !block.is_heading() && block.linked < LINKED_PER_CENT {
            rest += count;
        }
    }
    if declared && running >= DECLARED_WORDS && running * 100 >= all_running * DECLARED_PER_CENT {
        return Page::Article;
    }
    let prose = running >= UNDECLARED_WORDS
        && running * 100 >= all_running * UNDECLARED_PER_CENT
        && rest * 100 <= words * REMAINDER_PER_CENT;
    if prose { Page::Prose } else { Page::Other }
}

fn running_words(text: &str) -> usize {
    text.lines().map(block::words).filter(|words| *words >= RUNNING_LINE).sum()
}

/// True for links beside the subject that state no fact.
fn is_aside_list(block: &Block) -> bool {
    block.beside && block.linked > LINKED_PER_CENT && !facts::states_a_fact(&block.text)
}

/// True for a line of copyright.
fn is_imprint(block: &Block) -> bool {
    block.words() <= IMPRINT_WORDS && prune::is_copyright(&block.text)
}

/// Keeps what stands between blocks of the article.
fn keep_between(page: Page, whole: &[Block], inside: &[bool], kept: &mut [bool]) {
    let Some(first) = inside.iter().position(|inside| *inside) else { return };
    let last = inside.iter().rposition(|inside| *inside).unwrap_or(first);
    for (at, (block, kept)) in whole.iter().zip(kept).enumerate() {
        if at <= first || at >= last || block.beside || block.linked > LINKED_PER_CENT {
            continue;
        }
        *kept |= match (page, block.shape) {
            (Page::Article, Shape::Table | Shape::Pair) => true,
            (Page::Prose, shape) => !matches!(shape, Shape::Heading(_) | Shape::Label),
            (Page::Article | Page::Other, _) => false,
        };
    }
}

/// Keeps sections outside the article: those that state a fact, and on a page that does not call itself an article
/// every one that is not made of links.
fn keep_sections(page: Page, whole: &[Block], inside: &[bool], kept: &mut [bool]) {
    let heads = (0..whole.len()).filter(|at| whole.get(*at).is_some_and(Block::is_heading));
    let starts: Vec<usize> = std::iter::once(0).chain(heads).chain([whole.len()]).collect();
    for pair in starts.windows(2) {
        let [start, end] = *pair else { continue };
        let Some(section) = whole.get(start..end) else { continue };
        let new: Vec<&Block> = section
            .iter()
            .zip(inside.get(start..end).unwrap_or_default())
            .filter_map(|(block, inside)| (!inside).then_some(block))
            .collect();
        let words: usize = section.iter().map(Block::words).sum();
        if new.iter().any(|block| block.beside) || new.len() * 2 <= section.len() {
            continue;
        }
        let states = || new.iter().any(|block| block.text.lines().any(facts::states_a_fact));
        let says = || {
            let said: usize = new.iter().filter(|block| !block.is_heading()).map(|block| block.words()).sum();
            let linked: usize = new.iter().map(|block| block.words() * block.linked / 100).sum();
            said > 0 && linked * 100 <= said * LINKED_PER_CENT
        };
        let headed = section.first().is_some_and(Block::is_heading);
        let whole_section =
            headed && ((words <= MAX_RESCUED_WORDS && states()) || (page == Page::Prose && says()));
        for (block, kept) in section.iter().zip(kept.iter_mut().skip(start)) {
            let states = block.words() <= MAX_RESCUED_WORDS && block.text.lines().any(facts::states_a_fact);
            *kept |= states || (whole_section && block.linked <= LINKED_PER_CENT);
        }
    }
}

/// Keeps the headings and labels that stand right above what is kept.
fn keep_above(whole: &[Block], kept: &mut [bool]) {
    let mut below = false;
    for (block, kept) in whole.iter().zip(kept).rev() {
        below = *kept || (below && block.is_above());
        *kept = below;
    }
}

/// The text of the article, so that its blocks are known again in the body's: hashes of its lines, and of its words
/// taken [`RUN`] in a row.
struct Known {
    lines: FxHashSet<u64>,
    runs: FxHashSet<u64>,
}

/// Words in a row by which running text is known again.
const RUN: usize = 4;

impl Known {
    fn of(article: &[Block]) -> Self {
        let mut known = Self { lines: FxHashSet::default(), runs: FxHashSet::default() };
        for block in article {
            known.lines.extend(block.text.lines().filter_map(line));
            known.runs.extend(runs(&block.text));
        }
        known
    }

    /// True if the block is part of the article.
    fn has(&self, block: &Block) -> bool {
        let mut lines = block.text.lines().filter_map(line).peekable();
        if lines.peek().is_some() && lines.all(|line| self.lines.contains(&line)) {
            return true;
        }
        let runs = runs(&block.text);
        let found = runs.iter().filter(|run| self.runs.contains(*run)).count();
        runs.len() >= 2 && found * 10 >= runs.len() * 7
    }
}

/// A line as it is compared; nothing if it has no letters and digits.
fn line(line: &str) -> Option<u64> {
    Some(bare(unnumbered(line))).filter(|bare| !bare.is_empty()).map(|bare| hash_of(&bare))
}

/// A line without the number of a list item.
fn unnumbered(line: &str) -> &str {
    let line = line.trim_start();
    let item = line.split_once(". ").filter(|(number, _)| {
        !number.is_empty() && number.len() <= 4 && number.bytes().all(|byte| byte.is_ascii_digit())
    });
    item.map_or(line, |(_, rest)| rest)
}

fn runs(text: &str) -> Vec<u64> {
    let words: Vec<u64> = text
        .split_whitespace()
        .map(bare)
        .filter(|word| !word.is_empty())
        .map(|word| hash_of(&word))
        .collect();
    words.windows(RUN).map(hash_of).collect()
}

fn hash_of(value: &(impl Hash + ?Sized)) -> u64 {
    FxBuildHasher.hash_one(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_items_are_no_words() {
        assert_eq!(unnumbered("  3. Beat the *eggs*."), "Beat the *eggs*.");
        assert_eq!(unnumbered("1. 2. twice"), "2. twice");
        assert_eq!(unnumbered("Room 3. Ground floor"), "Room 3. Ground floor");
        assert_eq!(line("- Soup"), line("2. soup"));
        assert_eq!(line("---"), None);
    }
}
