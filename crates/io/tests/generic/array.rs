//! Arrays of NumPy, MATLAB and HDF5 files.

use std::path::Path;

use neuroloom_core::{
    Error, Inputs, PlanContext, PlannedInputs, Registry, Result, RunContext, TimeBase, files,
};
use neuroloom_io::Recordings;
use neuroloom_io::array_file::{self, IngestArray, Params};
use neuroloom_table::Columns;
use neuroloom_testkit::{assert_survives, shared_data};
use proptest::prelude::*;
use rust_hdf5::H5File;
use serde_json::{Value, json};

use crate::{fixture, folder_with, numpy};

fn params(value: Value) -> Params {
    serde_json::from_value(value).unwrap()
}

fn read(path: &Path, value: Value) -> Result<Recordings> {
    let mut value = value;
    value["path"] = json!(path.file_name().unwrap().to_string_lossy());
    array_file::read(path.parent().unwrap(), &params(value))
}

fn refused(path: &Path, value: Value) -> Error {
    read(path, value).map(drop).unwrap_err()
}

fn matrix(shape: &[usize], values: &[f64]) -> Vec<u8> {
    numpy::npy("<f8", shape, values.iter().flat_map(|value| value.to_le_bytes()))
}

fn first_trace(read: &Recordings) -> Vec<f64> {
    read.traces.as_ref().unwrap().lists("trace").unwrap().get(0).unwrap().into_owned()
}

#[test]
fn the_longer_side_is_time_and_the_guess_is_said() {
    let folder = folder_with("m.npy", &matrix(&[2, 3], &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]));
    let path = folder.path().join("m.npy");
    let guessed = read(&path, json!({ "fs_hz": 2 })).unwrap();
    assert_eq!(first_trace(&guessed), [1.0, 2.0, 3.0]);
    assert!(guessed.notes.iter().any(|note| note.contains("units × time (2 × 3)")), "{:?}", guessed.notes);
    let said = read(&path, json!({ "fs_hz": 2, "orientation": "time_by_units" })).unwrap();
    assert_eq!(first_trace(&said), [1.0, 4.0]);
    assert_eq!((said.traces.unwrap().n_rows(), said.notes.len()), (3, 0));
    let folder = folder_with("s.npy", &matrix(&[2, 2], &[1.0, 2.0, 3.0, 4.0]));
    assert!(refused(&folder.path().join("s.npy"), json!({ "fs_hz": 2 })).message().contains("square"));
}

#[test]
fn both_versions_of_matlab_are_read_by_place() {
    let path = fixture("mat73/spikes.mat");
    // 4 × 5 in MATLAB; the first row is 0 to 4.
    let read_it = read(&path, json!({ "object": "dff", "time": "time" })).unwrap();
    assert_eq!(first_trace(&read_it), [0.0, 1.0, 2.0, 3.0, 4.0]);
    let traces = read_it.traces.unwrap();
    assert_eq!(traces.text("unit_id").unwrap().get(0), Some("1"));
    assert_eq!(traces.time_base(0).unwrap(), TimeBase::Regular { t0_s: 0.0, dt_s: 0.1 });
    for version in ["mat5/plain.mat", "mat73/plain.mat"] {
        let value = json!({ "object": "est.neurons{1}.trace", "fs_hz": 1, "orientation": "units_by_time" });
        assert_eq!(first_trace(&read(&fixture(version), value).unwrap()), [0.0, 1.0, 2.0], "{version}");
    }
}

#[test]
fn spikes_come_in_cells_in_records_or_with_unit_ids() {
    let path = fixture("mat73/spikes.mat");
    let cells =
        read(&path, json!({ "as": "spikes", "object": "trains", "units": "names" })).unwrap().spikes.unwrap();
    let records =
        read(&path, json!({ "as": "spikes", "object": "units(:).times", "units": "units(:).label" }));
    assert_eq!(cells, records.unwrap().spikes.unwrap());
    assert_eq!(cells.text("unit_id").unwrap().get(0), Some("a1"));
    assert_eq!(cells.lists("spike_times_s").unwrap().get(0).unwrap().as_ref(), [0.1, 0.25, 0.5]);
    assert_eq!(cells.lists("spike_times_s").unwrap().length(1), 0);
    let ids =
        read(&path, json!({ "as": "spikes", "object": "t", "spike_units": "id" })).unwrap().spikes.unwrap();
    assert_eq!(ids.text("unit_id").unwrap().get(1), Some("3"));
    assert_eq!(ids.lists("spike_times_s").unwrap().get(0).unwrap().as_ref(), [0.1, 0.25, 0.5]);
}

