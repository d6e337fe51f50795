//! Wide tables: a column per unit, or a row per unit.

use neuroloom_core::{Error, Result, TimeBase};

use super::frame::{Column, Frame};
use super::gather::{Gathered, ResponseRow};
use super::params::{Kind, Params, UnitsIn};
use crate::assembled::{SignalRow, first_fall, time_base};

/// Adds the signals or responses of a wide table.
///
/// # Errors
/// When a cell is no number, or times do not ascend.
pub(super) fn read(
    frame: &Frame,
    params: &Params,
    recording_id: &str,
    gathered: &mut Gathered,
) -> Result<()> {
    if params.columns.recording.is_some() {
        return Err(Error::params("a wide table is one recording")
            .at_file(frame.path())
            .expected("no columns.recording")
            .hint("give a list of files, or a long table"));
    }
    gathered.recordings.push(recording_id.to_owned());
    match (params.kind, params.units_in) {
        (Kind::Responses, _) => responses(frame, params, recording_id, gathered),
        (_, UnitsIn::Columns) => columns(frame, params, recording_id, gathered),
        (_, UnitsIn::Rows) => rows(frame, params, recording_id, gathered),
    }
}

fn columns(frame: &Frame, params: &Params, recording_id: &str, gathered: &mut Gathered) -> Result<()> {
    if !params.keep.is_empty() {
        return Err(Error::params("a wide table with a column per unit has no columns to keep")
            .at_file(frame.path())
            .expected("an empty `keep`")
            .hint("read behaviour in a step of its own: `as: behaviour` with `units` naming the columns"));
    }
    let units = unit_columns(frame, params)?;
    let (times, order) = row_clock(frame, params)?;
    for column in units {
        let samples = frame.numbers(column)?;
        let samples = match &order {
            None => samples,
            Some(order) => order.iter().filter_map(|&row| samples.get(row).copied()).collect(),
        };
        let recording_id = recording_id.to_owned();
        gathered.signals.push(SignalRow {
            recording_id,
            name: column.name.clone(),
            times: times.clone(),
            samples,
        });
    }
    Ok(())
}

/// The clock of the rows, and the order that sorts them where they must be sorted.
fn row_clock(frame: &Frame, params: &Params) -> Result<(TimeBase, Option<Vec<usize>>)> {
    let Some(name) = &params.columns.time else {
        return Ok((from_zero(frame, params)?, None));
    };
    let column = frame.column(name)?;
    let times = params.time_unit.seconds(frame.numbers(column)?, params.fs_hz)?;
    if let Some(row) = first_fall(&times, true) {
        let is_finite = times.iter().all(|time| time.is_finite());
        if !(params.sort && is_finite) {
            return Err(unsorted(frame, column, row, &times));
        }
        let mut order: Vec<usize> = (0..times.len()).collect();
        order.sort_by(|&a, &b| {
            times.get(a).copied().unwrap_or(0.0).total_cmp(&times.get(b).copied().unwrap_or(0.0))
        });
        let sorted: Vec<f64> = order.iter().filter_map(|&row| times.get(row).copied()).collect();
        if let Some(row) = first_fall(&sorted, true) {
            return Err(unsorted(frame, column, order.get(row).copied().unwrap_or(row), &sorted));
        }
        return Ok((time_base(sorted), Some(order)));
    }
    Ok((time_base(times), None))
}

/// An error about the time in `row`, which is no finite number or not later than the one before.
pub(super) fn unsorted(frame: &Frame, column: &Column, row: usize, times: &[f64]) -> Error {
    let found = match (row.checked_sub(1).and_then(|before| times.get(before)), times.get(row)) {
        (Some(before), Some(time)) if time.is_finite() => format!("{time} s after {before} s"),
        (_, time) => time.map_or_else(|| "none".to_owned(), f64::to_string),
    };
    frame
        .error(&frame.cell(column, row), "times do not ascend")
        .expected("finite times, each later than the one before")
        .found(found)
        .hint("set `sort: true` if only the order of the rows is wrong")
}

/// The clock of a table without times.
fn from_zero(frame: &Frame, params: &Params) -> Result<TimeBase> {
    match params.fs_hz {
        Some(fs_hz) => Ok(TimeBase::Regular { t0_s: 0.0, dt_s: fs_hz.recip() }),
        None => Err(Error::params("the table has no clock")
            .at_file(frame.path())
            .expected("columns.time, or fs_hz")
            .hint("name the column of times, or give the sampling rate")),
    }
}

/// The columns that are units: those that are named, or all that are nothing else.
fn unit_columns<'a>(frame: &'a Frame, params: &Params) -> Result<Vec<&'a Column>> {
    if let Some(names) = &params.units {
        return names.iter().map(|name| frame.column(name)).collect();
    }
    let named = params.columns.named().map(|(_, name)| name).chain(&params.keep);
    let taken = named.map(|name| frame.index(name)).collect::<Result<Vec<_>>>()?;
    let units: Vec<&Column> = frame
        .columns
        .iter()
        .enumerate()
        .filter(|(i, _)| !taken.contains(i))
        .map(|(_, column)| column)
        .collect();
    if units.is_empty() {
        return Err(frame
            .error("columns", "no column is left for the units")
            .found(format!("{} columns", frame.columns.len())));
    }
    Ok(units)
}

/// A row per unit; the columns are samples, whose names are the times where `time_unit` and a header say so.
fn rows(frame: &Frame, params: &Params, recording_id: &str, gathered: &mut Gathered) -> Result<()> {
    if params.columns.time.is_some() {
        return Err(Error::params("a table with a row per unit has no column of times")
            .at_file(frame.path())
            .expected("fs_hz")
            .hint("times that are the names of the columns are not read: give the rate"));
    }
    let names = match &params.columns.unit {
        Some(name) => frame.ids(frame.column(name)?)?,
        None => (0..frame.n_rows).map(|row| row.to_string()).collect(),
    };
    let times = from_zero(frame, params)?;
    let columns = unit_columns(frame, params)?;
    let mut samples: Vec<Vec<f64>> = names.iter().map(|_| Vec::with_capacity(columns.len())).collect();
    for column in columns {
        for (row, value) in samples.iter_mut().zip(frame.numbers(column)?) {
            row.push(value);
        }
    }
    for (name, samples) in names.into_iter().zip(samples) {
        let recording_id = recording_id.to_owned();
        gathered.signals.push(SignalRow { recording_id, name, times: times.clone(), samples });
    }
    for (kept, name) in gathered.kept.iter_mut().zip(&params.keep) {
        kept.extend(frame.texts(frame.column(name)?)?);
    }
    Ok(())
}

/// A row per condition (and fold), a column per unit.
fn responses(frame: &Frame, params: &Params, recording_id: &str, gathered: &mut Gathered) -> Result<()> {
    let conditions = super::records::conditions(frame, params)?;
    let folds = super::records::folds(frame, params)?;
    for column in unit_columns(frame, params)? {
        let values = frame.numbers(column)?.into_iter().zip(conditions.iter().zip(&folds));
        gathered.responses.extend(values.map(|(response, (condition, &fold))| ResponseRow {
            recording_id: recording_id.to_owned(),
            unit_id: column.name.clone(),
            condition: condition.clone(),
            fold,
            response,
        }));
    }
    Ok(())
}
