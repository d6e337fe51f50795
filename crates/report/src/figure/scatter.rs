//! Points in the plane.

use neuroloom_core::Result;
use neuroloom_core::figure::{Panel, Scatter};

use super::axes::{Axes, Sketch, empty};
use super::colour_bar::ColourBar;
use super::lengths_differ;
use super::scale::{Scale, extent, padded};
use crate::colour::{ColourMap, series as series_colour};
use crate::number::{coordinate, is_drawable, significant};
use crate::svg::{Anchor, Canvas, Text};
use crate::text;

const SIZE: (f64, f64) = (360.0, 270.0);
/// Axes of one scale are square.
const EQUAL: (f64, f64) = (290.0, 290.0);
/// Points in one panel; of more, evenly spaced ones are drawn.
const MOST_POINTS: usize = 12_000;
/// Points that get a disc and a tooltip of their own.
const MOST_DISCS: usize = 600;
/// Points among which labels are placed.
const MOST_LABELS: usize = 80;
const LABEL_SIZE: f64 = 10.5;

pub(super) fn sketch(panel: &Panel, scatter: &Scatter) -> Result<Sketch> {
    check(scatter)?;
    let size = if scatter.equal_axes { EQUAL } else { SIZE };
    let stride = scatter.x.len().div_ceil(MOST_POINTS).max(1);
    let points = points(scatter, stride);
    let (Some(x), Some(y)) =
        (extent(points.iter().map(|point| &point.x)), extent(points.iter().map(|point| &point.y)))
    else {
        return Ok(empty(panel, size));
    };
    let (x, y) = domains(x, y, scatter.equal_axes);
    let x = Scale::numbers(x, size.0, 62.0, &panel.x.label);
    let y = Scale::numbers(y, size.1, 48.0, &panel.y.label);
    let mut axes = Axes::new(panel, size, x, y);
    let map = (!scatter.colour.is_empty())
        .then(|| ColourMap::over(&scatter.colour, scatter.scale, &scatter.colour_label));
    axes.bar = map.map(|map| ColourBar { map, label: scatter.colour_label.clone() });
    if stride > 1 {
        axes.note = format!("Every {stride}th of {} points.", scatter.x.len());
    }
    let mut marks = Canvas::default();
    draw_path(&mut marks, &axes, scatter, &points);
    draw_points(&mut marks, &axes, &points, map.as_ref());
    draw_labels(&mut marks, &axes, &points);
    Ok(axes.finish(&marks))
}

fn check(scatter: &Scatter) -> Result<()> {
    let n = scatter.x.len();
    let optional = |length: usize| if length == 0 { n } else { length };
    let lengths = [
        ("vertical positions", scatter.y.len()),
        ("point colours", optional(scatter.colour.len())),
        ("point labels", optional(scatter.labels.len())),
    ];
    match lengths.into_iter().find(|&(_, length)| length != n) {
        Some((what, length)) => Err(lengths_differ(what, n, length)),
        None => Ok(()),
    }
}

/// A point that can be drawn.
struct Point<'a> {
    x: f64,
    y: f64,
    colour: Option<f64>,
    label: &'a str,
    /// Whether it follows the point before it in the list without a gap.
    joined: bool,
}

fn points(scatter: &Scatter, stride: usize) -> Vec<Point<'_>> {
    let mut points = Vec::new();
    let mut joined = false;
    for (i, (&x, &y)) in scatter.x.iter().zip(&scatter.y).enumerate().step_by(stride) {
        let drawable = is_drawable(x) && is_drawable(y);
        if drawable {
            let label = scatter.labels.get(i).map_or("", String::as_str);
            points.push(Point { x, y, colour: scatter.colour.get(i).copied(), label, joined });
        }
        joined = drawable;
    }
    points
}

/// Room around the points; of equal lengths where both axes have one scale.
fn domains(x: (f64, f64), y: (f64, f64), equal: bool) -> ((f64, f64), (f64, f64)) {
    let (x, y) = (padded(x, 0.09), padded(y, 0.09));
    if !equal {
        return (x, y);
    }
    let half = (x.1 - x.0).max(y.1 - y.0) / 2.0;
    let around = |(min, max): (f64, f64)| (min.midpoint(max) - half, min.midpoint(max) + half);
    (around(x), around(y))
}

fn draw_path(canvas: &mut Canvas, axes: &Axes<'_>, scatter: &Scatter, points: &[Point<'_>]) {
    if !scatter.closed_path || points.len() < 2 {
        return;
    }
    let mut commands = String::new();
    for point in points {
        let verb = if point.joined { 'L' } else { 'M' };
        let (x, y) = (axes.px(point.x), axes.py(point.y));
        commands.push_str(&format!("{verb}{} {}", coordinate(x), coordinate(y)));
    }
    // With a gap inside, the ends still meet, but not across the gap.
    let whole = points.iter().skip(1).all(|point| point.joined);
    if whole {
        commands.push('Z');
    } else if let Some(first) = points.first() {
        commands.push_str(&format!("L{} {}", coordinate(axes.px(first.x)), coordinate(axes.py(first.y))));
    }
    let style = r#"fill="none" stroke="currentColor" stroke-opacity="0.3" stroke-width="1.3" stroke-linejoin="round""#;
    canvas.path(&commands, style);
}

