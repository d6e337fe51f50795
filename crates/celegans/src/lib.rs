//! C. elegans: recordings of many laboratories with one neuron naming, one clock and one normalisation, and
//! connectomes on the same names.
//!
//! [`homogenise`] takes one [`Recording`] through the method of Simeon et al. (arXiv 2411.12091): labels become
//! [names], the signal is differentiated, smoothed, resampled and normalised. The profile `exact` removes
//! the numerical and labelling defects of the published pipeline, `compat` reproduces them. [`connectome`]
//! brings readings of connections to weights per ordered pair, and several annotations to a consensus.
//!
//! ```
//! use neuroloom_celegans::{Fate, HomogeniseParams, RawColumn, Recording, homogenise};
//! use neuroloom_core::Seed;
//!
//! let times_s: Vec<f64> = (0..1600).map(|i| 0.6 * f64::from(i)).collect();
//! let trace: Vec<f64> = times_s.iter().map(|t| (t / 20.0).sin()).collect();
//! let recording = Recording {
//!     id: "Dag2023/worm".into(),
//!     source: "Dag2023".into(),
//!     file: "worm-data.h5".into(),
//!     signal_unit: "F/F20".into(),
//!     licence_note: None,
//!     times_s: times_s.into(),
//!     columns: vec![RawColumn { raw_column: 0, label_given: Some("AVAL".into()), trace: trace.into() }],
//! };
//! let outcome = homogenise(&recording, &HomogeniseParams::default(), Seed::root(0))?;
//! let Fate::Used(worm) = outcome.fate else { unreachable!("it has a label and 1600 samples") };
//! assert_eq!((worm.neurons[0].name.as_str(), worm.times_s.len()), ("AVAL", 2882));
//! # Ok::<(), neuroloom_core::Error>(())
//! ```

pub mod block;
pub mod clock;
pub mod connectome;
mod half;
mod homogenise;
pub mod impute;
pub mod labels;
pub mod names;
pub mod normalise;
mod params;
mod recording;
pub mod resample;
pub mod residual;
pub mod screen;
pub mod smooth;
mod steps;
mod warning;

pub use half::to_half_precision;
pub use homogenise::{Fate, Homogenised, LabelDecision, Neuron, Outcome, homogenise};
use neuroloom_core::Registry;
pub use params::{Export, HomogeniseParams, Profile, Storage, StoredSignal};
pub use recording::{RawColumn, Recording};
pub use resample::{AggregateTimestamp, ResamplePath};
pub use screen::Screen;
pub use steps::{ConnectomeStep, HomogeniseStep};
pub use warning::QualityWarning;

/// Adds the steps of this crate: `celegans.homogenise` and `celegans.connectome`.
pub fn register(registry: Registry) -> Registry {
    registry.with(HomogeniseStep).with(ConnectomeStep)
}
