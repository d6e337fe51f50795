//! Cholesky factors of the small matrices of priors, dynamics and loadings.

use ndarray::ArrayView2;

use crate::{BiclusterError, Result};

/// The largest jitter of a diagonal, relative.
const LARGEST_JITTER: f64 = 1e-8;

/// `a = L L'`; rows of `L` one after the other.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Cholesky {
    size: usize,
    lower: Vec<f64>,
}

impl Cholesky {
    /// The factor of `a`, of which the lower triangle is read, with as little relative jitter of its diagonal as it needs.
    ///
    /// # Errors
    /// When [`LARGEST_JITTER`] is not enough: `what` names the matrix.
    pub(crate) fn with_jitter(a: ArrayView2<'_, f64>, what: impl FnOnce() -> String) -> Result<Self> {
        [0.0, 1e-12, 1e-11, 1e-10, 1e-9, LARGEST_JITTER]
            .into_iter()
            .find_map(|jitter| Self::factor(a, jitter))
            .ok_or_else(|| BiclusterError::NotPositiveDefinite { what: what(), jitter: LARGEST_JITTER })
    }

    fn factor(a: ArrayView2<'_, f64>, jitter: f64) -> Option<Self> {
        let size = a.nrows();
        let mut lower = vec![0.0; size * size];
        for i in 0..size {
            let (above, row) = lower.split_at_mut(i * size);
            for j in 0..i {
                let other = &above[j * size..][..=j];
                row[j] = (a[[i, j]] - dot(&row[..j], &other[..j])) / other[j];
            }
            let pivot = a[[i, i]] * (1.0 + jitter) - dot(&row[..i], &row[..i]);
            // Written so that NaN is refused too.
            if !(pivot > 0.0 && pivot.is_finite()) {
                return None;
            }
            row[i] = pivot.sqrt();
        }
        Some(Self { size, lower })
    }

    /// Row `i` of `L`, up to its diagonal.
    pub(crate) fn row(&self, i: usize) -> &[f64] {
        &self.lower[i * self.size..][..=i]
    }

    /// ln |a|.
    pub(crate) fn log_determinant(&self) -> f64 {
        2.0 * (0..self.size).map(|i| self.row(i)[i].ln()).sum::<f64>()
    }

    /// Overwrites v with `L^-1 v`.
    pub(crate) fn solve_lower(&self, v: &mut [f64]) {
        for i in 0..v.len() {
            let row = self.row(i);
            v[i] = (v[i] - dot(&row[..i], &v[..i])) / row[i];
        }
    }

    /// Overwrites v with `L'^-1 v`, which is the row `v' L^-1` too.
    pub(crate) fn solve_upper(&self, v: &mut [f64]) {
        for i in (0..v.len()).rev() {
            let row = self.row(i);
            v[i] /= row[i];
            let value = v[i];
            v[..i].iter_mut().zip(row).for_each(|(v, l)| *v -= l * value);
        }
    }

    /// Overwrites v with `a^-1 v`.
    pub(crate) fn solve(&self, v: &mut [f64]) {
        self.solve_lower(v);
        self.solve_upper(v);
    }
}

/// In four sums, which do not wait for each other.
fn dot(a: &[f64], b: &[f64]) -> f64 {
    let ((a, a_rest), (b, b_rest)) = (a.as_chunks::<4>(), b.as_chunks::<4>());
    let mut sums = [0.0; 4];
    for (a, b) in a.iter().zip(b) {
        (0..4).for_each(|lane| sums[lane] += a[lane] * b[lane]);
    }
    let rest: f64 = a_rest.iter().zip(b_rest).map(|(a, b)| a * b).sum();
    (sums[0] + sums[2]) + (sums[1] + sums[3]) + rest
}

#[cfg(test)]
mod tests {
    use ndarray::{Array1, Array2, array};

    use super::*;

    fn positive_definite() -> Array2<f64> {
        let x = Array2::from_shape_fn((5, 8), |(i, j)| ((i * 7 + j * j * 3) % 11) as f64 - 5.0);
        x.dot(&x.t())
    }

    #[test]
    fn solutions_solve() {
        let a = positive_definite();
        let factor = Cholesky::with_jitter(a.view(), String::new).unwrap();
        let v = array![1.0, -2.0, 0.5, 3.0, 1.5];
        let mut solution = v.to_vec();
        factor.solve(&mut solution);
        assert!((a.dot(&Array1::from(solution)) - v).iter().all(|error| error.abs() < 1e-10));
    }

    #[test]
    fn a_singular_matrix_gets_a_jitter_and_an_indefinite_one_is_refused() {
        let ones = Array2::<f64>::ones((3, 3));
        assert!(Cholesky::factor(ones.view(), 0.0).is_none());
        assert!(Cholesky::with_jitter(ones.view(), String::new).is_ok());
        let error = Cholesky::with_jitter(array![[1.0, 2.0], [2.0, 1.0]].view(), || "Q of state 3".into());
        assert!(error.unwrap_err().to_string().starts_with("Q of state 3 is not positive definite"));
    }
}
