//! RDMs of rsatoolbox, NumPy and text files.

use std::io::Write;
use std::path::{Path, PathBuf};

use neuroloom_core::{Inputs, PlanContext, PlannedInputs, Registry, Result, RunContext, Table, files};
use neuroloom_io::inspect;
use neuroloom_io::rdms::{self, Params, RdmTables};
use neuroloom_table::Columns;
use neuroloom_testkit::{assert_survives, workspace_root};
use rust_hdf5::H5File;
use serde_json::{Value, json};

use crate::{fixture, folder_with, numpy};

fn read(path: &Path, value: Value) -> Result<RdmTables> {
    let mut value = value;
    value["path"] = json!(path.file_name().unwrap().to_string_lossy());
    rdms::read(path.parent().unwrap(), &serde_json::from_value(value).unwrap())
}

fn refused(path: &Path, value: Value) -> String {
    read(path, value).map(drop).unwrap_err().report()
}

fn texts(table: &Table, column: &str) -> Vec<String> {
    let column = table.text(column).unwrap();
    (0..table.n_rows()).map(|row| column.get(row).unwrap_or("-").to_owned()).collect()
}

fn values(read: &RdmTables) -> Vec<f64> {
    let column = read.rdms.numbers("dissimilarity").unwrap();
    (0..read.rdms.n_rows()).map(|row| column.get(row).unwrap()).collect()
}

fn small() -> PathBuf {
    fixture("rdms/small.h5")
}

#[test]
fn a_file_of_rsatoolbox_is_read_as_it_was_written() {
    let found = read(&small(), json!({ "conditions": "image", "subject": "run", "region": "roi" })).unwrap();
    assert_eq!(values(&found), (0..18).map(|i| f64::from(i) / 4.0).collect::<Vec<_>>());
    assert_eq!(texts(&found.rdms, "condition_i")[..6], ["cat", "cat", "cat", "dog", "dog", "hand"]);
    assert_eq!(texts(&found.rdms, "condition_j")[..6], ["dog", "hand", "key", "hand", "key", "key"]);
    assert_eq!(texts(&found.index, "rdm_id"), ["small/0", "small/1", "small/2"]);
    assert_eq!(texts(&found.index, "subject"), ["1", "2", "1"]);
    assert_eq!(texts(&found.index, "region"), ["V1", "V1", "IT"]);
    assert_eq!(texts(&found.index, "measure"), ["crossnobis"; 3]);
    assert_eq!(texts(&found.index, "dissimilarity_unit"), ["a.u."; 3]);
    assert_eq!((found.n_conditions, found.notes.len()), (4, 0));
}

#[test]
fn rdms_are_selected_and_named_by_their_descriptors() {
    let names = |value: Value| texts(&read(&small(), value).unwrap().index, "rdm_id");
    assert_eq!(names(json!({ "select": { "roi": "V1", "run": 2 } })), ["small/1"]);
    assert_eq!(names(json!({ "select": { "run": [2, 3] }, "name": ["roi", "run"] })), ["V1/2"]);
    assert_eq!(names(json!({ "select": { "noise": [0.5, "2.25"] } })), ["small/0", "small/2"]);
    assert_eq!(names(json!({ "name": ["file", "noise"] })), ["small/0.5", "small/1", "small/2.25"]);
}

#[test]
fn what_cannot_be_chosen_is_said() {
    let twice = refused(&small(), json!({ "name": ["roi"] }));
    assert!(twice.contains("two RDMs have the same name") && twice.contains("V1"), "{twice}");
    let unknown = refused(&small(), json!({ "subject": "rois" }));
    assert!(unknown.contains("did you mean \"roi\"?") && unknown.contains("small.h5"), "{unknown}");
    let nothing = refused(&small(), json!({ "select": { "roi": "V2" } }));
    assert!(nothing.contains("roi: IT, V1") && nothing.contains("roi: V2"), "{nothing}");
    let kinds = refused(&small(), json!({ "conditions": "kind" }));
    assert!(kinds.contains("stands twice") && kinds.contains("animal"), "{kinds}");
}

/// A file in the layout of rsatoolbox with the label `c0`, `c1`, … of as many conditions as `labels` says.
fn hdf5(folder: &Path, shape: &[usize], values: &[f64], n_runs: usize) -> PathBuf {
    let path = folder.join("made.h5");
    let file = H5File::create(&path).unwrap();
    let dataset = file.root_group().new_dataset::<f64>().shape(shape).create("dissimilarities").unwrap();
    dataset.write_raw(values).unwrap();
    let group = file.root_group().create_group("rdm_descriptors").unwrap();
    let runs: Vec<i64> = (0..n_runs as i64).collect();
    group.new_dataset::<i64>().shape([n_runs]).create("run").unwrap().write_raw(&runs).unwrap();
    file.close().unwrap();
    path
}

