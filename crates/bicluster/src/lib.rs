//! Bayesian bi-clustering of spiking activity: groups of neurons that share latent trajectories, and periods that share
//! linear dynamics, both in unknown number (Wei, arXiv 2309.02213).
//!
//! [`Counts`] are spike counts with what is hidden; [`Priors`] and [`Limits`] say what is believed of them; a [`State`]
//! is one point of the posterior.

mod counts;
mod error;
mod priors;
mod state;

pub use counts::Counts;
pub use error::{BiclusterError, Result};
pub use priors::{DispersionPrior, DynamicsPrior, HdpPrior, LoadingPrior, Limits, NeuronPrior, Priors};
pub use state::{Dynamics, State, Transitions};
