//! A set of trials from a table of them.

use std::collections::BTreeMap;

use neuroloom_core::{Error, Result, Table};
use neuroloom_table::Columns;

use super::{Split, TrialInfo, TrialSet};
use crate::options::DataSize;

/// Which rows of a table of trials are read.
#[derive(Clone, Debug)]
pub struct ReadOptions<'a> {
    /// The recording; none for the only one.
    pub recording_id: Option<&'a str>,
    /// The signal with the spike counts.
    pub signal: &'a str,
    /// The signal with the true rates, read where it is there.
    pub truth: &'a str,
}

/// The rows of a table that are read.
struct Rows<'a> {
    table: &'a Table,
    options: &'a ReadOptions<'a>,
    recording_id: String,
}

/// What all rows of a signal share.
#[derive(Clone, Copy, PartialEq)]
struct Common {
    t0_s: f64,
    dt_s: f64,
    n_observed: i64,
    n_bins: usize,
}

type TrialKey = (Split, i64);

impl TrialSet {
    /// The trials of a table of kind `trials`.
    ///
    /// # Errors
    /// When there are several recordings and none was chosen; trials differ in their units, bins or width of bins; a row is
    /// there twice or missing; a unit is both held in and held out, or none is held in; a count is not what a model can
    /// learn from.
    pub fn read(table: &Table, options: &ReadOptions<'_>) -> Result<Self> {
        let rows = Rows { table, options, recording_id: one_recording(table, options)? };
        let common = rows.common()?;
        let units = rows.units()?;
        let trials = rows.trials()?;
        let n_in = units.values().filter(|(held_out, _)| !held_out).count();
        let size = DataSize {
            n_in,
            n_out: units.len(),
            n_observed: usize::try_from(common.n_observed).unwrap_or(0),
            n_bins: common.n_bins,
        };
        let counts = rows.values(options.signal, &units, &trials, size)?;
        let has_truth = !rows.of(options.truth)?.is_empty();
        let truth = has_truth.then(|| rows.values(options.truth, &units, &trials, size));
        let mut by_place: Vec<(usize, &str)> = units.iter().map(|(id, (_, place))| (*place, *id)).collect();
        by_place.sort_unstable();
        let mut set = Self {
            recording_id: rows.recording_id.clone(),
            units: by_place.into_iter().map(|(_, id)| id.to_owned()).collect(),
            size,
            t0_s: common.t0_s,
            dt_s: common.dt_s,
            trials: rows.infos(&trials)?,
            counts,
            truth_hz: truth.transpose()?,
            warnings: Vec::new(),
        };
        set.check()?;
        Ok(set)
    }
}

fn one_recording(table: &Table, options: &ReadOptions<'_>) -> Result<String> {
    let (ids, signals) = (table.text("recording_id")?, table.text("signal")?);
    let rows = (0..table.n_rows()).filter(|&row| signals.get(row) == Some(options.signal));
    let mut found: Vec<&str> = rows.map(|row| ids.get_or_empty(row)).collect();
    found.sort_unstable();
    found.dedup();
    match (options.recording_id, found.as_slice()) {
        (_, []) => Err(Error::data(format!("there is no signal {:?} in the trials", options.signal))
            .at_object("signal")
            .expected(options.signal)
            .found(distinct(table, "signal"))
            .hint("name the signal with the spike counts: `signal`")),
        (Some(id), ids) if ids.contains(&id) => Ok(id.to_owned()),
        (None, [id]) => Ok((*id).to_owned()),
        (chosen, ids) => Err(Error::data("the trials are not those of one recording")
            .at_object("recording_id")
            .expected(chosen.map_or_else(|| "one recording".into(), ToOwned::to_owned))
            .found(ids.join(", "))
            .hint("choose one: `recording_id`")),
    }
}

fn distinct(table: &Table, column: &str) -> String {
    let Ok(words) = table.text(column) else { return String::new() };
    let mut found: Vec<&str> = (0..table.n_rows()).map(|row| words.get_or_empty(row)).collect();
    found.sort_unstable();
    found.dedup();
    found.join(", ")
}

impl<'a> Rows<'a> {
    /// Rows of a signal of the recording.
    fn of(&self, signal: &str) -> Result<Vec<usize>> {
        let (ids, signals) = (self.table.text("recording_id")?, self.table.text("signal")?);
        let chosen = |&row: &usize| {
            signals.get(row) == Some(signal) && ids.get(row) == Some(self.recording_id.as_str())
        };
        Ok((0..self.table.n_rows()).filter(chosen).collect())
    }

    fn key(&self, row: usize) -> Result<TrialKey> {
        let name = self.table.text("split")?.get_or_empty(row);
        let split = Split::parse(name).ok_or_else(|| {
            self.wrong(row, "a trial is for something unknown").expected("train, valid or test").found(name)
        })?;
        let trial = self.table.integers("trial")?;
        Ok((split, trial.values().get(row).copied().unwrap_or(0)))
    }

