//! JSON as text.
//!
//! Every value is written with the whole path that leads to it, `opening hours › monday: 9–17`, because an answer
//! quotes one line. A list of flat objects becomes one list item per object under a heading, `- name: Soup; price: 5`;
//! objects holding a question and an answer become such pairs. Keys stay in the order of the file.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

use super::{ExtractError, MAX_TEXT_BYTES};

/// Words that name a question, and the words that name its answer.
const QUESTION_NAMES: &[&str] = &[
    "question",
    "questions",
    "q",
    "frage",
    "pregunta",
    "domanda",
    "pergunta",
    "vraag",
    "вопрос",
    "质问",
    "问题",
    "質問",
];
const ANSWER_NAMES: &[&str] = &[
    "answer",
    "answers",
    "a",
    "antwort",
    "respuesta",
    "réponse",
    "reponse",
    "risposta",
    "resposta",
    "antwoord",
    "ответ",
    "答案",
    "回答",
];

/// A list of scalars that takes no more bytes is written on one line.
const SHORT: usize = 200;

/// A JSON value that remembers the order of its keys.
enum Value {
    Scalar(String),
    List(Vec<Value>),
    Object(Vec<(String, Value)>),
}

/// The stored text of a JSON file: one value, or several one after the other.
///
/// # Errors
///
/// [`ExtractError::Json`] with the place, [`ExtractError::TextTooLarge`].
pub(super) fn read(text: &str) -> Result<String, ExtractError> {
    let mut values = Vec::new();
    for value in serde_json::Deserializer::from_str(text).into_iter::<Value>() {
        values.push(value.map_err(|e| ExtractError::Json(e.to_string()))?);
    }
    let root = if values.len() == 1 { values.pop() } else { Some(Value::List(values)) };
    let mut writer = Writer { out: String::new(), path: Vec::new() };
    if let Some(root) = root {
        writer.write(&root)?;
    }
    Ok(writer.out)
}

/// The columns that hold a question and its answer, if the names say so.
pub(super) fn question_columns(names: &[String]) -> Option<(usize, usize)> {
    let find =
        |among: &[&str]| names.iter().position(|name| among.contains(&name.trim().to_lowercase().as_str()));
    find(QUESTION_NAMES).zip(find(ANSWER_NAMES))
}

struct Writer {
    out: String,
    path: Vec<String>,
}

impl Writer {
    fn write(&mut self, value: &Value) -> Result<(), ExtractError> {
        if self.out.len() > MAX_TEXT_BYTES {
            return Err(ExtractError::TextTooLarge);
        }
        match value {
            Value::Scalar(scalar) => self.line(scalar),
            Value::List(items) if items.iter().all(|item| matches!(item, Value::Scalar(_))) => {
                self.scalars(items)
            }
            Value::List(items) => {
                self.heading();
                for item in items {
                    match item {
                        Value::Object(fields) => self.record(fields)?,
                        Value::Scalar(_) | Value::List(_) => self.write(item)?,
                    }
                }
            }
            Value::Object(fields) => self.fields(fields)?,
        }
        Ok(())
    }

    /// The fields of an object, each by its path.
    fn fields(&mut self, fields: &[(String, Value)]) -> Result<(), ExtractError> {
        for (key, value) in fields {
            self.path.push(words(key));
            self.write(value)?;
            self.path.pop();
        }
        Ok(())
    }

    /// An object in a list: its scalars in one list item, and what lies deeper below it by its path.
    fn record(&mut self, fields: &[(String, Value)]) -> Result<(), ExtractError> {
        let names: Vec<String> = fields.iter().map(|(key, _)| key.clone()).collect();
        let pair = question_columns(&names).and_then(|(question, answer)| {
            match (&fields.get(question)?.1, &fields.get(answer)?.1) {
                (Value::Scalar(asked), Value::Scalar(said)) => Some((question, answer, asked, said)),
                _ => None,
            }
        });
        if let Some((_, _, asked, said)) = pair {
            self.block_break();
            self.out.push_str(&format!("**{}**\n\n{said}\n\n", one_line(asked)));
        }
        let told = |at: usize| pair.is_some_and(|(question, answer, _, _)| at == question || at == answer);
        let mut item = String::new();
        let mut label = None;
        for (at, (key, value)) in fields.iter().enumerate().filter(|(at, _)| !told(*at)) {
            let text = match value {
                Value::Scalar(scalar) => one_line(scalar),
                Value::List(items) => match on_one_line(items) {
                    Some(line) => line,
                    None => continue,
                },
                Value::Object(_) => continue,
            };
            if at == 0 {
                label = Some(text.clone());
            }
            if !text.is_empty() {
                item.push_str(if item.is_empty() { "- " } else { "; " });
                item.push_str(&format!("{}: {text}", words(key)));
            }
        }
        if !item.is_empty() {
            self.out.push_str(&item);
            self.out.push('\n');
        }
        for (key, value) in fields {
            let deeper = match value {
                Value::Scalar(_) => false,
                Value::List(items) => on_one_line(items).is_none(),
                Value::Object(_) => true,
            };
            if deeper {
                let depth = self.path.len();
                self.path.extend(label.clone().filter(|label| label.chars().count() <= 80));
                self.path.push(words(key));
                self.write(value)?;
                self.path.truncate(depth);
            }
        }
        Ok(())
    }

