//! Real files with something wrong in them: a fuzz target for each parser.
//!
//! Every mutant goes the way of an upload, through a real child process where the kind has one. Whatever a parser does
//! with it, crash and endless loop included, must come back as text or as a clear refusal; the next file must be read,
//! and this process must not grow.
//!
//! A target runs for a second with a fixed seed, in the long form (`TEST_FULL`) for a minute with a fresh one, which is
//! printed. `ROBOFY_MUTANTS=seed` repeats a run, `ROBOFY_MUTANT_SECONDS` sets its length. Mutants at which a child ended
//! are kept in `mutants` beside the programs, for whoever mends the parser.

mod archive;
mod mutate;
mod seeds;

use std::hash::{BuildHasher as _, Hasher as _};
use std::path::PathBuf;
use std::time::Duration;

use robofy_kernel::Stopwatch;
use robofy_knowledge::extract::{ExtractError, Extractor, ExtractorConfig, Refusal};

use crate::extractor;
use mutate::{Dice, Shape};

/// What this process may grow by in a run: the largest file, the text it becomes in this process, and what the allocator
/// keeps of both.
const MAX_GROWTH: usize = 96 * 1024 * 1024;
/// No mutant may take longer, from the call to its end. A child allows itself a second here, on a machine that may be
/// busy.
const MAX_TIME: Duration = Duration::from_secs(30);
/// So many files at which children ended are kept.
const KEPT: usize = 20;

/// The memory of this process, in bytes.
fn resident() -> usize {
    let text = std::fs::read_to_string("/proc/self/statm").unwrap();
    text.split_whitespace().nth(1).unwrap().parse::<usize>().unwrap() * 4096
}

fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok().map(|value| value.parse().unwrap())
}

/// How long a target runs and what it is seeded with.
fn plan() -> (Duration, u64) {
    let long = std::env::var_os("TEST_FULL").is_some();
    let seconds = number("ROBOFY_MUTANT_SECONDS").unwrap_or(if long { 60 } else { 1 });
    let fresh = || if long { std::hash::RandomState::new().build_hasher().finish() } else { 1 };
    (Duration::from_secs(seconds), number("ROBOFY_MUTANTS").unwrap_or_else(fresh))
}

#[derive(Default)]
struct Tally {
    files: usize,
    read: usize,
    refused: usize,
    ended: usize,
    longest: Duration,
}

/// What must be true of every answer.
fn check(name: &str, result: Result<String, ExtractError>, tally: &mut Tally) -> bool {
    match result {
        Ok(text) => {
            assert!(!text.contains(['\0', '\r']), "{name}: {text:?}");
            tally.read += 1;
            false
        }
        Err(error) => {
            assert_ne!(error.refusal(), Refusal::Ours, "{name}: {error}");
            let said = error.to_string();
            assert!(said.len() > 20 && said.ends_with('.'), "{name}: {said:?}");
            let ended = said.contains("its reader ended");
            tally.refused += usize::from(!ended);
            tally.ended += usize::from(ended);
            ended
        }
    }
}

/// The folder for files at which children ended.
fn keep(name: &str, bytes: &[u8]) {
    let mut folder: PathBuf = std::env::current_exe().unwrap();
    folder.pop();
    folder.pop();
    folder.push("mutants");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join(name), bytes).unwrap();
}

/// Runs the target of a format, by the ending of its files.
async fn run(format: &str, shape: Shape) {
    let (time, seed) = plan();
    println!("{format}: seed {seed}, {} s", time.as_secs());
    let seeds = seeds::of(format);
    assert!(!seeds.is_empty(), "no file of {format} to begin with");
    let reader = Extractor::new(ExtractorConfig { concurrency: 1, ..extractor("quick") });
    let mut dice = Dice::new(seed);
    let mut tally = Tally::default();
    let (began, before) = (Stopwatch::start(), resident());
    while began.elapsed() < time || tally.files < 20 {
        let bytes = mutate::mutant(&mut dice, &seeds, shape);
        let name = format!("{format}-{seed}-{}.{format}", tally.files);
        let one = Stopwatch::start();
        // A page takes the crawler's way and the upload's in turn.
        let result = if format == "html" && tally.files % 2 == 0 {
            reader.read_page(bytes.clone(), None).await.map(|page| page.text)
        } else {
            reader.extract(&name, bytes.clone()).await.map(|extracted| extracted.text)
        };
        let took = one.elapsed();
        tally.files += 1;
        tally.longest = tally.longest.max(took);
        if took > MAX_TIME {
            keep(&name, &bytes);
        }
        assert!(took <= MAX_TIME, "{name} took {took:?}");
        if check(&name, result, &mut tally) && tally.ended <= KEPT {
            keep(&name, &bytes);
        }
    }
    // What the last mutants did to their child is no matter to the next file.
    let text = reader.extract("a.html", b"<html><p>Open from nine to five.").await.unwrap().text;
    assert_eq!(text, "Open from nine to five.\n");
    let grown = resident().saturating_sub(before);
    println!(
        "| {format} | {} files from {} | {} read | {} refused | {} at which the child ended | longest {:.2} s | memory + {} MiB |",
        tally.files,
        seeds.len(),
        tally.read,
        tally.refused,
        tally.ended,
        tally.longest.as_secs_f32(),
        grown / 1024 / 1024
    );
    assert!(grown < MAX_GROWTH, "this process grew by {grown} bytes");
}

/// A target for each parser.
macro_rules! targets {
    ($($name:ident $format:literal $shape:ident),* $(,)?) => {
        $(#[tokio::test]
        async fn $name() {
            run($format, Shape::$shape).await;
        })*
    };
}

targets! {
    mutants_of_html "html" Markup,
    mutants_of_markdown "md" Markup,
    mutants_of_text "txt" Plain,
    mutants_of_csv "csv" Plain,
    mutants_of_json "json" Plain,
    mutants_of_rtf "rtf" Rtf,
    mutants_of_pdf "pdf" Pdf,
    mutants_of_docx "docx" Package,
    mutants_of_xlsx "xlsx" Package,
    mutants_of_pptx "pptx" Package,
    mutants_of_doc "doc" Binary,
    mutants_of_xls "xls" Binary,
    mutants_of_ppt "ppt" Binary,
}

#[test]
fn an_archive_comes_apart_and_together() {
    let parts = archive::unpack(&crate::build::pptx(&[("Title", "Text")])).unwrap();
    assert!(parts.iter().any(|(name, _)| name == "ppt/slides/slide1.xml"));
    assert_eq!(archive::unpack(&archive::pack(&parts)).unwrap(), parts);
    assert_eq!(archive::unpack(b"PK\x05\x06"), None);
}
