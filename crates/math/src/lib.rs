//! Numeric kernels that the methods share.
//!
//! Every result here is the same, bit for bit, for any number of threads: parallel work is cut into fixed
//! chunks that never depend on the pool, and sums run in a fixed order. Decompositions go through one
//! façade, so that no method names the library behind it.
//!
//! ```
//! use neuroloom_math::{average_ranks, quantile_sorted};
//!
//! assert_eq!(average_ranks(&[0.3, 0.1, 0.3]), [2.5, 1.0, 2.5]);
//! assert_eq!(quantile_sorted(&[0.0, 1.0, 4.0], 0.75), Some(2.5));
//! ```

mod assignment;
mod error;
mod gram;
mod linalg;
mod quantile;
mod rank;
mod sum;

pub use assignment::assignment;
pub use error::MathError;
pub use gram::{add_cross_gram, add_gram_upper, column_panels};
pub use linalg::{Cholesky, SymmetricEigen, cholesky, symmetric_eigen};
pub use quantile::{quantile, quantile_sorted};
pub use rank::{Ranking, average_ranks, ranking};
pub use sum::{column_means, dot, mean, sum, sum_of_squares};
