//! Why counts cannot be bi-clustered.

use neuroloom_core::Error;
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
    /// Latents left the range of numbers.
    #[error(
        "the latents of bin {bin} (counted from 0) are not finite: their pseudo-observations or dynamics overflow; look \
         for extreme counts in this bin, or take smaller bins"
    )]
    LatentsOverflow {
        /// Bin, counted from 0.
        bin: usize,
    },
    /// Latents without principal axes.
    #[error("latents have no principal axes: {why}")]
    Projection {
        /// Why not.
        why: String,
    },
    /// An expected count that no neuron has.
    #[error("the expected count of neuron {unit} in bin {bin} (both from 0) is exp({eta:.1})")]
    RateOverflow {
        /// The neuron, by position.
        unit: usize,
        /// The bin.
        bin: usize,
        /// Log of the expected count.
        eta: f64,
    },
    /// A Wishart distribution of too few degrees of freedom.
    #[error(
        "an inverse Wishart distribution needs more degrees of freedom than rows; the row at fault has {degrees}"
    )]
    DegreesOfFreedom {
        /// Degrees of freedom left for a row.
        degrees: f64,
    },
}

impl From<BiclusterError> for Error {
    fn from(error: BiclusterError) -> Self {
        let core = Self::data(error.to_string());
        match error {
            BiclusterError::RateOverflow { .. } => core.expected("at most exp(50) spikes in a bin").hint(
                "look for extreme counts of this neuron, take smaller bins, or tighten `priors.baseline_sd`",
            ),
            BiclusterError::NotPositiveDefinite { .. } => {
                core.hint("latents may have collapsed: raise `priors.noise_scale`, or use fewer `n_latents`")
            }
            _ => core,
        }
    }
}
