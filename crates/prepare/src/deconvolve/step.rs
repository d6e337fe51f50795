//! `prepare.deconvolve` as a step.

use std::sync::Arc;

use arrow_array::{ArrayRef, Float64Array};
use neuroloom_core::{
    Description, Error, Inputs, PlanContext, PlannedInputs, PortSpec, Resources, Result, RunContext, Step,
    StepOutput, StepPlan, Summary, Table, Unit,
};
use neuroloom_math::quantile;
use neuroloom_table::kinds;

use super::figures::examples;
use super::trace::{Deconvolved, Prior, deconvolve, prior};
use super::{BaselineFrom, DeconvolveParams};
use crate::each_trace::{each_trace, same_word, traces_of_signal};
use crate::signal_lists::{lists_like, with_columns, with_extra};

/// The step `prepare.deconvolve`.
#[derive(Clone, Copy, Debug, Default)]
pub struct DeconvolveStep;

impl Step for DeconvolveStep {
    type Params = DeconvolveParams;
    const ID: &'static str = "prepare.deconvolve";
    const VERSION: u32 = 2;

    fn describe(&self) -> Description {
        Description {
            title: "Deconvolution of calcium by OASIS",
            about: "Finds the non-negative activity whose rise and decay explain the trace best, sparse by an L1 penalty, \
                    by one that leaves as much residual as there is noise, or by a smallest size of events. Order 1 \
                    is solved by OASIS, order 2 by an interior-point method; both are exact. Time constants and baseline \
                    are given or estimated, trace by trace; they stand in further columns with the noise and the \
                    penalty. Calcium that is there at the start of a segment counts as activity of its first sample. \
                    NaN samples are bridged and NaN in the result.",
            reference: Some(
                "Friedrich, Zhou & Paninski 2017 (PLoS Comput Biol 13: e1005423); estimates: Pnevmatikakis et al. 2016 \
                 (Neuron 89)",
            ),
            inputs: vec![PortSpec::required("traces", kinds::TRACES, "Calcium, on a regular time base")],
            outputs: vec![
                PortSpec::required("traces", kinds::TRACES, "Activity: the signal `deconvolved`"),
                PortSpec::required(
                    "denoised",
                    kinds::TRACES,
                    "The calcium that the activity makes, over the baseline: `denoised`",
                ),
            ],
        }
    }

    fn plan(&self, ctx: &PlanContext, _: &DeconvolveParams, inputs: &PlannedInputs) -> Result<StepPlan> {
        let samples = inputs.required("traces")?.dim("samples").unwrap_or(0);
        let resources = Resources::memory(samples.saturating_mul(160)).cores(ctx.threads);
        let plan = StepPlan::new(resources).output("traces", kinds::TRACES, []);
        Ok(plan.output("denoised", kinds::TRACES, []))
    }

    fn run(&self, ctx: &RunContext, params: &DeconvolveParams, inputs: &Inputs) -> Result<StepOutput> {
        let before = traces_of_signal(inputs.required("traces")?, "signal", &params.signal)?;
        let priors = each_trace(ctx, "noise and time constants", &before, |_, trace| prior(params, trace))?;
        let usual = usual_time_constants(&priors);
        let found = each_trace(ctx, "deconvolve", &before, |row, trace| {
            let prior = priors.get(row).copied().ok_or_else(no_time_constants)?;
            deconvolve(params, trace, prior, usual).ok_or_else(no_time_constants)
        })?;
        let figure = examples(&before, &found)?;
        let summary = figure.into_iter().fold(summary(params, &found), Summary::figure);
        let rows =
            |pick: fn(&Deconvolved) -> &Vec<f64>| found.iter().map(|each| pick(each).clone()).collect();
        let activity = table(&before, "deconvolved", rows(|each| &each.fit.activity), &found)?;
        let denoised = table(&before, "denoised", rows(|each| &each.fit.calcium), &found)?;
        Ok(StepOutput::new(summary).table("traces", activity).table("denoised", denoised))
    }
}

/// The medians of what could be estimated, seconds: for traces that do not tell themselves.
fn usual_time_constants(priors: &[Prior]) -> Option<(f64, Option<f64>)> {
    let known = || priors.iter().filter_map(|prior| Some((prior.dt_s, prior.kinetics?)));
    let mut decays: Vec<f64> = known().map(|(dt_s, kinetics)| kinetics.tau_decay_s(dt_s)).collect();
    let mut rises: Vec<f64> = known().filter_map(|(dt_s, kinetics)| kinetics.tau_rise_s(dt_s)).collect();
    Some((quantile(&mut decays, 0.5)?, quantile(&mut rises, 0.5)))
}

fn no_time_constants() -> Error {
    Error::data("the time constants of calcium cannot be estimated from any trace")
        .at_object("tau_decay_s")
        .expected("a trace whose autocovariance falls off as after a rise and a decay")
        .found("none")
        .hint("give `tau_decay_s` (and `tau_rise_s` for `model: ar2`), remove drift with `prepare.detrend`, or try `model: ar1`")
}

fn table(before: &Table, signal: &str, rows: Vec<Vec<f64>>, found: &[Deconvolved]) -> Result<Table> {
    let replaced =
        vec![("trace", lists_like(before, "trace", rows)), ("signal", same_word(signal, before.n_rows()))];
    let column = |value: fn(&Deconvolved) -> Option<f64>| -> ArrayRef {
        Arc::new(found.iter().map(value).collect::<Float64Array>())
    };
    let second = Some(&Unit::SECOND);
    let extra = [
        ("tau_decay_s", second, column(|each| Some(each.kinetics.tau_decay_s(each.prior.dt_s)))),
        ("tau_rise_s", second, column(|each| each.kinetics.tau_rise_s(each.prior.dt_s))),
        // The unit of these is that of the samples, which stands in `trace_unit`.
        ("sigma", None, column(|each| Some(each.prior.sigma))),
        ("lambda", None, column(|each| Some(each.fit.lambda))),
        ("baseline", None, column(|each| Some(each.fit.baseline))),
    ];
    let table = with_columns(before, replaced)?;
    extra.into_iter().try_fold(table, |table, (name, unit, array)| with_extra(&table, name, unit, array))
}

fn summary(params: &DeconvolveParams, found: &[Deconvolved]) -> Summary {
    let events = found.iter().flat_map(|each| &each.fit.activity).filter(|s| **s > 0.0).count();
    let mut decays: Vec<f64> = found.iter().map(|each| each.kinetics.tau_decay_s(each.prior.dt_s)).collect();
    let mut rises: Vec<f64> =
        found.iter().filter_map(|each| each.kinetics.tau_rise_s(each.prior.dt_s)).collect();
    let mut summary = Summary::default().count("traces", found.len()).count("samples with activity", events);
    for (name, values) in [("decay, median", &mut decays), ("rise, median", &mut rises)] {
        if let Some(median) = quantile(values, 0.5) {
            summary = summary.number(name, median, Unit::SECOND);
        }
    }
    let unpenalised = found.iter().filter(|each| each.fit.lambda <= 0.0).count();
    let chosen = params.lambda.is_none() && params.s_min.is_none();
    if unpenalised > 0 && chosen && params.baseline != BaselineFrom::Estimate {
        summary = summary.warn(format!(
            "{unpenalised} traces have no penalty: the best fit leaves more than the noise; check time constants and baseline"
        ));
    }
    let borrowed = found.iter().filter(|each| each.prior.kinetics.is_none()).count();
    if borrowed > 0 {
        summary = summary.warn(format!(
            "{borrowed} traces do not tell their time constants: those of the others, their median, stand in"
        ));
    }
    summary
}
