//! One recording from its source's labels, clock and unit to the common ones.

mod identify;
mod passes;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;

use ndarray::Array2;
use neuroloom_core::{Error, Result, Seed};

pub use identify::LabelDecision;
use identify::{Columns, count_labeled, decisions};

use crate::clock::Clock;
use crate::impute::Impute;
use crate::labels::{LabelStatus, PlacedColumn, place};
use crate::resample::{ResamplePath, Resampler};
use crate::{HomogeniseParams, Profile, QualityWarning, Recording, StoredSignal, names};

/// What became of a recording.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// What became of every label, in the order of the source's columns.
    pub labels: Vec<LabelDecision>,
    /// What the user should know.
    pub warnings: Vec<QualityWarning>,
    /// The result, or why there is none.
    pub fate: Fate,
}

/// The result of a recording, or why it was skipped.
#[derive(Clone, Debug)]
pub enum Fate {
    /// It was homogenised.
    Used(Homogenised),
    /// It was left out, for this reason.
    Skipped(String),
}

/// A recording on the common clock.
#[derive(Clone, Debug)]
pub struct Homogenised {
    /// The source's clock.
    pub clock: Clock,
    /// Whether the common clock is finer or coarser.
    pub path: ResamplePath,
    /// The common clock, seconds from the first sample of the source.
    pub times_s: Vec<f64>,
    /// The neurons, in the published order.
    pub neurons: Vec<Neuron>,
    /// The signals that were asked for, `[n_neurons, n_samples]`: the original one on the source's clock, the others
    /// on the common one.
    pub signals: BTreeMap<StoredSignal, Array2<f32>>,
}

/// A neuron of the result.
#[derive(Clone, Debug, PartialEq)]
pub struct Neuron {
    /// Name of the list, or the position in the result as a number.
    pub name: String,
    /// Place in the sorted list of names.
    pub slot: Option<usize>,
    /// Label in the source.
    pub label_given: Option<String>,
    /// How the name was found.
    pub label_status: LabelStatus,
    /// Column in the source.
    pub raw_column: i64,
    /// The stretches of original samples that were imputed.
    pub imputed: Vec<Range<usize>>,
}

/// Homogenises `recording` (Simeon et al., arXiv 2411.12091, section on preprocessing): names, clock, time derivative,
/// causal smoothing, resampling, normalisation. `seed` is used by [`Impute::Chained`] alone.
///
/// # Errors
/// When the recording is malformed ([`Recording::check`], [`Clock::new`]) or `resample_dt_s` is above a tenth
/// of its duration.
pub fn homogenise(recording: &Recording<'_>, params: &HomogeniseParams, seed: Seed) -> Result<Outcome> {
    recording.check()?;
    let mut columns = Columns::identify(recording, params);
    let mut warnings = shape_warnings(recording);
    let n_samples = recording.times_s.len();
    let skipped = |columns: &Columns<'_>, warnings, reason: String| {
        let labels = decisions(recording, columns, &[]);
        Ok(Outcome { labels, warnings, fate: Fate::Skipped(reason) })
    };
    if n_samples < params.min_samples {
        let reason = format!("it has {n_samples} samples, fewer than min_samples = {}", params.min_samples);
        return skipped(&columns, warnings, reason);
    }
    let clock = Clock::new(&recording.times_s, params.profile)?;
    warnings.extend(clock.warnings());
    if let Some(least_s) = params.min_duration_s.filter(|least_s| clock.duration_s() < *least_s) {
        let reason = format!("it lasts {:.1} s, less than min_duration_s = {least_s}", clock.duration_s());
        return skipped(&columns, warnings, reason);
    }
    check_interval(params.resample_dt_s, &clock)?;
    columns.screen_and_impute(recording, params, &clock, seed)?;
    warnings.extend(columns.warnings(recording));
    let placed = place(&columns.kept_identities(), &columns.kept_numbers(recording), params.profile);
    if count_labeled(&placed) == 0 {
        return skipped(&columns, warnings, no_labels(recording));
    }
    if params.impute == Impute::None {
        warnings.extend(columns.missing_left(recording));
    }
    let labels = decisions(recording, &columns, &placed);
    let fate = Fate::Used(assemble(recording, params, clock, &columns, &placed));
    Ok(Outcome { labels, warnings, fate })
}

