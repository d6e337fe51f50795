//! The penalised problem for any order, solved by an interior-point method.

use super::pentadiagonal::Pentadiagonal;
use super::{Baseline, Kinetics};

/// Most Newton steps; twenty are usual.
const MAX_STEPS: usize = 100;
/// How much of the way to the boundary a step may go.
const TO_BOUNDARY: f64 = 0.995;
/// Mean product of activity and multiplier plus squared error of the multipliers, relative to the squared size of the trace, at
/// which the solution stands: activity is then right to about its root.
const STANDS: f64 = 1e-18;
/// Steps that may fail to come nearer.
const PATIENCE: usize = 4;

/// The activity `s >= 0` that minimises `1/2 sum_t (c_t + b - y_t)^2 + lambda sum_t s_t` over the valid samples, with the
/// calcium `c` that it makes, and the baseline `b`: given, or free.
///
/// The problem is convex; it is solved by a primal-dual interior-point method with Mehrotra's predictor and corrector
/// (Nocedal & Wright 2006, section 16.6). In terms of calcium the matrix of a Newton step has five diagonals, so a step costs
/// `O(T)` (Vogelstein et al. 2010, J Neurophysiol 104, used three for order 1). `lambda` must be above 0 where the
/// baseline is free: without a penalty it has no lowest value.
pub(super) fn non_negative_activity(
    trace: &[f64],
    kinetics: Kinetics,
    lambda: f64,
    baseline: Baseline,
) -> (Vec<f64>, f64) {
    let fixed = match baseline {
        Baseline::Fixed(level) => Some(level),
        Baseline::Free => None,
    };
    // What comes after the last valid sample leaves no trace: no activity.
    let n = trace.iter().rposition(|y| !y.is_nan()).map_or(0, |last| last + 1);
    let valid = || trace.iter().filter(|y| !y.is_nan());
    let level = fixed.unwrap_or_else(|| valid().sum::<f64>() / valid().count().max(1) as f64);
    let size = valid().fold(0.0_f64, |size, y| size.max((y - level).abs()));
    let mut activity = vec![0.0; trace.len()];
    if size == 0.0 {
        return (activity, level);
    }
    let scaled: Vec<f64> = trace.iter().take(n).map(|y| (y - level) / size).collect();
    let mut state = State::new(&scaled, kinetics, lambda / size, fixed.is_none());
    state.solve();
    for (own, (s, z)) in activity.iter_mut().zip(state.s.iter().zip(&state.z)) {
        *own = if s > z { s * size } else { 0.0 };
    }
    (activity, level + state.b * size)
}

/// A point inside, and what is needed to go on from it. The unit is the size of the trace.
struct State<'a> {
    y: &'a [f64],
    kinetics: Kinetics,
    lambda: f64,
    free_baseline: bool,
    /// Calcium.
    c: Vec<f64>,
    b: f64,
    /// Activity, above 0.
    s: Vec<f64>,
    /// Multipliers of `s >= 0`, above 0.
    z: Vec<f64>,
    matrix: Pentadiagonal,
}

/// A Newton step.
struct Direction {
    c: Vec<f64>,
    b: f64,
    s: Vec<f64>,
    z: Vec<f64>,
}

impl<'a> State<'a> {
    fn new(y: &'a [f64], kinetics: Kinetics, lambda: f64, free_baseline: bool) -> Self {
        let [g1, g2] = kinetics.coefficients();
        // Activity that would keep calcium at half the size of the trace.
        let s = vec![0.5 * (1.0 - g1 - g2); y.len()];
        let z = vec![lambda.max(0.1); y.len()];
        let (c, matrix) = (kinetics.calcium(&s), Pentadiagonal::default());
        Self { y, kinetics, lambda, free_baseline, c, b: 0.0, s, z, matrix }
    }

    /// Steps until the solution stands, or rounding leaves nothing to gain: then the best point is the solution.
    fn solve(&mut self) {
        let mut best = (f64::INFINITY, self.s.clone(), self.z.clone(), self.b);
        let mut without_gain = 0;
        for _ in 0..MAX_STEPS {
            let gap = self.gap();
            let asked = self.asked_multipliers();
            let error = gap + self.dual_residual(&asked).powi(2);
            without_gain += 1;
            if error < best.0 {
                best = (error, self.s.clone(), self.z.clone(), self.b);
                without_gain = 0;
            }
            if error <= STANDS || without_gain > PATIENCE || !self.step(gap, &asked) {
                break;
            }
        }
        (_, self.s, self.z, self.b) = best;
    }

