//! Why counts cannot be bi-clustered.

use thiserror::Error as ThisError;

/// `Result` with [`BiclusterError`].
pub type Result<T, E = BiclusterError> = std::result::Result<T, E>;

/// Why counts cannot be bi-clustered.
#[derive(Clone, Debug, PartialEq, ThisError)]
pub enum BiclusterError {
    /// A covariance lost its positive definiteness to rounding.
    #[error("{what} is not positive definite even with a jitter of {jitter:e} of its diagonal")]
    NotPositiveDefinite {
        /// Which covariance, with its bin or state.
        what: String,
        /// The largest jitter tried, relative.
        jitter: f64,
    },
}
