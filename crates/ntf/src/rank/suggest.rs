//! Rules that suggest a rank from the curve of a criterion.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A criterion.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Criterion {
    /// Relative error: the rank where the curve of the best starts bends most (largest distance from its chord).
    Error,
    /// Similarity of the other starts with the best: the largest rank that is still reproducible (at least 0.8).
    Similarity,
    /// Core consistency of the best start: the largest rank that is still parallel (at least 50 %).
    CoreConsistency,
    /// Error on entries that were held out: the lowest, or the smallest rank within a standard error of it.
    CvError,
    /// Plateau of the nuclear norm: the first rank where the smoothed curve rises by less than 5 % of its steepest rise.
    NuclearNorm,
}

impl Criterion {
    /// Its name in parameters and tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Similarity => "similarity",
            Self::CoreConsistency => "core_consistency",
            Self::CvError => "cv_error",
            Self::NuclearNorm => "nuclear_norm",
        }
    }
}

/// A criterion over ranks.
#[derive(Clone, Debug, PartialEq)]
pub struct Curve {
    /// The criterion.
    pub criterion: Criterion,
    /// The ranks, ascending.
    pub ranks: Vec<usize>,
    /// Values of all starts of every rank, at least one.
    pub values: Vec<Vec<f64>>,
}

impl Curve {
    /// Mean over starts, per rank.
    pub fn means(&self) -> Vec<f64> {
        self.values.iter().map(|values| mean(values)).collect()
    }

    /// Standard deviation over starts, per rank; none for a single one.
    pub fn deviations(&self) -> Vec<Option<f64>> {
        self.values.iter().map(|values| deviation(values)).collect()
    }
}

/// Below this, starts do not find the same components.
const REPRODUCIBLE: f64 = 0.8;
/// Below this, per cent, a model has components too many.
const PARALLEL: f64 = 50.0;
/// Share of the steepest rise below which a curve is flat.
const FLAT: f64 = 0.05;
/// Width of the smoothing of the curve, ranks.
const SMOOTHING: f64 = 1.5;

/// The rank that the rule of the curve's criterion suggests; none where no rank fulfils it, or there are too few for it.
pub fn suggest(curve: &Curve) -> Option<usize> {
    let means = curve.means();
    let place = match curve.criterion {
        Criterion::Error => {
            let best: Vec<f64> = curve
                .values
                .iter()
                .map(|values| values.iter().copied().fold(f64::INFINITY, f64::min))
                .collect();
            knee(&curve.ranks, &best)
        }
        Criterion::Similarity => (0..means.len()).rev().find(|place| means[*place] >= REPRODUCIBLE),
        Criterion::CoreConsistency => (0..means.len()).rev().find(|place| means[*place] >= PARALLEL),
        Criterion::CvError => one_standard_error(curve, &means),
        Criterion::NuclearNorm => plateau(&curve.ranks, &means),
    };
    place.map(|place| curve.ranks[place])
}

/// The point farthest below the straight line from the first to the last.
fn knee(ranks: &[usize], values: &[f64]) -> Option<usize> {
    let (first, last) = (values.first()?, values.last()?);
    let (from, to) = (*ranks.first()? as f64, *ranks.last()? as f64);
    let depth =
        |place: usize| first + (last - first) * (ranks[place] as f64 - from) / (to - from) - values[place];
    (1..values.len().saturating_sub(1)).max_by(|a, b| depth(*a).total_cmp(&depth(*b)).then(b.cmp(a)))
}

/// The smallest rank whose mean is within a standard error of the lowest.
fn one_standard_error(curve: &Curve, means: &[f64]) -> Option<usize> {
    let lowest = (0..means.len()).min_by(|a, b| means[*a].total_cmp(&means[*b]))?;
    let n = curve.values[lowest].len() as f64;
    let margin = deviation(&curve.values[lowest]).map_or(0.0, |deviation| deviation / n.sqrt());
    means.iter().position(|mean| *mean <= means[lowest] + margin)
}

/// The first rank where the derivative of the smoothed curve is less than a share of its largest.
fn plateau(ranks: &[usize], values: &[f64]) -> Option<usize> {
    if values.len() < 3 {
        return None;
    }
    let weight = |a: usize, b: usize| {
        (-(ranks[a] as f64 - ranks[b] as f64).powi(2) / (2.0 * SMOOTHING * SMOOTHING)).exp()
    };
    let smooth = |at: usize| {
        let weights: f64 = (0..values.len()).map(|other| weight(at, other)).sum();
        (0..values.len()).map(|other| weight(at, other) * values[other]).sum::<f64>() / weights
    };
    let smoothed: Vec<f64> = (0..values.len()).map(smooth).collect();
    let slope = |at: usize| {
        let (from, to) = (at.saturating_sub(1), (at + 1).min(values.len() - 1));
        (smoothed[to] - smoothed[from]) / (ranks[to] - ranks[from]) as f64
    };
    let slopes: Vec<f64> = (0..values.len()).map(slope).collect();
    let steepest = (0..slopes.len()).max_by(|a, b| slopes[*a].total_cmp(&slopes[*b]).then(b.cmp(a)))?;
    (steepest..slopes.len()).find(|at| slopes[*at] < FLAT * slopes[steepest])
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len().max(1) as f64
}

fn deviation(values: &[f64]) -> Option<f64> {
    let mean = mean(values);
    let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
    (values.len() > 1).then(|| (squares / (values.len() - 1) as f64).sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn curve(criterion: Criterion, values: &[f64]) -> Curve {
        let ranks = (1..=values.len()).collect();
        Curve { criterion, ranks, values: values.iter().map(|value| vec![*value]).collect() }
    }

    #[test]
    fn rules_find_the_bend() {
        let errors = [0.9, 0.6, 0.3, 0.28, 0.26, 0.25];
        assert_eq!(suggest(&curve(Criterion::Error, &errors)), Some(3));
        assert_eq!(suggest(&curve(Criterion::CvError, &[0.9, 0.5, 0.3, 0.4, 0.45])), Some(3));
        assert_eq!(suggest(&curve(Criterion::Similarity, &[1.0, 0.99, 0.95, 0.6, 0.5])), Some(3));
        assert_eq!(suggest(&curve(Criterion::CoreConsistency, &[100.0, 99.0, 90.0, -20.0])), Some(3));
        let plateau: Vec<f64> = (1..=30).map(|rank| f64::from(rank.min(8))).collect();
        let found = suggest(&curve(Criterion::NuclearNorm, &plateau)).unwrap_or(0);
        assert!((8..=12).contains(&found), "{found}");
    }

    #[test]
    fn a_rule_that_no_rank_fulfils_suggests_none() {
        assert_eq!(suggest(&curve(Criterion::Similarity, &[0.2, 0.1])), None);
        assert_eq!(suggest(&curve(Criterion::Error, &[0.2, 0.1])), None);
    }
}
