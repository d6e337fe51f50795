//! `community.nested_sbm`

mod edges;
mod figures;
mod fitted;
mod names;
mod params;
mod tables;

use neuroloom_core::{
    Description, Error, ErrorKind, Inputs, PlanContext, PlannedInputs, PortSpec, Resources, Result,
    RunContext, Step, StepOutput, StepPlan, Summary, TableKind, Task, Unit,
};
use neuroloom_table::kinds;

use self::edges::{GraphEdges, read_graphs};
use self::fitted::Fitted;
pub use self::params::{DegCorrChoice, Directed, Duplicates, NestedSbmParams, SelfLoops};
use crate::{CommunityError, Graph, Observer, Warning, WeightModel, fit, marginals};

/// `community.nested_sbm`: groups of the nodes of weighted graphs.
#[derive(Clone, Copy, Debug)]
pub struct NestedSbm;

/// Bytes per edge: the row of the table, the edge while it is read, and the graph.
const BYTES_PER_EDGE: u64 = 300;

impl Step for NestedSbm {
    type Params = NestedSbmParams;
    const ID: &'static str = "community.nested_sbm";
    const VERSION: u32 = 1;
    const RANDOM: bool = true;

    fn describe(&self) -> Description {
        Description {
            title: "Communities of weighted graphs by the nested stochastic block model",
            about: "Finds the groups of nodes, the groups of groups and so on that give the shortest description of the \
                    graph and its weights (minimum description length): no resolution to choose, and one group where there \
                    is no structure beyond the null model. An agglomerative multilevel search from several starts, level by \
                    level, with optional merge-split Monte Carlo; degree-corrected or not, whichever is shorter; weights as \
                    exponential, normal, log-normal, geometric, Poisson or binomial, or none. The description length is given \
                    in nats, term by term. Graphs are told apart by a column; each is fitted from its own random stream.",
            reference: Some(
                "Peixoto 2014, PRX 4:011047 and PRE 89:012804; 2017, PRE 95:012317; 2018, PRE 97:012306; 2020, PRE 102:012305; \
                 of dynamic connectomes: Dyballa et al. 2024, arXiv 2402.14102",
            ),
            inputs: vec![
                PortSpec::required(
                    "edges",
                    TableKind::ANY,
                    "Edges; parameters name the columns of both ends, weight and graph",
                ),
                PortSpec::optional(
                    "nodes",
                    TableKind::ANY,
                    "Nodes to include where they have no edge, in this order",
                ),
            ],
            outputs: vec![
                PortSpec::required("partition", kinds::PARTITION, "Group of every node, and of every group"),
                PortSpec::required(
                    "fit",
                    kinds::SBM_FIT,
                    "Models that were fitted and their description lengths",
                ),
                PortSpec::required("terms", kinds::SBM_TERMS, "What the description length is made of"),
                PortSpec::required("blocks", kinds::BLOCKS, "Edges and weights between groups"),
                PortSpec::required("trace", kinds::ENTROPY_TRACE, "Description length along the search"),
                PortSpec::optional("membership", kinds::MEMBERSHIP, "Sampled groups, with `marginals: true`"),
            ],
        }
    }

    fn plan(&self, ctx: &PlanContext, params: &NestedSbmParams, inputs: &PlannedInputs) -> Result<StepPlan> {
        let edges = inputs.required("edges")?;
        let size = |name: &str| edges.dim(name);
        let n_edges = size("rows").or(size("edges").map(|n| n.saturating_mul(size("graphs").unwrap_or(1))));
        let bytes = n_edges.unwrap_or(0).saturating_mul(BYTES_PER_EDGE);
        let bytes = bytes.saturating_add(params.memory_limit_mib.saturating_mul(1 << 20));
        let graphs = || size("graphs").map(|graphs| ("graphs", graphs));
        let plan = StepPlan::new(Resources::memory(bytes).cores(ctx.threads))
            .output("partition", kinds::PARTITION, graphs())
            .output("fit", kinds::SBM_FIT, graphs())
            .output("terms", kinds::SBM_TERMS, graphs())
            .output("blocks", kinds::BLOCKS, graphs())
            .output("trace", kinds::ENTROPY_TRACE, graphs());
        Ok(if params.marginals { plan.output("membership", kinds::MEMBERSHIP, graphs()) } else { plan })
    }

