//! `prepare.smooth` as a step.

use std::collections::BTreeSet;
use std::sync::Arc;

use arrow_array::types::Int32Type;
use arrow_array::{ArrayRef, DictionaryArray};
use neuroloom_core::figure::{Axis, Content, Lines, Panel, Series};
use neuroloom_core::{
    Description, Error, Figure, Inputs, PlanContext, PlannedInputs, PortSpec, Resources, Result, RunContext,
    Step, StepOutput, StepPlan, Summary, Table, TimeBase, Unit,
};
use neuroloom_table::{Columns, kinds};
use rayon::prelude::*;

use super::{Kernel, SmoothParams, smooth};
use crate::listing;
use crate::signal_lists::{lists_like, with_columns};

/// The step `prepare.smooth`.
#[derive(Clone, Copy, Debug, Default)]
pub struct SmoothStep;

impl Step for SmoothStep {
    type Params = SmoothParams;
    const ID: &'static str = "prepare.smooth";
    const VERSION: u32 = 1;

    fn describe(&self) -> Description {
        Description {
            title: "Smoothing of traces in time",
            about: "Averages every trace with a gaussian, boxcar or causal exponential kernel. NaN samples stay NaN \
                    and take no part in the averages of their neighbours. Every segment is smoothed by itself. \
                    With `to_rate`, spike counts become rates in Hz.",
            reference: None,
            inputs: vec![PortSpec::required("traces", kinds::TRACES, "Traces with a regular time base")],
            outputs: vec![PortSpec::required("traces", kinds::TRACES, "The traces, smoothed")],
        }
    }

    fn plan(&self, ctx: &PlanContext, _: &SmoothParams, inputs: &PlannedInputs) -> Result<StepPlan> {
        let traces = inputs.required("traces")?;
        let memory = traces.dim("samples").unwrap_or(0).saturating_mul(28);
        let resources = Resources::memory(memory).cores(ctx.threads);
        Ok(StepPlan::new(resources).output("traces", kinds::TRACES, traces.dims.clone()))
    }

    fn run(&self, ctx: &RunContext, params: &SmoothParams, inputs: &Inputs) -> Result<StepOutput> {
        let traces = inputs.required("traces")?;
        if params.to_rate {
            check_counts(traces)?;
        }
        let work = ctx.begin("smooth", Some(traces.n_rows() as u64));
        let smoothed = (0..traces.n_rows()).into_par_iter().map(|row| {
            ctx.check_cancelled()?;
            let trace = smoothed_row(traces, params, row);
            work.advance(1);
            trace
        });
        let smoothed = smoothed.collect::<Result<Vec<_>>>()?;
        let summary = summary(traces, params, &smoothed)?;
        Ok(StepOutput::new(summary).table("traces", table(traces, params, smoothed)?))
    }
}

fn check_counts(traces: &Table) -> Result<()> {
    let signals = traces.text("signal")?;
    let found: BTreeSet<&str> = (0..traces.n_rows()).filter_map(|row| signals.get(row)).collect();
    if found.iter().all(|&signal| signal == "spike_count") {
        return Ok(());
    }
    Err(Error::params("only spike counts can be turned into rates")
        .at_object("to_rate")
        .expected("traces of the signal \"spike_count\" alone")
        .found(listing(found))
        .hint(
            "choose them with `prepare.select` and `trace_signals: [spike_count]`, or set `to_rate: false`",
        ))
}

fn smoothed_row(traces: &Table, params: &SmoothParams, row: usize) -> Result<Vec<f64>> {
    let place = |error: Error| {
        let name = |column: &str| traces.text(column).map(|text| text.get_or_empty(row).to_owned());
        let (recording, unit) = (name("recording_id"), name("unit_id"));
        error.at_object(format!(
            "recording {:?}, unit {:?}",
            recording.unwrap_or_default(),
            unit.unwrap_or_default()
        ))
    };
    let dt_s = regular_dt_s(traces, row).map_err(place)?;
    let kernel = Kernel::new(params, dt_s)?;
    let trace = traces.lists("trace")?.get(row).unwrap_or_default();
    let mut smoothed = smooth(&trace, &kernel, params.edges);
    if params.to_rate {
        for value in &mut smoothed {
            *value /= dt_s;
        }
    }
    Ok(smoothed)
}

