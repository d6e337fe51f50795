//! How well rates predict counts and come near true rates.

use std::f64::consts::LN_2;

use crate::trial_set::TrialSet;

/// Rates below this are raised to it, as in `nlb_tools`.
const MIN_RATE: f64 = 1e-9;

/// Which entries of a trial are scored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entries {
    /// Units that a model sees, in bins that it sees: reconstruction.
    Seen,
    /// Units held out, in observed bins: co-smoothing.
    HeldOut,
    /// All units, in the bins behind the observed ones: forward prediction.
    Forward,
    /// All units, in observed bins.
    Observed,
    /// All.
    All,
}

impl Entries {
    /// Whether they contain the entry of a unit and a bin.
    pub fn contain(self, set: &TrialSet, unit: usize, bin: usize) -> bool {
        let (seen, observed) = (unit < set.size.n_in, bin < set.size.n_observed);
        match self {
            Self::Seen => seen && observed,
            Self::HeldOut => !seen && observed,
            Self::Forward => !observed,
            Self::Observed => observed,
            Self::All => true,
        }
    }
}

impl Entries {
    /// Entries of a trial that they contain.
    pub fn count(self, set: &TrialSet) -> usize {
        let bins = || 0..set.size.n_bins;
        (0..set.size.n_out).map(|unit| bins().filter(|&bin| self.contain(set, unit, bin)).count()).sum()
    }
}

/// Log likelihood of counts under rates compared with that of the units' mean counts.
#[derive(Clone, Debug, PartialEq)]
pub struct LikelihoodGain {
    /// Nats that a trial gains.
    pub nats: Vec<f64>,
    /// Spikes that were scored.
    pub n_spikes: f64,
    /// Entries that were scored.
    pub n_entries: usize,
}

impl LikelihoodGain {
    /// Bits per spike (Pei et al. 2021); none where there is no spike.
    pub fn bits_per_spike(&self) -> Option<f64> {
        (self.n_spikes > 0.0).then(|| self.nats.iter().sum::<f64>() / self.n_spikes / LN_2)
    }
}

/// The gain of expected counts `rates` `[trials, bins, units]` on the counts of `trials` over the mean of the scored counts of each
/// unit. Entries whose count is not known are left out.
pub fn likelihood_gain(set: &TrialSet, trials: &[u32], rates: &[f32], entries: Entries) -> LikelihoodGain {
    let n_out = set.size.n_out;
    let scored = |unit: usize, bin: usize, count: f32| !count.is_nan() && entries.contain(set, unit, bin);
    let mut mean = vec![(0.0, 0_usize); n_out];
    for &trial in trials {
        for (bin, row) in set.counts(trial).chunks_exact(n_out).enumerate() {
            for (unit, (&count, (sum, n))) in row.iter().zip(&mut mean).enumerate() {
                if scored(unit, bin, count) {
                    *sum += f64::from(count);
                    *n += 1;
                }
            }
        }
    }
    let null: Vec<f64> = mean.iter().map(|(sum, n)| (sum / (*n).max(1) as f64).max(MIN_RATE)).collect();
    let per_trial = set.size.n_bins * n_out;
    let gain = |(&trial, rates): (&u32, &[f32])| {
        let mut nats = 0.0;
        for (i, (&count, &rate)) in set.counts(trial).iter().zip(rates).enumerate() {
            let (bin, unit) = (i / n_out, i % n_out);
            if scored(unit, bin, count) {
                let (rate, count) = (f64::from(rate).max(MIN_RATE), f64::from(count));
                nats += null[unit] - rate + count * (rate.ln() - null[unit].ln());
            }
        }
        nats
    };
    LikelihoodGain {
        nats: trials.iter().zip(rates.chunks_exact(per_trial)).map(gain).collect(),
        n_spikes: mean.iter().map(|(sum, _)| sum).sum(),
        n_entries: mean.iter().map(|(_, n)| n).sum(),
    }
}

/// Expected counts of the true rates `[trials, bins, units]`, where they are known.
pub fn true_counts(set: &TrialSet, trials: &[u32]) -> Option<Vec<f32>> {
    let rows = trials.iter().map(|&trial| set.truth_hz(trial)).collect::<Option<Vec<_>>>()?;
    Some(rows.into_iter().flatten().map(|&rate_hz| (f64::from(rate_hz) * set.dt_s) as f32).collect())
}

/// `1 - SS_res/SS_tot` of `rates` about `truth`, both `[trials, bins, units]`: the mean over the units, each over trials and
/// bins. Units whose truth does not vary are left out; none where there is no other.
pub fn rate_r2(set: &TrialSet, truth: &[f32], rates: &[f32], entries: Entries) -> Option<f64> {
    let n_out = set.size.n_out;
    let of_unit = |unit: usize| {
        let pairs = || {
            let all = truth.iter().zip(rates).enumerate().skip(unit).step_by(n_out);
            let scored = all.filter(|(i, _)| entries.contain(set, unit, i / n_out % set.size.n_bins));
            scored.map(|(_, (&truth, &rate))| (f64::from(truth), f64::from(rate)))
        };
        let n = pairs().count() as f64;
        let mean = pairs().map(|(truth, _)| truth).sum::<f64>() / n;
        let total: f64 = pairs().map(|(truth, _)| (truth - mean).powi(2)).sum();
        let rest: f64 = pairs().map(|(truth, rate)| (truth - rate).powi(2)).sum();
        (n > 0.0 && total > 1e-12 * n * mean * mean).then(|| 1.0 - rest / total)
    };
    let scores: Vec<f64> = (0..n_out).filter_map(of_unit).collect();
    (!scores.is_empty()).then(|| scores.iter().sum::<f64>() / scores.len() as f64)
}

/// By how many standard errors, over trials, `gain` is above that of the true rates on the same entries.
pub fn excess_over_truth(gain: &LikelihoodGain, truth: &LikelihoodGain) -> f64 {
    let excess: Vec<f64> = gain.nats.iter().zip(&truth.nats).map(|(a, b)| a - b).collect();
    let n = excess.len() as f64;
    let mean = excess.iter().sum::<f64>() / n;
    let variance = excess.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (n - 1.0).max(1.0);
    let error = (variance / n).sqrt();
    if error > 0.0 { mean / error } else { 0.0 }
}
