//! What reading strangers' files costs this process, and what the system holds the children to.

use robofy_knowledge::extract::{Extractor, ExtractorConfig, MAX_FILE_BYTES};

use crate::{build, extractor, reader};

const MIB: usize = 1024 * 1024;

/// The most memory that this process ever had at once, in bytes.
fn peak() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches("kB").trim().parse::<usize>().unwrap() * 1024
}

/// Forgets the peak so far (proc(5), `clear_refs`).
fn forget_peak() {
    std::fs::write("/proc/self/clear_refs", "5").unwrap();
}

/// What a child needs to read a file, it needs itself: this process holds the file, the answer and the text at most.
#[tokio::test]
async fn only_file_and_text_are_held_here() {
    let reader = reader();
    reader.extract("warm.html", b"<html><p>Words.".to_vec()).await.unwrap();
    let paragraph =
        "<p>The house was built by the river, and <a href='/x'>stands</a> there <b>still</b>.</p>\n";
    let page = paragraph.repeat(MAX_FILE_BYTES / paragraph.len());
    let rows: Vec<Vec<String>> =
        (0..60_000).map(|n| vec![format!("Article number {n}"), format!("{n}.50 EUR")]).collect();
    let rows: Vec<Vec<&str>> = rows.iter().map(|row| row.iter().map(String::as_str).collect()).collect();
    let rows: Vec<&[&str]> = rows.iter().map(Vec::as_slice).collect();
    let workbook = build::packed(&build::xlsx_parts(&[("Prices", &rows)]));
    drop(rows);
    // Values of a byte each, which take dozens of bytes as values.
    let list = format!("[{}0]", "0,".repeat(MAX_FILE_BYTES / 2 - 2));
    let row = "1,".repeat(MAX_FILE_BYTES / 2);
    for (name, bytes) in [
        ("page.html", page.into_bytes()),
        ("prices.xlsx", workbook),
        ("list.json", list.into_bytes()),
        ("row.csv", row.into_bytes()),
    ] {
        let size = bytes.len();
        forget_peak();
        let before = peak();
        let text = reader.extract(name, bytes).await.unwrap().text.len();
        let grown = peak().saturating_sub(before);
        println!(
            "| {name} | file {:.1} MiB | text {:.1} MiB | peak + {:.1} MiB |",
            size as f32 / MIB as f32,
            text as f32 / MIB as f32,
            grown as f32 / MIB as f32
        );
        // The file was here before. The answer is the text as JSON, in a buffer that grows by doubling; the text is
        // made from it.
        assert!(grown <= 4 * text + 4 * MIB, "{name}: grew by {grown} bytes for {text} bytes of text");
    }
}

/// The soft and hard limit of a process, as prlimit(1) shows them.
fn limits(pid: u32, name: &str) -> (String, String) {
    let table = std::fs::read_to_string(format!("/proc/{pid}/limits")).unwrap();
    let line = table.lines().find_map(|line| line.strip_prefix(name)).unwrap();
    let mut words = line.split_whitespace();
    (words.next().unwrap().to_owned(), words.next().unwrap().to_owned())
}

#[tokio::test]
async fn the_system_holds_a_child_to_its_limits() {
    let reader = Extractor::new(ExtractorConfig { concurrency: 1, ..extractor("extract") });
    reader.extract("page.html", b"<html><p>Words.".to_vec()).await.unwrap();
    let [pid] = reader.idle_processes()[..] else { panic!("one child waits") };
    let both = |value: &str| (value.to_owned(), value.to_owned());
    assert_eq!(limits(pid, "Max address space"), both("1073741824"));
    assert_eq!(limits(pid, "Max open files"), both("0"));
    assert_eq!(limits(pid, "Max file size"), both("0"));
    assert_eq!(limits(pid, "Max core file size"), both("0"));
    // Twenty seconds for one file, and what was used before; it grows with each, so only the soft one is set.
    let (soft, _) = limits(pid, "Max cpu time");
    assert!((20..=30).contains(&soft.parse::<u64>().unwrap()), "{soft}");
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    let nice = stat.rsplit(')').next().unwrap().split_whitespace().nth(16).unwrap();
    assert_eq!(nice.parse::<i32>().unwrap(), 15, "it is a guest: {stat}");
}
