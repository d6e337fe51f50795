//! Smoothing kernels on a regular time base.

use neuroloom_core::{Error, Result};

use super::{KernelShape, SmoothParams};

/// Longest kernel, in samples to one side.
const MAX_REACH: f64 = (1 << 24) as f64;

/// Weights over neighbouring samples. They sum to 1.
#[derive(Clone, Debug, PartialEq)]
pub struct Kernel {
    /// Weight of the sample `i + future - k` for sample `i`: from the future to the past.
    weights: Vec<f64>,
    /// How many samples of the future it reaches.
    future: usize,
}

impl Kernel {
    /// The kernel of `params` for samples `dt_s` seconds apart.
    ///
    /// # Errors
    /// When it would reach over more than 2^24 samples.
    pub fn new(params: &SmoothParams, dt_s: f64) -> Result<Self> {
        let width = params.width_s / dt_s;
        let reach = match params.kernel {
            KernelShape::Boxcar => width / 2.0,
            KernelShape::Gaussian | KernelShape::Exponential => width * params.truncate,
        };
        if reach.is_nan() || reach >= MAX_REACH {
            return Err(Error::params("the smoothing kernel is too long")
                .at_object("width_s")
                .expected(format!("a reach of fewer than {MAX_REACH} samples"))
                .found(format!("{reach} samples of {dt_s} s")));
        }
        Ok(match params.kernel {
            KernelShape::Gaussian => Self::gaussian(width, params.truncate),
            KernelShape::Boxcar => Self::boxcar(width),
            KernelShape::Exponential => Self::exponential(width, params.truncate),
        })
    }

    /// `w_k ~ exp(-k^2 / (2 sigma^2))` for `|k| <= round(truncate * sigma)`; `sigma` in samples. A tiny sigma gives
    /// the identity.
    pub fn gaussian(sigma: f64, truncate: f64) -> Self {
        Self::symmetric((truncate * sigma).round() as usize, |k| (-0.5 * (k / sigma).powi(2)).exp())
    }

    /// The overlap of each sample's cell `[k - 1/2, k + 1/2]` with `[-width/2, width/2]`; `width` in samples. So
    /// any width is centred: 4 samples weigh 1/2, 1, 1, 1, 1/2. A width up to 1 gives the identity.
    pub fn boxcar(width: f64) -> Self {
        let half = width / 2.0;
        Self::symmetric((half - 0.5).ceil().max(0.0) as usize, |k| (half + 0.5 - k).min(1.0))
    }

    /// `w_k ~ exp(-k / tau)` for the `k`-th sample of the past, `0 <= k <= round(truncate * tau)`; `tau` in samples.
    pub fn exponential(tau: f64, truncate: f64) -> Self {
        let past = (truncate * tau).round() as usize;
        Self::normalised((0..=past).map(|k| (-(k as f64) / tau).exp()).collect(), 0)
    }

    /// The weights with the lag of the sample each belongs to, from the future (negative) to the past.
    pub fn lags(&self) -> impl Iterator<Item = (isize, f64)> + '_ {
        self.weights.iter().enumerate().map(|(k, &weight)| (k as isize - self.future as isize, weight))
    }

    fn symmetric(reach: usize, weight: impl Fn(f64) -> f64) -> Self {
        let distance = |k: usize| k.abs_diff(reach) as f64;
        Self::normalised((0..=2 * reach).map(|k| weight(distance(k))).collect(), reach)
    }

    fn normalised(mut weights: Vec<f64>, future: usize) -> Self {
        let sum: f64 = weights.iter().sum();
        for weight in &mut weights {
            *weight /= sum;
        }
        Self { weights, future }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn weights(kernel: &Kernel) -> Vec<f64> {
        kernel.lags().map(|(_, weight)| weight).collect()
    }

    #[test]
    fn an_even_boxcar_halves_its_outermost_weights() {
        let expected = [0.125, 0.25, 0.25, 0.25, 0.125];
        assert_eq!(weights(&Kernel::boxcar(4.0)), expected);
        assert_eq!(weights(&Kernel::boxcar(3.0)).len(), 3);
    }

    #[test]
    fn a_narrow_kernel_is_the_identity() {
        assert_eq!(weights(&Kernel::boxcar(0.4)), [1.0]);
        assert_eq!(weights(&Kernel::gaussian(0.01, 4.0)), [1.0]);
        assert_eq!(weights(&Kernel::exponential(0.01, 4.0)), [1.0]);
    }

    #[test]
    fn the_exponential_sees_no_future() {
        assert!(Kernel::exponential(3.0, 4.0).lags().all(|(lag, _)| lag >= 0));
    }

    #[test]
    fn every_kernel_sums_to_one() {
        for kernel in [Kernel::gaussian(2.3, 4.0), Kernel::boxcar(6.7), Kernel::exponential(5.0, 4.0)] {
            assert!((weights(&kernel).iter().sum::<f64>() - 1.0).abs() < 1e-14);
        }
    }

    #[test]
    fn a_kernel_beyond_all_memory_is_refused() {
        let params = SmoothParams::new(KernelShape::Gaussian, 1e9);
        assert!(Kernel::new(&params, 1e-3).is_err());
    }
}
