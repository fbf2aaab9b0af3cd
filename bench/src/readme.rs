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
}