    /// One step; false where none is possible.
    fn step(&mut self, gap: f64, asked: &[f64]) -> bool {
        self.factor();
        let border = self.border();
        let predictor = self.direction(asked, border.as_deref(), |_| 0.0);
        let ahead = self.gap_after(&predictor, self.step_length(&predictor).min(1.0));
        let centring = gap * (ahead / gap).powi(3);
        let correction = |t: usize| centring - predictor.s[t] * predictor.z[t];
        let direction = self.direction(asked, border.as_deref(), correction);
        let length = (TO_BOUNDARY * self.step_length(&direction)).min(1.0);
        self.advance(&direction, length)
    }

    fn gap(&self) -> f64 {
        self.s.iter().zip(&self.z).map(|(s, z)| s * z).sum::<f64>() / self.s.len() as f64
    }

    fn gap_after(&self, direction: &Direction, length: f64) -> f64 {
        let after = |(value, step): (&f64, &f64)| value + length * step;
        let s = self.s.iter().zip(&direction.s).map(after);
        let z = self.z.iter().zip(&direction.z).map(after);
        s.zip(z).map(|(s, z)| s * z).sum::<f64>() / self.s.len() as f64
    }

    /// The multipliers that the residual asks for: `lambda + sum_k h_k r_(t+k)`.
    fn asked_multipliers(&self) -> Vec<f64> {
        let residual: Vec<f64> = (0..self.y.len()).map(|t| self.residual(t)).collect();
        let pulls = self.kinetics.correlation(&residual);
        pulls.into_iter().map(|pull| self.lambda + pull).collect()
    }

    /// How far the multipliers, and the sum of the residual where the baseline is free, are from what they should be.
    fn dual_residual(&self, asked: &[f64]) -> f64 {
        let n = self.y.len();
        let mean = (0..n).map(|t| self.residual(t)).sum::<f64>() / n as f64;
        let level = if self.free_baseline { mean.abs() } else { 0.0 };
        asked.iter().zip(&self.z).fold(level, |worst, (asked, z)| worst.max((asked - z).abs()))
    }

    /// `c_t + b - y_t`, 0 where the trace is not valid.
    fn residual(&self, t: usize) -> f64 {
        let y = self.y[t];
        if y.is_nan() { 0.0 } else { self.c[t] + self.b - y }
    }

    /// Factors `W + G' (Z / S) G`, where `W` marks the valid samples and `s = G c`.
    fn factor(&mut self) {
        let [g1, g2] = self.kinetics.coefficients();
        let n = self.y.len();
        let ratio = |t: usize| if t < n { self.z[t] / self.s[t] } else { 0.0 };
        let entries = |t: usize| {
            let [here, next, second] = [ratio(t), ratio(t + 1), ratio(t + 2)];
            let weight = f64::from(u8::from(!self.y[t].is_nan()));
            [weight + here + g1 * g1 * next + g2 * g2 * second, g1 * (g2 * second - next), -g2 * second]
        };
        self.matrix.factor(n, entries);
    }

    /// The solution for the column of the baseline, where it is free.
    fn border(&self) -> Option<Vec<f64>> {
        self.free_baseline.then(|| {
            let mut column: Vec<f64> = self.y.iter().map(|y| f64::from(u8::from(!y.is_nan()))).collect();
            self.matrix.solve(&mut column);
            column
        })
    }

    /// The step towards `s_t z_t = target(t)`.
    ///
    /// Of activity and multiplier the larger follows from calcium, the smaller from the larger: the other way round the
    /// rounding of the larger would drown it.
    fn direction(&self, asked: &[f64], border: Option<&[f64]>, target: impl Fn(usize) -> f64) -> Direction {
        let [g1, g2] = self.kinetics.coefficients();
        let n = self.y.len();
        let pull = |t: usize| if t < n { target(t) / self.s[t] - self.lambda } else { 0.0 };
        let mut c: Vec<f64> =
            (0..n).map(|t| pull(t) - g1 * pull(t + 1) - g2 * pull(t + 2) - self.residual(t)).collect();
        self.matrix.solve(&mut c);
        let b = border.map_or(0.0, |border| {
            let valid = || (0..n).filter(|&t| !self.y[t].is_nan());
            let wanted: f64 = valid().map(|t| -self.residual(t) - c[t]).sum();
            wanted / valid().map(|t| 1.0 - border[t]).sum::<f64>()
        });
        for (own, other) in c.iter_mut().zip(border.into_iter().flatten()) {
            *own -= b * other;
        }
        let mut s = self.kinetics.activity(&c);
        let moved: Vec<f64> = (0..n).map(|t| if self.y[t].is_nan() { 0.0 } else { c[t] + b }).collect();
        let mut z = self.kinetics.correlation(&moved);
        for t in 0..n {
            let (own_s, own_z) = (self.s[t], self.z[t]);
            if own_s > own_z {
                z[t] = (target(t) - own_z * s[t]) / own_s - own_z;
            } else {
                z[t] += asked[t] - own_z;
                s[t] = (target(t) - own_s * z[t]) / own_z - own_s;
            }
        }
        Direction { c, b, s, z }
    }

