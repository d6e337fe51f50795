//! The 15-column layout of the published data set.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow_array::{ArrayRef, Int32Array};
use neuroloom_core::{Error, Result, Table};
use neuroloom_table::{TableBuilder, kinds};

use super::lists::SignalLists;
use super::processed::Processed;
use crate::{HomogeniseParams, Homogenised, Neuron, StoredSignal};

/// The numbers of the worms so far.
pub(super) struct Worms {
    params: HomogeniseParams,
    /// The next number, by data set.
    next: BTreeMap<String, usize>,
    /// Rows that were left out.
    pub left_out: usize,
}

impl Worms {
    /// No worms yet.
    pub fn new(params: &HomogeniseParams) -> Self {
        Self { params: params.clone(), next: BTreeMap::new(), left_out: 0 }
    }

    fn number(&mut self, dataset: &str) -> usize {
        let next = self.next.entry(dataset.to_owned()).or_default();
        *next += 1;
        *next - 1
    }
}

struct Row<'a> {
    worm: usize,
    result: &'a Processed,
    used: &'a Homogenised,
    neuron: &'a Neuron,
    position: usize,
}

/// The rows of the next recording. Those whose `calcium_data` is all zero are left out and counted. Worms are numbered
/// in the order of the recordings of a source, from 0.
pub(super) fn table(result: &Processed, worms: &mut Worms) -> Result<Table> {
    let rows = rows(result, worms);
    let kept: Vec<&Row<'_>> = rows.iter().filter(|row| row.is_active()).collect();
    worms.left_out += rows.len() - kept.len();
    let params = &worms.params;
    let all = |word: &'static str| kept.iter().map(move |_| word);
    let source = || kept.iter().map(|row| &row.result.source);
    let times = |times: &[f64]| times.iter().map(|t| *t as f32).collect::<Vec<_>>();
    TableBuilder::new(kinds::PUBLISHED)
        .text("source_dataset", source().map(|source| &source.dataset))
        .text("raw_data_file", source().map(|source| &source.file))
        .text("worm", kept.iter().map(|row| format!("worm{}", row.worm)))
        .text("neuron", kept.iter().map(|row| &row.neuron.name))
        .array("slot", integers(kept.iter().map(|row| row.neuron.slot.map_or(Ok(-1), count)))?)
        .optional_bools("is_labeled_neuron", kept.iter().map(|row| Some(row.neuron.slot.is_some())))
        .text("smooth_method", all(params.smooth.as_str()))
        .text("interpolate_method", all("linear"))
        .text("normalization_method", all(params.normalise.as_str()))
        .array("original_calcium_data", lists(kept.iter().map(|row| row.signal(StoredSignal::Original)))?)
        .array("calcium_data", lists(kept.iter().map(|row| row.signal(StoredSignal::Calcium)))?)
        .array("original_time_in_seconds", lists(kept.iter().map(|row| times(&row.used.clock.times_s)))?)
        .array("time_in_seconds", lists(kept.iter().map(|row| times(&row.used.times_s)))?)
        .array(
            "original_max_timesteps",
            integers(kept.iter().map(|row| count(row.used.clock.times_s.len())))?,
        )
        .array("max_timesteps", integers(kept.iter().map(|row| count(row.used.times_s.len())))?)
        .finish()
}

fn rows<'a>(result: &'a Processed, worms: &mut Worms) -> Vec<Row<'a>> {
    let Some(used) = result.used() else { return Vec::new() };
    let worm = worms.number(&result.source.dataset);
    let neurons = used.neurons.iter().enumerate();
    neurons.map(|(position, neuron)| Row { worm, result, used, neuron, position }).collect()
}

impl Row<'_> {
    fn signal(&self, signal: StoredSignal) -> Vec<f32> {
        let matrix = self.used.signals.get(&signal);
        matrix.map(|matrix| matrix.row(self.position).to_vec()).unwrap_or_default()
    }

    fn is_active(&self) -> bool {
        self.signal(StoredSignal::Calcium).iter().any(|value| *value != 0.0)
    }
}

fn lists(rows: impl Iterator<Item = Vec<f32>>) -> Result<ArrayRef> {
    let mut lists = SignalLists::default();
    rows.for_each(|row| lists.push(row));
    lists.finish()
}

fn count(n: usize) -> Result<i32> {
    i32::try_from(n).map_err(|_| {
        Error::data("a recording is too long for the published layout")
            .expected("fewer than 2147483648 samples")
    })
}

fn integers(values: impl Iterator<Item = Result<i32>>) -> Result<ArrayRef> {
    Ok(Arc::new(Int32Array::from(values.collect::<Result<Vec<_>>>()?)))
}
