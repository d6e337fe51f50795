//! The Neural Latents Benchmark: scores of predicted rates, baselines, trials and submissions.
//!
//! A model of spiking populations sees some units in some bins and predicts the rates of all. This crate
//! - scores rates: [`metrics`] on arrays, [`evaluate`] as a step;
//! - predicts them by simple means, which a model has to beat: [`baselines`], on [`factor_analysis`] and [`regression`];
//! - writes [submissions](submission) and targets;
//! - [cuts](cut) sessions into trials, and reads [`trials`] from tables.
//!
//! ```
//! use ndarray::Array3;
//! use neuroloom_nlb::metrics::bits_per_spike;
//!
//! // A unit that fires in every other bin, and rates that know.
//! let spikes = Array3::from_shape_fn((10, 20, 1), |(_, bin, _)| (bin % 2) as f64);
//! let rates = spikes.mapv(|count| 0.9 * count + 0.05);
//! let score = bits_per_spike(rates.view(), spikes.view())?;
//! assert!(score.value.unwrap() > 0.8);
//! # Ok::<(), neuroloom_core::Error>(())
//! ```
//!
//! Pei et al. 2021, Neural Latents Benchmark '21, arXiv 2109.04463.

pub mod baselines;
pub mod compare;
pub mod cut;
pub mod evaluate;
pub mod factor_analysis;
pub mod metrics;
pub mod regression;
pub mod submission;
pub mod trials;

use neuroloom_core::Registry;

/// Adds the steps `nlb.*` and `rates.*`.
pub fn register(registry: Registry) -> Registry {
    registry
        .with(cut::CutStep)
        .with(evaluate::EvaluateStep)
        .with(compare::CompareStep)
        .with(baselines::SmoothRatesStep)
        .with(baselines::FactorAnalysisStep)
        .with(baselines::ConditionMeanStep)
}
