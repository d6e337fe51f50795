//! The device as the steps `langevin.*` know it.

use std::sync::OnceLock;

use neuroloom_core::{Result, Seed};
use neuroloom_langevin::{Accelerator, Engine, Model, PredictOptions, Prediction, TrainOptions, TrialSet};

use crate::device::{Adapters, Gpu};
use crate::engine::GpuEngine;
use crate::predict::predict;

/// The graphics processor of this computer, opened when it is first needed.
#[derive(Debug)]
pub struct GraphicsProcessor {
    adapters: Adapters,
    gpu: OnceLock<Result<Gpu>>,
}

/// What `device: gpu` means: hardware alone.
pub static GRAPHICS_PROCESSOR: GraphicsProcessor = GraphicsProcessor::new(Adapters::Hardware);

impl GraphicsProcessor {
    /// Of these adapters.
    pub const fn new(adapters: Adapters) -> Self {
        Self { adapters, gpu: OnceLock::new() }
    }

    /// The open device.
    ///
    /// # Errors
    /// When there is none, or it cannot be opened.
    pub fn open(&self) -> Result<&Gpu> {
        self.gpu.get_or_init(|| Gpu::open(self.adapters)).as_ref().map_err(Clone::clone)
    }
}

impl Accelerator for GraphicsProcessor {
    fn engine<'a>(
        &'a self,
        model: &'a Model,
        set: &'a TrialSet,
        options: &'a TrainOptions,
    ) -> Result<Box<dyn Engine<f32> + 'a>> {
        Ok(Box::new(GpuEngine::new(self.open()?, model, set, options)?))
    }

    fn predict(
        &self,
        model: &Model,
        parameters: &[f32],
        set: &TrialSet,
        trials: &[u32],
        options: &PredictOptions,
        seed: Seed,
    ) -> Result<Prediction> {
        predict(self.open()?, model, parameters, set, trials, options, seed)
    }
}
