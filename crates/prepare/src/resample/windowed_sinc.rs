//! Band-limited interpolation.

use super::Grid;

/// Zero crossings of the sinc to either side.
const LOBES: f64 = 10.0;
/// Shape of the Kaiser window: side lobes 50 dB down.
const BETA: f64 = 5.0;
/// Most outputs after which the weights may repeat.
const MAX_PERIOD: usize = 4096;

/// The values at the moments of `grid` of a trace sampled at `t0_s + i dt_s`, low-passed at half the slower rate.
///
/// `y(t) = sum_i w_i x_i / sum_i w_i` with `w_i = sinc(u) I0(5 sqrt(1 - (u/10)^2)) / I0(5)`, `u = (t - t_i) / D`, `|u| <= 10`,
/// and `D` the longer of the two intervals: the filter of `scipy.signal.resample_poly`, scaled so that a constant
/// stays one even at the ends. Where the ratio of the intervals is rational, the weights repeat and are computed
/// once for each phase.
///
/// A moment less than `D` away from a NaN sample is NaN; NaN samples further away are taken out of the sums.
pub fn resample_bandlimited(values: &[f64], t0_s: f64, dt_s: f64, grid: &Grid) -> Vec<f64> {
    let stretch = (grid.dt_s / dt_s).max(1.0);
    let position = |k: usize| (grid.time_s(k) - t0_s) / dt_s;
    match period(grid.dt_s / dt_s).filter(|(outputs, _)| *outputs < grid.n) {
        Some((outputs, inputs)) => {
            let phases: Vec<Weights> = (0..outputs).map(|k| Weights::at(position(k), stretch)).collect();
            let phase = |k: usize| {
                phases
                    .get(k % outputs)
                    .map_or(f64::NAN, |weights| weights.average(values, (k / outputs * inputs) as isize))
            };
            (0..grid.n).map(phase).collect()
        }
        None => (0..grid.n).map(|k| Weights::at(position(k), stretch).average(values, 0)).collect(),
    }
}

/// After how many outputs, and how many inputs, the same phase comes back; none where the ratio is not that simple.
fn period(ratio: f64) -> Option<(usize, usize)> {
    let whole = |n: usize| {
        let inputs = n as f64 * ratio;
        ((inputs - inputs.round()).abs() < 1e-9 * inputs && inputs < 1e9)
            .then_some((n, inputs.round() as usize))
    };
    (1..=MAX_PERIOD).find_map(whole)
}

/// The weights of the samples around one moment.
struct Weights {
    /// The first sample that has one.
    first: isize,
    /// Weight, and whether a NaN under it makes the result NaN.
    weights: Vec<(f64, bool)>,
}

impl Weights {
    /// Around place `position` of the source, in samples; a unit of the sinc is `stretch` samples.
    fn at(position: f64, stretch: f64) -> Self {
        let reach = LOBES * stretch;
        let (first, last) = ((position - reach).ceil() as isize, (position + reach).floor() as isize);
        let weight = |i: isize| {
            let u = (position - i as f64) / stretch;
            (kaiser_sinc(u), u.abs() < 1.0 - 1e-9)
        };
        Self { first, weights: (first..=last).map(weight).collect() }
    }

    /// The weighted average of the samples, all moved on by `shift`.
    fn average(&self, values: &[f64], shift: isize) -> f64 {
        let (mut sum, mut weight_sum) = (0.0, 0.0);
        for (i, &(weight, essential)) in (self.first + shift..).zip(&self.weights) {
            match usize::try_from(i).ok().and_then(|i| values.get(i)) {
                Some(value) if value.is_nan() && essential => return f64::NAN,
                Some(value) if !value.is_nan() => {
                    sum += weight * value;
                    weight_sum += weight;
                }
                _ => {}
            }
        }
        sum / weight_sum
    }
}

fn kaiser_sinc(u: f64) -> f64 {
    let inside = 1.0 - (u / LOBES).powi(2);
    if inside < 0.0 {
        return 0.0;
    }
    let x = std::f64::consts::PI * u;
    let sinc = if x == 0.0 { 1.0 } else { x.sin() / x };
    sinc * bessel_i0(BETA * inside.sqrt()) / bessel_i0(BETA)
}

/// Modified Bessel function of the first kind, order 0: `sum_k ((x/2)^k / k!)^2`, for small `x`.
fn bessel_i0(x: f64) -> f64 {
    let mut term = 1.0;
    let mut sum = 1.0;
    for k in 1..40 {
        term *= (x / (2.0 * f64::from(k))).powi(2);
        sum += term;
    }
    sum
}

#[cfg(test)]
mod tests {
    use std::f64::consts::{PI, TAU};

