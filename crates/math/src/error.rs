use thiserror::Error;

/// Why a kernel refuses its input.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum MathError {
    /// A square matrix was expected.
    #[error("a square matrix is needed, this one has {rows} rows and {columns} columns")]
    NotSquare {
        /// Rows found.
        rows: usize,
        /// Columns found.
        columns: usize,
    },
    /// The matrix has an entry that is NaN or infinite.
    #[error("entry ({row}, {column}) of the matrix is not finite")]
    NotFinite {
        /// Row of the first such entry.
        row: usize,
        /// Column of the first such entry.
        column: usize,
    },
    /// The matrix differs from its transpose.
    #[error("the matrix is not symmetric: entries ({row}, {column}) and ({column}, {row}) differ")]
    NotSymmetric {
        /// Row of the first such entry.
        row: usize,
        /// Column of the first such entry.
        column: usize,
    },
    /// The matrix has an eigenvalue that is not above zero.
    #[error("the matrix is not positive definite: its smallest eigenvalue is {smallest:e}")]
    NotPositiveDefinite {
        /// The smallest eigenvalue.
        smallest: f64,
    },
    /// The iteration for the eigenvalues did not converge.
    #[error("the eigenvalue iteration did not converge")]
    NoConvergence,
}
