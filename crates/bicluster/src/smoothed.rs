//! Smoothed square-root counts: which neurons go together, before any model is asked.

use ndarray::{Array2, ArrayViewMut1, Axis, parallel::prelude::*};

use crate::Counts;

/// Standard deviation of the Gaussian, bins.
const SD: f64 = 3.0;
/// Where the Gaussian ends, standard deviations.
const REACH: f64 = 4.0;

/// Square roots of the counts, smoothed by a Gaussian of standard deviation 3 bins within segments, `[n_units, n_bins]`.
/// A bin that is not seen has the mean of the neuron's bins that are.
pub fn smoothed_roots(counts: &Counts) -> Array2<f64> {
    let mut smoothed = Array2::zeros((counts.n_units(), counts.n_bins()));
    let kernel = kernel();
    smoothed
        .axis_iter_mut(Axis(0))
        .into_par_iter()
        .enumerate()
        .for_each(|(unit, row)| smooth_unit(counts, unit, &kernel, row));
    smoothed
}

/// Pearson correlations of any two rows, `[n_rows, n_rows]`; 0 with a row that never varies.
pub fn correlations(rows: &Array2<f64>) -> Array2<f64> {
    let n = rows.ncols().max(1) as f64;
    let mut rows = rows.clone();
    standardise(&mut rows);
    let mut correlations = rows.dot(&rows.t());
    correlations.mapv_inplace(|sum| (sum / n).clamp(-1.0, 1.0));
    correlations
}

/// Every row with mean 0 and variance 1; a constant row becomes 0.
pub(crate) fn standardise(rows: &mut Array2<f64>) {
    let n = rows.ncols().max(1) as f64;
    for mut row in rows.rows_mut() {
        let mean = row.sum() / n;
        row.mapv_inplace(|value| value - mean);
        let variance = row.iter().map(|value| value * value).sum::<f64>() / n;
        let scale = if variance > 1e-20 { 1.0 / variance.sqrt() } else { 0.0 };
        row.mapv_inplace(|value| value * scale);
    }
}

/// Weights at distances 0, 1, ..
fn kernel() -> Vec<f64> {
    let reach = (REACH * SD) as usize;
    (0..=reach).map(|distance| (-0.5 * (distance as f64 / SD).powi(2)).exp()).collect()
}

fn smooth_unit(counts: &Counts, unit: usize, kernel: &[f64], mut row: ArrayViewMut1<'_, f64>) {
    let seen = counts.seen(unit);
    let mut roots: Vec<f64> = counts.unit(unit).iter().map(|&count| f64::from(count).sqrt()).collect();
    let n_seen = seen.iter().filter(|&&seen| seen).count().max(1) as f64;
    let mean = roots.iter().sum::<f64>() / n_seen;
    for (root, &seen) in roots.iter_mut().zip(seen) {
        if !seen {
            *root = mean;
        }
    }
    for segment in counts.segments() {
        let part = &roots[segment.clone()];
        for (at, smooth) in row.iter_mut().skip(segment.start).take(part.len()).enumerate() {
            let first = at.saturating_sub(kernel.len() - 1);
            let last = (at + kernel.len()).min(part.len());
            let (mut sum, mut weight) = (0.0, 0.0);
            for (other, &value) in part[first..last].iter().enumerate() {
                let share = kernel[(first + other).abs_diff(at)];
                sum += share * value;
                weight += share;
            }
            *smooth = sum / weight;
        }
    }
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

    #[test]
    fn a_constant_neuron_stays_constant_and_correlates_with_none() {
        let counts = array![[4, 4, 4, 4, 4, 4], [0, 1, 4, 9, 0, 1]];
        let counts = Counts::new(counts, Array2::from_elem((2, 6), true), vec![0..3, 3..6]);
        let smoothed = smoothed_roots(&counts);
        assert!(smoothed.row(0).iter().all(|value| (value - 2.0).abs() < 1e-12));
        let correlations = correlations(&smoothed);
        assert_eq!(correlations[[0, 1]], 0.0);
        assert!((correlations[[1, 1]] - 1.0).abs() < 1e-12);
    }

    #[test]
    fn what_is_not_seen_has_no_influence() {
        let seen = array![[true, false, true, true], [true, true, true, true]];
        let with = |hidden: u32| {
            let counts = array![[1, hidden, 4, 0], [2, 0, 1, 3]];
            smoothed_roots(&Counts::new(counts, seen.clone(), std::iter::once(0..4).collect()))
        };
        assert_eq!(with(0), with(900));
    }
}
