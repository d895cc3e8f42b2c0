//! Chances beside what came, as a picture.

use std::path::Path;

use dari_partners::Foretold;
use plotters::prelude::*;

use crate::cli::Common;
use crate::error::{Failure, Result};

/// Draws, for pairs foretold with about the same chance, the share that came together beside the line on which both are equal; both on logarithmic axes.
/// The bars are what is left to chance: two deviations of a Poisson number of pairs.
pub(super) fn chances(common: &Common, path: &Path, foretold: &[Foretold]) -> Result<()> {
    draw(common, path, foretold).map_err(|error| Failure::new(format!("{}: {error}", path.display())))
}

/// Shares below this are not drawn.
const LEAST: f64 = 1e-6;

fn draw(common: &Common, path: &Path, foretold: &[Foretold]) -> std::result::Result<(), Box<dyn std::error::Error>> {
    let area = SVGBackend::new(path, (560, 520)).into_drawing_area();
    area.fill(&WHITE)?;
    let mut chart = ChartBuilder::on(&area)
        .margin(20)
        .caption(common.pick("First joint works: chance and outcome", "첫 공동 논문: 예측 확률과 실제"), ("sans-serif", 20))
        .x_label_area_size(44)
        .y_label_area_size(64)
        .build_cartesian_2d((LEAST..1.0).log_scale(), (LEAST..1.0).log_scale())?;
    let percent = |share: &f64| format!("{} %", share * 100.0);
    chart
        .configure_mesh()
        .x_desc(common.pick("chance foretold", "예측 확률"))
        .y_desc(common.pick("share that came together", "실제로 함께한 비율"))
        .x_label_formatter(&percent)
        .y_label_formatter(&percent)
        .light_line_style(WHITE)
        .draw()?;
    chart.draw_series(LineSeries::new([(LEAST, LEAST), (1.0, 1.0)], BLACK.mix(0.4)))?;
    let blue = RGBColor(31, 95, 160);
    let share = |of: &Foretold, together: f64| (together / of.pairs).clamp(LEAST, 1.0);
    let drawn: Vec<&Foretold> = foretold.iter().filter(|of| of.pairs > 0.0 && of.together > 0.0).collect();
    chart.draw_series(drawn.iter().map(|of| {
        let (x, spread) = (share(of, of.expected), 2.0 * of.together.sqrt());
        PathElement::new(vec![(x, share(of, of.together - spread)), (x, share(of, of.together + spread))], blue.stroke_width(2))
    }))?;
    chart.draw_series(drawn.iter().map(|of| Circle::new((share(of, of.expected), share(of, of.together)), 5, blue.filled())))?;
    area.present()?;
    Ok(())
}
