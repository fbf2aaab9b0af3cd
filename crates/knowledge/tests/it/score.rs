//! How extracted text is compared with what a reader must find in it.

use std::collections::HashMap;

use unicode_normalization::UnicodeNormalization as _;

/// The form in which phrases are compared: compatibility forms folded, invisible characters and marks of Markdown
/// dropped, quotes and dashes plain, white space squeezed, and dropped beside Chinese, Japanese and Korean.
pub fn normal(text: &str) -> String {
    let mut out = String::new();
    let mut space = false;
    for c in text.nfkc() {
        let c = match c {
            '\u{ad}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}' => continue,
            '\u{64a}' => '\u{6cc}',
            '\u{643}' => '\u{6a9}',
            '\u{2010}'..='\u{2015}' | '\u{2212}' => '-',
            '\u{2018}'..='\u{201b}' => '\'',
            '\u{201c}'..='\u{201f}' => '"',
            '*' | '_' | '`' | '|' | '#' | '>' | '~' | '\\' => ' ',
            c => c,
        };
        if c.is_whitespace() {
            space = true;
            continue;
        }
        if std::mem::take(&mut space) && !is_cjk(c) && out.chars().last().is_some_and(|last| !is_cjk(last)) {
            out.push(' ');
        }
        out.extend(c.to_lowercase());
    }
    out
}

pub fn is_cjk(c: char) -> bool {
    matches!(c, '\u{1100}'..='\u{11ff}' | '\u{2e80}'..='\u{30ff}' | '\u{3130}'..='\u{318f}' | '\u{3400}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}' | '\u{f900}'..='\u{faff}' | '\u{ff00}'..='\u{ffef}')
}

/// True if the phrases stand in the text one after the other.
pub fn in_order(text: &str, phrases: &[String]) -> bool {
    let text = normal(text);
    let mut rest = text.as_str();
    phrases.iter().all(|phrase| match rest.split_once(&normal(phrase)) {
        Some((_, after)) => {
            rest = after;
            true
        }
        None => false,
    })
}

/// F1 over words (characters, for Chinese, Japanese and Korean), as bags.
pub fn token_f1(expected: &str, got: &str) -> f64 {
    let (expected, got) = (tokens(expected), tokens(got));
    let mut left: HashMap<&str, i64> = HashMap::new();
    for token in &expected {
        *left.entry(token).or_default() += 1;
    }
    let mut common = 0_u32;
    for token in &got {
        let count = left.entry(token).or_default();
        if *count > 0 {
            *count -= 1;
            common += 1;
        }
    }
    let common = f64::from(common);
    if common == 0.0 { 0.0 } else { 2.0 * common / (expected.len() + got.len()) as f64 }
}

fn tokens(text: &str) -> Vec<String> {
    let mut tokens = Vec::new();
    let mut word = String::new();
    for c in normal(text).chars() {
        if is_cjk(c) || !c.is_alphanumeric() {
            if !word.is_empty() {
                tokens.push(std::mem::take(&mut word));
            }
            if is_cjk(c) {
                tokens.push(c.to_string());
            }
        } else {
            word.push(c);
        }
    }
    if !word.is_empty() {
        tokens.push(word);
    }
    tokens
}
