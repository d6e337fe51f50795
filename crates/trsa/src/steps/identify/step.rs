use ndarray::Array2;
use neuroloom_core::{
    Description, Error, Inputs, PlanContext, PlannedInputs, PortSpec, Resources, Result, RunContext, Step,
    StepOutput, StepPlan, Summary, Unit,
};
use neuroloom_table::kinds;

use super::descriptors::Descriptors;
use super::params::{Compat, IdentifyParams};
use super::results::Results;
use super::{figures, input, tables};
use crate::identify::{Identified, Observations};
use crate::steps::tables::BYTES_PER_ROW;

/// `rsa.identify`: which region an RDM is from.
#[derive(Clone, Copy, Debug)]
pub struct IdentifyRegions;

impl Step for IdentifyRegions {
    type Params = IdentifyParams;
    const ID: &'static str = "rsa.identify";
    const VERSION: u32 = 1;
    const RANDOM: bool = true;

    fn describe(&self) -> Description {
        Description {
            title: "Identification of regions or layers by their RDMs",
            about: "Leaves out one subject at a time, takes the mean of every region's RDMs over the other subjects, and takes an RDM of the \
                left-out subject for the region whose mean is nearest (Euclidean distance over pairs). Beside the dissimilarities and their ranks, RDMs are compared after geo-topological \
                transforms: explicit ones, random ones of the classes local ((l+u)/2 <= 0.2), global ((l+u)/2 >= 0.8), geometry (u-l >= 0.8), topology (l >= 0.4, u <= 0.6) and \
                intermediate, or the whole grid of (l, u). Errors and tests of differences come from a bootstrap of RDMs (or subjects) and stimuli in which all descriptors meet the same samples: \
                p = 2 min(P(d <= 0), P(d >= 0)). The best cell of a grid is optimistic; nested selection chooses it without the subject that is identified.",
            reference: Some(
                "Lin & Kriegeskorte, The topology and geometry of neural representations, PNAS 2024, arXiv 2309.11028",
            ),
            inputs: vec![
                PortSpec::required("rdms", kinds::RDMS, "The RDMs"),
                PortSpec::required("index", kinds::RDM_INDEX, "Their subjects (or recordings) and regions"),
            ],
            outputs: vec![
                PortSpec::required("accuracy", kinds::ACCURACY, "A row per descriptor and class"),
                PortSpec::required("identification", kinds::IDENTIFICATION, "A row per descriptor and RDM"),
                PortSpec::optional("pairs", kinds::ACCURACY_PAIRS, "Tests between descriptors and classes"),
            ],
        }
    }

    fn plan(&self, ctx: &PlanContext, params: &IdentifyParams, inputs: &PlannedInputs) -> Result<StepPlan> {
        let rdms = inputs.required("rdms")?;
        let size = |name: &str| rdms.dim(name).unwrap_or(1);
        let entries = size("rdms").saturating_mul(size("pairs"));
        let n_descriptors = Descriptors::of(params, neuroloom_core::Seed::root(0)).all().len() as u64;
        let rows = n_descriptors.saturating_mul(size("rdms"));
        // The table; dissimilarities, ranks and orders of all RDMs, and those of a sample in every thread.
        let bytes = entries.saturating_mul(BYTES_PER_ROW + 40 + 16 * ctx.threads as u64);
        let bytes = bytes.saturating_add(rows.saturating_mul(tables::BYTES_PER_ROW));
        let known = rdms.dim("rdms").map(|_| ("rows", rows));
        Ok(StepPlan::new(Resources::memory(bytes).cores(ctx.threads))
            .output("accuracy", kinds::ACCURACY, [])
            .output("identification", kinds::IDENTIFICATION, known)
            .output("pairs", kinds::ACCURACY_PAIRS, []))
    }

    fn run(&self, ctx: &RunContext, params: &IdentifyParams, inputs: &Inputs) -> Result<StepOutput> {
        let observations = input::read(inputs)?;
        let descriptors = Descriptors::of(params, ctx.seed().child("classes"));
        let identified = identify(ctx, &observations, &descriptors)?;
        let samples = bootstrap(ctx, params, &observations, &descriptors)?;
        let with_published_test = params.compat == Compat::Authors;
        let results = Results::new(observations, descriptors, identified, samples, with_published_test);
        let output = StepOutput::new(summarise(params, &results))
            .table("accuracy", tables::accuracy(&results)?)
            .table("identification", tables::identification(&results)?);
        match results.tests.as_slice() {
            [] => Ok(output),
            tests => Ok(output.table("pairs", tables::pairs(tests)?)),
        }
    }
}

fn identify(
    ctx: &RunContext,
    observations: &Observations,
    descriptors: &Descriptors,
) -> Result<Vec<Identified>> {
    let work = ctx.begin("descriptors", Some(descriptors.all().len() as u64));
    observations.identify_all(descriptors.all(), || {
        work.advance(1);
        ctx.check_cancelled()
    })
}

fn bootstrap(
    ctx: &RunContext,
    params: &IdentifyParams,
    observations: &Observations,
    descriptors: &Descriptors,
) -> Result<Array2<f64>> {
    if params.n_bootstrap == 0 {
        return Ok(Array2::zeros((0, descriptors.n_bootstrapped)));
    }
    let work = ctx.begin("bootstrap samples", Some(params.n_bootstrap as u64));
    let seed = ctx.seed().child("bootstrap");
    observations.bootstrap::<Error>(descriptors.bootstrapped(), params.bootstrap(), seed, || {
        work.advance(1);
        ctx.check_cancelled()
    })
}

fn summarise(params: &IdentifyParams, results: &Results) -> Summary {
    let design = results.observations.design();
    let mut summary = Summary::default()
        .count("RDMs", results.observations.rdms().count())
        .count("subjects", design.subjects().len())
        .count("regions", design.regions().len())
        .number("chance", design.chance(), Unit::ONE);
    for group in &results.groups {
        summary = summary.number(format!("accuracy, {}", group.name), group.accuracy, Unit::ONE);
    }
    if let Some(nested) = &results.nested {
        summary =
            summary.number("accuracy, best cell chosen without the subject", nested.accuracy, Unit::ONE);
    }
    if let Some(best) = results.best_cell() {
        let (descriptor, accuracy) = (results.descriptors.all()[best], results.identified[best].accuracy());
        summary = summary.text("best cell with hindsight", format!("{descriptor} ({accuracy:.3})"));
    }
    let summary = warnings(params, results).into_iter().fold(summary, Summary::warn);
    let figures = [figures::accuracies(results), figures::distances(results), figures::confusion(results)];
    figures.into_iter().chain(figures::map(results)).fold(summary, Summary::figure)
}

fn warnings(params: &IdentifyParams, results: &Results) -> Vec<String> {
    let design = results.observations.design();
    let mut warnings = Vec::new();
    if !design.left_out().is_empty() {
        let regions = design.left_out().join(", ");
        warnings.push(format!(
            "regions of one subject only cannot be learnt without it and are left out: {regions}"
        ));
    }
    if params.grid {
        warnings.push(match &results.nested {
            Some(_) => "the best cell of the grid was chosen with hindsight and is optimistic: report the default cell or the nested selection".to_owned(),
            None => "the best cell of the grid is optimistic, and nested selection needs 3 subjects".to_owned(),
        });
    }
    let null =
        results.samples.outer_iter().filter(|sample| sample.iter().any(|accuracy| accuracy.is_nan())).count();
    if null > 0 {
        warnings.push(format!("{null} of {} bootstrap samples had nothing to tell apart for some descriptor; they do not count there", results.samples.nrows()));
    }
    warnings
}
