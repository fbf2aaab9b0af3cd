//! `robofy eval leads`: how well contact details are picked up from what visitors say.

use robofy_leads::eval::{Case, Figures as Counted, measure};
use serde_json::{Map, Value, json};

use super::cases::{Figures, Files};

/// The conversations, a JSON list of {id, language, region, turns, expect, …}, and the form of the figures.
#[derive(Debug, clap::Args)]
pub struct Leads {
    #[command(flatten)]
    files: Files,
    /// Only the conversations in this language (ISO 639, such as `en`)
    #[arg(long, value_name = "L")]
    language: Option<String>,
    /// Name the conversations that are not wholly right, with what was found
    #[arg(long)]
    show: bool,
}

/// What was counted, and whether what is wrong is named.
struct Shown {
    counted: Counted,
    show: bool,
}

impl Leads {
    /// Measures each file and prints its figures.
    pub(super) fn measure(&self) -> anyhow::Result<()> {
        self.files.measure("conversations with `turns` and `expect`", |mut cases: Vec<Case>| {
            if let Some(language) = &self.language {
                cases.retain(|case| case.language.eq_ignore_ascii_case(language));
            }
            let counted = (!cases.is_empty()).then(|| measure(&cases));
            Ok(counted.map(|counted| Shown { counted, show: self.show }))
        })
    }
}

impl Figures for Shown {
    fn text(&self) -> String {
        format!("{} conversations\n{}", self.counted.whole.cases, self.counted)
    }

    fn json(&self) -> Value {
        let mut fields = Map::new();
        for (name, count) in &self.counted.fields {
            let figure = json!({
                "expected": count.expected, "given": count.given, "right": count.right, "invented": count.invented,
                "recall": count.recall(), "precision": count.precision(),
            });
            fields.insert((*name).to_owned(), figure);
        }
        let (expected, right) = self.counted.spans;
        json!({
            "cases": self.counted.whole.cases,
            "wholly_right": self.counted.whole.right,
            "fields": fields,
            "ranges": { "expected": expected, "right": right },
            "parts": self.counted.parts,
        })
    }

    fn notes(&self) -> Vec<String> {
        let wrong = self.counted.wrong.iter().filter(|_| self.show);
        wrong.map(|(id, found)| json!({ "id": id, "found": found }).to_string()).collect()
    }
}
