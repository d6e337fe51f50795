//! The derivative of a noisy trace.

use super::AffinityError;

/// Longest kernel, frames to one side.
const MAX_HALF_WIDTH: f64 = (1 << 24) as f64;

/// Convolution with the derivative of a Gaussian, scaled such that a ramp of slope 1 gives 1:
///
/// `g(t) = sum_u w(u) x(t + u)`, `w(u) = u exp(-u²/2σ²) / sum_v v² exp(-v²/2σ²)`, `u` from -H to H,
/// `H = floor(4σ + 1/2)`.
///
/// Beyond its ends the trace is mirrored with the last sample repeated: x(-1) = x(0), x(-2) = x(1).
#[derive(Clone, Debug, PartialEq)]
pub struct GaussianDerivative {
    /// `w(1) ..= w(H)`; the others follow from `w(-u) = -w(u)`.
    weights: Vec<f64>,
}

impl GaussianDerivative {
    /// Of a Gaussian with standard deviation `sigma`, frames.
    ///
    /// # Errors
    /// When `sigma` is no finite number above 0, so small that the kernel reaches no neighbour, or beyond all memory.
    pub fn new(sigma: f64) -> Result<Self, AffinityError> {
        let half_width = (4.0 * sigma + 0.5).floor();
        if !(sigma.is_finite() && sigma > 0.0 && (1.0..MAX_HALF_WIDTH).contains(&half_width)) {
            return Err(AffinityError::Sigma { sigma });
        }
        let lags = || (1..=half_width as usize).map(|u| u as f64);
        let gauss = |u: f64| (-0.5 * (u / sigma).powi(2)).exp();
        let slope: f64 = 2.0 * lags().map(|u| u * u * gauss(u)).sum::<f64>();
        Ok(Self { weights: lags().map(|u| u * gauss(u) / slope).collect() })
    }

    /// `H`: how many frames it reaches to each side.
    pub fn half_width(&self) -> usize {
        self.weights.len()
    }

    /// # Errors
    /// A trace of `n_frames` has to be longer than the kernel reaches to both sides.
    pub(super) fn check_length(&self, n_frames: usize) -> Result<(), AffinityError> {
        let half_width = self.half_width();
        if n_frames > 2 * half_width { Ok(()) } else { Err(AffinityError::TooShort { n_frames, half_width }) }
    }

    /// The derivative of `trace`, which is longer than `2 H`, per frame. NaN where any sample in reach is.
    pub fn apply(&self, trace: &[f64]) -> Vec<f64> {
        let mirrored = self.mirrored(trace);
        let at = |t: usize| {
            let Some(window) = mirrored.get(t..=t + 2 * self.half_width()) else { return f64::NAN };
            self.slope(window)
        };
        (0..trace.len()).map(at).collect()
    }

    /// The slope in the middle of a window of `2 H + 1` frames. Differences make that of a constant 0 without
    /// rounding, and that of a reversed trace the very opposite.
    fn slope(&self, window: &[f64]) -> f64 {
        let (past, rest) = window.split_at(self.half_width());
        let Some((centre, future)) = rest.split_first() else { return f64::NAN };
        if centre.is_nan() {
            return f64::NAN;
        }
        let differences = future.iter().zip(past.iter().rev()).map(|(after, before)| after - before);
        self.weights.iter().zip(differences).map(|(weight, difference)| weight * difference).sum()
    }

    fn mirrored(&self, trace: &[f64]) -> Vec<f64> {
        let reach = self.half_width().min(trace.len());
        let (before, after) = (trace.iter().take(reach).rev(), trace.iter().rev().take(reach));
        before.chain(trace).chain(after).copied().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The sum as it is written, with an index that is folded back at the ends.
    fn as_written(sigma: f64, trace: &[f64]) -> Vec<f64> {
        let (n, h) = (trace.len() as i64, (4.0 * sigma + 0.5).floor() as i64);
        let gauss = |u: i64| (-(u * u) as f64 / (2.0 * sigma * sigma)).exp();
        let norm: f64 = (-h..=h).map(|v| (v * v) as f64 * gauss(v)).sum();
        let x = |t: i64| {
            trace[(if t < 0 {
                -t - 1
            } else if t >= n {
                2 * n - 1 - t
            } else {
                t
            }) as usize]
        };
        (0..n).map(|t| (-h..=h).map(|u| u as f64 * gauss(u) / norm * x(t + u)).sum()).collect()
    }

    #[test]
    fn it_is_the_sum_that_its_page_gives() {
        let trace: Vec<f64> = (0..60).map(|t| (f64::from(t) * 0.7).sin() + 0.01 * f64::from(t * t)).collect();
        for sigma in [0.3, 1.0, 2.0, 5.5] {
            let found = GaussianDerivative::new(sigma).unwrap().apply(&trace);
            for (found, expected) in found.iter().zip(as_written(sigma, &trace)) {
                assert!((found - expected).abs() < 1e-12, "sigma {sigma}: {found} {expected}");
            }
        }
    }

    #[test]
    fn a_gap_spreads_as_far_as_the_kernel_reaches() {
        let mut trace = vec![1.0; 40];
        trace[20] = f64::NAN;
        let derivative = GaussianDerivative::new(1.0).unwrap();
        let gaps: Vec<usize> =
            derivative.apply(&trace).iter().enumerate().filter(|(_, g)| g.is_nan()).map(|(t, _)| t).collect();
        assert_eq!(gaps, (16..=24).collect::<Vec<_>>());
    }

    #[test]
    fn widths_without_a_kernel_are_refused() {
        for sigma in [0.0, -1.0, 0.1, f64::NAN, f64::INFINITY, 1e12] {
            assert!(GaussianDerivative::new(sigma).is_err(), "{sigma}");
        }
        assert_eq!(GaussianDerivative::new(0.125).unwrap().half_width(), 1);
    }
}
