//! When two questions are one.

use robofy_knowledge::analyse::{Analyser, Language};

/// The form in which questions are equal that differ in case, accents, punctuation, spaces and endings of words only.
/// Order and small words count: "from Rome to Paris" is not "from Paris to Rome", and "when" is not "where". `None` for
/// a question that says nothing.
pub(super) fn normal_form(question: &str, language: &str) -> Option<String> {
    let language = Language::from_code(language).unwrap_or(Language::Undetermined);
    let mut form = String::new();
    Analyser::new(language).for_each(question, |_, stem, _, _| {
        if !form.is_empty() {
            form.push(' ');
        }
        form.push_str(stem);
    });
    if form.is_empty() {
        // Signs alone: "???", an emoji.
        form = question.split_whitespace().collect::<Vec<_>>().join(" ");
    }
    (!form.is_empty()).then_some(form)
}

#[cfg(test)]
mod tests {
    use super::normal_form;

    fn are_one(one: &str, other: &str, language: &str) -> bool {
        normal_form(one, language) == normal_form(other, language)
    }

    #[test]
    fn what_makes_no_difference() {
        assert!(are_one("Do you ship to Mars?", "  do you SHIP\tto mars !", "en"));
        assert!(are_one("Do you have gift cards", "Do you have gift card?", "en"));
        assert!(are_one("Liefern Sie auf den Mars?", "liefern sie auf den Mars", "de-AT"));
        assert!(are_one("¿Hay café?", "hay cafe", "es"));
        assert!(are_one("营业时间？", "营业时间", "zh"));
        assert!(are_one("🤔  🤔", "🤔 🤔", "en"));
    }

    #[test]
    fn what_makes_one() {
        assert!(!are_one("a train from Rome to Paris", "a train from Paris to Rome", "en"));
        assert!(!are_one("When do you open?", "Where do you open?", "en"));
        assert!(!are_one("Do you ship?", "Do you not ship?", "en"));
        assert!(!are_one("???", "🤔", "en"));
        assert_eq!(normal_form(" \n ", "en"), None);
    }
}
