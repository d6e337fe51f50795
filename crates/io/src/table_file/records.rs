//! Tables with a row per interval, or per unit and condition.

use neuroloom_core::{Error, Result};

use super::frame::{Column, Frame};
use super::gather::{Gathered, IntervalRow, ResponseRow};
use super::params::{ColumnName, Params};

/// Adds the stretches of time of a table.
///
/// # Errors
/// When a start or an end is no number, or an end comes before its start.
pub(super) fn intervals(
    frame: &Frame,
    params: &Params,
    recording_id: &str,
    gathered: &mut Gathered,
) -> Result<()> {
    let seconds = |name: &Option<ColumnName>| {
        let column = required(frame, name.as_ref(), "an interval")?;
        params.time_unit.seconds(frame.numbers(column)?, params.fs_hz)
    };
    let (starts, stops) = (seconds(&params.columns.start)?, seconds(&params.columns.stop)?);
    let recordings = recordings(frame, params, recording_id)?;
    gathered.recordings.extend(recordings.is_empty().then(|| recording_id.to_owned()));
    let mut n_of: std::collections::BTreeMap<String, i64> = std::collections::BTreeMap::new();
    for (row, ((recording_id, start_s), stop_s)) in recordings.into_iter().zip(starts).zip(stops).enumerate()
    {
        // An end that is not known is NaN; a start must be.
        if !start_s.is_finite() || stop_s < start_s {
            return Err(frame
                .error(&frame.row(row), "an interval ends before it starts, or has no start")
                .expected("a start, and an end that is not before it")
                .found(format!("{start_s} s to {stop_s} s")));
        }
        let next = n_of.entry(recording_id.clone()).or_default();
        gathered.intervals.push(IntervalRow { recording_id, id: *next, start_s, stop_s });
        *next += 1;
    }
    for (kept, name) in gathered.kept.iter_mut().zip(&params.keep) {
        kept.extend(frame.texts(frame.column(name)?)?);
    }
    Ok(())
}

/// Adds the responses of a long table: unit, condition, value.
///
/// # Errors
/// When a name is missing, or a value is no number.
pub(super) fn responses(
    frame: &Frame,
    params: &Params,
    recording_id: &str,
    gathered: &mut Gathered,
) -> Result<()> {
    let units = frame.ids(required(frame, params.columns.unit.as_ref(), "a response")?)?;
    let values = frame.numbers(required(frame, params.columns.value.as_ref(), "a response")?)?;
    let (conditions, folds) = (conditions(frame, params)?, folds(frame, params)?);
    let recordings = recordings(frame, params, recording_id)?;
    let rows = recordings.into_iter().zip(units).zip(conditions.into_iter().zip(folds)).zip(values);
    gathered.responses.extend(rows.map(|(((recording_id, unit_id), (condition, fold)), response)| {
        ResponseRow { recording_id, unit_id, condition, fold, response }
    }));
    Ok(())
}

/// The condition of every row.
pub(super) fn conditions(frame: &Frame, params: &Params) -> Result<Vec<String>> {
    frame.ids(required(frame, params.columns.condition.as_ref(), "a response")?)
}

/// The fold of every row; 0 where there is no column of folds.
pub(super) fn folds(frame: &Frame, params: &Params) -> Result<Vec<i64>> {
    let Some(name) = &params.columns.fold else { return Ok(vec![0; frame.n_rows]) };
    counts(frame, frame.column(name)?, "a fold")
}

/// Whole numbers from 0. `what` names one: "a fold".
pub(super) fn counts(frame: &Frame, column: &Column, what: &str) -> Result<Vec<i64>> {
    let whole = |(row, number): (usize, f64)| {
        let is_whole = number.fract() == 0.0 && (0.0..1e9).contains(&number);
        is_whole.then_some(number as i64).ok_or_else(|| {
            let error = frame.error(&frame.cell(column, row), &format!("{what} is no number from 0"));
            error.expected("a whole number").found(number.to_string())
        })
    };
    frame.numbers(column)?.into_iter().enumerate().map(whole).collect()
}

/// The recording of every row.
pub(super) fn recordings(frame: &Frame, params: &Params, recording_id: &str) -> Result<Vec<String>> {
    match &params.columns.recording {
        Some(name) => frame.ids(frame.column(name)?),
        None => Ok(vec![recording_id.to_owned(); frame.n_rows]),
    }
}

/// The column `name`, which `what` needs.
pub(super) fn required<'a>(frame: &'a Frame, name: Option<&ColumnName>, what: &str) -> Result<&'a Column> {
    let name = name.ok_or_else(|| {
        Error::params(format!("{what} needs a column that was not named")).at_file(frame.path())
    })?;
    frame.column(name)
}
