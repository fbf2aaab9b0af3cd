//! What is wrong with settings, all of it at once: settings come in as they are written, and become what is computed
//! with only when all of them are right.

use std::fmt;

use crate::error::FieldError;

/// What is wrong, field by field, each with a sentence that says how to mend it. Never empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistakes(pub Vec<FieldError>);

impl fmt::Display for Mistakes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, mistake) in self.0.iter().enumerate() {
            let between = if number == 0 { "" } else { "; " };
            write!(f, "{between}{} {}", mistake.field, mistake.detail)?;
        }
        Ok(())
    }
}

impl std::error::Error for Mistakes {}

/// The mistakes found so far.
#[derive(Debug, Default)]
pub struct Checks(Vec<FieldError>);

impl Checks {
    /// Notes a mistake.
    pub fn wrong(&mut self, field: impl Into<String>, code: &'static str, detail: impl Into<String>) {
        self.0.push(FieldError::new(field, code, detail));
    }

    /// A text of at most so many characters.
    pub fn short(&mut self, field: &str, text: &str, most: usize) {
        if text.chars().count() > most {
            self.wrong(field, "too_long", format!("must be at most {most} characters"));
        }
    }

    /// A name that says something, in one line.
    pub fn name(&mut self, field: &str, text: &str) {
        if text.trim().is_empty() {
            self.wrong(field, "required", "is required and must not be empty");
        }
        if text.chars().any(char::is_control) {
            self.wrong(field, "invalid", "must be one line without control characters");
        }
        self.short(field, text, 200);
    }

    /// A list of at most so many entries.
    pub fn few<T>(&mut self, field: &str, list: &[T], most: usize) {
        if list.len() > most {
            self.wrong(field, "too_long", format!("must have at most {most} entries"));
        }
    }

    /// A list in which nothing is twice.
    pub fn distinct<T: PartialEq>(&mut self, field: &str, list: &[T]) {
        for (at, entry) in list.iter().enumerate() {
            if list.iter().take(at).any(|earlier| earlier == entry) {
                self.wrong(format!("{field}[{at}]"), "invalid", "is named twice; name it once");
            }
        }
    }

    /// A number within bounds; what is not comes back as the nearest bound.
    pub fn within(&mut self, field: &str, number: i64, least: i64, most: i64) -> u32 {
        if !(least..=most).contains(&number) {
            self.wrong(field, "out_of_range", format!("must be between {least} and {most}"));
        }
        u32::try_from(number.clamp(least, most)).unwrap_or(0)
    }

    /// What was checked, unless something is wrong.
    ///
    /// # Errors
    /// All mistakes that were noted.
    pub fn done<T>(self, checked: T) -> Result<T, Mistakes> {
        if self.0.is_empty() { Ok(checked) } else { Err(Mistakes(self.0)) }
    }
}
