//! Curves.

use neuroloom_core::Result;
use neuroloom_core::figure::{Lines, Panel, Series};

use super::axes::{Axes, Sketch, empty};
use super::legend::{Entry, Legend};
use super::lengths_differ;
use super::scale::{Scale, along, extent, from_zero};
use crate::colour::series as series_colour;
use crate::number::{coordinate, is_drawable};
use crate::svg::Canvas;

const SIZE: (f64, f64) = (400.0, 250.0);
/// Curves in one panel; more are not drawn.
const MOST_CURVES: usize = 200;
/// Points of all curves together; curves with more are thinned.
const MOST_POINTS: usize = 40_000;

pub(super) fn sketch(panel: &Panel, lines: &Lines) -> Result<Sketch> {
    for series in &lines.series {
        if series.x.len() != series.y.len() {
            return Err(lengths_differ("curve", series.x.len(), series.y.len()));
        }
    }
    let shown: Vec<&Series> = lines.series.iter().take(MOST_CURVES).collect();
    let points = || shown.iter().flat_map(|series| points(series));
    let xs: Vec<f64> = points().map(|(x, _)| x).collect();
    let ys: Vec<f64> = points().map(|(_, y)| y).collect();
    let (Some(x), Some(y)) = (extent(&xs), extent(&ys)) else { return Ok(empty(panel, SIZE)) };
    let x = Scale::numbers(along(x, &panel.x.label), SIZE.0, 62.0, &panel.x.label);
    let y = Scale::numbers(from_zero(y), SIZE.1, 42.0, &panel.y.label);
    let mut axes = Axes { grid: true, ..Axes::new(panel, SIZE, x, y) };
    let mut marks = Canvas::default();
    let thinned = draw_curves(&mut marks, &axes, &shown);
    axes.legend = legend(&shown);
    axes.note = note(lines.series.len(), thinned);
    Ok(axes.finish(&marks))
}

/// The points that can be drawn.
fn points(series: &Series) -> impl Iterator<Item = (f64, f64)> {
    series.x.iter().copied().zip(series.y.iter().copied()).filter(|&(x, y)| is_drawable(x) && is_drawable(y))
}

/// Draws the curves and returns whether some were thinned.
fn draw_curves(canvas: &mut Canvas, axes: &Axes<'_>, shown: &[&Series]) -> bool {
    let budget = (MOST_POINTS / shown.len().max(1)).max(200);
    let mut thinned = false;
    for (i, series) in shown.iter().enumerate() {
        let all = pixels(axes, series);
        let kept = thin(&all, budget);
        thinned |= kept.len() < all.len();
        let width = if shown.len() > 12 || all.len() > 1_000 { 1.1 } else { 1.8 };
        let colour = series_colour(i, shown.len());
        let style = format!(
            r#"fill="none" stroke="{colour}" stroke-width="{width}" stroke-linejoin="round" stroke-linecap="round" {}"#,
            dashes(i, shown.len())
        );
        canvas.path(&commands(&kept), style);
    }
    thinned
}

/// Solid, then dashed, then dotted as the colours repeat.
fn dashes(index: usize, n: usize) -> &'static str {
    match index / 7 {
        1 if n <= 14 => r#"stroke-dasharray="6 4""#,
        _ => "",
    }
}

fn pixels(axes: &Axes<'_>, series: &Series) -> Vec<Option<(f64, f64)>> {
    let point = |(&x, &y): (&f64, &f64)| (is_drawable(x) && is_drawable(y)).then(|| (axes.px(x), axes.py(y)));
    series.x.iter().zip(&series.y).map(point).collect()
}

/// At most about `budget` points that look the same: of the consecutive points in one column of pixels, the
/// first, lowest, highest and last.
fn thin(points: &[Option<(f64, f64)>], budget: usize) -> Vec<Option<(f64, f64)>> {
    if points.len() <= budget {
        return points.to_vec();
    }
    let column = |point: &Option<(f64, f64)>| point.map(|(x, _)| (x * 2.0).floor() as i64);
    let mut kept = Vec::new();
    for run in points.chunk_by(|a, b| column(a) == column(b)) {
        kept.extend(extremes(run));
    }
    // A curve that runs to and fro can still be long.
    let stride = kept.len().div_ceil(2 * budget).max(1);
    kept.into_iter().step_by(stride).collect()
}

fn extremes(run: &[Option<(f64, f64)>]) -> Vec<Option<(f64, f64)>> {
    let height = |i: &usize| run.get(*i).copied().flatten().map_or(0.0, |(_, y)| y);
    let by_height = |a: &usize, b: &usize| height(a).total_cmp(&height(b));
    let mut picked = vec![0, run.len() - 1];
    picked.extend((0..run.len()).min_by(by_height));
    picked.extend((0..run.len()).max_by(by_height));
    picked.sort_unstable();
    picked.dedup();
    picked.into_iter().filter_map(|i| run.get(i).copied()).collect()
}

/// Path commands; a gap lifts the pen, and a point between gaps becomes a dot.
fn commands(points: &[Option<(f64, f64)>]) -> String {
    let mut out = String::new();
    let mut previous: Option<(f64, f64)> = None;
    for (i, point) in points.iter().enumerate() {
        if let Some((x, y)) = point {
            let verb = if previous.is_some() { 'L' } else { 'M' };
            out.push_str(&format!("{verb}{} {}", coordinate(*x), coordinate(*y)));
            if previous.is_none() && points.get(i + 1).copied().flatten().is_none() {
                out.push_str("h0");
            }
        }
        previous = *point;
    }
    out
}

fn legend(shown: &[&Series]) -> Legend {
    let entry = |(i, series): (usize, &&Series)| Entry {
        name: series.name.clone(),
        colour: Some(series_colour(i, shown.len())),
        dashes: Some(dashes(i, shown.len())),
    };
    Legend { entries: shown.iter().enumerate().map(entry).collect() }
}

fn note(n_curves: usize, thinned: bool) -> String {
    let mut notes = Vec::new();
    if n_curves > MOST_CURVES {
        notes.push(format!("The first {MOST_CURVES} of {n_curves} curves."));
    }
    if thinned {
        notes.push("Long curves are drawn by their extremes per pixel.".to_owned());
    }
    notes.join(" ")
}
