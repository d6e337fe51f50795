//! Least-squares polynomials.

/// The polynomial of `order` that fits the samples best in the least-squares sense, at every time; NaN samples have no
/// part in the fit. None where there are no more valid samples at different times than coefficients: such a
/// polynomial passes through all samples and is no trend.
///
/// The basis is orthogonal on the samples and made by its three-term recurrence (Forsythe 1957), so that no ill-conditioned
/// system is solved: `p_(k+1) = (x - a_k) p_k - b_k p_(k-1)` with `a_k = <x p_k, p_k> / <p_k, p_k>` and
/// `b_k = <p_k, p_k> / <p_(k-1), p_(k-1)>`.
///
/// ```
/// use neuroloom_prepare::detrend::fit_polynomial;
///
/// let line = fit_polynomial(&[0.0, 1.0, 2.0, 3.0], &[1.0, f64::NAN, 5.0, 7.0], 1).expect("three samples");
/// assert!((line[1] - 3.0).abs() < 1e-12);
/// ```
pub fn fit_polynomial(times_s: &[f64], values: &[f64], order: usize) -> Option<Vec<f64>> {
    let valid: Vec<bool> = values.iter().map(|value| !value.is_nan()).collect();
    let x = scaled(times_s, &valid)?;
    let mut distinct: Vec<f64> = x.iter().zip(&valid).filter(|(_, valid)| **valid).map(|(x, _)| *x).collect();
    distinct.dedup();
    if distinct.len() <= order + 1 {
        return None;
    }
    let dot = |a: &[f64], b: &[f64]| {
        let terms = a.iter().zip(b).zip(&valid).filter(|(_, valid)| **valid);
        terms.map(|((a, b), _)| a * b).sum::<f64>()
    };
    let mut rest: Vec<f64> = values.to_vec();
    let mut fit = vec![0.0; values.len()];
    let (mut before, mut basis) = (vec![0.0; values.len()], vec![1.0; values.len()]);
    let mut norm_before = 1.0;
    for k in 0..=order {
        let norm = dot(&basis, &basis);
        let coefficient = dot(&rest, &basis) / norm;
        for ((fit, rest), p) in fit.iter_mut().zip(&mut rest).zip(&basis) {
            *fit += coefficient * p;
            *rest -= coefficient * p;
        }
        let times_x: Vec<f64> = basis.iter().zip(&x).map(|(p, x)| p * x).collect();
        let (a, b) = (dot(&times_x, &basis) / norm, if k == 0 { 0.0 } else { norm / norm_before });
        let next = basis.iter().zip(&before).zip(&x).map(|((p, q), x)| (x - a) * p - b * q).collect();
        before = std::mem::replace(&mut basis, next);
        norm_before = norm;
    }
    Some(fit)
}

/// The times moved and scaled so that those of valid samples reach from -1 to 1; none where all are the same.
fn scaled(times_s: &[f64], valid: &[bool]) -> Option<Vec<f64>> {
    let inside = || times_s.iter().zip(valid).filter(|(_, valid)| **valid).map(|(time, _)| *time);
    let (low, high) = (inside().reduce(f64::min)?, inside().reduce(f64::max)?);
    let (middle, half) = (low + (high - low) / 2.0, (high - low) / 2.0);
    // A single sample has a mean, but no slope.
    (half > 0.0).then(|| times_s.iter().map(|time| (time - middle) / half).collect())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The normal equations, by Gaussian elimination.
    fn slow(times: &[f64], values: &[f64], order: usize) -> Vec<f64> {
        let valid: Vec<usize> = (0..values.len()).filter(|&i| !values[i].is_nan()).collect();
        let n = order + 1;
        let mut system = vec![vec![0.0; n + 1]; n];
        for &i in &valid {
            for (r, row) in system.iter_mut().enumerate() {
                for (c, entry) in row.iter_mut().enumerate().take(n) {
                    *entry += times[i].powi((r + c) as i32);
                }
                row[n] += times[i].powi(r as i32) * values[i];
            }
        }
        for pivot in 0..n {
            let best = (pivot..n).max_by(|&a, &b| system[a][pivot].abs().total_cmp(&system[b][pivot].abs()));
            system.swap(pivot, best.unwrap());
            let row = system[pivot].clone();
            for (r, other) in system.iter_mut().enumerate().filter(|(r, _)| *r != pivot) {
                let factor = other[pivot] / row[pivot];
                assert_ne!(r, pivot);
                for c in pivot..=n {
                    other[c] -= factor * row[c];
                }
            }
        }
        let value = |t: f64| (0..n).map(|k| system[k][n] / system[k][k] * t.powi(k as i32)).sum();
        times.iter().map(|&t| value(t)).collect()
    }

    fn samples() -> impl Strategy<Value = Vec<f64>> {
        let value = prop_oneof![9 => -5.0..5.0f64, 1 => Just(f64::NAN)];
        prop::collection::vec(value, 12..60)
    }

    proptest! {
        #[test]
        fn the_fit_solves_the_normal_equations(values in samples(), order in 0usize..4) {
            let times: Vec<f64> = (0..values.len()).map(|i| i as f64 / values.len() as f64 - 0.3).collect();
            prop_assume!(values.iter().filter(|x| !x.is_nan()).count() > order + 3);
            let fit = fit_polynomial(&times, &values, order).unwrap();
            for (a, b) in fit.iter().zip(slow(&times, &values, order)) {
                prop_assert!((a - b).abs() < 1e-6 * (1.0 + b.abs()), "{a} {b}");
            }
        }

        #[test]
        fn a_polynomial_is_its_own_trend_far_from_zero(
            coefficients in prop::collection::vec(-2.0..2.0f64, 1..9), start_s in 0.0..1e5f64,
        ) {
            let times: Vec<f64> = (0..200).map(|i| start_s + f64::from(i) * 0.05).collect();
            let at = |t: f64| coefficients.iter().rev().fold(0.0, |sum, c| sum * ((t - start_s) / 10.0) + c);
            let values: Vec<f64> = times.iter().map(|&t| at(t)).collect();
            let fit = fit_polynomial(&times, &values, coefficients.len() - 1).unwrap();
            prop_assert!(fit.iter().zip(&values).all(|(a, b)| (a - b).abs() < 1e-8));
        }
    }

    #[test]
    fn what_passes_through_all_samples_is_no_trend() {
        assert_eq!(fit_polynomial(&[0.0, 1.0], &[1.0, 2.0], 1), None);
        assert_eq!(fit_polynomial(&[0.0, 1.0, 2.0], &[1.0, f64::NAN, 2.0], 1), None);
        assert_eq!(fit_polynomial(&[1.0, 1.0, 1.0], &[1.0, 2.0, 3.0], 0), None);
        assert_eq!(fit_polynomial(&[], &[], 0), None);
    }
}
