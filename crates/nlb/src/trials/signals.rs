//! The rows of a table of trials by recording, split and signal.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use ndarray::{Array3, s};
use neuroloom_core::{Error, Result, Table};
use neuroloom_table::{Columns, ListColumn, NumberColumn, TextColumn};

/// Most numbers of one array: 2^31, 16 GiB.
const MAX_VALUES: usize = 1 << 31;

/// A table of trials, its rows found by what they hold.
#[derive(Debug)]
pub struct Signals<'a> {
    table: &'a Table,
    /// Rows by recording, split and signal.
    blocks: BTreeMap<(&'a str, &'a str, &'a str), Vec<usize>>,
    pub(super) units: TextColumn<'a>,
    pub(super) held: TextColumn<'a>,
    pub(super) trials: NumberColumn<'a>,
    pub(super) t0_s: NumberColumn<'a>,
    pub(super) dt_s: NumberColumn<'a>,
    pub(super) n_observed: NumberColumn<'a>,
    values: ListColumn<'a>,
    value_units: TextColumn<'a>,
}

impl<'a> Signals<'a> {
    /// Finds the rows of `table`, which is of kind `trials`.
    ///
    /// # Errors
    /// When it has other columns.
    pub fn new(table: &'a Table) -> Result<Self> {
        let (recordings, splits, signals) =
            (table.text("recording_id")?, table.text("split")?, table.text("signal")?);
        let mut blocks: BTreeMap<_, Vec<usize>> = BTreeMap::new();
        for row in 0..table.n_rows() {
            let key = (recordings.get_or_empty(row), splits.get_or_empty(row), signals.get_or_empty(row));
            blocks.entry(key).or_default().push(row);
        }
        Ok(Self {
            table,
            blocks,
            units: table.text("unit_id")?,
            held: table.text("held")?,
            trials: table.numbers("trial")?,
            t0_s: table.numbers("t0_s")?,
            dt_s: table.numbers("dt_s")?,
            n_observed: table.numbers("n_observed")?,
            values: table.lists("value")?,
            value_units: table.text("value_unit")?,
        })
    }

    /// The table.
    pub fn table(&self) -> &'a Table {
        self.table
    }

    /// The recordings that it has.
    pub fn recordings(&self) -> Vec<&'a str> {
        self.blocks.keys().map(|(recording, _, _)| *recording).collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// The splits of a recording.
    pub fn splits(&self, recording: &str) -> Vec<&'a str> {
        let own = self.blocks.keys().filter(|(own, _, _)| *own == recording);
        own.map(|(_, split, _)| *split).collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// The signals of a recording.
    pub fn names(&self, recording: &str) -> Vec<&'a str> {
        let own = self.blocks.keys().filter(|(own, _, _)| *own == recording);
        own.map(|(_, _, signal)| *signal).collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// The rows of a signal; none where it is not there.
    pub fn rows(&self, recording: &str, split: &str, signal: &str) -> &[usize] {
        let found = self.blocks.iter().find(|(key, _)| **key == (recording, split, signal));
        found.map_or(&[], |(_, rows)| rows.as_slice())
    }

    /// Number of values in a row.
    pub fn length(&self, row: usize) -> usize {
        self.values.length(row)
    }

    /// The unit of the values of a row.
    pub fn value_unit(&self, row: usize) -> &'a str {
        self.value_units.get_or_empty(row)
    }

    /// Names of the units of `rows`, in the order of their first rows.
    pub fn unit_ids(&self, rows: &[usize]) -> Vec<&'a str> {
        let mut seen = BTreeSet::new();
        rows.iter().map(|&row| self.units.get_or_empty(row)).filter(|unit| seen.insert(*unit)).collect()
    }

    /// The number of a trial that a row is of.
    pub fn trial(&self, row: usize) -> i64 {
        self.trials.get(row).unwrap_or(f64::NAN) as i64
    }

    /// The values of `rows` as `[trials, n_bins, units]`; NaN where there is no row, or no value in it. Rows of other
    /// trials or units are left out.
    ///
    /// # Errors
    /// When two rows are of the same trial and unit, a row has more than `n_bins` values, or there are too many.
    pub fn array(
        &self,
        rows: &[usize],
        trials: &[i64],
        units: &[&str],
        n_bins: usize,
    ) -> Result<Array3<f64>> {
        let n = trials.len().checked_mul(units.len()).and_then(|n| n.checked_mul(n_bins));
        if n.is_none_or(|n| n > MAX_VALUES) {
            return Err(Error::data("too many values for one array")
                .expected(format!("at most {MAX_VALUES}"))
                .found(format!("{} trials × {n_bins} bins × {} units", trials.len(), units.len())));
        }
        let trial_place: HashMap<i64, usize> = trials.iter().copied().zip(0..).collect();
        let unit_place: HashMap<&str, usize> = units.iter().copied().zip(0..).collect();
        let mut array = Array3::from_elem((trials.len(), n_bins, units.len()), f64::NAN);
        let mut seen = vec![false; trials.len() * units.len()];
        for &row in rows {
            let unit = self.units.get_or_empty(row);
            let (Some(&i), Some(&k)) = (trial_place.get(&self.trial(row)), unit_place.get(unit)) else {
                continue;
            };
            let values = self.values.get(row).unwrap_or_default();
            if values.len() > n_bins || std::mem::replace(&mut seen[i * units.len() + k], true) {
                let message = if values.len() > n_bins {
                    "a row has more bins than the counts"
                } else {
                    "two rows are of the same trial and unit"
                };
                return Err(Error::data(message)
                    .at_object(self.place(row))
                    .expected(format!("one row of at most {n_bins} bins"))
                    .found(format!("{} bins", values.len())));
            }
            let mut out = array.slice_mut(s![i, ..values.len(), k]);
            out.iter_mut().zip(values.iter()).for_each(|(out, value)| *out = *value);
        }
        Ok(array)
    }

    /// Which row, for a message.
    pub(super) fn place(&self, row: usize) -> String {
        format!("trials table, row {row}: trial {}, unit {:?}", self.trial(row), self.units.get_or_empty(row))
    }
}
