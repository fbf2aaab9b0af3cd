//! Tells letters without sense from words that are merely unknown.

use crate::languages;
use crate::text::{ADDRESS, Token, is_dense};

/// More words than this are rarely hit at random.
const MOST: usize = 8;
/// The rows of the usual keyboards.
const ROWS: &[&str] =
    &["qwertyuiop", "asdfghjkl", "zxcvbnm", "qwertzuiop", "yxcvbnm", "azertyuiop", "qsdfghjklm", "wxcvbn"];

/// Whether a message is no language: no word of it is known, and it looks hit at random, repeats itself, or is several
/// words without a name or a number among them.
pub(crate) fn is_gibberish(tokens: &[Token]) -> bool {
    let known = |token: &Token| token.text.chars().count() > 1 && languages::is_known(&token.text);
    if tokens.is_empty() || tokens.len() > MOST && !tokens.iter().all(is_dense_token) {
        return false;
    }
    if tokens
        .iter()
        .any(|token| token.text == ADDRESS || token.text.starts_with(|c: char| c.is_ascii_digit()))
    {
        return false;
    }
    // "aaaaaa" was written once.
    let drawn = tokens
        .iter()
        .all(|token| token.range.len() >= 4 && token.text.chars().count() == 1 && token.text.is_ascii());
    if drawn {
        return true;
    }
    let mixed = tokens.iter().any(is_dense_token) && tokens.iter().any(|token| is_mash(&token.text));
    if mixed {
        return true;
    }
    let found = tokens.iter().filter(|token| known(token)).count();
    let by_chance =
        found == 1 && tokens.len() > 2 && tokens.iter().all(|token| !known(token) || token.text.len() <= 3);
    if found > 0 && !by_chance {
        return false;
    }
    let first = tokens.first().map(|token| token.text.as_str());
    let repeated = tokens.len() > 1 && tokens.iter().all(|token| Some(token.text.as_str()) == first);
    let names = tokens.iter().any(|token| token.capital);
    let spaced = !tokens.iter().any(is_dense_token);
    repeated || tokens.iter().any(|token| is_mash(&token.text)) || spaced && tokens.len() > 1 && !names
}

fn is_dense_token(token: &Token) -> bool {
    token.text.chars().next().is_some_and(is_dense)
}

/// Whether a word looks hit at random.
fn is_mash(word: &str) -> bool {
    let letters: Vec<char> = word.chars().collect();
    let latin = letters.iter().all(char::is_ascii_lowercase);
    let distinct = letters
        .iter()
        .enumerate()
        .filter(|(at, c)| !letters.iter().take(*at).any(|other| other == *c))
        .count();
    if !latin {
        return letters.len() >= 3 && distinct == 1;
    }
    let is_vowel = |c: &char| matches!(c, 'a' | 'e' | 'i' | 'o' | 'u' | 'y');
    let no_vowel = letters.len() >= 3 && !letters.iter().any(is_vowel);
    let longest = letters.split(is_vowel).map(<[char]>::len).max().unwrap_or_default();
    let cycle = letters.len() >= 4 && distinct <= 2;
    let rows = ROWS
        .iter()
        .any(|row| run_in_row(&letters, row, 4) || twice(&letters) && run_in_row(&letters, row, 3));
    no_vowel || longest >= 5 || cycle || rows
}

/// Whether a word says its first half twice.
fn twice(letters: &[char]) -> bool {
    let (first, second) = letters.split_at(letters.len() / 2);
    first == second
}

/// Whether so many letters stand side by side in a row of keys.
fn run_in_row(letters: &[char], row: &str, length: usize) -> bool {
    let key = |c: &char| row.find(*c);
    let forwards = |pair: &[char]| match pair {
        [a, b] => key(a).zip(key(b)).is_some_and(|(a, b)| b == a + 1),
        _ => false,
    };
    letters.windows(length).any(|run| run.windows(2).all(forwards))
        || letters
            .iter()
            .rev()
            .copied()
            .collect::<Vec<_>>()
            .windows(4)
            .any(|run| run.windows(2).all(forwards))
}