    fn common(&self) -> Result<Common> {
        let (t0_s, dt_s) = (self.table.numbers("t0_s")?, self.table.numbers("dt_s")?);
        let (observed, values) = (self.table.integers("n_observed")?, self.table.lists("value")?);
        let at = |row: usize| Common {
            t0_s: t0_s.get(row).unwrap_or(0.0),
            dt_s: dt_s.get(row).unwrap_or(0.0),
            n_observed: observed.values().get(row).copied().unwrap_or(0),
            n_bins: values.length(row),
        };
        let rows = self.of(self.options.signal)?;
        let start = rows.first().copied().ok_or_else(|| Error::internal("a signal without rows"))?;
        let first = at(start);
        let words = |common: Common| {
            let Common { t0_s, dt_s, n_observed, n_bins } = common;
            format!("{n_bins} bins of {dt_s} s from {t0_s} s, {n_observed} of them observed")
        };
        if !(first.t0_s.is_finite() && first.dt_s.is_finite()) {
            return Err(self
                .wrong(start, "bins have no place in time")
                .expected("finite t0_s and dt_s")
                .found(words(first)));
        }
        match rows.into_iter().find(|&row| at(row) != first) {
            None => Ok(first),
            Some(row) => Err(self
                .wrong(row, "trials differ in their bins")
                .expected(words(first))
                .found(words(at(row)))
                .hint("cut all trials to the same bins")),
        }
    }

    /// Whether each unit is held out, and its place: those held in come first.
    fn units(&self) -> Result<BTreeMap<&'a str, (bool, usize)>> {
        let (ids, held) = (self.table.text("unit_id")?, self.table.text("held")?);
        let mut units: BTreeMap<&'a str, (bool, usize)> = BTreeMap::new();
        for row in self.of(self.options.signal)? {
            let (id, out) = (ids.get_or_empty(row), held.get(row) == Some("held_out"));
            if units.insert(id, (out, 0)).is_some_and(|(before, _)| before != out) {
                return Err(self.wrong(row, "a unit is both held in and held out"));
            }
        }
        let n_in = units.values().filter(|(out, _)| !out).count();
        let mut next = [0, n_in];
        for (out, place) in units.values_mut() {
            let next = &mut next[usize::from(*out)];
            *place = *next;
            *next += 1;
        }
        Ok(units)
    }

    /// The place of each trial, and a row of it.
    fn trials(&self) -> Result<BTreeMap<TrialKey, (usize, usize)>> {
        let mut trials = BTreeMap::new();
        for row in self.of(self.options.signal)? {
            trials.entry(self.key(row)?).or_insert((0, row));
        }
        trials.values_mut().enumerate().for_each(|(place, (number, _))| *number = place);
        Ok(trials)
    }

    fn infos(&self, trials: &BTreeMap<TrialKey, (usize, usize)>) -> Result<Vec<TrialInfo>> {
        let source = self.table.numbers("source_trial")?;
        let condition = self.table.numbers("condition").ok();
        let whole = |value: f64| value as i64;
        let info = |(&(split, trial), &(_, row)): (&TrialKey, &(usize, usize))| TrialInfo {
            split,
            trial,
            source_trial: source.get(row).map(whole),
            condition: condition.and_then(|condition| condition.get(row)).map(whole),
        };
        Ok(trials.iter().map(info).collect())
    }

    /// The values of a signal `[trials, bins, units]`: every unit of every trial once.
    fn values(
        &self,
        signal: &str,
        units: &BTreeMap<&'a str, (bool, usize)>,
        trials: &BTreeMap<TrialKey, (usize, usize)>,
        size: DataSize,
    ) -> Result<Vec<f32>> {
        let (ids, lists) = (self.table.text("unit_id")?, self.table.lists("value")?);
        let mut values = vec![f32::NAN; trials.len() * size.n_bins * size.n_out];
        let mut seen = vec![false; trials.len() * size.n_out];
        for row in self.of(signal)? {
            let unit = units.get(ids.get_or_empty(row)).map(|(_, place)| *place);
            let trial = trials.get(&self.key(row)?).map(|(place, _)| *place);
            let list = lists.get(row).unwrap_or_default();
            let (Some(unit), Some(trial)) = (unit, trial) else {
                return Err(self.wrong(row, "a row has no counts beside it"));
            };
            if list.len() != size.n_bins {
                return Err(self
                    .wrong(row, "signals differ in their bins")
                    .expected(format!("{} bins", size.n_bins))
                    .found(list.len().to_string()));
            }
            if std::mem::replace(&mut seen[trial * size.n_out + unit], true) {
                return Err(self.wrong(row, "a unit of a trial is there twice"));
            }
            let rows = values[trial * size.n_bins * size.n_out..].chunks_exact_mut(size.n_out);
            rows.zip(list.iter()).for_each(|(row, &value)| row[unit] = value as f32);
        }
        match seen.iter().position(|&seen| !seen) {
            None => Ok(values),
            Some(missing) => {
                let (trial, unit) = (missing / size.n_out, missing % size.n_out);
                let id = units.iter().find(|(_, (_, place))| *place == unit).map_or("", |(id, _)| id);
                let key = trials
                    .keys()
                    .nth(trial)
                    .map_or(String::new(), |(split, trial)| format!("{} trial {trial}", split.name()));
                Err(Error::data("trials differ in their units")
                    .at_object(format!("{signal}, {key}, unit {id}"))
                    .expected("every unit in every trial")
                    .found("none")
                    .hint("drop the unit or the trial"))
            }
        }
    }

    fn wrong(&self, row: usize, message: &str) -> Error {
        let word = |column: &str| self.table.text(column).map_or("", |text| text.get_or_empty(row));
        let trial = self.table.integers("trial").ok().and_then(|trial| trial.values().get(row).copied());
        Error::data(message.to_owned())
            .at_object(format!(
                "{}, {} trial {}, unit {}",
                word("signal"),
                word("split"),
                trial.unwrap_or(0),
                word("unit_id")
            ))
            .at_offset(row as u64)
    }
}
