//! `prepare.dff` as a step.

use neuroloom_core::{
    Description, Inputs, PlanContext, PlannedInputs, PortSpec, Resources, Result, RunContext, Step,
    StepOutput, StepPlan, Summary, TimeBase, Unit,
};
use neuroloom_table::kinds;

use super::figures::baseline_and_dff;
use super::{DffParams, centred_windows, running_percentile, windows_in_time};
use crate::each_trace::{each_trace, same_word, traces_of_signal};
use crate::sampled::Sampled;
use crate::signal_lists::{lists_like, with_columns};

/// The step `prepare.dff`.
#[derive(Clone, Copy, Debug, Default)]
pub struct DffStep;

impl Step for DffStep {
    type Params = DffParams;
    const ID: &'static str = "prepare.dff";
    const VERSION: u32 = 1;

    fn describe(&self) -> Description {
        Description {
            title: "ΔF/F with a running percentile as baseline",
            about: "The baseline of a sample is a low percentile of the samples around it, and ΔF/F is the difference \
                    to it divided by it. NaN samples do not count. Every segment has its own baseline. Where the \
                    baseline is not positive, as after too strong a neuropil subtraction, ΔF/F is NaN.",
            reference: Some(
                "Dombeck et al. 2007 (Neuron 56), procedures: the 8 % percentile of a window around \
                             each sample",
            ),
            inputs: vec![PortSpec::required("traces", kinds::TRACES, "Fluorescence")],
            outputs: vec![PortSpec::required("traces", kinds::TRACES, "ΔF/F: the signal `dff`")],
        }
    }

    fn plan(&self, ctx: &PlanContext, _: &DffParams, inputs: &PlannedInputs) -> Result<StepPlan> {
        let samples = inputs.required("traces")?.dim("samples").unwrap_or(0);
        let resources = Resources::memory(samples.saturating_mul(72)).cores(ctx.threads);
        Ok(StepPlan::new(resources).output("traces", kinds::TRACES, []))
    }

    fn run(&self, ctx: &RunContext, params: &DffParams, inputs: &Inputs) -> Result<StepOutput> {
        let before = traces_of_signal(inputs.required("traces")?, "signal", &params.signal)?;
        let dff = each_trace(ctx, "ΔF/F", &before, |_, trace| {
            Ok(relative_to_baseline(&trace.values, &baseline(params, trace), params.min_baseline))
        })?;
        let mut summary = Summary::default()
            .count("traces", dff.len())
            .number("window", params.window_s, Unit::SECOND)
            .text("baseline", format!("percentile {}", params.percentile));
        let lost = |(row, dff): (usize, &Vec<f64>)| lost_samples(&before, row, dff);
        let lost = dff.iter().enumerate().map(lost).collect::<Result<Vec<_>>>()?;
        if lost.iter().any(|&n| n > 0) {
            summary = summary.warn(format!(
                "{} samples of {} traces are NaN because their baseline is not above {}",
                lost.iter().sum::<usize>(),
                lost.iter().filter(|&&n| n > 0).count(),
                params.min_baseline
            ));
        }
        let n = before.n_rows();
        let replaced = vec![
            ("trace", lists_like(&before, "trace", dff)),
            ("signal", same_word("dff", n)),
            ("trace_unit", same_word(Unit::ONE.as_str(), n)),
        ];
        let after = with_columns(&before, replaced)?;
        let figure = baseline_and_dff(&before, &after, |trace| baseline(params, trace))?;
        Ok(StepOutput::new(figure.into_iter().fold(summary, Summary::figure)).table("traces", after))
    }
}

/// `(F_i - F0_i) / F0_i`; NaN where the baseline `F0_i` is not above `min_baseline`.
pub fn relative_to_baseline(trace: &[f64], baseline: &[f64], min_baseline: f64) -> Vec<f64> {
    let ratio = |(value, base): (&f64, &f64)| {
        if *base > min_baseline { (value - base) / base } else { f64::NAN }
    };
    trace.iter().zip(baseline).map(ratio).collect()
}

fn baseline(params: &DffParams, trace: &Sampled) -> Vec<f64> {
    running_percentile(&trace.values, &windows(params, trace), params.percentile)
}

fn windows(params: &DffParams, trace: &Sampled) -> Vec<std::ops::Range<usize>> {
    let half_s = params.window_s / 2.0;
    match &trace.base {
        // A window that ends on a sample must not lose it to rounding.
        TimeBase::Regular { dt_s, .. } => {
            centred_windows(trace.values.len(), (half_s / dt_s + 1e-6).floor() as usize)
        }
        TimeBase::Explicit(times_s) => windows_in_time(times_s, half_s),
    }
}

/// Samples that were valid and no longer are.
fn lost_samples(before: &neuroloom_core::Table, row: usize, dff: &[f64]) -> Result<usize> {
    let source = Sampled::read(before, "trace", row)?.values;
    Ok(source.iter().zip(dff).filter(|(source, dff)| !source.is_nan() && dff.is_nan()).count())
}
