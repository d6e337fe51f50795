//! What the tables of a file will be, by its headers alone.

use std::path::Path;

use neuroloom_core::{Resources, Result, StepPlan};
use neuroloom_table::kinds;

use super::contents::{self, Contents};
use super::read::ReadOptions;
use super::{intervals, open, units};
use crate::hdf5::File;

/// Bytes of a row of a table of intervals, generously: ids, times, tags and some further columns.
const INTERVAL_BYTES: u64 = 2048;

/// The outputs that the file at `path` has something for, their sizes, and the memory that reading them takes.
///
/// # Errors
/// When the file is absent, is no NWB 2 file, or its headers are damaged.
pub(super) fn plan(path: &Path, options: &ReadOptions) -> Result<StepPlan> {
    let file = open::open(path)?;
    let contents = contents::of(&file, options)?;
    let mut plan = StepPlan::new(Resources::default()).output(
        "recordings",
        kinds::RECORDINGS,
        [("recordings", 1), ("rows", 1)],
    );
    let mut bytes = 0_u64;
    if contents.has_spikes {
        let (n_units, n_spikes) = units::count(&file)?;
        let dims = [("recordings", 1), ("units", n_units), ("spikes", n_spikes), ("rows", n_units)];
        plan = plan.output("spikes", kinds::SPIKES, dims);
        bytes = bytes.saturating_add(held(n_spikes.saturating_mul(8)));
    }
    if !contents.rois.is_empty() {
        let (dims, held) = traces(&contents);
        plan = plan.output("traces", kinds::TRACES, dims);
        bytes = bytes.saturating_add(held);
    }
    if !contents.behaviour.is_empty() {
        let (dims, held) = behaviour(&contents);
        plan = plan.output("behaviour", kinds::BEHAVIOUR, dims);
        bytes = bytes.saturating_add(held);
    }
    if !contents.intervals.is_empty() {
        let n = intervals::count(&file, &contents.intervals)?;
        plan = plan.output("intervals", kinds::INTERVALS, [("recordings", 1), ("rows", n)]);
        bytes = bytes.saturating_add(n.saturating_mul(INTERVAL_BYTES));
    }
    plan.resources = Resources::memory(bytes.saturating_add(metadata_bytes(&file)));
    Ok(plan)
}

type TraceDims = [(&'static str, u64); 4];

fn traces(contents: &Contents) -> (TraceDims, u64) {
    let single = contents.rois.iter().all(|series| series.dtype.is_single());
    let rows: u64 = contents.rois.iter().map(|series| series.layout.n_channels as u64).sum();
    let units = contents.rois.iter().map(|series| (&series.plane, series.layout.n_channels as u64));
    let mut per_plane: Vec<(&String, u64)> = Vec::new();
    for (plane, n) in units {
        match per_plane.iter_mut().find(|(known, _)| *known == plane) {
            Some((_, most)) => *most = n.max(*most),
            None => per_plane.push((plane, n)),
        }
    }
    let samples = contents.rois.iter().map(|series| series.layout.n_samples as u64).max().unwrap_or(0);
    let values = contents.rois.iter().map(|series| {
        let explicit = series.clock.n_timestamps().is_some();
        value_bytes(series.n_values() as u64, single, explicit)
    });
    let bytes = values.fold(0, u64::saturating_add);
    let n_units = per_plane.into_iter().map(|(_, n)| n).sum();
    ([("recordings", 1), ("units", n_units), ("samples", samples), ("rows", rows)], held(bytes))
}

type BehaviourDims = [(&'static str, u64); 3];

fn behaviour(contents: &Contents) -> (BehaviourDims, u64) {
    let series = || contents.behaviour.iter().map(|(_, series)| series);
    let single = series().all(|series| series.dtype.is_single());
    let rows = series().map(|series| series.layout.n_channels as u64).sum();
    let samples = series().map(|series| series.layout.n_samples as u64).max().unwrap_or(0);
    let bytes = series()
        .map(|series| value_bytes(series.n_values() as u64, single, series.clock.n_timestamps().is_some()))
        .fold(0, u64::saturating_add);
    ([("recordings", 1), ("samples", samples), ("rows", rows)], held(bytes))
}

/// Bytes of the samples, and of the times that every row with timestamps has of its own.
fn value_bytes(n: u64, single: bool, explicit: bool) -> u64 {
    let per_value = if single { 4 } else { 8 } + if explicit { 8 } else { 0 };
    n.saturating_mul(per_value)
}

/// A block of values stands in memory up to three times: as read, as a column, and sorted.
fn held(bytes: u64) -> u64 {
    bytes.saturating_mul(3)
}

/// The reader keeps the file's object headers, which are small beside the data but not bounded by them.
fn metadata_bytes(file: &File) -> u64 {
    (file.length() / 8).min(64 << 20)
}
