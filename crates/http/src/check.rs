//! Checks of what a request says, collected so that a client learns of every mistake at once.

use robofy_kernel::FieldError;

use crate::ApiError;

/// The mistakes found so far.
#[derive(Debug, Default)]
pub(crate) struct Checks(Vec<FieldError>);

impl Checks {
    /// A mistake of one field.
    pub(crate) fn wrong(&mut self, field: &str, code: &'static str, detail: impl Into<String>) {
        self.0.push(FieldError::new(field, code, detail));
    }

    /// A text that is there must have at most so many characters.
    pub(crate) fn short(&mut self, field: &str, text: Option<&str>, most: usize) {
        if text.is_some_and(|text| text.chars().count() > most) {
            self.wrong(field, "too_long", format!("must be at most {most} characters"));
        }
    }

    /// A text that is there must say something, in at most so many characters.
    pub(crate) fn filled(&mut self, field: &str, text: Option<&str>, most: usize) {
        if text.is_some_and(|text| text.trim().is_empty()) {
            self.wrong(field, "required", "must not be empty");
        }
        self.short(field, text, most);
    }

    /// A name that is there must say something, in one line of at most so many characters.
    pub(crate) fn name(&mut self, field: &str, text: Option<&str>, most: usize) {
        self.filled(field, text, most);
        if text.is_some_and(|text| text.chars().any(char::is_control)) {
            self.wrong(field, "invalid", "must be one line without control characters");
        }
    }

    /// A list that is there must have at most so many entries.
    pub(crate) fn few<T>(&mut self, field: &str, list: Option<&[T]>, most: usize) {
        if list.is_some_and(|list| list.len() > most) {
            self.wrong(field, "too_long", format!("must have at most {most} entries"));
        }
    }

    /// A number that is there must be within bounds.
    pub(crate) fn within(&mut self, field: &str, number: Option<i64>, least: i64, most: i64) {
        if number.is_some_and(|number| !(least..=most).contains(&number)) {
            self.wrong(field, "out_of_range", format!("must be between {least} and {most}"));
        }
    }

    /// Whatever was found, as one refusal.
    ///
    /// # Errors
    /// 400 when there was a mistake.
    pub(crate) fn done(self) -> Result<(), ApiError> {
        if self.0.is_empty() { Ok(()) } else { Err(ApiError::invalid(self.0)) }
    }
}
