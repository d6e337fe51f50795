//! Convolution with edges and missing samples.

use super::{Edges, Kernel};

/// Smooths `trace`: `y_i = sum_k w_k x_(i-k) / sum_k w_k`, over the samples that are there.
///
/// - A NaN stays NaN; its weight is taken out of its neighbours' averages.
/// - `edges` says what stands beyond the ends: nothing ([`Edges::Renormalise`]), zeros that count
///   ([`Edges::Zero`]), or the mirror image ([`Edges::Reflect`], which keeps the sum of the trace under a
///   symmetric kernel).
///
/// ```
/// use neuroloom_prepare::smooth::{Edges, Kernel, smooth};
///
/// let kernel = Kernel::boxcar(3.0);
/// assert_eq!(smooth(&[3.0, 0.0, 0.0], &kernel, Edges::Renormalise), [1.5, 1.0, 0.0]);
/// assert_eq!(smooth(&[3.0, 0.0, 0.0], &kernel, Edges::Zero), [1.0, 1.0, 0.0]);
/// ```
pub fn smooth(trace: &[f64], kernel: &Kernel, edges: Edges) -> Vec<f64> {
    let average = |i: usize| {
        let (mut sum, mut weight_sum) = (0.0, 0.0);
        for (lag, weight) in kernel.lags() {
            let value = neighbour(trace, i as isize - lag, edges);
            if let Some(value) = value.filter(|value| !value.is_nan()) {
                sum += weight * value;
                weight_sum += weight;
            }
        }
        sum / weight_sum
    };
    trace.iter().enumerate().map(|(i, value)| if value.is_nan() { f64::NAN } else { average(i) }).collect()
}

