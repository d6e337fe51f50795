//! Pictures of connectomes for the report.

use std::collections::BTreeMap;

use neuroloom_core::Figure;
use neuroloom_core::figure::{Axis, BarSeries, Bars, ColourScale, Content, Heatmap, Panel};

use super::atlas::Atlas;
use crate::connectome::{ConsensusEdge, Pair, SourceEdges, Weights};
use crate::names::{self, NAMES};

/// Ordered pairs per source.
pub(super) fn pairs_per_source(sources: &[SourceEdges]) -> Figure {
    let series = |name: &str, weight: fn(&Weights) -> f64| BarSeries {
        name: name.into(),
        values: sources
            .iter()
            .map(|s| s.edges.values().filter(|w| weight(w) != 0.0).count() as f64)
            .collect(),
        errors: Vec::new(),
    };
    let content = Content::Bars(Bars {
        groups: sources.iter().map(|source| source.source.clone()).collect(),
        series: vec![
            series("gap", |weights| weights.gap),
            series("chemical or functional", |weights| weights.chem),
        ],
    });
    let panel =
        Panel { title: String::new(), x: Axis::new("source"), y: Axis::new("ordered pairs"), content };
    Figure::new("pairs", "Connected pairs per source", "Ordered pairs of neurons with a weight other than 0.")
        .panel(panel)
}

/// The consensus as two matrices, neurons in the order of their type and class.
pub(super) fn adjacency(pairs: &BTreeMap<Pair, ConsensusEdge>, unit: &str, atlas: &Atlas) -> Figure {
    let order = order(atlas);
    let panel = |title: &str, weight: fn(&ConsensusEdge) -> Option<f64>| Panel {
        title: title.into(),
        x: Axis::new("postsynaptic neuron"),
        y: Axis::new("presynaptic neuron"),
        content: Content::Heatmap(Heatmap {
            n_rows: order.len(),
            n_columns: order.len(),
            values: matrix(pairs, &order, weight),
            row_labels: Vec::new(),
            column_labels: Vec::new(),
            colour_label: format!("log10(1 + weight in {unit})"),
            scale: ColourScale::Sequential,
        }),
    };
    Figure::new(
        "adjacency",
        "Consensus of the connectome",
        "Mean weight of every ordered pair. Neurons stand in the order of their type (unknown, inter, motor, pharyngeal, sensory), \
         then of their class and name; pairs without a connection are 0.",
    )
    .panel(panel("chemical synapses", ConsensusEdge::mean_chem))
    .panel(panel("gap junctions", ConsensusEdge::mean_gap))
}

/// Slots sorted by type, class and name.
fn order(atlas: &Atlas) -> Vec<usize> {
    let mut slots: Vec<usize> = (0..NAMES.len()).collect();
    let class = |slot: usize| NAMES.get(slot).and_then(|name| names::class(name));
    slots.sort_by_cached_key(|slot| {
        (atlas.entry(*slot).and_then(|entry| entry.kind.clone()), class(*slot), *slot)
    });
    slots
}

fn matrix(
    pairs: &BTreeMap<Pair, ConsensusEdge>,
    order: &[usize],
    weight: impl Fn(&ConsensusEdge) -> Option<f64>,
) -> Vec<f64> {
    let of = |pre: usize, post: usize| pairs.get(&(pre, post)).and_then(&weight).unwrap_or(0.0);
    order
        .iter()
        .flat_map(|pre| order.iter().map(move |post| (*pre, *post)))
        .map(|(pre, post)| of(pre, post).ln_1p() / std::f64::consts::LN_10)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn matrices_are_in_the_order_of_the_neurons() {
        let mut pairs = BTreeMap::new();
        let mut edge = ConsensusEdge::default();
        edge.chem.push(9.0);
        pairs.insert((1, 0), edge);
        let values = matrix(&pairs, &[1, 0], ConsensusEdge::mean_chem);
        assert_eq!(
            values.iter().map(|value| (value * 1e9).round() / 1e9).collect::<Vec<_>>(),
            [0.0, 1.0, 0.0, 0.0]
        );
    }

    #[test]
    fn without_an_atlas_neurons_are_in_the_order_of_their_class() {
        let (atlas, _) = Atlas::new(None).unwrap();
        let order = order(&atlas);
        let classes: Vec<_> = order.iter().map(|slot| names::class(NAMES[*slot])).collect();
        assert!(order.len() == 300 && classes.is_sorted());
    }
}
