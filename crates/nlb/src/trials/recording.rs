//! One recording: its units, its bins, and the counts of each split.

use std::collections::{BTreeMap, BTreeSet};

use ndarray::{Array3, ArrayView3, Axis, s};
use neuroloom_core::{Error, Result};
use neuroloom_table::Columns;

use super::{Signals, natural_order};

/// Signal of spike counts.
pub(crate) const SPIKE_COUNT: &str = "spike_count";
/// Signal of predicted rates.
pub(crate) const RATE: &str = "rate";
/// Signal of the rates that counts were drawn from.
pub(crate) const RATE_TRUTH: &str = "rate_truth";

/// A neuron.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unit {
    /// Its name.
    pub id: String,
    /// Whether a model has to predict it without seeing it.
    pub held_out: bool,
}

/// The trials of a split.
#[derive(Clone, Debug)]
pub struct Part {
    /// `train`, `valid` or `test`.
    pub split: String,
    /// Numbers of the trials, ascending.
    pub trials: Vec<i64>,
    /// Spikes per bin `[trials, bins, units]`; NaN where they are not known.
    pub counts: Array3<f64>,
    /// A row of the table for each trial, where what belongs to a trial is looked up.
    rows: Vec<usize>,
}

/// The counts of a recording.
#[derive(Clone, Debug)]
pub struct Recording {
    /// Its name.
    pub id: String,
    /// Start of the first bin, seconds from the start of the trial.
    pub t0_s: f64,
    /// Width of a bin, seconds.
    pub dt_s: f64,
    /// Bins that a model may see.
    pub n_observed: usize,
    /// All bins.
    pub n_bins: usize,
    /// The units: those held in before those held out, each by name, numbers by size.
    pub units: Vec<Unit>,
    /// By name of the split.
    pub parts: Vec<Part>,
}

impl Recording {
    /// All recordings of a table of trials.
    ///
    /// # Errors
    /// When one has no counts, its rows differ in their bins, a unit is both held in and out, none is held in, or a count
    /// is negative, infinite, no whole number, or NaN where a model has to see it.
    pub fn all(signals: &Signals<'_>) -> Result<Vec<Self>> {
        signals
            .recordings()
            .into_iter()
            .map(|id| Self::read(signals, id).map_err(|e| e.at_object(format!("recording {id}"))))
            .collect()
    }

    /// Units that a model may see.
    pub fn n_held_in(&self) -> usize {
        self.units.iter().filter(|unit| !unit.held_out).count()
    }

    /// Names of the units, held-in ones first.
    pub fn unit_ids(&self) -> Vec<&str> {
        self.units.iter().map(|unit| unit.id.as_str()).collect()
    }

    /// The trials of a split.
    pub fn part(&self, split: &str) -> Option<&Part> {
        self.parts.iter().find(|part| part.split == split)
    }

    /// The trials that models are fitted to.
    ///
    /// # Errors
    /// When there are none.
    pub fn train(&self) -> Result<&Part> {
        self.part("train").ok_or_else(|| {
            Error::data("there are no trials to fit to")
                .at_object(format!("recording {}", self.id))
                .expected("trials of the split train")
                .found(self.parts.iter().map(|part| part.split.as_str()).collect::<Vec<_>>().join(", "))
        })
    }

    /// A signal of the units, as expected counts per bin `[trials, bins, units]`: what is in Hz is multiplied by the width
    /// of a bin. NaN where it is not known; none where the split has no such signal.
    ///
    /// # Errors
    /// When the rows are of other bins, or in another unit.
    pub fn rates(&self, signals: &Signals<'_>, part: &Part, signal: &str) -> Result<Option<Array3<f64>>> {
        let rows = signals.rows(&self.id, &part.split, signal);
        let Some(&first) = rows.first() else { return Ok(None) };
        self.check_bins(signals, rows)?;
        let unit = signals.value_unit(first);
        let factor = match unit {
            "Hz" => self.dt_s,
            "1" => 1.0,
            _ => {
                return Err(Error::data(format!("the unit of the signal {signal} is unknown"))
                    .expected("Hz, or 1 for expected counts per bin")
                    .found(format!("{unit:?}")));
            }
        };
        if let Some(&other) = rows.iter().find(|&&row| signals.value_unit(row) != unit) {
            return Err(Error::data(format!("the signal {signal} is in several units"))
                .expected(unit)
                .found(signals.value_unit(other)));
        }
        let mut rates = signals.array(rows, &part.trials, &self.unit_ids(), self.n_bins)?;
        rates.mapv_inplace(|rate| rate * factor);
        Ok(Some(rates))
    }

