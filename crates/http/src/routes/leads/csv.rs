//! CSV: rows by RFC 4180, with text cells that no spreadsheet takes for a formula.

/// What a cell holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cell<'a> {
    /// Anybody's words. Where a spreadsheet would take them for a formula, an apostrophe is put before them.
    Text(&'a str),
    /// A phone number or a number, checked here: it stays readable.
    Figures(&'a str),
}

/// What makes a spreadsheet calculate, by OWASP's list ("CSV Injection"), the full-width forms included.
const FORMULA: &[char] = &['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];

/// Appends one row.
pub(super) fn row<'a>(to: &mut String, cells: impl IntoIterator<Item = Cell<'a>>) {
    for (at, cell) in cells.into_iter().enumerate() {
        if at > 0 {
            to.push(',');
        }
        match cell {
            Cell::Figures(text) if is_figures(text) => to.push_str(text),
            Cell::Figures(text) | Cell::Text(text) => write_text(to, text),
        }
    }
    to.push_str("\r\n");
}

fn write_text(to: &mut String, text: &str) {
    let apostrophe = if text.starts_with(FORMULA) { "'" } else { "" };
    if text.contains([',', '"', '\r', '\n']) {
        to.push('"');
        to.push_str(apostrophe);
        to.push_str(&text.replace('"', "\"\""));
        to.push('"');
    } else {
        to.push_str(apostrophe);
        to.push_str(text);
    }
}

/// A sign, digits and at most one point between them: nothing that could be calculated.
fn is_figures(text: &str) -> bool {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (whole, part) = unsigned.split_once('.').unwrap_or((unsigned, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    text.len() <= 40 && digits(whole) && digits(part)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(cell: Cell<'_>) -> String {
        let mut text = String::new();
        row(&mut text, [cell]);
        text.strip_suffix("\r\n").unwrap().to_owned()
    }

    #[test]
    fn text_is_quoted_where_it_must_be() {
        let mut text = String::new();
        row(&mut text, ["a", "b,c", "say \"hi\"", "two\nlines", "", "Größe"].map(Cell::Text));
        assert_eq!(text, "a,\"b,c\",\"say \"\"hi\"\"\",\"two\nlines\",,Größe\r\n");
    }

    #[test]
    fn what_looks_like_a_formula_is_made_harmless() {
        for text in ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "＝1", "－1"] {
            assert_eq!(cell(Cell::Text(text)), format!("'{text}"));
        }
        assert_eq!(cell(Cell::Text("=HYPERLINK(\"x\",A1)")), "\"'=HYPERLINK(\"\"x\"\",A1)\"");
        assert_eq!(cell(Cell::Text("\r=1")), "\"'\r=1\"");
        assert_eq!(cell(Cell::Text("a=1")), "a=1");
    }

    #[test]
    fn phones_and_numbers_stay_readable() {
        for text in ["+4917012345678", "-12.5", "7"] {
            assert_eq!(cell(Cell::Figures(text)), text);
        }
        for text in ["+49-1", "+1+1", "-", "+", "1.", "-1e5", "+1|cmd"] {
            let expected = if text.starts_with(['+', '-']) { format!("'{text}") } else { text.to_owned() };
            assert_eq!(cell(Cell::Figures(text)), expected);
        }
    }
}
