//! Grouped bars with error bars, bands behind them and marks above.

use neuroloom_core::Result;
use neuroloom_core::figure::{Band, BarSeries, Bars, Panel};

use super::axes::{Axes, Sketch, empty};
use super::legend::{Entry, Legend};
use super::lengths_differ;
use super::scale::{Scale, extent};
use crate::colour::{GAP as GREY, series as series_colour};
use crate::number::{is_drawable, significant};
use crate::svg::{Anchor, Canvas, Text};

const HEIGHT: f64 = 250.0;
/// Bars in one panel; groups beyond are not drawn.
const MOST_BARS: usize = 2_000;
/// Part of a group's room that its bars fill.
const FILL: f64 = 0.72;

pub(super) fn sketch(panel: &Panel, bars: &Bars, bands: &[Band], marks_above: &[String]) -> Result<Sketch> {
    for series in &bars.series {
        check(series, bars.groups.len())?;
    }
    if !marks_above.is_empty() && marks_above.len() != bars.groups.len() {
        return Err(lengths_differ("marks above bars", bars.groups.len(), marks_above.len()));
    }
    let shown = bars.groups.len().min((MOST_BARS / bars.series.len().max(1)).max(1));
    let size = (width(shown, bars.series.len()), HEIGHT);
    let bands: Vec<&Band> = bands.iter().filter(|b| is_drawable(b.low) && is_drawable(b.high)).collect();
    let Some(range) = range(&bars.series, &bands, !marks_above.is_empty(), shown) else {
        return Ok(empty(panel, size));
    };
    let x = Scale::names(&bars.groups, shown, size.0, 17.5, &panel.x.label);
    let y = Scale::numbers(range, HEIGHT, 42.0, &panel.y.label);
    let mut axes = Axes { grid: true, ..Axes::new(panel, size, x, y) };
    let mut marks = Canvas::default();
    bands.iter().for_each(|band| draw_band(&mut marks, &axes, band));
    for (i, series) in bars.series.iter().enumerate() {
        let slot = Slot { group: size.0 / shown as f64, index: i, n: bars.series.len() };
        draw_series(&mut marks, &axes, series, &bars.groups, slot, shown);
    }
    if range.0 < 0.0 && range.1 > 0.0 {
        let zero = axes.py(0.0);
        marks.line((0.0, zero), (size.0, zero), r#"stroke="currentColor" stroke-opacity="0.75""#);
    }
    draw_marks(&mut marks, &axes, &bars.series, marks_above, shown);
    axes.legend = legend(&bars.series, &bands);
    if shown < bars.groups.len() {
        axes.note = format!("The first {shown} of {} groups.", bars.groups.len());
    }
    Ok(axes.finish(&marks))
}

fn check(series: &BarSeries, n_groups: usize) -> Result<()> {
    if series.values.len() != n_groups {
        return Err(lengths_differ("series of bars", n_groups, series.values.len()));
    }
    if !series.errors.is_empty() && series.errors.len() != n_groups {
        return Err(lengths_differ("series of error bars", n_groups, series.errors.len()));
    }
    Ok(())
}

fn width(n_groups: usize, n_series: usize) -> f64 {
    let group = (26.0 * n_series as f64 / FILL).max(58.0);
    (n_groups as f64 * group).clamp(180.0, 860.0)
}

/// From 0 to the ends of all bars, error bars and bands, with a little room; more where marks stand above.
fn range(series: &[BarSeries], bands: &[&Band], is_marked: bool, shown: usize) -> Option<(f64, f64)> {
    let ends = series.iter().flat_map(|series| (0..shown).flat_map(|i| ends(series, i)));
    let ends: Vec<f64> = ends.chain(bands.iter().flat_map(|band| [band.low, band.high])).collect();
    let (low, high) = extent(&ends)?;
    let (low, high) = (low.min(0.0), high.max(0.0));
    let room = 0.06 * (high - low);
    let above = if is_marked { 2.0 * room } else { room };
    let range =
        (if low < 0.0 { low - room } else { 0.0 }, if high > 0.0 || is_marked { high + above } else { 0.0 });
    Some(if range.0 == range.1 { (0.0, 1.0) } else { range })
}

fn ends(series: &BarSeries, group: usize) -> [f64; 2] {
    let value = series.values.get(group).copied().unwrap_or(f64::NAN);
    let error = series.errors.get(group).copied().filter(|e| is_drawable(*e)).unwrap_or(0.0);
    [value - error.abs(), value + error.abs()]
}

/// Where the bars of one series stand in the room of a group.
#[derive(Clone, Copy)]
struct Slot {
    /// Room of a group, pixels.
    group: f64,
    index: usize,
    n: usize,
}

impl Slot {
    fn width(self) -> f64 {
        (self.group * FILL / self.n as f64).min(46.0)
    }

    fn left(self, group: usize) -> f64 {
        let middle = (group as f64 + 0.5) * self.group;
        middle + (self.index as f64 - self.n as f64 / 2.0) * self.width()
    }
}

fn draw_series(
    canvas: &mut Canvas,
    axes: &Axes<'_>,
    series: &BarSeries,
    groups: &[String],
    slot: Slot,
    shown: usize,
) {
    let colour = series_colour(slot.index, slot.n);
    let gap = if slot.width() > 6.0 { 1.0 } else { 0.0 };
    for (i, (&value, group)) in series.values.iter().zip(groups).take(shown).enumerate() {
        let left = slot.left(i);
        if !is_drawable(value) {
            let middle = left + slot.width() / 2.0;
            canvas.text(Text::new("n/a", middle, axes.py(0.0) - 4.0, 9.5).anchor(Anchor::Middle).muted());
            continue;
        }
        let (zero, end) = (axes.py(0.0), axes.py(value));
        let mut bar = Canvas::default();
        let size = (slot.width() - gap, (zero - end).abs());
        bar.rect((left + gap / 2.0, zero.min(end)), size, format!(r#"fill="{colour}""#));
        draw_error(&mut bar, axes, (left + slot.width() / 2.0, slot.width()), value, series.errors.get(i));
        canvas.tooltip(&tooltip(group, series, value, series.errors.get(i)), &bar);
    }
}

fn draw_error(canvas: &mut Canvas, axes: &Axes<'_>, (x, width): (f64, f64), value: f64, error: Option<&f64>) {
    let Some(&error) = error.filter(|error| is_drawable(**error) && **error != 0.0) else { return };
    let (low, high) = (axes.py(value - error), axes.py(value + error));
    let cap = (width / 5.0).min(4.0);
    let style = r#"stroke="currentColor" stroke-width="1.3""#;
    canvas.line((x, low), (x, high), style);
    canvas.line((x - cap, low), (x + cap, low), style);
    canvas.line((x - cap, high), (x + cap, high), style);
}

fn draw_band(canvas: &mut Canvas, axes: &Axes<'_>, band: &Band) {
    let (top, bottom) = (axes.py(band.low.max(band.high)), axes.py(band.low.min(band.high)));
    let mut area = Canvas::default();
    // A band without width is still a line.
    let size = (axes.size.0, (bottom - top).max(1.0));
    area.rect((0.0, top), size, format!(r#"fill="{GREY}" fill-opacity="0.8""#));
    let ends = format!("{}: {} to {}", band.name, significant(band.low, 4), significant(band.high, 4));
    canvas.tooltip(&ends, &area);
}

/// Marks above the highest bar, error bar or zero line of their groups.
fn draw_marks(canvas: &mut Canvas, axes: &Axes<'_>, series: &[BarSeries], marks: &[String], shown: usize) {
    let group = axes.size.0 / shown.max(1) as f64;
    for (i, mark) in marks.iter().take(shown).enumerate().filter(|(_, mark)| !mark.is_empty()) {
        let ends = series.iter().flat_map(|series| ends(series, i)).filter(|end| is_drawable(*end));
        let top = axes.py(ends.fold(0.0, f64::max));
        let x = (i as f64 + 0.5) * group;
        canvas.text(Text::new(mark, x, top - 4.0, 12.5).anchor(Anchor::Middle).bold().halo());
    }
}

fn tooltip(group: &str, series: &BarSeries, value: f64, error: Option<&f64>) -> String {
    let name = if series.name.is_empty() { String::new() } else { format!(", {}", series.name) };
    let error = error.filter(|error| is_drawable(**error));
    let error = error.map(|error| format!(" ± {}", significant(*error, 3))).unwrap_or_default();
    format!("{group}{name}: {}{error}", significant(value, 4))
}

fn legend(series: &[BarSeries], bands: &[&Band]) -> Legend {
    let entry = |(i, bars): (usize, &BarSeries)| Entry {
        name: bars.name.clone(),
        colour: Some(series_colour(i, series.len())),
        dashes: None,
    };
    let band = |band: &&Band| Entry { name: band.name.clone(), colour: Some(GREY), dashes: None };
    Legend { entries: series.iter().enumerate().map(entry).chain(bands.iter().map(band)).collect() }
}
