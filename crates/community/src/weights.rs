//! What it costs to describe the weights of edges, in nats (Peixoto 2018).

use std::f64::consts::PI;

use crate::log_gamma::{ln_binomial, ln_factorial, ln_gamma_half, ln_multiset};
use crate::{CommunityError, Graph, Result, WeightModel};

/// The largest whole number below which f64 has no gaps.
const LARGEST_COUNT: f64 = 9_007_199_254_740_992.0;

/// The formulas of one weight model on given weights.
#[derive(Clone, Debug)]
pub(crate) struct WeightCost {
    /// Of the weights themselves.
    lowest: Family,
    /// Of sums of weights: of the values of the levels above and of the sums that the top level pays for.
    sums: Family,
    /// Sums nearer to 0 than this count as 0.
    epsilon: f64,
}

/// A distribution by its microcanonical description.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Family {
    None,
    Exponential,
    Normal,
    Geometric,
    Poisson,
    Binomial { largest: u64 },
}

/// What the levels as a whole pay for their variances: see [`WeightCost::levels`].
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct LevelSpread {
    /// Levels with a pair of two values or more.
    pub(crate) levels: u64,
    /// Their spreads, each by its number of such pairs.
    pub(crate) weighted: f64,
    /// Sum of ln of the numbers of such pairs.
    pub(crate) ln_pairs: f64,
}

impl LevelSpread {
    /// Adds a level with `pairs` pairs of two values or more, whose squared deviations add up to `deviation`.
    pub(crate) fn add(&mut self, pairs: u64, deviation: f64) {
        if pairs > 0 {
            self.levels += 1;
            self.weighted += deviation * pairs as f64;
            self.ln_pairs += (pairs as f64).ln();
        }
    }
}

impl WeightCost {
    /// Of a graph whose weights were [prepared](prepared) for the model.
    pub(crate) fn new(model: WeightModel, graph: &Graph) -> Self {
        let weights = graph.weights().unwrap_or(&[]);
        let largest = weights.iter().fold(0.0_f64, |largest, &weight| largest.max(weight)) as u64;
        let (lowest, sums) = match model {
            WeightModel::None | WeightModel::Best => (Family::None, Family::None),
            WeightModel::Exponential => (Family::Exponential, Family::Exponential),
            WeightModel::Normal | WeightModel::Lognormal => (Family::Normal, Family::Normal),
            WeightModel::Geometric => (Family::Geometric, Family::Geometric),
            WeightModel::Poisson => (Family::Poisson, Family::Geometric),
            WeightModel::Binomial => (Family::Binomial { largest }, Family::Geometric),
        };
        let smallest =
            weights.iter().filter(|&&w| w != 0.0).fold(f64::INFINITY, |least, w| least.min(w.abs()));
        let epsilon = if smallest.is_finite() { smallest / 10.0 } else { 0.0 };
        Self { lowest, sums, epsilon }
    }

    /// Whether weights matter at all.
    pub(crate) fn is_used(&self) -> bool {
        self.lowest != Family::None
    }

    /// Whether levels pay for variances.
    pub(crate) fn has_variances(&self) -> bool {
        self.lowest == Family::Normal
    }

    /// One pair of groups with `count` values of the given sums, at the lowest level or above.
    #[inline]
    pub(crate) fn pair(&self, lowest: bool, count: u64, sum: f64, squares: f64) -> f64 {
        let family = if lowest { self.lowest } else { self.sums };
        match family {
            Family::None => 0.0,
            Family::Exponential => self.exponential(count, sum),
            Family::Normal => self.normal(count, sum, squares),
            Family::Geometric => geometric(count, sum),
            Family::Poisson if sum > 0.0 => sum * (count as f64).ln() - ln_factorial(sum as u64),
            Family::Poisson => 0.0,
            Family::Binomial { largest } => ln_binomial(largest.saturating_mul(count), sum as u64),
        }
    }

    /// The part of the lowest level that no grouping changes.
    pub(crate) fn of_values(&self, weights: &[f64]) -> f64 {
        match self.lowest {
            Family::Poisson => weights.iter().map(|&weight| ln_factorial(weight as u64)).sum(),
            Family::Binomial { largest } => {
                -weights.iter().map(|&w| ln_binomial(largest, w as u64)).sum::<f64>()
            }
            _ => 0.0,
        }
    }

