//! The share of the variance that is explained.

use ndarray::ArrayView2;

/// `R² = 1 - SS_res / SS_tot` of every column; truth first. As scikit-learn has it, a column that does not vary scores 1
/// where it is met exactly and 0 otherwise. NaN without rows.
///
/// # Panics
/// When the shapes differ.
pub fn r2_per_column(truth: ArrayView2<'_, f64>, predicted: ArrayView2<'_, f64>) -> Vec<f64> {
    assert_eq!(truth.dim(), predicted.dim(), "truth and prediction");
    let n = truth.nrows() as f64;
    truth
        .columns()
        .into_iter()
        .zip(predicted.columns())
        .map(|(truth, predicted)| {
            let mean = truth.sum() / n;
            let total: f64 = truth.iter().map(|value| (value - mean).powi(2)).sum();
            let residual: f64 = truth.iter().zip(predicted).map(|(a, b)| (a - b).powi(2)).sum();
            match (residual == 0.0, total == 0.0) {
                _ if n == 0.0 => f64::NAN,
                (true, true) => 1.0,
                (false, true) => 0.0,
                _ => 1.0 - residual / total,
            }
        })
        .collect()
}

/// Mean of [`r2_per_column`] over the columns.
///
/// # Panics
/// When the shapes differ.
pub fn mean_r2(truth: ArrayView2<'_, f64>, predicted: ArrayView2<'_, f64>) -> f64 {
    let columns = r2_per_column(truth, predicted);
    columns.iter().sum::<f64>() / columns.len() as f64
}

/// `R²` of all columns together, `1 - sum SS_res / sum SS_tot`: the mean of [`r2_per_column`] weighted by the variance of
/// the columns. NaN where none varies.
///
/// # Panics
/// When the shapes differ.
pub fn weighted_r2(truth: ArrayView2<'_, f64>, predicted: ArrayView2<'_, f64>) -> f64 {
    assert_eq!(truth.dim(), predicted.dim(), "truth and prediction");
    let n = truth.nrows() as f64;
    let (mut total, mut residual) = (0.0, 0.0);
    for (truth, predicted) in truth.columns().into_iter().zip(predicted.columns()) {
        let mean = truth.sum() / n;
        total += truth.iter().map(|value| (value - mean).powi(2)).sum::<f64>();
        residual += truth.iter().zip(predicted).map(|(a, b)| (a - b).powi(2)).sum::<f64>();
    }
    if total > 0.0 { 1.0 - residual / total } else { f64::NAN }
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

    #[test]
    fn the_order_of_the_arguments_matters() {
        let (truth, predicted) = (array![[0.0], [1.0], [2.0]], array![[0.0], [2.0], [4.0]]);
        assert_eq!(mean_r2(truth.view(), predicted.view()), 1.0 - 5.0 / 2.0);
        assert_eq!(mean_r2(predicted.view(), truth.view()), 1.0 - 5.0 / 8.0);
    }

    #[test]
    fn columns_weigh_by_their_variance() {
        let (truth, predicted) = (array![[0.0, 0.0], [2.0, 20.0]], array![[1.0, 0.0], [1.0, 20.0]]);
        assert_eq!(r2_per_column(truth.view(), predicted.view()), [0.0, 1.0]);
        assert_eq!(weighted_r2(truth.view(), predicted.view()), 1.0 - 2.0 / 202.0);
    }

    #[test]
    fn a_column_that_does_not_vary_scores_one_or_nothing() {
        let (truth, predicted) = (array![[1.0, 1.0], [1.0, 1.0]], array![[1.0, 2.0], [1.0, 1.0]]);
        assert_eq!(r2_per_column(truth.view(), predicted.view()), [1.0, 0.0]);
    }
}
