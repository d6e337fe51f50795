//! Epochs of Adam: a step for every batch, in an order that is drawn anew.

use neuroloom_core::Seed;
use neuroloom_nn::{Adam, Decay, Plateau};
use rand::seq::SliceRandom;
use serde::{Deserialize, Serialize};

use super::Epoch;
use crate::fit::batches::Batches;
use crate::fit::chunks::Chunk;
use crate::fit::options::FitOptions;
use crate::network::Network;
use crate::real::Real;

/// Smallest learning rate.
const SMALLEST_LR: f64 = 1e-6;

/// What Adam knows between epochs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(bound = "F: neuroloom_nn::Real")]
pub(super) struct Stochastic<F> {
    adam: Adam<F>,
    schedule: Plateau,
}

impl<F: Real> Stochastic<F> {
    pub fn new(options: &FitOptions, n_parameters: usize) -> Self {
        let schedule = Plateau::new(options.lr, options.lr_factor, options.lr_patience, SMALLEST_LR);
        Self { adam: Adam::new(n_parameters), schedule }
    }

    pub fn epoch(
        &mut self,
        network: &Network,
        options: &FitOptions,
        batches: &mut Batches<'_, F>,
        train: &[Chunk],
        parameters: &mut [F],
        seed: Seed,
    ) -> Epoch {
        let step = self.schedule.lr();
        let mut order = train.to_vec();
        order.shuffle(&mut seed.rng());
        let mut gradient = vec![F::zero(); parameters.len()];
        let mut data = 0.0;
        for batch in order.chunks(options.batch.max(1)) {
            data += batches.losses_and_gradient(parameters, batch, &mut gradient).data;
            self.step(network, options, parameters, &gradient, step);
        }
        Epoch { data, step }
    }

    fn step(
        &mut self,
        network: &Network,
        options: &FitOptions,
        parameters: &mut [F],
        gradient: &[F],
        lr: f64,
    ) {
        let layout = network.readout();
        // Places are no weights: they are not drawn to the middle.
        let places = layout.place.of(parameters).to_vec();
        self.adam.step(parameters, gradient, lr, Decay::Decoupled(options.weight_decay));
        if !options.fit_places {
            layout.place.of_mut(parameters).copy_from_slice(&places);
        }
        if options.nonnegative {
            let features = layout.features.of_mut(parameters);
            features.iter_mut().for_each(|weight| *weight = weight.at_least(F::zero()));
        }
    }

    /// An epoch has ended with this loss of the chunks that are not fitted.
    pub fn observe(&mut self, valid_loss: f64) {
        self.schedule.observe(valid_loss);
    }
}
