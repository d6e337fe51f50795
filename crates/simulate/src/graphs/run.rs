//! Many graphs at once: what both steps share.

use neuroloom_core::{PortSpec, Resources, Result, RunContext, Seed, StepOutput, StepPlan, Summary, Unit};
use neuroloom_table::kinds;
use rayon::prelude::*;

use super::{PlantedGraph, figures, tables};

/// Peak memory per edge: the edge while it is wired, and its row, in the table and while that is written.
const BYTES_PER_EDGE: u64 = 600;
/// Peak memory per node: the same for its row of the truth.
const BYTES_PER_NODE: u64 = 400;
/// Most edges of all graphs of a task.
pub(super) const MOST_EDGES: f64 = 1e8;

/// The outputs of both steps.
pub(super) fn ports() -> Vec<PortSpec> {
    vec![
        PortSpec::required("edges", kinds::EDGES, "The edges of all graphs"),
        PortSpec::required("truth", kinds::PARTITION, "The planted partition of every graph"),
        PortSpec::required("graphs", kinds::TABLE, "Sizes and realised mixing, a row per graph"),
    ]
}

/// Sizes and memory of `n_graphs` graphs of `n_nodes` nodes and some `n_edges` edges each.
pub(super) fn plan(threads: usize, n_graphs: usize, n_nodes: usize, n_edges: f64) -> StepPlan {
    let nodes = (n_graphs as u64).saturating_mul(n_nodes as u64);
    let edges = (n_graphs as f64 * n_edges) as u64;
    let bytes = edges.saturating_mul(BYTES_PER_EDGE).saturating_add(nodes.saturating_mul(BYTES_PER_NODE));
    let graphs = ("graphs", n_graphs as u64);
    StepPlan::new(Resources::memory(bytes).cores(threads))
        .output("edges", kinds::EDGES, [graphs, ("nodes", n_nodes as u64), ("edges", n_edges as u64)])
        .output("truth", kinds::PARTITION, [graphs, ("rows", nodes)])
        .output("graphs", kinds::TABLE, [("rows", n_graphs as u64)])
}

/// Draws the graphs in parallel, each from a random stream of its own, and tabulates them.
pub(super) fn run(
    ctx: &RunContext,
    ids: &[String],
    draw: impl Fn(Seed) -> Result<PlantedGraph> + Sync,
) -> Result<StepOutput> {
    let work = ctx.begin("graphs", Some(ids.len() as u64));
    let seed = ctx.seed().child("graphs");
    let graphs = ids.par_iter().enumerate().map(|(number, id)| {
        ctx.check_cancelled()?;
        let graph = draw(seed.child_index(number as u64)).map_err(|error| error.at_object(id))?;
        work.advance(1);
        Ok(graph)
    });
    let graphs = graphs.collect::<Result<Vec<_>>>()?;
    Ok(StepOutput::new(summary(ids, &graphs))
        .table("edges", tables::edges(ids, &graphs)?)
        .table("truth", tables::truth(ids, &graphs)?)
        .table("graphs", tables::index(ids, &graphs)?))
}

fn summary(ids: &[String], graphs: &[PlantedGraph]) -> Summary {
    let mean =
        |value: fn(&PlantedGraph) -> f64| graphs.iter().map(value).sum::<f64>() / graphs.len().max(1) as f64;
    let summary = Summary::default()
        .count("graphs", graphs.len())
        .number("edges, mean", mean(|graph| graph.edges.len() as f64), Unit::ONE)
        .number("groups, mean", mean(|graph| graph.n_groups() as f64), Unit::ONE)
        .number("edges between groups, mean share", mean(PlantedGraph::mixing_of_edges), Unit::ONE)
        .number("weight between groups, mean share", mean(PlantedGraph::mixing_of_weights), Unit::ONE);
    match figures::matrices(ids, graphs) {
        Some(figure) => summary.figure(figure),
        None => summary,
    }
}
