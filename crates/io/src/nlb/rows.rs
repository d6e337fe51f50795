//! The table of trials.

use neuroloom_core::{Error, Result, Table, Unit};
use neuroloom_table::{TableBuilder, kinds};

use super::contents::{Block, Signal, SplitContents};
use super::dataset_name::{Held, SPIKE_COUNT};
use crate::hdf5::File;
use crate::numbers::Numbers;
use crate::trace_rows::{self, Samples};

/// Rows in the making, in the order of the table: by split, signal, trial and unit.
pub(super) struct Rows {
    n_held_in: usize,
    rows: Vec<Row>,
    offsets: Vec<usize>,
    samples: Samples,
    /// Names of units and signals; rows refer to them.
    units: Vec<String>,
    signals: Vec<(String, Unit)>,
}

/// A trial of a unit.
struct Row {
    split: &'static str,
    signal: usize,
    trial: usize,
    unit: usize,
    held: Option<Held>,
    source_trial: Option<i64>,
    n_observed: usize,
}

/// The values of a block, and the place that its first unit has among those of the signal.
struct Loaded<'a> {
    block: &'a Block,
    first_unit: usize,
    observed: Numbers,
    forward: Option<Numbers>,
}

impl Rows {
    /// No rows yet, and room for `n_values` values of 32 bits (`single`) or 64 in `n_rows` rows.
    ///
    /// # Errors
    /// When there is not that much memory.
    pub(super) fn with_room(single: bool, n_values: usize, n_rows: usize, n_held_in: usize) -> Result<Self> {
        Ok(Self {
            n_held_in,
            rows: trace_rows::room(n_rows)?,
            offsets: vec![0],
            samples: Samples::with_room(single, n_values)?,
            units: Vec::new(),
            signals: Vec::new(),
        })
    }

    /// Adds a row for each trial and unit of `signal`, which is in `unit`.
    ///
    /// # Errors
    /// When a dataset is damaged, or a count is no whole number from 0.
    pub(super) fn append(
        &mut self,
        file: &File,
        split: &SplitContents,
        signal: &Signal,
        unit: Unit,
        source_trials: Option<&[i64]>,
    ) -> Result<()> {
        let loaded = self.load(file, signal)?;
        let place = self.signals.len();
        self.signals.push((signal.name.clone(), unit));
        let order = self.unit_order(&loaded);
        for trial in 0..split.n_trials() {
            for &(block, column) in &order {
                let Some(loaded) = loaded.get(block) else { continue };
                self.push_values(loaded, trial, column);
                self.rows.push(Row {
                    split: split.split.name(),
                    signal: place,
                    trial,
                    unit: loaded.first_unit + column,
                    held: loaded.block.held,
                    source_trial: source_trials.and_then(|trials| trials.get(trial).copied()),
                    n_observed: loaded.block.observed.n_bins,
                });
            }
        }
        Ok(())
    }

    /// The table; bins are `dt_s` wide and begin with the trial.
    ///
    /// # Errors
    /// When there are more values than a column of lists can hold.
    pub(super) fn table(self, recording_id: &str, dt_s: f64) -> Result<Table> {
        let n = self.rows.len();
        let signal = |row: &Row| self.signals.get(row.signal);
        let unit_id = |row: &Row| self.units.get(row.unit).map_or("", String::as_str);
        TableBuilder::new(kinds::TRIALS)
            .text("recording_id", std::iter::repeat_n(recording_id, n))
            .text("split", self.rows.iter().map(|row| row.split))
            .text("signal", self.rows.iter().map(|row| signal(row).map_or("", |(name, _)| name)))
            .integers("trial", self.rows.iter().map(|row| row.trial as i64))
            .text("unit_id", self.rows.iter().map(unit_id))
            .optional_text("held", self.rows.iter().map(|row| row.held.map(Held::name)))
            .optional_integers("source_trial", self.rows.iter().map(|row| row.source_trial))
            .numbers("t0_s", std::iter::repeat_n(0.0, n))
            .numbers("dt_s", std::iter::repeat_n(dt_s, n))
            .integers("n_observed", self.rows.iter().map(|row| row.n_observed as i64))
            .array("value", self.samples.into_lists(&self.offsets)?)
            .text("value_unit", self.rows.iter().map(|row| signal(row).map_or("", |(_, unit)| unit.as_str())))
            .finish()
    }

    fn load<'a>(&mut self, file: &File, signal: &'a Signal) -> Result<Vec<Loaded<'a>>> {
        let single = matches!(self.samples, Samples::Single(_));
        let mut all = Vec::with_capacity(signal.blocks.len());
        for block in &signal.blocks {
            let observed = block.observed.read(file, single)?;
            let forward = block.forward.as_ref().map(|forward| forward.read(file, single)).transpose()?;
            if signal.name == SPIKE_COUNT {
                check_counts(file, &block.observed.dataset, &observed)?;
                if let (Some(matrix), Some(forward)) = (&block.forward, &forward) {
                    check_counts(file, &matrix.dataset, forward)?;
                }
            }
            let first_unit = if block.held == Some(Held::Out) { self.n_held_in } else { 0 };
            while self.units.len() < first_unit + block.observed.n_units {
                self.units.push(self.units.len().to_string());
            }
            all.push(Loaded { block, first_unit, observed, forward });
        }
        Ok(all)
    }

    /// Block and column of every unit, by the name of the unit.
    fn unit_order(&self, loaded: &[Loaded<'_>]) -> Vec<(usize, usize)> {
        let columns =
            |(i, own): (usize, &Loaded<'_>)| (0..own.block.observed.n_units).map(move |column| (i, column));
        let mut order: Vec<(usize, usize)> = loaded.iter().enumerate().flat_map(columns).collect();
        let name = |&(block, column): &(usize, usize)| {
            loaded.get(block).and_then(|own| self.units.get(own.first_unit + column))
        };
        order.sort_by(|a, b| name(a).cmp(&name(b)));
        order
    }

    fn push_values(&mut self, loaded: &Loaded<'_>, trial: usize, column: usize) {
        let n_units = loaded.block.observed.n_units;
        let parts = [
            Some((&loaded.block.observed, &loaded.observed)),
            loaded.block.forward.as_ref().zip(loaded.forward.as_ref()),
        ];
        for (matrix, values) in parts.into_iter().flatten() {
            let first = trial * matrix.n_bins * n_units + column;
            self.samples.extend_strided(values, first, n_units, matrix.n_bins);
        }
        self.offsets.push(self.samples.len());
    }
}

/// Counts are whole numbers from 0; NaN marks bins that were not recorded.
fn check_counts(file: &File, dataset: &str, counts: &Numbers) -> Result<()> {
    let is_wrong =
        |count: f64| !(count.is_nan() || (count >= 0.0 && count.fract() == 0.0 && count.is_finite()));
    let wrong = match counts {
        Numbers::F32(counts) => counts.iter().position(|&count| is_wrong(f64::from(count))),
        Numbers::F64(counts) => counts.iter().position(|&count| is_wrong(count)),
        _ => return Err(Error::internal("counts were read as integers")),
    };
    match wrong {
        Some(i) => Err(file
            .error(dataset, "a spike count is no count")
            .at_offset(i as u64)
            .expected("a whole number from 0, or NaN")
            .found(counts.get(i).unwrap_or(f64::NAN).to_string())
            .hint("rates and smoothed counts belong into datasets called rates")),
        None => Ok(()),
    }
}
