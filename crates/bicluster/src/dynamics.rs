//! Linear dynamics of the states, sections 4.3 and 4.4: the matrix-normal inverse-Wishart posterior of (A, b, Q) and the
//! density of every step under every state.

mod posterior;
mod statistics;
mod steps;

use std::ops::Range;

use serde::{Deserialize, Serialize};

pub(crate) use posterior::Posterior;
pub use posterior::sample_dynamics;
pub use statistics::StepStatistics;
pub use steps::log_density_of_steps;

/// Whether clusters drive each other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Interaction {
    /// One (A, b, Q) of all latents per state.
    #[default]
    Full,
    /// An own (A, b, Q) per cluster and state, each with the prior of its own width; the states are common.
    Block,
}

impl Interaction {
    /// The latents that have dynamics together, of clusters of `width` rows.
    pub(crate) fn blocks(self, n_latents: usize, width: usize) -> Vec<Range<usize>> {
        match self {
            Self::Full => std::iter::once(0..n_latents).collect(),
            Self::Block => (0..n_latents).step_by(width.max(1)).map(|first| first..first + width).collect(),
        }
    }
}