fn assemble(
    recording: &Recording<'_>,
    params: &HomogeniseParams,
    clock: Clock,
    columns: &Columns<'_>,
    placed: &[PlacedColumn],
) -> Homogenised {
    let plan =
        Resampler::new(&clock.times_s, clock.median_dt_s, params.resample_dt_s, params.aggregate_timestamp);
    let traces: Vec<&[f64]> = placed.iter().map(|place| columns.kept[place.column].trace.as_ref()).collect();
    let original: Vec<&[f64]> = match params.profile {
        // The published pipeline calls imputed data original; ours keeps what was measured.
        Profile::Compat => traces.clone(),
        Profile::Exact => {
            let raw = placed.iter().map(|place| columns.kept[place.column].index);
            raw.map(|index| recording.columns[index].trace.as_ref()).collect()
        }
    };
    let mut signals = passes::signals(&traces, &clock.times_s, &plan, params);
    if params.stores(StoredSignal::Original) {
        signals.insert(StoredSignal::Original, passes::narrowed(&original, recording.times_s.len()));
    }
    let neurons = placed.iter().map(|place| neuron(recording, columns, place)).collect();
    let mut result = Homogenised { path: plan.path, times_s: plan.times_s, clock, neurons, signals };
    passes::round_for_storage(&mut result, params.storage);
    result
}

fn neuron(recording: &Recording<'_>, columns: &Columns<'_>, place: &PlacedColumn) -> Neuron {
    let kept = &columns.kept[place.column];
    let source = &recording.columns[kept.index];
    Neuron {
        slot: if place.is_labeled { names::slot(&place.neuron) } else { None },
        name: place.neuron.clone(),
        label_given: source.label_given.clone(),
        label_status: place.status,
        raw_column: source.raw_column,
        imputed: kept.imputed.clone(),
    }
}

fn check_interval(dt_s: f64, clock: &Clock) -> Result<()> {
    let duration_s = clock.duration_s();
    if dt_s <= duration_s / 10.0 {
        return Ok(());
    }
    Err(Error::params("the interval of the common clock is too long for the recording")
        .at_object("resample_dt_s")
        .expected(format!("at most a tenth of {duration_s} s"))
        .found(format!("{dt_s} s")))
}

fn shape_warnings(recording: &Recording<'_>) -> Vec<QualityWarning> {
    let (n_neurons, n_samples) = (recording.columns.len(), recording.times_s.len());
    let transposed = (n_neurons > n_samples).then(|| {
        let message = format!("{n_neurons} neurons but {n_samples} samples: the matrix may be transposed");
        QualityWarning::new("transposed", message)
    });
    transposed.into_iter().collect()
}

fn no_labels(recording: &Recording<'_>) -> String {
    match recording.columns.iter().any(|column| column.label_given.is_some()) {
        true => "no label is one of the 300 names".into(),
        false => "no neuron is labelled".into(),
    }
}

/// A trace, and what of it was imputed.
pub(crate) struct KeptColumn<'a> {
    /// Index into the columns of the recording.
    pub index: usize,
    /// The trace, imputed.
    pub trace: Cow<'a, [f64]>,
    /// The imputed stretches.
    pub imputed: Vec<Range<usize>>,
}

/// Fills the gaps of `kept` and notes them.
pub(crate) fn impute(kept: &mut [KeptColumn<'_>], method: Impute, times_s: &[f64], seed: Seed) -> Result<()> {
    let runs: Vec<_> = kept.iter().map(|column| crate::impute::missing_runs(&column.trace)).collect();
    if method == Impute::None || runs.iter().all(Vec::is_empty) {
        return Ok(());
    }
    let mut traces: Vec<&mut Cow<'_, [f64]>> = kept.iter_mut().map(|column| &mut column.trace).collect();
    method.fill(&mut traces, times_s, seed)?;
    for (column, runs) in kept.iter_mut().zip(runs) {
        column.imputed = runs;
    }
    Ok(())
}
