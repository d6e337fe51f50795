//! `celegans.connectome` as a step.

mod atlas;
mod figures;
mod members;
mod read;
mod tables;

use neuroloom_core::{
    Description, Inputs, PlanContext, PlannedInputs, PortSpec, Resources, Result, RunContext, Step,
    StepOutput, StepPlan, Summary, Unit,
};
use neuroloom_table::kinds;

use self::atlas::Atlas;
use super::warnings::Warnings;
use crate::connectome::{ConnectomeParams, SourceEdges, consensus};

/// The step `celegans.connectome`.
#[derive(Clone, Copy, Debug, Default)]
pub struct ConnectomeStep;

impl Step for ConnectomeStep {
    type Params = ConnectomeParams;
    const ID: &'static str = "celegans.connectome";
    const VERSION: u32 = 1;

    fn describe(&self) -> Description {
        Description {
            title: "Connection weights per source, and their consensus",
            about: "Brings the readings of every annotation to one gap and one chemical weight per ordered pair of the 300 \
                    neurons, and the primary studies to a consensus with standard deviations, on one unit. The profile \
                    `compat` follows the published pipeline with its defects instead.",
            reference: Some(
                "Simeon et al., arXiv 2411.12091; Cook et al. 2019; Varshney et al. 2011; Witvliet et al. 2021; Randi et al. 2023",
            ),
            inputs: vec![
                PortSpec::required(
                    "readings",
                    kinds::CONNECTOME_READINGS,
                    "Connections as their sources write them",
                ),
                PortSpec::optional("atlas", kinds::NEURONS, "Type, transmitter and position of neurons"),
            ],
            outputs: vec![
                PortSpec::required("edges", kinds::CONNECTOME_EDGES, "Weights per source and ordered pair"),
                PortSpec::required("consensus", kinds::CONNECTOME_CONSENSUS, "Weights per ordered pair"),
                PortSpec::required("neurons", kinds::NEURONS, "The 300 neurons"),
                PortSpec::required("warnings", kinds::WARNINGS, "What to look at"),
            ],
        }
    }

    fn plan(&self, _: &PlanContext, params: &ConnectomeParams, inputs: &PlannedInputs) -> Result<StepPlan> {
        let rows = inputs.required("readings")?.dim("rows").unwrap_or(0);
        let pairs = if params.complete { 90_000 } else { 10_000 };
        // A reading as strings and in a map, a pair of the consensus with its lists and names.
        let memory = rows.saturating_mul(400).saturating_add(pairs * 1500);
        Ok(StepPlan::new(Resources::memory(memory))
            .output("edges", kinds::CONNECTOME_EDGES, [])
            .output("consensus", kinds::CONNECTOME_CONSENSUS, params.complete.then_some(("rows", 90_000)))
            .output("neurons", kinds::NEURONS, [("rows", 300)])
            .output("warnings", kinds::WARNINGS, []))
    }

    fn run(&self, _: &RunContext, params: &ConnectomeParams, inputs: &Inputs) -> Result<StepOutput> {
        let mut sources = read::sources(inputs.required("readings")?, params)?;
        let mut warnings = Warnings::default();
        for source in &mut sources {
            warnings.extend(&source.source, std::mem::take(&mut source.warnings));
        }
        let (atlas, strangers) = Atlas::new(inputs.optional("atlas"))?;
        warnings.extend("atlas", strangers);
        let (members, notes) = members::chosen(&sources, params)?;
        warnings.extend("consensus", notes);
        let (pairs, factors, unit) = consensus(&members, params);
        let mut summary = summary(&sources, pairs.len());
        for (source, factor) in &factors {
            summary = summary
                .number(format!("{source}: factor of chemical weights"), factor.chem, Unit::ONE)
                .number(format!("{source}: factor of gap weights"), factor.gap, Unit::ONE);
        }
        summary = summary.figure(figures::adjacency(&pairs, &unit, &atlas));
        let functional_unit =
            members.iter().find(|source| source.functional).map(|source| source.unit.as_str());
        Ok(StepOutput::new(warnings.report(summary))
            .table("edges", tables::edges(&sources, params.complete)?)
            .table("consensus", tables::consensus(&pairs, &unit, functional_unit, &atlas, params.complete)?)
            .table("neurons", tables::neurons(&atlas)?)
            .table("warnings", warnings.table()?))
    }
}

fn summary(sources: &[SourceEdges], consensus_pairs: usize) -> Summary {
    let mut summary =
        Summary::default().count("sources", sources.len()).count("consensus pairs", consensus_pairs);
    for source in sources {
        let name = &source.source;
        let dropped = source.dropped;
        summary = summary
            .count(format!("{name}: ordered pairs"), source.edges.len())
            .count(format!("{name}: readings outside the 300 names"), dropped.outside)
            .count(format!("{name}: readings without weight"), dropped.weightless)
            .count(format!("{name}: readings of ignored types"), dropped.ignored)
            .count(format!("{name}: insignificant readings"), dropped.insignificant);
    }
    summary.figure(figures::pairs_per_source(sources))
}
