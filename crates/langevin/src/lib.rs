//! LangevinFlow: latent dynamics of spiking populations (Song, Keller, Yue, Perona and Welling 2025, arXiv 2507.11531).
//!
//! A recurrent encoder reads the spike counts of a trial. Position and velocity of the latents start from its first state
//! and follow underdamped Langevin dynamics in a potential ([`Potential`]); a transformer reads positions, velocities and encoder states, and gives
//! the rates of all units in all bins: of those that it sees, of those held out, and of bins that are still to come.
//!
//! A [`Model`] is a set of layers with hand-written backward passes; a [`Trainer`] fits its parameters to a
//! [`TrialSet`]; [`predict`] averages over draws of the latents. [`register`] adds the steps `langevin.*`.

mod card;
mod divergence;
mod draws;
mod engine;
mod evaluate;
mod flow;
mod gradient;
mod model;
pub mod options;
mod pass;
mod positions;
mod potential;
mod predict;
mod principal;
pub mod scores;
mod steps;
mod trainer;
mod trial_set;
mod weights;

pub use card::ModelCard;
pub use divergence::{Divergence, Squared, Transition, transition};
pub use draws::{Coordinated, Draws};
pub use engine::{Accelerator, Batch, Device, Engine, Processor, Stepped, Weights};
pub use evaluate::evaluate;
pub use flow::{Flow, FlowCotangents, FlowState};
pub use gradient::{BatchGradient, Objective};
pub use model::Model;
pub use pass::{EntryWeights, Outcome, Pass};
pub use positions::sinusoids;
pub use potential::{
    Network, OscillatorRule, Oscillators, Potential, PotentialKind, PotentialState, Quadratic,
};
pub use predict::{Average, LatentSource, PredictOptions, Prediction, predict};
pub use steps::{
    ImportModel, ImportParams, Infer, InferParams, LeakCheck, Train, TrainParams, Variant, register,
    register_with,
};
pub use trainer::{
    EpochRecord, Fit, KeepWeights, LrSchedule, OnNan, TrainOptions, TrainState, Trainer, ValidationKind,
    ValidationMetric,
};
pub use trial_set::{ReadOptions, Split, TrialInfo, TrialSet};
pub use weights::{from_safetensors, to_safetensors};
