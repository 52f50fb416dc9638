//! The traces drawn: part of the final score by seconds of processor time.

use std::path::Path;

use plotters::prelude::*;
use plotters::style::FontTransform;

use crate::BenchError;
use crate::trace::{FROM, Trace, traces};

/// Told apart by people who do not see red or green, too (Okabe and Ito).
const COLOURS: [RGBColor; 3] = [RGBColor(0, 114, 178), RGBColor(213, 94, 0), RGBColor(0, 158, 115)];

const SIZE: (u32, u32) = (800, 460);

/// Measures how scores grow with time on generated instances, and draws it as SVG.
pub fn plot(path: &Path) -> Result<(), BenchError> {
    let svg = draw(&traces()?).map_err(BenchError::Plot)?;
    std::fs::write(path, svg).map_err(|source| BenchError::Read { path: path.to_owned(), source })
}

type Failure = Box<dyn std::error::Error + Send + Sync>;

fn draw(traces: &[Trace]) -> Result<String, Failure> {
    let mut svg = String::new();
    {
        let root = SVGBackend::with_string(&mut svg, SIZE).into_drawing_area();
        // A ground of its own: the page may be dark.
        root.fill(&WHITE)?;
        let points = || traces.iter().flat_map(|trace| trace.line.iter().chain(&trace.runs));
        let to = points().map(|(seconds, _)| *seconds).fold(FROM, f64::max);
        let low = points().map(|(_, part)| *part).fold(1.0, f64::min);
        let low = (low * 20.0).floor() / 20.0;
        let font = |size: u32| ("sans-serif", size).into_font();
        let mut chart = ChartBuilder::on(&root)
            .margin(16)
            .caption("Best score so far, as a part of the final one", font(18))
            .x_label_area_size(46)
            .y_label_area_size(62)
            .build_cartesian_2d((FROM..to * 1.25).log_scale(), low..1.002)?;
        chart
            .configure_mesh()
            .x_desc("seconds of processor time, one thread")
            .x_label_formatter(&|seconds| format!("{seconds}"))
            .y_label_formatter(&|part| format!("{:.0} %", part * 100.0))
            .label_style(font(14))
            .axis_desc_style(font(14))
            .light_line_style(WHITE)
            .draw()?;
        for (trace, colour) in traces.iter().zip(COLOURS) {
            chart
                .draw_series(LineSeries::new(trace.line.iter().copied(), colour.stroke_width(2)))?
                .label(trace.subject.clone())
                .legend(move |(x, y)| {
                    PathElement::new([(x, y), (x + 20, y)], colour.stroke_width(2))
                });
            chart.draw_series(
                trace.runs.iter().map(|&point| Circle::new(point, 4, colour.filled())),
            )?;
        }
        chart
            .draw_series(std::iter::empty::<Circle<(f64, f64), i32>>())?
            .label("dots: runs given this much time")
            .legend(|(x, y)| Circle::new((x + 10, y), 4, BLACK.filled()));
        chart
            .configure_series_labels()
            .position(SeriesLabelPosition::LowerRight)
            .background_style(WHITE)
            .border_style(RGBColor(190, 190, 190))
            .label_font(font(14).transform(FontTransform::None))
            .draw()?;
        root.present()?;
    }
    Ok(svg)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_drawing_has_a_white_ground_and_names_what_is_drawn() {
        let trace = Trace {
            subject: "a class".into(),
            line: vec![(0.01, 0.6), (1.0, 1.0)],
            runs: vec![(1.0, 1.0), (0.1, 0.9)],
        };
        let svg = draw(&[trace]).expect("can be drawn");
        assert!(svg.contains("#FFFFFF") && svg.contains("a class"));
    }
}
