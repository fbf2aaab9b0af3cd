//! Plain text: only its white space is put in order.

/// Trims the ends of lines and allows two blank lines in a row at most.
pub(super) fn normalise(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut blank = 0_usize;
    for line in text.lines() {
        let line = line.trim_end();
        blank = if line.is_empty() { blank + 1 } else { 0 };
        if blank > 2 || (out.is_empty() && blank > 0) {
            continue;
        }
        out.push_str(line);
        out.push('\n');
    }
    out.truncate(out.trim_end().len());
    if !out.is_empty() {
        out.push('\n');
    }
    out
}

#[cfg(test)]
mod tests {
    #[test]
    fn white_space() {
        assert_eq!(super::normalise("\n\n  a \t\nb\n\n\n\n\nc"), "  a\nb\n\n\nc\n");
        assert_eq!(super::normalise(" \n\n"), "");
    }
}
