//! `prepare.detrend` as a step.

use neuroloom_core::{
    Description, Inputs, PlanContext, PlannedInputs, PortSpec, Resources, Result, RunContext, Step,
    StepOutput, StepPlan, Summary,
};
use neuroloom_table::kinds;

use super::{DetrendParams, fit_polynomial};
use crate::each_trace::{before_and_after, each_trace};
use crate::signal_lists::{lists_like, with_columns};

/// The step `prepare.detrend`.
#[derive(Clone, Copy, Debug, Default)]
pub struct DetrendStep;

impl Step for DetrendStep {
    type Params = DetrendParams;
    const ID: &'static str = "prepare.detrend";
    const VERSION: u32 = 1;

    fn describe(&self) -> Description {
        Description {
            title: "Removal of slow drift",
            about: "Takes the least-squares polynomial over time away from every segment, or from every stretch \
                    between `breaks_s`. NaN samples have no part in the fit and stay NaN. A stretch with too few samples \
                    for a trend becomes NaN, with a warning.",
            reference: Some("Forsythe 1957 (J. SIAM 5): orthogonal polynomials on the samples"),
            inputs: vec![PortSpec::required("traces", kinds::TRACES, "Traces on any time base")],
            outputs: vec![PortSpec::required("traces", kinds::TRACES, "The traces without their trends")],
        }
    }

    fn plan(&self, ctx: &PlanContext, _: &DetrendParams, inputs: &PlannedInputs) -> Result<StepPlan> {
        let traces = inputs.required("traces")?;
        let memory = traces.dim("samples").unwrap_or(0).saturating_mul(64);
        let resources = Resources::memory(memory).cores(ctx.threads);
        Ok(StepPlan::new(resources).output("traces", kinds::TRACES, traces.dims.clone()))
    }

    fn run(&self, ctx: &RunContext, params: &DetrendParams, inputs: &Inputs) -> Result<StepOutput> {
        let before = inputs.required("traces")?;
        let detrended = each_trace(ctx, "detrend", before, |_, trace| {
            let times_s = trace.base.times_s(trace.values.len());
            let flat = detrend(&times_s, &trace.values, params);
            let lost = trace.values.iter().zip(&flat).filter(|(a, b)| !a.is_nan() && b.is_nan()).count();
            Ok((flat, lost))
        })?;
        let lost: usize = detrended.iter().map(|(_, lost)| lost).sum();
        let flat = detrended.into_iter().map(|(flat, _)| flat).collect();
        let after = with_columns(before, vec![("trace", lists_like(before, "trace", flat))])?;
        let mut summary = Summary::default().count("traces", before.n_rows()).count("order", params.order);
        if lost > 0 {
            summary = summary.warn(format!(
                "{lost} samples are NaN because their stretch is too short for a trend of order {}",
                params.order
            ));
        }
        let figure = before_and_after(before, &after, |row| row, "removal of the trend")?;
        Ok(StepOutput::new(figure.into_iter().fold(summary, Summary::figure)).table("traces", after))
    }
}

/// The samples less their trend, fitted anew from every break on. NaN where there are too few samples to fit. `times_s`
/// must be ascending.
pub fn detrend(times_s: &[f64], values: &[f64], params: &DetrendParams) -> Vec<f64> {
    let valid = || values.iter().filter(|value| !value.is_nan());
    let level = if params.keep_mean { valid().sum::<f64>() / valid().count() as f64 } else { 0.0 };
    let mut cuts: Vec<usize> =
        params.breaks_s.iter().map(|cut| times_s.partition_point(|time| time < cut)).collect();
    cuts.insert(0, 0);
    cuts.push(values.len());
    let mut flat = Vec::with_capacity(values.len());
    for pair in cuts.windows(2) {
        let (Some(times_s), Some(values)) = (times_s.get(pair[0]..pair[1]), values.get(pair[0]..pair[1]))
        else {
            continue;
        };
        match fit_polynomial(times_s, values, params.order) {
            Some(trend) => flat.extend(values.iter().zip(trend).map(|(value, trend)| value - trend + level)),
            None => flat.extend(values.iter().map(|_| f64::NAN)),
        }
    }
    flat
}
