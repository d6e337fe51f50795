//! `celegans.homogenise` as a step.

mod lists;
mod published;
mod read;
mod report;
mod tables;

use neuroloom_core::{
    Description, Error, Inputs, PlanContext, PlannedInputs, PortSpec, Resources, Result, RunContext, Step,
    StepOutput, StepPlan,
};
use neuroloom_table::kinds;
use rayon::prelude::*;

use self::read::{Source, SourceTables};
use super::warnings::Warnings;
use crate::{
    AggregateTimestamp, Export, Fate, HomogeniseParams, Homogenised, LabelDecision, Outcome, QualityWarning,
    ResamplePath, homogenise,
};

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
                ),
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
        // The common clock is at most four times as fine as the sources' in the published collection; 4 bytes a
        // sample, once more while columns are joined, and 8 for traces and their times.
        const FINER: u64 = 4;
        let traces = inputs.required("traces")?;
        let signals = params.store.len() as u64 + 2;
        let bytes_per_sample = (4 * FINER * signals).saturating_add(16);
        let memory = traces.dim("samples").unwrap_or(0).saturating_mul(bytes_per_sample);
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
        let sources = SourceTables::new(
            inputs.required("traces")?,
            inputs.optional("recordings"),
            params.signal.as_deref(),
        )?;
        let work = ctx.begin("homogenise", Some(sources.list.len() as u64));
        let results = sources.list.par_iter().map(|source| {
            ctx.check_cancelled()?;
            let result = Processed::new(&sources, source, ctx, params);
            work.advance(1);
            result
        });
        let mut results = results.collect::<Result<Vec<_>>>()?;
        let mut warnings = Warnings::default();
        for result in &mut results {
            warnings.extend(&result.source.id, std::mem::take(&mut result.warnings));
        }
        warnings.extend("all recordings", mixed_stamps(&results, params));
        let summary = report::summary(&results, params)?;
        let mut output = StepOutput::new(warnings.report(summary));
        if params.export == Export::Published {
            let (table, dropped) = published::table(&results, params)?;
            output.summary = output.summary.count("all-zero rows left out of the published layout", dropped);
            output = output.table("published", table);
        }
        if let Some(signal) = params.trace_signal {
            output = output.table("signals", tables::signals(&results, params, signal)?);
        }
        Ok(output
            .table("recordings", tables::recordings(&results, params)?)
            .table("labels", tables::labels(&results)?)
            .table("warnings", warnings.table()?)
            .table("traces", tables::traces(results)?))
    }
}

/// A recording and what became of it.
struct Processed {
    source: Source,
    n_samples: usize,
    labels: Vec<LabelDecision>,
    warnings: Vec<QualityWarning>,
    state: State,
}

enum State {
    Used(Homogenised),
    Skipped(String),
    Failed(String),
}

impl Processed {
    fn new(
        tables: &SourceTables<'_>,
        source: &Source,
        ctx: &RunContext,
        params: &HomogeniseParams,
    ) -> Result<Self> {
        let mut result = Self {
            source: source.clone(),
            n_samples: 0,
            labels: Vec::new(),
            warnings: Vec::new(),
            state: State::Skipped(String::new()),
        };
        let skip_reason = source.skip_reason.clone();
        if let Some(reason) =
            skip_reason.or_else(|| source.rows.is_empty().then(|| "it has no traces".to_owned()))
        {
            result.state = State::Skipped(reason);
            return Ok(result);
        }
        let outcome = tables.recording(source).and_then(|recording| {
            result.n_samples = recording.times_s.len();
            homogenise(&recording, params, ctx.seed().child(&source.id))
        });
        match outcome {
            Ok(Outcome { labels, warnings, fate }) => {
                (result.labels, result.warnings) = (labels, warnings);
                result.state = match fate {
                    Fate::Used(recording) => State::Used(recording),
                    Fate::Skipped(reason) => State::Skipped(reason),
                };
            }
            Err(error) => result.fail(error, params)?,
        }
        Ok(result)
    }

    fn fail(&mut self, error: Error, params: &HomogeniseParams) -> Result<()> {
        let error = error.at_file(&self.source.file);
        if params.strict {
            return Err(error);
        }
        self.warnings.push(QualityWarning::new("failed", error.to_string()));
        self.state = State::Failed(error.to_string());
        Ok(())
    }

    fn used(&self) -> Option<&Homogenised> {
        match &self.state {
            State::Used(recording) => Some(recording),
            State::Skipped(_) | State::Failed(_) => None,
        }
    }
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
