//! Runs that the tests share.

use std::sync::Arc;

use neuroloom_core::{
    CancelToken, Inputs, NoProgress, ParamIssues, Registry, Result, RunContext, Seed, Step, StepOutput,
    StepParams, Table,
};

/// Surroundings with the root seed `seed`.
pub fn context(seed: u64, cancel: &CancelToken) -> RunContext {
    RunContext::new(".", 1, Seed::root(seed), Arc::new(NoProgress), cancel.clone())
}

/// Runs `step` on `tables` with parameters that must be right.
pub fn run<S: Step>(step: &S, params: &S::Params, tables: &[(&str, &Table)]) -> Result<StepOutput> {
    let mut issues = ParamIssues::default();
    params.check(&mut issues);
    assert!(issues.is_empty(), "{issues:?}");
    let inputs = Inputs::new(tables.iter().map(|(port, table)| ((*port).to_owned(), (*table).clone())));
    step.run(&context(7, &CancelToken::default()), params, &inputs)
}

/// The table at `port` of a step without inputs.
pub fn table<S: Step>(step: &S, params: &S::Params, port: &str) -> Table {
    run(step, params, &[]).unwrap().tables.remove(port).unwrap()
}

/// Summary and Parquet bytes of all tables.
pub fn bytes(output: StepOutput) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let mut bytes = serde_json::to_vec(&output.summary).unwrap();
    for (port, table) in output.tables {
        let path = folder.path().join(port);
        neuroloom_table::parquet::write(&path, &table).unwrap();
        bytes.extend(neuroloom_core::files::read_bytes(&path).unwrap());
    }
    bytes
}

/// The bytes that `step` gives on `threads` threads.
pub fn bytes_on<S: Step>(threads: usize, step: &S, params: &S::Params) -> Vec<u8> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    pool.install(|| bytes(run(step, params, &[]).unwrap()))
}

/// The mistakes in parameters, as a user sees them.
pub fn issues(id: &str, params: serde_json::Value) -> Vec<String> {
    let registry = neuroloom_simulate::register(Registry::default());
    match registry.get(id).unwrap().check(&params) {
        Ok(_) => Vec::new(),
        Err(issues) => issues.iter().map(ToString::to_string).collect(),
    }
}

/// Mean of some numbers.
pub fn mean(values: impl IntoIterator<Item = f64>) -> f64 {
    let (sum, n) = values.into_iter().fold((0.0, 0.0), |(sum, n), value| (sum + value, n + 1.0));
    sum / n
}