    use proptest::prelude::*;

    use super::*;

    /// `I0` by its integral.
    fn bessel_slow(x: f64) -> f64 {
        (0..200).map(|i| (x * (PI * (f64::from(i) + 0.5) / 200.0).cos()).exp()).sum::<f64>() / 200.0
    }

    /// The definition: every sample weighed for every moment.
    fn slow(values: &[f64], t0_s: f64, dt_s: f64, grid: &Grid) -> Vec<f64> {
        let longer = dt_s.max(grid.dt_s);
        let at = |k: usize| {
            let (mut sum, mut weights) = (0.0, 0.0);
            for (i, x) in values.iter().enumerate() {
                let u = (grid.time_s(k) - t0_s - i as f64 * dt_s) / longer;
                if u.abs() <= 10.0 {
                    let sinc = if u.abs() < 1e-12 { 1.0 } else { (PI * u).sin() / (PI * u) };
                    let w = sinc * bessel_slow(5.0 * (1.0 - u * u / 100.0).sqrt()) / bessel_slow(5.0);
                    sum += w * x;
                    weights += w;
                }
            }
            sum / weights
        };
        (0..grid.n).map(at).collect()
    }

    fn tone(n: usize, dt_s: f64, hz: f64) -> Vec<f64> {
        (0..n).map(|i| (TAU * hz * i as f64 * dt_s).sin()).collect()
    }

    proptest! {
        #[test]
        fn phases_equal_the_definition(
            values in prop::collection::vec(-5.0..5.0f64, 2..80), up in 1u32..6, down in 1u32..9, offset in 0.0..1.0f64,
        ) {
            let dt_s = 0.1 * f64::from(down) / f64::from(up);
            let grid = Grid::inside(0.0, (values.len() - 1) as f64 * 0.1, 0.1 * offset, dt_s).unwrap();
            let fast = resample_bandlimited(&values, 0.0, 0.1, &grid);
            for (a, b) in fast.iter().zip(slow(&values, 0.0, 0.1, &grid)) {
                prop_assert!((a - b).abs() < 1e-6 * (1.0 + b.abs()), "{a} {b}");
            }
        }

        #[test]
        fn a_constant_stays_the_constant(value in -5.0..5.0f64, n in 2usize..90, dt_s in 0.03..0.7f64) {
            let grid = Grid::inside(0.0, (n - 1) as f64 * 0.1, 0.0, dt_s).unwrap();
            for found in resample_bandlimited(&vec![value; n], 0.0, 0.1, &grid) {
                prop_assert!((found - value).abs() < 1e-9);
            }
        }
    }

    #[test]
    fn what_is_too_fast_for_the_new_rate_goes_and_what_is_slow_stays() {
        // 100 Hz to 10 Hz: the new limit is 5 Hz. Taking every tenth sample would turn 12 Hz into 2 Hz.
        let grid = Grid { t0_s: 2.0, dt_s: 0.1, n: 60 };
        let fast = resample_bandlimited(&tone(1000, 0.01, 12.0), 0.0, 0.01, &grid);
        assert!(fast.iter().all(|x| x.abs() < 0.01), "{fast:?}");
        let slow = resample_bandlimited(&tone(1000, 0.01, 2.0), 0.0, 0.01, &grid);
        for (k, x) in slow.iter().enumerate() {
            assert!((x - (TAU * 2.0 * grid.time_s(k)).sin()).abs() < 0.01);
        }
    }

    #[test]
    fn the_same_rate_and_phase_is_the_identity() {
        let values = tone(50, 0.1, 1.3);
        let grid = Grid { t0_s: 0.0, dt_s: 0.1, n: 50 };
        let found = resample_bandlimited(&values, 0.0, 0.1, &grid);
        assert!(found.iter().zip(&values).all(|(a, b)| (a - b).abs() < 1e-12));
    }

    #[test]
    fn nan_reaches_the_main_lobe_and_no_further() {
        let mut values = vec![1.0; 60];
        values[30] = f64::NAN;
        let found = resample_bandlimited(&values, 0.0, 0.1, &Grid { t0_s: 0.0, dt_s: 0.2, n: 30 });
        let nan: Vec<usize> = (0..30).filter(|&k| found[k].is_nan()).collect();
        assert_eq!(nan, [15]);
        assert!(found.iter().all(|x| x.is_nan() || (x - 1.0).abs() < 1e-12));
    }

    #[test]
    fn a_ratio_without_a_period_is_computed_directly() {
        assert_eq!(period(0.75), Some((4, 3)));
        assert_eq!(period(std::f64::consts::SQRT_2), None);
    }
}
