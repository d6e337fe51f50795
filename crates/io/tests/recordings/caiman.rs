//! CaImAn's HDF5.

use std::path::Path;

use neuroloom_io::caiman::{self, IngestCaiman, ReadOptions, Signal};
use neuroloom_table::Columns;
use neuroloom_testkit::{assert_survives, shared_data};
use serde_json::json;

use crate::{fixture, list, numbers, refused, row, run, texts};

fn small() -> std::path::PathBuf {
    fixture("caiman/small.hdf5")
}

#[test]
fn signals_scores_and_places_of_components_are_read() {
    let recording = caiman::read(&small(), &ReadOptions::default()).unwrap();
    let traces = &recording.traces;
    assert_eq!((recording.n_components, recording.fs_hz, recording.duration_s), (3, 10.0, 0.7));
    // 3 components × (C, S, YrA); F_dff is NoneType.
    assert_eq!(traces.n_rows(), 9);
    let component_1 = |signal: &str| list(traces, "trace", &[("unit_id", "1"), ("signal", signal)]);
    assert_eq!(component_1("denoised"), [8.0, 9.0, 10.0, 11.0, 12.0, 13.0, 14.0, 15.0]);
    assert_eq!(component_1("residual")[..2], [1.0, 1.125]);
    assert_eq!(component_1("deconvolved")[7], 14.0);
    assert_eq!(texts(traces, "unit_id")[..3], ["0", "1", "2"]);
    let is_cell = traces.bools("is_cell").unwrap();
    assert_eq!((0..3).map(|row| is_cell.value(row)).collect::<Vec<_>>(), [true, false, true]);
    let of_three = |column: &str| numbers(traces, column)[..3].to_vec();
    assert_eq!(of_three("snr_comp"), [Some(3.5), Some(0.5), Some(2.5)]);
    assert_eq!(of_three("r_values"), [Some(0.9), Some(0.1), Some(0.8)]);
    assert!(traces.numbers("cnn_preds").is_err());
    // Component 1 weighs 1 at (0, 0) and 3 at (2, 4).
    assert_eq!(of_three("centroid_y_px"), [Some(1.0), Some(1.5), Some(3.0)]);
    assert_eq!(of_three("centroid_x_px"), [Some(2.0), Some(3.0), Some(1.0)]);
    assert_eq!(of_three("size_px"), [Some(1.0), Some(2.0), Some(1.0)]);
    assert_eq!(numbers(traces, "dt_s")[0], Some(0.1));
    assert_eq!(recording.notes, ["no estimates/F_dff, so there is no signal dff"]);
}

#[test]
fn the_raw_trace_is_the_sum_of_denoised_and_residual() {
    let signals = Some(vec![Signal::Raw]);
    let options = ReadOptions { signals, only_cells: true, fs_hz: Some(20.0), ..ReadOptions::default() };
    let recording = caiman::read(&small(), &options).unwrap();
    assert_eq!(texts(&recording.traces, "unit_id"), ["0", "2"]);
    assert_eq!(list(&recording.traces, "trace", &[("unit_id", "2")])[1], 17.0 + 17.0 / 8.0);
    assert_eq!(recording.fs_hz, 20.0);
    assert!(recording.notes[0].contains("`fs_hz` says 20 Hz"), "{:?}", recording.notes);
}

#[test]
fn what_no_one_knows_is_asked_for() {
    let path = fixture("caiman/never_evaluated.hdf5");
    let refused = |options: ReadOptions| caiman::read(&path, &options).unwrap_err();
    let error = refused(ReadOptions::default());
    assert_eq!(error.location().object.as_deref(), Some("params/data/fr"));
    assert_eq!(error.hint_text(), Some("set `fs_hz`"));
    let rate = ReadOptions { fs_hz: Some(30.0), ..ReadOptions::default() };
    let recording = caiman::read(&path, &rate).unwrap();
    assert_eq!(recording.traces.bools("is_cell").map(arrow_array::Array::null_count).unwrap(), 3);
    assert!(recording.notes.iter().any(|note| note.contains("is_cell is unknown")));
    assert!(refused(ReadOptions { only_cells: true, ..rate.clone() }).to_string().contains("is not said"));
    let dff = ReadOptions { signals: Some(vec![Signal::Dff]), ..rate };
    assert_eq!(refused(dff).location().object.as_deref(), Some("estimates/F_dff"));
}

