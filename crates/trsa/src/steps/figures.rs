//! Figures of RDMs, similarities and maps.

use neuroloom_core::Figure;
use neuroloom_core::figure::{Axis, BarSeries, Bars, ColourScale, Content, Heatmap, Panel, Scatter};

use super::embed::Map;
use crate::Rdm;
use crate::compare::{Measure, Similarities};

/// Panels of a figure at most; the tables hold the rest.
const PANELS: usize = 12;
/// Labelled points of a map at most.
const LABELS: usize = 12;

/// RDMs as images, a panel each. `colour_labels` has one per RDM.
pub fn rdm_figure(title: &str, rdms: &[Rdm], colour_labels: &[String]) -> Figure {
    let caption = format!(
        "Dissimilarity of every pair of conditions; bright pairs are told apart well.{}",
        left_out(rdms.len())
    );
    let shown = rdms.iter().zip(colour_labels).take(PANELS);
    let panels = shown.map(|(rdm, label)| rdm_panel(rdm.name().to_owned(), rdm, label.clone()));
    panels.fold(Figure::new("rdms", title, caption), Figure::panel)
}

/// One RDM as an image.
pub fn rdm_panel(title: String, rdm: &Rdm, colour_label: String) -> Panel {
    Panel {
        title,
        x: Axis::new("condition"),
        y: Axis::new("condition"),
        content: Content::Heatmap(Heatmap {
            n_rows: rdm.n_conditions(),
            n_columns: rdm.n_conditions(),
            values: rdm.to_square().into_iter().collect(),
            row_labels: rdm.conditions().to_vec(),
            column_labels: rdm.conditions().to_vec(),
            colour_label,
            scale: ColourScale::Sequential,
        }),
    }
}

/// Similarities as bars: a panel per measure, a group per RDM, a bar per reference.
pub fn comparison_figure(rdms: &[Rdm], references: &[Rdm], results: &[(Measure, Similarities)]) -> Figure {
    let caption = "Similarity of every RDM with every reference; 1 is a perfect match (0 for bures_metric and neg_riem_dist).";
    let panels = results.iter().map(|(measure, found)| Panel {
        title: measure.name().to_owned(),
        x: Axis::new("RDM"),
        y: Axis::new(format!("{} (1)", measure.name())),
        content: Content::Bars(Bars {
            groups: rdms.iter().map(|rdm| rdm.name().to_owned()).collect(),
            series: references
                .iter()
                .zip(found.similarities.columns())
                .map(|(reference, column)| BarSeries {
                    name: reference.name().to_owned(),
                    values: column.to_vec(),
                    errors: Vec::new(),
                })
                .collect(),
        }),
    });
    panels.fold(Figure::new("comparisons", "Similarity with the references", caption), Figure::panel)
}

/// The first two dimensions of every map, a panel each.
pub fn map_figure(maps: &[Map]) -> Figure {
    let caption = format!(
        "Conditions that evoke similar responses lie close together; neighbours in order are joined. The share of the variation that a dimension carries stands at its axis.{}",
        left_out(maps.len())
    );
    let panels = maps.iter().take(PANELS).map(map_panel);
    panels.fold(Figure::new("maps", "Maps of the conditions", caption), Figure::panel)
}

fn map_panel(Map { rdm, embedding, unit }: &Map) -> Panel {
    let n = rdm.n_conditions();
    let n_dimensions = embedding.coordinates.ncols();
    let positions = |dimension: usize| match dimension {
        d if d < n_dimensions => embedding.coordinates.column(d).to_vec(),
        _ => vec![0.0; n],
    };
    let axis = |dimension: usize| {
        let share = embedding.explained.get(dimension).map_or(0.0, |share| 100.0 * share);
        Axis::new(format!("dimension {}, {share:.0} % ({unit})", dimension + 1))
    };
    Panel {
        title: rdm.name().to_owned(),
        x: axis(0),
        y: axis(1),
        content: Content::Scatter(Scatter {
            x: positions(0),
            y: positions(1),
            colour: (0..n).map(|i| i as f64 / n as f64).collect(),
            colour_label: "place in the order of conditions (1)".to_owned(),
            scale: ColourScale::Circular,
            labels: sparse_labels(rdm.conditions()),
            closed_path: true,
            equal_axes: true,
        }),
    }
}

/// Labels of so many conditions that the others can be told by their neighbours; the rest is empty.
fn sparse_labels(conditions: &[String]) -> Vec<String> {
    let step = conditions.len().div_ceil(LABELS).max(1);
    let label =
        |(i, condition): (usize, &String)| if i % step == 0 { condition.clone() } else { String::new() };
    conditions.iter().enumerate().map(label).collect()
}

fn left_out(n: usize) -> String {
    match n.saturating_sub(PANELS) {
        0 => String::new(),
        rest => format!(" The first {PANELS} are shown, {rest} more stand in the table."),
    }
}
