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
mod concordance;
mod contingency;
mod error;
mod gram;
mod linalg;
mod log_gamma;
mod normal_quantile;
mod principal_axes;
mod product;
mod quantile;
mod rank;
mod shifted;
mod shortest_paths;
mod sum;
mod triangular;
mod weighted_gram;

pub use assignment::assignment;
pub use concordance::{TieOrder, concordance};
pub use contingency::Contingency;
pub use error::MathError;
pub use gram::{SymmetricProduct, add_cross_gram, add_gram_upper, column_panels};
pub use linalg::{Cholesky, SymmetricEigen, cholesky, symmetric_eigen, symmetric_eigenvalues};
pub use log_gamma::{digamma, ln_gamma};
pub use normal_quantile::normal_quantile;
pub use principal_axes::{PrincipalAxes, principal_axes};
pub use product::{Element, Factor, Target, product};
pub use quantile::{quantile, quantile_sorted};
pub use rank::{Ranking, average_ranks, ranking};
pub use shifted::shift_into;
pub use shortest_paths::shortest_paths;
pub use sum::{column_means, dot, mean, sum, sum_of_squares};
pub use weighted_gram::weighted_gram;
