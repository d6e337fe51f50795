//! Reading a file.

use std::path::Path;

use neuroloom_core::{Error, ParamIssues, Result, StepParams, TimeBase, Unit};

use super::loaded::{Loaded, Matrix, NamedList};
use super::params::{Kind, Orientation, Params};
use super::source::Source;
use crate::assembled::{self, RecordingRow, Recordings, SignalRow, TrainRow, first_fall, time_base};
use crate::numbers::Numbers;
use crate::spike_trains;

/// Reads the array of `params`, whose path is relative to `base`.
///
/// # Errors
/// When the file is absent, damaged or of another format; there is no such object; it is no list, matrix or list of lists;
/// or times and units do not fit it.
pub fn read(base: &Path, params: &Params) -> Result<Recordings> {
    let mut issues = ParamIssues::default();
    params.check(&mut issues);
    if let Some(issue) = issues.into_vec().first() {
        return Err(Error::params(issue.to_string()));
    }
    let path = params.path.resolve(base);
    read_open(&mut Source::open(&path)?, params).map_err(|error| error.at_file(&path))
}

fn read_open(source: &mut Source, params: &Params) -> Result<Recordings> {
    match params.kind {
        Kind::Spikes => spikes(source, params),
        Kind::Traces | Kind::Behaviour => signals(source, params),
    }
}

fn recording_id(params: &Params) -> String {
    let stem =
        || Path::new(params.path.as_str()).file_stem().unwrap_or_default().to_string_lossy().into_owned();
    params.recording_id.clone().unwrap_or_else(stem)
}

fn made(params: &Params, n_units: usize, duration_s: Option<f64>, notes: Vec<String>) -> Result<Recordings> {
    let row = RecordingRow { recording_id: recording_id(params), n_units, duration_s };
    let name = Path::new(params.path.as_str()).file_name().unwrap_or_default().to_string_lossy().into_owned();
    Ok(Recordings::new(assembled::recordings(&[row], "array", &name)?, notes))
}

fn spikes(source: &mut Source, params: &Params) -> Result<Recordings> {
    let object = params.object.as_deref();
    let name = object.unwrap_or("the array").to_owned();
    let trains = match (source.load(object)?, &params.spike_units) {
        (Loaded::Lists(lists), None) => by_unit(source, params, lists)?,
        (loaded, Some(units)) => {
            let times = params.time_unit.seconds(loaded.into_list(&name)?.to_f64(), params.fs_hz)?;
            let units = source.load(Some(units))?.into_names(units)?;
            let trains =
                spike_trains::group(&times, &units, params.sort).map_err(|error| error.at_object(name))?;
            trains.into_iter().collect()
        }
        (other, None) => {
            return Err(Error::data("spike times are no lists, one a unit")
                .at_object(name)
                .expected("a cell array, a field of all records, or several arrays by `*`")
                .found(other.describe())
                .hint("name the array with the unit of each spike: `spike_units`"));
        }
    };
    let ends = trains.iter().flat_map(|(_, times)| times.first().into_iter().chain(times.last()));
    let (low, high) =
        ends.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), &time| (low.min(time), high.max(time)));
    let mut recordings = made(params, trains.len(), (low <= high).then_some(high - low), Vec::new())?;
    let id = recording_id(params);
    let row = |(unit_id, times_s)| TrainRow { recording_id: id.clone(), unit_id, times_s };
    recordings.spikes = Some(assembled::spikes(trains.into_iter().map(row).collect(), Vec::new())?);
    Ok(recordings)
}

/// Spike times of each unit, in seconds.
fn by_unit(source: &mut Source, params: &Params, lists: Vec<NamedList>) -> Result<Vec<(String, Vec<f64>)>> {
    let names = names(source, params, lists.len())?;
    let mut trains = Vec::with_capacity(lists.len());
    for (i, (list, name)) in lists.into_iter().zip(names).enumerate() {
        let name = name.or(list.name).unwrap_or_else(|| (i + source.first_unit()).to_string());
        let mut times = params.time_unit.seconds(list.values, params.fs_hz)?;
        if params.sort {
            times.sort_by(f64::total_cmp);
        }
        if let Some(at) = first_fall(&times, false) {
            return Err(Error::data("spike times run backwards, or are no finite numbers")
                .at_object(format!("unit {name}"))
                .at_offset(at as u64)
                .expected("seconds that do not decrease within a unit")
                .found(format!("{:?}", times.get(at.saturating_sub(1)..=at).unwrap_or_default()))
                .hint("set `sort: true` if only the order is wrong"));
        }
        trains.push((name, times));
    }
    Ok(trains)
}

/// The names of `n` units, where there is an array of them.
fn names(source: &mut Source, params: &Params, n: usize) -> Result<Vec<Option<String>>> {
    let Some(object) = &params.units else { return Ok(vec![None; n]) };
    let names = source.load(Some(object))?.into_names(object)?;
    if names.len() == n {
        return Ok(names.into_iter().map(Some).collect());
    }
    Err(Error::data("there are not as many names as units")
        .at_object(object)
        .expected(n.to_string())
        .found(names.len().to_string()))
}

