//! Long tables: a row per value or spike.

use std::collections::BTreeMap;

use neuroloom_core::{Result, TimeBase};

use super::frame::{Column, Frame};
use super::gather::Gathered;
use super::params::{Kind, Params};
use super::wide::unsorted;
use crate::assembled::{SignalRow, TrainRow, first_fall, time_base};

/// Rows of one unit of one recording.
type Groups = BTreeMap<(String, String), Vec<usize>>;

/// Adds the signals or spikes of a long table.
///
/// # Errors
/// When a cell is no number, a unit has no name, or times run backwards within a unit.
pub(super) fn read(
    frame: &Frame,
    params: &Params,
    recording_id: &str,
    gathered: &mut Gathered,
) -> Result<()> {
    let groups = groups(frame, params, recording_id)?;
    if groups.is_empty() {
        gathered.recordings.push(recording_id.to_owned());
    }
    keep(frame, params, &groups, gathered)?;
    if params.kind == Kind::Spikes {
        spikes(frame, params, groups, gathered)
    } else {
        signals(frame, params, groups, gathered)
    }
}

fn groups(frame: &Frame, params: &Params, recording_id: &str) -> Result<Groups> {
    let names = |column: Option<&super::ColumnName>, otherwise: &str| match column {
        Some(name) => frame.ids(frame.column(name)?),
        None => Ok(vec![otherwise.to_owned(); frame.n_rows]),
    };
    let series = params.columns.value.as_ref().map_or_else(|| "0".to_owned(), ToString::to_string);
    let recordings = names(params.columns.recording.as_ref(), recording_id)?;
    let units = names(params.columns.unit.as_ref(), &series)?;
    let mut groups = Groups::new();
    for (row, key) in recordings.into_iter().zip(units).enumerate() {
        groups.entry(key).or_default().push(row);
    }
    Ok(groups)
}

fn spikes(frame: &Frame, params: &Params, groups: Groups, gathered: &mut Gathered) -> Result<()> {
    let Some(name) = &params.columns.time else { return Ok(()) };
    let column = frame.column(name)?;
    let times = params.time_unit.seconds(frame.numbers(column)?, params.fs_hz)?;
    for ((recording_id, unit_id), rows) in groups {
        let (times_s, _) = ordered(frame, column, params.sort, &times, rows, false)?;
        gathered.trains.push(TrainRow { recording_id, unit_id, times_s });
    }
    Ok(())
}

fn signals(frame: &Frame, params: &Params, groups: Groups, gathered: &mut Gathered) -> Result<()> {
    let Some(name) = &params.columns.value else { return Ok(()) };
    let values = frame.numbers(frame.column(name)?)?;
    let value = |row: &usize| values.get(*row).copied();
    let clock = match &params.columns.time {
        Some(name) => {
            let column = frame.column(name)?;
            Some((column, params.time_unit.seconds(frame.numbers(column)?, params.fs_hz)?))
        }
        None => None,
    };
    for ((recording_id, name), rows) in groups {
        let (times, rows) = match &clock {
            Some((column, times)) => {
                let (times, rows) = ordered(frame, column, params.sort, times, rows, true)?;
                (time_base(times), rows)
            }
            None => (TimeBase::Regular { t0_s: 0.0, dt_s: params.fs_hz.unwrap_or(1.0).recip() }, rows),
        };
        let samples = rows.iter().filter_map(value).collect();
        gathered.signals.push(SignalRow { recording_id, name, times, samples });
    }
    Ok(())
}

/// The times of `rows`, ascending (strictly, where two samples cannot be of one time), and the rows in that order.
fn ordered(
    frame: &Frame,
    column: &Column,
    sort: bool,
    times: &[f64],
    mut rows: Vec<usize>,
    strictly: bool,
) -> Result<(Vec<f64>, Vec<usize>)> {
    let time = |row: usize| times.get(row).copied().unwrap_or(f64::NAN);
    if sort {
        rows.sort_by(|&a, &b| time(a).total_cmp(&time(b)));
    }
    let ordered: Vec<f64> = rows.iter().map(|&row| time(row)).collect();
    match first_fall(&ordered, strictly) {
        None => Ok((ordered, rows)),
        Some(at) => {
            let (before, row) = (at.checked_sub(1), rows.get(at).copied().unwrap_or(at));
            let pair: Vec<f64> =
                before.and_then(|i| ordered.get(i)).into_iter().chain(ordered.get(at)).copied().collect();
            let error = unsorted(frame, column, row, &[]);
            Err(error.found(pair.iter().map(|time| format!("{time} s")).collect::<Vec<_>>().join(", then ")))
        }
    }
}

/// The kept columns: the value of the first row of each unit.
fn keep(frame: &Frame, params: &Params, groups: &Groups, gathered: &mut Gathered) -> Result<()> {
    for (kept, name) in gathered.kept.iter_mut().zip(&params.keep) {
        let texts = frame.texts(frame.column(name)?)?;
        let text = |row: usize| texts.get(row).cloned().flatten();
        let mut varying = 0;
        for rows in groups.values() {
            let first = rows.first().and_then(|&row| text(row));
            varying += usize::from(rows.iter().any(|&row| text(row) != first));
            kept.push(first);
        }
        if varying > 0 {
            gathered
                .notes
                .push(format!("{name}: not the same in all rows of {varying} units; the first is kept"));
        }
    }
    Ok(())
}
