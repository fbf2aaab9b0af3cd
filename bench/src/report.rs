//! The report: aims, sections with tables, and how it is written down.

use std::fmt::Write as _;

/// Above the table that README repeats.
pub const BEGIN: &str = "<!-- bench: begin -->";
/// Below it.
pub const END: &str = "<!-- bench: end -->";
/// In a cell that has nothing to tell.
const NONE: &str = "–";

/// A figure for the table that README repeats: what was wanted, and what came out.
#[derive(Clone, Debug)]
pub struct Aim {
    /// What is measured.
    pub what: String,
    /// The figure that came out.
    pub value: f64,
    /// The figure that was aimed at; `None`: the figure is told, and nothing was aimed at.
    pub goal: Option<f64>,
    /// Whether less is better.
    pub less_is_better: bool,
    /// Behind both figures: `ms`.
    pub unit: &'static str,
    /// What the floor needs for it, where that is a figure of the same kind.
    pub floor: Option<f64>,
}

impl Aim {
    /// `reached`, or by how much it is missed; a dash where nothing was aimed at.
    #[must_use]
    pub fn verdict(&self) -> String {
        let Some(goal) = self.goal else { return NONE.into() };
        let reached = if self.less_is_better { self.value <= goal } else { self.value >= goal };
        if reached {
            return "reached".into();
        }
        let short = (self.value - goal).abs();
        format!("missed by {} ({:.0} %)", figure(short, self.unit), short / goal.abs() * 100.0)
    }

    fn row(&self) -> String {
        let sign = if self.less_is_better { '≤' } else { '≥' };
        let floor = self.floor.map_or_else(|| NONE.into(), |floor| figure(floor, self.unit));
        let goal =
            self.goal.map_or_else(|| NONE.into(), |goal| format!("{sign} {}", figure(goal, self.unit)));
        let value = figure(self.value, self.unit);
        format!("| {} | {value} | {floor} | {goal} | {} |", self.what, self.verdict())
    }
}

/// A figure with its unit, with as many digits as say something.
#[must_use]
pub fn figure(value: f64, unit: &str) -> String {
    let digits = match value.abs() {
        0.0 => 0,
        v if v < 0.01 => 4,
        v if v < 1.0 => 3,
        v if v < 10.0 => 2,
        v if v < 100.0 => 1,
        _ => 0,
    };
    format!("{value:.digits$} {unit}").trim_end().to_owned()
}

/// A table.
#[derive(Clone, Debug, Default)]
pub struct Table {
    /// The heads of its columns.
    pub head: Vec<String>,
    /// Its rows.
    pub rows: Vec<Vec<String>>,
}

impl Table {
    /// A table without rows.
    #[must_use]
    pub fn new(head: &[&str]) -> Self {
        Self { head: head.iter().map(|&cell| cell.to_owned()).collect(), rows: Vec::new() }
    }

    /// Adds a row.
    pub fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows.push(cells.into_iter().collect());
    }

    fn write(&self, text: &mut String) {
        let line = |cells: &[String]| format!("| {} |\n", cells.join(" | "));
        text.push_str(&line(&self.head));
        text.push_str(&"|---".repeat(self.head.len()));
        text.push_str("|\n");
        for row in &self.rows {
            text.push_str(&line(row));
        }
    }
}

/// A part of the report.
#[derive(Clone, Debug, Default)]
pub struct Section {
    /// Its heading.
    pub title: String,
    /// What was done, and what to mind when reading the figures.
    pub about: String,
    /// Its tables.
    pub tables: Vec<Table>,
    /// File names of its charts, with what they show.
    pub charts: Vec<(String, String)>,
    /// What was aimed at, and what else the table of aims tells.
    pub aims: Vec<Aim>,
}

/// All of it.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// The machine and the version that was measured.
    pub preface: String,
    /// Its parts.
    pub sections: Vec<Section>,
}

impl Report {
    /// The table of aims, with the marks around it.
    #[must_use]
    pub fn aims(&self) -> String {
        let mut text = format!("{BEGIN}\n| What | Robofy | Floor | Aim | |\n|---|---|---|---|---|\n");
        for aim in self.sections.iter().flat_map(|section| &section.aims) {
            text.push_str(&aim.row());
            text.push('\n');
        }
        text.push_str(END);
        text
    }

    /// The report in Markdown.
    #[must_use]
    pub fn markdown(&self) -> String {
        let mut text = format!("# Measurements\n\n{}\n\n{}\n", self.preface, self.aims());
        for section in &self.sections {
            text.push_str(&section.markdown());
        }
        text
    }
}

impl Section {
    /// The part in Markdown.
    #[must_use]
    pub fn markdown(&self) -> String {
        let mut text = String::new();
        // Writing to a String cannot fail.
        let _ = write!(text, "\n## {}\n\n{}\n", self.title, self.about);
        for table in &self.tables {
            text.push('\n');
            table.write(&mut text);
        }
        for (file, what) in &self.charts {
            let _ = write!(text, "\n![{what}]({file})\n");
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn aim(value: f64, less_is_better: bool) -> Aim {
        Aim { what: "x".into(), value, goal: Some(2.0), less_is_better, unit: "ms", floor: None }
    }

    #[test]
    fn an_aim_is_reached_or_missed_by_so_much() {
        assert_eq!(aim(2.0, true).verdict(), "reached");
        assert_eq!(aim(2.5, true).verdict(), "missed by 0.500 ms (25 %)");
        assert_eq!(aim(2.5, false).verdict(), "reached");
        assert_eq!(aim(1.0, false).verdict(), "missed by 1.00 ms (50 %)");
    }

    #[test]
    fn a_figure_without_an_aim_is_told_without_a_verdict() {
        let told = Aim { goal: None, floor: Some(0.5), ..aim(3.0, true) };
        assert_eq!(told.row(), "| x | 3.00 ms | 0.500 ms | – | – |");
    }

    #[test]
    fn the_report_has_its_aims_between_the_marks() {
        let mut table = Table::new(&["a", "b"]);
        table.row(["1".into(), "2".into()]);
        let section = Section {
            title: "T".into(),
            about: "About.".into(),
            tables: vec![table],
            charts: vec![("c.svg".into(), "growth".into())],
            aims: vec![aim(1.0, true)],
        };
        let report = Report { preface: "P.".into(), sections: vec![section] };
        assert_eq!(
            report.markdown(),
            "# Measurements\n\nP.\n\n<!-- bench: begin -->\n| What | Robofy | Floor | Aim | |\n|---|---|---|---|---|\n\
             | x | 1.00 ms | – | ≤ 2.00 ms | reached |\n<!-- bench: end -->\n\n## T\n\nAbout.\n\n\
             | a | b |\n|---|---|\n| 1 | 2 |\n\n![growth](c.svg)\n"
        );
    }
}
