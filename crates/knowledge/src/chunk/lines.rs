//! What a line of a stored text is.

/// The form of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// Nothing but white space.
    Blank,
    /// A heading, with its level.
    Heading(usize),
    /// A bold line standing for a heading, or a question: what follows belongs to it.
    Lead,
    /// The answer to the line before it.
    Answer,
    /// The beginning of a list item.
    Item,
    /// A row of a table.
    Row,
    /// The line between a table's head and body.
    Rule,
    /// The beginning or end of preformatted text.
    Fence,
    /// Anything else.
    Prose,
}

/// Longer lines are no headings, and longer questions no leads.
const MAX_LEAD_BYTES: usize = 400;

/// Tells the form of a line.
pub(super) fn form(line: &str) -> Form {
    let text = line.trim();
    if text.is_empty() {
        return Form::Blank;
    }
    if let Some(level) = heading_level(text) {
        return Form::Heading(level);
    }
    if text.starts_with("```") || text.starts_with("~~~") {
        return Form::Fence;
    }
    if text.starts_with('|') {
        let is_rule = text.contains('-') && text.chars().all(|c| matches!(c, '|' | '-' | ':' | ' '));
        return if is_rule { Form::Rule } else { Form::Row };
    }
    if text.len() <= MAX_LEAD_BYTES && (is_bold(text) || is_marked(text, QUESTION_MARKS)) {
        return Form::Lead;
    }
    if is_marked(text, ANSWER_MARKS) {
        return Form::Answer;
    }
    if is_item(text) {
        return Form::Item;
    }
    Form::Prose
}

/// True if a line of prose is a question by itself.
pub(super) fn is_question(line: &str) -> bool {
    let text = line.trim().trim_end_matches(['*', '_']);
    text.len() <= MAX_LEAD_BYTES && text.ends_with(['?', '？', '؟'])
}

/// What begins a question in a written list of them.
const QUESTION_MARKS: &[&str] = &[
    "q",
    "question",
    "frage",
    "f",
    "pregunta",
    "p",
    "domanda",
    "d",
    "pergunta",
    "vraag",
    "v",
    "вопрос",
    "в",
    "问",
    "問",
];
/// What begins its answer.
const ANSWER_MARKS: &[&str] = &[
    "a",
    "answer",
    "antwort",
    "respuesta",
    "r",
    "réponse",
    "risposta",
    "resposta",
    "antwoord",
    "ответ",
    "о",
    "答",
];

/// True if the line begins with one of the words, a number if need be, and a colon or (for one letter) a dot or
/// bracket: `Q:`, `Q12.`, `**Frage 3:**`.
fn is_marked(text: &str, words: &[&str]) -> bool {
    let text = text.trim_start_matches(['*', '_', '-', ' ']);
    let Some(end) = text.char_indices().take(24).find(|(_, c)| matches!(c, ':' | '：' | '.' | ')')) else {
        return false;
    };
    let (at, mark) = end;
    let head = text.get(..at).unwrap_or_default().trim_end_matches(|c: char| c.is_ascii_digit()).trim_end();
    if head.is_empty() || (matches!(mark, '.' | ')') && head.chars().count() > 1) {
        return false;
    }
    let head = head.to_lowercase();
    words.contains(&head.as_str())
}

/// The level of an ATX heading.
pub(super) fn heading_level(text: &str) -> Option<usize> {
    let rest = text.trim_start_matches('#');
    let level = text.len() - rest.len();
    ((1..=6).contains(&level) && rest.starts_with([' ', '\t'])).then_some(level)
}

/// A heading's words without its marks.
pub(super) fn heading_text(line: &str) -> String {
    let text = line.trim().trim_start_matches('#').trim().trim_end_matches('#');
    let bare = text.trim().trim_matches(['*', '_']).trim();
    bare.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(200).collect()
}

/// True if the whole line is bold.
fn is_bold(text: &str) -> bool {
    let inside = |mark: &str| {
        text.strip_prefix(mark)
            .and_then(|rest| rest.strip_suffix(mark))
            .is_some_and(|inner| !inner.trim().is_empty() && !inner.contains(mark))
    };
    inside("**") || inside("__")
}

/// True if the line begins a list item.
fn is_item(text: &str) -> bool {
    if ["- ", "* ", "+ ", "• ", "– "].iter().any(|mark| text.starts_with(mark)) {
        return true;
    }
    let rest = text.trim_start_matches(|c: char| c.is_ascii_digit());
    let digits = text.len() - rest.len();
    (1..=4).contains(&digits) && rest.strip_prefix(['.', ')']).is_some_and(|rest| rest.starts_with(' '))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms() {
        for (line, expected) in [
            ("", Form::Blank),
            ("## Hours", Form::Heading(2)),
            ("#hashtag", Form::Prose),
            ("####### seven", Form::Prose),
            ("**Do you deliver?**", Form::Lead),
            ("**Bold** and **bold**", Form::Prose),
            ("Q: Do you deliver?", Form::Lead),
            ("Q12. Do you deliver?", Form::Lead),
            ("Frage 3: Liefern Sie?", Form::Lead),
            ("A: Yes.", Form::Answer),
            ("问：几点开门？", Form::Lead),
            ("答：九点半。", Form::Answer),
            ("- item", Form::Item),
            ("12. item", Form::Item),
            ("2024. was a year", Form::Item),
            ("3.5 kg", Form::Prose),
            ("| a | b |", Form::Row),
            ("| --- | :-: |", Form::Rule),
            ("```rust", Form::Fence),
            ("A sentence: with a colon.", Form::Prose),
        ] {
            assert_eq!(form(line), expected, "{line}");
        }
        assert_eq!(heading_text("## **Our** hours ##"), "Our** hours");
    }
}
