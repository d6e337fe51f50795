use ndarray::Array2;
use neuroloom_core::{Result as CoreResult, Seed};
use rayon::prelude::*;

use super::permutation::{permutation, permuted};
use super::{Side, correlations, dependence_map};

/// Maps that are held at a time.
const BATCH: usize = 32;
/// The least standard deviation that a cell is divided by, as published.
const LEAST_DEVIATION: f64 = 1e-5;

/// What is taken over the cells of a map.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StatisticKind {
    /// The largest distance correlation.
    Max,
    /// The largest ratio of a cell to its mean H0 over permutations.
    MaxRatio,
    /// The largest `1 + (ratio - 1) / sd`, with the standard deviation of the ratio of the cell over permutations and
    /// the data.
    MaxNormalised,
}

impl StatisticKind {
    /// `max`, `max_ratio`, `max_normalised`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Max => "max",
            Self::MaxRatio => "max_ratio",
            Self::MaxNormalised => "max_normalised",
        }
    }
}

/// A statistic of a pair of representations.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Statistic {
    /// Which.
    pub kind: StatisticKind,
    /// Its value.
    pub value: f64,
    /// The cells of both sides where it was found.
    pub cell: (usize, usize),
    /// `(1 + count) / (1 + n)` of the n permutations whose value is not below this one; none without permutations.
    pub p: Option<f64>,
}

/// Random orders of the conditions of one side.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Permutations {
    /// For the p values; 0 for none.
    pub n: usize,
    /// For the mean map H0 that ratios refer to.
    pub n_search: usize,
    /// The node of the seed tree below which every permutation has a stream of its own.
    pub seed: Seed,
}

/// The map of distance correlations with its statistics.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// `[n_cells_x, n_cells_y]`, NaN where a cell is constant.
    pub map: Array2<f64>,
    /// Without permutations the largest correlation alone.
    pub statistics: Vec<Statistic>,
    /// Permutations behind the p values.
    pub n_permutations: usize,
}

/// The map of `x` and `y` and the statistics over its cells, with p values by permuting the conditions of `y`.
/// `check` is called between batches of permutations and may stop the work.
///
/// # Errors
/// When the two have different numbers of conditions, and what `check` gives.
pub fn test(
    x: &Side,
    y: &Side,
    permutations: Permutations,
    check: impl Fn() -> CoreResult<()>,
) -> CoreResult<Outcome> {
    let map = dependence_map(x, y)?;
    let Permutations { n, n_search, seed } = permutations;
    let null = Null { x, y, check };
    let mut statistics = vec![statistic(StatisticKind::Max, &map)];
    if n == 0 || n_search == 0 {
        return Ok(Outcome { map, statistics, n_permutations: 0 });
    }
    let mean = null.mean(seed.child("search"), n_search)?;
    let ratio = &map / &mean;
    let seed = seed.child("test");
    let deviation = null.deviation(seed, n, &mean, &ratio)?;
    let normalise = |ratio: Array2<f64>| 1.0 + (ratio - 1.0) / &deviation;
    statistics.push(statistic(StatisticKind::MaxRatio, &ratio));
    statistics.push(statistic(StatisticKind::MaxNormalised, &normalise(ratio)));
    let mut counts = [0_usize; 3];
    null.each(seed, n, |permuted| {
        let ratio = &permuted / &mean;
        let values = [largest(&permuted), largest(&ratio), largest(&normalise(ratio))];
        for ((count, (value, _)), statistic) in counts.iter_mut().zip(values).zip(&statistics) {
            *count += usize::from(value >= statistic.value);
        }
    })?;
    for (statistic, count) in statistics.iter_mut().zip(counts) {
        statistic.p = Some((1 + count) as f64 / (1 + n) as f64);
    }
    Ok(Outcome { map, statistics, n_permutations: n })
}

/// Maps under the hypothesis that the two have nothing in common.
struct Null<'a, C> {
    x: &'a Side,
    y: &'a Side,
    check: C,
}

impl<C: Fn() -> CoreResult<()>> Null<'_, C> {
    /// Calls `visit` with `n` maps, in order.
    fn each(&self, seed: Seed, n: usize, mut visit: impl FnMut(Array2<f64>)) -> CoreResult<()> {
        let map = |index: usize| {
            let order = permutation(seed, index, self.y.n_conditions());
            correlations(self.x.features(), &permuted(self.y.features(), &order))
        };
        for first in (0..n).step_by(BATCH) {
            (self.check)()?;
            let maps: Vec<Array2<f64>> = (first..n.min(first + BATCH)).into_par_iter().map(map).collect();
            maps.into_iter().for_each(&mut visit);
        }
        Ok(())
    }

    fn mean(&self, seed: Seed, n: usize) -> CoreResult<Array2<f64>> {
        let mut sum = Array2::zeros((self.x.cells().len(), self.y.cells().len()));
        self.each(seed, n, |map| sum += &map)?;
        Ok(sum / n as f64)
    }

    /// Standard deviation (of the population) of every cell's ratio over `n` permutations and the data.
    fn deviation(
        &self,
        seed: Seed,
        n: usize,
        mean: &Array2<f64>,
        ratio: &Array2<f64>,
    ) -> CoreResult<Array2<f64>> {
        // Ratios are near 1, so that little is lost by taking their squares from there.
        let mut sum = ratio - 1.0;
        let mut squares = &sum * &sum;
        self.each(seed, n, |map| {
            let ratio = map / mean - 1.0;
            squares += &(&ratio * &ratio);
            sum += &ratio;
        })?;
        let n = (n + 1) as f64;
        let variance = squares / n - (sum / n).mapv(|mean| mean * mean);
        Ok(variance.mapv(|variance| variance.max(0.0).sqrt().max(LEAST_DEVIATION)))
    }
}

fn statistic(kind: StatisticKind, map: &Array2<f64>) -> Statistic {
    let (value, cell) = largest(map);
    Statistic { kind, value, cell, p: None }
}

/// The first of the largest cells; NaN where all are.
fn largest(map: &Array2<f64>) -> (f64, (usize, usize)) {
    let cells = map.indexed_iter().filter(|(_, value)| !value.is_nan());
    let largest = cells.reduce(|best, next| if next.1 > best.1 { next } else { best });
    largest.map_or((f64::NAN, (0, 0)), |(cell, &value)| (value, cell))
}
