//! One connectome from several sources.

use std::collections::{BTreeMap, BTreeSet};

use super::{ConnectomeParams, Pair, SECTIONS, SYNAPSES, ScaleFactors, SourceEdges, UnitScale, match_total};
use crate::Profile;

/// Word for a unit where sources with different ones were averaged as they stand.
pub const MIXED_UNITS: &str = "mixed";

/// A pair in the consensus.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ConsensusEdge {
    /// Gap weights of the sources that have one, in the order of the sources.
    pub gap: Vec<f64>,
    /// Chemical weights of the sources that have one, in the order of the sources.
    pub chem: Vec<f64>,
    /// Responses in the functional sources.
    pub functional: Vec<f64>,
    /// The sources with the pair, sorted.
    pub sources: BTreeSet<String>,
    profile: Profile,
}

/// The consensus of `members`; functional ones give `functional_weight`, the others the means. Also the factors
/// that sources in sections were scaled by, and the unit of the means.
pub fn consensus(
    members: &[&SourceEdges],
    params: &ConnectomeParams,
) -> (BTreeMap<Pair, ConsensusEdge>, BTreeMap<String, ScaleFactors>, String) {
    let anatomical: Vec<&SourceEdges> = members.iter().copied().filter(|source| !source.functional).collect();
    let (factors, unit) = scale_factors(&anatomical, params);
    let mut pairs: BTreeMap<Pair, ConsensusEdge> = BTreeMap::new();
    for source in members.iter().filter(|source| !source.functional || params.functional) {
        let factor = factors.get(&source.source).copied().unwrap_or(ScaleFactors { gap: 1.0, chem: 1.0 });
        for (pair, weights) in &source.edges {
            let edge = pairs
                .entry(*pair)
                .or_insert_with(|| ConsensusEdge { profile: params.profile, ..ConsensusEdge::default() });
            edge.sources.insert(source.source.clone());
            if source.functional {
                edge.functional.push(weights.chem);
                continue;
            }
            edge.gap.extend(Some(weights.gap * factor.gap).filter(|gap| *gap != 0.0));
            edge.chem.extend(Some(weights.chem * factor.chem).filter(|chem| *chem != 0.0));
        }
    }
    (pairs, factors, unit)
}

fn scale_factors(
    sources: &[&SourceEdges],
    params: &ConnectomeParams,
) -> (BTreeMap<String, ScaleFactors>, String) {
    let units: BTreeSet<&str> = sources.iter().map(|source| source.unit.as_str()).collect();
    let unit = match units.len() {
        0 => SYNAPSES,
        1 => units.first().copied().unwrap_or(SYNAPSES),
        _ => MIXED_UNITS,
    };
    let both = units.iter().copied().eq([SECTIONS, SYNAPSES]);
    if params.profile == Profile::Compat || params.unit_scale == UnitScale::None || !both {
        return (BTreeMap::new(), unit.to_owned());
    }
    let of_unit = |unit: &str| sources.iter().copied().filter(move |s| s.unit == unit).collect::<Vec<_>>();
    let references = of_unit(SYNAPSES);
    let factors = of_unit(SECTIONS).into_iter().map(|s| (s.source.clone(), match_total(s, &references)));
    (factors.collect(), SYNAPSES.to_owned())
}

impl ConsensusEdge {
    /// Mean gap weight: over all values; in compat over the distinct ones in 32 bits.
    pub fn mean_gap(&self) -> Option<f64> {
        match self.profile {
            Profile::Exact => mean(&self.gap),
            Profile::Compat => mean(&distinct(&self.gap)),
        }
    }

    /// Mean chemical weight.
    pub fn mean_chem(&self) -> Option<f64> {
        mean(&self.chem)
    }

    /// Mean response.
    pub fn functional_weight(&self) -> Option<f64> {
        mean(&self.functional)
    }

    /// Sample standard deviation of the gap weights, for two or more.
    pub fn sd_gap(&self) -> Option<f64> {
        sd(&self.gap, 1)
    }

    /// Sample standard deviation of the chemical weights, for two or more.
    pub fn sd_chem(&self) -> Option<f64> {
        sd(&self.chem, 1)
    }

    /// `0.9 sd(chem) + 0.1 sd(gap)` with population standard deviations: the published rule, in compat only. It is
    /// absent for a pair without both kinds of connection.
    pub fn uncertainty(&self) -> Option<f64> {
        if self.profile == Profile::Exact {
            return None;
        }
        Some(0.9 * sd(&self.chem, 0)? + 0.1 * sd(&distinct(&self.gap), 0)?)
    }
}

fn distinct(values: &[f64]) -> Vec<f64> {
    let mut narrow: Vec<f32> = values.iter().map(|value| *value as f32).collect();
    narrow.sort_by(f32::total_cmp);
    narrow.dedup();
    narrow.into_iter().map(f64::from).collect()
}

fn mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

fn sd(values: &[f64], ddof: usize) -> Option<f64> {
    let mean = mean(values)?;
    let freedom = values.len().checked_sub(ddof).filter(|freedom| *freedom > 0)?;
    let squares: f64 = values.iter().map(|value| (value - mean) * (value - mean)).sum();
    Some((squares / freedom as f64).sqrt())
}
