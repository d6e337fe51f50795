//! Running plans of small fake steps: the cache, failures, damage, variants.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test stops at what it did not expect"
)]

mod fake;

use std::path::Path;

use neuroloom_core::{ErrorKind, files};
use neuroloom_pipeline::document;
use neuroloom_pipeline::execute::{Outcome, RunError, RunOptions, run};
use neuroloom_pipeline::frozen::freeze;
use neuroloom_pipeline::layout::RunFolder;
use neuroloom_pipeline::manifest::Manifest;
use neuroloom_pipeline::observer::NoObserver;
use neuroloom_pipeline::plan::{Plan, plan};
use neuroloom_pipeline::sources::SourceDigests;
use neuroloom_pipeline::state::{TaskState, assess};
use neuroloom_table::{Columns, parquet};

const CHAIN: &str = "neuroloom: 1
name: chain
steps:
  source: { use: fake.source, with: { values: [1, 2, 3] } }
  double: { use: fake.scale, in: source, with: { factor: 2 } }
  quadruple: { use: fake.scale, in: double, with: { factor: 2 } }
  noise: { use: fake.noise, in: source }
";

fn planned(folder: &Path, text: &str) -> Plan {
    let file = folder.join("p.yaml");
    files::write_bytes(&file, text.as_bytes()).unwrap();
    plan(document::load(&file, &[], &fake::registry()).unwrap(), 2).unwrap()
}

fn options() -> RunOptions {
    RunOptions { threads: 2, ..RunOptions::default() }
}

fn execute(folder: &Path, text: &str) -> Result<Outcome, RunError> {
    let run_folder = RunFolder::new(folder.join("run"));
    run(&planned(folder, text), &run_folder, &run_folder.store(), &options(), &NoObserver)
}

fn values(path: &Path) -> Vec<f64> {
    let table = parquet::read(path).unwrap();
    let column = table.lists("spike_times_s").unwrap();
    column.get(0).unwrap().to_vec()
}

#[test]
fn values_flow_along_the_chain() {
    let folder = tempfile::tempdir().unwrap();
    let outcome = execute(folder.path(), CHAIN).unwrap();
    assert_eq!((outcome.ran, outcome.unchanged), (4, false));
    assert_eq!(values(&folder.path().join("run/quadruple/spikes.parquet")), [4.0, 8.0, 12.0]);
    let again = execute(folder.path(), CHAIN).unwrap();
    assert_eq!((again.ran, again.unchanged), (0, true));
}

#[test]
fn equal_bytes_cut_the_rerun_short() {
    let folder = tempfile::tempdir().unwrap();
    execute(folder.path(), CHAIN).unwrap();
    // Another factor pair with the same product: `double` changes, and with it `quadruple`, to the same bytes.
    let other = CHAIN.replacen("factor: 2", "factor: 4", 1).replacen("factor: 2", "factor: 1", 1);
    let outcome = execute(folder.path(), &other).unwrap();
    assert_eq!(outcome.ran, 2);
    // A change that leaves the bytes of the source alone reruns the source only.
    let same = CHAIN.replace("values: [1, 2, 3]", "values: [1, 2, 3], note: other words");
    assert_eq!(execute(folder.path(), &same).unwrap().ran, 1);
}

#[test]
fn the_seed_reaches_only_steps_that_draw() {
    let folder = tempfile::tempdir().unwrap();
    execute(folder.path(), CHAIN).unwrap();
    let before = values(&folder.path().join("run/noise/spikes.parquet"));
    let outcome = execute(folder.path(), &format!("seed: 5\n{CHAIN}")).unwrap();
    assert_eq!(outcome.ran, 1);
    assert_ne!(values(&folder.path().join("run/noise/spikes.parquet")), before);
}

#[test]
fn renaming_a_step_runs_nothing() {
    let folder = tempfile::tempdir().unwrap();
    execute(folder.path(), CHAIN).unwrap();
    let outcome = execute(folder.path(), &CHAIN.replace("noise:", "jitter:")).unwrap();
    assert_eq!(outcome.ran, 0);
    assert!(folder.path().join("run/jitter/spikes.parquet").is_file());
    assert!(!folder.path().join("run/noise/spikes.parquet").exists());
}

#[test]
fn a_step_that_panics_is_an_internal_error_and_the_rest_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let text = format!("{CHAIN}  broken: {{ use: fake.broken, in: quadruple, with: {{ how: panic }} }}\n");
    let error = execute(folder.path(), &text).unwrap_err();
    assert_eq!((error.task.as_deref(), error.error.kind()), (Some("broken"), ErrorKind::Internal));
    assert!(error.error.to_string().contains("out of luck"));
    assert_eq!(execute(folder.path(), CHAIN).unwrap().ran, 0);
}

#[test]
fn a_step_that_gives_what_it_never_declared_is_found_out() {
    let folder = tempfile::tempdir().unwrap();
    let text = format!("{CHAIN}  broken: {{ use: fake.broken, in: source, with: {{ how: wrong_kind }} }}\n");
    let error = execute(folder.path(), &text).unwrap_err();
    assert!(error.error.to_string().contains("never declared"), "{}", error.error);
}