    /// The sums of `pairs` non-empty pairs, whose squares add up to `squares`.
    pub(crate) fn hyperprior(&self, pairs: u64, sum: f64, squares: f64) -> f64 {
        self.pair(false, pairs, sum, squares)
    }

    /// The squared deviations of a pair from its mean, which only pairs of two values or more have.
    #[inline]
    pub(crate) fn deviation(count: u64, sum: f64, squares: f64) -> f64 {
        if count < 2 { 0.0 } else { squares - sum * sum / count as f64 }
    }

    /// The variances of a level with `pairs` pairs of two values or more.
    pub(crate) fn variances(&self, pairs: u64, deviation: f64) -> f64 {
        if self.has_variances() { self.exponential(pairs, deviation) } else { 0.0 }
    }

    /// The sums of the squared deviations of all levels.
    pub(crate) fn levels(&self, spread: &LevelSpread) -> f64 {
        if self.has_variances() {
            self.exponential(spread.levels, spread.weighted) - spread.ln_pairs
        } else {
            0.0
        }
    }

    #[inline]
    fn exponential(&self, count: u64, sum: f64) -> f64 {
        if count <= 1 || sum < self.epsilon || sum <= 0.0 {
            return 0.0;
        }
        (count - 1) as f64 * sum.ln() - ln_factorial(count - 1)
    }

    #[inline]
    fn normal(&self, count: u64, sum: f64, squares: f64) -> f64 {
        let deviation = Self::deviation(count, sum, squares);
        if count < 2 || deviation < self.epsilon * self.epsilon || deviation <= 0.0 {
            return 0.0;
        }
        let m = count as f64;
        (m - 3.0) / 2.0 * deviation.ln() + (m - 1.0) / 2.0 * PI.ln() - ln_gamma_half(count - 1) - m.ln() / 2.0
    }
}

#[inline]
fn geometric(count: u64, sum: f64) -> f64 {
    ln_multiset(count, sum as u64)
}

/// The graph as the model sees it, and what the change of units costs: lognormal weights become logarithms.
///
/// # Errors
/// No weights, or weights that the model cannot have.
pub(crate) fn prepared(graph: &Graph, model: WeightModel) -> Result<(Graph, f64)> {
    if model == WeightModel::None {
        return Ok((graph.clone(), 0.0));
    }
    let weights = graph.weights().ok_or(CommunityError::NoWeights { model: model.name() })?;
    check(weights, model)?;
    if model != WeightModel::Lognormal {
        return Ok((graph.clone(), 0.0));
    }
    let logarithms: Vec<f64> = weights.iter().map(|weight| weight.ln()).collect();
    let jacobian = logarithms.iter().sum();
    Ok((graph.with_weights(logarithms), jacobian))
}

fn check(weights: &[f64], model: WeightModel) -> Result<()> {
    match model {
        WeightModel::Exponential | WeightModel::Lognormal => {
            if let Some((count, edge, value)) = refused(weights, |weight| weight > 0.0) {
                return Err(CommunityError::NotPositive { model: model.name(), count, edge, value });
            }
        }
        WeightModel::Geometric | WeightModel::Poisson | WeightModel::Binomial => {
            let is_count = |weight: f64| (0.0..=LARGEST_COUNT).contains(&weight) && weight.fract() == 0.0;
            if let Some((count, edge, value)) = refused(weights, is_count) {
                return Err(CommunityError::NotCounts { model: model.name(), count, edge, value });
            }
            check_sum(weights.iter().sum(), LARGEST_COUNT, model)?;
        }
        WeightModel::None | WeightModel::Normal | WeightModel::Best => {}
    }
    check_sum(weights.iter().map(|weight| weight * weight).sum(), f64::MAX, model)
}

/// How many weights are not allowed, and the first of them.
fn refused(weights: &[f64], allowed: impl Fn(f64) -> bool) -> Option<(usize, usize, f64)> {
    let first = weights.iter().position(|&weight| !allowed(weight))?;
    Some((weights.iter().filter(|&&weight| !allowed(weight)).count(), first, weights[first]))
}

fn check_sum(sum: f64, limit: f64, model: WeightModel) -> Result<()> {
    if sum > limit { Err(CommunityError::TooLarge { model: model.name(), sum, limit }) } else { Ok(()) }
}
