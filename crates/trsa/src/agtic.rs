//! Adaptive geo-topological dependence of two representations (AGTIC; Lin & Kriegeskorte, arXiv 1810.02923).
//!
//! Distance correlation (Székely et al. 2007) of two distance matrices of the same conditions, after each was cut by
//! thresholds of its own; the best cell of all thresholds says at which scale the two depend on one another, and
//! permuted conditions say how good the best cell is by chance.

mod permutation;
mod side;
mod test;

pub use side::{Scale, Side, Variant};
pub use test::{Outcome, Permutations, Statistic, StatisticKind, test};

use ndarray::Array2;
use neuroloom_math::add_cross_gram;

use crate::{Result, RsaError};

/// Distance correlation of every cell of `x` with every one of `y`, `[n_cells_x, n_cells_y]`; NaN where a cell is constant:
/// `sqrt(|dCov²| / sqrt(dVar_x dVar_y))`, `dCov² = mean(A ∘ B)` of the double-centred matrices.
///
/// # Errors
/// When the two have different numbers of conditions.
pub fn dependence_map(x: &Side, y: &Side) -> Result<Array2<f64>> {
    let (expected, found) = (x.n_conditions(), y.n_conditions());
    if expected != found {
        return Err(RsaError::WrongLength {
            n_conditions: expected,
            expected: crate::n_pairs(expected),
            found: crate::n_pairs(found),
        });
    }
    Ok(correlations(x.features(), y.features()))
}

/// All cells from one matrix product.
fn correlations(x: &Array2<f64>, y: &Array2<f64>) -> Array2<f64> {
    let mut products = Array2::zeros((x.nrows(), y.nrows()));
    add_cross_gram(&mut products, x.view(), y.view());
    products.mapv_inplace(|product| product.abs().clamp(0.0, 1.0).sqrt());
    products
}