#[test]
fn one_star_stands_for_all_units_of_an_hdf5_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("s.h5");
    let file = H5File::create(&path).unwrap();
    let units = file.create_group("units").unwrap();
    for (name, times) in [("A", [0.25_f64, 0.5]), ("B", [1.0, 2.0])] {
        let unit = units.create_group(name).unwrap();
        unit.new_dataset::<f64>().shape([2]).create("times").unwrap().write_raw(&times).unwrap();
    }
    let dff = file.new_dataset::<f32>().shape([2, 3]).create("dff").unwrap();
    dff.write_raw(&[1.0_f32, 2.0, 3.0, 4.0, 5.0, 6.0]).unwrap();
    file.close().unwrap();
    let spikes = read(&path, json!({ "as": "spikes", "object": "/units/*/times" })).unwrap().spikes.unwrap();
    assert_eq!(spikes.text("unit_id").unwrap().get(1), Some("B"));
    let traces = read(&path, json!({ "object": "/dff", "fs_hz": 5 })).unwrap();
    assert_eq!(first_trace(&traces), [1.0, 2.0, 3.0]);
    let error = refused(&path, json!({ "object": "/df", "fs_hz": 5 }));
    assert_eq!(error.hint_text(), Some("did you mean \"/dff\"?"));
    assert!(refused(&path, json!({ "fs_hz": 5 })).found_text().unwrap().contains("3 arrays"));
}

#[test]
fn behaviour_of_one_series_has_its_name() {
    let folder = folder_with("speed.npy", &matrix(&[3], &[1.0, 2.0, 3.0]));
    let value = json!({ "as": "behaviour", "signal": "speed", "fs_hz": 10, "value_unit": "cm" });
    let behaviour = read(&folder.path().join("speed.npy"), value).unwrap().behaviour.unwrap();
    assert_eq!(behaviour.text("signal").unwrap().get(0), Some("speed"));
    assert_eq!(behaviour.text("value_unit").unwrap().get(0), Some("cm"));
}

#[test]
fn what_does_not_fit_is_refused() {
    let path = fixture("mat73/spikes.mat");
    let error = refused(&path, json!({ "object": "dff", "time": "t", "orientation": "units_by_time" }));
    assert_eq!((error.expected_text(), error.found_text()), (Some("5 times"), Some("4")));
    let error = refused(
        &path,
        json!({ "object": "dff", "time": "time", "units": "id", "orientation": "time_by_units" }),
    );
    assert!(error.message().contains("not as many"), "{error}");
    assert!(
        refused(&path, json!({ "as": "spikes", "object": "dff" }))
            .hint_text()
            .unwrap()
            .contains("spike_units")
    );
    assert!(refused(&path, json!({ "object": "names", "fs_hz": 1 })).message().contains("words"));
    assert!(refused(&path, json!({ "object": "df", "fs_hz": 1 })).hint_text().unwrap().contains("dff"));
    assert!(refused(&path, json!({ "object": "a b", "fs_hz": 1 })).message().contains("no place"));
    assert!(refused(&path, json!({ "object": "dff" })).message().contains("fs_hz"));
}

