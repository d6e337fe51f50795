//! `simulate.planted_graph` as a step.

use neuroloom_core::{
    Description, Inputs, PlanContext, PlannedInputs, Result, RunContext, Step, StepOutput, StepPlan,
};

use super::{PlantedGraphParams, planted_graph};
use crate::graphs::{run, tables};

/// The step `simulate.planted_graph`.
#[derive(Clone, Copy, Debug, Default)]
pub struct PlantedGraphStep;

impl Step for PlantedGraphStep {
    type Params = PlantedGraphParams;
    const ID: &'static str = "simulate.planted_graph";
    const VERSION: u32 = 1;
    const RANDOM: bool = true;

    fn describe(&self) -> Description {
        Description {
            title: "Weighted graphs with planted groups of one size",
            about: "Nodes fall at random into groups of one size. A pair is joined with a probability, and an edge has \
                    a weight, that depend on whether both ends are of one group: structure in the edges, in the \
                    weights, in both, or in neither, as a control in which nothing is to be found.",
            reference: Some(
                "Condon and Karp 2001, Random Struct Alg 18:116; weights: Peixoto 2018, PRE 97:012306",
            ),
            inputs: Vec::new(),
            outputs: run::ports(),
        }
    }

    fn plan(&self, ctx: &PlanContext, params: &PlantedGraphParams, _: &PlannedInputs) -> Result<StepPlan> {
        let n_edges = params.n_nodes as f64 * params.mean_degree / 2.0;
        Ok(run::plan(ctx.threads, params.n_graphs, params.n_nodes, n_edges))
    }

    fn run(&self, ctx: &RunContext, params: &PlantedGraphParams, _: &Inputs) -> Result<StepOutput> {
        run::run(ctx, &tables::graph_ids("planted", params.n_graphs), |seed| Ok(planted_graph(params, seed)))
    }
}
