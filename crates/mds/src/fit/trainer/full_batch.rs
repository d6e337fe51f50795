//! Epochs of L-BFGS: a step for every pass over all chunks.

use neuroloom_nn::{Lbfgs, Point};
use serde::{Deserialize, Serialize};

use super::Epoch;
use crate::fit::batches::Batches;
use crate::fit::chunks::Chunk;
use crate::fit::options::FitOptions;
use crate::network::Network;
use crate::real::Real;

/// Steps that are remembered.
const MEMORY: usize = 10;

/// What L-BFGS knows between epochs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(bound = "F: neuroloom_nn::Real")]
pub(super) struct FullBatch<F> {
    lbfgs: Lbfgs<F>,
    /// Where it stands, and the sum of the losses there; none before the first epoch.
    at: Option<(Point<F>, f64)>,
    /// Nothing lower was found: the fit is at its end.
    pub is_done: bool,
}

impl<F: Real> FullBatch<F> {
    pub fn new() -> Self {
        Self { lbfgs: Lbfgs::new(MEMORY), at: None, is_done: false }
    }

    /// `per_chunk` losses are summed up in a chunk.
    pub fn epoch(
        &mut self,
        network: &Network,
        options: &FitOptions,
        batches: &mut Batches<'_, F>,
        (train, per_chunk): (&[Chunk], f64),
        parameters: &mut [F],
    ) -> Epoch {
        let share = 1.0 / (per_chunk * train.len() as f64);
        let before = self.at.take();
        let mut last = before.as_ref().map_or(f64::NAN, |(_, data)| *data);
        let mut objective = |parameters: &[F], gradient: &mut [F]| {
            let losses = batches.losses_and_gradient(parameters, train, gradient);
            last = losses.data;
            share * losses.data + losses.penalty + ridge(network, options.weight_decay, parameters, gradient)
        };
        let mut point = match before {
            Some((point, _)) => point,
            None => Point::new(parameters.to_vec(), &mut objective),
        };
        let found = self.lbfgs.step(&mut point, &mut objective);
        self.is_done = found.is_none();
        parameters.copy_from_slice(&point.parameters);
        self.at = Some((point, last));
        Epoch { data: last, step: found.unwrap_or(0.0) }
    }
}

/// Half of `weight` times the squares of all parameters but the places, which are not drawn to the middle; its gradient is
/// added.
fn ridge<F: Real>(network: &Network, weight: f64, parameters: &[F], gradient: &mut [F]) -> f64 {
    if weight == 0.0 {
        return 0.0;
    }
    let places = network.readout().place.range();
    let mut total = 0.0;
    for (at, (&value, out)) in parameters.iter().zip(gradient).enumerate() {
        if !places.contains(&at) {
            total += 0.5 * weight * value.double().powi(2);
            *out += F::from_f64(weight) * value;
        }
    }
    total
}
