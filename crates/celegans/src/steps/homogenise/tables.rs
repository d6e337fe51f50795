//! The tables of `celegans.homogenise`.

use std::sync::Arc;

use arrow_array::{BooleanArray, Int64Array};
use neuroloom_core::{Result, Table};
use neuroloom_table::{TableBuilder, kinds};

use super::lists::SignalLists;
use super::processed::{Processed, State};
use crate::{HomogeniseParams, LabelDecision, Neuron, StoredSignal};

fn slot(neuron: &Neuron) -> i64 {
    neuron.slot.map_or(-1, |slot| slot as i64)
}

/// The rows of a recording in the table `homogenised`; none where it was not used.
pub(super) fn traces(result: &Processed) -> Result<Table> {
    let neurons = result.used().map(|used| used.neurons.as_slice()).unwrap_or_default();
    let edges = |edge: fn(&std::ops::Range<usize>) -> usize| {
        neurons.iter().map(move |neuron| {
            let runs = neuron.imputed.iter().map(|run| edge(run) as f64).collect::<Vec<_>>();
            (!runs.is_empty()).then_some(runs)
        })
    };
    let mut table = TableBuilder::new(kinds::HOMOGENISED)
        .text("recording_id", neurons.iter().map(|_| &result.source.id))
        .integers("position", (0..).take(neurons.len()))
        .text("neuron", neurons.iter().map(|neuron| &neuron.name))
        .integers("slot", neurons.iter().map(slot))
        .optional_bools("is_labeled", neurons.iter().map(|neuron| Some(neuron.slot.is_some())))
        .optional_text("label_given", neurons.iter().map(|neuron| neuron.label_given.as_deref()))
        .text("label_status", neurons.iter().map(|neuron| neuron.label_status.as_str()))
        .integers("raw_column", neurons.iter().map(|neuron| neuron.raw_column))
        .numbers("imputed_fraction", neurons.iter().map(|neuron| imputed_fraction(result, neuron)))
        .optional_lists("imputed_start", edges(|run| run.start))
        .optional_lists("imputed_stop", edges(|run| run.end))
        .text("signal_unit", neurons.iter().map(|_| &result.source.signal_unit));
    for (signal, matrix) in result.used().iter().flat_map(|used| &used.signals) {
        let mut lists = SignalLists::with_capacity(matrix.nrows(), matrix.len());
        lists.push_matrix(matrix);
        table = table.array(signal.column(), lists.finish()?);
    }
    table.finish()
}

fn imputed_fraction(result: &Processed, neuron: &Neuron) -> f64 {
    let imputed: usize = neuron.imputed.iter().map(ExactSizeIterator::len).sum();
    imputed as f64 / result.n_samples as f64
}

/// One signal of a recording as a traces table, for steps that take any traces.
pub(super) fn signals(result: &Processed, params: &HomogeniseParams, signal: StoredSignal) -> Result<Table> {
    let neurons = result.used().map(|used| used.neurons.as_slice()).unwrap_or_default();
    let all = |word: &'static str| neurons.iter().map(move |_| word);
    let start_s = result.used().and_then(|used| used.times_s.first().copied()).unwrap_or(0.0);
    let unit = match signal {
        StoredSignal::Calcium => "sd".to_owned(),
        StoredSignal::Residual | StoredSignal::SmoothResidual => format!("{}/s", result.source.signal_unit),
        _ => result.source.signal_unit.clone(),
    };
    let mut lists = SignalLists::default();
    if let Some(matrix) = result.used().and_then(|used| used.signals.get(&signal)) {
        lists.push_matrix(matrix);
    }
    TableBuilder::new(kinds::TRACES)
        .text("recording_id", neurons.iter().map(|_| &result.source.id))
        .text("unit_id", neurons.iter().map(|neuron| &neuron.name))
        .text("signal", all(signal.column()))
        .integers("segment", neurons.iter().map(|_| 0))
        .numbers("t0_s", neurons.iter().map(|_| start_s))
        .numbers("dt_s", neurons.iter().map(|_| params.resample_dt_s))
        .array("trace", lists.finish()?)
        .text("trace_unit", neurons.iter().map(|_| &unit))
        .extra("slot", None, Arc::new(neurons.iter().map(slot).collect::<Int64Array>()))
        .extra("is_labeled", None, {
            Arc::new(neurons.iter().map(|neuron| Some(neuron.slot.is_some())).collect::<BooleanArray>())
        })
        .finish()
}

