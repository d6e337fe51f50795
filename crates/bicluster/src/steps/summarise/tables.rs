//! The tables.

mod partitions;
mod posterior;

use neuroloom_core::{Result, Table};
use neuroloom_table::{TableBuilder, kinds};

use super::step::Summarised;
use crate::Scores;

pub(super) use partitions::{neurons, similarity, states};
pub(super) use posterior::{dynamics, latents, rates};

/// A row per recording with held-out counts.
pub(super) fn scores(all: &[Summarised]) -> Result<Table> {
    let rows: Vec<(&str, Scores)> =
        all.iter().filter_map(|of| Some((of.recording.name.as_str(), of.scores?))).collect();
    let numbers = |of: fn(&Scores) -> f64| rows.iter().map(move |(_, scores)| of(scores));
    TableBuilder::new(kinds::BICLUSTER_SCORES)
        .text("recording_id", rows.iter().map(|row| row.0))
        .integers("n_entries", rows.iter().map(|row| row.1.n_entries as i64))
        .numbers("n_spikes", numbers(|scores| scores.n_spikes))
        .numbers("log_mean_per_entry", numbers(|scores| scores.log_mean_per_entry))
        .numbers("log_mean_per_spike", numbers(|scores| scores.log_mean_per_spike))
        .numbers("mean_log_per_entry", numbers(|scores| scores.mean_log_per_entry))
        .numbers("homogeneous_per_entry", numbers(|scores| scores.homogeneous_per_entry))
        .numbers("bits_per_spike", numbers(|scores| scores.bits_per_spike))
        .finish()
}

/// A row per scalar.
pub(super) fn diagnostics(all: &[Summarised]) -> Result<Table> {
    let rows = || all.iter().flat_map(|of| of.diagnostics.iter().map(move |row| (of, row)));
    let finite = |value: f64| value.is_finite().then_some(value);
    TableBuilder::new(kinds::BICLUSTER_DIAGNOSTICS)
        .text("recording_id", rows().map(|(of, _)| &of.recording.name))
        .text("scalar", rows().map(|(_, row)| &row.scalar))
        .integers("n_chains", rows().map(|(_, row)| row.n_chains as i64))
        .integers("n_draws", rows().map(|(_, row)| row.n_draws as i64))
        .numbers("mean", rows().map(|(_, row)| row.found.mean))
        .numbers("sd", rows().map(|(_, row)| row.found.sd))
        .optional_numbers("r_hat", rows().map(|(_, row)| finite(row.found.r_hat)))
        .optional_numbers("ess_bulk", rows().map(|(_, row)| finite(row.found.ess_bulk)))
        .optional_numbers("ess_tail", rows().map(|(_, row)| finite(row.found.ess_tail)))
        .finish()
}

/// A row per method and known labels.
pub(super) fn agreement(all: &[Summarised]) -> Result<Table> {
    let rows = || all.iter().flat_map(|of| of.agreements.iter().map(move |row| (of, row)));
    TableBuilder::new(kinds::BICLUSTER_AGREEMENT)
        .text("recording_id", rows().map(|(of, _)| &of.recording.name))
        .text("of", rows().map(|(_, row)| row.of))
        .text("against", rows().map(|(_, row)| &row.against))
        .text("method", rows().map(|(_, row)| row.method))
        .integers("n_things", rows().map(|(_, row)| row.n_things as i64))
        .integers("n_groups", rows().map(|(_, row)| row.n_groups as i64))
        .integers("n_known", rows().map(|(_, row)| row.n_known as i64))
        .numbers("ari", rows().map(|(_, row)| row.ari))
        .numbers("ami", rows().map(|(_, row)| row.ami))
        .finish()
}