/// The sample at `index`, which may lie beyond the ends; none where nothing stands there.
fn neighbour(trace: &[f64], index: isize, edges: Edges) -> Option<f64> {
    if let Some(&value) = usize::try_from(index).ok().and_then(|inside| trace.get(inside)) {
        return Some(value);
    }
    match edges {
        Edges::Renormalise => None,
        Edges::Zero => Some(0.0),
        Edges::Reflect => {
            let n = isize::try_from(trace.len()).ok().filter(|&n| n > 0)?;
            let folded = index.rem_euclid(2 * n);
            let mirrored = if folded < n { folded } else { 2 * n - 1 - folded };
            trace.get(usize::try_from(mirrored).ok()?).copied()
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ALL_EDGES: [Edges; 3] = [Edges::Renormalise, Edges::Zero, Edges::Reflect];

    fn kernels() -> impl Strategy<Value = Kernel> {
        prop_oneof![
            (0.1..8.0).prop_map(|sigma| Kernel::gaussian(sigma, 4.0)),
            (0.1..20.0).prop_map(Kernel::boxcar),
            (0.1..8.0).prop_map(|tau| Kernel::exponential(tau, 4.0)),
        ]
    }

    fn symmetric() -> impl Strategy<Value = Kernel> {
        prop_oneof![
            (0.1..8.0).prop_map(|sigma| Kernel::gaussian(sigma, 4.0)),
            (0.1..20.0).prop_map(Kernel::boxcar),
        ]
    }

    /// The definition, with the trace laid out far beyond its ends.
    fn smooth_slow(trace: &[f64], kernel: &Kernel, edges: Edges) -> Vec<f64> {
        let (n, pad) = (trace.len(), 400);
        let mut wide: Vec<f64> = Vec::new();
        for place in 0..n + 2 * pad {
            let inside = (pad..pad + n).contains(&place).then(|| trace[place.wrapping_sub(pad)]);
            wide.push(match edges {
                _ if inside.is_some() => inside.unwrap(),
                Edges::Renormalise => f64::NAN,
                Edges::Zero => 0.0,
                Edges::Reflect => {
                    let mirrored: Vec<f64> = trace.iter().chain(trace.iter().rev()).copied().collect();
                    mirrored[(place + 2 * n * pad - pad) % (2 * n)]
                }
            });
        }
        let at = |i: usize| {
            let terms = kernel.lags().map(|(lag, w)| (w, wide[(i + pad).wrapping_add_signed(-lag)]));
            let terms: Vec<_> = terms.filter(|(_, x)| !x.is_nan()).collect();
            terms.iter().map(|(w, x)| w * x).sum::<f64>() / terms.iter().map(|(w, _)| w).sum::<f64>()
        };
        (0..n).map(|i| if trace[i].is_nan() { f64::NAN } else { at(i) }).collect()
    }

    proptest! {
        #[test]
        fn smoothing_equals_the_definition(
            trace in prop::collection::vec(prop_oneof![9 => -5.0..5.0f64, 1 => Just(f64::NAN)], 1..40),
            kernel in kernels(),
        ) {
            for edges in ALL_EDGES {
                let (fast, slow) = (smooth(&trace, &kernel, edges), smooth_slow(&trace, &kernel, edges));
                for (a, b) in fast.iter().zip(&slow) {
                    prop_assert!((a - b).abs() < 1e-12 || (a.is_nan() && b.is_nan()), "{edges:?}: {a} {b}");
                }
            }
        }

        #[test]
        fn a_constant_stays_the_constant(
            value in -5.0..5.0f64, n in 1usize..60, hole in 0usize..60, kernel in kernels(),
        ) {
            let mut trace = vec![value; n];
            if n > 1 { trace[hole % n] = f64::NAN; }
            for edges in [Edges::Renormalise, Edges::Reflect] {
                for (i, smoothed) in smooth(&trace, &kernel, edges).into_iter().enumerate() {
                    prop_assert_eq!(trace[i].is_nan(), smoothed.is_nan());
                    prop_assert!(smoothed.is_nan() || (smoothed - value).abs() < 1e-12);
                }
            }
        }

        #[test]
        fn reflection_conserves_the_sum_under_symmetric_kernels(
            trace in prop::collection::vec(-5.0..5.0f64, 1..50), kernel in symmetric(),
        ) {
            let sum: f64 = smooth(&trace, &kernel, Edges::Reflect).iter().sum();
            prop_assert!((sum - trace.iter().sum::<f64>()).abs() < 1e-10);
        }

        #[test]
        fn smoothing_is_linear(
            pairs in prop::collection::vec((-5.0..5.0f64, -5.0..5.0f64), 1..50), kernel in kernels(),
        ) {
            let (a, b): (Vec<f64>, Vec<f64>) = pairs.iter().copied().unzip();
            let mixed: Vec<f64> = pairs.iter().map(|(a, b)| 2.0 * a - b).collect();
            for edges in ALL_EDGES {
                let (a, b) = (smooth(&a, &kernel, edges), smooth(&b, &kernel, edges));
                for (i, mixed) in smooth(&mixed, &kernel, edges).into_iter().enumerate() {
                    prop_assert!((mixed - (2.0 * a[i] - b[i])).abs() < 1e-11);
                }
            }
        }
    }

    #[test]
    fn a_gaussian_equals_its_closed_form() {
        let mut impulse = vec![0.0; 41];
        impulse[20] = 1.0;
        let smoothed = smooth(&impulse, &Kernel::gaussian(2.0, 4.0), Edges::Zero);
        let mass: f64 = (-8..=8).map(|k| (-f64::from(k * k) / 8.0).exp()).sum();
        assert!((smoothed[23] - (-9.0_f64 / 8.0).exp() / mass).abs() < 1e-15);
        assert!((smoothed.iter().sum::<f64>() - 1.0).abs() < 1e-14, "mass in the interior is conserved");
    }

    #[test]
    fn an_exponential_answers_after_its_cause() {
        let smoothed = smooth(&[0.0, 0.0, 1.0, 0.0, 0.0], &Kernel::exponential(1.0, 4.0), Edges::Zero);
        assert_eq!(smoothed[..2], [0.0, 0.0]);
        assert!((smoothed[3] / smoothed[2] - (-1.0_f64).exp()).abs() < 1e-15);
    }
}
