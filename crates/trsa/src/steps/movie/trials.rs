//! From trials in a traces table to signals by fold, condition, neuron and time bin.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use ndarray::{Array4, Axis};
use neuroloom_core::{Error, Result, Table};
use neuroloom_table::Columns;

use super::MovieParams;
use super::bins::{Bins, Trial};
use super::labels::Labels;
use crate::estimators::NanPolicy;
use crate::steps::rdm::GroupBy;
use crate::steps::responses::{Group, group_name, one_unit};

/// The signals of a group of neurons.
pub(super) struct Signals {
    /// The group; its responses are empty but for their shape.
    pub group: Group,
    /// `[n_folds, n_conditions, n_channels, n_bins]`; NaN where there is no sample.
    pub values: Array4<f64>,
}

/// A trial of one neuron.
struct Row {
    row: usize,
    /// Condition and fold of the trial.
    label: String,
    fold: usize,
}

/// The signals of all groups, and the bins that they share.
///
/// # Errors
/// No trial with a condition, several signals, a fold without any trial, no room for a bin.
pub(super) fn signals(
    traces: &Table,
    intervals: &Table,
    params: &MovieParams,
) -> Result<(Vec<Signals>, Bins)> {
    let rows = labelled(traces, intervals, params)?;
    let bins = Bins::new(traces, rows.iter().map(|row| row.row), params)?;
    let (recordings, regions) = (traces.text("recording_id")?, traces.text("region")?);
    let mut groups: BTreeMap<(Option<&str>, Option<&str>), Vec<&Row>> = BTreeMap::new();
    for row in &rows {
        let recording = (params.group_by != GroupBy::None).then(|| recordings.get_or_empty(row.row));
        let region = (params.group_by == GroupBy::Region).then(|| regions.get(row.row)).flatten();
        groups.entry((recording, region)).or_default().push(row);
    }
    let read = |((recording, region), rows): ((Option<&str>, Option<&str>), Vec<&Row>)| {
        let name = group_name(params.group_by, recording, region);
        let mut signals = of_group(traces, &rows, params, &bins).map_err(|error| error.at_object(&name))?;
        let group = &mut signals.group;
        (group.recording, group.region) = (recording.map(str::to_owned), region.map(str::to_owned));
        group.name = name;
        Ok(if params.nan == NanPolicy::DropChannel { whole_channels(signals) } else { signals })
    };
    Ok((groups.into_iter().map(read).collect::<Result<_>>()?, bins))
}

/// The rows of the signal that have a condition, with the folds of their trials.
fn labelled(traces: &Table, intervals: &Table, params: &MovieParams) -> Result<Vec<Row>> {
    let labels = Labels::read(intervals, params)?;
    let (recordings, signals) = (traces.text("recording_id")?, traces.text("signal")?);
    let (trials, ids) = (traces.integers("segment")?, traces.integers("interval_id").map_err(not_aligned)?);
    let mut found = BTreeSet::new();
    let mut rows = Vec::new();
    let mut trials_of: BTreeMap<(&str, &str), BTreeSet<i64>> = BTreeMap::new();
    for row in 0..traces.n_rows() {
        let signal = signals.get_or_empty(row);
        if params.signal.as_deref().is_some_and(|chosen| chosen != signal) {
            continue;
        }
        found.insert(signal);
        let recording = recordings.get_or_empty(row);
        if let Some(label) = labels.get(recording, ids.value(row)) {
            trials_of.entry((recording, label)).or_default().insert(trials.value(row));
            rows.push((row, recording, label));
        }
    }
    if found.len() > 1 {
        return Err(Error::params("the traces hold several signals")
            .at_object("signal")
            .expected("the name of one")
            .found(found.into_iter().collect::<Vec<_>>().join(", ")));
    }
    let most = trials_of.values().map(BTreeSet::len).max().unwrap_or(0);
    if most < params.folds as usize {
        return Err(Error::data("no condition has a trial in every fold")
            .expected(format!("at least {} trials of a condition (folds)", params.folds))
            .found(format!("at most {most}, in {} rows with a condition", rows.len()))
            .hint("look whether `condition` and `interval_set` name the labels of the trials, or use fewer folds"));
    }
    let fold_of: HashMap<(&str, &str, i64), usize> = trials_of
        .iter()
        .flat_map(|(&(recording, label), numbers)| {
            let folds = numbers.iter().enumerate();
            folds.map(move |(k, &number)| ((recording, label, number), k % params.folds as usize))
        })
        .collect();
    let with_fold = |(row, recording, label): (usize, &str, &str)| Row {
        row,
        label: label.to_owned(),
        fold: fold_of.get(&(recording, label, trials.value(row))).copied().unwrap_or_default(),
    };
    Ok(rows.into_iter().map(with_fold).collect())
}

