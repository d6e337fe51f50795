//! Figures of transforms over thresholds and of dependence.

use ndarray::Array2;
use neuroloom_core::Figure;
use neuroloom_core::figure::{Axis, ColourScale, Content, Heatmap, Lines, Panel, Series};

use crate::agtic::Side;
use crate::transforms::{GeoTop, Thresholds};

/// Panels of a figure at most; the tables hold the rest.
const PANELS: usize = 12;
/// Curves of a panel at most.
const CURVES: usize = 8;

/// What the geo-topological transform makes of scaled ranks: a curve for some of the cells.
pub fn curve_figure(cells: &[Thresholds]) -> Figure {
    let step = cells.len().div_ceil(CURVES).max(1);
    let x: Vec<f64> = (0..=200).map(|i| f64::from(i) / 200.0).collect();
    let series = cells.iter().step_by(step).filter_map(|cell| {
        let y = GeoTop::new(cell.l(), cell.u(), false).and_then(|geotop| geotop.transform(&x)).ok()?;
        Some(Series { name: cell.to_string(), x: x.clone(), y })
    });
    let panel = Panel {
        title: String::new(),
        x: Axis::new("dissimilarity, as a rank scaled to [0, 1] (1)"),
        y: Axis::new("after the transform (1)"),
        content: Content::Lines(Lines { series: series.collect() }),
    };
    let caption = format!(
        "Distances below the lower threshold are the same, as are those above the upper one.{}",
        left_out(cells.len().div_ceil(step), cells.len(), "cells")
    );
    Figure::new("curves", "Transforms over the grid", caption).panel(panel)
}

/// Similarity with one reference over the cells.
pub struct SimilarityMap {
    pub title: String,
    /// One per cell; NaN where it has none.
    pub values: Vec<f64>,
}

/// Similarities by lower and upper threshold, a panel per pair of RDMs.
pub fn similarity_figure(cells: &[Thresholds], maps: &[SimilarityMap], measure: &str) -> Figure {
    let levels = |of: fn(Thresholds) -> f64| {
        let mut levels: Vec<f64> = cells.iter().map(|&cell| of(cell)).collect();
        levels.sort_by(f64::total_cmp);
        levels.dedup();
        levels
    };
    let (rows, columns) = (levels(Thresholds::l), levels(Thresholds::u));
    let place = |levels: &[f64], level: f64| levels.partition_point(|other| *other < level);
    let panels = maps.iter().take(PANELS).map(|map| {
        let mut values = vec![f64::NAN; rows.len() * columns.len()];
        for (cell, &value) in cells.iter().zip(&map.values) {
            values[place(&rows, cell.l()) * columns.len() + place(&columns, cell.u())] = value;
        }
        let heatmap = Heatmap {
            n_rows: rows.len(),
            n_columns: columns.len(),
            values,
            row_labels: rows.iter().map(f64::to_string).collect(),
            column_labels: columns.iter().map(f64::to_string).collect(),
            colour_label: format!("{measure} (1)"),
            scale: ColourScale::Sequential,
        };
        panel(map.title.clone(), "upper threshold u (1)", "lower threshold l (1)", heatmap)
    });
    let caption = format!(
        "Similarity of both RDMs after the same transform, by its thresholds; the best cell is chosen on the data and therefore optimistic.{}",
        left_out(maps.len().min(PANELS), maps.len(), "pairs")
    );
    panels.fold(Figure::new("threshold_map", "Similarity over the thresholds", caption), Figure::panel)
}

/// A map of distance correlations of two RDMs.
pub struct DependenceMap {
    pub title: String,
    pub values: Array2<f64>,
}

/// Distance correlations by the cells of both sides, a panel per pair of RDMs. `sides` are those of the first pair.
pub fn dependence_figure(sides: (&Side, &Side), maps: &[DependenceMap]) -> Figure {
    let labels = |side: &Side| side.cells().iter().map(|(l, u)| format!("{l:.2}–{u:.2}")).collect::<Vec<_>>();
    let (rows, columns) = (labels(sides.0), labels(sides.1));
    let panels = maps.iter().take(PANELS).map(|map| {
        let heatmap = Heatmap {
            n_rows: map.values.nrows(),
            n_columns: map.values.ncols(),
            values: map.values.iter().copied().collect(),
            row_labels: rows.clone(),
            column_labels: columns.clone(),
            colour_label: "distance correlation (1)".to_owned(),
            scale: ColourScale::Sequential,
        };
        panel(map.title.clone(), "thresholds of the reference (1)", "thresholds of the RDM (1)", heatmap)
    });
    let caption = format!(
        "Distance correlation after each matrix was cut by thresholds of its own; gaps are cells without variance.{}",
        left_out(maps.len().min(PANELS), maps.len(), "pairs")
    );
    panels.fold(Figure::new("dependence", "Dependence over the thresholds", caption), Figure::panel)
}

fn panel(title: String, x: &str, y: &str, heatmap: Heatmap) -> Panel {
    Panel { title, x: Axis::new(x), y: Axis::new(y), content: Content::Heatmap(heatmap) }
}

fn left_out(shown: usize, all: usize, what: &str) -> String {
    if shown == all { String::new() } else { format!(" {shown} of {all} {what} are shown.") }
}
