//! `prepare.filter` as a step.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow_array::{ArrayRef, Float64Array};
use neuroloom_core::figure::Panel;
use neuroloom_core::{
    Description, Error, Figure, Inputs, PlanContext, PlannedInputs, PortSpec, Resources, Result, RunContext,
    Step, StepOutput, StepPlan, Summary, Table, Unit,
};
use neuroloom_table::{Columns, kinds};

use super::figures::histogram;
use super::{FilterParams, presence_ratio, signal_to_noise};
use crate::signal_lists::{take_rows, with_extra};
use crate::{Span, SpikeTrain, Support, spike_trains};

/// The step `prepare.filter`.
#[derive(Clone, Copy, Debug, Default)]
pub struct FilterStep;

impl Step for FilterStep {
    type Params = FilterParams;
    const ID: &'static str = "prepare.filter";
    const VERSION: u32 = 1;

    fn describe(&self) -> Description {
        Description {
            title: "Units by the quality of their signal",
            about: "Keeps spike trains by mean rate and presence ratio, and traces by signal-to-noise ratio. The \
                    measures stand in further columns of the tables that come out: rate_hz, presence_ratio, snr. A \
                    measure that cannot be computed meets no criterion.",
            reference: None,
            inputs: vec![
                PortSpec::optional("spikes", kinds::SPIKES, "Spike trains"),
                PortSpec::optional("traces", kinds::TRACES, "Traces"),
            ],
            outputs: vec![
                PortSpec::optional("spikes", kinds::SPIKES, "The units that are good enough"),
                PortSpec::optional("traces", kinds::TRACES, "The traces that are good enough"),
            ],
        }
    }

    fn plan(&self, _: &PlanContext, params: &FilterParams, inputs: &PlannedInputs) -> Result<StepPlan> {
        check_connected(params, |port| inputs.optional(port).is_some())?;
        let tables = ["spikes", "traces"].map(|port| inputs.optional(port));
        let values = tables.iter().flatten().flat_map(|table| [table.dim("samples"), table.dim("spikes")]);
        let memory = values.flatten().fold(0_u64, |sum, n| sum.saturating_add(n.saturating_mul(48)));
        let mut plan = StepPlan::new(Resources::memory(memory));
        for (port, kind) in [("spikes", kinds::SPIKES), ("traces", kinds::TRACES)] {
            if inputs.optional(port).is_some() {
                plan = plan.output(port, kind, []);
            }
        }
        Ok(plan)
    }

    fn run(&self, ctx: &RunContext, params: &FilterParams, inputs: &Inputs) -> Result<StepOutput> {
        check_connected(params, |port| inputs.optional(port).is_some())?;
        let mut output = StepOutput::default();
        if let Some(spikes) = inputs.optional("spikes") {
            let (kept, figure) = filtered_spikes(spikes, params)?;
            output.summary = count(output.summary, "spikes", spikes, &kept).figure(figure);
            output = output.table("spikes", kept);
        }
        ctx.check_cancelled()?;
        if let Some(traces) = inputs.optional("traces") {
            let (kept, figure) = filtered_traces(traces, params)?;
            output.summary = count(output.summary, "traces", traces, &kept).figure(figure);
            output = output.table("traces", kept);
        }
        Ok(output)
    }
}

fn check_connected(params: &FilterParams, connected: impl Fn(&str) -> bool) -> Result<()> {
    let criteria = [
        ("min_rate_hz", params.min_rate_hz.is_some(), "spikes"),
        ("max_rate_hz", params.max_rate_hz.is_some(), "spikes"),
        ("min_presence_ratio", params.min_presence_ratio.is_some(), "spikes"),
        ("min_snr", params.min_snr.is_some(), "traces"),
    ];
    match criteria.iter().find(|(_, given, port)| *given && !connected(port)) {
        Some((parameter, _, port)) => Err(Error::params(format!(
            "`{parameter}` is given, but the input that it filters is not connected"
        ))
        .at_object(*parameter)
        .expected(format!("the input `{port}`"))
        .hint("connect the input, or leave the parameter out")),
        None if !connected("spikes") && !connected("traces") => {
            Err(Error::params("there is nothing to filter")
                .expected("at least one of the inputs spikes and traces")
                .found("none connected"))
        }
        None => Ok(()),
    }
}

/// Whether a measure is within its limits; NaN is within none that is given.
fn within(value: f64, least: Option<f64>, most: Option<f64>) -> bool {
    least.is_none_or(|least| value >= least) && most.is_none_or(|most| value <= most)
}

