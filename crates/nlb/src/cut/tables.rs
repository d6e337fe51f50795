//! Trials and responses as tables.

use std::sync::Arc;

use arrow_array::{ArrayRef, BooleanArray, Float64Array, Int64Array, StringArray};
use neuroloom_core::{Result, Table};
use neuroloom_prepare::SpikeTrain;
use neuroloom_table::{Columns, TableBuilder, kinds};
use rayon::prelude::*;

use super::behaviour::Channel;
use super::counts::counts;
use super::events::{Trial, word};
use super::params::{BehaviourSignal, CutParams};
use super::reference::{SmoothingKernel, conditions, response};

/// What is cut of one recording.
pub(super) struct Session<'a> {
    pub(super) recording_id: &'a str,
    pub(super) trials: Vec<Trial>,
    pub(super) trains: Vec<(&'a SpikeTrain<'a>, bool)>,
    pub(super) behaviours: Vec<(&'a BehaviourSignal, &'a [Channel])>,
}

/// A row of the table of trials.
struct Row<'a> {
    recording_id: &'a str,
    signal: &'a str,
    trial: &'a Trial,
    unit_id: String,
    held: Option<&'static str>,
    value: Vec<f32>,
    value_unit: &'a str,
}

impl<'a> Session<'a> {
    /// Leaves out trials that were not observed throughout by units that are held in; how many.
    pub(super) fn drop_unobserved(&mut self, params: &CutParams) -> usize {
        let before = self.trials.len();
        let trains = &self.trains;
        self.trials.retain(|trial| {
            let seen = |(train, held_out): &(&SpikeTrain<'_>, bool)| {
                *held_out
                    || counts(params, train, trial)
                        .iter()
                        .take(params.n_observed())
                        .all(|count| !count.is_nan())
            };
            trains.iter().all(seen)
        });
        super::events::number(&mut self.trials);
        before - self.trials.len()
    }

    fn rows(&'a self, params: &CutParams) -> Vec<Row<'a>> {
        let of_trial = |trial: &'a Trial| {
            let spikes = self.trains.iter().map(move |(train, held_out)| Row {
                recording_id: self.recording_id,
                signal: "spike_count",
                trial,
                unit_id: train.unit_id.to_owned(),
                held: Some(if *held_out { "held_out" } else { "held_in" }),
                value: masked(counts(params, train, trial), params, trial, *held_out),
                value_unit: "1",
            });
            let behaviours = self.behaviours.iter().flat_map(move |(behaviour, channels)| {
                channels.iter().map(move |channel| Row {
                    recording_id: self.recording_id,
                    signal: behaviour.signal.rsplit('/').next().unwrap_or_default(),
                    trial,
                    unit_id: channel.channel.to_string(),
                    held: None,
                    value: channel.window(params, behaviour, trial),
                    value_unit: &channel.unit,
                })
            });
            spikes.chain(behaviours).collect::<Vec<_>>()
        };
        self.trials.par_iter().flat_map_iter(of_trial).collect()
    }
}

/// Held-out units count from an event on, where one is named.
fn masked(mut counts: Vec<f32>, params: &CutParams, trial: &Trial, held_out: bool) -> Vec<f32> {
    if held_out {
        for (bin, count) in counts.iter_mut().enumerate().take(params.n_observed()) {
            if !trial.counted.contains(&bin) {
                *count = f32::NAN;
            }
        }
    }
    counts
}

