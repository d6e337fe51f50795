//! Plants four groups in the weights of a random graph, and finds them.
//!
//!     cargo run --release -p neuroloom-community --example find_planted_groups

use neuroloom_community::{Graph, SbmOptions, WeightModel, fit, score};
use neuroloom_core::{Result, Seed};
use neuroloom_simulate::graphs::planted::planted_graph;
use neuroloom_simulate::graphs::{PlantedGraphParams, Structure};

fn main() -> Result<()> {
    let params = PlantedGraphParams { structure: Structure::Weights, ..PlantedGraphParams::default() };
    let planted = planted_graph(&params, Seed::root(7));
    let edges: Vec<(u32, u32)> = planted.edges.iter().map(|&(i, j, _)| (i as u32, j as u32)).collect();
    let weights: Vec<f64> = planted.edges.iter().map(|&(.., weight)| weight).collect();
    let truth: Vec<u32> = planted.groups.iter().map(|&group| group as u32).collect();
    let graph = Graph::new(planted.n_nodes(), &edges, Some(&weights))?;
    for weights in [WeightModel::Exponential, WeightModel::None] {
        let found = fit(&graph, &SbmOptions { weights, ..SbmOptions::default() }, Seed::root(7), &())?;
        let groups = found.blocks.first().map_or(0, Vec::len);
        let nmi = score(&found.levels[0], &truth).map_or(f64::NAN, |score| score.nmi);
        let nats = found.description_length.total;
        println!(
            "weights {:<12} {groups:>3} pairs of groups, {nats:>8.1} nats, nmi {nmi:.3}",
            weights.name()
        );
    }
    Ok(())
}