    fn run(&self, ctx: &RunContext, params: &NestedSbmParams, inputs: &Inputs) -> Result<StepOutput> {
        let graphs = read_graphs(inputs.required("edges")?, inputs.optional("nodes"), params)?;
        let work = ctx.begin("graphs", Some(graphs.len() as u64));
        let mut fitted = Vec::with_capacity(graphs.len());
        for edges in graphs {
            let graph = fit_graph(ctx, params, edges)?;
            work.note(&format!("{}: {:.1} nats", graph.edges.graph_id, graph.fit.description_length.total));
            work.advance(1);
            fitted.push(graph);
        }
        let output = StepOutput::new(summarise(&fitted))
            .table("partition", tables::partition(&fitted)?)
            .table("fit", tables::fits(&fitted)?)
            .table("terms", tables::terms(&fitted)?)
            .table("blocks", tables::blocks(&fitted)?)
            .table("trace", tables::trace(&fitted)?);
        Ok(if params.marginals { output.table("membership", tables::membership(&fitted)?) } else { output })
    }
}

/// Shows searches as progress and hands the user's wish to stop on.
struct Watch<'a> {
    ctx: &'a RunContext,
    searches: std::sync::Arc<dyn Task>,
}

impl Observer for Watch<'_> {
    fn is_cancelled(&self) -> bool {
        self.ctx.check_cancelled().is_err()
    }

    fn advance(&self, _: u64) {
        self.searches.advance(1);
    }
}

fn fit_graph(ctx: &RunContext, params: &NestedSbmParams, edges: GraphEdges) -> Result<Fitted> {
    let in_graph = |error| place(&edges, error);
    let options = params.options();
    let weights = edges.weights.as_deref().filter(|_| params.weights != WeightModel::None);
    let graph = Graph::new(edges.nodes.len(), &edges.edges, weights).map_err(in_graph)?;
    let seed = ctx.seed().child(&edges.graph_id);
    let watch = Watch { ctx, searches: ctx.begin(&format!("searches in {}", edges.graph_id), None) };
    let fit = fit(&graph, &options, seed.child("fit"), &watch).map_err(in_graph)?;
    let sample = || marginals(&graph, &fit, &options, seed.child("marginals"), &watch).map_err(in_graph);
    let marginals = params.marginals.then(sample).transpose()?;
    Ok(Fitted { edges, graph, fit, marginals })
}

/// The error of a graph, with the row of the table that it is about.
fn place(edges: &GraphEdges, error: CommunityError) -> Error {
    let edge = match &error {
        CommunityError::NonFiniteWeight { edge, .. }
        | CommunityError::NotPositive { edge, .. }
        | CommunityError::NotCounts { edge, .. } => Some(*edge),
        _ => None,
    };
    let error = Error::from(error);
    if matches!(error.kind(), ErrorKind::Cancelled | ErrorKind::Params) {
        return error;
    }
    let graph = format!("graph {:?}", edges.graph_id);
    match edge.and_then(|edge| edges.rows.get(edge)) {
        Some(&row) => error.at_object(format!("{graph}, row")).at_offset(row as u64),
        None => error.at_object(graph),
    }
}

fn summarise(fitted: &[Fitted]) -> Summary {
    let n_groups = |fitted: &Fitted| fitted.n_groups(0) as f64;
    let mean_groups = neuroloom_math::mean(&fitted.iter().map(n_groups).collect::<Vec<_>>());
    let mut summary = Summary::default()
        .count("graphs", fitted.len())
        .count("edges", fitted.iter().map(|fitted| fitted.graph.edges().len()).sum())
        .number("groups of nodes, mean", mean_groups, Unit::ONE);
    for fitted in fitted.iter().take(figures::PANELS) {
        let id = &fitted.edges.graph_id;
        let levels: Vec<String> =
            (0..fitted.fit.levels.len()).map(|level| fitted.n_groups(level).to_string()).collect();
        summary = summary
            .text(format!("groups of {id}, level by level"), levels.join(", "))
            .text(format!("model of {id}"), fitted.model_id());
    }
    for fitted in fitted {
        summary = warn(summary, fitted);
    }
    figures::all(fitted).into_iter().fold(summary, Summary::figure)
}

fn warn(summary: Summary, fitted: &Fitted) -> Summary {
    let id = &fitted.edges.graph_id;
    let found =
        fitted.fit.warnings.iter().chain(fitted.marginals.iter().flat_map(|sampled| &sampled.warnings));
    let texts = fitted.edges.left_out().into_iter().chain(found.map(warning));
    texts.fold(summary, |summary, text| summary.warn(format!("graph {id}: {text}")))
}

fn warning(warning: &Warning) -> String {
    match warning {
        Warning::OneGroup => "one group: there is no structure beyond the null model".into(),
        Warning::TooSmallToNest => "fewer than 4 nodes: fitted without a hierarchy".into(),
        Warning::EqualWeights => {
            "all weights are equal: under `weights: normal` they carry no information".into()
        }
        Warning::RestartsDiffer { lowest, highest } => format!(
            "description lengths of the restarts differ by more than 1 % ({lowest:.1} to {highest:.1} nats); \
             raise `restarts`"
        ),
        Warning::NothingAccepted => {
            "no split, merge or move of the Markov chain was accepted: lower `beta`, or do without the chain"
                .into()
        }
    }
}
