use ndarray::Array2;
use neuroloom_math::{quantile_sorted, sum_of_squares};
use rayon::prelude::*;

use crate::compare::centred;
use crate::{Rdm, Result, RsaError};

/// What distances between the two thresholds become. Those at or below the lower one are 0, those at or above the upper
/// one the largest distance of the matrix.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Variant {
    /// 1: they stay, `a`.
    #[default]
    Keep,
    /// 2: they rise from 0 to the upper threshold, `u (a - l) / (u - l)`.
    ToThreshold,
    /// 3: they rise from 0 to the largest distance, `max (a - l) / (u - l)`.
    ToMaximum,
}

/// What a threshold between 0 and 1 means.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scale {
    /// A share of the largest distance.
    #[default]
    Maximum,
    /// A quantile of the distances (type 7).
    Quantile,
}

/// One of two representations: its distance matrix cut at all pairs of thresholds, double-centred, of length 1.
#[derive(Clone, Debug)]
pub struct Side {
    n_conditions: usize,
    cells: Vec<(f64, f64)>,
    /// `[n_cells, n_pairs + n_conditions]`; NaN where a cell is constant.
    features: Array2<f64>,
}

impl Side {
    /// Cuts `rdm` at every pair `l < u` of `n_levels` thresholds from 0 to 1: `n_levels (n_levels - 1) / 2` cells, u
    /// ascending, then l.
    ///
    /// # Errors
    /// Fewer than three conditions, a missing, negative or constant dissimilarity, fewer than two levels.
    pub fn new(rdm: &Rdm, n_levels: usize, variant: Variant, scale: Scale) -> Result<Self> {
        rdm.require(3)?;
        if n_levels < 2 {
            let value = n_levels as f64;
            return Err(RsaError::BadParameter { name: "n_levels", expected: "2 or more", value });
        }
        let distances = rdm.dissimilarities();
        check(distances).map_err(|error| error.in_rdm(rdm.name()))?;
        let mut sorted = distances.to_vec();
        sorted.sort_unstable_by(f64::total_cmp);
        let largest = sorted.last().copied().unwrap_or(0.0);
        let at = |level: f64| match scale {
            Scale::Maximum => level * largest,
            Scale::Quantile => quantile_sorted(&sorted, level).unwrap_or(largest),
        };
        let level = |i: usize| i as f64 / (n_levels - 1) as f64;
        let cells: Vec<(f64, f64)> =
            (1..n_levels).flat_map(|u| (0..u).map(move |l| (level(l), level(u)))).collect();
        let rows: Vec<Vec<f64>> = cells
            .par_iter()
            .map(|&(l, u)| feature(&cut(distances, at(l), at(u), largest, variant), rdm.n_conditions()))
            .collect();
        let n_entries = rows.first().map_or(0, Vec::len);
        let mut features = Array2::zeros((rows.len(), n_entries));
        for (mut target, row) in features.outer_iter_mut().zip(&rows) {
            target.iter_mut().zip(row).for_each(|(target, value)| *target = *value);
        }
        Ok(Self { n_conditions: rdm.n_conditions(), cells, features })
    }

    /// Lower and upper threshold of every cell.
    pub fn cells(&self) -> &[(f64, f64)] {
        &self.cells
    }

    /// Conditions.
    pub fn n_conditions(&self) -> usize {
        self.n_conditions
    }

    pub(super) fn features(&self) -> &Array2<f64> {
        &self.features
    }
}

fn check(distances: &[f64]) -> Result<()> {
    let count = distances.iter().filter(|d| **d < 0.0).count();
    if count > 0 {
        return Err(RsaError::NegativeDissimilarities { count, needed: "the distance correlation" });
    }
    if crate::is_constant(distances) {
        return Err(RsaError::ConstantRdm { needed: "the distance correlation" });
    }
    Ok(())
}

fn cut(distances: &[f64], low: f64, high: f64, largest: f64, variant: Variant) -> Vec<f64> {
    let between = |d: f64| match variant {
        Variant::Keep => d,
        Variant::ToThreshold => high * (d - low) / (high - low),
        Variant::ToMaximum => largest * (d - low) / (high - low),
    };
    let cut = |&d: &f64| match d {
        d if d <= low => 0.0,
        d if d >= high => largest,
        d => between(d),
    };
    distances.iter().map(cut).collect()
}

/// The double-centred matrix of length 1. Its variance counts as 0 within the rounding of the means.
fn feature(distances: &[f64], n_conditions: usize) -> Vec<f64> {
    let mut entries = centred(distances, n_conditions);
    let length = sum_of_squares(&entries).sqrt();
    let of_distances = sum_of_squares(distances).sqrt();
    let scale = if length > 1e-13 * of_distances { length.recip() } else { f64::NAN };
    entries.iter_mut().for_each(|entry| *entry *= scale);
    entries
}