    /// A list of scalars: on one line if it is short, otherwise one line each.
    fn scalars(&mut self, items: &[Value]) {
        match on_one_line(items) {
            Some(line) => self.line(&line),
            None => {
                for item in items {
                    if let Value::Scalar(scalar) = item {
                        self.line(scalar);
                    }
                }
            }
        }
    }

    fn line(&mut self, text: &str) {
        if text.trim().is_empty() {
            return;
        }
        self.out.push_str("- ");
        if !self.path.is_empty() {
            self.out.push_str(&self.path.join(" › "));
            self.out.push_str(": ");
        }
        self.out.push_str(&one_line(text));
        self.out.push('\n');
    }

    fn heading(&mut self) {
        if !self.path.is_empty() {
            self.block_break();
            let level = self.path.len().clamp(1, 5) + 1;
            self.out.push_str(&format!("{} {}\n\n", "#".repeat(level), self.path.join(" › ")));
        }
    }

    fn block_break(&mut self) {
        if !self.out.is_empty() && !self.out.ends_with("\n\n") {
            self.out.push('\n');
        }
    }
}

/// Scalars joined on one line; nothing if that is longer than [`SHORT`], or the list holds anything else.
fn on_one_line(items: &[Value]) -> Option<String> {
    let mut line = String::new();
    for (at, item) in items.iter().enumerate() {
        match item {
            Value::Scalar(scalar) => {
                if at > 0 {
                    line.push_str(", ");
                }
                line.push_str(&one_line(scalar));
            }
            Value::List(_) | Value::Object(_) => return None,
        }
        if line.len() > SHORT {
            return None;
        }
    }
    Some(line)
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A key as words: `openingHours` and `opening_hours` are "opening hours"; anything else stays as it is.
fn words(key: &str) -> String {
    let identifier =
        key.chars().all(|c| c.is_alphanumeric() || c == '_') && key.chars().any(char::is_alphabetic);
    if !identifier {
        return one_line(key);
    }
    let mut out = String::with_capacity(key.len() + 4);
    let mut lower_before = false;
    for c in key.chars() {
        if c == '_' {
            out.push(' ');
            lower_before = false;
        } else if c.is_uppercase() && lower_before {
            out.push(' ');
            out.extend(c.to_lowercase());
            lower_before = false;
        } else {
            out.push(c);
            lower_before = c.is_lowercase();
        }
    }
    one_line(&out)
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Ordered;
        impl<'de> Visitor<'de> for Ordered {
            type Value = Value;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a JSON value")
            }
            fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
                Ok(Value::Scalar(if value { "yes" } else { "no" }.to_owned()))
            }
            fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
                Ok(Value::Scalar(value.to_string()))
            }
            fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
                Ok(Value::Scalar(value.to_string()))
            }
            fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
                Ok(Value::Scalar(value.to_string()))
            }
            fn visit_str<E>(self, value: &str) -> Result<Value, E> {
                // A \u0000 in a JSON string is no character that can be stored.
                Ok(Value::Scalar(value.replace('\0', " ")))
            }
            fn visit_unit<E>(self) -> Result<Value, E> {
                Ok(Value::Scalar(String::new()))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
                let mut items = Vec::new();
                while let Some(item) = seq.next_element()? {
                    items.push(item);
                }
                Ok(Value::List(items))
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
                let mut fields = Vec::new();
                while let Some((key, value)) = map.next_entry::<String, Value>()? {
                    fields.push((key.replace('\0', " "), value));
                }
                Ok(Value::Object(fields))
            }
        }
        deserializer.deserialize_any(Ordered)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_records_and_pairs() {
        let json = r#"{"shop": {"openingHours": {"monday": "9-17", "sunday": null}, "card_payment": true, "tags": ["a", "b"]},
            "menu": [{"name": "Soup", "price": 5, "allergens": ["celery"]}, {"name": "Bread", "price": 3.5}],
            "faq": [{"question": "Do you deliver?", "answer": "Yes.", "lang": "en"}]}"#;
        let expected = "- shop › opening hours › monday: 9-17\n- shop › card payment: yes\n- shop › tags: a, b\n\n\
            ## menu\n\n- name: Soup; price: 5; allergens: celery\n- name: Bread; price: 3.5\n\n\
            ## faq\n\n**Do you deliver?**\n\nYes.\n\n- lang: en\n";
        assert_eq!(read(json).unwrap(), expected);
        assert_eq!(read("{\"a\":1}\n{\"a\":2}\n").unwrap(), "- a: 1\n- a: 2\n");
        assert_eq!(read("\"words\"").unwrap(), "- words\n");
    }

    #[test]
    fn malformed_or_bottomless() {
        assert!(read("{\"a\": }").unwrap_err().to_string().contains("line 1"));
        assert!(read(&"[".repeat(100_000)).unwrap_err().to_string().contains("recursion"));
        assert!(!read("{\"a\": \"x\\u0000y\"}").unwrap().contains('\0'));
    }

    #[test]
    fn long_paths_do_not_multiply() {
        let deep = format!("{}1{}", "{\"some key that is long\":".repeat(100), "}".repeat(100));
        assert!(read(&deep).unwrap().len() < 4000);
    }
}
