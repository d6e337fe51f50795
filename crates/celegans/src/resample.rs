//! Resampling to the common clock: one plan of weights per recording, shared by all signals and neurons.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::block::{LANES, Row, Rows, sized};

/// Fine samples per coarse one on the way down.
const FINE_PER_COARSE: usize = 6;

/// Whether the common clock is finer or coarser than the source's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResamplePath {
    /// Finer: linear interpolation.
    Up,
    /// Coarser or equal: linear interpolation at a sixth of the interval, then means of six.
    Down,
}

impl ResamplePath {
    /// The word in the tables.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Up => "up",
            Self::Down => "down",
        }
    }
}

/// Where in its interval a mean is stamped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AggregateTimestamp {
    /// At the interval's start, as published: 5/12 of the interval before the centroid of what was averaged.
    #[default]
    Start,
    /// At the centroid of the samples that were averaged.
    Centroid,
}

impl AggregateTimestamp {
    /// The word in the tables.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Centroid => "centroid",
        }
    }
}

/// Which samples of the source make which sample of the result. Every output is one row of the source plus
/// weighted differences of the rows after it to that row, so that a constant stays exactly constant.
#[derive(Clone, Debug)]
pub struct Resampler {
    /// Finer or coarser.
    pub path: ResamplePath,
    /// The common clock, seconds from the first sample of the source.
    pub times_s: Vec<f64>,
    taps: Vec<Taps>,
    weights: Vec<f64>,
}

/// One sample of the result: the rows of the source from `first_row`, the weights of those after it.
#[derive(Clone, Copy, Debug)]
struct Taps {
    first_row: usize,
    weights_start: usize,
    weights_stop: usize,
}

/// A signal on the common clock that is made when it is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Samples<'a> {
    plan: &'a Resampler,
    x: &'a [Row],
}

impl Rows for Samples<'_> {
    #[inline(always)]
    fn row(&self, k: usize) -> Row {
        self.plan.weigh(self.plan.taps[k], self.x)
    }
}

impl Resampler {
    /// The plan from the clock `times_s` (increasing, from 0) with median interval `median_dt_s` to the
    /// interval `dt_s`: sample `k` at `k dt_s`, the end of the recording excluded.
    pub fn new(times_s: &[f64], median_dt_s: f64, dt_s: f64, stamp: AggregateTimestamp) -> Self {
        let end_s = times_s.last().copied().unwrap_or(0.0);
        if dt_s < median_dt_s {
            let grid = grid(end_s, dt_s);
            let mut plan = Self::empty(ResamplePath::Up, grid.len());
            grid.chunks_exact(1).for_each(|moment| plan.push(times_s, moment));
            plan.times_s = grid;
            return plan;
        }
        let fine_dt_s = dt_s / FINE_PER_COARSE as f64;
        let fine = grid(end_s, fine_dt_s);
        let moments = fine.chunks_exact(FINE_PER_COARSE);
        let mut plan = Self::empty(ResamplePath::Down, moments.len());
        let offset_s = match stamp {
            AggregateTimestamp::Start => 0.0,
            AggregateTimestamp::Centroid => (FINE_PER_COARSE - 1) as f64 / 2.0 * fine_dt_s,
        };
        plan.times_s = (0..moments.len()).map(|k| k as f64 * dt_s + offset_s).collect();
        moments.for_each(|moments| plan.push(times_s, moments));
        plan
    }

    /// `x` on the common clock, to `out`.
    #[inline(always)]
    pub fn resample(&self, x: &[Row], out: &mut Vec<Row>) {
        for (k, value) in sized(out, self.taps.len()).iter_mut().enumerate() {
            *value = self.weigh(self.taps[k], x);
        }
    }

    /// The samples of `x` on the common clock, made one by one.
    pub fn samples<'a>(&'a self, x: &'a [Row]) -> Samples<'a> {
        Samples { plan: self, x }
    }

    #[inline(always)]
    fn weigh(&self, taps: Taps, x: &[Row]) -> Row {
        let first = x[taps.first_row];
        let mut value = first;
        for (row, weight) in
            x[taps.first_row + 1..].iter().zip(&self.weights[taps.weights_start..taps.weights_stop])
        {
            for lane in 0..LANES {
                value[lane] += weight * (row[lane] - first[lane]);
            }
        }
        value
    }

    fn empty(path: ResamplePath, capacity: usize) -> Self {
        Self {
            path,
            times_s: Vec::new(),
            taps: Vec::with_capacity(capacity),
            weights: Vec::with_capacity(capacity),
        }
    }

    /// Adds the mean of the linear interpolations at `moments`, ascending. Rows without weight are left out, so
    /// that a NaN reaches only what is made of it.
    fn push(&mut self, times_s: &[f64], moments: &[f64]) {
        let mut row = self.taps.last().map_or(0, |taps| taps.first_row);
        let mut taps: Vec<(usize, f64)> = Vec::with_capacity(2 * moments.len());
        let share = 1.0 / moments.len() as f64;
        for &moment in moments {
            while row + 2 < times_s.len() && times_s[row + 1] <= moment {
                row += 1;
            }
            let (from, to) = (times_s[row], times_s.get(row + 1).copied().unwrap_or(f64::INFINITY));
            let weight = ((moment - from) / (to - from)).clamp(0.0, 1.0);
            taps.extend([(row, share * (1.0 - weight)), (row + 1, share * weight)]);
        }
        taps.retain(|(_, weight)| *weight > 0.0);
        let first_row = taps.first().map_or(row, |(row, _)| *row);
        let weights_start = self.weights.len();
        for (row, weight) in taps.into_iter().filter(|(row, _)| *row > first_row) {
            let place = weights_start + (row - first_row - 1);
            self.weights.resize(self.weights.len().max(place + 1), 0.0);
            self.weights[place] += weight;
        }
        self.taps.push(Taps { first_row, weights_start, weights_stop: self.weights.len() });
    }
}

/// `k dt_s` for `k < ceil(end_s / dt_s)`.
fn grid(end_s: f64, dt_s: f64) -> Vec<f64> {
    let n = (end_s / dt_s).ceil() as usize;
    (0..n).map(|k| k as f64 * dt_s).collect()
}
