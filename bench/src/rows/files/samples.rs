//! The files: real ones, ones that are made here, and long ones.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use bytes::Bytes;
use serde::Deserialize;
use serde_json::json;

use crate::rows::Bench;
use crate::texts::{Document, Texts};

/// The formats, as the report names them.
pub(super) const FORMATS: [&str; 13] =
    ["PDF", "DOCX", "XLSX", "PPTX", "DOC", "XLS", "PPT", "RTF", "CSV", "MD", "JSON", "HTML", "TXT"];

/// Bytes of a paragraph that is made, about.
const PARAGRAPH: usize = 1_200;

/// Where files are from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    /// Collected.
    Real,
    /// Made here.
    Made,
    /// Written by LibreOffice.
    Long,
}

/// Files of one format and one origin.
pub(super) struct Sample {
    pub(super) format: &'static str,
    pub(super) origin: Origin,
    /// Names and contents.
    pub(super) files: Vec<(String, Bytes)>,
}

impl Origin {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Real => "real",
            Self::Made => "made",
            Self::Long => "long",
        }
    }
}

impl Sample {
    /// How the report names it.
    pub(super) fn name(&self) -> String {
        format!("{}, {}", self.format, self.origin.name())
    }

    pub(super) fn mean_bytes(&self) -> f64 {
        let whole: usize = self.files.iter().map(|(_, bytes)| bytes.len()).sum();
        whole as f64 / self.files.len() as f64
    }
}

/// All that there are: by format, real ones first.
pub(super) fn all(bench: &Bench) -> anyhow::Result<Vec<Sample>> {
    let size = bench.sizes.files;
    let document = Texts::new(71).document(size.paragraphs, PARAGRAPH);
    let (mut real, mut long) = (Vec::new(), Vec::new());
    if let Some(cases) = &bench.cases {
        real = readable(&cases.join("files"))?;
        real.extend(pages(&cases.join("html"))?);
    }
    if let Some(folder) = bench.documents.as_ref().filter(|_| size.long) {
        long = listed(folder)?;
    }
    let mut samples = Vec::new();
    for format in FORMATS {
        let made = made(format, &document).map(|bytes| (file_name("made", format), bytes.into()));
        let of = |paths: &[(String, PathBuf)], most: usize| -> anyhow::Result<Vec<(String, Bytes)>> {
            let ending = file_name("", format);
            let mine = paths.iter().filter(|(name, _)| name.ends_with(&ending)).take(most);
            mine.map(|(name, path)| Ok((name.clone(), read(path)?.into()))).collect()
        };
        let files = [
            (Origin::Real, of(&real, size.real)?),
            (Origin::Made, made.into_iter().collect()),
            (Origin::Long, of(&long, usize::MAX)?),
        ];
        samples.extend(
            files.into_iter().filter(|(_, files)| !files.is_empty()).map(|(origin, files)| Sample {
                format,
                origin,
                files,
            }),
        );
    }
    Ok(samples)
}

fn file_name(stem: &str, format: &str) -> String {
    format!("{stem}.{}", format.to_lowercase())
}

fn read(path: &Path) -> anyhow::Result<Vec<u8>> {
    std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))
}

/// What is known of a real file.
#[derive(Deserialize)]
struct Case {
    file: String,
    /// `text`, or how reading it must fail.
    expect: String,
}

/// The real files that can be read; others are refused on purpose.
fn readable(folder: &Path) -> anyhow::Result<Vec<(String, PathBuf)>> {
    let cases: Vec<Case> = serde_json::from_slice(&read(&folder.join("cases.json"))?)
        .with_context(|| format!("{} has other cases", folder.display()))?;
    let files = cases.into_iter().filter(|case| case.expect == "text");
    Ok(files.map(|case| (case.file.clone(), folder.join(&case.file))).collect())
}

/// Real pages.
fn pages(folder: &Path) -> anyhow::Result<Vec<(String, PathBuf)>> {
    let page = |(name, path): (String, PathBuf)| (file_name(&name, "html"), path.join("source.html"));
    Ok(listed(folder)?.into_iter().map(page).filter(|(_, path)| path.is_file()).collect())
}

/// What is in a folder, by name.
fn listed(folder: &Path) -> anyhow::Result<Vec<(String, PathBuf)>> {
    let entries = std::fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    let mut paths = Vec::new();
    for entry in entries {
        let entry = entry?;
        paths.push((entry.file_name().to_string_lossy().into_owned(), entry.path()));
    }
    paths.sort();
    Ok(paths)
}

/// A document in a format that can be written by hand.
fn made(format: &str, document: &Document) -> Option<Vec<u8>> {
    let blocks: Vec<&str> = document.text.split("\n\n").filter(|block| !block.is_empty()).collect();
    let sentences = || document.text.split(". ").map(str::trim);
    let mut text = String::new();
    // Writing to a String cannot fail.
    match format {
        "TXT" => blocks.iter().for_each(|block| {
            let _ = writeln!(text, "{}\n", block.trim_start_matches("## "));
        }),
        "MD" => text.push_str(&document.text),
        "CSV" => {
            text.push_str("Number,Question,Answer,Remark\n");
            for (number, (fact, remark)) in document.facts.iter().cycle().zip(sentences()).enumerate() {
                let quoted = remark.replace('"', "\"\"");
                let _ = writeln!(text, "{number},\"{}\",{},\"{quoted}\"", fact.question, fact.answer);
            }
        }
        "JSON" => {
            let rows: Vec<_> = document
                .facts
                .iter()
                .cycle()
                .zip(sentences())
                .map(|(fact, remark)| {
                    json!({ "question": fact.question, "answer": fact.answer, "remark": remark })
                })
                .collect();
            return serde_json::to_vec_pretty(&rows).ok();
        }
        "HTML" => {
            text.push_str(
                "<!DOCTYPE html>\n<html lang=\"en\"><head><title>A handbook</title></head><body><main>\n",
            );
            for block in blocks {
                let _ = match block.strip_prefix("## ") {
                    Some(heading) => writeln!(text, "<h2>{heading}</h2>"),
                    None => writeln!(text, "<p>{}</p>", block.trim()),
                };
            }
            text.push_str("</main></body></html>\n");
        }
        "RTF" => {
            text.push_str("{\\rtf1\\ansi\\deff0{\\fonttbl{\\f0 Arial;}}\n");
            for block in blocks {
                let _ = match block.strip_prefix("## ") {
                    Some(heading) => writeln!(text, "\\pard\\b\\fs28 {heading}\\b0\\fs22\\par"),
                    None => writeln!(text, "\\pard {}\\par", block.trim()),
                };
            }
            text.push('}');
        }
        _ => return None,
    }
    Some(text.into_bytes())
}

#[cfg(test)]
mod tests {
    use robofy_knowledge::extract::Kind;

    use super::*;

    #[test]
    fn what_is_made_is_what_it_is_called_and_says_everything() {
        let document = Texts::new(5).document(3, 400);
        let kinds = FORMATS.iter().filter_map(|format| {
            let bytes = made(format, &document)?;
            let kind = Kind::detect(&file_name("made", format), &bytes).unwrap();
            let text = String::from_utf8(bytes).unwrap();
            for fact in &document.facts {
                assert!(text.contains(&fact.answer), "{format} lacks {fact:?}");
            }
            Some(format!("{kind:?}"))
        });
        let expected = ["Rtf", "Csv", "Markdown", "Json", "Html", "Text"];
        assert_eq!(kinds.collect::<Vec<_>>(), expected);
    }
}
