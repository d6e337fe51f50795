//! Whether counts are what a model can learn from.

use neuroloom_core::{Error, Result};

use super::{Split, TrialSet};

/// Largest count of a bin.
const MAX_COUNT: f32 = u16::MAX as f32;
/// Spikes that true rates must expect before they are compared with the counts.
const MIN_EXPECTED: f64 = 100.0;
/// Largest ratio of expected to found spikes, either way.
const MAX_RATIO: f64 = 1.2;

impl TrialSet {
    pub(super) fn check(&mut self) -> Result<()> {
        self.check_sizes()?;
        for trial in 0..self.trials.len() as u32 {
            self.check_counts(trial)?;
        }
        self.check_truth()
    }

    /// Whether it can be fitted: trials to fit and to validate, and units with spikes.
    ///
    /// # Errors
    /// When something of that is missing.
    pub fn check_for_training(&mut self) -> Result<()> {
        let (n_train, n_valid) = (self.of(Split::Train).len(), self.of(Split::Valid).len());
        if n_train < 2 || n_valid < 1 {
            return Err(Error::data("there are too few trials")
                .at_object("split")
                .expected("at least 2 trials to train and 1 to validate")
                .found(format!("{n_train} and {n_valid}"))
                .hint("the column `split` says what a trial is for"));
        }
        let spikes = self.training_spikes();
        let silent = |units: std::ops::Range<usize>| {
            let ids = units.filter(|&unit| spikes.get(unit).is_some_and(|&n| n == 0.0));
            ids.filter_map(|unit| self.units.get(unit)).cloned().collect::<Vec<_>>()
        };
        let (seen, held_out) = (silent(0..self.size.n_in), silent(self.size.n_in..self.size.n_out));
        if seen.len() == self.size.n_in {
            return Err(Error::data("no unit that a model sees has a spike in the trials to train")
                .expected("at least one spike")
                .hint("check the units and the bins"));
        }
        for (units, what) in [(seen, "held-in"), (held_out, "held-out")] {
            if !units.is_empty() {
                self.warnings
                    .push(format!("silent {what} units in the trials to train: {}", units.join(", ")));
            }
        }
        Ok(())
    }

    fn training_spikes(&self) -> Vec<f64> {
        let mut spikes = vec![0.0; self.size.n_out];
        for trial in self.of(Split::Train) {
            for row in self.counts(trial).chunks_exact(self.size.n_out) {
                spikes.iter_mut().zip(row).for_each(|(sum, &count)| *sum += f64::from(count));
            }
        }
        spikes
    }

    fn check_sizes(&self) -> Result<()> {
        let size = self.size;
        if size.n_in == 0 {
            return Err(Error::data("every unit is held out")
                .at_object("held")
                .expected("at least one unit that is held in"));
        }
        if size.n_observed < 2 || size.n_observed > size.n_bins {
            return Err(Error::data("the observed bins do not fit the trials")
                .at_object("n_observed")
                .expected(format!("2 to {} bins", size.n_bins))
                .found(size.n_observed.to_string()));
        }
        if !(self.dt_s.is_finite() && self.dt_s > 0.0) {
            return Err(Error::data("bins have no width")
                .at_object("dt_s")
                .expected("a finite number above 0")
                .found(self.dt_s.to_string()));
        }
        Ok(())
    }

    /// Counts are whole and known, but for those that a model predicts and nobody fits.
    fn check_counts(&self, trial: u32) -> Result<()> {
        let size = self.size;
        let train = self.trials.get(trial as usize).is_some_and(|info| info.split == Split::Train);
        for (bin, row) in self.counts(trial).chunks_exact(size.n_out).enumerate() {
            for (unit, &count) in row.iter().enumerate() {
                let must_be_known = train || (unit < size.n_in && bin < size.n_observed);
                let is_count = (0.0..=MAX_COUNT).contains(&count) && count.fract() == 0.0;
                if !is_count && (must_be_known || !count.is_nan()) {
                    let expected = if must_be_known { "a whole number" } else { "NaN or a whole number" };
                    return Err(Error::data("a count is no count of spikes")
                        .at_object(self.place(trial, unit))
                        .at_offset(bin as u64)
                        .expected(format!("{expected} from 0 to {MAX_COUNT}"))
                        .found(count.to_string())
                        .hint("is `signal` the spike counts, and are they neither smoothed nor divided?"));
                }
            }
        }
        Ok(())
    }

    /// True rates expect about as many spikes as there are, or their unit is another.
    fn check_truth(&self) -> Result<()> {
        let Some(truth) = &self.truth_hz else { return Ok(()) };
        let pairs = truth.iter().zip(&self.counts).filter(|(_, count)| !count.is_nan());
        let (mut expected, mut found) = (0.0, 0.0);
        for (&rate_hz, &count) in pairs {
            expected += f64::from(rate_hz) * self.dt_s;
            found += f64::from(count);
        }
        let ratio = expected / found;
        let enough = expected > MIN_EXPECTED || found > MIN_EXPECTED;
        if enough && !(1.0 / MAX_RATIO..=MAX_RATIO).contains(&ratio) {
            return Err(Error::data("the true rates do not fit the counts")
                .expected(format!("rates in Hz that expect about {found} spikes"))
                .found(format!("{expected:.1} spikes"))
                .hint("give the true rates in Hz, or name another signal: `truth`"));
        }
        Ok(())
    }

    fn place(&self, trial: u32, unit: usize) -> String {
        let info = self.trials.get(trial as usize);
        let (split, number) = info.map_or(("", 0), |info| (info.split.name(), info.trial));
        let unit = self.units.get(unit).map_or("", String::as_str);
        format!("{split} trial {number}, unit {unit}, bin")
    }
}
