//! Nested tables: a row per unit, with lists.

use neuroloom_core::{Error, Result, TimeBase};

use super::frame::Frame;
use super::gather::Gathered;
use super::params::{ColumnName, Kind, Params};
use crate::assembled::{SignalRow, TrainRow, first_fall, time_base};

/// Adds the signals or spikes of a nested table.
///
/// # Errors
/// When a column holds no lists, or a row has other than a time for each sample.
pub(super) fn read(
    frame: &Frame,
    params: &Params,
    recording_id: &str,
    gathered: &mut Gathered,
) -> Result<()> {
    let columns = &params.columns;
    let recordings = names(frame, columns.recording.as_ref())?;
    let units = names(frame, columns.unit.as_ref())?;
    if frame.n_rows == 0 {
        gathered.recordings.push(recording_id.to_owned());
    }
    for (kept, name) in gathered.kept.iter_mut().zip(&params.keep) {
        kept.extend(frame.texts(frame.column(name)?)?);
    }
    let lists = |name: &Option<ColumnName>| match name {
        Some(name) => frame.lists(frame.column(name)?).map(Some),
        None => Ok(None),
    };
    let mut times = lists(&columns.time)?.map(Vec::into_iter);
    let mut values = lists(&columns.value)?.map(Vec::into_iter);
    let (t0, dt) = (numbers(frame, columns.t0.as_ref())?, numbers(frame, columns.dt.as_ref())?);
    for row in 0..frame.n_rows {
        let recording_id =
            recordings.as_ref().and_then(|ids| ids.get(row)).map_or(recording_id, String::as_str).to_owned();
        let name = units.as_ref().and_then(|ids| ids.get(row)).cloned().unwrap_or_else(|| row.to_string());
        let times_s = match times.as_mut().and_then(Iterator::next) {
            Some(times) => Some(ascending(frame, params, row, times)?),
            None => None,
        };
        if params.kind == Kind::Spikes {
            gathered.trains.push(TrainRow {
                recording_id,
                unit_id: name,
                times_s: times_s.unwrap_or_default(),
            });
            continue;
        }
        let samples = values.as_mut().and_then(Iterator::next).unwrap_or_default();
        let pair = |column: &Option<Vec<f64>>| column.as_ref().and_then(|column| column.get(row)).copied();
        let times = clock(frame, params, row, times_s, (pair(&t0), pair(&dt)), samples.len())?;
        gathered.signals.push(SignalRow { recording_id, name, times, samples });
    }
    Ok(())
}

fn names(frame: &Frame, column: Option<&ColumnName>) -> Result<Option<Vec<String>>> {
    column.map(|name| frame.ids(frame.column(name)?)).transpose()
}

fn numbers(frame: &Frame, column: Option<&ColumnName>) -> Result<Option<Vec<f64>>> {
    column.map(|name| frame.numbers(frame.column(name)?)).transpose()
}

/// The times of a row in seconds, ascending.
fn ascending(frame: &Frame, params: &Params, row: usize, times: Vec<f64>) -> Result<Vec<f64>> {
    let mut times = params.time_unit.seconds(times, params.fs_hz)?;
    if params.sort {
        // Samples would have to move with their times.
        if params.kind != Kind::Spikes {
            return Err(Error::params("`sort` has no meaning for nested signals").at_file(frame.path()));
        }
        times.sort_by(f64::total_cmp);
    }
    match first_fall(&times, params.kind != Kind::Spikes) {
        None => Ok(times),
        Some(at) => Err(frame
            .error(&frame.row(row), "times do not ascend")
            .at_offset(at as u64)
            .expected("finite times in order")
            .found(format!("{:?}", times.get(at.saturating_sub(1)..=at).unwrap_or_default()))),
    }
}

/// The clock of a row: a list of times, else `t0` and `dt`, else `fs_hz`.
fn clock(
    frame: &Frame,
    params: &Params,
    row: usize,
    times_s: Option<Vec<f64>>,
    (t0, dt): (Option<f64>, Option<f64>),
    n_samples: usize,
) -> Result<TimeBase> {
    if let Some(times_s) = times_s.filter(|times| !times.is_empty() || n_samples == 0) {
        if times_s.len() != n_samples {
            return Err(frame
                .error(&frame.row(row), "times and values differ in number")
                .expected(format!("{n_samples} times"))
                .found(times_s.len().to_string()));
        }
        return Ok(time_base(times_s));
    }
    let rate = || params.fs_hz.map(f64::recip);
    // In the unit of the times; a rate is in seconds.
    let seconds = |value: f64| {
        Ok::<_, Error>(params.time_unit.seconds(vec![value], params.fs_hz)?.first().copied().unwrap_or(value))
    };
    let t0_s = seconds(t0.filter(|t0| t0.is_finite()).unwrap_or(0.0))?;
    let dt_s = match dt.filter(|dt| dt.is_finite() && *dt > 0.0) {
        Some(dt) => Some(seconds(dt)?),
        None => rate(),
    };
    match dt_s {
        Some(dt_s) => Ok(TimeBase::Regular { t0_s, dt_s }),
        None => Err(frame
            .error(&frame.row(row), "a row has no clock")
            .expected("a list in columns.time, a number above 0 in columns.dt, or fs_hz")),
    }
}
