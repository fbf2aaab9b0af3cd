//! Files of each format: uploaded and learnt, against the parser alone.

mod samples;
mod turns;

use self::samples::Sample;
use self::turns::Measured;
use super::Bench;
use crate::report::{Aim, Section, Table};

/// How many files, and how long.
#[derive(Clone, Copy, Debug)]
pub struct FileSize {
    /// How often parser and server take turns.
    pub rounds: usize,
    /// About so many milliseconds of the parser's work are a turn, …
    pub turn_ms: u64,
    /// … but not more files than this.
    pub files: usize,
    /// Real files of a format, at most.
    pub real: usize,
    /// Paragraphs of a file that is made.
    pub paragraphs: usize,
    /// Whether the long documents are read.
    pub long: bool,
}

pub(super) async fn measure(bench: &Bench) -> anyhow::Result<Vec<Section>> {
    let samples = samples::all(bench)?;
    let mut rates = Table::new(&[
        "Format",
        "files",
        "KB each",
        "parser alone: documents/s",
        "uploaded and learnt: documents/s",
        "of the parser alone %",
        "parser alone: MB/s",
        "learnt: MB/s",
    ]);
    let mut costs = Table::new(&[
        "Format",
        "parser alone: CPU ms each",
        "learnt: CPU ms each",
        "reader's peak MB",
        "server's peak above idle MB",
    ]);
    let mut all: Vec<(Sample, Measured)> = Vec::new();
    for sample in samples {
        let measured = turns::measure(bench, &sample).await?;
        rates.row(rate(&sample, &measured));
        costs.row(cost(&sample, &measured));
        all.push((sample, measured));
    }
    let missing: Vec<&str> = samples::FORMATS
        .into_iter()
        .filter(|format| !all.iter().any(|(sample, _)| sample.format == *format))
        .collect();
    let missing = if missing.is_empty() {
        String::new()
    } else {
        format!(" For want of files not measured: {}.", missing.join(", "))
    };
    let size = bench.sizes.files;
    Ok(vec![Section {
        title: "Files".into(),
        about: format!(
            "POST `upload_file`, one after the other over one connection, into a new agent for each row (SQLite); when a call \
             returns, the file is stored, read, cut and searchable. The floor hands the same bytes to the same parsers and does \
             nothing else: `robofy extract` in a child process for what is read there, in process for plain text, Markdown, CSV \
             and JSON. Server and floor take turns ({} rounds, each of about {} ms of the parser's work or {} files); what has been \
             uploaded before is read and cut again, only its bytes are not stored twice. CPU is that of \
             the process and of its readers together. Memory is the most that any file of the row took: of the reader all that \
             it had, of the server what it had above an idle one. Real files are collected from other projects' tests; long \
             ones are written by LibreOffice: a handbook of 240 chapters, price lists of 9,000 rows, 90 slides.{missing}",
            size.rounds, size.turn_ms, size.files
        ),
        tables: vec![rates, costs],
        aims: aims(&all),
        ..Section::default()
    }])
}

fn rate(sample: &Sample, measured: &Measured) -> [String; 8] {
    let size = sample.mean_bytes();
    let megabytes = |rate: f64| format!("{:.2}", rate * size / 1e6);
    let (parser, learnt) = (&measured.parser, &measured.learnt);
    [
        sample.name(),
        sample.files.len().to_string(),
        format!("{:.1}", size / 1e3),
        parser.rate.show(1),
        learnt.rate.show(1),
        measured.share.show(1),
        megabytes(parser.rate.median),
        megabytes(learnt.rate.median),
    ]
}

fn cost(sample: &Sample, measured: &Measured) -> [String; 5] {
    let (parser, learnt) = (&measured.parser, &measured.learnt);
    [
        sample.name(),
        format!("{:.2}", parser.cpu.median),
        format!("{:.2}", learnt.cpu.median),
        measured.reader_peak.map_or_else(|| "–".into(), |peak| format!("{:.1}", peak / 1e6)),
        format!("{:.1}", measured.server_peak / 1e6),
    ]
}

/// One figure for each format, of its real files where there are some, and the most memory; nothing was aimed at.
fn aims(all: &[(Sample, Measured)]) -> Vec<Aim> {
    let told = |what: String, value: f64, less_is_better, unit, floor| Aim {
        what: format!("(files) {what}"),
        value,
        goal: None,
        less_is_better,
        unit,
        floor,
    };
    let of_format = |format: &str| all.iter().find(|(sample, _)| sample.format == format);
    let mut aims: Vec<Aim> = samples::FORMATS
        .into_iter()
        .filter_map(of_format)
        .map(|(sample, measured)| {
            let what = format!(
                "documents/s, {} of {:.1} KB, uploaded and learnt",
                sample.format,
                sample.mean_bytes() / 1e3
            );
            told(what, measured.learnt.rate.median, false, "/s", Some(measured.parser.rate.median))
        })
        .collect();
    let most =
        |of: fn(&Measured) -> f64| all.iter().map(|(_, measured)| of(measured) / 1e6).fold(0.0, f64::max);
    let reader = most(|measured| measured.reader_peak.unwrap_or_default());
    aims.push(told("most memory of a reader".into(), reader, true, "MB", None));
    let server = most(|measured| measured.server_peak);
    aims.push(told(
        "most memory of the server for one document, above idle".into(),
        server,
        true,
        "MB",
        None,
    ));
    aims
}
