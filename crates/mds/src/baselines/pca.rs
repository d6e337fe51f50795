//! Principal components.

use ndarray::{Array2, Axis};
use neuroloom_core::{Error, Result};
use neuroloom_math::symmetric_eigen;

/// Scores of `rows` on their first `n` principal components, as many as there are where there are fewer; columns are
/// centred first. Signs are such that the largest loading of a row is positive.
///
/// # Errors
/// When rows differ in length or are not finite.
pub fn principal_components(rows: &[Vec<f64>], n: usize) -> Result<Vec<Vec<f64>>> {
    let width = rows.first().map_or(0, Vec::len);
    let mut x = Array2::from_shape_vec((rows.len(), width), rows.concat())
        .map_err(|_| Error::data("features of neurons differ in length"))?;
    if let Some(mean) = x.mean_axis(Axis(0)) {
        x -= &mean;
    }
    // The smaller of the two Gram matrices has the same eigenvalues; that of the neurons gives the scores at once.
    let gram = x.dot(&x.t());
    let eigen = symmetric_eigen(gram.view()).map_err(|e| Error::data(format!("features of neurons: {e}")))?;
    let last = eigen.values.len();
    let kept = (0..last).rev().take(n).filter(|&k| eigen.values[k] > 0.0);
    let mut scores = vec![Vec::new(); rows.len()];
    for k in kept {
        let column = eigen.vectors.column(k);
        let largest = column.iter().copied().fold(0.0, |a: f64, b| if b.abs() > a.abs() { b } else { a });
        let scale = eigen.values[k].sqrt() * largest.signum();
        scores.iter_mut().zip(column).for_each(|(row, value)| row.push(scale * value));
    }
    Ok(scores)
}
