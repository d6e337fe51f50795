//! Latent paths given pseudo-observations and states: forward filter, backward sampler of section 4.2.
//!
//! The filter never inverts a covariance. With `P = U' U` the predicted covariance, `J` the information of a bin and
//! `I + U J U' = C C'`, the filtered covariance is `V = Y' Y`, `Y = C^-1 U`. With the noise `Q = L L'` and
//! `M' = Y (L^-1 A)'`, the next covariance is `L (I + M M') L'`, and the covariance of `X_t` given `X_{t+1}` is `S' S`
//! with `S = F^-1 Y`, `F F' = I + M' M`. Only identity plus something positive is ever factored, so that rounding cannot
//! make a factor fail; and a bin leaves behind only its mean and S, from which `X_t = mean + S' (S g + z)`,
//! `g = A' Q^-1 (X_{t+1} - A mean - b)`, z standard normal.

mod backward;
mod forward;
mod information;
mod kernels;
mod system;

use std::ops::Range;

use ndarray::{Array2, ArrayView2};
use rand::Rng;
use rand_distr::{Distribution, StandardNormal};
use serde::{Deserialize, Serialize};

use crate::{Counts, Dynamics, Result};
pub use information::Information;
use system::System;

/// Prior of the first latents of a segment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FirstBin {
    /// N(0, I).
    #[default]
    Direct,
    /// N(b, A A' + Q) of the first state.
    ThroughDynamics,
}

/// Options of the filter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FilterOptions {
    /// Prior of the first latents of a segment.
    pub first_bin: FirstBin,
    /// Predict a bin with its own state instead of the state of the bin before: a defect of the published program
    /// (section 6.1), for comparison with it alone.
    pub shift: bool,
}

/// Paths after the forward pass.
#[derive(Clone, Debug)]
pub struct Filtered {
    n_latents: usize,
    /// D, padded for vectors.
    stride: usize,
    n_bins: usize,
    log_normaliser: f64,
    /// Filtered means, `[T, stride]`.
    means: Vec<f64>,
    /// S, `[T, D, stride]`.
    samplers: Vec<f64>,
    /// Y, `[T, D, stride]`, where asked for.
    roots: Vec<f64>,
    system: System,
}

/// Draws the paths of all occupied clusters jointly, `[T, D]`, given Polya-Gamma weights `[N, T]` (those of entries that
/// are not seen are not read).
///
/// # Errors
/// When a state's noise is not positive definite, or pseudo-observations overflow.
#[expect(clippy::too_many_arguments, reason = "each is a part of the conditional")]
pub fn sample_paths(
    counts: &Counts,
    labels: &[usize],
    loadings: ArrayView2<'_, f64>,
    dispersions: &[f64],
    weights: ArrayView2<'_, f64>,
    states: &[usize],
    dynamics: &[Dynamics],
    options: FilterOptions,
    rng: &mut impl Rng,
) -> Result<Array2<f64>> {
    let information = Information::new(counts, labels, loadings, dispersions, weights);
    let filtered = Filtered::new(&information, counts.segments(), states, dynamics, options)?;
    Ok(filtered.sample(counts.segments(), states, rng))
}

impl Filtered {
    /// Filters all segments. States are `[T]`; s_t drives t -> t + 1.
    ///
    /// # Errors
    /// When a state's noise is not positive definite, or a bin's information is not finite.
    pub fn new(
        information: &Information,
        segments: &[Range<usize>],
        states: &[usize],
        dynamics: &[Dynamics],
        options: FilterOptions,
    ) -> Result<Self> {
        Self::run(information, segments, states, dynamics, options, false)
    }

    /// As [`Filtered::new`], and keeps the filtered covariances.
    ///
    /// # Errors
    /// As [`Filtered::new`].
    pub fn with_covariances(
        information: &Information,
        segments: &[Range<usize>],
        states: &[usize],
        dynamics: &[Dynamics],
        options: FilterOptions,
    ) -> Result<Self> {
        Self::run(information, segments, states, dynamics, options, true)
    }

    fn run(
        information: &Information,
        segments: &[Range<usize>],
        states: &[usize],
        dynamics: &[Dynamics],
        options: FilterOptions,
        keep_roots: bool,
    ) -> Result<Self> {
        let system = System::new(dynamics, information.n_latents())?;
        let (n_latents, stride, n_bins) = (system.n_latents, system.stride, information.n_bins());
        let size = n_bins * n_latents * stride;
        let mut filtered = Self {
            n_latents,
            stride,
            n_bins,
            log_normaliser: 0.0,
            means: vec![0.0; n_bins * stride],
            samplers: vec![0.0; size],
            roots: vec![0.0; if keep_roots { size } else { 0 }],
            system,
        };
        forward::run(&mut filtered, information, segments, states, options)?;
        Ok(filtered)
    }

    /// ln of the integral over paths of p(X | s) exp(sum_t h_t' X_t - X_t' J_t X_t / 2). With
    /// [`Information::log_constant`] this is the log likelihood of Gaussian pseudo-observations.
    pub fn log_normaliser(&self) -> f64 {
        self.log_normaliser
    }

    /// Filtered mean of a bin, `[D]`.
    pub fn mean(&self, bin: usize) -> &[f64] {
        &self.means[bin * self.stride..][..self.n_latents]
    }

    /// Filtered covariance of a bin, `[D, D]`; nothing unless made by [`Filtered::with_covariances`].
    pub fn covariance(&self, bin: usize) -> Option<Array2<f64>> {
        let size = self.n_latents * self.stride;
        let root = self.roots.get(bin * size..(bin + 1) * size)?;
        let root = ArrayView2::from_shape((self.n_latents, self.stride), root).ok()?;
        let root = root.slice(ndarray::s![.., ..self.n_latents]);
        Some(root.t().dot(&root))
    }

    /// A draw of all paths, `[T, D]`, with the segments and states that were filtered.
    pub fn sample(&self, segments: &[Range<usize>], states: &[usize], rng: &mut impl Rng) -> Array2<f64> {
        let shape = (self.n_bins, self.n_latents);
        backward::run(
            self,
            segments,
            states,
            Array2::from_shape_simple_fn(shape, || StandardNormal.sample(rng)),
        )
    }

    /// Smoothed means, `[T, D]`.
    pub fn smoothed_means(&self, segments: &[Range<usize>], states: &[usize]) -> Array2<f64> {
        backward::run(self, segments, states, Array2::zeros((self.n_bins, self.n_latents)))
    }

    fn sampler(&self, bin: usize) -> &[f64] {
        let size = self.n_latents * self.stride;
        &self.samplers[bin * size..][..size]
    }
}
