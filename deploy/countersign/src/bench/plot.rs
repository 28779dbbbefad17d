//! Figures as a picture: panels of lines side by side, in SVG.

use std::path::Path;

use anyhow::{Context as _, anyhow};
use plotters::prelude::*;

use super::figures::shown;

/// Width and height of a panel, pixels.
const PANEL: (u32, u32) = (560, 400);
/// Room for words round a panel, pixels.
const MARGIN: u32 = 14;
const LABELS: (u32, u32) = (44, 70);
/// How much higher a panel is than what it shows.
const HEADROOM: f64 = 1.15;
/// How near a mark must be to a whole step to count as one.
const STEP_NEAR: f64 = 1e-6;
const FONT: &str = "sans-serif";
const COLOURS: [RGBColor; 4] =
    [RGBColor(0, 90, 160), RGBColor(200, 80, 20), RGBColor(20, 130, 80), RGBColor(120, 60, 150)];

/// How the horizontal axis counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Axis {
    /// Evenly.
    Linear,
    /// Each step as many times the one before.
    Times(u32),
}

impl Axis {
    fn place(self, value: f64) -> f64 {
        match self {
            Self::Linear => value,
            Self::Times(base) => value.max(1.0).log(f64::from(base)),
        }
    }

    fn value(self, place: f64) -> f64 {
        match self {
            Self::Linear => place,
            Self::Times(base) => f64::from(base).powf(place),
        }
    }

    /// What stands under a mark: whole steps alone have a number.
    fn mark(self, place: f64) -> String {
        match (place - place.round()).abs() < STEP_NEAR {
            true => format!("{:.0}", self.value(place.round())),
            false => String::new(),
        }
    }
}

/// One line of a panel.
pub(super) struct Series {
    /// Its name.
    pub(super) name: String,
    /// Its points.
    pub(super) points: Vec<(f64, f64)>,
}

/// One panel: some lines over one axis.
pub(super) struct Panel {
    /// What it shows, with the unit.
    pub(super) title: String,
    /// What the horizontal axis counts.
    pub(super) along: &'static str,
    /// How it counts.
    pub(super) axis: Axis,
    /// The lines.
    pub(super) series: Vec<Series>,
}

impl Panel {
    /// From where to where the lines go, and how high.
    fn bounds(&self) -> (f64, f64, f64) {
        let points = self.series.iter().flat_map(|s| &s.points);
        let (mut from, mut to, mut high) = (f64::INFINITY, f64::NEG_INFINITY, 0.0_f64);
        for (x, y) in points {
            let x = self.axis.place(*x);
            (from, to, high) = (from.min(x), to.max(x), high.max(*y));
        }
        match from.is_finite() && to.is_finite() {
            // A single point has room on both sides.
            true if from < to => (from, to, high * HEADROOM),
            true => (from - 1.0, to + 1.0, high * HEADROOM),
            false => (0.0, 1.0, 1.0),
        }
    }
}

/// Draws panels side by side into a file.
///
/// # Errors
/// The file cannot be written.
pub(super) fn draw(file: &Path, panels: &[Panel]) -> anyhow::Result<()> {
    let mut text = String::new();
    let count = u32::try_from(panels.len())?.max(1);
    {
        let size = (PANEL.0 * count, PANEL.1);
        let area = SVGBackend::with_string(&mut text, size).into_drawing_area();
        let drawn = area.fill(&WHITE).map_err(|e| anyhow!("{e}"));
        drawn.and_then(|()| {
            let areas = area.split_evenly((1, panels.len().max(1)));
            areas.iter().zip(panels).try_for_each(|(area, panel)| draw_panel(area, panel))
        })?;
        area.present().map_err(|e| anyhow!("{e}"))?;
    }
    std::fs::write(file, text).with_context(|| format!("{} cannot be written", file.display()))
}

fn draw_panel(
    area: &DrawingArea<SVGBackend<'_>, plotters::coord::Shift>,
    panel: &Panel,
) -> anyhow::Result<()> {
    let fault = |e: &dyn std::fmt::Display| anyhow!("the picture cannot be drawn: {e}");
    let (from, to, high) = panel.bounds();
    let high = if high > 0.0 { high } else { 1.0 };
    let mut chart = ChartBuilder::on(area)
        .caption(&panel.title, (FONT, 18))
        .margin(MARGIN)
        .x_label_area_size(LABELS.0)
        .y_label_area_size(LABELS.1)
        .build_cartesian_2d(from..to, 0.0..high)
        .map_err(|e| fault(&e))?;
    chart
        .configure_mesh()
        .light_line_style(TRANSPARENT)
        .x_desc(panel.along)
        .x_label_formatter(&|place| panel.axis.mark(*place))
        .y_label_formatter(&|value| shown(*value))
        .draw()
        .map_err(|e| fault(&e))?;
    for (series, colour) in panel.series.iter().zip(COLOURS.into_iter().cycle()) {
        let places: Vec<_> =
            series.points.iter().map(|(x, y)| (panel.axis.place(*x), *y)).collect();
        let dots = places.iter().map(|place| Circle::new(*place, 3, colour.filled()));
        chart.draw_series(dots).map_err(|e| fault(&e))?;
        chart
            .draw_series(LineSeries::new(places, colour.stroke_width(2)))
            .map_err(|e| fault(&e))?
            .label(&series.name)
            .legend(move |(x, y)| PathElement::new([(x, y), (x + 16, y)], colour.stroke_width(2)));
    }
    chart
        .configure_series_labels()
        .position(SeriesLabelPosition::UpperLeft)
        .label_font((FONT, 13))
        .background_style(WHITE.mix(0.8))
        .border_style(BLACK.mix(0.2))
        .draw()
        .map_err(|e| fault(&e))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn panel(axis: Axis, points: Vec<(f64, f64)>) -> Panel {
        let series = vec![Series { name: "p50 < p99".into(), points }];
        Panel { title: "latency, ms".into(), along: "submitters", axis, series }
    }

    #[test]
    fn a_picture_is_drawn_whatever_the_points_are() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("figures.svg");
        let panels = [
            panel(Axis::Times(2), vec![(1.0, 12.0), (256.0, 300.0)]),
            panel(Axis::Linear, vec![(4.0, 0.0)]),
            panel(Axis::Times(10), Vec::new()),
        ];
        draw(&file, &panels).expect("a picture");
        let text = std::fs::read_to_string(&file).expect("the file");
        assert!(text.starts_with("<svg") && text.trim_end().ends_with("</svg>"), "{text}");
        assert!(text.contains("latency, ms") && text.contains("submitters"));
        assert!(text.contains("p50 &lt; p99") && !text.contains("NaN"));
        assert!(draw(Path::new("/no-such-folder/x.svg"), &panels).is_err());
    }

    #[test]
    fn places_are_values_again() {
        for axis in [Axis::Linear, Axis::Times(2), Axis::Times(10)] {
            assert!((axis.value(axis.place(128.0)) - 128.0).abs() < 1e-9);
        }
        assert_eq!(Axis::Times(2).mark(8.0), "256");
        assert_eq!(Axis::Times(10).mark(4.5), "");
        assert_eq!(Axis::Linear.mark(7.0), "7");
    }
}
