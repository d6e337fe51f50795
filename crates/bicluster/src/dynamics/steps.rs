//! The density of every step under every state.

use std::ops::Range;

use ndarray::{Array2, ArrayView2, Axis, concatenate, s};

use crate::cholesky::Cholesky;
use crate::{Dynamics, Result};

/// Steps of which residuals are held at once.
const BLOCK: usize = 512;

/// ln N(X_{t+1}; A_k X_t + b_k, Q_k), `[T, L]`: row t is the step t -> t + 1, and 0 where bin t is the last of its
/// segment. Paths are `[T, D]`.
///
/// # Errors
/// When a state's noise is not positive definite.
pub fn log_density_of_steps(
    paths: ArrayView2<'_, f64>,
    dynamics: &[Dynamics],
    segments: &[Range<usize>],
) -> Result<Array2<f64>> {
    let (n_bins, n_latents) = paths.dim();
    let whitened = Whitened::new(dynamics, n_latents)?;
    let mut densities = Array2::zeros((n_bins, dynamics.len()));
    for segment in segments {
        let last = segment.end.saturating_sub(1);
        for first in (segment.start..last).step_by(BLOCK) {
            let steps = first..last.min(first + BLOCK);
            let out = densities.slice_mut(s![steps.clone(), ..]);
            whitened.fill(paths.slice(s![steps.start..=steps.end, ..]), out);
        }
    }
    Ok(densities)
}

/// The linear maps of a step to its whitened residual under every state, side by side.
struct Whitened {
    /// `[2 D + 1, L D]`, of (1, X_t, X_{t+1} - X_t).
    maps: Array2<f64>,
    log_constants: Vec<f64>,
}

impl Whitened {
    fn new(dynamics: &[Dynamics], n_latents: usize) -> Result<Self> {
        let mut maps = Array2::zeros((2 * n_latents + 1, dynamics.len() * n_latents));
        let mut log_constants = Vec::with_capacity(dynamics.len());
        for (state, Dynamics { transition, offset, noise }) in dynamics.iter().enumerate() {
            let factor = Cholesky::with_jitter(noise.view(), || format!("the noise of state {state}"))?;
            let log_two_pi = (2.0 * std::f64::consts::PI).ln();
            log_constants.push(-0.5 * (n_latents as f64 * log_two_pi + factor.log_determinant()));
            // L^-1 (X_{t+1} - X_t - (A - I) X_t - b), one column of (-b, I - A, I) after the other.
            let mut fill = |entry: usize, mut column: Vec<f64>| {
                factor.solve_lower(&mut column);
                let places = s![entry, state * n_latents..(state + 1) * n_latents];
                maps.slice_mut(places).iter_mut().zip(column).for_each(|(out, value)| *out = value);
            };
            fill(0, offset.iter().map(|b| -b).collect());
            for latent in 0..n_latents {
                let unit = |i: usize| f64::from(u8::from(i == latent));
                fill(1 + latent, (0..n_latents).map(|i| unit(i) - transition[[i, latent]]).collect());
                fill(1 + n_latents + latent, (0..n_latents).map(unit).collect());
            }
        }
        Ok(Self { maps, log_constants })
    }

    /// Of steps between consecutive bins `[n + 1, D]` to `[n, L]`.
    fn fill(&self, bins: ArrayView2<'_, f64>, mut out: ndarray::ArrayViewMut2<'_, f64>) {
        let (n_steps, n_latents) = (out.nrows(), bins.ncols());
        let now = bins.slice(s![..n_steps, ..]);
        let increments = &bins.slice(s![1.., ..]) - &now;
        let ones = Array2::ones((n_steps, 1));
        let rows = concatenate(Axis(1), &[ones.view(), now, increments.view()]).unwrap_or_default();
        let residuals = rows.dot(&self.maps);
        for (residuals, mut out) in residuals.rows().into_iter().zip(out.rows_mut()) {
            let residuals = residuals.to_slice().unwrap_or_default();
            for ((residual, constant), out) in
                residuals.chunks_exact(n_latents.max(1)).zip(&self.log_constants).zip(&mut out)
            {
                *out = constant - 0.5 * residual.iter().map(|r| r * r).sum::<f64>();
            }
        }
    }
}
