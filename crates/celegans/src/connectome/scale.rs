//! Sections and synapses on one scale.

use std::collections::BTreeMap;

use super::{Pair, SourceEdges, Weights};

/// Unit of weights that count synapses.
pub const SYNAPSES: &str = "synapses";
/// Unit of weights that count EM sections with a synapse in them (Cook et al. 2019).
pub const SECTIONS: &str = "sections";

/// What the weights of a source in sections are multiplied by.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ScaleFactors {
    /// Factor of gap junctions.
    pub gap: f64,
    /// Factor of chemical synapses.
    pub chem: f64,
}

/// Factors that give `source` (in sections) the total weight that the `references` (in synapses) have on the
/// pairs that they share, gap junctions and chemical synapses apart: `sum of the references' means / sum of the
/// source`, over the pairs with a weight in the source and in one reference or more. 1 where nothing is shared.
pub fn match_total(source: &SourceEdges, references: &[&SourceEdges]) -> ScaleFactors {
    ScaleFactors {
        gap: factor(&source.edges, references, |weights| weights.gap),
        chem: factor(&source.edges, references, |weights| weights.chem),
    }
}

fn factor(
    source: &BTreeMap<Pair, Weights>,
    references: &[&SourceEdges],
    weight: impl Fn(&Weights) -> f64,
) -> f64 {
    let (mut own, mut reference) = (0.0, 0.0);
    for (pair, weights) in source.iter().filter(|(_, weights)| weight(weights) != 0.0) {
        let there = references.iter().filter_map(|source| source.edges.get(pair)).map(&weight);
        let (sum, n) = there.filter(|w| *w != 0.0).fold((0.0, 0_usize), |(sum, n), w| (sum + w, n + 1));
        if n > 0 {
            own += weight(weights);
            reference += sum / n as f64;
        }
    }
    if own > 0.0 { reference / own } else { 1.0 }
}
