//! The tables of `celegans.homogenise`.

use std::sync::Arc;

use arrow_array::{BooleanArray, Int64Array};
use neuroloom_core::{Result, Table};
use neuroloom_table::{TableBuilder, kinds};

use super::lists::SignalLists;
use super::{Processed, State};
use crate::{HomogeniseParams, Homogenised, LabelDecision, Neuron, StoredSignal};

/// Recordings with their neurons, flattened.
fn neurons(
    results: &[Processed],
) -> impl Iterator<Item = (&Processed, &Homogenised, usize, &Neuron)> + Clone {
    results.iter().filter_map(|result| Some((result, result.used()?))).flat_map(|(result, used)| {
        used.neurons.iter().enumerate().map(move |(position, neuron)| (result, used, position, neuron))
    })
}

fn slot(neuron: &Neuron) -> i64 {
    neuron.slot.map_or(-1, |slot| slot as i64)
}

/// The table `homogenised`; signals are freed one by one as they are copied.
pub(super) fn traces(mut results: Vec<Processed>) -> Result<Table> {
    let mut columns = Vec::new();
    for signal in StoredSignal::ALL {
        columns.extend(signal_column(&mut results, signal)?.map(|column| (signal.column(), column)));
    }
    let rows = neurons(&results);
    let edges = |edge: fn(&std::ops::Range<usize>) -> usize| {
        rows.clone().map(move |(_, _, _, neuron)| {
            let runs = neuron.imputed.iter().map(|run| edge(run) as f64).collect::<Vec<_>>();
            (!runs.is_empty()).then_some(runs)
        })
    };
    let mut table = TableBuilder::new(kinds::HOMOGENISED)
        .text("recording_id", rows.clone().map(|(result, ..)| &result.source.id))
        .integers("position", rows.clone().map(|(_, _, position, _)| position as i64))
        .text("neuron", rows.clone().map(|(.., neuron)| &neuron.name))
        .integers("slot", rows.clone().map(|(.., neuron)| slot(neuron)))
        .optional_bools("is_labeled", rows.clone().map(|(.., neuron)| Some(neuron.slot.is_some())))
        .optional_text("label_given", rows.clone().map(|(.., neuron)| neuron.label_given.as_deref()))
        .text("label_status", rows.clone().map(|(.., neuron)| neuron.label_status.as_str()))
        .integers("raw_column", rows.clone().map(|(.., neuron)| neuron.raw_column))
        .numbers("imputed_fraction", rows.clone().map(|(_, used, _, neuron)| imputed_fraction(used, neuron)))
        .optional_lists("imputed_start", edges(|run| run.start))
        .optional_lists("imputed_stop", edges(|run| run.end))
        .text("signal_unit", rows.clone().map(|(result, ..)| &result.source.signal_unit));
    for (name, column) in columns {
        table = table.array(name, column);
    }
    table.finish()
}

fn signal_column(results: &mut [Processed], signal: StoredSignal) -> Result<Option<arrow_array::ArrayRef>> {
    let matrices: Vec<_> = results
        .iter_mut()
        .filter_map(|result| match &mut result.state {
            State::Used(recording) => recording.signals.remove(&signal),
            State::Skipped(_) | State::Failed(_) => None,
        })
        .collect();
    if matrices.is_empty() {
        return Ok(None);
    }
    let (rows, samples) =
        matrices.iter().fold((0, 0), |(rows, samples), m| (rows + m.nrows(), samples + m.len()));
    let mut lists = SignalLists::with_capacity(rows, samples);
    matrices.into_iter().for_each(|matrix| lists.push_matrix(&matrix));
    lists.finish().map(Some)
}

fn imputed_fraction(used: &Homogenised, neuron: &Neuron) -> f64 {
    let imputed: usize = neuron.imputed.iter().map(ExactSizeIterator::len).sum();
    imputed as f64 / used.clock.times_s.len() as f64
}

/// One signal as a traces table, for steps that take any traces.
pub(super) fn signals(
    results: &[Processed],
    params: &HomogeniseParams,
    signal: StoredSignal,
) -> Result<Table> {
    let rows = neurons(results);
    let mut lists = SignalLists::default();
    for (_, used) in results.iter().filter_map(|result| Some((result, result.used()?))) {
        if let Some(matrix) = used.signals.get(&signal) {
            lists.push_matrix(matrix);
        }
    }
    let start_s = |used: &Homogenised| used.times_s.first().copied().unwrap_or(0.0);
    let unit = |result: &Processed| match signal {
        StoredSignal::Calcium => "sd".to_owned(),
        StoredSignal::Residual | StoredSignal::SmoothResidual => format!("{}/s", result.source.signal_unit),
        _ => result.source.signal_unit.clone(),
    };
    TableBuilder::new(kinds::TRACES)
        .text("recording_id", rows.clone().map(|(result, ..)| &result.source.id))
        .text("unit_id", rows.clone().map(|(.., neuron)| &neuron.name))
        .text("signal", rows.clone().map(|_| signal.column()))
        .integers("segment", rows.clone().map(|_| 0))
        .numbers("t0_s", rows.clone().map(|(_, used, ..)| start_s(used)))
        .numbers("dt_s", rows.clone().map(|_| params.resample_dt_s))
        .array("trace", lists.finish()?)
        .text("trace_unit", rows.clone().map(|(result, ..)| unit(result)))
        .extra("slot", None, Arc::new(rows.clone().map(|(.., neuron)| slot(neuron)).collect::<Int64Array>()))
        .extra("is_labeled", None, {
            Arc::new(rows.clone().map(|(.., neuron)| Some(neuron.slot.is_some())).collect::<BooleanArray>())
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
