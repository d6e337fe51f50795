//! Bits per spike: of held-out units, of forward bins, of what a model has seen.

use std::ops::Range;

use ndarray::{Array3, s};
use neuroloom_core::Result;

use super::params::{EvaluateParams, NullRates};
use super::scores::{BITS, Score};
use crate::metrics::{bits_per_spike_against, mean_counts, per_unit};
use crate::trials::{Part, Recording};

/// A stretch of bins of some units.
pub(super) struct Block {
    pub(super) metric: &'static str,
    pub(super) bins: Range<usize>,
    pub(super) units: Range<usize>,
}

/// What is scored: held-out units in observed bins, all units in forward bins, held-in units in observed bins.
pub(super) fn blocks(recording: &Recording) -> [Block; 3] {
    let (n_in, n) = (recording.n_held_in(), recording.units.len());
    let (observed, forward) = (0..recording.n_observed, recording.n_observed..recording.n_bins);
    [
        Block { metric: "co_bps", bins: observed.clone(), units: n_in..n },
        Block { metric: "fp_bps", bins: forward, units: 0..n },
        Block { metric: "reconstruction_bps", bins: observed, units: 0..n_in },
    ]
}

pub(super) fn scores(
    params: &EvaluateParams,
    recording: &Recording,
    part: &Part,
    rates: &Array3<f64>,
) -> Result<Vec<Score>> {
    let mut scores = Vec::new();
    for block in blocks(recording) {
        scores.extend(block_scores(params, recording, part, rates, &block)?);
    }
    Ok(scores)
}

fn block_scores(
    params: &EvaluateParams,
    recording: &Recording,
    part: &Part,
    rates: &Array3<f64>,
    block: &Block,
) -> Result<Vec<Score>> {
    if block.bins.is_empty() || block.units.is_empty() {
        return Ok(Vec::new());
    }
    if let Some(why) = unscorable(part, rates, block) {
        return Ok(vec![Score::absent(block.metric, part, BITS, why)]);
    }
    let rates = rates.slice(s![.., block.bins.clone(), block.units.clone()]);
    let counts = part.counts_of(block.bins.clone(), block.units.clone());
    let null = match params.bps_null {
        NullRates::Evaluated => mean_counts(counts),
        NullRates::Train => {
            mean_counts(recording.train()?.counts_of(block.bins.clone(), block.units.clone()))
        }
    };
    let all = bits_per_spike_against(rates, counts, &null)?;
    let mut score = Score::new(block.metric, part, all.value, BITS, all.n);
    if all.value.is_none() {
        score = score.note("there are no spikes");
    } else if all.zero_rates > 0 {
        score = score.note(format!("{} rates of 0 were taken for 1e-9", all.zero_rates));
    }
    let units = per_unit(rates, counts, &null)?;
    let names = recording.units.get(block.units.clone()).unwrap_or_default();
    let units = names
        .iter()
        .zip(units)
        .map(|(unit, own)| Score::new(block.metric, part, own.value, BITS, own.n).of_unit(&unit.id));
    Ok(std::iter::once(score).chain(units).collect())
}

/// Why a block cannot be scored, if so.
pub(super) fn unscorable(part: &Part, rates: &Array3<f64>, block: &Block) -> Option<String> {
    if !part.has_counts(block.bins.clone(), block.units.clone()) {
        return Some("the spikes are not known".into());
    }
    let counts = part.counts_of(block.bins.clone(), block.units.clone());
    let rates = rates.slice(s![.., block.bins.clone(), block.units.clone()]);
    let missing = rates.iter().zip(counts).any(|(rate, count)| rate.is_nan() && !count.is_nan());
    missing.then(|| "the rates end before these bins".into())
}
