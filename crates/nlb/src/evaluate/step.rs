//! `nlb.evaluate` as a step.

use neuroloom_core::{
    Description, Error, Inputs, PlanContext, PlannedInputs, PortSpec, Resources, Result, RunContext, Step,
    StepOutput, StepPlan, Summary, Unit,
};
use neuroloom_table::kinds;

use super::params::EvaluateParams;
use super::scores::{Scored, Sources, score};
use super::{figures, tables};
use crate::trials::{RATE, Recording, Signals};

/// The step `nlb.evaluate`.
#[derive(Clone, Copy, Debug, Default)]
pub struct EvaluateStep;

/// Peak memory per value of the table of rates: counts, rates and true rates as 64-bit numbers, and a decoder's rows.
const BYTES_PER_VALUE: u64 = 48;
/// Peak memory per row of both tables.
const BYTES_PER_ROW: u64 = 256;
/// Bins of a trial where their number is not known.
const USUAL_BINS: u64 = 200;

impl Step for EvaluateStep {
    type Params = EvaluateParams;
    const ID: &'static str = "nlb.evaluate";
    const VERSION: u32 = 1;

    fn describe(&self) -> Description {
        Description {
            title: "Score predicted rates as the Neural Latents Benchmark does",
            about: "Bits per spike of held-out units (co_bps), of forward bins (fp_bps) and of held-in units \
                    (reconstruction_bps); decoding of behaviour by ridge regression (velocity_r2); responses to conditions \
                    (psth_r2); the speed of the rates against a produced interval (tp_correlation); and, where true rates \
                    are known, the R² of the rates (rate_r2) and what the true rates themselves score (truth_…). A number \
                    for all units together has no unit_id; numbers of single units and channels stand beside it.",
            reference: Some("Pei et al. 2021, arXiv 2109.04463; the same numbers as nlb_tools 0.0.4"),
            inputs: vec![
                PortSpec::required(
                    "trials",
                    kinds::TRIALS,
                    "Signal `spike_count`; `rate_truth` and behaviours if known",
                ),
                PortSpec::required(
                    "rates",
                    kinds::TRIALS,
                    "Signal `rate`, in Hz or counts per bin, of the same trials",
                ),
                PortSpec::optional(
                    "psth",
                    kinds::NLB_PSTH,
                    "Reference responses, as `nlb.trials` makes them",
                ),
            ],
            outputs: vec![
                PortSpec::required("metrics", kinds::NLB_METRICS, "A row per score"),
                PortSpec::optional(
                    "psth",
                    kinds::NLB_PSTH,
                    "Measured and predicted responses; where trials have conditions",
                ),
            ],
        }
    }

    fn plan(&self, ctx: &PlanContext, _: &EvaluateParams, inputs: &PlannedInputs) -> Result<StepPlan> {
        let rows = |port: &str| inputs.required(port).map(|table| table.dim("rows").unwrap_or(0));
        let (trials, rates) = (rows("trials")?, rows("rates")?);
        let values = trials.max(rates).saturating_mul(USUAL_BINS);
        let memory = values.saturating_mul(BYTES_PER_VALUE);
        let memory = memory.saturating_add(trials.saturating_add(rates).saturating_mul(BYTES_PER_ROW));
        Ok(StepPlan::new(Resources::memory(memory).cores(ctx.threads))
            .output("metrics", kinds::NLB_METRICS, [])
            .output("psth", kinds::NLB_PSTH, []))
    }

    fn run(&self, ctx: &RunContext, params: &EvaluateParams, inputs: &Inputs) -> Result<StepOutput> {
        let (trials, rates) =
            (Signals::new(inputs.required("trials")?)?, Signals::new(inputs.required("rates")?)?);
        let sources = Sources { params, trials: &trials, rates: &rates, reference: inputs.optional("psth") };
        let recordings = Recording::all(&trials)?;
        let mut all = Vec::new();
        for recording in &recordings {
            for split in splits(params, &rates, recording)? {
                ctx.check_cancelled()?;
                let part = recording.part(&split).ok_or_else(|| unknown(recording, &split))?;
                all.push(
                    score(&sources, recording, part)
                        .map_err(|e| e.at_object(format!("recording {}", recording.id)))?,
                );
            }
        }
        let output = StepOutput::new(summary(&all)).table("metrics", tables::metrics(&all)?);
        Ok(match tables::psth(&all)? {
            Some(psth) => output.table("psth", psth),
            None => output,
        })
    }
}

/// The splits to score: those that are asked for, or all that have rates but the one that models are fitted to.
fn splits(params: &EvaluateParams, rates: &Signals<'_>, recording: &Recording) -> Result<Vec<String>> {
    if let Some(asked) = &params.splits {
        return Ok(asked.clone());
    }
    let with_rates =
        |split: &&str| !rates.rows(&recording.id, split, RATE).is_empty() && recording.part(split).is_some();
    let found: Vec<&str> = rates.splits(&recording.id).into_iter().filter(with_rates).collect();
    let others: Vec<String> =
        found.iter().filter(|split| **split != "train").map(|split| (*split).to_owned()).collect();
    match (others.is_empty(), found.is_empty()) {
        (false, _) => Ok(others),
        (true, false) => Ok(vec!["train".into()]),
        (true, true) => Err(Error::data("there are no rates of a recording")
            .at_object(format!("recording {}", recording.id))
            .expected(format!("rows of the signal {RATE} of the trials that have counts"))
            .found(format!("recordings {}", rates.recordings().join(", ")))),
    }
}

fn unknown(recording: &Recording, split: &str) -> Error {
    Error::data("there are no trials of a split that is to be scored")
        .at_object(format!("recording {}", recording.id))
        .expected(split.to_owned())
        .found(recording.parts.iter().map(|part| part.split.as_str()).collect::<Vec<_>>().join(", "))
}

fn summary(all: &[Scored<'_>]) -> Summary {
    let mut summary = Summary::default();
    let several = all.len() > 1;
    for (place, scored) in all.iter().enumerate() {
        let name =
            if several { format!("{} {} ", scored.recording.id, scored.part.split) } else { String::new() };
        for score in scored.scores.iter().filter(|score| score.unit_id.is_none() && score.channel.is_none()) {
            let metric = format!("{name}{}", score.metric);
            summary = match score.value {
                Some(value) => summary.number(metric, value, Unit::parse(score.value_unit)),
                None => summary.text(metric, score.note.clone().unwrap_or_else(|| "none".into())),
            };
        }
        summary = scored.warnings.iter().fold(summary, |summary, warning| summary.warn(warning.clone()));
        let suffix = if several { format!("_{place}") } else { String::new() };
        summary.figures.extend(figures::all(scored, &suffix));
    }
    summary
}
