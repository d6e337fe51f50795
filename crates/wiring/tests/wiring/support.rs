//! Steps run as a pipeline would, and files to run them on.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use neuroloom_core::{
    Inputs, PlanContext, PlannedInputs, PlannedTable, Registry, Result, RunContext, StepOutput, Table, files,
};
use neuroloom_table::Columns;
use serde_json::{Value, json};

/// A file of this crate's fixtures.
pub fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)
}

/// `text` as the file `name` in a folder of its own.
pub fn text_file(name: &str, text: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    files::write_bytes(&path, text.as_bytes()).unwrap();
    (folder, path)
}

fn registry() -> Registry {
    neuroloom_wiring::register(neuroloom_celegans::register(Registry::default()))
}

/// Runs `ingest.connectome` with paths relative to `base`.
pub fn ingest(base: &Path, params: &Value) -> Result<StepOutput> {
    let registry = registry();
    let step = registry.get("ingest.connectome").unwrap();
    let params = step.check(params).map_err(|issues| {
        neuroloom_core::Error::params(issues.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))
    })?;
    let context = PlanContext { base: base.to_path_buf(), threads: 1 };
    let plan = step.plan(&context, &params, &PlannedInputs::default())?;
    let output = step.run(&RunContext::for_test(base), &params, &Inputs::default())?;
    assert!(output.tables.keys().eq(plan.outputs.keys()), "what is planned is what comes");
    Ok(output)
}

/// The readings of every source in the folder `path`.
pub fn readings(path: &Path) -> Table {
    let mut output =
        ingest(path.parent().unwrap(), &json!({ "path": path.file_name().unwrap().to_str() })).unwrap();
    output.tables.remove("readings").unwrap()
}

/// Runs `celegans.connectome`.
pub fn connectome(readings: &Table, params: &Value) -> StepOutput {
    let registry = registry();
    let step = registry.get("celegans.connectome").unwrap();
    let params = step.check(params).unwrap();
    let planned = PlannedTable::new(readings.kind(), [("rows", readings.n_rows() as u64)]);
    let planned = PlannedInputs::new([("readings".to_owned(), planned)]);
    step.plan(&PlanContext { base: ".".into(), threads: 1 }, &params, &planned).unwrap();
    let inputs = Inputs::new([("readings".to_owned(), readings.clone())]);
    step.run(&RunContext::for_test("."), &params, &inputs).unwrap()
}

/// Neurons, ordered pairs, pairs with a gap junction and pairs with a chemical weight of a source.
pub fn counts(edges: &Table, source: &str) -> [usize; 4] {
    let (sources, pre, post) =
        (edges.text("source").unwrap(), edges.text("pre").unwrap(), edges.text("post").unwrap());
    let (gap, chem) = (edges.numbers("gap").unwrap(), edges.numbers("chem").unwrap());
    let rows: Vec<usize> = (0..edges.n_rows()).filter(|row| sources.get(*row) == Some(source)).collect();
    let neurons: BTreeSet<_> = rows.iter().flat_map(|row| [pre.get(*row), post.get(*row)]).collect();
    let nonzero = |column: neuroloom_table::NumberColumn<'_>| {
        rows.iter().filter(|row| column.get(**row).unwrap() != 0.0).count()
    };
    [neurons.len(), rows.len(), nonzero(gap), nonzero(chem)]
}

/// Rows of a table with a value in `column`.
pub fn n_present(table: &Table, column: &str) -> usize {
    let values = table.numbers(column).unwrap();
    (0..table.n_rows()).filter(|row| values.get(*row).is_some()).count()
}
