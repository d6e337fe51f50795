//! `prepare.zscore` as a step.

use std::collections::BTreeMap;

use neuroloom_core::{
    Description, Inputs, PlanContext, PlannedInputs, PortSpec, Resources, Result, RunContext, Step,
    StepOutput, StepPlan, Summary, Table, Unit,
};
use neuroloom_table::{Columns, kinds};

use super::{Scale, ZscoreParams, ZscorePool, mean_and_deviation, median_and_deviation};
use crate::each_trace::{before_and_after, each_trace, same_word};
use crate::signal_lists::{lists_like, with_columns};

/// The step `prepare.zscore`.
#[derive(Clone, Copy, Debug, Default)]
pub struct ZscoreStep;

impl Step for ZscoreStep {
    type Params = ZscoreParams;
    const ID: &'static str = "prepare.zscore";
    const VERSION: u32 = 1;

    fn describe(&self) -> Description {
        Description {
            title: "Z-scores of traces",
            about: "Takes the mean of a unit's signal away and divides by its standard deviation (over n), or by \
                    median and scaled median absolute deviation. NaN samples do not count and stay NaN. A trace that \
                    does not vary has no z-score: it becomes NaN, with a warning.",
            reference: None,
            inputs: vec![PortSpec::required("traces", kinds::TRACES, "Traces")],
            outputs: vec![PortSpec::required("traces", kinds::TRACES, "The same signals, as z-scores")],
        }
    }

    fn plan(&self, ctx: &PlanContext, _: &ZscoreParams, inputs: &PlannedInputs) -> Result<StepPlan> {
        let traces = inputs.required("traces")?;
        let memory = traces.dim("samples").unwrap_or(0).saturating_mul(44);
        let resources = Resources::memory(memory).cores(ctx.threads);
        Ok(StepPlan::new(resources).output("traces", kinds::TRACES, traces.dims.clone()))
    }

    fn run(&self, ctx: &RunContext, params: &ZscoreParams, inputs: &Inputs) -> Result<StepOutput> {
        let before = inputs.required("traces")?;
        let pools = pools(before, params.over)?;
        let scales = scales(before, params, &pools)?;
        let scored = each_trace(ctx, "z-score", before, |row, trace| {
            let undefined = Scale { centre: f64::NAN, spread: f64::NAN };
            let scale = scales.get(row).copied().unwrap_or(undefined);
            Ok(trace.values.iter().map(|&x| scale.apply(x)).collect::<Vec<_>>())
        })?;
        let replaced = vec![
            ("trace", lists_like(before, "trace", scored)),
            ("trace_unit", same_word(Unit::ONE.as_str(), before.n_rows())),
        ];
        let after = with_columns(before, replaced)?;
        let summary = summary(before, &pools, &scales);
        let figure = before_and_after(before, &after, |row| row, "z-scoring")?;
        Ok(StepOutput::new(figure.into_iter().fold(summary, Summary::figure)).table("traces", after))
    }
}

/// The rows that share a scale.
fn pools(traces: &Table, over: ZscorePool) -> Result<Vec<Vec<usize>>> {
    if over == ZscorePool::Segment {
        return Ok((0..traces.n_rows()).map(|row| vec![row]).collect());
    }
    let (recordings, signals, units) =
        (traces.text("recording_id")?, traces.text("signal")?, traces.text("unit_id")?);
    let mut pools: BTreeMap<_, Vec<usize>> = BTreeMap::new();
    for row in 0..traces.n_rows() {
        pools.entry((recordings.get(row), signals.get(row), units.get(row))).or_default().push(row);
    }
    Ok(pools.into_values().collect())
}

/// The scale of every row.
fn scales(traces: &Table, params: &ZscoreParams, pools: &[Vec<usize>]) -> Result<Vec<Scale>> {
    let lists = traces.lists("trace")?;
    let mut scales = vec![Scale { centre: f64::NAN, spread: f64::NAN }; traces.n_rows()];
    for pool in pools {
        let pooled: Vec<f64> =
            pool.iter().flat_map(|&row| lists.get(row).unwrap_or_default().into_owned()).collect();
        let scale = if params.robust { median_and_deviation(&pooled) } else { mean_and_deviation(&pooled) };
        for &row in pool {
            if let Some(own) = scales.get_mut(row) {
                *own = scale;
            }
        }
    }
    Ok(scales)
}

fn summary(traces: &Table, pools: &[Vec<usize>], scales: &[Scale]) -> Summary {
    let summary = Summary::default().count("traces", traces.n_rows()).count("scales", pools.len());
    let flat = scales.iter().filter(|scale| scale.spread.is_nan()).count();
    match flat {
        0 => summary,
        n => summary.warn(format!("{n} traces do not vary and have no z-score: they are NaN")),
    }
}
