//! Gamma and Dirichlet draws in logarithms, so that small shapes do not underflow.

use rand::{Rng, RngExt};
use rand_distr::{Distribution, Gamma, OpenClosed01};

use crate::log_sum_exp::log_sum_exp;

/// Gamma(shape, rate 1) for shape > 0. A shape that is not a positive number gives NaN.
pub fn gamma_draw<R: Rng + ?Sized>(shape: f64, rng: &mut R) -> f64 {
    Gamma::new(shape, 1.0).map_or(f64::NAN, |gamma| gamma.sample(rng))
}

/// ln of a Gamma(shape, rate 1) draw. Below shape 1 it is the sum of the logarithms of a Gamma(shape + 1) draw and of
/// U^(1/shape), which is finite where the draw itself is below the smallest f64.
pub fn log_gamma_draw<R: Rng + ?Sized>(shape: f64, rng: &mut R) -> f64 {
    if shape >= 1.0 {
        return gamma_draw(shape, rng).ln();
    }
    let uniform: f64 = rng.sample(OpenClosed01);
    gamma_draw(shape + 1.0, rng).ln() + uniform.ln() / shape
}

/// Beta(a, b) for a, b > 0.
pub fn beta_draw<R: Rng + ?Sized>(a: f64, b: f64, rng: &mut R) -> f64 {
    let difference = log_gamma_draw(b, rng) - log_gamma_draw(a, rng);
    1.0 / (1.0 + difference.exp())
}

/// ln of a Dirichlet draw with the given concentrations, each > 0.
pub fn log_dirichlet<R: Rng + ?Sized>(concentrations: &[f64], rng: &mut R) -> Vec<f64> {
    let mut draw: Vec<f64> = concentrations.iter().map(|&shape| log_gamma_draw(shape, rng)).collect();
    let total = log_sum_exp(&draw);
    draw.iter_mut().for_each(|value| *value -= total);
    draw
}
