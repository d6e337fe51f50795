//! Runs of steps and the tables that they need.

use std::sync::Arc;

use neuroloom_core::{CancelToken, Error, Inputs, NoProgress, Registry, RunContext, Seed, StepOutput, Table};
use neuroloom_table::{Columns, TableBuilder, kinds};
use serde_json::Value;

pub fn registry() -> Registry {
    neuroloom_simulate::register(neuroloom_community::register(Registry::default()))
}

/// Surroundings with a root seed.
pub fn context(seed: u64, cancel: &CancelToken) -> RunContext {
    RunContext::new(".", 1, Seed::root(seed), Arc::new(NoProgress), cancel.clone())
}

pub fn run_seeded(
    seed: u64,
    id: &str,
    params: Value,
    inputs: &[(&str, &Table)],
) -> Result<StepOutput, Error> {
    let registry = registry();
    let step = registry.get(id).unwrap();
    let params = step.check(&params).unwrap();
    let inputs = Inputs::new(inputs.iter().map(|(port, table)| ((*port).to_owned(), (*table).clone())));
    step.run(&context(seed, &CancelToken::default()), &params, &inputs)
}

pub fn run(id: &str, params: Value, inputs: &[(&str, &Table)]) -> Result<StepOutput, Error> {
    run_seeded(7, id, params, inputs)
}

/// The report of the error that a step gives.
pub fn refused(id: &str, params: Value, inputs: &[(&str, &Table)]) -> String {
    run(id, params, inputs).unwrap_err().report()
}

/// The mistakes in parameters, as a user sees them.
pub fn wrong_params(id: &str, params: Value) -> Vec<String> {
    let issues = registry().get(id).unwrap().check(&params).unwrap_err();
    issues.iter().map(ToString::to_string).collect()
}

/// Summary and Parquet bytes of all tables that a run gives on some threads.
pub fn bytes_on(threads: usize, run: impl Fn() -> StepOutput + Sync + Send) -> Vec<u8> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    let output = pool.install(run);
    let folder = tempfile::tempdir().unwrap();
    let mut bytes = serde_json::to_vec(&output.summary).unwrap();
    for (port, table) in output.tables {
        let path = folder.path().join(port);
        neuroloom_table::parquet::write(&path, &table).unwrap();
        bytes.extend(neuroloom_core::files::read_bytes(&path).unwrap());
    }
    bytes
}

/// A row of a table of edges.
pub type Edge<'a> = (&'a str, &'a str, &'a str, f64);

pub fn edges(rows: &[Edge<'_>]) -> Table {
    TableBuilder::new(kinds::EDGES)
        .text("graph_id", rows.iter().map(|row| row.0))
        .text("pre", rows.iter().map(|row| row.1))
        .text("post", rows.iter().map(|row| row.2))
        .numbers("weight", rows.iter().map(|row| row.3))
        .finish()
        .unwrap()
}

/// Two cliques `a0` .. `a5` and `b0` .. `b5` of weight `heavy`, joined by one edge of weight 1.
pub fn two_cliques(graph_id: &str, heavy: f64) -> Table {
    let mut rows = Vec::new();
    for clique in ["a", "b"] {
        for i in 0..6 {
            for j in i + 1..6 {
                let weight = heavy + 0.01 * f64::from(i * 6 + j);
                rows.push((graph_id.to_owned(), format!("{clique}{i}"), format!("{clique}{j}"), weight));
            }
        }
    }
    rows.push((graph_id.to_owned(), "a0".into(), "b0".into(), 1.0));
    let rows: Vec<Edge<'_>> = rows
        .iter()
        .map(|(graph, pre, post, weight)| (graph.as_str(), pre.as_str(), post.as_str(), *weight))
        .collect();
    edges(&rows)
}

/// Values of a column of numbers.
pub fn numbers(table: &Table, column: &str) -> Vec<f64> {
    let numbers = table.numbers(column).unwrap();
    (0..table.n_rows()).map(|row| numbers.get(row).unwrap()).collect()
}

/// Values of a column of text.
pub fn texts(table: &Table, column: &str) -> Vec<String> {
    let texts = table.text(column).unwrap();
    (0..table.n_rows()).map(|row| texts.get(row).unwrap().to_owned()).collect()
}
