//! A planted partition: groups of one size that show in the edges, in the weights, in both, or nowhere.

mod params;
mod step;

use neuroloom_core::Seed;
use rand::RngExt;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, Exp1, StandardNormal};

pub use params::{PlantedGraphParams, Structure, WeightModel};
pub use step::PlantedGraphStep;

use super::PlantedGraph;

/// Draws a graph: nodes fall at random into `n_groups` groups of one size (to within one node); each pair is joined
/// with a probability, and each edge has a weight, that depend on whether both ends are of one group.
pub fn planted_graph(params: &PlantedGraphParams, seed: Seed) -> PlantedGraph {
    let mut labels: Vec<usize> = (0..params.n_nodes).map(|node| node % params.n_groups).collect();
    labels.shuffle(&mut seed.child("groups").rng());
    let (inside, outside) = params.edge_probabilities();
    let (heavy, light) = params.mean_weights();
    let (mut joins, mut weighs) = (seed.child("edges").rng(), seed.child("weights").rng());
    let mut edges = Vec::new();
    for i in 0..params.n_nodes {
        for j in i + 1..params.n_nodes {
            let same = labels[i] == labels[j];
            if joins.random::<f64>() < if same { inside } else { outside } {
                let mean = if same { heavy } else { light };
                edges.push((i, j, draw_weight(params.weights, mean, &mut weighs)));
            }
        }
    }
    PlantedGraph::new(&labels, edges)
}

fn draw_weight(model: WeightModel, mean: f64, stream: &mut ChaCha8Rng) -> f64 {
    match model {
        WeightModel::None => 1.0,
        WeightModel::Exponential => mean * Distribution::<f64>::sample(&Exp1, stream),
        WeightModel::Normal => mean + Distribution::<f64>::sample(&StandardNormal, stream),
        WeightModel::Lognormal => mean * Distribution::<f64>::sample(&StandardNormal, stream).exp(),
        WeightModel::Geometric => {
            let exponential: f64 = Exp1.sample(stream);
            (exponential / (1.0 / mean).ln_1p()).floor()
        }
    }
}
