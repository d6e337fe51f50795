//! `community.dynamic`

mod affinity;
mod atlas;
mod classes;
mod components;
mod connectome;
mod figures;
mod params;
mod tables;

use neuroloom_core::{
    Description, Inputs, PlanContext, PlannedInputs, PortSpec, Resources, Result, RunContext, Step,
    StepOutput, StepPlan, Summary, TableKind,
};
use neuroloom_table::kinds;

use self::affinity::Affinities;
use self::atlas::{Community, atlas};
use self::classes::{Overlap, overlaps};
use self::components::Components;
use self::connectome::Connectome;
pub use self::params::{DynamicParams, Grouping, Synapse};
use super::partitions::read_partitions;

/// `community.dynamic`: communities of components over time, neuron classes and wiring.
#[derive(Clone, Copy, Debug)]
pub struct DynamicCommunities;

impl Step for DynamicCommunities {
    type Params = DynamicParams;
    const ID: &'static str = "community.dynamic";
    const VERSION: u32 = 1;
    const RANDOM: bool = true;

    fn describe(&self) -> Description {
        Description {
            title: "Atlas of dynamic communities: members, time, animals, classes and wiring",
            about: "Every component of a factorisation has a graph of its pairs, a time course and weights of animals; the \
                    communities of its graph thereby come and go. A row per community says who is in it, when and in whom its \
                    component is strong, and how much stronger its pairs are inside than to others. Against an atlas: \
                    the overlap with every neuron class, its Jaccard index and the hypergeometric probability of so large a \
                    one, with false discovery rates (Benjamini and Hochberg) over all rows. Against a connectome: the share \
                    of connected pairs inside and to others, with z and p over permutations of the labels of the nodes.",
            reference: Some(
                "Dyballa et al. 2024, arXiv 2402.14102; Fisher 1922; Benjamini and Hochberg 1995, J R Stat Soc B 57:289",
            ),
            inputs: vec![
                PortSpec::required(
                    "partition",
                    kinds::PARTITION,
                    "Communities of the graphs of components, graph_id `rank R component C`",
                ),
                PortSpec::required("components", kinds::NTF_COMPONENTS, "The components"),
                PortSpec::required(
                    "factors",
                    kinds::NTF_FACTORS,
                    "Their factors, of which the mode of time is read",
                ),
                PortSpec::optional("edges", kinds::EDGES, "The graphs, for the affinity inside and outside"),
                PortSpec::optional("neurons", kinds::NEURONS, "Class, type and transmitter of neurons"),
                PortSpec::optional("connectome", TableKind::ANY, "connectome_consensus or connectome_edges"),
            ],
            outputs: vec![
                PortSpec::required("communities", kinds::COMMUNITIES, "The atlas, a row per community"),
                PortSpec::optional(
                    "overlaps",
                    kinds::OVERLAPS,
                    "Communities against classes, with `neurons`",
                ),
            ],
        }
    }

    fn plan(&self, _: &PlanContext, _: &DynamicParams, inputs: &PlannedInputs) -> Result<StepPlan> {
        let plan = StepPlan::new(Resources::default()).output("communities", kinds::COMMUNITIES, []);
        let has_classes = inputs.optional("neurons").is_some();
        Ok(if has_classes { plan.output("overlaps", kinds::OVERLAPS, []) } else { plan })
    }

    fn run(&self, ctx: &RunContext, params: &DynamicParams, inputs: &Inputs) -> Result<StepOutput> {
        let partitions = read_partitions(inputs.required("partition")?)?;
        let components = Components::read(inputs.required("components")?, inputs.required("factors")?)?;
        let affinities = inputs.optional("edges").map(Affinities::read).transpose()?;
        let connectome =
            inputs.optional("connectome").map(|table| Connectome::read(table, params)).transpose()?;
        let mut communities = atlas(&partitions, &components, params)?;
        if let Some(affinities) = &affinities {
            affinities.measure(&mut communities);
        }
        if let Some(connectome) = &connectome {
            ctx.check_cancelled()?;
            connectome.measure(&mut communities, params, ctx.seed().child("wiring"));
        }
        let overlaps =
            inputs.optional("neurons").map(|neurons| overlaps(&communities, neurons, params)).transpose()?;
        let summary = summarise(&communities, overlaps.as_deref(), &components);
        let output = StepOutput::new(summary).table("communities", tables::communities(&communities)?);
        match &overlaps {
            Some(overlaps) => Ok(output.table("overlaps", tables::overlaps(&communities, overlaps)?)),
            None => Ok(output),
        }
    }
}

/// False discovery rate below which a result is called significant in the summary.
const SIGNIFICANT: f64 = 0.05;

fn summarise(communities: &[Community], overlaps: Option<&[Overlap]>, components: &Components) -> Summary {
    let mut graphs: Vec<&str> = communities.iter().map(|community| community.graph_id.as_str()).collect();
    graphs.dedup();
    let mut summary =
        Summary::default().count("components", graphs.len()).count("communities", communities.len());
    if communities.iter().any(|community| community.wiring.is_some()) {
        let wired =
            communities.iter().filter_map(|community| community.wiring_q).filter(|&q| q < SIGNIFICANT);
        summary = summary.count("communities wired more than chance (q < 0.05)", wired.count());
    }
    if let Some(overlaps) = overlaps {
        let enriched = overlaps.iter().filter(|overlap| overlap.q_value < SIGNIFICANT).count();
        summary = summary.count("classes that gather in a community (q < 0.05)", enriched);
    }
    let trivial = graphs
        .iter()
        .filter(|&&graph| communities.iter().filter(|community| community.graph_id == graph).count() == 1);
    let trivial = trivial.count();
    if trivial > 0 {
        summary =
            summary.warn(format!("{trivial} components are one community each: no structure in their pairs"));
    }
    figures::all(communities, overlaps, components).into_iter().fold(summary, Summary::figure)
}
