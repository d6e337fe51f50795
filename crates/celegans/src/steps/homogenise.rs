//! `celegans.homogenise` as a step.

mod lists;
mod processed;
mod published;
mod read;
mod report;
mod stream;
mod tables;
mod writers;

use neuroloom_core::{
    Description, Inputs, PlanContext, PlannedInputs, PlannedTable, PortSpec, Resources, Result, RunContext,
    Step, StepOutput, StepPlan,
};
use neuroloom_table::kinds;

use self::processed::Processed;
use self::read::Known;
use self::writers::Writers;
use super::warnings::Warnings;
use crate::{AggregateTimestamp, Export, HomogeniseParams, QualityWarning, ResamplePath};

/// The step `celegans.homogenise`.
#[derive(Clone, Copy, Debug, Default)]
pub struct HomogeniseStep;

impl Step for HomogeniseStep {
    type Params = HomogeniseParams;
    const ID: &'static str = "celegans.homogenise";
    const VERSION: u32 = 1;
    // Imputation by chained regressions draws its predictors.
    const RANDOM: bool = true;

    fn describe(&self) -> Description {
        Description {
            title: "One naming, clock and normalisation for C. elegans recordings",
            about: "Turns the labels of every recording into the 300 neuron names without inventing any, and its traces \
                    into time derivatives and causally smoothed, resampled and normalised signals on one interval. \
                    Every label keeps its status, every imputed sample is marked, every skipped recording has a \
                    reason. The profile `compat` follows the published pipeline with its defects instead.",
            reference: Some(
                "Simeon et al., Homogenized C. elegans Neural Activity and Connectivity Data, arXiv 2411.12091",
            ),
            inputs: vec![
                PortSpec::required(
                    "traces",
                    kinds::TRACES,
                    "Traces with the columns label_given (text) and raw_column (integer); one clock per recording",
                )
                .in_parts(),
                PortSpec::optional("recordings", kinds::RECORDINGS, "Data set and file of every recording"),
            ],
            outputs: vec![
                PortSpec::required("traces", kinds::HOMOGENISED, "All signals of every neuron"),
                PortSpec::required("recordings", kinds::HOMOGENISED_RECORDINGS, "Clocks, settings, reasons"),
                PortSpec::required("labels", kinds::NEURON_LABELS, "What became of every label"),
                PortSpec::required("warnings", kinds::WARNINGS, "What to look at"),
                PortSpec::optional(
                    "signals",
                    kinds::TRACES,
                    "One signal (trace_signal) for steps that take traces",
                ),
                PortSpec::optional(
                    "published",
                    kinds::PUBLISHED,
                    "The published 15 columns (export: published)",
                ),
            ],
        }
    }

    fn plan(&self, ctx: &PlanContext, params: &HomogeniseParams, inputs: &PlannedInputs) -> Result<StepPlan> {
        let traces = inputs.required("traces")?;
        let memory = memory_bytes(ctx, params, traces);
        let known = |names: &[&'static str]| -> Vec<(&'static str, u64)> {
            names.iter().filter_map(|name| Some((*name, traces.dim(name)?))).collect()
        };
        let plan = StepPlan::new(Resources::memory(memory).cores(ctx.threads))
            .output("traces", kinds::HOMOGENISED, known(&["recordings", "units"]))
            .output("recordings", kinds::HOMOGENISED_RECORDINGS, known(&["recordings"]))
            .output("labels", kinds::NEURON_LABELS, known(&["recordings", "units"]))
            .output("warnings", kinds::WARNINGS, []);
        let plan = match params.trace_signal {
            Some(_) => plan.output("signals", kinds::TRACES, known(&["recordings", "units"])),
            None => plan,
        };
        Ok(match params.export {
            Export::Published => plan.output("published", kinds::PUBLISHED, known(&["recordings", "units"])),
            Export::None => plan,
        })
    }

    fn run(&self, ctx: &RunContext, params: &HomogeniseParams, inputs: &Inputs) -> Result<StepOutput> {
        let mut known = Known::new(inputs.optional("recordings"))?;
        let mut writers = Writers::new(ctx, params)?;
        let mut results = stream::all(ctx, params, inputs.parts("traces")?, &mut known, &mut writers)?;
        let absent = known.without_traces(params.signal.as_deref())?;
        results.extend(absent.into_iter().map(Processed::without_traces));
        results.sort_by(|a, b| a.source.id.cmp(&b.source.id));
        let mut warnings = Warnings::default();
        for result in &mut results {
            warnings.extend(&result.source.id, std::mem::take(&mut result.warnings));
        }
        warnings.extend("all recordings", mixed_stamps(&results, params));
        let summary = report::summary(&results, params, &writers);
        let output = StepOutput::new(warnings.report(summary))
            .table("recordings", tables::recordings(&results, params)?)
            .table("labels", tables::labels(&results)?)
            .table("warnings", warnings.table()?);
        writers.finish(output)
    }
}

/// Each thread has a recording at work while another waits to be written; the clocks of all stay in memory.
fn memory_bytes(ctx: &PlanContext, params: &HomogeniseParams, traces: &PlannedTable) -> u64 {
    // The common clock is at most four times as fine as the sources' in the published collection.
    const FINER: u64 = 4;
    let dim = |name: &str| traces.dim(name).unwrap_or(0);
    let at_once = match traces.dim("values_per_part") {
        Some(values) => values.saturating_mul(2 * ctx.threads as u64),
        // A table that is whole may be one recording or many: all of it may be at work.
        None => dim("units").saturating_mul(dim("samples")),
    };
    // Traces and their times in 64 bits, signals in 32, once more in their table.
    let signals = params.store.len() as u64 + 1;
    let work = at_once.saturating_mul(16 + 2 * 4 * FINER * signals);
    let clocks = dim("recordings").saturating_mul(dim("samples")).saturating_mul(2 * 8 * (1 + FINER));
    work.saturating_add(clocks)
}

/// Recordings on the way up are stamped where they were sampled, those on the way down 5/12 of an interval early.
fn mixed_stamps(results: &[Processed], params: &HomogeniseParams) -> Option<QualityWarning> {
    let on = |path| results.iter().filter_map(Processed::used).filter(|used| used.path == path).count();
    let (up, down) = (on(ResamplePath::Up), on(ResamplePath::Down));
    let mixed = params.aggregate_timestamp == AggregateTimestamp::Start && up > 0 && down > 0;
    mixed.then(|| {
        let early_s = params.resample_dt_s * 5.0 / 12.0;
        let message = format!(
            "{up} recordings are interpolated and {down} averaged: the stamps of the latter are {early_s:.3} s early; \
             `aggregate_timestamp: centroid` corrects that"
        );
        QualityWarning::new("mixed_timestamps", message)
    })
}
