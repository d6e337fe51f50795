//! `simulate.lfr` as a step.

use neuroloom_core::{
    Description, Inputs, PlanContext, PlannedInputs, Result, RunContext, Step, StepOutput, StepPlan,
};

use super::{LfrParams, lfr};
use crate::graphs::{run, tables};

/// The step `simulate.lfr`.
#[derive(Clone, Copy, Debug, Default)]
pub struct LfrStep;

impl Step for LfrStep {
    type Params = LfrParams;
    const ID: &'static str = "simulate.lfr";
    const VERSION: u32 = 1;
    const RANDOM: bool = true;

    fn describe(&self) -> Description {
        Description {
            title: "Weighted benchmark graphs with planted communities (LFR)",
            about: "Degrees and sizes of communities follow power laws; a share mu_t of the edges of a node, and a share mu_w \
                    of its strength, lead to other communities; the strength of a node of degree k is k^beta. Edges are \
                    wired at random with these degrees, without loops and parallel edges; weights are fitted to the \
                    strengths by greedy least squares and stay above zero. The mixing that came about is in `graphs`.",
            reference: Some(
                "Lancichinetti and Fortunato 2009, PRE 80:016118; Lancichinetti, Fortunato and Radicchi 2008, PRE 78:046110",
            ),
            inputs: Vec::new(),
            outputs: run::ports(),
        }
    }

    fn plan(&self, ctx: &PlanContext, params: &LfrParams, _: &PlannedInputs) -> Result<StepPlan> {
        let n_edges = params.n_nodes as f64 * params.mean_degree / 2.0;
        Ok(run::plan(ctx.threads, params.n_graphs, params.n_nodes, n_edges))
    }

    fn run(&self, ctx: &RunContext, params: &LfrParams, _: &Inputs) -> Result<StepOutput> {
        run::run(ctx, &tables::graph_ids("lfr", params.n_graphs), |seed| lfr(params, seed))
    }
}
