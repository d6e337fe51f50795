//! Block coordinate descent with extrapolation (Xu and Yin 2013, SIAM J Imaging Sci 6:1758).

use ndarray::Array1;
use serde::{Deserialize, Serialize};

use super::{Equations, Sign};
use crate::factors::Factor;
use crate::mask::Grams;

/// What the extrapolation of a mode remembers from sweep to sweep.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Momentum {
    /// `t` of the sweep before.
    pub t: f64,
    /// Lipschitz constant of the mode's gradient in the sweep before.
    pub lipschitz: f64,
}

/// `U <- max(0, Y - (Y G - M + l1) / L)` with `Y = U + w (U - U_before)`; with `plain`, `Y = U`.
pub(crate) fn bcd(
    factor: &Factor,
    before: &Factor,
    equations: &Equations<'_>,
    momentum: &mut Momentum,
    plain: bool,
) -> Factor {
    let Equations { product, grams, penalty, sign } = *equations;
    let lipschitz = largest_eigenvalue(grams) + penalty.ridge;
    let t = f64::midpoint(1.0, (1.0 + 4.0 * momentum.t * momentum.t).sqrt());
    let weight = if plain || momentum.t == 0.0 {
        0.0
    } else {
        ((momentum.t - 1.0) / t).min((momentum.lipschitz / lipschitz).sqrt()).max(0.0)
    };
    *momentum = Momentum { t, lipschitz };
    let y = factor + &((factor - before) * weight);
    let mut next = y.clone();
    for (row, mut u) in next.rows_mut().into_iter().enumerate() {
        let gradient = grams.of(row).dot(&u) - product.row(row) + &u * penalty.ridge + penalty.l1;
        u -= &(gradient / lipschitz.max(f64::MIN_POSITIVE));
        if sign == Sign::NonNegative {
            u.mapv_inplace(|value| value.max(0.0));
        }
    }
    next
}

/// The largest eigenvalue of all Gram matrices: of a positive semidefinite matrix its spectral norm.
fn largest_eigenvalue(grams: &Grams) -> f64 {
    match grams {
        Grams::Shared(gram) => spectral_norm(gram),
        Grams::PerRow { grams, .. } => grams.iter().map(spectral_norm).fold(0.0, f64::max),
    }
}

fn spectral_norm(gram: &Factor) -> f64 {
    match neuroloom_math::symmetric_eigen(gram.view()) {
        Ok(eigen) => eigen.values.last().copied().unwrap_or(0.0),
        // The trace is never smaller.
        Err(_) => Array1::from_iter(gram.diag().iter().copied()).sum(),
    }
}
