//! What a service asks those who book it.

use serde::{Deserialize, Serialize};

use robofy_kernel::{Checks, FieldType};

/// The most questions of a service.
const QUESTIONS: usize = 30;
/// The most options of a question.
const OPTIONS: usize = 100;

/// A question; its answer stands in a booking's `answers` under its name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Question {
    /// The key of its answer; required.
    pub name: String,
    /// What is asked; `null` = the name.
    pub label: Option<String>,
    /// What kind of answer is wanted.
    pub r#type: FieldType,
    /// Whether there is no booking without an answer.
    pub required: bool,
    /// What can be chosen, for `select` and `multi_select`.
    pub options: Vec<String>,
}

pub(crate) fn check(questions: &[Question], checks: &mut Checks) {
    checks.few("questions", questions, QUESTIONS);
    for (at, question) in questions.iter().enumerate() {
        let field = |name: &str| format!("questions[{at}].{name}");
        checks.name(&field("name"), &question.name);
        checks.short(&field("label"), question.label.as_deref().unwrap_or_default(), 500);
        checks.few(&field("options"), &question.options, OPTIONS);
        checks.distinct(&field("options"), &question.options);
        for (option, text) in question.options.iter().enumerate() {
            checks.name(&field(&format!("options[{option}]")), text);
        }
        if question.r#type.has_options() == question.options.is_empty() {
            let detail = if question.options.is_empty() {
                "is required for `select` and `multi_select`; name what can be chosen"
            } else {
                "must be empty for a type without a choice; set `type` to `select` or `multi_select`"
            };
            checks.wrong(field("options"), "invalid", detail);
        }
        if questions.iter().take(at).any(|earlier| earlier.name == question.name) {
            checks.wrong(field("name"), "invalid", "is the name of another question; give each its own");
        }
    }
}
