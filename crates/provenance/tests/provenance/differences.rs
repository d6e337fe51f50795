//! The difference of two runs.

use std::path::Path;

use neuroloom_core::files;
use neuroloom_provenance::diff::{Role, RunDifference, TableState, compare};
use neuroloom_provenance::run::Run;
use neuroloom_table::{TableBuilder, kinds, parquet};
use serde_json::json;

use crate::support::{CHAIN, run_file, run_text, write};

fn roles(found: &RunDifference) -> Vec<(&str, Role)> {
    found.tasks.iter().map(|task| (task.task.as_str(), task.role)).collect()
}

fn compared(folder: &Path, one: &str, other: &str) -> RunDifference {
    compare(&run_text(folder, one, "a"), &run_text(folder, other, "b")).unwrap()
}

#[test]
fn equal_runs_are_equal_without_a_look_at_their_tables() {
    let folder = tempfile::tempdir().unwrap();
    let (a, b) = (run_text(folder.path(), CHAIN, "a"), run_text(folder.path(), CHAIN, "b"));
    for task in ["source", "double", "last", "noise"] {
        files::remove_folder(&a.folder.root().join(task)).unwrap();
    }
    let found = compare(&a, &b).unwrap();
    assert!(found.equal && found.tasks.is_empty() && found.runs.is_empty(), "{found}");
    assert_eq!(found.tables.equal, 4);
}

#[test]
fn causes_stand_before_what_follows_from_them() {
    let folder = tempfile::tempdir().unwrap();
    let found = compared(folder.path(), CHAIN, &CHAIN.replace("factor: 2", "factor: 3"));
    assert_eq!(roles(&found), [("double", Role::Cause), ("last", Role::Consequence)]);
    let [double, last] = found.tasks.as_slice() else { panic!("{found}") };
    assert_eq!(double.changes.len(), 1);
    assert_eq!((double.changes[0].what.as_str(), &double.changes[0].b), ("with.factor", &json!(3.0)));
    assert_eq!(last.after, ["double"]);
    let TableState::Differs(contents) = &last.tables[0].state else { panic!("{found}") };
    let distance = contents.columns[0].numbers.as_ref().unwrap();
    // 10, 20, 30 against 15, 30, 45.
    assert_eq!((distance.differing, distance.max_absolute), (3, Some(15.0)));
    assert!((distance.max_relative.unwrap() - 1.0 / 3.0).abs() < 1e-15);
    assert!((distance.correlation.unwrap() - 1.0).abs() < 1e-15);
    assert!(found.to_string().contains("last: follows from double"), "{found}");
}

#[test]
fn the_seed_is_a_cause_only_where_something_is_drawn() {
    let folder = tempfile::tempdir().unwrap();
    let found = compared(folder.path(), CHAIN, &CHAIN.replace("steps:", "seed: 1\nsteps:"));
    assert_eq!(roles(&found), [("noise", Role::Cause)]);
    assert_eq!(found.tasks[0].changes[0].what, "seed");
    assert_eq!(found.runs[0].what, "seed");
}

#[test]
fn tasks_and_connections_of_one_run_alone() {
    let folder = tempfile::tempdir().unwrap();
    let other = CHAIN.replace("double:", "twice:").replace("in: double", "in: twice");
    let found = compared(folder.path(), CHAIN, &other);
    let expected = [("twice", Role::OnlyInB), ("double", Role::OnlyInA), ("last", Role::Cause)];
    let mut roles = roles(&found);
    roles.sort_by_key(|(task, _)| *task);
    let mut expected = expected;
    expected.sort_by_key(|(task, _)| *task);
    assert_eq!(roles, expected);
    let last = found.tasks.iter().find(|task| task.task == "last").unwrap();
    assert_eq!(last.changes[0].what, "in.spikes");
    assert!(last.tables.is_empty(), "the same numbers by another way");
    assert_eq!((found.tables.only_in_a, found.tables.only_in_b, found.equal), (1, 1, false));
}

#[test]
fn a_changed_source_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let text = "neuroloom: 1\nsteps: { source: { use: test.read, with: { path: x.txt } } }\n";
    let file = folder.path().join("p.yaml");
    write(&file, text);
    write(&folder.path().join("x.txt"), "1 2\n3");
    let a = run_file(&file, &[], &folder.path().join("a"));
    write(&folder.path().join("x.txt"), "1 2\n4\n5");
    let b = run_file(&file, &[], &folder.path().join("b"));
    let found = compare(&a, &b).unwrap();
    assert_eq!(found.tasks[0].changes[0].what, "file x.txt");
    let TableState::Differs(contents) = &found.tasks[0].tables[0].state else { panic!("{found}") };
    assert_eq!((contents.rows_in_both, contents.rows_only_in_a, contents.rows_only_in_b), (2, 0, 1));
    assert_eq!(contents.columns[0].rows, 1);
}

/// A run that says of itself that its `last` gave `value`.
fn with_last(folder: &Path, value: f64) -> Run {
    let mut run = run_text(folder, CHAIN, "b");
    let table = TableBuilder::new(kinds::SPIKES).text("recording_id", ["r"]).text("unit_id", ["u"]);
    let table = table.lists("spike_times_s", [vec![10.0, 20.0, value]]).finish().unwrap();
    let path = run.folder.root().join("last/spikes.parquet");
    files::remove_file(&path).unwrap();
    let digest = parquet::write(&path, &table).unwrap();
    let last = run.manifest.tasks.iter_mut().find(|task| task.id == "last").unwrap();
    last.outputs.get_mut("spikes").unwrap().digest = digest;
    run
}

#[test]
fn what_nothing_explains_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let a = run_text(folder.path(), CHAIN, "a");
    let found = compare(&a, &with_last(folder.path(), 31.0)).unwrap();
    assert_eq!(roles(&found), [("last", Role::Unexplained)]);
    assert!(found.to_string().contains("nothing that they depend on changed"), "{found}");
}

#[test]
fn a_table_that_is_not_the_one_of_the_manifest_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let a = run_text(folder.path(), CHAIN, "a");
    let mut b = with_last(folder.path(), 31.0);
    let last = b.manifest.tasks.iter_mut().find(|task| task.id == "last").unwrap();
    last.outputs.get_mut("spikes").unwrap().digest = neuroloom_core::Digest::of(b"another");
    let error = compare(&a, &b).unwrap_err();
    assert!(error.to_string().contains("not the table that the run wrote"), "{error}");
}

#[test]
fn a_folder_without_a_complete_run_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let error = Run::open(folder.path()).unwrap_err();
    assert!(error.report().contains("no complete run"), "{}", error.report());
    write(&folder.path().join("manifest.json"), "{");
    assert!(Run::open(folder.path()).unwrap_err().to_string().contains("damaged"));
}
