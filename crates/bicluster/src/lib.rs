//! Bayesian bi-clustering of spiking activity: groups of neurons that share latent trajectories, and periods that share
//! linear dynamics, both in unknown number (Wei, arXiv 2309.02213).
//!
//! [`Counts`] are spike counts with what is hidden; [`Priors`] and [`Limits`] say what is believed of them; a [`State`]
//! is one point of the posterior. A [`Sampler`] moves a [`Point`] by sweeps that leave the posterior invariant.

pub mod baselines;
mod chain;
mod cholesky;
mod convergence;
mod counts;
mod crt;
mod dispersion;
mod draw;
mod draw_log;
mod dynamics;
mod error;
mod evidence;
mod filter;
mod hdp;
mod held_out_score;
mod hidden_states;
mod hold_out;
mod interval;
mod joint_density;
mod laplace;
mod latent_draw;
mod likelihood;
mod loadings;
mod local_power;
mod log_dirichlet;
mod log_sum_exp;
mod marginal_labels;
mod matching;
mod metropolis;
mod mfm;
mod moves;
mod partition;
mod pilot;
mod poisson;
mod polya_gamma;
mod posterior_latents;
mod priors;
mod proposal_path;
mod released;
mod scores;
mod settings;
mod similarity;
mod smoothed;
mod start;
mod state;
mod state_blocks;
pub mod steps;
mod streams;
mod sweep;
mod tally;

pub use chain::{Chain, Problem, Traced};
pub use convergence::{Convergence, ess_bulk, ess_tail, r_hat};
pub use counts::Counts;
pub use crt::n_tables;
pub use dispersion::{SeenBins, crt_joint_step, sample_dispersion, slice_step};
pub use draw::{Draw, Latents, Scalars};
pub use draw_log::{DrawLog, read_draws};
pub use dynamics::{Interaction, StepStatistics, log_density_of_steps, sample_dynamics};
pub use error::{BiclusterError, Result};
pub use evidence::log_evidence;
pub use filter::{FilterOptions, Filtered, FirstBin, Information, sample_paths};
pub use hdp::{
    ConcentrationPrior, sample_transitions, sample_transitions_and_concentrations, transitions_from_prior,
};
pub use held_out_score::HeldOutScore;
pub use hidden_states::sample_states;
pub use hold_out::{HeldOutEntry, HoldOut};
pub use interval::Interval;
pub use joint_density::log_joint;
pub use laplace::{Mode, laplace};
pub use latent_draw::LatentDraw;
pub use likelihood::{Design, Family, UnitCounts, log_constant, log_likelihood, log_probability};
pub use loadings::sample_loadings;
pub use log_dirichlet::{beta_draw, gamma_draw, log_dirichlet, log_gamma_draw};
pub use mfm::PartitionPrior;
pub use moves::{LabelMoves, MoveSetting, MoveTallies, Tally};
pub use partition::{PointEstimate, point_partition};
pub use pilot::{Pilot, number_of_clusters};
pub use polya_gamma::PolyaGamma;
pub use posterior_latents::{MeanDynamics, PosteriorLatents};
pub use priors::{DispersionPrior, DynamicsPrior, HdpPrior, Limits, LoadingPrior, NeuronPrior, Priors};
pub use proposal_path::ProposalPath;
pub use scores::{HeldOut, Scores};
pub use settings::{Accept, LabelUpdate, Settings};
pub use similarity::Similarity;
pub use smoothed::{correlations, smoothed_roots};
pub use start::{Groups, Start, start};
pub use state::{Dynamics, State, Transitions};
pub use streams::{Purpose, Streams, SweepStreams};
pub use sweep::{Point, Sampler};
pub use tally::Tallies;
