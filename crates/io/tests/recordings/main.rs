//! Recordings of CaImAn, Minian, the Neural Latents Benchmark and Pynapple: made ones with known contents, real ones, damaged
//! and wrong ones. `benches/peers/make_recording_fixtures.py` made the fixtures.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "helpers of tests fail by panicking"
)]

mod caiman;
#[cfg(feature = "zarr")]
mod minian;
mod nlb;
mod pynapple;

use std::path::{Path, PathBuf};

use neuroloom_core::{
    Inputs, PlanContext, PlannedInputs, Registry, RunContext, Step, StepOutput, StepPlan, Table,
};
use neuroloom_table::Columns;
use serde_json::Value;

/// A file or folder of the fixtures.
fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)
}

/// All texts of a column.
fn texts(table: &Table, column: &str) -> Vec<String> {
    let column = table.text(column).unwrap();
    (0..table.n_rows()).map(|row| column.get_or_empty(row).to_owned()).collect()
}

/// All numbers of a column.
fn numbers(table: &Table, column: &str) -> Vec<Option<f64>> {
    let column = table.numbers(column).unwrap();
    (0..table.n_rows()).map(|row| column.get(row)).collect()
}

/// The list of the first row in which `columns` have the given texts.
fn list(table: &Table, lists: &str, columns: &[(&str, &str)]) -> Vec<f64> {
    let row = row(table, columns);
    table.lists(lists).unwrap().get(row).unwrap().into_owned()
}

/// The first row in which `columns` have the given texts.
fn row(table: &Table, columns: &[(&str, &str)]) -> usize {
    let fits =
        |row: &usize| columns.iter().all(|(name, text)| table.text(name).unwrap().get(*row) == Some(*text));
    (0..table.n_rows()).find(fits).unwrap_or_else(|| panic!("no row with {columns:?}"))
}

/// Plans and runs `step` with the fixtures as the folder of the pipeline, and checks that the plan said what came.
fn run<S: Step>(step: S, id: &str, params: &Value) -> StepOutput {
    let base = fixture("");
    let registry = Registry::default().with(step);
    let step = registry.get(id).unwrap();
    let params = step.check(params).unwrap();
    let context = PlanContext { base: base.clone(), threads: 1 };
    let plan: StepPlan = step.plan(&context, &params, &PlannedInputs::default()).unwrap();
    let run = step.run(&RunContext::for_test(&base), &params, &Inputs::default()).unwrap();
    assert_eq!(run.tables.keys().collect::<Vec<_>>(), plan.outputs.keys().collect::<Vec<_>>());
    for (port, table) in &run.tables {
        assert_eq!(table.kind(), plan.outputs[port].kind);
        if let Some(rows) = plan.outputs[port].dim("rows") {
            assert_eq!(table.n_rows() as u64, rows, "{port}");
        }
    }
    assert!(step.files(&params, &base).unwrap().iter().all(|file| file.is_file()));
    run
}

/// The paths of the parameters that `step` refuses.
fn refused<S: Step>(step: S, id: &str, params: &Value) -> Vec<String> {
    let registry = Registry::default().with(step);
    let issues = registry.get(id).unwrap().check(params).err().unwrap();
    issues.into_iter().map(|issue| issue.path).collect()
}
