//! Where a model is found.

use neuroloom_core::Figure;
use neuroloom_core::figure::{Axis, ColourScale, Content, Lines, Panel, Scatter, Series};

use super::input::Recording;

/// Slices of one map at most.
const SLICES: usize = 6;
/// Points of a curve at most.
const POINTS: usize = 400;

/// Similarities of one model over the centres of a recording.
pub(super) struct Map {
    pub title: String,
    pub colour_label: String,
    /// A value per centre of the range that was worked on.
    pub values: Vec<Option<f64>>,
    pub first: usize,
}

/// Similarities in space where positions are known, as a curve of sorted values otherwise.
pub(super) fn figure(recording: &Recording, maps: &[Map]) -> Figure {
    let title = format!("Searchlights of {}", recording.group.name);
    match &recording.positions {
        Some(positions) => {
            let caption = "Every point is the centre of a searchlight; its colour says how well the model predicts the \
                           dissimilarities around it. Slices by the third coordinate stand side by side.";
            let panels = maps.iter().map(|map| montage(positions, map));
            panels.fold(Figure::new("searchlight", title, caption), Figure::panel)
        }
        None => {
            let caption = "Similarities of all searchlights, sorted: how many centres reach which value.";
            maps.iter().map(curve).fold(Figure::new("searchlight", title, caption), Figure::panel)
        }
    }
}

/// Slices side by side, so that all share one scale of colours.
fn montage(positions: &[[f64; 3]], map: &Map) -> Panel {
    let found: Vec<(&[f64; 3], f64)> = positions[map.first..]
        .iter()
        .zip(&map.values)
        .filter_map(|(position, value)| Some((position, (*value)?)))
        .collect();
    let [(left, right), (bottom, top), (low, high)] = [0, 1, 2].map(|axis| extent(&found, axis));
    let levels = levels(&found);
    let n_slices = levels.len().clamp(1, SLICES);
    let slice_of = |z: f64| match levels.binary_search_by(|level| level.total_cmp(&z)) {
        Ok(slice) if levels.len() <= SLICES => slice,
        _ => (((z - low) / (high - low) * n_slices as f64) as usize).min(n_slices - 1),
    };
    let columns = (n_slices as f64).sqrt().ceil() as usize;
    let (across, down) = ((right - left) * 1.15, (top - bottom) * 1.15);
    let x = |at: &[f64; 3]| at[0] - left + across * (slice_of(at[2]) % columns) as f64;
    let y = |at: &[f64; 3]| at[1] - bottom - down * (slice_of(at[2]) / columns) as f64;
    Panel {
        title: format!("{}; {n_slices} slices, z from {low:.3} to {high:.3}", map.title),
        x: Axis::new("x, slice by slice, the lowest first"),
        y: Axis::new("y, row by row"),
        content: Content::Scatter(Scatter {
            x: found.iter().map(|(at, _)| x(at)).collect(),
            y: found.iter().map(|(at, _)| y(at)).collect(),
            colour: found.iter().map(|(_, value)| *value).collect(),
            colour_label: map.colour_label.clone(),
            scale: ColourScale::Sequential,
            labels: Vec::new(),
            closed_path: false,
            equal_axes: true,
        }),
    }
}

fn extent(found: &[(&[f64; 3], f64)], axis: usize) -> (f64, f64) {
    let places = found.iter().map(|(position, _)| position[axis]);
    places.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), at| (low.min(at), high.max(at)))
}

/// Third coordinates that occur, ascending.
fn levels(found: &[(&[f64; 3], f64)]) -> Vec<f64> {
    let mut levels: Vec<f64> = found.iter().map(|(position, _)| position[2]).collect();
    levels.sort_by(f64::total_cmp);
    levels.dedup();
    levels
}

fn curve(map: &Map) -> Panel {
    let mut values: Vec<f64> = map.values.iter().flatten().copied().collect();
    values.sort_by(|a, b| b.total_cmp(a));
    let step = values.len().div_ceil(POINTS).max(1);
    let (x, y) =
        values.iter().enumerate().step_by(step).map(|(place, &value)| (place as f64 + 1.0, value)).unzip();
    Panel {
        title: map.title.clone(),
        x: Axis::new("centres with at least this value"),
        y: Axis::new(map.colour_label.clone()),
        content: Content::Lines(Lines { series: vec![Series { name: String::new(), x, y }] }),
    }
}
