//! The graph as SVG.

use super::layout::{Layout, layout};
use super::{Dag, DagNode};
use crate::escape;
use crate::number::coordinate as n;
use crate::svg::{Anchor, Canvas, Text};
use crate::text;

const BOX_HEIGHT: f64 = 46.0;
const LAYER: f64 = 98.0;
const GAP: f64 = 26.0;
const EDGE: f64 = 12.0;
const NAME_SIZE: f64 = 13.0;
const ID_SIZE: f64 = 11.0;
const LABEL_SIZE: f64 = 10.5;
const WIDEST: f64 = 210.0;

/// Draws the graph from top to bottom as a standalone SVG document: a box per step with its name and id, an
/// arrow per connection labelled by its ports, a stack of boxes for the variants of a matrix. Each box links to
/// the step's section (`#step-…`) of the report that it stands in.
pub fn svg(dag: &Dag) -> String {
    let arrows = dag.arrows();
    let edges: Vec<(usize, usize)> = arrows.keys().copied().collect();
    let widths: Vec<f64> = dag.nodes.iter().map(width).collect();
    let layout = layout(&widths, &edges, GAP);
    let mut canvas = Canvas::default();
    let routes = routes(&layout, &edges, &widths);
    for (route, label) in routes.iter().zip(arrows.values()) {
        let mut arrow = Canvas::default();
        draw_arrow(&mut arrow, route);
        canvas.tooltip(label, &arrow);
    }
    let boxes = layout.nodes.iter().zip(&widths).map(|(&(x, layer), width)| {
        let (x, y) = (x + EDGE, top(layer));
        (x - width / 2.0 - 3.0, y - 4.0, x + width / 2.0 + 8.0, y + BOX_HEIGHT + 8.0)
    });
    let mut taken: Vec<Area> = boxes.collect();
    for (route, label) in routes.iter().zip(arrows.values()) {
        draw_label(&mut canvas, &mut taken, route, label);
    }
    for ((node, &(x, layer)), width) in dag.nodes.iter().zip(&layout.nodes).zip(&widths) {
        draw_box(&mut canvas, node, (x + EDGE, top(layer)), *width);
    }
    let height = top(layout.n_layers.saturating_sub(1)) + BOX_HEIGHT + EDGE + 4.0;
    let about = format!("{} steps, {} connections", dag.nodes.len(), edges.len());
    canvas.document((layout.width + 2.0 * EDGE + 6.0, height), "dag", "Steps of the pipeline", &about)
}

/// A rectangle: left, top, right, bottom.
type Area = (f64, f64, f64, f64);

fn top(layer: usize) -> f64 {
    EDGE + layer as f64 * LAYER
}

fn title(node: &DagNode) -> String {
    if node.variants > 1 { format!("{} × {}", node.name, node.variants) } else { node.name.clone() }
}

fn width(node: &DagNode) -> f64 {
    let name = text::width(&title(node), NAME_SIZE * 1.06);
    (name.max(text::width(&node.step_id, ID_SIZE)) + 26.0).clamp(96.0, WIDEST)
}

fn draw_box(canvas: &mut Canvas, node: &DagNode, (x, y): (f64, f64), width: f64) {
    let mut link = Canvas::default();
    let paper = r##"rx="7" class="box" fill="#f3f6fa" stroke="currentColor" stroke-opacity="0.45""##;
    let (left, size) = (x - width / 2.0, (width, BOX_HEIGHT));
    let behind = if node.variants > 1 { node.variants.min(3) - 1 } else { 0 };
    for i in (1..=behind).rev() {
        let shift = 3.5 * i as f64;
        link.rect((left + shift, y + shift), size, paper);
    }
    link.rect((left, y), size, paper);
    let name = text::shorten(&title(node), width - 12.0, NAME_SIZE * 1.06);
    let id = text::shorten(&node.step_id, width - 12.0, ID_SIZE);
    link.text(Text::new(&name, x, y + 20.0, NAME_SIZE).anchor(Anchor::Middle).bold());
    link.text(Text::new(&id, x, y + 36.0, ID_SIZE).anchor(Anchor::Middle).muted());
    canvas.link(&format!("#{}", escape::id("step", &node.name)), &link);
}

