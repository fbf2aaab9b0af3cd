//! Tables, a line for each row: a phone is too narrow for columns.

/// A table that is being read.
#[derive(Debug, Default)]
pub(super) struct Table {
    /// The headers.
    pub(super) headers: Vec<String>,
    /// The cells of the present row.
    pub(super) cells: Vec<String>,
    /// Whether the present row is the headers'.
    pub(super) heading: bool,
    /// Whether a row was written.
    pub(super) written: bool,
}

impl Table {
    /// Takes a cell of the present row.
    pub(super) fn push(&mut self, cell: &str) {
        let cell = cell.trim().to_owned();
        if self.heading { self.headers.push(cell) } else { self.cells.push(cell) }
    }

    /// The present row as a line: `Header: value · Header: value`. An empty cell says something too.
    pub(super) fn take_row(&mut self) -> String {
        self.written = true;
        let cells = std::mem::take(&mut self.cells);
        let named = cells.iter().enumerate().filter_map(|(at, cell)| {
            match (self.headers.get(at).map_or("", |header| header.trim_end_matches(':')), cell.as_str()) {
                ("", "") => None,
                ("", cell) => Some(cell.to_owned()),
                (header, "") => Some(format!("{header}: –")),
                (header, cell) => Some(format!("{header}: {cell}")),
            }
        });
        named.collect::<Vec<_>>().join(" · ")
    }

    /// The headers as a line, for a table without rows.
    pub(super) fn heading_row(&self) -> String {
        self.headers.iter().filter(|header| !header.is_empty()).cloned().collect::<Vec<_>>().join(" · ")
    }
}

/// Whether a row has more cells than there are headers: Markdown drops them, so such a table stays as it is written.
pub(super) fn is_ragged(source: &str) -> bool {
    let mut rows = source.lines().map(count_cells);
    let headers = rows.next().unwrap_or(0);
    rows.any(|cells| cells > headers)
}

fn count_cells(line: &str) -> usize {
    let line = line.trim_matches(|c: char| c.is_whitespace() || c == '>');
    let mut bars = 0;
    let mut escaped = false;
    for character in line.chars() {
        if character == '|' && !escaped {
            bars += 1;
        }
        escaped = character == '\\' && !escaped;
    }
    let outer = usize::from(line.starts_with('|'))
        + usize::from(line.len() > 1 && line.ends_with('|') && !line.ends_with("\\|"));
    (bars + 1_usize).saturating_sub(outer)
}
