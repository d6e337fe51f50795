//! Event times, a row of ticks each.

use neuroloom_core::figure::{Panel, Raster};

use super::axes::{Axes, Sketch, empty};
use super::scale::{Scale, along, extent};
use crate::number::{coordinate, is_drawable};
use crate::svg::Canvas;

const WIDTH: f64 = 460.0;
/// Rows in one panel; of more, evenly spaced ones are drawn.
const MOST_ROWS: usize = 240;
/// Ticks in one panel; where rows × columns of pixels would be more, the columns get wider.
const MOST_TICKS: f64 = 60_000.0;

pub(super) fn sketch(panel: &Panel, raster: &Raster) -> Sketch {
    let n_rows = raster.events.len();
    let stride = n_rows.div_ceil(MOST_ROWS).max(1);
    let rows: Vec<&[f64]> = raster.events.iter().step_by(stride).map(Vec::as_slice).collect();
    let labels: Vec<String> = raster.labels.iter().step_by(stride).cloned().collect();
    let size = (WIDTH, (13.0 * rows.len() as f64).clamp(90.0, 360.0));
    let Some(range) = extent(rows.iter().flat_map(|row| row.iter())) else { return empty(panel, size) };
    let x = Scale::numbers(along(range, &panel.x.label), WIDTH, 62.0, &panel.x.label);
    let y = if labels.is_empty() {
        Scale::indices(rows.len(), size.1, 36.0)
    } else {
        Scale::names(&labels, rows.len(), size.1, 12.5, "")
    };
    let mut axes = Axes::new(panel, size, x, y.downwards());
    if stride > 1 {
        axes.note = format!("Every {stride}th of {n_rows} rows.");
    }
    let mut marks = Canvas::default();
    draw_rows(&mut marks, &axes, &rows);
    axes.finish(&marks)
}

fn draw_rows(canvas: &mut Canvas, axes: &Axes<'_>, rows: &[&[f64]]) {
    let pitch = axes.size.1 / rows.len() as f64;
    let height = (pitch * 0.72).min(12.0);
    let column = (rows.len() as f64 * WIDTH / MOST_TICKS).max(0.25);
    let mut commands = String::new();
    for (i, events) in rows.iter().enumerate() {
        let top = (i as f64 + 0.5) * pitch - height / 2.0;
        for x in columns(axes, events, column) {
            commands.push_str(&format!("M{} {}v{}", coordinate(x), coordinate(top), coordinate(height)));
        }
    }
    let width = column.max(0.9);
    canvas
        .path(&commands, format!(r#"stroke="currentColor" stroke-opacity="0.85" stroke-width="{width:.2}""#));
}

/// The columns of pixels with an event, ascending, each once.
fn columns(axes: &Axes<'_>, events: &[f64], width: f64) -> Vec<f64> {
    let drawable = events.iter().copied().filter(|&event| is_drawable(event));
    let mut columns: Vec<i64> = drawable.map(|event| (axes.px(event) / width).round() as i64).collect();
    columns.sort_unstable();
    columns.dedup();
    columns.into_iter().map(|column| column as f64 * width).collect()
}
