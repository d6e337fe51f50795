//! Images of matrices.

use std::collections::BTreeMap;

use neuroloom_core::Result;
use neuroloom_core::figure::{ColourScale, Heatmap, Panel};

use super::axes::{Axes, Sketch, empty};
use super::colour_bar::ColourBar;
use super::lengths_differ;
use super::scale::Scale;
use crate::colour::ColourMap;
use crate::png;
use crate::svg::Canvas;

/// Cells that are drawn one by one; more become an embedded image.
const MOST_CELLS: usize = 8_000;
/// Rows or columns of an embedded image; more are averaged in blocks.
const MOST_PIXELS: usize = 480;
/// Longer side of the axes of a nearly square matrix, pixels.
const SIDE: f64 = 290.0;

pub(super) fn sketch(panel: &Panel, heatmap: &Heatmap) -> Result<Sketch> {
    let expected = heatmap.n_rows.saturating_mul(heatmap.n_columns);
    if heatmap.values.len() != expected {
        return Err(lengths_differ("heat map", expected, heatmap.values.len()));
    }
    let size = size(heatmap.n_rows, heatmap.n_columns);
    if expected == 0 {
        return Ok(empty(panel, size));
    }
    let (shown, note) = reduced(heatmap);
    let map = ColourMap::over(&heatmap.values, heatmap.scale, &heatmap.colour_label);
    let mut marks = Canvas::default();
    draw_cells(&mut marks, &shown, &map, size);
    let x = scale(&heatmap.column_labels, heatmap.n_columns, size.0, (17.5, &panel.x.label));
    let y = scale(&heatmap.row_labels, heatmap.n_rows, size.1, (12.5, &panel.y.label)).downwards();
    let bar = Some(ColourBar { map, label: heatmap.colour_label.clone() });
    Ok(Axes { bar, note, ..Axes::new(panel, size, x, y) }.finish(&marks))
}

/// Size of the axes: square cells unless the matrix is very long.
fn size(n_rows: usize, n_columns: usize) -> (f64, f64) {
    let ratio = n_rows.max(1) as f64 / n_columns.max(1) as f64;
    match ratio {
        r if (0.4..=1.0).contains(&r) => (SIDE, SIDE * r),
        r if (1.0..=2.5).contains(&r) => (SIDE / r, SIDE),
        r if r < 0.4 => (420.0, (420.0 * r).max(120.0)),
        r => ((360.0 / r).max(150.0), 360.0),
    }
}

fn scale(labels: &[String], n: usize, length: f64, (spacing, axis_label): (f64, &str)) -> Scale {
    if labels.is_empty() {
        Scale::indices(n, length, 38.0)
    } else {
        Scale::names(labels, n, length, spacing, axis_label)
    }
}

/// A matrix of values to show.
struct Cells {
    n_rows: usize,
    n_columns: usize,
    values: Vec<f64>,
}

/// The matrix itself, or its averages over blocks where it is larger than an image should be.
fn reduced(heatmap: &Heatmap) -> (Cells, String) {
    let (by_row, by_column) = (heatmap.n_rows.div_ceil(MOST_PIXELS), heatmap.n_columns.div_ceil(MOST_PIXELS));
    let (n_rows, n_columns) = (heatmap.n_rows.div_ceil(by_row), heatmap.n_columns.div_ceil(by_column));
    if by_row == 1 && by_column == 1 {
        return (Cells { n_rows, n_columns, values: heatmap.values.clone() }, String::new());
    }
    let cell = |row: usize, column: usize| {
        let rows = heatmap.values.chunks(heatmap.n_columns).skip(row * by_row).take(by_row);
        let block = rows.flat_map(|values| values.iter().skip(column * by_column).take(by_column));
        if heatmap.scale == ColourScale::Circular {
            // The mean of angles is no angle between them: show one of them.
            block.copied().find(|value| value.is_finite()).unwrap_or(f64::NAN)
        } else {
            mean(block.copied().filter(|value| value.is_finite()))
        }
    };
    let values = (0..n_rows).flat_map(|row| (0..n_columns).map(move |column| (row, column)));
    let values = values.map(|(row, column)| cell(row, column)).collect();
    let how = if heatmap.scale == ColourScale::Circular { "First value" } else { "Mean" };
    let note = format!("{how} of each block of {by_row} × {by_column} cells.");
    (Cells { n_rows, n_columns, values }, note)
}

fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let (sum, n) = values.fold((0.0, 0u64), |(sum, n), value| (sum + value, n + 1));
    if n == 0 { f64::NAN } else { sum / n as f64 }
}

fn draw_cells(canvas: &mut Canvas, cells: &Cells, map: &ColourMap, size: (f64, f64)) {
    if cells.values.len() > MOST_CELLS {
        let palette: Vec<_> = (0..=ColourMap::LEVELS).map(|level| map.colour(level)).collect();
        let levels: Vec<u8> = cells.values.iter().map(|&value| map.level(value)).collect();
        let uri = png::data_uri(cells.n_columns, cells.n_rows, &levels, &palette);
        canvas.image((0.0, 0.0), size, &uri, false);
        return;
    }
    let (width, height) = (size.0 / cells.n_columns as f64, size.1 / cells.n_rows as f64);
    let style = format!(r#"transform="scale({width:.5} {height:.5})" shape-rendering="crispEdges""#);
    let mut paths = Canvas::default();
    for (level, commands) in runs(cells, map) {
        paths.path(&commands, format!(r#"fill="{}""#, map.colour(level)));
    }
    canvas.group(style, &paths);
}

/// Path commands per colour, in units of cells; neighbours of one colour in a row become one rectangle.
fn runs(cells: &Cells, map: &ColourMap) -> BTreeMap<u8, String> {
    let mut runs: BTreeMap<u8, String> = BTreeMap::new();
    for (row, values) in cells.values.chunks(cells.n_columns).enumerate() {
        let mut column = 0;
        for run in values.chunk_by(|&a, &b| map.level(a) == map.level(b)) {
            let level = run.first().map_or(ColourMap::LEVELS, |&value| map.level(value));
            let (length, commands) = (run.len(), runs.entry(level).or_default());
            commands.push_str(&format!("M{column} {row}h{length}v1h-{length}z"));
            column += length;
        }
    }
    runs
}