fn draw_points(canvas: &mut Canvas, axes: &Axes<'_>, points: &[Point<'_>], map: Option<&ColourMap>) {
    let plain = series_colour(0, 1);
    let colour_of = |point: &Point<'_>| match (map, point.colour) {
        (Some(map), Some(value)) => map.colour(map.level(value)),
        _ => plain,
    };
    if points.len() <= MOST_DISCS {
        let radius = if points.len() <= 120 { 5.0 } else { 3.0 };
        for point in points {
            let style = format!(
                r#"fill="{}" stroke="currentColor" stroke-opacity="0.4" stroke-width="0.7""#,
                colour_of(point)
            );
            canvas.disc((axes.px(point.x), axes.py(point.y)), radius, style, &tooltip(point));
        }
        return;
    }
    // Many points: one path per run of a colour, each point a dot of its pen.
    let radius = if points.len() <= 3_000 { 3.4 } else { 2.2 };
    for run in points.chunk_by(|a, b| colour_of(a) == colour_of(b)) {
        let dot = |point: &Point<'_>| {
            format!("M{} {}h0", coordinate(axes.px(point.x)), coordinate(axes.py(point.y)))
        };
        let commands: String = run.iter().map(dot).collect();
        let colour = run.first().map_or(plain, colour_of);
        let style = format!(
            r#"stroke="{colour}" stroke-width="{radius}" stroke-linecap="round" stroke-opacity="0.75""#
        );
        canvas.path(&commands, style);
    }
}

fn tooltip(point: &Point<'_>) -> String {
    let colour = point.colour.map(|value| significant(value, 4)).unwrap_or_default();
    match (point.label.is_empty(), colour.is_empty()) {
        (true, _) => colour,
        (false, true) => point.label.to_owned(),
        (false, false) if point.label == colour => colour,
        (false, false) => format!("{}: {colour}", point.label),
    }
}

/// A rectangle: left, top, right, bottom.
type Area = (f64, f64, f64, f64);

/// Writes the labels that find room beside their points, preferably away from the middle of the cloud.
fn draw_labels(canvas: &mut Canvas, axes: &Axes<'_>, points: &[Point<'_>]) {
    if points.len() > MOST_LABELS {
        return;
    }
    let places: Vec<(f64, f64)> = points.iter().map(|point| (axes.px(point.x), axes.py(point.y))).collect();
    let mut taken: Vec<Area> = places.iter().map(|&(x, y)| (x - 5.0, y - 5.0, x + 5.0, y + 5.0)).collect();
    let middle = (axes.size.0 / 2.0, axes.size.1 / 2.0);
    for (point, &(x, y)) in points.iter().zip(&places) {
        let label = text::shorten(point.label, 110.0, LABEL_SIZE);
        if label.is_empty() {
            continue;
        }
        let width = text::width(&label, LABEL_SIZE);
        let free = |place: &(f64, f64)| {
            let area = (place.0 - 1.0, place.1 - 9.0, place.0 + width + 1.0, place.1 + 3.0);
            inside(area, axes.size) && taken.iter().all(|other| !overlap(area, *other))
        };
        if let Some(place) = candidates((x, y), middle, width).into_iter().find(free) {
            taken.push((place.0 - 1.0, place.1 - 9.0, place.0 + width + 1.0, place.1 + 3.0));
            canvas.text(Text::new(&label, place.0, place.1, LABEL_SIZE).anchor(Anchor::Start).halo());
        }
    }
}

/// Where the baseline of a label of `width` pixels may start, best first.
fn candidates((x, y): (f64, f64), middle: (f64, f64), width: f64) -> [(f64, f64); 4] {
    let right = (x + 8.0, y + 3.5);
    let left = (x - 8.0 - width, y + 3.5);
    let above = (x - width / 2.0, y - 9.0);
    let below = (x - width / 2.0, y + 17.0);
    let (sideways, across) = if x >= middle.0 { (right, left) } else { (left, right) };
    let (upright, against) = if y <= middle.1 { (above, below) } else { (below, above) };
    if (x - middle.0).abs() >= (y - middle.1).abs() {
        [sideways, upright, against, across]
    } else {
        [upright, sideways, across, against]
    }
}

fn inside(area: Area, size: (f64, f64)) -> bool {
    area.0 >= -2.0 && area.1 >= -2.0 && area.2 <= size.0 + 2.0 && area.3 <= size.1
}

fn overlap(a: Area, b: Area) -> bool {
    a.0 < b.2 && b.0 < a.2 && a.1 < b.3 && b.1 < a.3
}
