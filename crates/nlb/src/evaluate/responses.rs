//! Responses of conditions.

use std::collections::BTreeMap;

use ndarray::{Array2, Array3, Axis, s};
use neuroloom_core::{Error, Result, Table};
use neuroloom_prepare::smooth::{Edges, Kernel, smooth};
use neuroloom_table::Columns;

use super::scores::{ONE, Score, Sources};
use crate::metrics::{predicted_psth, psth_r2};
use crate::trials::{Part, Recording, Signals};

/// Column of the bins by which a trial was cut later than its event.
const JITTER: &str = "jitter_bins";

/// Responses of the conditions of a split, as expected counts per bin `[conditions, n_observed, units]`.
pub(super) struct Responses {
    pub(super) scores: Vec<Score>,
    pub(super) conditions: Vec<String>,
    /// Trials that were predicted.
    pub(super) n_trials: Vec<usize>,
    pub(super) measured: Array3<f64>,
    pub(super) predicted: Array3<f64>,
}

/// Compares mean rates with mean responses; none where trials have no condition.
pub(super) fn responses(
    sources: &Sources<'_>,
    recording: &Recording,
    part: &Part,
    rates: &Array3<f64>,
) -> Result<Option<Responses>> {
    let groups = condition_trials(sources.trials, part, &sources.params.condition);
    if groups.is_empty() {
        return Ok(None);
    }
    let jitter: Option<Vec<i64>> = part.numbers(sources.trials, JITTER).map(|bins| {
        bins.into_iter().map(|bins| if bins.is_nan() { 0 } else { bins.round() as i64 }).collect()
    });
    let rates = rates.slice(s![.., ..recording.n_observed, ..]);
    let measured = match sources.reference {
        Some(table) => reference(table, recording, &groups)?,
        None => measured(sources, recording, part, &groups)?,
    };
    let (conditions, trials): (Vec<String>, Vec<Vec<usize>>) = groups.into_iter().unzip();
    let mut predicted = Array3::zeros(measured.dim());
    for (mut out, trials) in predicted.outer_iter_mut().zip(&trials) {
        out.assign(&predicted_psth(rates, trials, jitter.as_deref())?);
    }
    let metric = "psth_r2";
    let scores = match psth_r2(measured.view(), rates, &trials, jitter.as_deref()) {
        Ok(score) => {
            let mut all = Score::new(metric, part, Some(score.r2), ONE, score.n);
            if sources.reference.is_none() {
                all =
                    all.note(format!("against binned counts smoothed by {} s", sources.params.psth_sigma_s));
            }
            let units = recording.units.iter().zip(score.units);
            let units =
                units.map(|(unit, r2)| Score::new(metric, part, Some(r2), ONE, score.n).of_unit(&unit.id));
            std::iter::once(all).chain(units).collect()
        }
        Err(error) => vec![Score::absent(metric, part, ONE, error.to_string())],
    };
    let n_trials = trials.iter().map(Vec::len).collect();
    Ok(Some(Responses { scores, conditions, n_trials, measured, predicted }))
}

/// The trials of each condition; none where the table has no such column.
pub(crate) fn condition_trials(
    signals: &Signals<'_>,
    part: &Part,
    column: &str,
) -> Vec<(String, Vec<usize>)> {
    part.labels(signals, column).map(|labels| Part::by_condition(&labels)).unwrap_or_default()
}

/// Mean counts of the training trials and those of the split, smoothed; NaN of bins that no trial has.
fn measured(
    sources: &Sources<'_>,
    recording: &Recording,
    part: &Part,
    groups: &[(String, Vec<usize>)],
) -> Result<Array3<f64>> {
    let mut means: BTreeMap<&str, (Array2<f64>, Array2<f64>)> = BTreeMap::new();
    let shape = (recording.n_bins, recording.units.len());
    let train = recording.part("train").filter(|train| train.split != part.split);
    for own in std::iter::once(part).chain(train) {
        let labels = own.labels(sources.trials, &sources.params.condition).unwrap_or_default();
        for (trial, label) in labels.iter().enumerate() {
            let Some((name, _)) = groups.iter().find(|(name, _)| Some(name) == label.as_ref()) else {
                continue;
            };
            let (sum, n) = means.entry(name).or_insert_with(|| (Array2::zeros(shape), Array2::zeros(shape)));
            for ((place, count), sum) in own.trial(trial).indexed_iter().zip(sum.iter_mut()) {
                if !count.is_nan() {
                    *sum += count;
                    n[place] += 1.0;
                }
            }
        }
    }
    let kernel = Kernel::gaussian(sources.params.psth_sigma_s / recording.dt_s, 3.0);
    let mut out = Array3::from_elem((groups.len(), recording.n_observed, recording.units.len()), f64::NAN);
    for (mut out, (name, _)) in out.outer_iter_mut().zip(groups) {
        let Some((sum, n)) = means.get(name.as_str()) else { continue };
        for (unit, mut out) in out.columns_mut().into_iter().enumerate() {
            let mean: Vec<f64> =
                sum.column(unit).iter().zip(n.column(unit)).map(|(sum, n)| sum / n).collect();
            let mean = smooth(&mean, &kernel, Edges::Renormalise);
            out.iter_mut().zip(mean).for_each(|(out, value)| *out = value);
        }
    }
    Ok(out)
}

/// The responses of a table, in counts per bin. Conditions that it does not have are NaN.
pub(crate) fn reference(
    table: &Table,
    recording: &Recording,
    groups: &[(String, Vec<usize>)],
) -> Result<Array3<f64>> {
    let (recordings, conditions, units) =
        (table.text("recording_id")?, table.text("condition")?, table.text("unit_id")?);
    let (values, dt_s) = (table.lists("measured_hz")?, table.numbers("dt_s")?);
    let place: BTreeMap<&str, usize> =
        groups.iter().enumerate().map(|(place, (name, _))| (name.as_str(), place)).collect();
    let unit_place: BTreeMap<&str, usize> = recording.unit_ids().into_iter().zip(0..).collect();
    let n = recording.n_observed;
    let mut out = Array3::from_elem((groups.len(), n, recording.units.len()), f64::NAN);
    for row in (0..table.n_rows()).filter(|&row| recordings.get(row) == Some(&recording.id)) {
        let (condition, unit) = (conditions.get_or_empty(row), units.get_or_empty(row));
        let (Some(&i), Some(&k)) = (place.get(condition), unit_place.get(unit)) else { continue };
        let values = values.get(row).unwrap_or_default();
        let width = dt_s.get(row).unwrap_or(f64::NAN);
        if values.len() != n || (width - recording.dt_s).abs() > 1e-9 * recording.dt_s {
            return Err(Error::data("reference responses are not on the observed bins of the trials")
                .at_object(format!("condition {condition:?}, unit {unit:?}"))
                .expected(format!("{n} bins of {} s", recording.dt_s))
                .found(format!("{} bins of {width} s", values.len())));
        }
        let mut trace = out.index_axis_mut(Axis(0), i);
        trace.column_mut(k).iter_mut().zip(values.iter()).for_each(|(out, hz)| *out = hz * recording.dt_s);
    }
    Ok(out)
}
