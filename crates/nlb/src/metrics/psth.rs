//! Peri-stimulus time histograms: measured responses of conditions against predicted ones.

use ndarray::{Array2, ArrayView3, Axis};
use neuroloom_core::{Error, Result};

use super::{mean_r2, r2_per_column};

/// The score of predicted responses.
#[derive(Clone, Debug, PartialEq)]
pub struct Psth {
    /// Mean R² over the units.
    pub r2: f64,
    /// R² of every unit.
    pub units: Vec<f64>,
    /// Rows that were compared: bins of conditions.
    pub n: usize,
}

/// Mean of `rates` `[trials, bins, units]` over `trials`, each shifted to later bins by its `jitter`; NaN where a
/// shifted trial does not reach.
///
/// # Errors
/// When a trial is not there.
pub fn predicted_psth(
    rates: ArrayView3<'_, f64>,
    trials: &[usize],
    jitter: Option<&[i64]>,
) -> Result<Array2<f64>> {
    let (n, bins, units) = rates.dim();
    let mut mean = Array2::zeros((bins, units));
    for &trial in trials {
        if trial >= n {
            return Err(Error::data("a condition names a trial that is not there")
                .expected(format!("a number below {n}"))
                .found(trial.to_string()));
        }
        let shift = jitter.and_then(|jitter| jitter.get(trial).copied()).unwrap_or(0);
        let rates = rates.index_axis(Axis(0), trial);
        for (bin, mut row) in mean.outer_iter_mut().enumerate() {
            match usize::try_from(bin as i64 - shift).ok().filter(|&from| from < bins) {
                Some(from) => row += &rates.index_axis(Axis(0), from),
                None => row.fill(f64::NAN),
            }
        }
    }
    Ok(mean / trials.len() as f64)
}

/// R² of the responses that `rates` `[trials, bins, units]` predict for every condition, all conditions and bins
/// stacked, averaged over units. `reference` is `[conditions, bins, units]`; bins where its first unit is NaN do not
/// count, nor do conditions without trials.
///
/// # Errors
/// When shapes do not fit, a predicted response is NaN in a bin that counts, or no bin counts.
pub fn psth_r2(
    reference: ArrayView3<'_, f64>,
    rates: ArrayView3<'_, f64>,
    trials: &[Vec<usize>],
    jitter: Option<&[i64]>,
) -> Result<Psth> {
    let ((conditions, bins, units), (_, bins_own, units_own)) = (reference.dim(), rates.dim());
    if (bins, units) != (bins_own, units_own) || trials.len() != conditions {
        return Err(Error::data("predicted rates and reference responses do not fit")
            .expected(format!("{bins} bins × {units} units, and trials of {conditions} conditions"))
            .found(format!("{bins_own} bins × {units_own} units, {} conditions", trials.len())));
    }
    let (mut truth, mut predicted) = (Vec::<f64>::new(), Vec::<f64>::new());
    for (reference, trials) in reference.outer_iter().zip(trials).filter(|(_, trials)| !trials.is_empty()) {
        let own = predicted_psth(rates, trials, jitter)?;
        for (reference, own) in reference.outer_iter().zip(own.outer_iter()) {
            if reference.first().is_some_and(|value| !value.is_nan()) {
                truth.extend(reference);
                predicted.extend(own);
            }
        }
    }
    if truth.is_empty() || truth.iter().chain(&predicted).any(|value| !value.is_finite()) {
        return Err(Error::data("responses of conditions cannot be compared")
            .expected("bins of conditions with trials, and finite rates in all bins that the reference has")
            .found(format!("{} bins", truth.len() / units.max(1))));
    }
    let shape = |values: Vec<f64>| {
        Array2::from_shape_vec((values.len() / units, units), values)
            .map_err(|e| Error::internal(e.to_string()))
    };
    let (truth, predicted) = (shape(truth)?, shape(predicted)?);
    let units = r2_per_column(truth.view(), predicted.view());
    Ok(Psth { r2: mean_r2(truth.view(), predicted.view()), units, n: truth.nrows() })
}

#[cfg(test)]
mod tests {
    use ndarray::{Array3, s};

    use super::*;

    #[test]
    fn jitter_moves_a_trial_and_leaves_a_gap() {
        let rates = Array3::from_shape_fn((2, 4, 1), |(i, j, _)| (10 * i + j) as f64);
        let later = predicted_psth(rates.view(), &[1], Some(&[0, 1])).unwrap();
        assert!(later[[0, 0]].is_nan());
        assert_eq!(later.slice(s![1.., 0]).to_vec(), [10.0, 11.0, 12.0]);
        let earlier = predicted_psth(rates.view(), &[1], Some(&[0, -2])).unwrap();
        assert_eq!(earlier.slice(s![..2, 0]).to_vec(), [12.0, 13.0]);
        assert!(earlier[[3, 0]].is_nan());
    }

    #[test]
    fn conditions_without_trials_do_not_count() {
        let rates = Array3::from_shape_fn((2, 3, 2), |(i, j, k)| (i + j * j + k) as f64);
        let mut reference = Array3::from_elem((2, 3, 2), 99.0);
        reference.slice_mut(s![0, .., ..]).assign(&rates.slice(s![0, .., ..]));
        let score = psth_r2(reference.view(), rates.view(), &[vec![0], vec![]], None).unwrap();
        assert_eq!((score.r2, score.n), (1.0, 3));
        assert!(psth_r2(reference.view(), rates.view(), &[vec![], vec![]], None).is_err());
        assert!(psth_r2(reference.view(), rates.view(), &[vec![0], vec![2]], None).is_err());
    }
}