    /// How far one can go before an activity or a multiplier is 0.
    fn step_length(&self, direction: &Direction) -> f64 {
        let room = |(value, step): (&f64, &f64)| if *step < 0.0 { -value / step } else { f64::INFINITY };
        let s = self.s.iter().zip(&direction.s).map(room);
        s.chain(self.z.iter().zip(&direction.z).map(room)).fold(f64::INFINITY, f64::min)
    }

    /// Goes on; false where rounding leaves nothing to gain.
    fn advance(&mut self, direction: &Direction, length: f64) -> bool {
        let finite =
            direction.b.is_finite() && direction.c.iter().chain(&direction.z).all(|step| step.is_finite());
        if !finite || length < 1e-6 {
            return false;
        }
        let go = |own: &mut [f64], steps: &[f64]| {
            for (value, step) in own.iter_mut().zip(steps) {
                *value += length * step;
            }
        };
        go(&mut self.s, &direction.s);
        go(&mut self.z, &direction.z);
        // From the activity itself, so that the two never part by rounding.
        self.c = self.kinetics.calcium(&self.s);
        self.b += length * direction.b;
        true
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::least_squares::{non_negative, non_negative_with_level};
    use super::*;

    fn close(a: &[f64], b: &[f64], tolerance: f64) -> bool {
        a.len() == b.len() && a.iter().zip(b).all(|(a, b)| (a - b).abs() < tolerance)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(80))]
        #[test]
        fn it_equals_non_negative_least_squares(
            trace in prop::collection::vec(-1.0..3.0f64, 1..30),
            decay in 0.6..0.95f64, rise in 0.05..0.5f64, lambda in 0.0..0.8f64,
        ) {
            let kinetics = Kinetics::new(decay, rise);
            let (found, level) = non_negative_activity(&trace, kinetics, lambda, Baseline::Fixed(0.0));
            let twin = non_negative(&trace, kinetics, lambda);
            prop_assert_eq!(level, 0.0);
            prop_assert!(close(&kinetics.calcium(&found), &kinetics.calcium(&twin), 1e-7), "{:?} {:?}", found, twin);
        }

        #[test]
        fn with_a_free_baseline_too(
            trace in prop::collection::vec(-1.0..3.0f64, 3..25), decay in 0.6..0.95f64, rise in 0.05..0.5f64,
            lambda in 0.05..0.8f64,
        ) {
            let kinetics = Kinetics::new(decay, rise);
            let (found, level) = non_negative_activity(&trace, kinetics, lambda, Baseline::Free);
            let (twin, twin_level) = non_negative_with_level(&trace, kinetics, lambda);
            prop_assert!((level - twin_level).abs() < 1e-6, "{level} {twin_level}");
            prop_assert!(close(&kinetics.calcium(&found), &kinetics.calcium(&twin), 1e-6));
        }

        #[test]
        fn the_optimality_conditions_hold_around_nan(
            trace in prop::collection::vec(prop_oneof![6 => -1.0..3.0f64, 1 => Just(f64::NAN)], 1..300),
            decay in 0.6..0.98f64, rise in 0.05..0.5f64, lambda in 1e-3..0.8f64,
        ) {
            let kinetics = Kinetics::new(decay, rise);
            let (found, _) = non_negative_activity(&trace, kinetics, lambda, Baseline::Fixed(0.0));
            let calcium = kinetics.calcium(&found);
            let error = |(y, c): (&f64, &f64)| if y.is_nan() { 0.0 } else { y - c };
            let residual: Vec<f64> = trace.iter().zip(&calcium).map(error).collect();
            for (s, q) in found.iter().zip(kinetics.correlation(&residual)) {
                prop_assert!(q - lambda < 1e-6, "more activity would cost less: {}", q - lambda);
                prop_assert!(*s == 0.0 || q - lambda > -1e-6, "less activity would cost less: {}", q - lambda);
            }
        }
    }

    #[test]
    fn traces_without_anything_to_explain_have_no_activity() {
        let kinetics = Kinetics::new(0.9, 0.3);
        let of = |trace: &[f64], baseline| non_negative_activity(trace, kinetics, 0.1, baseline);
        assert_eq!(of(&[], Baseline::Free), (vec![], 0.0));
        assert_eq!(of(&[f64::NAN; 3], Baseline::Free), (vec![0.0; 3], 0.0));
        assert_eq!(of(&[2.0; 4], Baseline::Free), (vec![0.0; 4], 2.0));
        assert_eq!(of(&[-1.0, -2.0, -1.0], Baseline::Fixed(0.0)).0, [0.0; 3]);
    }
}