#[test]
fn damage_in_the_store_is_found_and_heals() {
    let folder = tempfile::tempdir().unwrap();
    execute(folder.path(), CHAIN).unwrap();
    let expected = values(&folder.path().join("run/quadruple/spikes.parquet"));
    damage(&folder.path().join("run/double/spikes.parquet"));
    // The damage lies in `double`; a new reader of it finds it, throws it out and says so.
    let more = format!("{CHAIN}  more: {{ use: fake.scale, in: double, with: {{ factor: 3 }} }}\n");
    let error = execute(folder.path(), &more).unwrap_err();
    assert!(error.error.to_string().contains("damaged"), "{}", error.error);
    let outcome = execute(folder.path(), &more).unwrap();
    assert_eq!(outcome.ran, 2, "double and more");
    assert_eq!(values(&folder.path().join("run/quadruple/spikes.parquet")), expected);
}

/// Flips a bit without changing the size, through the link into the store.
fn damage(path: &Path) {
    let mut permissions = path.metadata().unwrap().permissions();
    #[allow(clippy::permissions_set_readonly_false, reason = "a test's own file")]
    permissions.set_readonly(false);
    std::fs::set_permissions(path, permissions).unwrap();
    let mut bytes = std::fs::read(path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 4;
    std::fs::write(path, bytes).unwrap();
}

#[test]
fn explain_names_the_field_and_what_waits() {
    let folder = tempfile::tempdir().unwrap();
    execute(folder.path(), CHAIN).unwrap();
    let run_folder = RunFolder::new(folder.path().join("run"));
    let manifest = Manifest::read(&run_folder.manifest()).unwrap();
    let changed = planned(folder.path(), &CHAIN.replacen("factor: 2", "factor: 3", 1));
    let frozen = freeze(&changed, &run_folder.store(), &SourceDigests::default()).unwrap();
    let states = assess(&frozen, &run_folder.store(), manifest.as_ref());
    let state = |id: &str| &states.iter().find(|(task, _)| task == id).unwrap().1;
    assert!(matches!(state("source"), TaskState::Cached { .. }));
    let reasons = vec!["with.factor changed: 2.0 → 3.0".to_owned()];
    assert_eq!(state("double"), &TaskState::WillRun { reasons });
    assert_eq!(state("quadruple"), &TaskState::MayRun { after: vec!["double".into()] });
}

#[test]
fn a_matrix_gives_a_result_per_variant() {
    let folder = tempfile::tempdir().unwrap();
    let text = "neuroloom: 1
name: sweep
steps:
  source: { use: fake.source, with: { values: [1] } }
  scaled: { use: fake.scale, in: source, matrix: { factor: [2, 3] } }
  again: { use: fake.scale, in: scaled, with: { factor: 10 } }
";
    execute(folder.path(), text).unwrap();
    let value = |variant: &str| values(&folder.path().join("run/again").join(variant).join("spikes.parquet"));
    assert_eq!((value("factor=2"), value("factor=3")), (vec![20.0], vec![30.0]));
}

#[test]
fn a_wide_sweep_is_scheduled_quickly() {
    let folder = tempfile::tempdir().unwrap();
    let factors: Vec<String> = (0..500).map(|factor| factor.to_string()).collect();
    let text = format!(
        "neuroloom: 1\nname: sweep\nsteps:\n  source: {{ use: fake.source, with: {{ values: [1] }} }}\n  scaled: {{ use: fake.scale, in: source, matrix: {{ factor: [{}] }} }}\n",
        factors.join(", ")
    );
    assert_eq!(execute(folder.path(), &text).unwrap().ran, 501);
    assert_eq!(execute(folder.path(), &text).unwrap().ran, 0);
}

#[test]
fn a_stop_keeps_what_is_done() {
    let folder = tempfile::tempdir().unwrap();
    let run_folder = RunFolder::new(folder.path().join("run"));
    let stopped = options();
    stopped.cancel.cancel();
    let plan = planned(folder.path(), CHAIN);
    let error = run(&plan, &run_folder, &run_folder.store(), &stopped, &NoObserver).unwrap_err();
    assert_eq!(error.error.kind(), ErrorKind::Cancelled);
    assert!(!run_folder.manifest().exists());
}

const KEEP: &str = "neuroloom: 1
steps:
  source: { use: fake.source, with: { values: [1, 2, 3] } }
  kept: { use: fake.keep, in: source }
  double: { use: fake.scale, in: kept, with: { factor: 2 } }
";

#[test]
fn a_table_of_any_kind_passes_and_keeps_its_kind() {
    let folder = tempfile::tempdir().unwrap();
    execute(folder.path(), KEEP).unwrap();
    assert_eq!(values(&folder.path().join("run/double/spikes.parquet")), [2.0, 4.0, 6.0]);
}

#[test]
fn an_output_of_another_kind_than_planned_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let lying = KEEP.replace("in: source }", "in: source, with: { lie: true } }");
    let error = execute(folder.path(), &lying).unwrap_err();
    assert_eq!(error.error.kind(), ErrorKind::Internal);
    assert!(error.error.message().contains("gave a table table at table, not spikes"), "{}", error.error);
}