fn signals(source: &mut Source, params: &Params) -> Result<Recordings> {
    let object = params.object.as_deref();
    let place = object.unwrap_or("the array").to_owned();
    let mut notes = Vec::new();
    let times = match &params.time {
        Some(time) => {
            let times =
                params.time_unit.seconds(source.load(Some(time))?.into_list(time)?.to_f64(), params.fs_hz)?;
            if let Some(at) = first_fall(&times, true) {
                return Err(Error::data("times do not ascend").at_object(time).at_offset(at as u64));
            }
            Some(times)
        }
        None => None,
    };
    let n_names = match &params.units {
        Some(units) => Some(source.load(Some(units))?.into_names(units)?.len()),
        None => None,
    };
    let (rows, is_single) = match source.load(object)? {
        Loaded::Matrix(matrix) => {
            let is_single = matches!(matrix.values, Numbers::F32(_));
            let side = Sides { n_times: times.as_ref().map(Vec::len), n_units: n_names };
            let by_row = side.units_by_time(&matrix, params.orientation, &place, &mut notes)?;
            (unfold(&matrix, by_row), is_single)
        }
        Loaded::Lists(lists) => (lists, false),
        Loaded::Texts(_) => {
            return Err(Error::data("an object holds words").at_object(place).expected("numbers"));
        }
    };
    let names = names(source, params, rows.len())?;
    let n_units = rows.len();
    let single = (params.kind == Kind::Behaviour && n_units == 1)
        .then(|| params.signal.clone().unwrap_or_else(|| place.clone()));
    let mut signals = Vec::with_capacity(n_units);
    for (i, (list, name)) in rows.into_iter().zip(names).enumerate() {
        let number = || (i + source.first_unit()).to_string();
        let name = name.or(list.name).or_else(|| single.clone()).unwrap_or_else(number);
        let times = clock(params, times.as_deref(), list.values.len(), &place)?;
        signals.push(SignalRow { recording_id: recording_id(params), name, times, samples: list.values });
    }
    let duration = signals.iter().filter_map(|row| {
        let last = row.samples.len().checked_sub(1)?;
        Some(row.times.time_s(last) - row.times.time_s(0))
    });
    let duration_s =
        duration.fold(None, |most: Option<f64>, next| Some(most.map_or(next, |most| most.max(next))));
    let mut recordings =
        made(params, if params.kind == Kind::Traces { n_units } else { 0 }, duration_s, notes)?;
    let unit = Unit::parse(params.value_unit.as_deref().unwrap_or(""));
    if params.kind == Kind::Behaviour {
        recordings.behaviour = Some(assembled::behaviour(signals, unit.as_str(), is_single)?);
    } else {
        let signal = params.signal.as_deref().unwrap_or("activity");
        recordings.traces = Some(assembled::traces(signals, signal, unit.as_str(), is_single, Vec::new())?);
    }
    Ok(recordings)
}

fn clock(params: &Params, times: Option<&[f64]>, n: usize, place: &str) -> Result<TimeBase> {
    match (times, params.fs_hz) {
        (Some(times), _) if times.len() == n => Ok(time_base(times.to_vec())),
        (Some(times), _) => Err(Error::data("there are not as many times as samples")
            .at_object(place)
            .expected(format!("{n} times"))
            .found(times.len().to_string())),
        (None, Some(fs_hz)) => Ok(TimeBase::Regular { t0_s: 0.0, dt_s: fs_hz.recip() }),
        (None, None) => {
            Err(Error::params("the array has no clock").at_object(place).expected("`time` or `fs_hz`"))
        }
    }
}

/// The rows or the columns of a matrix.
fn unfold(matrix: &Matrix, by_row: bool) -> Vec<NamedList> {
    let n = if by_row { matrix.n_rows } else { matrix.n_columns };
    let values = |i| if by_row { matrix.row(i) } else { matrix.column(i) };
    (0..n).map(|i| NamedList { name: None, values: values(i) }).collect()
}

/// What is known of the sides of a matrix.
struct Sides {
    n_times: Option<usize>,
    n_units: Option<usize>,
}

impl Sides {
    /// Whether the rows of `matrix` are units.
    ///
    /// # Errors
    /// When a square matrix leaves it open, or neither side has the known length.
    fn units_by_time(
        &self,
        matrix: &Matrix,
        said: Orientation,
        place: &str,
        notes: &mut Vec<String>,
    ) -> Result<bool> {
        let (n_rows, n_columns) = (matrix.n_rows, matrix.n_columns);
        match said {
            Orientation::UnitsByTime => return Ok(true),
            Orientation::TimeByUnits => return Ok(false),
            Orientation::Auto => {}
        }
        let fits = |n_units: usize, n_times: usize| {
            self.n_units.is_none_or(|n| n == n_units) && self.n_times.is_none_or(|n| n == n_times)
        };
        let is_known = self.n_units.is_some() || self.n_times.is_some();
        match (fits(n_rows, n_columns), fits(n_columns, n_rows)) {
            (true, false) => Ok(true),
            (false, true) => Ok(false),
            (false, false) => Err(Error::data("neither side of the matrix fits the times and the names")
                .at_object(place)
                .expected(format!("{} times, {} units", or_any(self.n_times), or_any(self.n_units)))
                .found(format!("{n_rows} × {n_columns}"))),
            (true, true) if n_rows == n_columns && !matrix.is_list() => {
                Err(Error::data("a square matrix may lie either way")
                    .at_object(place)
                    .found(format!("{n_rows} × {n_columns}"))
                    .hint("say `orientation: units_by_time` or `time_by_units`"))
            }
            (true, true) => {
                let by_row = n_columns >= n_rows;
                if !is_known && !matrix.is_list() {
                    let order = if by_row { "units × time" } else { "time × units" };
                    notes.push(format!("{place}: taken as {order} ({n_rows} × {n_columns}), the longer side being time; say `orientation` if it is not"));
                }
                Ok(by_row)
            }
        }
    }
}

fn or_any(n: Option<usize>) -> String {
    n.map_or_else(|| "any number of".to_owned(), |n| n.to_string())
}
