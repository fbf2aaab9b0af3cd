//! Charts of how a cost grows, as SVG.

use std::path::Path;

use anyhow::anyhow;
use plotters::prelude::*;

/// A line of a chart.
#[derive(Clone, Debug)]
pub struct Line {
    /// What it is of.
    pub name: String,
    /// Its points, the smallest `x` first.
    pub points: Vec<(f64, f64)>,
}

/// A chart; both axes are logarithmic, so that a straight line is a power law and its slope the exponent.
#[derive(Clone, Debug)]
pub struct Chart {
    /// Above it.
    pub title: String,
    /// Under the horizontal axis.
    pub x: String,
    /// Beside the vertical axis.
    pub y: String,
    /// Its lines.
    pub lines: Vec<Line>,
}

const COLOURS: [RGBColor; 4] =
    [RGBColor(37, 99, 235), RGBColor(120, 120, 120), RGBColor(220, 80, 40), RGBColor(20, 140, 90)];

impl Chart {
    /// Draws it. Points that a logarithmic axis cannot show are left out.
    ///
    /// # Errors
    /// When there is nothing to draw, or the file cannot be written.
    pub fn draw(&self, path: &Path) -> anyhow::Result<()> {
        let shown = |&(x, y): &(f64, f64)| x > 0.0 && y > 0.0;
        let all: Vec<(f64, f64)> =
            self.lines.iter().flat_map(|line| line.points.iter().copied()).filter(shown).collect();
        let span = |of: fn(&(f64, f64)) -> f64| {
            let least = all.iter().map(of).fold(f64::INFINITY, f64::min);
            let greatest = all.iter().map(of).fold(0.0, f64::max);
            (least, greatest)
        };
        let ((left, right), (bottom, top)) = (span(|point| point.0), span(|point| point.1));
        if all.is_empty() {
            return Err(anyhow!("{} has no points", self.title));
        }
        let failed = |error: DrawingAreaErrorKind<std::io::Error>| anyhow!("{}: {error}", path.display());
        let area = SVGBackend::new(path, (760, 420)).into_drawing_area();
        area.fill(&WHITE).map_err(failed)?;
        let mut chart = ChartBuilder::on(&area)
            .caption(&self.title, ("sans-serif", 18))
            .margin(14)
            .x_label_area_size(44)
            .y_label_area_size(74)
            .build_cartesian_2d((left / 1.2..right * 1.2).log_scale(), (bottom / 1.6..top * 1.6).log_scale())
            .map_err(failed)?;
        chart
            .configure_mesh()
            .x_desc(&self.x)
            .y_desc(&self.y)
            .light_line_style(RGBColor(240, 240, 240))
            .x_label_formatter(&|x| grouped(*x))
            .y_label_formatter(&|y| crate::report::figure(*y, ""))
            .draw()
            .map_err(failed)?;
        for (line, colour) in self.lines.iter().zip(COLOURS.iter().cycle()) {
            let points: Vec<(f64, f64)> = line.points.iter().copied().filter(shown).collect();
            chart
                .draw_series(LineSeries::new(points.clone(), colour.stroke_width(2)))
                .map_err(failed)?
                .label(&line.name)
                .legend(move |(x, y)| PathElement::new([(x, y), (x + 18, y)], colour.stroke_width(2)));
            chart
                .draw_series(points.into_iter().map(|point| Circle::new(point, 3, colour.filled())))
                .map_err(failed)?;
        }
        chart
            .configure_series_labels()
            .position(SeriesLabelPosition::UpperLeft)
            .background_style(WHITE.mix(0.85))
            .border_style(RGBColor(200, 200, 200))
            .draw()
            .map_err(failed)?;
        area.present().map_err(failed)
    }
}

/// `12,000`.
#[must_use]
pub fn grouped(number: f64) -> String {
    let digits = format!("{number:.0}");
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_every_line() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("chart.svg");
        let line = |name: &str| Line { name: name.into(), points: vec![(10.0, 0.1), (1_000.0, 2.0)] };
        let mut chart = Chart {
            title: "Growth of it".into(),
            x: "chunks".into(),
            y: "ms".into(),
            lines: vec![line("ours"), line("floor")],
        };
        chart.draw(&path).unwrap();
        let svg = std::fs::read_to_string(&path).unwrap();
        for part in ["<svg", "Growth of it", "ours", "floor", "chunks", "</svg>"] {
            assert!(svg.contains(part), "{part} is missing");
        }
        assert_eq!(svg.matches("<circle").count(), 4);
        chart.lines.clear();
        assert!(chart.draw(&path).is_err());
    }

    #[test]
    fn thousands_are_grouped() {
        assert_eq!(grouped(999.0), "999");
        assert_eq!(grouped(100_000.0), "100,000");
    }
}