/// The points that each arrow passes: from the bottom of a box, through the layers between, to the top of another.
fn routes(layout: &Layout, edges: &[(usize, usize)], widths: &[f64]) -> Vec<Vec<(f64, f64)>> {
    let place = |i: usize| layout.nodes.get(i).copied().unwrap_or_default();
    let bend = |k: usize, last: bool| {
        let bends = layout.bends.get(k)?;
        Some(if last { bends.last()? } else { bends.first()? }.0)
    };
    // Where the arrow goes to and comes from, seen from its ends.
    let ahead: Vec<f64> =
        edges.iter().enumerate().map(|(k, edge)| bend(k, false).unwrap_or(place(edge.1).0)).collect();
    let behind: Vec<f64> =
        edges.iter().enumerate().map(|(k, edge)| bend(k, true).unwrap_or(place(edge.0).0)).collect();
    let starts = attach(edges.iter().map(|edge| edge.0), &ahead, widths);
    let ends = attach(edges.iter().map(|edge| edge.1), &behind, widths);
    let route = |(k, &(from, to)): (usize, &(usize, usize))| {
        let ((x0, start), (x1, end)) = (place(from), place(to));
        let offset = |offsets: &[f64]| offsets.get(k).copied().unwrap_or(0.0);
        let mut points = vec![(x0 + offset(&starts) + EDGE, top(start) + BOX_HEIGHT)];
        for &(x, layer) in layout.bends.get(k).into_iter().flatten() {
            points.push((x + EDGE, top(layer) - 4.0));
            points.push((x + EDGE, top(layer) + BOX_HEIGHT + 4.0));
        }
        points.push((x1 + offset(&ends) + EDGE, top(end) - 7.0));
        points
    };
    edges.iter().enumerate().map(route).collect()
}

/// How far from the middle of its box each arrow is attached, so that they stand side by side in the order of
/// their other ends.
fn attach(nodes: impl Iterator<Item = usize>, others: &[f64], widths: &[f64]) -> Vec<f64> {
    let nodes: Vec<usize> = nodes.collect();
    let offset = |(k, &node): (usize, &usize)| {
        let own = others.get(k).copied().unwrap_or(0.0);
        let siblings = || nodes.iter().zip(others).enumerate().filter(|(_, (other, _))| **other == node);
        let rank = siblings().filter(|&(i, (_, x))| x.total_cmp(&own).then(i.cmp(&k)).is_lt()).count();
        let n = siblings().count();
        let room = widths.get(node).copied().unwrap_or(0.0) - 40.0;
        let pitch = if n > 1 { (room / (n - 1) as f64).min(26.0) } else { 0.0 };
        (rank as f64 - (n - 1) as f64 / 2.0) * pitch
    };
    nodes.iter().enumerate().map(offset).collect()
}

fn draw_arrow(canvas: &mut Canvas, points: &[(f64, f64)]) {
    let (Some(&(x, y)), Some(&(tip, end))) = (points.first(), points.last()) else { return };
    let mut commands = format!("M{} {}", n(x), n(y));
    for pair in points.windows(2) {
        let [a, b] = pair else { continue };
        let reach = (b.1 - a.1) * 0.5;
        commands.push_str(&format!(
            "C{} {} {} {} {} {}",
            n(a.0),
            n(a.1 + reach),
            n(b.0),
            n(b.1 - reach),
            n(b.0),
            n(b.1)
        ));
    }
    canvas.path(&commands, r#"fill="none" stroke="currentColor" stroke-opacity="0.55" stroke-width="1.4""#);
    let head = format!("M{} {}l-4.5 -8h9z", n(tip), n(end + 6.0));
    canvas.path(&head, r#"fill-opacity="0.7""#);
}

/// Writes a label on its arrow where it covers neither a box nor another label. In a crowd without such a place
/// the arrow's tooltip has to do.
fn draw_label(canvas: &mut Canvas, taken: &mut Vec<Area>, points: &[(f64, f64)], label: &str) {
    let label = text::shorten(label, WIDEST, LABEL_SIZE);
    if label.is_empty() {
        return;
    }
    let half = text::width(&label, LABEL_SIZE) / 2.0 + 5.0;
    let area = |(x, y): (f64, f64)| (x - half, y - 7.0, x + half, y + 7.0);
    let free = |place: &(f64, f64)| taken.iter().all(|other| !overlap(area(*place), *other));
    let places = label_places(points);
    let Some(place) = places.iter().copied().find(free) else { return };
    taken.push(area(place));
    let place = Text::new(&label, place.0, place.1 + 3.6, LABEL_SIZE);
    canvas.text(place.anchor(Anchor::Middle).muted().halo());
}

/// Points along the arrow, best first: the middle of its last stretch, then around it, then earlier stretches.
fn label_places(points: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let mut places = Vec::new();
    for pair in points.windows(2).rev() {
        let [a, b] = pair else { continue };
        // A cubic with vertical ends, at t: x follows 3t² − 2t³, y nearly t.
        let at = |t: f64| (a.0 + (b.0 - a.0) * t * t * (3.0 - 2.0 * t), a.1 + (b.1 - a.1) * t);
        places.extend([0.5, 0.65, 0.35, 0.8, 0.2].map(at));
    }
    places
}

fn overlap(a: Area, b: Area) -> bool {
    a.0 < b.2 && b.0 < a.2 && a.1 < b.3 && b.1 < a.3
}
