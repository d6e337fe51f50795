//! How well counts that no chain saw are predicted.

use std::f64::consts::LN_2;

/// A count that was held out, and how probable it is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HeldOut {
    /// The count.
    pub count: f64,
    /// Log of its probability, averaged over draws, nat.
    pub log_mean: f64,
    /// Average of its log probability, nat.
    pub mean_log: f64,
    /// Its log probability under a constant Poisson rate, nat.
    pub homogeneous: f64,
}

/// Predictions of all counts that were held out.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scores {
    /// Counts that were held out.
    pub n_entries: usize,
    /// Their sum.
    pub n_spikes: f64,
    /// Log of the posterior predictive probability per count, nat.
    pub log_mean_per_entry: f64,
    /// The same per spike.
    pub log_mean_per_spike: f64,
    /// Mean of the log probability per count, nat: never larger.
    pub mean_log_per_entry: f64,
    /// Log probability per count under constant rates, nat.
    pub homogeneous_per_entry: f64,
    /// (log predictive - log under constant rates)/(spikes ln 2), as Pillow et al. 2008: 0 is no better than a mean rate.
    pub bits_per_spike: f64,
}

impl Scores {
    /// None where nothing was held out.
    pub fn of(held_out: &[HeldOut]) -> Option<Self> {
        let n = held_out.len() as f64;
        let sum = |of: fn(&HeldOut) -> f64| held_out.iter().map(of).sum::<f64>();
        let n_spikes = sum(|entry| entry.count);
        let [log_mean, mean_log, homogeneous] =
            [sum(|entry| entry.log_mean), sum(|entry| entry.mean_log), sum(|entry| entry.homogeneous)];
        (!held_out.is_empty()).then_some(Self {
            n_entries: held_out.len(),
            n_spikes,
            log_mean_per_entry: log_mean / n,
            log_mean_per_spike: log_mean / n_spikes,
            mean_log_per_entry: mean_log / n,
            homogeneous_per_entry: homogeneous / n,
            bits_per_spike: (log_mean - homogeneous) / (n_spikes * LN_2),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prediction_twice_as_probable_is_worth_a_bit() {
        let entry =
            |count: f64| HeldOut { count, log_mean: -1.0, mean_log: -1.5, homogeneous: -1.0 - 2.0 * LN_2 };
        let found = Scores::of(&[entry(3.0), entry(1.0)]).unwrap();
        assert!((found.bits_per_spike - 1.0).abs() < 1e-12, "two counts, 2 bits each, 4 spikes");
        assert_eq!(
            (found.log_mean_per_entry, found.log_mean_per_spike, found.mean_log_per_entry),
            (-1.0, -0.5, -1.5)
        );
        assert_eq!(Scores::of(&[]), None);
    }
}
