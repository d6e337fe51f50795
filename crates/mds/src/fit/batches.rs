//! Losses and gradients of many chunks.

use neuroloom_nn::sum_chunks;
use rayon::prelude::*;

use super::chunks::Chunk;
use super::movies::Movies;
use super::options::FitOptions;
use super::pass::{FitPass, Weights};
use crate::network::Network;
use crate::real::Real;

/// As many passes side by side as a batch has chunks. Sums do not depend on the number of threads.
#[derive(Debug)]
pub(super) struct Batches<'a, F> {
    network: &'a Network,
    options: &'a FitOptions,
    movies: &'a Movies,
    passes: Vec<FitPass<'a, F>>,
    sum: Vec<F>,
}

/// Sum of the losses of chunks, and the penalty of the parameters.
#[derive(Clone, Copy, Debug)]
pub(super) struct Losses {
    pub data: f64,
    pub penalty: f64,
}

impl<'a, F: Real> Batches<'a, F> {
    /// For chunks of `len` frames.
    pub fn new(network: &'a Network, options: &'a FitOptions, movies: &'a Movies, len: usize) -> Self {
        Self {
            passes: (0..options.batch.max(1)).map(|_| FitPass::new(network, options, len)).collect(),
            sum: vec![F::zero(); network.layout().len()],
            network,
            options,
            movies,
        }
    }

    /// The losses of `chunks`; `gradient` becomes that of their mean and of the penalty, 0 for what is not fitted.
    pub fn losses_and_gradient(&mut self, parameters: &[F], chunks: &[Chunk], gradient: &mut [F]) -> Losses {
        let weights = Weights::new(self.network, parameters);
        let movies = self.movies;
        let mut data = 0.0;
        gradient.fill(F::zero());
        for batch in chunks.chunks(self.passes.len()) {
            let passes = self.passes.par_iter_mut().zip(batch);
            let losses: Vec<f64> = passes.map(|(pass, &chunk)| pass.both(&weights, movies, chunk)).collect();
            data += losses.iter().sum::<f64>();
            let parts: Vec<&[F]> = self.passes[..batch.len()].iter().map(FitPass::gradient).collect();
            sum_chunks(&parts, &mut self.sum);
            gradient.iter_mut().zip(&self.sum).for_each(|(total, &sum)| *total += sum);
        }
        let share = F::from_f64(1.0 / chunks.len().max(1) as f64);
        gradient.iter_mut().for_each(|value| *value *= share);
        let penalty = self.network.penalty(self.options.penalties, parameters, gradient);
        if !self.options.fit_places {
            self.network.readout().place.of_mut(gradient).fill(F::zero());
        }
        Losses { data, penalty }
    }

    /// Sum of the losses of `chunks`.
    pub fn losses(&mut self, parameters: &[F], chunks: &[Chunk]) -> f64 {
        let weights = Weights::new(self.network, parameters);
        let movies = self.movies;
        let mut total = 0.0;
        for batch in chunks.chunks(self.passes.len()) {
            let passes = self.passes.par_iter_mut().zip(batch);
            let losses: Vec<f64> = passes.map(|(pass, &chunk)| pass.loss(&weights, movies, chunk)).collect();
            total += losses.iter().sum::<f64>();
        }
        total
    }
}
