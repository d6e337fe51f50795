//! The tables of a fit.

use ndarray::Array2;
use neuroloom_core::{Error, Result, Table};
use neuroloom_math::symmetric_eigen;
use neuroloom_table::{TableBuilder, kinds};

use crate::model::Model;
use crate::potential::Potential;
use crate::trainer::EpochRecord;

/// Growth of the latents over a trial above which there is a warning.
pub(super) const LARGEST_GROWTH: f64 = 10.0;

/// What happened in every epoch.
pub(super) fn history(records: &[EpochRecord]) -> Result<Table> {
    let numbers = |value: fn(&EpochRecord) -> f64| records.iter().map(value);
    TableBuilder::new(kinds::LANGEVIN_HISTORY)
        .integers("epoch", records.iter().map(|record| i64::from(record.epoch)))
        .numbers("train_nll", numbers(|record| record.train_nll))
        .numbers("kl", numbers(|record| record.kl))
        .numbers("kl_constant", numbers(|record| record.kl_constant))
        .numbers("beta", numbers(|record| record.beta))
        .numbers("val_nll", numbers(|record| record.val_nll))
        .optional_numbers("val_co_bps", records.iter().map(|record| record.val_co_bps))
        .numbers("lr", numbers(|record| record.lr))
        .numbers("grad_norm", numbers(|record| record.grad_norm))
        .numbers("potential_norm", numbers(|record| record.potential_norm))
        .finish()
}

/// The numbers of the potential.
pub(super) fn potential(model: &Model, parameters: &[f32]) -> Result<Table> {
    let rows: Vec<(&str, Vec<f64>)> = match model.potential() {
        Potential::Oscillators(oscillators) => vec![
            ("kernel", oscillators.normalised_kernel(parameters).map(f64::from).to_vec()),
            ("summed_kernel", oscillators.summed_kernel(parameters).map(f64::from).to_vec()),
            ("eigenvalue", eigenvalues(oscillators.matrix(parameters))?),
        ],
        Potential::Quadratic(_) => {
            let spec = model.layout().get("potential.stiffness");
            let values = spec.map(|spec| spec.segment.of(parameters)).unwrap_or_default();
            vec![("stiffness", values.iter().copied().map(f64::from).collect())]
        }
        Potential::Network(_) | Potential::None => Vec::new(),
    };
    let flat = || {
        let one = |(name, values): &'_ (&'static str, Vec<f64>)| {
            let name = *name;
            values.iter().copied().enumerate().map(move |(i, value)| (name, i, value)).collect::<Vec<_>>()
        };
        rows.iter().flat_map(one)
    };
    TableBuilder::new(kinds::LANGEVIN_POTENTIAL)
        .text("quantity", flat().map(|(name, ..)| name))
        .integers("index", flat().map(|(_, i, _)| i as i64))
        .numbers("value", flat().map(|(.., value)| value))
        .finish()
}

/// Eigenvalues of a matrix that is symmetric but for rounding, ascending.
pub(super) fn eigenvalues(matrix: Array2<f64>) -> Result<Vec<f64>> {
    let eigen = symmetric_eigen(matrix.view())
        .map_err(|e| Error::internal(format!("the matrix of the force has no eigenvalues: {e}")))?;
    Ok(eigen.values.to_vec())
}

/// The 2-norm of the power of the recursion's matrix that takes latents from the first to the last bin without noise; none where the
/// recursion is not linear. In the basis of the force's eigenvectors it falls into blocks of 2 x 2.
pub(super) fn growth(model: &Model, parameters: &[f32]) -> Option<f64> {
    let Potential::Oscillators(oscillators) = model.potential() else { return None };
    let flow = model.flow();
    let values = eigenvalues(oscillators.matrix(parameters)).ok()?;
    let of_block = |value: f64| {
        let step = [[1.0, flow.step], [-flow.pull * value, flow.keep]];
        let power = (1..model.size().n_bins).fold([[1.0, 0.0], [0.0, 1.0]], |power, _| times(power, step));
        norm(power)
    };
    Some(values.into_iter().map(of_block).fold(0.0, f64::max))
}

fn times(a: [[f64; 2]; 2], b: [[f64; 2]; 2]) -> [[f64; 2]; 2] {
    [0, 1].map(|i| [0, 1].map(|j| a[i][0] * b[0][j] + a[i][1] * b[1][j]))
}

/// Largest singular value.
fn norm([[a, b], [c, d]]: [[f64; 2]; 2]) -> f64 {
    let sum = a * a + b * b + c * c + d * d;
    let determinant = a * d - b * c;
    ((sum + (sum * sum - 4.0 * determinant * determinant).max(0.0).sqrt()) / 2.0).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_norm_is_the_largest_singular_value() {
        assert!((norm([[3.0, 0.0], [0.0, -5.0]]) - 5.0).abs() < 1e-12);
        // (1 1; 0 1) has the golden ratio.
        assert!((norm([[1.0, 1.0], [0.0, 1.0]]) - (1.0 + 5.0_f64.sqrt()) / 2.0).abs() < 1e-12);
    }
}
