//! Where chains begin.

use std::error::Error;

use neuroloom_bicluster::{BiclusterError, Chain, Pilot, Problem, Start, number_of_clusters};
use neuroloom_core::Seed;
use rand::RngExt;
use rayon::prelude::*;

use crate::data_set::DataSet;

/// Mean length of a block, bins.
const BLOCK: f64 = 25.0;

/// Sweeps of every pilot chain: the default of the step.
const PILOT_SWEEPS: u64 = 100;

/// A start of the sampler, with states of its own choice or others.
#[derive(Clone, Copy)]
pub struct Begin {
    clusters: Start,
    states: States,
}

#[derive(Clone, Copy)]
enum States {
    /// As the sampler begins.
    Usual,
    /// Blocks of random lengths in random states.
    Blocks,
    /// Clusters and states are the true ones.
    Truth,
}

impl Begin {
    pub fn parse(argument: &str) -> Result<Self, Box<dyn Error>> {
        let (clusters, states) = argument.split_once(',').unwrap_or((argument, "usual"));
        let clusters = serde_json::from_value(serde_json::Value::from(clusters))?;
        let states = match states {
            "usual" => States::Usual,
            "blocks" => States::Blocks,
            "truth" => States::Truth,
            other => return Err(format!("no such start: {other:?}").into()),
        };
        Ok(Self { clusters, states })
    }

    /// How many clusters pilots prefer, where they are asked.
    pub fn n_clusters(self, problem: &Problem<'_>, chains: u64, seed: Seed) -> Result<usize, BiclusterError> {
        if self.clusters != Start::Pilot {
            return Ok(0);
        }
        let scores = (0..chains).into_par_iter();
        let scores = scores.map(|number| pilot(problem, number, seed).scores::<BiclusterError>(&|| Ok(())));
        Ok(number_of_clusters(problem.settings, &scores.collect::<Result<Vec<_>, _>>()?))
    }

    pub fn chain(
        self,
        problem: &Problem<'_>,
        data: &DataSet,
        number: u64,
        n_clusters: usize,
        seed: Seed,
    ) -> Result<Chain, BiclusterError> {
        let mut chain = match self.clusters {
            Start::Pilot => {
                let point = pilot(problem, number, seed).point::<BiclusterError>(n_clusters, &|| Ok(()))?;
                Chain::at(point, number, data.held_out.len())
            }
            other => {
                let groups = other.groups(problem.counts, &problem.settings.priors);
                Chain::new(problem, number, groups, 1.0, seed)
            }
        };
        let n_states = problem.settings.priors.limits.max_states;
        match self.states {
            States::Usual => {}
            States::Blocks => {
                let mut rng = seed.child("blocks").child_index(number).rng();
                let mut state = 0;
                for bin in &mut chain.point.state.states {
                    if rng.random::<f64>() < 1.0 / BLOCK {
                        state = rng.random_range(0..n_states);
                    }
                    *bin = state;
                }
            }
            States::Truth => {
                let width = problem.settings.priors.width();
                let n_clusters = data.truth.generator.n_per.len();
                let state = &mut chain.point.state;
                state.labels.clone_from(&data.truth.labels);
                state.states.clone_from(&data.truth.states);
                state.paths.clone_from(&data.truth.paths);
                state.loadings.clone_from(&data.truth.loadings);
                let one = &state.dynamics[0];
                let size = n_clusters * width;
                let mut resting = one.clone();
                resting.transition = ndarray::Array2::eye(size);
                resting.offset = ndarray::Array1::zeros(size);
                resting.noise = ndarray::Array2::eye(size) * 0.01;
                state.dynamics = vec![resting; n_states];
            }
        }
        Ok(chain)
    }
}

fn pilot<'a>(problem: &Problem<'a>, number: u64, seed: Seed) -> Pilot<'a> {
    Pilot { problem: *problem, number, sweeps: PILOT_SWEEPS, dispersion: 1.0, seed }
}
