//! Tables and runs that the tests share.
use std::sync::Arc;

use neuroloom_core::{
    CancelToken, Error, Inputs, NoProgress, ParamIssues, Registry, Result, RunContext, Seed, Step,
    StepOutput, StepParams, Table,
};
use neuroloom_table::{Columns, TableBuilder, kinds};

pub fn spikes(trains: &[(&str, &[f64])]) -> Table {
    TableBuilder::new(kinds::SPIKES)
        .text("recording_id", trains.iter().map(|_| "rec"))
        .text("unit_id", trains.iter().map(|(unit, _)| *unit))
        .lists("spike_times_s", trains.iter().map(|(_, times)| times.to_vec()))
        .finish()
        .unwrap()
}

pub fn intervals(rows: &[(&str, &[&str], f64, f64)]) -> Table {
    let tags = |tags: &[&str]| Some(tags.iter().map(|&tag| tag.to_owned()).collect());
    TableBuilder::new(kinds::INTERVALS)
        .text("recording_id", rows.iter().map(|_| "rec"))
        .text("interval_set", rows.iter().map(|row| row.0))
        .integers("interval_id", 0..rows.len() as i64)
        .numbers("start_s", rows.iter().map(|row| row.2))
        .numbers("stop_s", rows.iter().map(|row| row.3))
        .optional_text_lists("tags", rows.iter().map(|row| tags(row.1)))
        .finish()
        .unwrap()
}

pub fn epochs() -> Table {
    intervals(&[("epochs", &["sleep"], 0.0, 10.0), ("epochs", &["wake"], 10.0, 20.0)])
}

/// One behaviour signal `Compass/ry` in rad, regular unless times are given.
pub fn behaviour(t0_s: f64, dt_s: f64, times_s: Option<Vec<f64>>, values: Vec<f64>) -> Table {
    let regular = times_s.is_none();
    TableBuilder::new(kinds::BEHAVIOUR)
        .text("recording_id", ["rec"])
        .text("signal", ["Compass/ry"])
        .integers("channel", [0])
        .optional_numbers("t0_s", [regular.then_some(t0_s)])
        .optional_numbers("dt_s", [regular.then_some(dt_s)])
        .optional_lists("t_s", [times_s])
        .lists("value", [values])
        .text("value_unit", ["rad"])
        .finish()
        .unwrap()
}

/// Traces of one unit, a segment each.
pub fn traces(signal: &str, t0_s: f64, dt_s: f64, segments: &[&[f32]]) -> Table {
    let n = segments.len();
    TableBuilder::new(kinds::TRACES)
        .text("recording_id", vec!["rec"; n])
        .text("unit_id", vec!["0"; n])
        .text("signal", vec![signal; n])
        .integers("segment", 0..n as i64)
        .numbers("t0_s", vec![t0_s; n])
        .numbers("dt_s", vec![dt_s; n])
        .lists_f32("trace", segments.iter().map(|segment| segment.to_vec()))
        .text("trace_unit", vec!["1"; n])
        .finish()
        .unwrap()
}

pub fn inputs(tables: &[(&str, &Table)]) -> Inputs {
    Inputs::new(tables.iter().map(|(port, table)| ((*port).to_owned(), (*table).clone())))
}

pub fn run<S: Step>(step: &S, params: &S::Params, tables: &[(&str, &Table)]) -> Result<StepOutput> {
    let mut issues = ParamIssues::default();
    params.check(&mut issues);
    assert!(issues.is_empty(), "{issues:?}");
    step.run(&RunContext::for_test("."), params, &inputs(tables))
}

/// The Parquet bytes of all outputs, made with `threads` threads.
pub fn bytes<S: Step>(step: &S, params: &S::Params, tables: &[(&str, &Table)], threads: usize) -> Vec<u8> {
    let context = RunContext::new(".", threads, Seed::root(0), Arc::new(NoProgress), CancelToken::default());
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    let output = pool.install(|| step.run(&context, params, &inputs(tables))).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let mut bytes = Vec::new();
    for (port, table) in output.tables {
        let path = folder.path().join(port);
        neuroloom_table::parquet::write(&path, &table).unwrap();
        bytes.extend(neuroloom_core::files::read_bytes(&path).unwrap());
    }
    bytes.extend(serde_json::to_vec(&output.summary).unwrap());
    bytes
}

/// The mistakes in parameters, as a user sees them.
pub fn issues(id: &str, params: serde_json::Value) -> Vec<String> {
    let registry = neuroloom_prepare::register(Registry::default());
    match registry.get(id).unwrap().check(&params) {
        Ok(_) => Vec::new(),
        Err(issues) => issues.iter().map(ToString::to_string).collect(),
    }
}

pub fn list(table: &Table, column: &str, row: usize) -> Vec<f64> {
    table.lists(column).unwrap().get(row).unwrap().into_owned()
}

pub fn number(table: &Table, column: &str, row: usize) -> f64 {
    table.numbers(column).unwrap().get(row).unwrap()
}

/// The whole report of an error that must happen.
pub fn report(result: Result<StepOutput, Error>) -> String {
    result.unwrap_err().report()
}