    /// A behaviour as `[trials, bins, channels]`, channels by name; none where the split has no such signal.
    ///
    /// # Errors
    /// When the rows are of other bins.
    pub fn behaviour(
        &self,
        signals: &Signals<'_>,
        part: &Part,
        signal: &str,
    ) -> Result<Option<(Vec<String>, Array3<f64>)>> {
        let rows = signals.rows(&self.id, &part.split, signal);
        if rows.is_empty() {
            return Ok(None);
        }
        self.check_bins(signals, rows)?;
        let mut channels = signals.unit_ids(rows);
        channels.sort_by(|a, b| natural_order(a, b));
        let values = signals.array(rows, &part.trials, &channels, self.n_bins)?;
        Ok(Some((channels.into_iter().map(str::to_owned).collect(), values)))
    }

    fn read(signals: &Signals<'_>, id: &str) -> Result<Self> {
        let splits = signals.splits(id);
        let rows: Vec<usize> =
            splits.iter().flat_map(|split| signals.rows(id, split, SPIKE_COUNT)).copied().collect();
        let Some(&first) = rows.first() else {
            return Err(Error::data("there are no spike counts")
                .expected(format!("rows of the signal {SPIKE_COUNT}"))
                .found(signals.names(id).join(", ")));
        };
        let number = |column: neuroloom_table::NumberColumn<'_>| column.get(first).unwrap_or(f64::NAN);
        let mut recording = Self {
            id: id.to_owned(),
            t0_s: number(signals.t0_s),
            dt_s: number(signals.dt_s),
            n_observed: number(signals.n_observed) as usize,
            n_bins: rows.iter().map(|&row| signals.length(row)).max().unwrap_or(0),
            units: units(signals, &rows)?,
            parts: Vec::new(),
        };
        recording.check_sizes(signals, first)?;
        recording.check_bins(signals, &rows)?;
        for split in splits {
            let rows = signals.rows(id, split, SPIKE_COUNT);
            if !rows.is_empty() {
                let part = recording.read_part(signals, split, rows)?;
                recording.parts.push(part);
            }
        }
        Ok(recording)
    }

    fn read_part(&self, signals: &Signals<'_>, split: &str, rows: &[usize]) -> Result<Part> {
        let mut first_rows: BTreeMap<i64, usize> = BTreeMap::new();
        for &row in rows {
            first_rows.entry(signals.trial(row)).or_insert(row);
        }
        let trials: Vec<i64> = first_rows.keys().copied().collect();
        let counts = signals.array(rows, &trials, &self.unit_ids(), self.n_bins)?;
        let part = Part { split: split.to_owned(), trials, counts, rows: first_rows.into_values().collect() };
        self.check_counts(&part)?;
        Ok(part)
    }

    fn check_sizes(&self, signals: &Signals<'_>, first: usize) -> Result<()> {
        let has_width = self.dt_s.is_finite() && self.dt_s > 0.0;
        if !has_width || !self.t0_s.is_finite() {
            return Err(Error::data("the bins have no width or start")
                .at_object(signals.place(first))
                .found(format!("t0_s {}, dt_s {}", self.t0_s, self.dt_s)));
        }
        if self.n_observed == 0 || self.n_observed > self.n_bins {
            return Err(Error::data("the number of bins that a model may see does not fit")
                .at_object(signals.place(first))
                .expected(format!("n_observed from 1 to {}", self.n_bins))
                .found(self.n_observed.to_string()));
        }
        Ok(())
    }

    /// All rows of a signal must be on the bins of the counts.
    fn check_bins(&self, signals: &Signals<'_>, rows: &[usize]) -> Result<()> {
        let fits = |row: usize| {
            let near = |column: neuroloom_table::NumberColumn<'_>, own: f64| {
                column.get(row).is_some_and(|value| (value - own).abs() <= 1e-9 * self.dt_s.max(own.abs()))
            };
            near(signals.dt_s, self.dt_s)
                && near(signals.t0_s, self.t0_s)
                && signals.n_observed.get(row) == Some(self.n_observed as f64)
                && signals.length(row) <= self.n_bins
        };
        let Some(&row) = rows.iter().find(|&&row| !fits(row)) else { return Ok(()) };
        let value = |column: neuroloom_table::NumberColumn<'_>| column.get(row).unwrap_or(f64::NAN);
        Err(Error::data("rows of a recording are not on the same bins")
            .at_object(signals.place(row))
            .expected(format!(
                "t0_s {}, dt_s {}, n_observed {}, at most {} bins",
                self.t0_s, self.dt_s, self.n_observed, self.n_bins
            ))
            .found(format!(
                "t0_s {}, dt_s {}, n_observed {}, {} bins",
                value(signals.t0_s),
                value(signals.dt_s),
                value(signals.n_observed),
                signals.length(row)
            )))
    }

    /// Counts are whole numbers from 0; those that a model has to see are all there.
    fn check_counts(&self, part: &Part) -> Result<()> {
        let n_held_in = self.n_held_in();
        let wrong = part.counts.indexed_iter().find(|&((_, bin, unit), &count)| {
            let seen = unit < n_held_in && bin < self.n_observed;
            if count.is_nan() { seen } else { !(count >= 0.0 && count.fract() == 0.0 && count.is_finite()) }
        });
        let Some(((trial, bin, unit), count)) = wrong else { return Ok(()) };
        let (trial, unit) =
            (part.trials.get(trial).copied().unwrap_or(0), self.units.get(unit).map_or("", |unit| &unit.id));
        Err(Error::data("a spike count is no count")
            .at_object(format!("{} trial {trial}, unit {unit:?}, bin {bin}", part.split))
            .expected("a whole number from 0; NaN only in what a model has to predict")
            .found(count.to_string())
            .hint("give every trial the same units and bins; rates belong into the signal `rate`"))
    }
}

