//! README's table: the one of the committed report, between the same marks.

use anyhow::{Context as _, ensure};

use crate::report::{BEGIN, END};

/// The part between the marks, marks included.
///
/// # Errors
/// When a mark is missing.
pub fn table(text: &str) -> anyhow::Result<&str> {
    let start = text.find(BEGIN).with_context(|| format!("there is no `{BEGIN}`"))?;
    let end = text[start..].find(END).with_context(|| format!("there is no `{END}`"))?;
    Ok(&text[start..start + end + END.len()])
}

/// README with the report's table in the place of its own.
///
/// # Errors
/// When one of the two lacks a mark.
pub fn with_table(readme: &str, report: &str) -> anyhow::Result<String> {
    let (old, new) = (table(readme)?, table(report)?);
    ensure!(readme.matches(BEGIN).count() == 1, "`{BEGIN}` stands more than once");
    Ok(readme.replace(old, new))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_exchanged_and_the_rest_stays() {
        let readme = format!("before\n{BEGIN}\nold\n{END}\nafter\n");
        let report = format!("# R\n{BEGIN}\nnew\n{END}\nmore");
        assert_eq!(with_table(&readme, &report).unwrap(), format!("before\n{BEGIN}\nnew\n{END}\nafter\n"));
        assert!(with_table("none", &report).is_err());
        assert!(table(&format!("{END}{BEGIN}")).is_err());
    }

    /// With `UPDATE_SNAPSHOTS` set, README is written anew.
    #[test]
    fn the_snapshot_is_the_report() {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let read = |name: &str| std::fs::read_to_string(root.join(name)).unwrap();
        let (readme, report) = (read("README.md"), read("docs/bench/report.md"));
        let written = with_table(&readme, &report).unwrap();
        if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
            std::fs::write(root.join("README.md"), &written).unwrap();
        } else {
            assert_eq!(readme, written, "README's table is not the report's: run make gen");
        }
    }
}
