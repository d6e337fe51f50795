//! Time bins of trials.

use std::borrow::Cow;

use neuroloom_core::{Error, Result, Table};
use neuroloom_table::Columns;

use super::MovieParams;

/// How much of a bin or sample rounding may take.
const SLACK: f64 = 1e-6;

/// Bins `[from + k step, from + k step + width)`, seconds from the event.
#[derive(Clone, Debug)]
pub(super) struct Bins {
    from_s: f64,
    step_s: f64,
    width_s: f64,
    n_bins: usize,
}

/// The samples of a trial, and their times from the event.
pub(super) struct Trial<'a> {
    times_s: Vec<f64>,
    samples: Cow<'a, [f64]>,
}

impl<'a> Trial<'a> {
    /// That of a row of a traces table.
    ///
    /// # Errors
    /// When a column is absent or the row has no time base.
    pub(super) fn read(traces: &'a Table, row: usize) -> Result<Self> {
        let samples = traces.lists("trace")?.get(row).unwrap_or_default();
        let times_s = traces.time_base(row)?.times_s(samples.len());
        Ok(Self { times_s, samples })
    }

    /// First and last time, and the usual interval between samples.
    fn reach(&self) -> Option<(f64, f64, f64)> {
        let (first, last) = (*self.times_s.first()?, *self.times_s.last()?);
        let n = self.times_s.len();
        let dt_s = if n > 1 { (last - first) / (n - 1) as f64 } else { 0.0 };
        Some((first, last, dt_s))
    }
}

impl Bins {
    /// The bins of the parameters; where these leave an end open, that which all trials reach.
    ///
    /// # Errors
    /// No sample, bins narrower than samples, no room for a bin.
    pub(super) fn new(
        traces: &Table,
        rows: impl Iterator<Item = usize>,
        params: &MovieParams,
    ) -> Result<Self> {
        let (mut first, mut last, mut dt_s) = (f64::NEG_INFINITY, f64::INFINITY, 0.0_f64);
        for row in rows {
            if let Some((start, stop, interval)) = Trial::read(traces, row)?.reach() {
                (first, last) = (first.max(start), last.min(stop + interval));
                dt_s = dt_s.max(interval);
            }
        }
        let (from_s, to_s) = (params.from_s.unwrap_or(first), params.to_s.unwrap_or(last));
        let step_s = params.step_s.unwrap_or(params.bin_s);
        if params.bin_s.min(step_s) < dt_s * (1.0 - SLACK) {
            return Err(Error::params("the time bins are narrower than the samples")
                .at_object(if step_s < params.bin_s { "step_s" } else { "bin_s" })
                .expected(format!("at least {dt_s} s"))
                .found(format!("{} s", params.bin_s.min(step_s))));
        }
        let room = (to_s - from_s - params.bin_s) / step_s + SLACK;
        if room.is_nan() || room < 0.0 {
            return Err(Error::data("no time bin fits into the trials")
                .expected(format!("{} s that all trials share", params.bin_s))
                .found(format!("from {from_s} s to {to_s} s"))
                .hint("use narrower bins, or drop incomplete trials in prepare.align"));
        }
        // Beyond the samples there is nothing to be binned, however late the end is.
        let reach = ((last.max(to_s.min(last + params.bin_s)) - from_s) / step_s).max(0.0) + 1.0;
        Ok(Self { from_s, step_s, width_s: params.bin_s, n_bins: room.min(reach).floor() as usize + 1 })
    }

    pub(super) fn n_bins(&self) -> usize {
        self.n_bins
    }

    /// Centre of a bin, seconds from the event.
    pub(super) fn centre_s(&self, bin: usize) -> f64 {
        self.from_s + bin as f64 * self.step_s + self.width_s / 2.0
    }

    /// Mean of the valid samples of every bin; none where it has none.
    pub(super) fn means<'a>(&self, trial: &'a Trial<'_>) -> impl Iterator<Item = Option<f64>> + 'a {
        let Self { from_s, step_s, width_s, n_bins } = *self;
        (0..n_bins).map(move |bin| {
            let start = from_s + bin as f64 * step_s - SLACK * width_s;
            let first = trial.times_s.partition_point(|time| *time < start);
            let after = trial.times_s.partition_point(|time| *time < start + width_s);
            let samples = trial.samples.get(first..after).unwrap_or_default();
            let valid = || samples.iter().filter(|sample| !sample.is_nan());
            let n = valid().count();
            (n > 0).then(|| valid().sum::<f64>() / n as f64)
        })
    }
}