/// The units of the rows of counts.
fn units(signals: &Signals<'_>, rows: &[usize]) -> Result<Vec<Unit>> {
    let mut units: BTreeMap<&str, BTreeSet<bool>> = BTreeMap::new();
    for &row in rows {
        let held_out = signals.held.get(row) == Some("held_out");
        units.entry(signals.units.get_or_empty(row)).or_default().insert(held_out);
    }
    if let Some((id, _)) = units.iter().find(|(_, held)| held.len() > 1) {
        return Err(Error::data("a unit is both held in and held out").at_object(format!("unit {id:?}")));
    }
    let mut units: Vec<Unit> = units
        .into_iter()
        .map(|(id, held)| Unit { id: id.to_owned(), held_out: held.contains(&true) })
        .collect();
    units.sort_by(|a, b| a.held_out.cmp(&b.held_out).then_with(|| natural_order(&a.id, &b.id)));
    match units.first() {
        Some(unit) if !unit.held_out => Ok(units),
        _ => Err(Error::data("no unit is held in").expected("units that a model may see")),
    }
}

impl Part {
    /// Number of trials.
    pub fn n_trials(&self) -> usize {
        self.trials.len()
    }

    /// Counts of the bins `bins` of the units `units`.
    pub fn counts_of(
        &self,
        bins: std::ops::Range<usize>,
        units: std::ops::Range<usize>,
    ) -> ArrayView3<'_, f64> {
        self.counts.slice(s![.., bins, units])
    }

    /// Whether any count of some units and bins is known.
    pub(crate) fn has_counts(&self, bins: std::ops::Range<usize>, units: std::ops::Range<usize>) -> bool {
        self.counts_of(bins, units).iter().any(|count| !count.is_nan())
    }

    /// A column of words or numbers that says something of each trial; none where the table has no such column.
    pub fn labels(&self, signals: &Signals<'_>, column: &str) -> Option<Vec<Option<String>>> {
        let table = signals.table();
        if let Ok(texts) = table.text(column) {
            return Some(self.rows.iter().map(|&row| texts.get(row).map(str::to_owned)).collect());
        }
        if let Ok(flags) = table.bools(column) {
            use arrow_array::Array;
            return Some(
                self.rows
                    .iter()
                    .map(|&row| flags.is_valid(row).then(|| flags.value(row).to_string()))
                    .collect(),
            );
        }
        let numbers = table.numbers(column).ok()?;
        let word =
            |row: usize| numbers.get(row).filter(|number| !number.is_nan()).map(|number| number.to_string());
        Some(self.rows.iter().map(|&row| word(row)).collect())
    }

    /// A column of numbers that says something of each trial, NaN where it is absent; none where the table has no such
    /// column.
    pub fn numbers(&self, signals: &Signals<'_>, column: &str) -> Option<Vec<f64>> {
        let numbers = signals.table().numbers(column).ok()?;
        Some(self.rows.iter().map(|&row| numbers.get(row).unwrap_or(f64::NAN)).collect())
    }

    /// A column of truth values, one for each trial; none where the table has no such column.
    pub fn flags(&self, signals: &Signals<'_>, column: &str) -> Option<Vec<bool>> {
        use arrow_array::Array;
        let flags = signals.table().bools(column).ok()?;
        Some(self.rows.iter().map(|&row| flags.is_valid(row) && flags.value(row)).collect())
    }

    /// The trials of each condition, by name of the condition, numbers by size.
    pub fn by_condition(labels: &[Option<String>]) -> Vec<(String, Vec<usize>)> {
        let mut groups: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (trial, label) in labels.iter().enumerate() {
            if let Some(label) = label {
                groups.entry(label).or_default().push(trial);
            }
        }
        let mut groups: Vec<(String, Vec<usize>)> =
            groups.into_iter().map(|(name, own)| (name.to_owned(), own)).collect();
        groups.sort_by(|a, b| natural_order(&a.0, &b.0));
        groups
    }

    /// The counts of one trial `[bins, units]`.
    pub(crate) fn trial(&self, place: usize) -> ndarray::ArrayView2<'_, f64> {
        self.counts.index_axis(Axis(0), place)
    }
}
