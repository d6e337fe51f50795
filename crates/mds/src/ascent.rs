//! Stimuli by gradient ascent, all of them in one batch.

use neuroloom_core::{Error, Result, Seed};
use rayon::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::encoder::Encoder;
use crate::laplacian;
use crate::objective::Objective;
use crate::projection::Projection;
use crate::real::Real;
use crate::stimulus::white_noise;

/// When a stimulus is done, beside the largest number of steps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Stop {
    /// After so many steps.
    #[default]
    Steps,
    /// Once more than 100 steps passed without a new minimum of the smoothed loss, `0.9 old + 0.1 new`.
    Ema,
    /// Once more than 50 steps changed no value by half a display level.
    Pixel,
}

/// Steps without a new minimum, share of the old loss that is kept.
const EMA_PATIENCE: usize = 100;
const EMA_KEPT: f64 = 0.9;
/// Steps without a visible change, and the change that is visible, display levels of 255.
const PIXEL_PATIENCE: usize = 50;
const PIXEL_LEVELS: f64 = 0.5;

/// How stimuli are optimised.
#[derive(Clone, Debug, PartialEq)]
pub struct Ascent {
    /// Step length.
    pub learning_rate: f64,
    /// Weight of roughness in the loss.
    pub smooth: f64,
    /// When a stimulus is done early.
    pub stop: Stop,
    /// Display levels per 1 of the values.
    pub display_scale: f64,
    /// What stimuli are projected on after every step.
    pub projection: Projection,
    /// Standard deviation of the noise that stimuli start from.
    pub init_scale: f64,
}

/// A stimulus after its ascent.
#[derive(Clone, Debug, PartialEq)]
pub struct Optimised<F> {
    /// The stimulus.
    pub stimulus: Vec<F>,
    /// Responses of all neurons to it.
    pub responses: Vec<F>,
    /// Its objective, nat.
    pub objective: f64,
    /// Its loss: roughness times its weight, less the objective.
    pub loss: f64,
    /// Gradient steps.
    pub steps: usize,
}

impl Ascent {
    /// A stimulus to start from: noise that belongs to `seed`, projected.
    pub fn start<F: Real, E: Encoder<F>>(&self, encoder: &E, seed: Seed) -> Vec<F> {
        let shape = encoder.shape();
        let mut stimulus = white_noise(shape, self.init_scale, seed);
        self.projection.apply(shape, &mut stimulus);
        stimulus
    }

    /// `steps` gradient steps for every pair of cluster and stimulus, each as if it were alone.
    ///
    /// # Errors
    /// When an objective is not finite.
    pub fn run<F: Real, E: Encoder<F>>(
        &self,
        encoder: &E,
        objective: &Objective,
        starts: Vec<(usize, Vec<F>)>,
        steps: usize,
    ) -> Result<Vec<Optimised<F>>> {
        let work = |room: &mut Room<F, E>, (cluster, stimulus): (usize, Vec<F>)| {
            self.one(encoder, objective, cluster, stimulus, steps, room)
        };
        starts.into_par_iter().map_init(|| Room::new(encoder), work).collect()
    }

    fn one<F: Real, E: Encoder<F>>(
        &self,
        encoder: &E,
        objective: &Objective,
        cluster: usize,
        mut stimulus: Vec<F>,
        steps: usize,
        room: &mut Room<F, E>,
    ) -> Result<Optimised<F>> {
        let shape = encoder.shape();
        let mut watch = Watch::new(self.stop, PIXEL_LEVELS / self.display_scale);
        let mut done = 0;
        loop {
            encoder.respond(&stimulus, &mut room.tape, &mut room.responses);
            let value = objective.gradient(cluster, &room.responses, &mut room.cotangent);
            let roughness =
                if self.smooth > 0.0 { self.smooth * laplacian::roughness(shape, &stimulus) } else { 0.0 };
            let loss = roughness - value;
            if !loss.is_finite() {
                return Err(not_finite(cluster, done));
            }
            if done == steps || watch.is_done(loss) {
                let responses = room.responses.clone();
                return Ok(Optimised { stimulus, responses, objective: value, loss, steps: done });
            }
            encoder.vjp(&room.cotangent, &mut room.tape, &mut room.gradient);
            if self.smooth > 0.0 {
                laplacian::add_gradient(shape, &stimulus, -self.smooth, &mut room.gradient);
            }
            watch.before(&stimulus);
            let rate = F::from_f64(self.learning_rate);
            for (value, slope) in stimulus.iter_mut().zip(&room.gradient) {
                *value += rate * *slope;
            }
            if !self.projection.apply(shape, &mut stimulus) {
                let seed = Seed::root(cluster as u64).child("blank").child_index(done as u64);
                stimulus = self.start(encoder, seed);
            }
            watch.after(&stimulus);
            done += 1;
        }
    }
}

fn not_finite(cluster: usize, step: usize) -> Error {
    Error::data("the objective of a stimulus is not finite")
        .at_object(format!("cluster {cluster}, gradient step {step}"))
        .hint("look for weights of the encoder that are not finite, or lower `learning_rate`")
}

/// Room for the steps of one stimulus at a time.
struct Room<F: Real, E: Encoder<F>> {
    tape: E::Tape,
    responses: Vec<F>,
    cotangent: Vec<F>,
    gradient: Vec<F>,
}

impl<F: Real, E: Encoder<F>> Room<F, E> {
    fn new(encoder: &E) -> Self {
        let zeros = |n: usize| vec![F::zero(); n];
        Self {
            tape: encoder.tape(),
            responses: zeros(encoder.n_units()),
            cotangent: zeros(encoder.n_units()),
            gradient: zeros(encoder.shape().len()),
        }
    }
}

/// Watches for the end.
struct Watch<F> {
    stop: Stop,
    smallest_change: f64,
    ema: Option<f64>,
    least: f64,
    idle: usize,
    before: Vec<F>,
}

impl<F: Real> Watch<F> {
    fn new(stop: Stop, smallest_change: f64) -> Self {
        Self { stop, smallest_change, ema: None, least: f64::INFINITY, idle: 0, before: Vec::new() }
    }

    fn is_done(&mut self, loss: f64) -> bool {
        match self.stop {
            Stop::Steps => false,
            Stop::Ema => {
                let ema = self.ema.map_or(loss, |ema| EMA_KEPT * ema + (1.0 - EMA_KEPT) * loss);
                self.ema = Some(ema);
                self.idle = if ema < self.least { 0 } else { self.idle + 1 };
                self.least = self.least.min(ema);
                self.idle > EMA_PATIENCE
            }
            Stop::Pixel => self.idle > PIXEL_PATIENCE,
        }
    }

    fn before(&mut self, stimulus: &[F]) {
        if self.stop == Stop::Pixel {
            self.before.clear();
            self.before.extend_from_slice(stimulus);
        }
    }

    fn after(&mut self, stimulus: &[F]) {
        if self.stop == Stop::Pixel {
            let changes = stimulus.iter().zip(&self.before).map(|(new, old)| (*new - *old).abs().double());
            let largest = changes.fold(0.0, f64::max);
            self.idle = if largest < self.smallest_change { self.idle + 1 } else { 0 };
        }
    }
}
