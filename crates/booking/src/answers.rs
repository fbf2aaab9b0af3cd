//! Answers to a service's questions.

use serde_json::{Map, Value};

use crate::question::Question;
use robofy_kernel::{Checks, FieldType, Mistakes};

/// The most characters of an answer.
const TEXT: usize = 4_000;

/// Checks answers, each under the name of its question: none to what was not asked, each of its question's kind and,
/// where `complete`, one to each question that requires one.
///
/// Addresses, numbers of telephones and dates are texts here: what they mean is for whoever reads them.
///
/// # Errors
/// What is wrong, field by field, as `answers.NAME`.
pub fn check_answers(
    questions: &[Question],
    answers: &Map<String, Value>,
    complete: bool,
) -> Result<(), Mistakes> {
    let mut checks = Checks::default();
    for name in answers.keys().filter(|name| !questions.iter().any(|question| question.name == **name)) {
        let name: String = name.chars().take(64).collect();
        checks.wrong(format!("answers.{name}"), "unknown", "answers no question of this service");
    }
    for question in questions {
        let field = format!("answers.{}", question.name);
        match answers.get(&question.name) {
            Some(answer) if !is_empty(answer) => check(question, &field, answer, &mut checks),
            Some(_) | None if complete && question.required => {
                checks.wrong(field, "required", "is required");
            }
            Some(_) | None => {}
        }
    }
    checks.done(())
}

fn is_empty(answer: &Value) -> bool {
    match answer {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Bool(_) | Value::Number(_) | Value::Object(_) => false,
    }
}

fn check(question: &Question, field: &str, answer: &Value, checks: &mut Checks) {
    let chosen =
        |answer: &Value| answer.as_str().is_some_and(|text| question.options.iter().any(|o| o == text));
    let (good, detail) = match question.r#type {
        FieldType::Select => (chosen(answer), "must be one of the options"),
        FieldType::MultiSelect => {
            let all = |items: &Vec<Value>| items.len() <= question.options.len() && items.iter().all(chosen);
            (answer.as_array().is_some_and(all), "must be a list of options")
        }
        FieldType::Number => (answer.is_number(), "must be a number"),
        FieldType::Checkbox => (answer.is_boolean(), "must be true or false"),
        FieldType::Text
        | FieldType::LongText
        | FieldType::Name
        | FieldType::Email
        | FieldType::Phone
        | FieldType::Company
        | FieldType::Date
        | FieldType::Url => (answer.is_string(), "must be a text"),
    };
    if !good {
        checks.wrong(field, "invalid", detail);
    }
    checks.short(field, answer.as_str().unwrap_or_default(), TEXT);
}
