//! The reliability of confidences as a picture.

use std::path::Path;

use dari_organisations::evaluate::Bin;
use plotters::prelude::*;

use crate::error::{Failure, Result};

/// Draws, for bins of confidence, the share of matches that is right with its 95 % interval, beside the line on which both are equal.
pub(super) fn reliability(path: &Path, bins: &[Bin]) -> Result<()> {
    draw(path, bins).map_err(|error| Failure::new(format!("{}: {error}", path.display())))
}

fn draw(path: &Path, bins: &[Bin]) -> std::result::Result<(), Box<dyn std::error::Error>> {
    let area = SVGBackend::new(path, (560, 520)).into_drawing_area();
    area.fill(&WHITE)?;
    let mut chart = ChartBuilder::on(&area)
        .margin(20)
        .caption("Reliability of matches", ("sans-serif", 20))
        .x_label_area_size(44)
        .y_label_area_size(52)
        .build_cartesian_2d(0.0..1.0, 0.0..1.0)?;
    chart.configure_mesh().x_desc("confidence").y_desc("share right, with 95 % interval").light_line_style(WHITE).draw()?;
    chart.draw_series(LineSeries::new([(0.0, 0.0), (1.0, 1.0)], BLACK.mix(0.4)))?;
    let blue = RGBColor(31, 95, 160);
    chart.draw_series(
        bins.iter()
            .map(|bin| PathElement::new(vec![(bin.confidence, bin.right.low), (bin.confidence, bin.right.high)], blue.stroke_width(2))),
    )?;
    chart.draw_series(bins.iter().map(|bin| Circle::new((bin.confidence, bin.right.value), 5, blue.filled())))?;
    area.present()?;
    Ok(())
}
