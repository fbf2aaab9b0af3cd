//! The article, or the whole body?
//!
//! The whole body is the default: it loses nothing. The article is taken where the page calls itself one *and* reads
//! like one: it holds much of the page's running text, and the body holds a good deal else (comments, teasers,
//! sidebars). Even then the sections of the body that state a price, a telephone number or opening hours are kept
//! after it: pages of a shop, too, are often marked up as articles.

use std::collections::HashSet;

use dom_query::Document;

/// Where a page says that it is an article.
const DECLARED: &str = "meta[property='og:type'][content='article'], article, [itemtype*='Article'], \
    [itemtype*='BlogPosting'], [typeof*='Article']";
/// An article holds this many words of running text.
const ARTICLE_WORDS: usize = 200;
/// A line of so many words is running text; menus, cards and lists have shorter ones.
const RUNNING_LINE: usize = 25;
/// An article that is nearly all of the page gains little over the whole of it, and may lose a heading or a table.
const NEARLY_ALL_PER_CENT: usize = 85;
/// The least share of the page's running text that an article has.
const ARTICLE_PER_CENT: usize = 45;
/// Longer sections are stories of their own, not facts that were left out.
const MAX_RESCUED_WORDS: usize = 150;

/// True if the page says that it is an article.
pub(super) fn is_declared_article(document: &Document) -> bool {
    document.select(DECLARED).exists()
        || document.select("script[type='application/ld+json']").iter().any(|script| {
            let text = script.text();
            ["\"Article\"", "\"NewsArticle\"", "\"BlogPosting\""].iter().any(|name| text.contains(name))
        })
}

/// True if the article is what the page is about.
pub(super) fn is_article(declared: bool, article: &str, whole: &str) -> bool {
    let (part, all) = (Extent::of(article), Extent::of(whole));
    declared
        && part.words * 100 < all.words * NEARLY_ALL_PER_CENT
        && part.running >= ARTICLE_WORDS
        && part.running * 100 >= all.running * ARTICLE_PER_CENT
}

/// The article, and after it the sections of the body that state facts which the article leaves out.
pub(super) fn with_facts(mut article: String, whole: &str) -> String {
    let known: HashSet<String> = article.lines().map(bare).collect();
    let mut section: Vec<&str> = Vec::new();
    for line in whole.lines().chain(std::iter::once("# ")) {
        if line.starts_with('#') {
            let new = section.iter().filter(|line| !line.is_empty() && !known.contains(&bare(line))).count();
            let lines = section.iter().filter(|line| !line.is_empty()).count();
            let words: usize = section.iter().map(|line| line.split_whitespace().count()).sum();
            let states = section.iter().any(|line| !known.contains(&bare(line)) && states_a_fact(line));
            if states && new * 2 > lines && words <= MAX_RESCUED_WORDS {
                article.push('\n');
                article.push_str(section.join("\n").trim());
                article.push('\n');
            }
            section.clear();
        }
        section.push(line);
    }
    article
}

/// How much text there is.
struct Extent {
    words: usize,
    /// Words in lines of running text.
    running: usize,
}

impl Extent {
    fn of(text: &str) -> Self {
        let mut extent = Self { words: 0, running: 0 };
        for line in text.lines() {
            let words: usize = line.split_whitespace().map(weight).sum();
            extent.words += words;
            if words >= RUNNING_LINE && !line.starts_with('|') {
                extent.running += words;
            }
        }
        extent
    }
}

/// How many words a run without spaces amounts to: two characters of Chinese or Japanese are about one.
fn weight(run: &str) -> usize {
    let ideographs =
        run.chars().filter(|c| matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}')).count();
    1 + ideographs / 2
}

/// A line without its marks.
fn bare(line: &str) -> String {
    line.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// True if a short line states a price, a telephone number, an e-mail address or a span of hours.
fn states_a_fact(line: &str) -> bool {
    line.split_whitespace().count() < RUNNING_LINE
        && (states_a_price(line) || states_a_number(line) || states_hours(line) || line.contains('@'))
}

/// True if the line holds an amount of money.
pub(super) fn states_a_price(line: &str) -> bool {
    let currency = |c: char| matches!(c, '$' | '€' | '£' | '¥' | '₹' | '₽' | '₺' | '₩' | '元' | '円');
    line.char_indices().filter(|(_, c)| currency(*c)).any(|(at, c)| {
        let before = line.get(..at).unwrap_or_default().trim_end();
        let after = line.get(at + c.len_utf8()..).unwrap_or_default().trim_start();
        before.ends_with(|c: char| c.is_ascii_digit()) || after.starts_with(|c: char| c.is_ascii_digit())
    })
}

/// True if the line holds a run of at least nine digits as telephone numbers are written.
fn states_a_number(line: &str) -> bool {
    let mut digits = 0;
    for c in line.chars() {
        match c {
            '0'..='9' => digits += 1,
            ' ' | '-' | '(' | ')' | '/' | '+' | '.' | '\u{2011}' => {}
            _ => digits = 0,
        }
        if digits >= 9 {
            return true;
        }
    }
    false
}

/// True if the line holds two times of day.
fn states_hours(line: &str) -> bool {
    let chars: Vec<char> = line.chars().collect();
    let is_digit = |c: Option<&char>| c.is_some_and(char::is_ascii_digit);
    let times = chars
        .windows(4)
        .filter(|w| {
            is_digit(w.first())
                && matches!(w.get(1), Some(':' | 'h'))
                && is_digit(w.get(2))
                && is_digit(w.get(3))
        })
        .count();
    let lower = line.to_lowercase();
    let halves = lower.matches(" am").count() + lower.matches(" pm").count();
    times >= 2 || halves >= 2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts() {
        for line in [
            "Pro $9 / mo.",
            "Menü 12 €",
            "Call (317) 585-8468",
            "Mo 9:00–17:00",
            "7 am to 8 pm",
            "a@b.example",
        ] {
            assert!(states_a_fact(line), "{line}");
        }
        for line in ["Published 2024-11-02", "12:45 Uhr", "A$AP", "Top 10 of 2024", "5 comments"] {
            assert!(!states_a_fact(line), "{line}");
        }
    }

    #[test]
    fn facts_left_out_come_after_the_article() {
        let whole = "# Us\n\nA story.\n\n## Hours\n\n- Monday: 9:00–17:00\n\n## More\n\nRead on\n";
        let text = with_facts("# Us\n\nA story.\n".to_owned(), whole);
        assert_eq!(text, "# Us\n\nA story.\n\n## Hours\n\n- Monday: 9:00–17:00\n");
    }
}
