//! Upper triangles out of vectors and square matrices.

use neuroloom_core::{Error, Result};

use super::params::Layout;

/// The upper triangles of some RDMs, row-major.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Matrices {
    pub(super) n_conditions: usize,
    /// `n_conditions (n_conditions - 1) / 2` entries each.
    pub(super) vectors: Vec<Vec<f64>>,
}

/// All pairs `(i, j)`, `i < j`, row-major.
pub(super) fn pairs(n_conditions: usize) -> impl Iterator<Item = (usize, usize)> {
    (0..n_conditions).flat_map(move |i| (i + 1..n_conditions).map(move |j| (i, j)))
}

impl Matrices {
    /// The RDMs in an array of `shape`, whose items stand in C order.
    ///
    /// # Errors
    /// When it is no set of triangles or square matrices: a number of entries that is no `n (n - 1)/2`, a matrix that is not
    /// square, not symmetric, or not 0 on its diagonal (to 1e-9 of the largest entry).
    pub(super) fn of(shape: &[usize], values: &[f64], layout: Layout) -> Result<Self> {
        let is_square = match (layout, shape) {
            (Layout::Vectors, _) => false,
            (Layout::Square, _) => true,
            (Layout::Auto, [.., rows, columns]) => shape.len() == 3 || rows == columns,
            (Layout::Auto, _) => false,
        };
        match (is_square, shape) {
            (false, &[n_pairs]) => Self::triangles(n_pairs, values),
            (false, &[_, n_pairs]) => Self::triangles(n_pairs, values),
            (true, &[rows, columns]) | (true, &[_, rows, columns]) => Self::squares(rows, columns, values),
            _ => Err(Error::data("an array is no set of RDMs")
                .expected(
                    "[n_rdms, n_pairs], [n_conditions, n_conditions] or [n_rdms, n_conditions, n_conditions]",
                )
                .found(format!("{shape:?}"))),
        }
    }

    fn triangles(n_pairs: usize, values: &[f64]) -> Result<Self> {
        let n_conditions = conditions_of(n_pairs).ok_or_else(|| {
            Error::data("the number of dissimilarities is that of no RDM")
                .expected("n (n - 1)/2 of them, for n conditions")
                .found(format!("{n_pairs}"))
        })?;
        Ok(Self { n_conditions, vectors: values.chunks(n_pairs.max(1)).map(<[f64]>::to_vec).collect() })
    }

    fn squares(rows: usize, columns: usize, values: &[f64]) -> Result<Self> {
        if rows != columns || rows < 2 {
            return Err(Error::data("a matrix of dissimilarities is not square")
                .expected("as many rows as columns, at least 2")
                .found(format!("{rows} rows and {columns} columns")));
        }
        let triangle = |(rdm, matrix): (usize, &[f64])| {
            upper_triangle(rows, matrix).map_err(|error| error.at_offset(rdm as u64))
        };
        let vectors = values.chunks(rows * columns).enumerate().map(triangle).collect::<Result<_>>()?;
        Ok(Self { n_conditions: rows, vectors })
    }
}

/// The number of conditions, at least two, that have so many pairs.
fn conditions_of(n_pairs: usize) -> Option<usize> {
    let n = ((8.0 * n_pairs as f64 + 1.0).sqrt() / 2.0 + 0.5).round() as usize;
    (n >= 2 && n * (n - 1) / 2 == n_pairs).then_some(n)
}

fn upper_triangle(n: usize, matrix: &[f64]) -> Result<Vec<f64>> {
    const TOLERANCE: f64 = 1e-9;
    let at = |i: usize, j: usize| matrix.get(i * n + j).copied().unwrap_or(f64::NAN);
    let largest =
        matrix.iter().filter(|value| value.is_finite()).fold(0.0_f64, |most, value| most.max(value.abs()));
    // One NaN of two differs from the other number: its difference is no number within the tolerance.
    let same = |a: f64, b: f64| a == b || (a.is_nan() && b.is_nan()) || (a - b).abs() <= TOLERANCE * largest;
    if let Some(i) = (0..n).find(|&i| !same(at(i, i), 0.0)) {
        return Err(Error::data("the dissimilarity of a condition with itself is not 0")
            .found(format!("{} at ({i}, {i}), conditions from 0", at(i, i)))
            .hint(
                "these may be similarities: take 1 minus them; or the matrix is across runs, which is no RDM",
            ));
    }
    if let Some((i, j)) = pairs(n).find(|&(i, j)| !same(at(i, j), at(j, i))) {
        return Err(Error::data("a matrix of dissimilarities is not symmetric")
            .expected(format!("{} at ({j}, {i}) as at ({i}, {j}), conditions from 0", at(i, j)))
            .found(format!("{}", at(j, i))));
    }
    Ok(pairs(n).map(|(i, j)| at(i, j)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_triangular_numbers_have_conditions() {
        let found: Vec<_> = (0..8).map(conditions_of).collect();
        assert_eq!(found, [None, Some(2), None, Some(3), None, None, Some(4), None]);
        assert_eq!(conditions_of(4186), Some(92));
    }

    #[test]
    fn rounding_in_a_symmetric_matrix_is_forgiven() {
        let matrix = [0.0, 1.0, 1.0 + 1e-12, 0.0];
        assert_eq!(upper_triangle(2, &matrix).unwrap(), [1.0]);
        assert!(upper_triangle(2, &[0.0, 1.0, 1.1, 0.0]).is_err());
        assert!(upper_triangle(2, &[0.0, f64::NAN, 1.0, 0.0]).is_err());
        assert!(upper_triangle(2, &[0.5, 1.0, 1.0, 0.0]).is_err());
    }
}