#[test]
fn files_of_which_the_parts_do_not_fit_are_refused_at_their_dataset() {
    let folder = tempfile::tempdir().unwrap();
    let message = |shape: &[usize], values: &[f64], n_runs| {
        refused(&hdf5(folder.path(), shape, values, n_runs), json!({}))
    };
    let length = message(&[1, 4], &[1.0; 4], 1);
    assert!(length.contains("/dissimilarities") && length.contains("n (n - 1)/2"), "{length}");
    let runs = message(&[2, 3], &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0], 3);
    assert!(runs.contains("/rdm_descriptors/run") && runs.contains("one item per RDM, 2 in all"), "{runs}");
    let shape = message(&[3], &[1.0, 2.0, 3.0], 1);
    assert!(shape.contains("[n_rdms, n_pairs]"), "{shape}");
    let missing = message(&[2, 3], &[1.0, 2.0, 3.0, 4.0, f64::NAN, f64::NAN], 2);
    assert!(missing.contains("missing (NaN)") && missing.contains("made/1"), "{missing}");
    assert!(missing.contains(r#"2 such pairs, the first "0" and "2""#), "{missing}");
    let infinite = message(&[1, 3], &[1.0, f64::NEG_INFINITY, 3.0], 1);
    assert!(infinite.contains("infinite"), "{infinite}");

    let path = hdf5(folder.path(), &[2, 3], &[1.0, 2.0, 3.0, 4.0, f64::NAN, 6.0], 2);
    let kept = read(&path, json!({ "nan": "keep" })).unwrap();
    assert!(values(&kept)[4].is_nan());
    assert!(read(&path, json!({ "select": { "run": 0 } })).is_ok());

    let nwb = refused(&fixture("nlb/mc_maze_20.h5"), json!({}));
    assert!(nwb.contains("no set of RDMs"), "{nwb}");
}

fn npz(folder: &Path, arrays: &[(&str, Vec<u8>)]) -> PathBuf {
    let path = folder.join("made.npz");
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in arrays {
        zip.start_file(format!("{name}.npy"), zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    files::write_bytes(&path, &zip.finish().unwrap().into_inner()).unwrap();
    path
}

fn numbers(shape: &[usize], values: &[f64]) -> Vec<u8> {
    numpy::npy("<f8", shape, values.iter().flat_map(|value| value.to_le_bytes()))
}

fn words(words: &[&str]) -> Vec<u8> {
    let width = words.iter().map(|word| word.len()).max().unwrap();
    let padded = words.iter().flat_map(|word| word.bytes().chain(std::iter::repeat_n(0, width - word.len())));
    numpy::npy(&format!("|S{width}"), &[words.len()], padded)
}

#[test]
fn archives_of_vectors_are_described_by_their_lists() {
    let folder = tempfile::tempdir().unwrap();
    let path = npz(
        folder.path(),
        &[
            ("vectors", numbers(&[2, 3], &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0])),
            ("subject", words(&["ann", "bo"])),
            ("stimulus", words(&["x", "y", "z"])),
            ("unrelated", numbers(&[4, 5], &[0.0; 20])),
        ],
    );
    let found = read(&path, json!({ "subject": "subject", "measure": "correlation", "unit": "1" })).unwrap();
    assert_eq!(values(&found), [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
    assert_eq!(texts(&found.index, "subject"), ["ann", "bo"]);
    assert_eq!(texts(&found.index, "measure"), ["correlation"; 2]);
    assert_eq!(texts(&found.rdms, "condition_j")[..3], ["y", "z", "z"]);
}

#[test]
fn square_matrices_must_be_symmetric_with_an_empty_diagonal() {
    let folder = tempfile::tempdir().unwrap();
    let square = [0.0, 1.0, 2.0, 1.0, 0.0, 3.0, 2.0, 3.0, 0.0];
    let write = |shape: &[usize], values: &[f64]| {
        let path = folder.path().join("m.npy");
        files::write_bytes(&path, &numbers(shape, values)).unwrap();
        path
    };
    assert_eq!(values(&read(&write(&[3, 3], &square), json!({})).unwrap()), [1.0, 2.0, 3.0]);
    let stack: Vec<f64> = square.iter().chain(&square).copied().collect();
    let twins = read(&write(&[2, 3, 3], &stack), json!({})).unwrap();
    assert_eq!(texts(&twins.index, "rdm_id"), ["m/0", "m/1"]);
    assert!(twins.notes[0].contains("are the same"), "{:?}", twins.notes);
    // Three RDMs of three conditions look like one of three.
    let vectors = read(&write(&[3, 3], &square), json!({ "layout": "vectors" })).unwrap();
    assert_eq!(vectors.index.n_rows(), 3);

    let with = |place: usize, value: f64| {
        let mut changed = square;
        changed[place] = value;
        refused(&write(&[3, 3], &changed), json!({}))
    };
    let asymmetric = with(7, 4.0);
    assert!(asymmetric.contains("3 at (2, 1) as at (1, 2)") && asymmetric.contains("m.npy"), "{asymmetric}");
    assert!(with(4, 1.0).contains("1 at (1, 1)"));
    assert!(refused(&write(&[3, 4], &[0.0; 12]), json!({ "layout": "square" })).contains("not square"));
    assert!(refused(&write(&[2, 2, 2, 2], &[0.0; 16]), json!({})).contains("no set of RDMs"));
}

#[test]
fn files_of_one_matrix_each_are_put_together_by_label() {
    let folder = tempfile::tempdir().unwrap();
    files::write_bytes(&folder.path().join("ann.csv"), b"a,b,c\n0,1,2\n1,0,3\n2,3,0\n").unwrap();
    files::write_bytes(&folder.path().join("bo.csv"), b"c,b,a\n0,3,2\n3,0,1\n2,1,0\n").unwrap();
    files::write_bytes(&folder.path().join("cy.csv"), b"c,b,d\n0,3,2\n3,0,1\n2,1,0\n").unwrap();
    let read = |names: &[&str], more: Value| {
        let mut value = more;
        value["path"] = json!(names);
        rdms::read(folder.path(), &serde_json::from_value::<Params>(value).unwrap())
    };
    let found = read(&["ann.csv", "bo.csv"], json!({ "subject": "file" })).unwrap();
    assert_eq!(values(&found), [1.0, 2.0, 3.0, 1.0, 2.0, 3.0]);
    assert_eq!(texts(&found.index, "subject"), ["ann", "bo"]);
    let differ = read(&["ann.csv", "cy.csv"], json!({})).map(drop).unwrap_err().report();
    assert!(
        differ.contains("cy.csv") && differ.contains(r#""d""#) && differ.contains("intersect"),
        "{differ}"
    );
    let shared = read(&["ann.csv", "cy.csv"], json!({ "different_conditions": "intersect" })).unwrap();
    assert_eq!((values(&shared), shared.n_conditions), (vec![3.0, 3.0], 2));
}

#[test]
fn a_pickle_is_refused_with_the_way_out() {
    let folder = folder_with("rdms.pkl", b"\x80\x04\x95\x10\x00\x00\x00\x00\x00\x00\x00}");
    let message = refused(&folder.path().join("rdms.pkl"), json!({}));
    assert!(message.contains("file_type='hdf5'"), "{message}");
}

#[test]
fn the_step_plans_what_it_reads() {
    let registry = neuroloom_io::register(Registry::default());
    let step = registry.get("ingest.rdms").unwrap();
    let folder = workspace_root().join("data/rsa92");
    let params = json!({ "path": "rsa92.h5", "conditions": "stimulus", "unit": "1",
        "select": { "group": "alexnet_layer_measurement" }, "name": ["layer", "measurement"],
        "subject": "measurement", "region": "layer" });
    let params = step.check(&params).unwrap();
    let ctx = PlanContext { base: folder.clone(), threads: 1 };
    let plan = step.plan(&ctx, &params, &PlannedInputs::default()).unwrap();
    let output = step.run(&RunContext::for_test(&folder), &params, &Inputs::default()).unwrap();
    assert_eq!(plan.outputs["rdms"].dim("rows"), Some(63 * 4186));
    assert_eq!(plan.outputs["index"].dim("rows"), Some(63));
    assert_eq!(output.tables["rdms"].n_rows(), 63 * 4186);
    assert_eq!(texts(&output.tables["index"], "rdm_id")[0], "conv1/complete");
    // The narrowest smoothing of separate features changes nothing: 5 RDMs stand twice in the source.
    assert_eq!(output.summary.warnings.len(), 5, "{:?}", output.summary.warnings);
    assert!(output.summary.warnings.iter().all(|warning| warning.contains("smooth1sepFeat")));

    let wrong = step.check(&json!({ "path": [], "select": { "group": [] }, "conditions": "" })).unwrap_err();
    let wrong: Vec<String> = wrong.iter().map(ToString::to_string).collect();
    assert_eq!(wrong.len(), 3, "{wrong:?}");
}

#[test]
fn models_of_categories_are_told_to_be_tied() {
    let path = workspace_root().join("data/rsa92/rsa92.h5");
    let value = json!({ "conditions": "stimulus", "select": { "group": "model" }, "name": ["name"] });
    let notes = read(&path, value).unwrap().notes;
    assert!(notes.len() == 1 && notes[0].contains("tied: animacy, FaceBodyManmadeNatobj;"), "{notes:?}");
    let several = refused(&path, json!({ "conditions": "category" }));
    assert!(several.contains("stands twice"), "{several}");
}

#[test]
fn inspection_knows_files_of_rsatoolbox() {
    let said = inspect(&small()).unwrap();
    assert_eq!(said.recognised.as_deref(), Some("rsatoolbox RDMs"));
    assert_eq!(said.ingest.first().unwrap().step, "ingest.rdms");
}

#[test]
fn damaged_files_are_refused_or_read_and_nothing_else() {
    let bytes = files::read_bytes(&small()).unwrap();
    let outcomes = assert_survives(&bytes, 300, |path: &Path| {
        read(path, json!({ "conditions": "image", "nan": "keep" })).map(drop)
    });
    assert!(outcomes.refused > 20 && outcomes.read > 0, "{outcomes:?}");
}
