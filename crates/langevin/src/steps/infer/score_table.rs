//! Scores of every split.

use neuroloom_core::{Result, Table, Unit};
use neuroloom_table::{TableBuilder, kinds};

use crate::scores::{Entries, likelihood_gain, rate_r2, true_counts};
use crate::trial_set::{Split, TrialSet};

/// Metrics about true rates: of observed bins (as `nlb.evaluate` has it), of those that were to come, of all.
const R2: [(&str, Entries); 3] =
    [("rate_r2", Entries::Observed), ("rate_r2_forward", Entries::Forward), ("rate_r2_all", Entries::All)];

/// A score of the trials of a split.
pub(super) struct Score {
    pub(super) split: Split,
    pub(super) metric: &'static str,
    pub(super) value: Option<f64>,
    pub(super) truth: Option<f64>,
    pub(super) n: usize,
}

impl Score {
    /// Its unit.
    pub(super) fn unit(&self) -> Unit {
        if R2.iter().any(|(metric, _)| *metric == self.metric) {
            Unit::ONE
        } else {
            Unit::parse("bits/spike")
        }
    }
}

/// Scores of expected counts `[trials, bins, units]` of all trials of a set. Metrics without an entry are left out.
pub(super) fn scores(set: &TrialSet, rates: &[f32]) -> Vec<Score> {
    let metrics =
        [("bits_per_spike", Entries::Seen), ("co_bps", Entries::HeldOut), ("fp_bps", Entries::Forward)];
    let per_trial = set.size.n_bins * set.size.n_out;
    let mut scores = Vec::new();
    for split in Split::ALL {
        let trials = set.of(split);
        let of_trial = |&trial: &u32| rates.chunks_exact(per_trial).nth(trial as usize);
        let rates: Vec<f32> = trials.iter().filter_map(of_trial).flatten().copied().collect();
        let truth = true_counts(set, &trials);
        for (metric, entries) in metrics {
            let gain = likelihood_gain(set, &trials, &rates, entries);
            if gain.n_entries > 0 {
                let best = truth.as_ref().map(|truth| likelihood_gain(set, &trials, truth, entries));
                let (value, truth) = (gain.bits_per_spike(), best.and_then(|best| best.bits_per_spike()));
                scores.push(Score { split, metric, value, truth, n: gain.n_entries });
            }
        }
        if let Some(truth) = truth.filter(|truth| !truth.is_empty()) {
            for (metric, entries) in R2 {
                let n = entries.count(set) * trials.len();
                if n > 0 {
                    let value = rate_r2(set, &truth, &rates, entries);
                    scores.push(Score { split, metric, value, truth: value.map(|_| 1.0), n });
                }
            }
        }
    }
    scores
}

/// Scores as a table.
pub(super) fn table(scores: &[Score]) -> Result<Table> {
    TableBuilder::new(kinds::LANGEVIN_SCORES)
        .text("split", scores.iter().map(|score| score.split.name()))
        .text("metric", scores.iter().map(|score| score.metric))
        .optional_numbers("value", scores.iter().map(|score| score.value))
        .optional_numbers("truth", scores.iter().map(|score| score.truth))
        .integers("n", scores.iter().map(|score| score.n as i64))
        .finish()
}
