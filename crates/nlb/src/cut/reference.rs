//! Reference responses: smoothed spikes, averaged over the trials of a condition.

use std::collections::BTreeMap;

use neuroloom_prepare::SpikeTrain;

use super::events::Trial;
use super::grid::step_of;
use super::params::CutParams;

/// Trials whose counted stretch is shorter than this share of the mean of their condition are left out.
const SHORTEST: f64 = 0.8;

/// A Gaussian of `int(6 sd)` taps that sum to 1, and how much of it lies in each bin.
pub(super) struct SmoothingKernel {
    /// Sums of the taps below each.
    below: Vec<f64>,
    /// Steps of the grid from the first tap to the spike.
    before: i64,
}

impl SmoothingKernel {
    /// Of `sigma` steps of the grid.
    pub(super) fn new(sigma: f64) -> Self {
        let n = ((6.0 * sigma) as usize).max(1);
        let middle = (n - 1) as f64 / 2.0;
        let taps: Vec<f64> = (0..n).map(|k| (-0.5 * ((k as f64 - middle) / sigma).powi(2)).exp()).collect();
        let total: f64 = taps.iter().sum();
        let mut below = vec![0.0];
        for tap in &taps {
            below.push(below[below.len() - 1] + tap / total);
        }
        // `same` of a convolution begins (n - 1) / 2 steps behind its start, rounded down.
        Self { below, before: (n as i64 - 1) / 2 }
    }

    /// How much a spike in step `spike` adds to the steps `[from, to)`.
    fn mass(&self, spike: i64, from: i64, to: i64) -> f64 {
        let start = spike - self.before;
        let at = |step: i64| self.below[(step - start).clamp(0, self.below.len() as i64 - 1) as usize];
        at(to) - at(from)
    }

    fn reach(&self) -> i64 {
        self.below.len() as i64
    }
}

/// Spikes of a unit in the bins that a model may see of a trial, smoothed on the grid first; expected counts per bin.
fn smoothed(
    params: &CutParams,
    kernel: &SmoothingKernel,
    train: &SpikeTrain<'_>,
    first_bin: i64,
) -> Vec<f64> {
    let steps = params.steps_per_bin() as i64;
    let n = params.n_observed() as i64;
    let mut out = vec![0.0; params.n_observed()];
    let (start, stop) = (first_bin * steps - kernel.reach(), (first_bin + n) * steps + kernel.reach());
    let first = train.times_s.partition_point(|&time| time < (start - 1) as f64 * params.grid_s);
    let until = (stop + 1) as f64 * params.grid_s;
    for &time in train.times_s.iter().skip(first).take_while(|&&time| time < until) {
        let spike = step_of(time, params.grid_s);
        let from = ((spike - kernel.before).div_euclid(steps) - first_bin).clamp(0, n);
        let to = ((spike - kernel.before + kernel.reach()).div_euclid(steps) + 1 - first_bin).clamp(0, n);
        for bin in from..to {
            let edge = (first_bin + bin) * steps;
            out[bin as usize] += kernel.mass(spike, edge, edge + steps);
        }
    }
    out
}

/// The trials of each condition that a reference averages, and the bins that it has.
pub(super) struct Condition<'a> {
    pub(super) name: &'a str,
    trials: Vec<&'a Trial>,
    /// Bins at the end of the window that all of them have.
    n_bins: usize,
}

impl Condition<'_> {
    pub(super) fn n_trials(&self) -> usize {
        self.trials.len()
    }
}

/// Trials of training and evaluation by condition. Trials that are much shorter than others of their condition are left
/// out; the reference has the bins of the shortest that is left.
pub(super) fn conditions<'a>(params: &CutParams, trials: &'a [Trial]) -> Vec<Condition<'a>> {
    let mut groups: BTreeMap<&str, Vec<&Trial>> = BTreeMap::new();
    for trial in trials {
        if let Some(name) = &trial.condition {
            groups.entry(name).or_default().push(trial);
        }
    }
    let length = |trial: &Trial| {
        if params.evaluate_from.is_some() {
            trial.length_s / params.bin_s
        } else {
            params.n_observed() as f64
        }
    };
    let condition = |(name, own): (&'a str, Vec<&'a Trial>)| {
        let mean = own.iter().map(|trial| length(trial)).sum::<f64>() / own.len() as f64;
        let trials: Vec<&Trial> = own.into_iter().filter(|trial| length(trial) >= SHORTEST * mean).collect();
        let shortest = trials.iter().map(|trial| length(trial)).fold(f64::INFINITY, f64::min);
        Condition { name, trials, n_bins: (shortest.floor() as usize).min(params.n_observed()) }
    };
    groups.into_iter().map(condition).collect()
}

/// The mean response of a unit, Hz; NaN in bins before those that all trials have. Windows count without their jitter.
pub(super) fn response(
    params: &CutParams,
    kernel: &SmoothingKernel,
    train: &SpikeTrain<'_>,
    condition: &Condition<'_>,
) -> Vec<f64> {
    let mut sum = vec![0.0; params.n_observed()];
    for trial in &condition.trials {
        let own = smoothed(params, kernel, train, trial.first_bin - trial.jitter_bins);
        sum.iter_mut().zip(own).for_each(|(sum, value)| *sum += value);
    }
    let scale = 1.0 / (condition.trials.len().max(1) as f64 * params.bin_s);
    let first = params.n_observed() - condition.n_bins;
    sum.iter().enumerate().map(|(bin, sum)| if bin < first { f64::NAN } else { sum * scale }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kernel_is_whole() {
        let kernel = SmoothingKernel::new(7.0);
        assert_eq!(kernel.reach(), 43);
        assert!((kernel.mass(100, 0, 1000) - 1.0).abs() < 1e-12);
        let left = kernel.mass(100, 0, 100);
        // 42 taps: 20 before the step of the spike, 21 behind it.
        assert!(left < 0.5 && left > 0.4, "{left}");
    }
}
