//! Paths proposed for a new cluster, section 4.8, with what their acceptance needs.
//!
//! A path of 500 bins is hardly ever accepted unless its noise is that of the dynamics it is judged by: proposals draw
//! dynamics theta' first. Opening a cluster draws theta' ~ r and the path X' from q(X' | theta', v), the smoothing law of
//! pseudo-observations v under theta'. Closing one draws theta' from r(theta' | X), the posterior of r given the path that
//! goes. With Z the pseudo-observations' evidence, g their likelihood and m the path's evidence under r, the factor of both
//! ways is r q / r(. | X) = m(X) g(v | X) / Z(theta'): the same function of the path and of theta'.

use std::ops::Range;

use ndarray::{Array2, ArrayView2};
use rand::Rng;

use crate::{
    Counts, Dynamics, DynamicsPrior, FilterOptions, Filtered, Information, Interaction, Result,
    StepStatistics, log_evidence, sample_dynamics,
};

/// Degrees of freedom of theta' beyond the number of latents: noise within a factor of two or so of its mean.
const EXTRA_DF: f64 = 6.0;
/// Range of the mean noise of theta'.
const NOISE: [f64; 2] = [1e-4, 1.0];

/// Proposes paths for a group of neurons that leaves a cluster, or comes back to it. Row 0 of a path sees the
/// pseudo-observations ln((v_t + 1/2)/(mean v + 1/2)) of variance 1/(v_t + 1/2) + 1/(4 n), where v sums the seen counts of
/// the n members. Entries that are not seen count as their neuron's mean; a bin in which no member is seen says nothing.
#[derive(Clone, Debug)]
pub struct ProposalPath<'a> {
    segments: &'a [Range<usize>],
    states: &'a [usize],
    n_states: usize,
    width: usize,
    /// r.
    prior: DynamicsPrior,
    observations: Vec<Option<Observation>>,
}

/// Of row 0 in a bin.
#[derive(Clone, Copy, Debug)]
struct Observation {
    mean: f64,
    variance: f64,
}

impl<'a> ProposalPath<'a> {
    /// For a group of neurons beside a cluster whose path, `[T, p + 1]`, stays: it tells how noisy dynamics are.
    pub fn new(
        counts: &'a Counts,
        group: &[usize],
        states: &'a [usize],
        n_states: usize,
        beside: ArrayView2<'_, f64>,
        prior: &DynamicsPrior,
    ) -> Self {
        let noise = mean_squared_step(counts, beside).clamp(NOISE[0], NOISE[1]);
        let prior = DynamicsPrior {
            scale: noise * (EXTRA_DF - 1.0),
            extra_df: EXTRA_DF,
            column_scale: prior.column_scale,
        };
        Self {
            segments: counts.segments(),
            states,
            n_states,
            width: beside.ncols(),
            prior,
            observations: observations(counts, group),
        }
    }

    /// A path `[T, p + 1]`, with ln of the factor of opening a cluster with it.
    ///
    /// # Errors
    /// When its dynamics or its evidence overflow.
    pub fn sample(&self, rng: &mut impl Rng) -> Result<(Array2<f64>, f64)> {
        let nothing = Array2::zeros((self.observations.len(), self.width));
        let none = StepStatistics::new(nothing.view(), self.states, &[], self.n_states);
        let dynamics = sample_dynamics(&self.prior, &none, Interaction::Full, self.width, rng)?;
        let filtered = self.filtered(&dynamics)?;
        let path = filtered.sample(self.segments, self.states, rng);
        let log_factor = self.log_factor(path.view(), &filtered, &self.statistics(path.view()))?;
        Ok((path, log_factor))
    }

    /// ln of the factor of opening a cluster with a path that is there, for dynamics drawn given the path.
    ///
    /// # Errors
    /// As [`Self::sample`].
    pub fn log_density(&self, path: ArrayView2<'_, f64>, rng: &mut impl Rng) -> Result<f64> {
        let statistics = self.statistics(path);
        let dynamics = sample_dynamics(&self.prior, &statistics, Interaction::Full, self.width, rng)?;
        self.log_factor(path, &self.filtered(&dynamics)?, &statistics)
    }

    fn statistics(&self, path: ArrayView2<'_, f64>) -> StepStatistics {
        StepStatistics::new(path, self.states, self.segments, self.n_states)
    }

    fn filtered(&self, dynamics: &[Dynamics]) -> Result<Filtered> {
        let of = |value: fn(&Observation) -> f64| {
            let values = self.observations.iter().map(|seen| seen.as_ref().map_or(0.0, value)).collect();
            Array2::from_shape_vec((1, self.observations.len()), values).unwrap_or_default()
        };
        let information = Information::of_gaussian(
            &[0],
            Array2::zeros((1, self.width)).view(),
            of(|seen| seen.mean).view(),
            of(|seen| 1.0 / seen.variance).view(),
        );
        Filtered::new(&information, self.segments, self.states, dynamics, FilterOptions::default())
    }

    /// ln m(X) + ln g(v | X) - ln Z(theta').
    fn log_factor(
        &self,
        path: ArrayView2<'_, f64>,
        filtered: &Filtered,
        statistics: &StepStatistics,
    ) -> Result<f64> {
        let seen = self.observations.iter().zip(path.column(0));
        let likelihood: f64 =
            seen.filter_map(|(seen, x)| seen.map(|seen| (seen.mean * x - 0.5 * x * x) / seen.variance)).sum();
        let evidence =
            log_evidence(path, statistics, self.segments, &self.prior, Interaction::Full, self.width)?;
        Ok(evidence + likelihood - filtered.log_normaliser())
    }
}

/// Of all steps and rows of a path.
fn mean_squared_step(counts: &Counts, path: ArrayView2<'_, f64>) -> f64 {
    let squares = counts.steps().map(|bin| {
        let steps = path.row(bin).into_iter().zip(path.row(bin + 1));
        steps.map(|(now, next)| (next - now) * (next - now)).sum::<f64>()
    });
    let (sum, n) = squares.fold((0.0, 0), |(sum, n), square| (sum + square, n + 1));
    sum / (n * path.ncols()).max(1) as f64
}

/// Pseudo-observations of row 0.
fn observations(counts: &Counts, members: &[usize]) -> Vec<Option<Observation>> {
    let means: Vec<f64> = members.iter().map(|&unit| seen_mean(counts, unit)).collect();
    let sums: Vec<Option<f64>> = (0..counts.n_bins())
        .map(|bin| {
            let seen = |&unit: &usize| counts.seen(unit)[bin];
            let of = |(unit, mean): (&usize, &f64)| {
                if seen(unit) { f64::from(counts.unit(*unit)[bin]) } else { *mean }
            };
            members.iter().any(seen).then(|| members.iter().zip(&means).map(of).sum())
        })
        .collect();
    let n_seen = sums.iter().flatten().count().max(1) as f64;
    let mean = sums.iter().flatten().sum::<f64>() / n_seen;
    let own = 1.0 / (4.0 * members.len() as f64);
    let observation =
        |sum: f64| Observation { mean: ((sum + 0.5) / (mean + 0.5)).ln(), variance: 1.0 / (sum + 0.5) + own };
    sums.into_iter().map(|sum| sum.map(observation)).collect()
}

/// Mean of a neuron's seen counts; 0 of one that is never seen.
fn seen_mean(counts: &Counts, unit: usize) -> f64 {
    let n_seen = counts.seen(unit).iter().filter(|seen| **seen).count();
    let sum: u64 = counts.unit(unit).iter().map(|&count| u64::from(count)).sum();
    sum as f64 / n_seen.max(1) as f64
}
