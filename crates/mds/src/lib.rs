//! Most discriminative stimuli: functional types of neurons, and one short stimulus for each (Burg et al. 2024).
//!
//! An [`Encoder`] says how every neuron would respond to any stimulus. Clusters and stimuli are found in alternation: for
//! every cluster the stimulus that drives its neurons and no others ([`Objective`], [`Ascent`]), then every neuron goes to
//! the cluster whose stimulus drives it most ([`argmax`]). The stimuli can be shown in a later experiment to type
//! new neurons in less than a minute.

mod agreement;
mod alternation;
mod ascent;
mod assignment;
mod baselines;
mod card;
mod confusion;
mod consensus;
mod design;
mod encoder;
mod fit;
mod gain;
mod groups;
mod import;
mod init;
mod laplacian;
mod merge;
mod network;
mod objective;
mod options;
mod projection;
mod real;
mod restarts;
mod search;
mod split;
pub mod steps;
mod stimulus;

pub use agreement::{Agreement, agreement};
pub use alternation::Phase;
pub use ascent::{Ascent, Optimised, Stop};
pub use assignment::{Templates, argmax, assign, margins};
pub use baselines::{Baseline, Gmm, KMeans, gmm, kmeans, principal_components, spectral};
pub use card::{EncoderCard, encoder_from_safetensors, encoder_to_safetensors};
pub use confusion::Confusion;
pub use consensus::{absorb_small, consensus, consensus_of_k};
pub use design::{DesignFormat, WrittenFile, npy_bytes, png_bytes, write_design};
pub use encoder::{
    Convolutional, ConvolutionalTape, Encoder, Ensemble, EnsembleTape, History, Output, Readout,
    SeparableBank, TrueCells,
};
pub use fit::{
    Chunk, Chunks, Clip, EncoderFit, EncoderTrainer, EpochRecord, FitOptions, FitPass, FitState, Loss,
    Movies, Optimiser, TestClip, UnitQuality, quality,
};
pub use gain::{Gain, Gains};
pub use groups::Groups;
#[cfg(feature = "onnx")]
pub use import::encoder_from_onnx;
pub use init::chunks;
pub use laplacian::{add_gradient as add_roughness_gradient, roughness};
pub use network::{LayerSpec, MaskShape, Network, NetworkKind, NetworkSpec, Penalties, Region, Tape};
pub use objective::Objective;
pub use options::{Assign, Merge, Options, SplitOptions};
pub use projection::{Projection, norm};
pub use real::Real;
pub use restarts::{Choose, Restarted, Restarts, Start, restarts, searches, settled};
pub use search::{Check, Clusters, Iteration, Problem, Search, SplitTrial, search};
pub use steps::register;
pub use stimulus::StimulusShape;
