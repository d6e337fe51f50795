//! Core consistency (Bro and Kiers 2003, J Chemometrics 17:274).

use ndarray::{Array1, Array2};
use neuroloom_math::{MathError, symmetric_eigen};

use crate::factors::{Factor, Model, gram};
use crate::operand::Operand;

/// `100 (1 - sum (g - t)^2 / R)`, per cent: `g` the core that fits the tensor best with these factors, `t` the ideal one,
/// with ones on its superdiagonal. 100 where the model is as parallel as it claims; low or negative where it has
/// components too many.
///
/// # Errors
/// When the pseudo-inverse of a factor cannot be computed.
pub fn core_consistency(operand: &dyn Operand, model: &Model) -> Result<f64, MathError> {
    let (rank, n_modes) = (model.rank(), model.factors.len());
    let inverses = model.factors.iter().map(transposed_inverse).collect::<Result<Vec<_>, _>>()?;
    // The core's entries with fixed places along all modes but the first two come from one product.
    let mut distance = 0.0;
    for rest in 0..rank.pow(n_modes as u32 - 2) {
        let places: Vec<usize> = (0..n_modes - 2).map(|mode| rest / rank.pow(mode as u32) % rank).collect();
        let mut factors = inverses.clone();
        for (mode, place) in places.iter().enumerate() {
            let column = inverses[mode + 2].column(*place).to_owned();
            factors[mode + 2] = repeated(&column, rank);
        }
        let core = inverses[0].t().dot(&operand.products(rank).mttkrp(&factors, 0));
        for ((p, q), value) in core.indexed_iter() {
            let on_diagonal = p == q && places.iter().all(|place| *place == p);
            let ideal = if on_diagonal { 1.0 } else { 0.0 };
            // The weight of a component belongs to its place in the first mode.
            let value = if model.lambda[p] > 0.0 { value / model.lambda[p] } else { 0.0 };
            distance += (value - ideal) * (value - ideal);
        }
    }
    Ok(100.0 * (1.0 - distance / rank as f64))
}

/// `U (U'U)^+`: its transpose is the pseudo-inverse of `U`.
fn transposed_inverse(factor: &Factor) -> Result<Factor, MathError> {
    const SMALLEST_SHARE: f64 = 1e-12;
    let eigen = symmetric_eigen(gram(factor).view())?;
    let largest = eigen.values.last().copied().unwrap_or(0.0);
    let inverted =
        eigen.values.mapv(|value| if value > SMALLEST_SHARE * largest { 1.0 / value } else { 0.0 });
    let inverse = (&eigen.vectors * &inverted).dot(&eigen.vectors.t());
    Ok(factor.dot(&inverse))
}

fn repeated(column: &Array1<f64>, rank: usize) -> Factor {
    Array2::from_shape_fn((column.len(), rank), |(place, _)| column[place])
}