fn not_aligned(error: Error) -> Error {
    error.hint("cut the traces into trials with prepare.align first")
}

fn of_group(traces: &Table, rows: &[&Row], params: &MovieParams, bins: &Bins) -> Result<Signals> {
    let (recordings, units) = (traces.text("recording_id")?, traces.text("unit_id")?);
    let channel = |row: usize| (recordings.get_or_empty(row), units.get_or_empty(row));
    let channels: BTreeSet<(&str, &str)> = rows.iter().map(|row| channel(row.row)).collect();
    let channel_of: HashMap<(&str, &str), usize> = channels.iter().copied().zip(0..).collect();
    let conditions = sorted(rows.iter().map(|row| row.label.as_str()).collect());
    let condition_of: HashMap<&str, usize> = conditions.iter().copied().zip(0..).collect();
    let shape = (params.folds as usize, conditions.len(), channels.len(), bins.n_bins());
    let (mut sums, mut counts) = (Array4::<f64>::zeros(shape), Array4::<f64>::zeros(shape));
    for row in rows {
        let place = |found: Option<&usize>| found.copied().unwrap_or_default();
        let condition = place(condition_of.get(row.label.as_str()));
        let cell = [row.fold, condition, place(channel_of.get(&channel(row.row)))];
        let trial = Trial::read(traces, row.row)?;
        for (bin, mean) in bins.means(&trial).enumerate() {
            if let Some(mean) = mean {
                sums[[cell[0], cell[1], cell[2], bin]] += mean;
                counts[[cell[0], cell[1], cell[2], bin]] += 1.0;
            }
        }
    }
    // 0 / 0 is NaN: no sample.
    let values = sums / counts;
    let units: BTreeSet<usize> = rows.iter().map(|row| row.row).collect();
    let group = Group {
        name: String::new(),
        recording: None,
        region: None,
        conditions: conditions.iter().map(|&label| label.to_owned()).collect(),
        folds: (0..i64::from(params.folds)).collect(),
        channels: channels.iter().map(|(recording, unit)| format!("{recording}/{unit}")).collect(),
        responses: values.index_axis(Axis(3), 0).to_owned(),
        unit: one_unit(traces, "trace_unit", units)?,
        n_dropped: 0,
    };
    Ok(Signals { group, values })
}

/// Labels by value where all are numbers, otherwise by their bytes.
fn sorted(labels: BTreeSet<&str>) -> Vec<&str> {
    let numbers: Option<Vec<f64>> = labels.iter().map(|label| label.parse().ok()).collect();
    let mut labels: Vec<&str> = labels.into_iter().collect();
    if let Some(numbers) = numbers {
        let mut order: Vec<usize> = (0..labels.len()).collect();
        order.sort_by(|&a, &b| numbers[a].total_cmp(&numbers[b]));
        labels = order.into_iter().map(|place| labels[place]).collect();
    }
    labels
}

/// The group without the neurons that have a gap in any bin.
fn whole_channels(signals: Signals) -> Signals {
    let Signals { group, values } = signals;
    let whole = |&channel: &usize| !values.index_axis(Axis(2), channel).iter().any(|value| value.is_nan());
    let kept: Vec<usize> = (0..group.channels.len()).filter(whole).collect();
    let group = Group {
        channels: kept.iter().map(|&channel| group.channels[channel].clone()).collect(),
        responses: group.responses.select(Axis(2), &kept),
        n_dropped: group.channels.len() - kept.len(),
        ..group
    };
    Signals { group, values: values.select(Axis(2), &kept) }
}
