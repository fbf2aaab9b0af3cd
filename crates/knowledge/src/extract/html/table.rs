//! Tables of a page: tables of data stay tables, tables that only place things on the page are read in order.

use dom_query::NodeRef;

use super::write::inline_text;

/// More columns than this are not written: no table for people has them.
const MAX_COLUMNS: usize = 64;

/// A row of cells.
struct Row {
    cells: Vec<String>,
    /// How many of the cells are header cells.
    headers: usize,
}

/// The table as text, or nothing if it only places things on the page.
pub(super) fn read(table: &NodeRef<'_>) -> Option<String> {
    if places_things(table) {
        return None;
    }
    let rows: Vec<Row> =
        own(table, "tr").iter().map(row).filter(|row| row.cells.iter().any(|c| !c.is_empty())).collect();
    let columns = rows.iter().map(|row| row.cells.len()).max()?;
    if columns < 2 {
        return None;
    }
    let caption = own(table, "caption").first().map(inline_text).filter(|caption| !caption.is_empty());
    let body = match rows.split_first() {
        Some((head, body))
            if head.headers == head.cells.len() && head.cells.len() > 1 && !body.is_empty() =>
        {
            grid(&head.cells, body, columns)
        }
        _ => listing(&rows),
    };
    Some(match caption {
        Some(caption) => format!("**{caption}**\n\n{body}"),
        None => body,
    })
}

/// True if the table is there for the look of the page.
fn places_things(table: &NodeRef<'_>) -> bool {
    if table.attr("role").is_some_and(|role| matches!(&*role, "presentation" | "none")) {
        return true;
    }
    let holds_blocks = |cell: &NodeRef<'_>| {
        cell.descendants_it().any(|node| {
            ["table", "h1", "h2", "h3", "form", "blockquote", "pre"].iter().any(|name| node.has_name(name))
        })
    };
    let mut cells = own(table, "td");
    cells.extend(own(table, "th"));
    let long = cells.iter().filter(|cell| cell.normalized_char_count() > 1200).count();
    long > 0 || cells.iter().any(holds_blocks)
}

/// The elements of a name that belong to this table and not to one inside it.
fn own<'a>(table: &NodeRef<'a>, name: &str) -> Vec<NodeRef<'a>> {
    table
        .descendants_it()
        .filter(|node| node.has_name(name))
        .filter(|node| {
            node.ancestors_it(None)
                .find(|above| above.has_name("table"))
                .is_some_and(|nearest| nearest.id == table.id)
        })
        .collect()
}

/// Reads a row; a cell that spans columns is followed by empty ones.
fn row(row: &NodeRef<'_>) -> Row {
    let mut cells = Vec::new();
    let mut headers = 0;
    for cell in row.element_children() {
        let is_header = cell.has_name("th");
        if !is_header && !cell.has_name("td") {
            continue;
        }
        let span = cell
            .attr("colspan")
            .and_then(|span| span.parse::<usize>().ok())
            .unwrap_or(1)
            .clamp(1, MAX_COLUMNS);
        if cells.len() + span > MAX_COLUMNS {
            break;
        }
        cells.push(inline_text(&cell).replace('|', "/"));
        cells.extend(std::iter::repeat_n(String::new(), span - 1));
        headers += if is_header { span } else { 0 };
    }
    Row { cells, headers }
}

/// A table with named columns.
fn grid(head: &[String], body: &[Row], columns: usize) -> String {
    let line = |cells: &[String]| {
        let filled: Vec<&str> = (0..columns).map(|at| cells.get(at).map_or("", String::as_str)).collect();
        format!("| {} |", filled.join(" | "))
    };
    let mut lines = vec![line(head), format!("|{}", " --- |".repeat(columns))];
    lines.extend(body.iter().map(|row| line(&row.cells)));
    lines.join("\n")
}

/// A table without named columns: each row an item, its first cell the name of the rest.
fn listing(rows: &[Row]) -> String {
    let item = |row: &Row| {
        let mut filled = row.cells.iter().filter(|cell| !cell.is_empty()).map(String::as_str);
        let name = filled.next().unwrap_or_default();
        let rest: Vec<&str> = filled.collect();
        match rest.is_empty() {
            true => format!("- {name}"),
            false if name.ends_with([':', '?']) => format!("- {name} {}", rest.join("; ")),
            false => format!("- {name}: {}", rest.join("; ")),
        }
    };
    rows.iter().map(item).collect::<Vec<_>>().join("\n")
}