/// The small file with `change` made to it by the writer of the tests.
fn refuse(change: impl FnOnce(&rust_hdf5::H5File), message: &str) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("made.hdf5");
    let file = rust_hdf5::H5File::create(&path).unwrap();
    change(&file);
    file.close().unwrap();
    let options = ReadOptions { fs_hz: Some(30.0), ..ReadOptions::default() };
    let error = caiman::read(&path, &options).unwrap_err().report();
    assert!(error.contains(message), "{error}");
}

fn matrix(group: &rust_hdf5::H5Group, name: &str, shape: &[usize]) {
    let dataset = group.new_dataset::<f64>().shape(shape).create(name).unwrap();
    dataset.write_raw(&vec![1.0; shape.iter().product()]).unwrap();
}

fn integers(group: &rust_hdf5::H5Group, name: &str, values: &[i64]) {
    group.new_dataset::<i64>().shape([values.len()]).create(name).unwrap().write_raw(values).unwrap();
}

#[test]
fn files_that_do_not_fit_are_refused() {
    refuse(|file| matrix(&file.root_group(), "x", &[1]), "no results of CaImAn");
    let estimates = |file: &rust_hdf5::H5File| {
        let group = file.root_group().create_group("estimates").unwrap();
        matrix(&group, "C", &[2, 5]);
        group
    };
    refuse(|file| matrix(&estimates(file), "S", &[5, 2]), "another shape");
    refuse(|file| matrix(&estimates(file), "r_values", &[3]), "does not fit the components");
    refuse(|file| integers(&estimates(file), "idx_components", &[0, 2]), "component that is not there");
    refuse(|file| integers(&estimates(file), "idx_components", &[-1]), "does not fit");
    refuse(
        |file| {
            let group = estimates(file);
            integers(&group, "idx_components", &[0]);
            integers(&group, "idx_components_bad", &[0, 1]);
        },
        "both accepted and rejected",
    );
    refuse(
        |file| {
            let footprints = estimates(file).create_group("A").unwrap();
            matrix(&footprints, "data", &[2]);
            integers(&footprints, "indices", &[0, 6]);
            integers(&footprints, "indptr", &[0, 1, 2]);
            integers(&footprints, "shape", &[6, 2]);
        },
        "sparse matrix of the footprints is damaged",
    );
}

#[test]
fn a_mouse_in_the_layout_of_caiman_is_read() {
    // Values by h5py.
    let Some(path) = shared_data("calcium/caiman_like/mouse_caiman_like.hdf5") else { return };
    let recording = caiman::read(&path, &ReadOptions::default()).unwrap();
    assert_eq!((recording.n_components, recording.traces.n_rows(), recording.fs_hz), (25, 100, 7.0));
    assert!(recording.notes.is_empty(), "{:?}", recording.notes);
    let first = row(&recording.traces, &[("unit_id", "0"), ("signal", "dff")]);
    assert_eq!(recording.traces.lists("trace").unwrap().length(first), 500);
    // A footprint is a square of 9 pixels around a centre.
    assert!(numbers(&recording.traces, "size_px").iter().all(|size| *size == Some(9.0)));
    let centre = |column: &str| numbers(&recording.traces, column)[first].unwrap();
    let centres =
        std::fs::read_to_string(shared_data("calcium/thunder/suite2p_like/plane0/centroids_yx.csv").unwrap());
    let expected = centres.unwrap().lines().nth(1).unwrap().replace(' ', "");
    let found = format!("{:.0},{:.0}", centre("centroid_y_px"), centre("centroid_x_px"));
    assert!(expected.starts_with(&found), "{expected} against {found}");
}

#[test]
fn the_step_plans_what_it_gives() {
    let run = run(IngestCaiman, "ingest.caiman", &json!({ "path": "caiman/small.hdf5" }));
    assert_eq!(run.tables["recordings"].text("recording_id").unwrap().get(0), Some("small"));
    assert_eq!(run.summary.figures.len(), 1);
    let wrong = json!({ "path": "", "fs_hz": 0.0, "signals": [], "recording_id": "" });
    assert_eq!(refused(IngestCaiman, "ingest.caiman", &wrong), ["path", "recording_id", "fs_hz", "signals"]);
}

#[test]
#[cfg_attr(feature = "hdf5-c", ignore = "the C library may hang or overrun on damaged files")]
fn a_file_damaged_in_300_ways_is_read_or_refused() {
    let bytes = std::fs::read(small()).unwrap();
    let outcomes = assert_survives(&bytes, 300, |path: &Path| caiman::read(path, &ReadOptions::default()));
    assert!(outcomes.refused > 50 && outcomes.read > 0, "{outcomes:?}");
}
