//! Runs and tables that the tests share.

use neuroloom_core::{Error, Inputs, Registry, RunContext, StepOutput, Table};
use neuroloom_table::{TableBuilder, kinds};
use serde_json::Value;

/// Runs a step of this crate with parameters that must be right.
pub fn run(id: &str, params: Value, inputs: &[(&str, &Table)]) -> Result<StepOutput, Error> {
    let registry = neuroloom_ntf::register(Registry::default());
    run_of(&registry, id, params, inputs)
}

/// Runs a step of `registry`.
pub fn run_of(
    registry: &Registry,
    id: &str,
    params: Value,
    inputs: &[(&str, &Table)],
) -> Result<StepOutput, Error> {
    let step = registry.get(id).unwrap();
    let params = step.check(&params).unwrap();
    let inputs = Inputs::new(inputs.iter().map(|(port, table)| ((*port).to_owned(), (*table).clone())));
    step.run(&RunContext::for_test(neuroloom_testkit::workspace_root()), &params, &inputs)
}

/// The report of the error that a step gives.
pub fn refused(id: &str, params: Value, inputs: &[(&str, &Table)]) -> String {
    run(id, params, inputs).unwrap_err().report()
}

/// The mistakes in parameters, as a user sees them.
pub fn wrong_params(id: &str, params: Value) -> Vec<String> {
    let registry = neuroloom_ntf::register(Registry::default());
    let issues = registry.get(id).unwrap().check(&params).unwrap_err();
    issues.iter().map(ToString::to_string).collect()
}

/// A trace of a table of traces.
#[derive(Clone, Debug)]
pub struct Trace {
    pub recording: &'static str,
    pub neuron: String,
    pub samples: Vec<f64>,
    pub t0_s: f64,
    pub dt_s: f64,
}

/// Traces of one signal, the same clock for all.
pub fn traces(rows: &[Trace]) -> Table {
    TableBuilder::new(kinds::TRACES)
        .text("recording_id", rows.iter().map(|row| row.recording))
        .text("unit_id", rows.iter().map(|row| &row.neuron))
        .text("signal", rows.iter().map(|_| "dff"))
        .integers("segment", rows.iter().map(|_| 0))
        .numbers("t0_s", rows.iter().map(|row| row.t0_s))
        .numbers("dt_s", rows.iter().map(|row| row.dt_s))
        .lists("trace", rows.iter().map(|row| row.samples.clone()))
        .text("trace_unit", rows.iter().map(|_| "1"))
        .finish()
        .unwrap()
}

/// A wavy trace that differs from neuron to neuron and from recording to recording.
pub fn wave(recording: &'static str, neuron: usize, n_frames: usize) -> Trace {
    let phase = neuron as f64 * 1.3 + recording.len() as f64 + recording.bytes().map(f64::from).sum::<f64>();
    let sample = |t: usize| {
        let t = t as f64;
        (0.11 * t + phase).sin() + 0.4 * (0.037 * t * (1.0 + 0.1 * phase.cos())).cos() + 2.0
    };
    Trace {
        recording,
        neuron: format!("N{neuron:02}"),
        samples: (0..n_frames).map(sample).collect(),
        t0_s: 0.0,
        dt_s: 0.25,
    }
}

/// Three recordings of five, four and three neurons.
pub fn three_recordings() -> Vec<Trace> {
    let of = |recording, n| (0..n).map(move |neuron| wave(recording, neuron, 80));
    of("a", 5).chain(of("bb", 4)).chain(of("ccc", 3)).collect()
}