fn regular_dt_s(traces: &Table, row: usize) -> Result<f64> {
    match traces.time_base(row)? {
        TimeBase::Regular { dt_s, .. } if dt_s.is_finite() && dt_s > 0.0 => Ok(dt_s),
        TimeBase::Regular { dt_s, .. } => Err(Error::data("the interval between samples makes no sense")
            .expected("dt_s above 0")
            .found(format!("{dt_s} s"))),
        TimeBase::Explicit(_) => Err(Error::data("the trace has no regular time base")
            .expected("t0_s and dt_s")
            .found("a time for every sample (t_s)")
            .hint("a kernel in seconds needs equally spaced samples: resample the traces first")),
    }
}

fn table(traces: &Table, params: &SmoothParams, smoothed: Vec<Vec<f64>>) -> Result<Table> {
    let mut replaced = vec![("trace", lists_like(traces, "trace", smoothed))];
    if params.to_rate {
        let all = |word: &str| -> ArrayRef {
            let words = std::iter::repeat_n(Some(word), traces.n_rows());
            Arc::new(words.collect::<DictionaryArray<Int32Type>>())
        };
        replaced.extend([("signal", all("rate")), ("trace_unit", all(Unit::HERTZ.as_str()))]);
    }
    with_columns(traces, replaced)
}

fn summary(traces: &Table, params: &SmoothParams, smoothed: &[Vec<f64>]) -> Result<Summary> {
    let samples = smoothed.iter().map(Vec::len).sum();
    let missing = smoothed.iter().flatten().filter(|value| value.is_nan()).count();
    let summary = Summary::default()
        .count("traces", smoothed.len())
        .count("samples", samples)
        .count("NaN samples", missing)
        .number("kernel width", params.width_s, Unit::SECOND);
    Ok(match example(traces, params, smoothed)? {
        Some(figure) => summary.figure(figure),
        None => summary,
    })
}

/// The first samples of the trace that varies most, before and after.
fn example(traces: &Table, params: &SmoothParams, smoothed: &[Vec<f64>]) -> Result<Option<Figure>> {
    const SHOWN: usize = 500;
    let power =
        |trace: &[f64]| trace.iter().take(SHOWN).filter(|x| x.is_finite()).map(|x| x * x).sum::<f64>();
    let rows = smoothed.iter().enumerate().map(|(row, trace)| (power(trace), row));
    let Some((_, row)) = rows.reduce(|a, b| if b.0 > a.0 { b } else { a }) else { return Ok(None) };
    let raw = traces.lists("trace")?.get(row).unwrap_or_default();
    let times = traces.time_base(row)?.times_s(raw.len().min(SHOWN));
    let scale = if params.to_rate { regular_dt_s(traces, row)? } else { 1.0 };
    let curve = |name: &str, values: Vec<f64>| Series { name: name.into(), x: times.clone(), y: values };
    let raw = raw.iter().take(SHOWN).map(|value| value / scale).collect();
    let after = smoothed.get(row).into_iter().flatten().take(SHOWN).copied().collect();
    let unit = if params.to_rate { "Hz" } else { traces.text("trace_unit")?.get_or_empty(row) };
    let panel = Panel {
        title: format!("unit {}", traces.text("unit_id")?.get_or_empty(row)),
        x: Axis::new("time (s)"),
        y: Axis::new(format!("signal ({unit})")),
        content: Content::Lines(Lines { series: vec![curve("before", raw), curve("after", after)] }),
    };
    let caption = format!("The first {} samples of one trace before and after smoothing.", times.len());
    Ok(Some(Figure::new("example", "A trace before and after", caption).panel(panel)))
}