#[test]
fn the_songbird_matrix_is_read() {
    let Some(path) = shared_data("spikes/songbird_hvc/MackeviciusData.mat") else { return };
    let read = read(&path, json!({ "object": "NEURAL", "fs_hz": 30, "signal": "deconvolved" })).unwrap();
    let traces = read.traces.unwrap();
    assert_eq!(traces.n_rows(), 75);
    let trains = traces.lists("trace").unwrap();
    assert!((0..75).all(|row| trains.length(row) == 666));
    let highest = (0..75).flat_map(|row| trains.get(row).unwrap().into_owned()).fold(0.0, f64::max);
    // 0.95 by the provenance of the file.
    assert!((highest - 0.95).abs() < 0.005, "{highest}");
    assert!((read.recordings.numbers("duration_s").unwrap().get(0).unwrap() - 665.0 / 30.0).abs() < 1e-12);
}

#[test]
fn a_movie_is_refused_and_a_pattern_matrix_read() {
    let Some(path) = shared_data("calcium/thunder/mouse_64x64_t500_int16.npz") else { return };
    let error = refused(&path, json!({ "fs_hz": 1 }));
    assert_eq!(error.found_text(), Some("64 × 64 × 500"));
    let Some(path) = shared_data("rsa/rsatoolbox_92images/sim_true_patterns.npz") else { return };
    let read =
        read(&path, json!({ "object": "simTruePatterns", "fs_hz": 1, "orientation": "time_by_units" }));
    assert_eq!(read.unwrap().traces.unwrap().n_rows(), 100);
}

#[test]
fn the_step_gives_what_it_plans() {
    let folder = folder_with("m.npy", &matrix(&[2, 3], &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]));
    let registry = Registry::default().with(IngestArray);
    let step = registry.get("ingest.array").unwrap();
    let checked = step.check(&json!({ "path": "m.npy", "fs_hz": 2 })).unwrap();
    let context = PlanContext { base: folder.path().to_path_buf(), threads: 1 };
    let plan = step.plan(&context, &checked, &PlannedInputs::default()).unwrap();
    let run = step.run(&RunContext::for_test(folder.path()), &checked, &Inputs::default()).unwrap();
    assert!(run.tables.keys().eq(plan.outputs.keys()));
    let wrong = json!({ "path": "", "object": "a*b*", "spike_units": "x" });
    assert_eq!(step.check(&wrong).err().unwrap().len(), 4);
}

#[test]
#[cfg_attr(feature = "hdf5-c", ignore = "the C library may hang or overrun on damaged files")]
fn damaged_files_are_read_or_refused() {
    let bytes = files::read_bytes(&fixture("mat73/spikes.mat")).unwrap();
    let outcomes = assert_survives(&bytes, 200, |path: &Path| {
        read(path, json!({ "as": "spikes", "object": "units(:).times", "units": "names" }))
    });
    assert!(outcomes.refused > 10, "{outcomes:?}");
    let outcomes =
        assert_survives(&matrix(&[2, 3], &[1.0; 6]), 200, |path: &Path| read(path, json!({ "fs_hz": 2 })));
    assert!(outcomes.refused > 50, "{outcomes:?}");
    for (file, object) in [
        ("npy/stored.npz", "t"),
        ("npy/deflated.npz", "t"),
        ("caiman/small.hdf5", "/estimates/C"),
        ("mat5/compressed.mat", "matrix"),
    ] {
        let bytes = files::read_bytes(&fixture(file)).unwrap();
        let object = object.to_owned();
        let outcomes = assert_survives(&bytes, 200, move |path: &Path| {
            read(path, json!({ "object": object, "fs_hz": 2 }))
        });
        assert!(outcomes.read > 0 && outcomes.refused > 0, "{file}: {outcomes:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_as_npy_is_read_back(
        values in (1_usize..5, 1_usize..30).prop_flat_map(|(n, t)| {
            prop::collection::vec(prop::collection::vec(prop::num::f64::NORMAL, t), n)
        })
    ) {
        let shape = [values.len(), values[0].len()];
        let folder = folder_with("m.npy", &matrix(&shape, &values.concat()));
        let value = json!({ "fs_hz": 1, "orientation": "units_by_time" });
        let traces = read(&folder.path().join("m.npy"), value).unwrap().traces.unwrap();
        for (unit, expected) in values.iter().enumerate() {
            prop_assert_eq!(traces.lists("trace").unwrap().get(unit).unwrap().into_owned(), expected.clone());
        }
    }
}