fn filtered_spikes(spikes: &Table, params: &FilterParams) -> Result<(Table, Figure)> {
    let trains = spike_trains(spikes)?;
    let recordings = recording_spans(&trains);
    let measures = trains.iter().map(|train| {
        let whole = || Support::new(recordings.get(train.recording_id).copied());
        let observed = train.observed.clone().unwrap_or_else(whole);
        let rate_hz = train.times_s.len() as f64 / observed.duration_s();
        (rate_hz, presence_ratio(&train.times_s, &observed, params.presence_bin_s))
    });
    let (rates, presences): (Vec<f64>, Vec<f64>) = measures.unzip();
    let keep: Vec<usize> = (0..spikes.n_rows())
        .filter(|&row| {
            within(rates[row], params.min_rate_hz, params.max_rate_hz)
                && within(presences[row], params.min_presence_ratio, None)
        })
        .collect();
    let table = with_extra(spikes, "rate_hz", Some(&Unit::HERTZ), numbers(&rates))?;
    let table = with_extra(&table, "presence_ratio", Some(&Unit::ONE), numbers(&presences))?;
    let kept = take_some(&table, &keep, "unit", [("Hz", &rates), ("presence ratio", &presences)])?;
    let panels = [
        histogram("rate (Hz)", &rates, [params.min_rate_hz, params.max_rate_hz]),
        histogram("presence ratio", &presences, [params.min_presence_ratio, None]),
    ];
    Ok((kept, figure("spike_quality", "Quality of spike trains", panels)))
}

/// From 0, or the first spike if that is earlier, to the last spike of each recording.
fn recording_spans<'a>(trains: &[SpikeTrain<'a>]) -> BTreeMap<&'a str, Span> {
    let mut spans: BTreeMap<&str, Span> = BTreeMap::new();
    for train in trains {
        let span = spans.entry(train.recording_id).or_insert(Span::new(0.0, 0.0));
        span.start_s = train.times_s.first().map_or(span.start_s, |&first| span.start_s.min(first));
        // The last spike itself must be inside.
        span.stop_s = train.times_s.last().map_or(span.stop_s, |&last| span.stop_s.max(last.next_up()));
    }
    spans
}

fn filtered_traces(traces: &Table, params: &FilterParams) -> Result<(Table, Figure)> {
    let (recordings, signals, units) =
        (traces.text("recording_id")?, traces.text("signal")?, traces.text("unit_id")?);
    let lists = traces.lists("trace")?;
    let mut groups: BTreeMap<_, Vec<usize>> = BTreeMap::new();
    for row in 0..traces.n_rows() {
        groups.entry((recordings.get(row), signals.get(row), units.get(row))).or_default().push(row);
    }
    let mut snr = vec![f64::NAN; traces.n_rows()];
    for rows in groups.into_values() {
        let segments: Vec<_> = rows.iter().map(|&row| lists.get(row).unwrap_or_default()).collect();
        let ratio = signal_to_noise(&segments.iter().map(AsRef::as_ref).collect::<Vec<&[f64]>>());
        for row in rows {
            snr[row] = ratio;
        }
    }
    let keep: Vec<usize> =
        (0..traces.n_rows()).filter(|&row| within(snr[row], params.min_snr, None)).collect();
    let table = with_extra(traces, "snr", Some(&Unit::ONE), numbers(&snr))?;
    let kept = take_some(&table, &keep, "trace", [("signal-to-noise ratio", &snr)])?;
    let panels = [histogram("signal-to-noise ratio", &snr, [params.min_snr, None])];
    Ok((kept, figure("trace_quality", "Quality of traces", panels)))
}

fn figure<const N: usize>(name: &str, title: &str, panels: [Option<Panel>; N]) -> Figure {
    let caption = "How many rows have which value of the measure before the filter, and what is allowed.";
    panels.into_iter().flatten().fold(Figure::new(name, title, caption), Figure::panel)
}

fn numbers(values: &[f64]) -> ArrayRef {
    Arc::new(Float64Array::from(values.to_vec()))
}

/// The rows of `table` in `keep`.
///
/// # Errors
/// When a table with rows would lose them all: the error says how good the best are.
fn take_some<const N: usize>(
    table: &Table,
    keep: &[usize],
    what: &str,
    measures: [(&str, &Vec<f64>); N],
) -> Result<Table> {
    if !keep.is_empty() || table.n_rows() == 0 {
        return take_rows(table, keep);
    }
    let ranges = measures.map(|(name, values)| {
        let low = values.iter().copied().fold(f64::INFINITY, f64::min);
        let high = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        format!("{name} from {low:.3} to {high:.3}")
    });
    Err(Error::data(format!("no {what} is good enough"))
        .expected("one that meets all criteria together")
        .found(ranges.join(", "))
        .hint("loosen one of the criteria"))
}

fn count(summary: Summary, port: &str, before: &Table, after: &Table) -> Summary {
    summary.text(port, format!("{} of {} rows", after.n_rows(), before.n_rows()))
}
