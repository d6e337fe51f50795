//! The 15-column layout of the published data set.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow_array::{ArrayRef, Int32Array};
use neuroloom_core::{Error, Result, Table};
use neuroloom_table::{TableBuilder, kinds};

use super::Processed;
use super::lists::SignalLists;
use crate::{HomogeniseParams, Homogenised, Neuron, StoredSignal};

struct Row<'a> {
    worm: usize,
    result: &'a Processed,
    used: &'a Homogenised,
    neuron: &'a Neuron,
    position: usize,
}

/// The table, and the number of rows that were left out because their `calcium_data` is all zero. Worms are
/// numbered in the sorted order of the files of a source, from 0.
pub(super) fn table(results: &[Processed], params: &HomogeniseParams) -> Result<(Table, usize)> {
    let rows = rows(results);
    let kept: Vec<&Row<'_>> = rows.iter().filter(|row| row.is_active()).collect();
    let all = |word: &'static str| kept.iter().map(move |_| word);
    let source = || kept.iter().map(|row| &row.result.source);
    let times = |times: &[f64]| times.iter().map(|t| *t as f32).collect::<Vec<_>>();
    let table = TableBuilder::new(kinds::PUBLISHED)
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
        .finish()?;
    Ok((table, rows.len() - kept.len()))
}

fn rows(results: &[Processed]) -> Vec<Row<'_>> {
    let mut used: Vec<(&Processed, &Homogenised)> =
        results.iter().filter_map(|result| Some((result, result.used()?))).collect();
    used.sort_by_key(|(result, _)| (&result.source.dataset, &result.source.file, &result.source.id));
    let mut worms: BTreeMap<&str, usize> = BTreeMap::new();
    let mut rows = Vec::new();
    for (result, used) in used {
        let next = worms.entry(&result.source.dataset).or_default();
        let worm = *next;
        *next += 1;
        let neurons = used.neurons.iter().enumerate();
        rows.extend(neurons.map(|(position, neuron)| Row { worm, result, used, neuron, position }));
    }
    rows
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
