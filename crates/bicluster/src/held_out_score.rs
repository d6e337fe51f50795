//! How probable the held-out counts are, averaged over draws as the draws come.

use serde::{Deserialize, Serialize};

/// Running averages of the probabilities of the same entries over draws: of the probability itself and of its logarithm.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct HeldOutScore {
    n_draws: u64,
    /// Largest log probability so far, of every entry.
    largest: Vec<f64>,
    /// Sum of exp(log probability - largest).
    scaled: Vec<f64>,
    /// Sum of log probabilities.
    logs: Vec<f64>,
}

impl HeldOutScore {
    /// Of `n_entries` entries and no draw yet.
    pub fn new(n_entries: usize) -> Self {
        Self {
            n_draws: 0,
            largest: vec![f64::NEG_INFINITY; n_entries],
            scaled: vec![0.0; n_entries],
            logs: vec![0.0; n_entries],
        }
    }

    /// Number of draws.
    pub fn n_draws(&self) -> u64 {
        self.n_draws
    }

    /// Adds a draw, given the log probability of every entry under it.
    pub fn add(&mut self, log_probabilities: &[f64]) {
        self.n_draws += 1;
        for (entry, &log) in log_probabilities.iter().enumerate() {
            self.merge_entry(entry, log, 1.0);
            self.logs[entry] += log;
        }
    }

    /// Adds the draws of another chain on the same entries.
    pub fn merge(&mut self, other: &Self) {
        self.n_draws += other.n_draws;
        for entry in 0..self.logs.len().min(other.logs.len()) {
            self.merge_entry(entry, other.largest[entry], other.scaled[entry]);
            self.logs[entry] += other.logs[entry];
        }
    }

    fn merge_entry(&mut self, entry: usize, largest: f64, scaled: f64) {
        let (mine, theirs) = (self.largest[entry], largest);
        if theirs > mine {
            self.scaled[entry] = self.scaled[entry] * (mine - theirs).exp() + scaled;
            self.largest[entry] = theirs;
        } else if theirs > f64::NEG_INFINITY {
            self.scaled[entry] += scaled * (theirs - mine).exp();
        }
    }

    /// Log of the probability averaged over draws, of every entry.
    pub fn log_mean(&self) -> impl Iterator<Item = f64> + '_ {
        let n = (self.n_draws as f64).ln();
        self.largest.iter().zip(&self.scaled).map(move |(largest, scaled)| largest + scaled.ln() - n)
    }

    /// Average of the log probability over draws, of every entry.
    pub fn mean_log(&self) -> impl Iterator<Item = f64> + '_ {
        self.logs.iter().map(|sum| sum / self.n_draws as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn averages_are_those_of_all_draws_however_they_are_merged() {
        let draws = [[-1.0, -800.0], [-3.0, -790.0], [-2.0, -805.0], [-0.5, -791.0]];
        let mut whole = HeldOutScore::new(2);
        let mut parts = [HeldOutScore::new(2), HeldOutScore::new(2)];
        for (place, draw) in draws.iter().enumerate() {
            whole.add(draw);
            parts[place / 2].add(draw);
        }
        let [mut first, second] = parts;
        first.merge(&second);
        let direct = draws.iter().map(|draw| draw[0].exp()).sum::<f64>() / 4.0;
        let found: Vec<f64> = whole.log_mean().collect();
        assert!((found[0] - direct.ln()).abs() < 1e-14);
        assert!((found[1] + 790.0 - ((1.0 + (-1.0_f64).exp()) / 4.0).ln()).abs() < 1e-4);
        for (a, b) in first.log_mean().zip(found) {
            assert!((a - b).abs() < 1e-12);
        }
        assert_eq!(first.mean_log().collect::<Vec<_>>(), [-6.5 / 4.0, -3186.0 / 4.0]);
    }
}
