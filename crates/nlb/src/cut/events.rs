//! The trials of a table of intervals.

use std::collections::BTreeMap;

use arrow_array::Array;
use neuroloom_core::{Error, Result, Seed, Table};
use neuroloom_table::Columns;
use rand::Rng;

use super::grid::first_from;
use super::params::CutParams;

/// A trial.
#[derive(Clone, Debug)]
pub(super) struct Trial {
    /// `train`, `valid` or `test`.
    pub(super) split: &'static str,
    /// Its number within the split.
    pub(super) number: i64,
    /// Its id among the intervals.
    pub(super) interval_id: i64,
    /// Row of the table of intervals.
    pub(super) row: usize,
    /// When its window begins without jitter, seconds of the session: of spikes.
    pub(super) event_s: f64,
    /// First bin of its window.
    pub(super) first_bin: i64,
    /// Bins by which the window is late.
    pub(super) jitter_bins: i64,
    /// Bins of the window in which held-out units count.
    pub(super) counted: std::ops::Range<usize>,
    /// Time from `evaluate_from` to the event, seconds.
    pub(super) length_s: f64,
    /// Its condition.
    pub(super) condition: Option<String>,
    /// Whether nothing is to be made of its condition and numbers.
    pub(super) outlier: bool,
}

/// Trials by recording, each by split and time.
pub(super) type Trials = BTreeMap<String, Vec<Trial>>;

/// The trials that have an event and a split.
///
/// # Errors
/// When a column is missing, or there is no such trial.
pub(super) fn trials(params: &CutParams, intervals: &Table, seed: Seed) -> Result<Trials> {
    let (recordings, sets) = (intervals.text("recording_id")?, intervals.text("interval_set")?);
    let (ids, events) = (intervals.integers("interval_id")?, column(intervals, &params.align, "align")?);
    let splits =
        intervals.text(&params.split).map_err(|e| e.at_object("split").hint("name the column in `split`"))?;
    let from =
        params.evaluate_from.as_ref().map(|name| column(intervals, name, "evaluate_from")).transpose()?;
    let late =
        params.jitter.as_ref().map(|own| column(intervals, &own.column, "jitter.column")).transpose()?;
    let mut trials = Trials::new();
    for row in (0..intervals.n_rows()).filter(|&row| sets.get(row) == Some(&params.interval_set)) {
        let event_s = events.get(row).filter(|time| time.is_finite());
        let (Some(event_s), Some(split)) = (event_s, split_of(splits.get(row))) else { continue };
        let recording = recordings.get_or_empty(row);
        let outlier = params.outlier.as_ref().map_or(Ok(false), |name| flag(intervals, name, row))?;
        let interval_id = ids.value(row);
        let jitter_bins = match late.filter(|_| split != "test") {
            Some(times) => {
                jitter(params, times.get(row), seed.child(recording).child_index(interval_id as u64))
            }
            None => 0,
        };
        let first_bin = first_from(event_s + params.from_s, params.bin_s) + jitter_bins;
        let length_s = from.and_then(|times| times.get(row)).map_or(f64::NAN, |start_s| event_s - start_s);
        let counted = match from.and_then(|times| times.get(row)).filter(|time| time.is_finite()) {
            Some(start_s) if split != "train" => counted(params, first_bin, start_s, event_s),
            _ => 0..params.n_observed(),
        };
        let condition = if outlier { None } else { condition(intervals, &params.condition, row)? };
        let trial = Trial {
            split,
            number: 0,
            interval_id,
            row,
            event_s,
            first_bin,
            jitter_bins,
            counted,
            length_s,
            condition,
            outlier,
        };
        trials.entry(recording.to_owned()).or_default().push(trial);
    }
    if trials.is_empty() {
        return Err(nothing(params, intervals)?);
    }
    for own in trials.values_mut() {
        own.sort_by(|a, b| {
            a.split.cmp(b.split).then(a.event_s.total_cmp(&b.event_s)).then(a.interval_id.cmp(&b.interval_id))
        });
    }
    Ok(trials)
}

/// Numbers the trials of each split.
pub(super) fn number(trials: &mut [Trial]) {
    let mut next: BTreeMap<&str, i64> = BTreeMap::new();
    for trial in trials {
        let number = next.entry(trial.split).or_default();
        trial.number = *number;
        *number += 1;
    }
}

/// The words of some columns, joined; none where one is absent.
fn condition(intervals: &Table, columns: &[String], row: usize) -> Result<Option<String>> {
    let words =
        columns.iter().map(|name| word(intervals, name, row)).collect::<Result<Option<Vec<String>>>>()?;
    Ok(words.filter(|words| !words.is_empty()).map(|words| words.join(" ")))
}

/// A cell as a word.
pub(super) fn word(intervals: &Table, name: &str, row: usize) -> Result<Option<String>> {
    if let Ok(texts) = intervals.text(name) {
        return Ok(texts.get(row).map(str::to_owned));
    }
    if let Ok(flags) = intervals.bools(name) {
        return Ok(flags.is_valid(row).then(|| u8::from(flags.value(row)).to_string()));
    }
    Ok(column(intervals, name, name)?.get(row).filter(|value| !value.is_nan()).map(|value| value.to_string()))
}

fn flag(intervals: &Table, name: &str, row: usize) -> Result<bool> {
    Ok(word(intervals, name, row)?.is_some_and(|word| word != "0" && word != "false"))
}

fn column<'a>(
    intervals: &'a Table,
    name: &str,
    parameter: &str,
) -> Result<neuroloom_table::NumberColumn<'a>> {
    intervals
        .numbers(name)
        .map_err(|e| e.at_object(parameter).hint("name a column of numbers of the intervals"))
}

fn split_of(word: Option<&str>) -> Option<&'static str> {
    match word? {
        "train" => Some("train"),
        "val" | "valid" => Some("valid"),
        "test" => Some("test"),
        _ => None,
    }
}

/// Bins from an event to that of the trial, as places in its window.
fn counted(params: &CutParams, first_bin: i64, start_s: f64, stop_s: f64) -> std::ops::Range<usize> {
    let place = |time_s: f64| {
        let place = first_from(time_s, params.bin_s) - first_bin;
        usize::try_from(place).unwrap_or(0).min(params.n_observed())
    };
    place(start_s)..place(stop_s)
}

/// A whole number of bins from 0 to what fits, all equally likely but for the ends.
fn jitter(params: &CutParams, time: Option<f64>, seed: Seed) -> i64 {
    let Some(jitter) = &params.jitter else { return 0 };
    let time_s =
        time.filter(|time| time.is_finite()).map_or(jitter.total_s, |time| time * jitter.column_unit_s);
    let most_s = (jitter.total_s - time_s).clamp(0.0, jitter.max_s);
    let most = (most_s / params.bin_s * (1.0 + 1e-9)).floor();
    let uniform = (seed.rng().next_u64() >> 11) as f64 / (1_u64 << 53) as f64;
    (uniform * most).round() as i64
}

fn nothing(params: &CutParams, intervals: &Table) -> Result<Error> {
    let words = |name: &str| -> Result<String> {
        let column = intervals.text(name)?;
        let mut words: Vec<&str> = (0..intervals.n_rows()).filter_map(|row| column.get(row)).collect();
        words.sort_unstable();
        words.dedup();
        Ok(words.join(", "))
    };
    Ok(Error::data("there is no trial to cut")
        .expected(format!(
            "intervals of the set {:?} with a time in {:?} and one of train, val, valid, test in {:?}",
            params.interval_set, params.align, params.split
        ))
        .found(format!("sets {}; splits {}", words("interval_set")?, words(&params.split)?)))
}
