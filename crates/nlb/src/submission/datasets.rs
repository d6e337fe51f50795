//! What goes into a file.

use ndarray::{Array2, Array3, s};
use neuroloom_core::{Error, Result, Table};

use crate::trials::{RATE, Recording, Signals};

/// A dataset with its name.
#[derive(Clone, Debug, PartialEq)]
pub struct Dataset {
    /// `train_rates_heldin` …
    pub name: String,
    /// Its values.
    pub values: Values,
}

/// Values of a dataset.
#[derive(Clone, Debug, PartialEq)]
pub enum Values {
    /// `[trials, bins, units]`, or conditions in the place of trials.
    Cube(Array3<f32>),
    /// Trials of each condition, lists of unequal lengths.
    Lists(Vec<Vec<i32>>),
    /// A number per trial.
    Integers(Vec<i32>),
    /// Truth values `[trials, masks]`.
    Flags(Array2<bool>),
    /// `[trials, columns]`.
    Matrix(Array2<f32>),
}

/// Width of the bins of a table of trials, seconds.
///
/// # Errors
/// When it has no counts, or several recordings.
pub fn bin_s(trials: &Table) -> Result<f64> {
    Ok(only(&Signals::new(trials)?)?.dt_s)
}

/// The name of the benchmark for a split: what is not for training is evaluated.
pub(super) fn prefix(split: &str) -> &'static str {
    if split == "train" { "train" } else { "eval" }
}

/// The only recording of a table of trials.
pub(super) fn only(signals: &Signals<'_>) -> Result<Recording> {
    let mut all = Recording::all(signals)?;
    match (all.pop(), all.is_empty()) {
        (Some(recording), true) => Ok(recording),
        _ => Err(Error::data("a file of the benchmark holds one recording")
            .expected("trials of one recording")
            .found(signals.recordings().join(", "))
            .hint("filter the tables by recording_id")),
    }
}

/// Four datasets of a signal of a split: held in and out, observed and forward. Blocks without units or bins are left
/// out; so are those with NaN, where `whole`.
pub(super) fn blocks(
    recording: &Recording,
    prefix: &str,
    signal: &str,
    values: &Array3<f64>,
    whole: bool,
) -> Vec<Dataset> {
    let (n_in, n) = (recording.n_held_in(), recording.units.len());
    let (observed, forward) = (0..recording.n_observed, recording.n_observed..recording.n_bins);
    let mut datasets = Vec::new();
    for (bins, ending) in [(observed, ""), (forward, "_forward")] {
        for (units, held) in [(0..n_in, "heldin"), (n_in..n, "heldout")] {
            let block = values.slice(s![.., bins.clone(), units]);
            let has_gaps = block.iter().any(|value| value.is_nan());
            let has_values = block.iter().any(|value| !value.is_nan());
            if has_values && (!whole || !has_gaps) {
                let name = format!("{prefix}_{signal}_{held}{ending}");
                datasets.push(Dataset { name, values: Values::Cube(block.mapv(|value| value as f32)) });
            }
        }
    }
    datasets
}

/// Rates of the training trials and of those of `eval_split`: a submission. Rates are expected counts per bin.
///
/// # Errors
/// When the tables do not fit, hold several recordings, or rates of a split are missing.
pub fn rates(trials: &Table, rates: &Table, eval_split: &str) -> Result<Vec<Dataset>> {
    let (counts, rates) = (Signals::new(trials)?, Signals::new(rates)?);
    let recording = only(&counts)?;
    let mut datasets = Vec::new();
    for split in ["train", eval_split] {
        let part = recording.part(split).ok_or_else(|| no_split(&recording, split))?;
        let values = recording.rates(&rates, part, RATE)?.ok_or_else(|| no_split(&recording, split))?;
        let known = values.slice(s![.., ..recording.n_observed, ..]).iter().all(|rate| *rate >= 0.0);
        if !known {
            return Err(Error::data("rates of a split are missing, negative or NaN")
                .at_object(split.to_owned())
                .expected("a rate of every trial, unit and observed bin"));
        }
        datasets.extend(blocks(&recording, prefix(split), "rates", &values, true));
    }
    Ok(datasets)
}

pub(super) fn no_split(recording: &Recording, split: &str) -> Error {
    Error::data("a split is not there")
        .at_object(format!("recording {}", recording.id))
        .expected(format!("trials and rates of the split {split}"))
        .found(recording.parts.iter().map(|part| part.split.as_str()).collect::<Vec<_>>().join(", "))
}
