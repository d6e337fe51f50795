//! `prepare.deconvolve` as a step.

use neuroloom_core::{
    Description, Inputs, PlanContext, PlannedInputs, PortSpec, Resources, Result, RunContext, Step,
    StepOutput, StepPlan, Summary, Unit,
};
use neuroloom_math::quantile;
use neuroloom_table::kinds;

use super::{DeconvolveParams, activity, lambda_for_noise, oasis_ar1};
use crate::each_trace::{before_and_after, each_trace, regular_dt_s, same_word, traces_of_signal};
use crate::filter::noise_level;
use crate::sampled::Sampled;
use crate::signal_lists::{lists_like, with_columns};

/// The step `prepare.deconvolve`.
#[derive(Clone, Copy, Debug, Default)]
pub struct DeconvolveStep;

impl Step for DeconvolveStep {
    type Params = DeconvolveParams;
    const ID: &'static str = "prepare.deconvolve";
    const VERSION: u32 = 1;

    fn describe(&self) -> Description {
        Description {
            title: "Deconvolution of calcium by OASIS",
            about: "Finds the non-negative activity whose exponential decay explains the trace best, sparse by an L1 \
                    penalty, by one that leaves as much residual as there is noise, or by a smallest size of events. \
                    Calcium that is there at the start of a segment counts as activity of its first sample. NaN \
                    samples are bridged by the decay and NaN in the result.",
            reference: Some("Friedrich, Zhou & Paninski 2017 (PLoS Comput Biol 13: e1005423), AR(1)"),
            inputs: vec![PortSpec::required("traces", kinds::TRACES, "Calcium, on a regular time base")],
            outputs: vec![
                PortSpec::required("traces", kinds::TRACES, "Activity: the signal `deconvolved`"),
                PortSpec::required(
                    "denoised",
                    kinds::TRACES,
                    "The calcium that the activity makes: `denoised`",
                ),
            ],
        }
    }

    fn plan(&self, ctx: &PlanContext, _: &DeconvolveParams, inputs: &PlannedInputs) -> Result<StepPlan> {
        let samples = inputs.required("traces")?.dim("samples").unwrap_or(0);
        let resources = Resources::memory(samples.saturating_mul(120)).cores(ctx.threads);
        let plan = StepPlan::new(resources).output("traces", kinds::TRACES, []);
        Ok(plan.output("denoised", kinds::TRACES, []))
    }

    fn run(&self, ctx: &RunContext, params: &DeconvolveParams, inputs: &Inputs) -> Result<StepOutput> {
        let before = traces_of_signal(inputs.required("traces")?, "signal", &params.signal)?;
        let fits = each_trace(ctx, "deconvolve", &before, |_, trace| deconvolve(params, trace))?;
        let events = fits.iter().flat_map(|fit| &fit.activity).filter(|s| **s > 0.0).count();
        let mut summary = Summary::default()
            .count("traces", fits.len())
            .count("samples with activity", events)
            .number("decay", params.tau_s, Unit::SECOND);
        let unpenalised = fits.iter().filter(|fit| fit.lambda <= 0.0).count();
        if unpenalised > 0 && params.lambda.is_none() && params.s_min.is_none() {
            summary = summary.warn(format!(
                "{unpenalised} traces have no penalty: the best fit leaves more than the noise; check `tau_s`"
            ));
        }
        let (activity, calcium) = fits.into_iter().map(|fit| (fit.activity, fit.calcium)).unzip();
        let column = |signal: &str, rows| {
            let replaced = vec![
                ("trace", lists_like(&before, "trace", rows)),
                ("signal", same_word(signal, before.n_rows())),
            ];
            with_columns(&before, replaced)
        };
        let (after, denoised) = (column("deconvolved", activity)?, column("denoised", calcium)?);
        let figure = before_and_after(&before, &after, |row| row, "deconvolution")?;
        let summary = figure.into_iter().fold(summary, Summary::figure);
        Ok(StepOutput::new(summary).table("traces", after).table("denoised", denoised))
    }
}

/// What is found in one trace; NaN where the trace is.
struct Fit {
    activity: Vec<f64>,
    calcium: Vec<f64>,
    lambda: f64,
}

fn deconvolve(params: &DeconvolveParams, trace: &Sampled) -> Result<Fit> {
    let dt_s = regular_dt_s(trace, "the decay per sample must be the same")?;
    let gamma = (-dt_s / params.tau_s).exp();
    let baseline = params.baseline_percentile.map_or(0.0, |percentile| {
        let mut valid: Vec<f64> = trace.values.iter().copied().filter(|y| !y.is_nan()).collect();
        quantile(&mut valid, percentile / 100.0).unwrap_or(0.0)
    });
    let above: Vec<f64> = trace.values.iter().map(|y| y - baseline).collect();
    let (calcium, lambda) = match (params.lambda, params.s_min) {
        (Some(lambda), _) => (oasis_ar1(&above, gamma, lambda, 0.0), lambda),
        (None, Some(s_min)) => (oasis_ar1(&above, gamma, 0.0, s_min), 0.0),
        (None, None) => {
            let found = lambda_for_noise(&above, gamma, noise_level(&above));
            (found.calcium, found.lambda)
        }
    };
    let valid = |values: Vec<f64>| {
        let paired = values.into_iter().zip(&trace.values);
        paired.map(|(value, y)| if y.is_nan() { f64::NAN } else { value }).collect()
    };
    Ok(Fit { activity: valid(activity(&calcium, gamma)), calcium: valid(calcium), lambda })
}
