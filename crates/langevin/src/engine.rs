//! Who does the arithmetic of a fit.

mod processor;

use std::fmt::Debug;

use neuroloom_core::{Error, Result, Seed};
use neuroloom_nn::{Adam, Real};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use processor::Processor;

use crate::draws::Draws;
use crate::model::Model;
use crate::pass::Outcome;
use crate::predict::{PredictOptions, Prediction};
use crate::trainer::TrainOptions;
use crate::trial_set::TrialSet;

/// Does the arithmetic of a fit. Between [`load`](Self::load) and [`unload`](Self::unload) it holds the weights, where it likes.
pub trait Engine<T>: Debug {
    /// Takes over the weights.
    ///
    /// # Errors
    /// When there is no room for them.
    fn load(&mut self, weights: Weights<T>) -> Result<()>;

    /// One step of the optimiser. Where loss or gradient are not finite the weights stay as they are.
    ///
    /// # Errors
    /// When the device fails.
    fn step(&mut self, batch: &Batch<'_>) -> Result<Stepped>;

    /// Sums over `trials` of one pass with `draws`.
    ///
    /// # Errors
    /// When the device fails.
    fn evaluate(&mut self, trials: &[u32], draws: &Draws) -> Result<Outcome>;

    /// Gives the weights back.
    ///
    /// # Errors
    /// When the device fails.
    fn unload(&mut self) -> Result<Weights<T>>;
}

/// Parameters of a model, and what their optimiser knows.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(bound = "T: Real")]
pub struct Weights<T> {
    /// The parameters, in the order of the model's layout.
    pub parameters: Vec<T>,
    /// The optimiser.
    pub adam: Adam<T>,
}

impl<T: Real> Weights<T> {
    /// Before the first step from `parameters`.
    pub fn new(parameters: Vec<T>) -> Self {
        let adam = Adam::new(parameters.len());
        Self { parameters, adam }
    }
}

/// What a step of the optimiser is made of.
#[derive(Clone, Copy, Debug)]
pub struct Batch<'a> {
    /// Numbers of the trials in the set.
    pub trials: &'a [u32],
    /// Random numbers.
    pub draws: &'a Draws,
    /// Weight of the divergence.
    pub beta: f64,
    /// Learning rate.
    pub lr: f64,
    /// Weight of the parameters' own size, added to the gradient.
    pub decay: f64,
    /// Largest norm of the gradient.
    pub grad_clip: Option<f64>,
}

/// What a step found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stepped {
    /// Sums over the batch.
    pub outcome: Outcome,
    /// Norm of the gradient before it was cut.
    pub norm: f64,
    /// Place of the first value of the gradient that is not finite.
    pub not_finite: Option<usize>,
}

/// Where a step runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Device {
    /// On the processor: the same bytes everywhere.
    #[default]
    Cpu,
    /// On a graphics processor, where the program was built with the feature `gpu`: the same results but for rounding.
    Gpu,
}

/// A device beside the processor that fits and predicts, in 32 bits.
pub trait Accelerator: Debug + Send + Sync {
    /// An engine for fits of `model` to trials of `set`.
    ///
    /// # Errors
    /// When there is no device, it has no room, or it cannot compute such a model.
    fn engine<'a>(
        &'a self,
        model: &'a Model,
        set: &'a TrialSet,
        options: &'a TrainOptions,
    ) -> Result<Box<dyn Engine<f32> + 'a>>;

    /// What [`predict`](crate::predict) gives, but for rounding.
    ///
    /// # Errors
    /// As for [`engine`](Self::engine).
    fn predict(
        &self,
        model: &Model,
        parameters: &[f32],
        set: &TrialSet,
        trials: &[u32],
        options: &PredictOptions,
        seed: Seed,
    ) -> Result<Prediction>;
}

impl Device {
    /// The accelerator for it, where it is one, of those that this program has.
    ///
    /// # Errors
    /// When the program has none.
    pub(crate) fn choose(
        self,
        built: Option<&'static dyn Accelerator>,
    ) -> Result<Option<&'static dyn Accelerator>> {
        match (self, built) {
            (Self::Cpu, _) => Ok(None),
            (Self::Gpu, Some(accelerator)) => Ok(Some(accelerator)),
            (Self::Gpu, None) => {
                Err(Error::params("this program was built without support for graphics processors")
                    .at_object("device")
                    .expected("cpu")
                    .found("gpu")
                    .hint("build it with `--features gpu`, or set `device: cpu`"))
            }
        }
    }
}
