//! `prepare.align` as a step.

use neuroloom_core::{
    Description, Error, Inputs, PlanContext, PlannedInputs, PortSpec, Resources, Result, RunContext, Step,
    StepOutput, StepPlan, Summary,
};
use neuroloom_table::kinds;

use super::AlignParams;
use super::events::events;
use super::spikes::align_spikes;
use super::traces::align_traces;

/// The step `prepare.align`.
#[derive(Clone, Copy, Debug, Default)]
pub struct AlignStep;

impl Step for AlignStep {
    type Params = AlignParams;
    const ID: &'static str = "prepare.align";
    const VERSION: u32 = 1;

    fn describe(&self) -> Description {
        let counts = "Signal `spike_count` per unit and trial in bins of dt_s; with dt_s";
        let responses = "Peri-stimulus time histogram, Hz: the bins are the conditions; with dt_s";
        Description {
            title: "Traces and spikes around events, trial by trial",
            about: "Cuts a window around every event out of every trace and spike train. A trial is numbered by the time of \
                    its event within the recording, the same for all units; its times count from the event. The \
                    columns interval_id and event_s say which event it was. With `dt_s`, traces are interpolated to \
                    common times and spikes counted in bins; responses are the mean rates over the trials of each fold, \
                    trial k in fold k mod `folds`.",
            reference: None,
            inputs: vec![
                PortSpec::optional("traces", kinds::TRACES, "Traces in the time of the session"),
                PortSpec::optional("spikes", kinds::SPIKES, "Spike trains in the time of the session"),
                PortSpec::required("intervals", kinds::INTERVALS, "Where the events are found"),
            ],
            outputs: vec![
                PortSpec::optional(
                    "traces",
                    kinds::TRACES,
                    "A row per unit, signal and trial, which is a segment",
                ),
                PortSpec::optional("spikes", kinds::ALIGNED_SPIKES, "Spike times per unit and trial"),
                PortSpec::optional("counts", kinds::TRACES, counts),
                PortSpec::optional("responses", kinds::RESPONSES, responses),
            ],
        }
    }

    fn plan(&self, ctx: &PlanContext, params: &AlignParams, inputs: &PlannedInputs) -> Result<StepPlan> {
        check_connected(|port| inputs.optional(port).is_some())?;
        let size =
            |port: &str, dim: &str| inputs.optional(port).and_then(|table| table.dim(dim)).unwrap_or(0);
        let values = size("traces", "samples").saturating_add(size("spikes", "spikes"));
        let mut plan = StepPlan::new(Resources::memory(values.saturating_mul(64)).cores(ctx.threads));
        if inputs.optional("traces").is_some() {
            plan = plan.output("traces", kinds::TRACES, []);
        }
        if inputs.optional("spikes").is_some() {
            plan = plan.output("spikes", kinds::ALIGNED_SPIKES, []);
            if params.dt_s.is_some() {
                plan = plan.output("counts", kinds::TRACES, []).output("responses", kinds::RESPONSES, []);
            }
        }
        Ok(plan)
    }

    fn run(&self, ctx: &RunContext, params: &AlignParams, inputs: &Inputs) -> Result<StepOutput> {
        check_connected(|port| inputs.optional(port).is_some())?;
        let events = events(params, inputs.required("intervals")?)?;
        let n_events = events.values().map(Vec::len).sum();
        let mut output = StepOutput::new(Summary::default().count("events", n_events));
        if let Some(traces) = inputs.optional("traces") {
            output = align_traces(ctx, params, traces, &events, output)?;
        }
        if let Some(spikes) = inputs.optional("spikes") {
            output = align_spikes(ctx, params, spikes, &events, output)?;
        }
        Ok(output)
    }
}

fn check_connected(connected: impl Fn(&str) -> bool) -> Result<()> {
    if connected("traces") || connected("spikes") {
        return Ok(());
    }
    Err(Error::params("there is nothing to align")
        .expected("at least one of the inputs traces and spikes")
        .found("none connected"))
}