/// The table of trials.
pub(super) fn trials(params: &CutParams, sessions: &[Session<'_>], intervals: &Table) -> Result<Table> {
    let rows: Vec<Row<'_>> = sessions.iter().flat_map(|session| session.rows(params)).collect();
    let n = rows.len();
    let mut builder = TableBuilder::new(kinds::TRIALS)
        .text("recording_id", rows.iter().map(|row| row.recording_id))
        .text("split", rows.iter().map(|row| row.trial.split))
        .text("signal", rows.iter().map(|row| row.signal))
        .integers("trial", rows.iter().map(|row| row.trial.number))
        .text("unit_id", rows.iter().map(|row| row.unit_id.as_str()))
        .optional_text("held", rows.iter().map(|row| row.held))
        .integers("source_trial", rows.iter().map(|row| row.trial.interval_id))
        .numbers("t0_s", std::iter::repeat_n(params.from_s, n))
        .numbers("dt_s", std::iter::repeat_n(params.bin_s, n))
        .integers("n_observed", std::iter::repeat_n(params.n_observed() as i64, n))
        .text("value_unit", rows.iter().map(|row| row.value_unit));
    for (name, array) in further(params, &rows, intervals)? {
        builder = builder.extra(&name, None, array);
    }
    builder.lists_f32("value", rows.into_iter().map(|row| row.value)).finish()
}

/// What else is said of a trial.
fn further(params: &CutParams, rows: &[Row<'_>], intervals: &Table) -> Result<Vec<(String, ArrayRef)>> {
    let mut columns: Vec<(String, ArrayRef)> = Vec::new();
    if !params.condition.is_empty() {
        let words: StringArray = rows.iter().map(|row| row.trial.condition.as_deref()).collect();
        columns.push(("condition".into(), Arc::new(words)));
    }
    if params.jitter.is_some() {
        let bins: Int64Array = rows.iter().map(|row| Some(row.trial.jitter_bins)).collect();
        columns.push(("jitter_bins".into(), Arc::new(bins)));
    }
    if let Some(name) = &params.decode_mask {
        let words: Vec<Option<String>> =
            rows.iter().map(|row| word(intervals, name, row.trial.row)).collect::<Result<_>>()?;
        let mut distinct: Vec<&str> = words.iter().flatten().map(String::as_str).collect();
        distinct.sort_unstable();
        distinct.dedup();
        for own in distinct {
            let mask: BooleanArray = words.iter().map(|word| Some(word.as_deref() == Some(own))).collect();
            columns.push((format!("decode_mask_{own}"), Arc::new(mask)));
        }
    }
    for name in &params.keep {
        columns.push((name.clone(), kept(name, rows, intervals)?));
    }
    Ok(columns)
}

/// A column of the intervals; numbers of outliers are absent.
fn kept(name: &str, rows: &[Row<'_>], intervals: &Table) -> Result<ArrayRef> {
    if let Ok(numbers) = intervals.numbers(name) {
        let number =
            |row: &Row<'_>| numbers.get(row.trial.row).filter(|value| !value.is_nan() && !row.trial.outlier);
        return Ok(Arc::new(rows.iter().map(number).collect::<Float64Array>()));
    }
    let words = rows.iter().map(|row| word(intervals, name, row.trial.row)).collect::<Result<Vec<_>>>()?;
    Ok(Arc::new(words.into_iter().collect::<StringArray>()))
}

/// The table of reference responses; none where they are not asked for.
pub(super) fn psth(params: &CutParams, sessions: &[Session<'_>]) -> Result<Option<Table>> {
    let Some(sigma_s) = params.psth_sigma_s else { return Ok(None) };
    let kernel = SmoothingKernel::new(sigma_s / params.grid_s);
    let mut rows = Vec::new();
    for session in sessions {
        let conditions = conditions(params, &session.trials);
        let pairs: Vec<_> = conditions
            .iter()
            .flat_map(|condition| session.trains.iter().map(move |(train, _)| (condition, *train)))
            .collect();
        let traces: Vec<Vec<f64>> =
            pairs.par_iter().map(|(condition, train)| response(params, &kernel, train, condition)).collect();
        for ((condition, train), trace) in pairs.iter().zip(traces) {
            let (name, n_trials) = (condition.name.to_owned(), condition.n_trials());
            rows.push((session.recording_id, name, n_trials, train.unit_id, trace));
        }
    }
    let table = TableBuilder::new(kinds::NLB_PSTH)
        .text("recording_id", rows.iter().map(|row| row.0))
        .text("condition", rows.iter().map(|row| row.1.as_str()))
        .text("unit_id", rows.iter().map(|row| row.3))
        .integers("n_trials", rows.iter().map(|row| row.2 as i64))
        .numbers("t0_s", rows.iter().map(|_| params.from_s))
        .numbers("dt_s", rows.iter().map(|_| params.bin_s))
        .lists("measured_hz", rows.into_iter().map(|row| row.4));
    Ok(Some(table.finish()?))
}
