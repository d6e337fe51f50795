//! Quantiles with linear interpolation (type 7 of Hyndman & Fan 1996, the default of R and numpy).

/// Quantile `q` of values that are sorted ascending: `x[k] + (h - k) (x[k+1] - x[k])` with `h = (n - 1) q`
/// and `k = floor(h)`. None where there are no values or `q` is outside `[0, 1]`.
pub fn quantile_sorted(sorted: &[f64], q: f64) -> Option<f64> {
    let (below, fraction) = position(sorted.len(), q)?;
    let low = *sorted.get(below)?;
    Some(sorted.get(below + 1).map_or(low, |high| low + fraction * (high - low)))
}

/// Quantile `q` of values in any order, by selection in linear time; reorders them. Values must not be NaN.
/// None where there are no values or `q` is outside `[0, 1]`.
pub fn quantile(values: &mut [f64], q: f64) -> Option<f64> {
    let (below, fraction) = position(values.len(), q)?;
    let (_, low, above) = values.select_nth_unstable_by(below, f64::total_cmp);
    let high = above.iter().copied().min_by(f64::total_cmp);
    Some(high.map_or(*low, |high| *low + fraction * (high - *low)))
}

fn position(n: usize, q: f64) -> Option<(usize, f64)> {
    if n == 0 || !(0.0..=1.0).contains(&q) {
        return None;
    }
    let h = (n - 1) as f64 * q;
    Some((h.floor() as usize, h.fract()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn quantiles_equal_those_of_numpy() {
        let sorted = [1.0, 2.0, 4.0, 8.0];
        let found: Vec<_> = [0.0, 0.1, 0.5, 0.9, 1.0].map(|q| quantile_sorted(&sorted, q).unwrap()).into();
        for (found, expected) in found.iter().zip([1.0, 1.3, 3.0, 6.8, 8.0]) {
            assert!((found - expected).abs() < 1e-14, "{found} {expected}");
        }
    }

    #[test]
    fn nothing_and_outside_have_no_quantile() {
        assert_eq!(quantile_sorted(&[], 0.5), None);
        assert_eq!(quantile(&mut [1.0], 1.1), None);
        assert_eq!(quantile(&mut [1.0], f64::NAN), None);
    }

    proptest! {
        #[test]
        fn selection_equals_sorting(mut values in prop::collection::vec(-9_i32..9, 1..50), q in 0.0_f64..=1.0) {
            let mut shuffled: Vec<f64> = values.iter().copied().map(f64::from).collect();
            values.sort_unstable();
            let sorted: Vec<f64> = values.into_iter().map(f64::from).collect();
            prop_assert_eq!(quantile(&mut shuffled, q), quantile_sorted(&sorted, q));
        }
    }
}