/// The table `homogenised_recordings`.
pub(super) fn recordings(results: &[Processed], params: &HomogeniseParams) -> Result<Table> {
    let used = || results.iter().map(Processed::used);
    let all = |word: &'static str| results.iter().map(move |_| word);
    let source = || results.iter().map(|result| &result.source);
    let status = |result: &Processed| match result.state {
        State::Used(_) => "used",
        State::Skipped(_) => "skipped",
        State::Failed(_) => "failed",
    };
    let reason = |result: &Processed| match &result.state {
        State::Used(_) => None,
        State::Skipped(reason) | State::Failed(reason) => Some(reason.clone()),
    };
    let labeled = |result: &Processed| result.labels.iter().filter(|label| label.is_labeled()).count() as i64;
    let n_neurons =
        |result: &Processed| result.used().map_or(result.source.rows.len(), |used| used.neurons.len());
    let unit = |result: &Processed| {
        let unit = &result.source.signal_unit;
        (!unit.is_empty()).then(|| unit.clone())
    };
    TableBuilder::new(kinds::HOMOGENISED_RECORDINGS)
        .text("recording_id", source().map(|source| &source.id))
        .text("source_dataset", source().map(|source| &source.dataset))
        .text("raw_data_file", source().map(|source| &source.file))
        .text("status", results.iter().map(status))
        .optional_text("skip_reason", results.iter().map(reason))
        .integers("n_neurons", results.iter().map(|result| n_neurons(result) as i64))
        .integers("n_labeled", results.iter().map(labeled))
        .optional_numbers("original_median_dt_s", used().map(|used| Some(used?.clock.median_dt_s)))
        .integers("original_max_timesteps", results.iter().map(|result| result.n_samples as i64))
        .numbers("resample_dt_s", results.iter().map(|_| params.resample_dt_s))
        .optional_text("resample_path", used().map(|used| Some(used?.path.as_str())))
        .text("aggregate_timestamp", all(params.aggregate_timestamp.as_str()))
        .optional_integers("max_timesteps", used().map(|used| Some(used?.times_s.len() as i64)))
        .optional_lists("original_time_in_seconds", used().map(|used| Some(used?.clock.times_s.clone())))
        .optional_lists("time_in_seconds", used().map(|used| Some(used?.times_s.clone())))
        .text("smooth_method", all(params.smooth.as_str()))
        .optional_numbers("smooth_parameter", results.iter().map(|_| params.smooth_parameter()))
        .text("interpolate_method", all("linear"))
        .text("normalization_method", all(params.normalise.as_str()))
        .text("impute_method", all(params.impute.as_str()))
        .text("profile", all(params.profile.as_str()))
        .text("storage", all(params.storage.as_str()))
        .optional_text("signal_unit", results.iter().map(unit))
        .optional_text("licence_note", source().map(|source| source.licence_note.as_deref()))
        .finish()
}

/// The table `neuron_labels`.
pub(super) fn labels(results: &[Processed]) -> Result<Table> {
    let rows = results.iter().flat_map(|result| result.labels.iter().map(move |label| (result, label)));
    let label = || rows.clone().map(|(_, label): (&Processed, &LabelDecision)| label);
    TableBuilder::new(kinds::NEURON_LABELS)
        .text("recording_id", rows.clone().map(|(result, _)| &result.source.id))
        .integers("raw_column", label().map(|label| label.raw_column))
        .optional_text("label_given", label().map(|label| label.label_given.as_deref()))
        .text("label_status", label().map(|label| label.status.as_str()))
        .optional_text("neuron", label().map(|label| label.neuron.as_deref()))
        .optional_text("drop_reason", label().map(|label| label.drop_reason.as_deref()))
        .finish()
}
