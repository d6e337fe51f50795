//! Figures as SVG.

mod axes;
mod bars;
mod colour_bar;
mod heatmap;
mod legend;
mod lines;
mod raster;
mod scale;
mod scatter;
mod ticks;

use neuroloom_core::figure::{Content, Panel};
use neuroloom_core::{Error, Figure, Result};

use crate::svg::{Canvas, Text};
use crate::text;
use axes::Sketch;

/// Panels beside each other.
const PER_ROW: usize = 3;
/// Width that a row of panels may fill, pixels.
const MAX_WIDTH: f64 = 1060.0;
/// Space between panels, pixels.
const GAP: f64 = 26.0;
/// Space around everything, pixels.
const EDGE: f64 = 10.0;
const TITLE_SIZE: f64 = 15.0;

/// Draws a figure as a standalone SVG document.
///
/// Panels stand from left to right and wrap into rows. Values that are not finite, or larger than 1e300, are
/// gaps: grey cells, broken lines, missing bars. A panel without anything to draw says so. Of more data than a
/// page can show, a part is drawn and a note under the panel says which. Lengths are in CSS pixels; the same
/// figure gives the same bytes. A page can recolour ink and paper with CSS: `color` on the `svg`, `fill` on
/// `.paper`, `stroke` on `.halo`.
///
/// # Errors
/// An internal error naming figure and panel where the lengths of its arrays do not agree.
pub fn draw(figure: &Figure) -> Result<String> {
    let sketches = figure
        .panels
        .iter()
        .enumerate()
        .map(|(i, panel)| {
            sketch(panel).map_err(|e| e.at_object(format!("figure {:?}, panel {i}", figure.name)))
        })
        .collect::<Result<Vec<_>>>()?;
    let rows = rows(&sketches);
    let width = rows.iter().map(|row| row_width(row)).fold(320.0, f64::max);
    let mut canvas = Canvas::default();
    let mut y = EDGE + draw_title(&mut canvas, &figure.title, width);
    for row in &rows {
        y += draw_row(&mut canvas, row, y) + GAP / 2.0;
    }
    if rows.is_empty() {
        canvas.text(Text::new("nothing to draw", EDGE, y + 14.0, 12.0).muted());
        y += 24.0;
    }
    let size = (width + 2.0 * EDGE, y - GAP / 2.0 + EDGE);
    Ok(canvas.document(size, "figure", &figure.title, &figure.caption))
}

fn sketch(panel: &Panel) -> Result<Sketch> {
    match &panel.content {
        Content::Heatmap(heatmap) => heatmap::sketch(panel, heatmap),
        Content::Scatter(scatter) => scatter::sketch(panel, scatter),
        Content::Lines(lines) => lines::sketch(panel, lines),
        Content::Bars(bars) => bars::sketch(panel, bars, &[], &[]),
        Content::MarkedBars(marked) => bars::sketch(panel, &marked.bars, &marked.bands, &marked.marks),
        Content::Raster(raster) => Ok(raster::sketch(panel, raster)),
    }
}

/// An error for arrays whose lengths do not agree.
fn lengths_differ(what: &str, expected: usize, found: usize) -> Error {
    Error::internal(format!("a figure's {what} has the wrong length"))
        .expected(format!("{expected} values"))
        .found(format!("{found} values"))
}

/// Draws the title and returns the height that it took.
fn draw_title(canvas: &mut Canvas, title: &str, width: f64) -> f64 {
    let lines = text::wrap(title, width, TITLE_SIZE, 4);
    for (i, line) in lines.iter().enumerate() {
        canvas.text(Text::new(line, EDGE, EDGE + 14.0 + 19.0 * i as f64, TITLE_SIZE).bold());
    }
    if lines.is_empty() { 0.0 } else { 19.0 * lines.len() as f64 + 10.0 }
}

fn rows(sketches: &[Sketch]) -> Vec<Vec<&Sketch>> {
    let mut rows: Vec<Vec<&Sketch>> = Vec::new();
    for sketch in sketches {
        match rows.last_mut() {
            Some(row) if row.len() < PER_ROW && row_width(row) + GAP + sketch.width <= MAX_WIDTH => {
                row.push(sketch);
            }
            _ => rows.push(vec![sketch]),
        }
    }
    rows
}

fn row_width(row: &[&Sketch]) -> f64 {
    row.iter().map(|sketch| sketch.width).sum::<f64>() + GAP * row.len().saturating_sub(1) as f64
}

/// Draws a row with the tops of its axes aligned, and returns its height.
fn draw_row(canvas: &mut Canvas, row: &[&Sketch], top: f64) -> f64 {
    let above = row.iter().map(|sketch| sketch.above).fold(0.0, f64::max);
    let mut x = EDGE;
    for sketch in row {
        canvas.place((x, top + above - sketch.above), &sketch.canvas);
        x += sketch.width + GAP;
    }
    above + row.iter().map(|sketch| sketch.height - sketch.above).fold(0.0, f64::max)
}
