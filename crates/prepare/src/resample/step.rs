//! `prepare.resample` as a step.

use neuroloom_core::{
    Description, Error, Inputs, PlanContext, PlannedInputs, PortSpec, Resources, Result, RunContext, Step,
    StepOutput, StepPlan, Summary, Table, TimeBase, Unit,
};
use neuroloom_table::{Columns, kinds};

use super::{Grid, ResampleMethod, ResampleParams, interpolate_linearly, resample_bandlimited, usual_gap_s};
use crate::each_trace::{before_and_after, each_trace, place, regular_dt_s};
use crate::sampled::{Pieces, Sampled};
use crate::signal_lists::MAX_SAMPLES;

/// The step `prepare.resample`.
#[derive(Clone, Copy, Debug, Default)]
pub struct ResampleStep;

impl Step for ResampleStep {
    type Params = ResampleParams;
    const ID: &'static str = "prepare.resample";
    const VERSION: u32 = 1;

    fn describe(&self) -> Description {
        Description {
            title: "Resampling of traces",
            about: "Puts every trace on a regular time base: by straight lines from any time base, or through a \
                    low-pass filter (windowed sinc, polyphase) that lets nothing alias. No sample is made up beyond \
                    the ends of a segment. Counts are not resampled: bin the spikes anew.",
            reference: Some("Smith & Gossett 1984 (ICASSP): band-limited interpolation; Kaiser window"),
            inputs: vec![PortSpec::required("traces", kinds::TRACES, "Traces on any time base")],
            outputs: vec![PortSpec::required("traces", kinds::TRACES, "The traces on a regular time base")],
        }
    }

    fn plan(&self, ctx: &PlanContext, _: &ResampleParams, inputs: &PlannedInputs) -> Result<StepPlan> {
        let traces = inputs.required("traces")?;
        let memory = traces.dim("samples").unwrap_or(0).saturating_mul(48);
        let units = traces.dim("units").map(|units| ("units", units));
        let resources = Resources::memory(memory).cores(ctx.threads);
        Ok(StepPlan::new(resources).output("traces", kinds::TRACES, units))
    }

    fn run(&self, ctx: &RunContext, params: &ResampleParams, inputs: &Inputs) -> Result<StepOutput> {
        let before = inputs.required("traces")?;
        check_no_counts(before)?;
        let resampled = each_trace(ctx, "resample", before, |_, trace| resample(params, trace))?;
        let n_samples: usize = resampled.iter().map(|trace| trace.values.len()).sum();
        if n_samples > MAX_SAMPLES {
            return Err(Error::params("the new samples are too many for one table")
                .at_object("dt_s")
                .expected(format!("at most {MAX_SAMPLES}"))
                .found(n_samples.to_string())
                .hint("make `dt_s` longer, or choose fewer units"));
        }
        let summary = summary(before, params, n_samples)?;
        let mut pieces = Pieces::default();
        for (row, trace) in resampled.into_iter().enumerate() {
            pieces.push(row, trace);
        }
        let after = pieces.table(before, "trace", Vec::new())?;
        let figure = before_and_after(before, &after, |row| row, "resampling")?;
        Ok(StepOutput::new(figure.into_iter().fold(summary, Summary::figure)).table("traces", after))
    }
}

fn check_no_counts(traces: &Table) -> Result<()> {
    let signals = traces.text("signal")?;
    match (0..traces.n_rows()).find(|&row| signals.get(row) == Some("spike_count")) {
        None => Ok(()),
        Some(row) => Err(Error::data("spike counts cannot be resampled: a count belongs to its bin")
            .at_object(place(traces, row))
            .expected("a signal that has a value at every moment")
            .found("\"spike_count\"")
            .hint("bin the spikes with the new width, or turn counts into rates with `prepare.smooth`")),
    }
}

fn resample(params: &ResampleParams, trace: &Sampled) -> Result<Sampled> {
    let Some(last) = trace.values.len().checked_sub(1) else {
        let base = TimeBase::Regular { t0_s: params.start_s.unwrap_or(0.0), dt_s: params.dt_s };
        return Ok(Sampled { base, values: Vec::new() });
    };
    let first_s = trace.base.time_s(0);
    let start_s = params.start_s.unwrap_or(first_s);
    let grid = Grid::inside(first_s, trace.base.time_s(last), start_s, params.dt_s)?;
    let values = match params.method {
        ResampleMethod::Linear => {
            let times_s = trace.base.times_s(trace.values.len());
            let max_gap_s = params.max_gap_s.unwrap_or_else(|| usual_gap_s(&times_s));
            interpolate_linearly(&times_s, &trace.values, &grid, max_gap_s)
        }
        ResampleMethod::Fir => {
            let dt_s = regular_dt_s(trace, "a filter needs equally spaced samples")?;
            resample_bandlimited(&trace.values, first_s, dt_s, &grid)
        }
    };
    Ok(Sampled { base: TimeBase::Regular { t0_s: grid.t0_s, dt_s: grid.dt_s }, values })
}

fn summary(before: &Table, params: &ResampleParams, n_samples: usize) -> Result<Summary> {
    let (mut n_before, mut aliased) = (0, 0);
    for row in 0..before.n_rows() {
        let trace = Sampled::read(before, "trace", row)?;
        n_before += trace.values.len();
        let coarser = super::linear::median_interval_s(&trace.base.times_s(trace.values.len()))
            .is_some_and(|dt_s| params.dt_s > 1.5 * dt_s);
        aliased += usize::from(coarser && params.method == ResampleMethod::Linear);
    }
    let summary = Summary::default()
        .count("traces", before.n_rows())
        .count("samples before", n_before)
        .count("samples after", n_samples)
        .number("interval", params.dt_s, Unit::SECOND);
    Ok(match aliased {
        0 => summary,
        n => summary.warn(format!(
            "{n} traces were made coarser by straight lines: what is faster than the new rate aliases; use `method: fir`"
        )),
    })
}
