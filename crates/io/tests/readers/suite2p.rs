//! Suite2p folders: real ones, made ones, damaged and wrong ones.

use std::path::{Path, PathBuf};

use crate::numpy;
use neuroloom_core::{Inputs, PlanContext, PlannedInputs, Registry, RunContext, files};
use neuroloom_io::suite2p::{self, IngestSuite2p, ReadOptions, Signal};
use neuroloom_table::Columns;
use neuroloom_testkit::{assert_survives, shared_data};
use serde_json::{Value, json};

fn write(folder: &Path, name: &str, shape: &[usize], values: &[f32]) {
    let data = values.iter().flat_map(|value| value.to_le_bytes());
    files::write_bytes(&folder.join(name), &numpy::npy("<f4", shape, data)).unwrap();
}

/// A plane of 3 regions and 4 frames, the middle region no cell; values start at `first`.
fn plane(folder: &Path, first: f32) {
    let values: Vec<f32> = (0..12).map(|i| first + i as f32).collect();
    for signal in Signal::ALL {
        write(folder, signal.file(), &[3, 4], &values);
    }
    write(folder, "iscell.npy", &[3, 2], &[1.0, 0.9, 0.0, 0.2, 1.0, 0.8]);
    files::write_bytes(&folder.join("ops.npy"), b"a pickle that must not be opened").unwrap();
}

fn mouse() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mouse1/suite2p");
    for (number, first) in [(0, 0.0), (2, 100.0), (10, 200.0)] {
        plane(&path.join(format!("plane{number}")), first);
    }
    plane(&path.join("combined"), 300.0);
    (folder, path)
}

fn options() -> ReadOptions {
    ReadOptions::new(10.0)
}

#[test]
fn several_planes_prefix_their_units() {
    let (_folder, path) = mouse();
    for given in [path.clone(), path.parent().unwrap().to_path_buf()] {
        let recording = suite2p::read(&given, &options()).unwrap();
        assert_eq!((recording.n_planes, recording.n_rois, recording.traces.n_rows()), (3, 9, 27));
        assert_eq!(recording.recordings.text("recording_id").unwrap().get(0), Some("mouse1"));
        let traces = &recording.traces;
        let of = |unit: &str, signal: &str| {
            let (units, signals) = (traces.text("unit_id").unwrap(), traces.text("signal").unwrap());
            let row = |row: &usize| units.get(*row) == Some(unit) && signals.get(*row) == Some(signal);
            (0..traces.n_rows()).find(row).unwrap()
        };
        let row = of("plane10/1", "neuropil");
        assert_eq!(traces.lists("trace").unwrap().get(row).unwrap().as_ref(), [204.0, 205.0, 206.0, 207.0]);
        assert!(!traces.bools("is_cell").unwrap().value(row));
        assert_eq!(traces.numbers("cell_probability").unwrap().get(row), Some(f64::from(0.2_f32)));
        assert_eq!(traces.numbers("dt_s").unwrap().get(row), Some(0.1));
        assert_eq!(recording.recordings.numbers("duration_s").unwrap().get(0), Some(0.3));
    }
}

#[test]
fn one_plane_calls_units_by_number_and_keeps_cells_only_when_asked() {
    let (_folder, path) = mouse();
    let only = ReadOptions { only_cells: true, signals: Some(vec![Signal::Deconvolved]), ..options() };
    let recording = suite2p::read(&path.join("plane2"), &only).unwrap();
    let units = recording.traces.text("unit_id").unwrap();
    assert_eq!(
        (0..recording.traces.n_rows()).filter_map(|row| units.get(row)).collect::<Vec<_>>(),
        ["0", "2"]
    );
    assert_eq!(recording.traces.text("signal").unwrap().get(0), Some("deconvolved"));
    assert_eq!(recording.recordings.integers("n_units").unwrap().value(0), 2);
}

#[test]
fn what_is_missing_is_said() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "F.npy", &[1, 2], &[1.0, 2.0]);
    let recording = suite2p::read(folder.path(), &options()).unwrap();
    assert_eq!(recording.notes.len(), 3, "{:?}", recording.notes);
    assert_eq!(recording.traces.bools("is_cell").map(arrow_array::Array::null_count).unwrap(), 1);
    let asked = ReadOptions { signals: Some(vec![Signal::Neuropil]), ..options() };
    assert!(suite2p::read(folder.path(), &asked).unwrap_err().to_string().contains("Fneu.npy"));
    let cells = ReadOptions { only_cells: true, ..options() };
    assert!(suite2p::read(folder.path(), &cells).unwrap_err().to_string().contains("iscell.npy"));
}

#[test]
fn files_that_do_not_fit_are_refused() {
    let cases: [(&str, &[usize], &[f32], &str); 6] = [
        ("Fneu.npy", &[4, 3], &[0.0; 12], "different shapes"),
        ("spks.npy", &[12], &[0.0; 12], "no matrix"),
        ("F.npy", &[1 << 40, 0], &[], "no matrix"),
        ("F.npy", &[3, 4], &[0.0; 11], "another length"),
        ("iscell.npy", &[2, 2], &[0.0; 4], "does not fit"),
        ("iscell.npy", &[3, 2], &[1.0, 0.5, 0.7, 0.5, 1.0, 0.5], "neither accepted nor rejected"),
    ];
    for (name, shape, values, message) in cases {
        let (_folder, path) = mouse();
        write(&path.join("plane2"), name, shape, values);
        let error = suite2p::read(&path, &options()).unwrap_err();
        assert!(error.to_string().contains(message) && error.to_string().contains("plane2"), "{error}");
    }
    let empty = tempfile::tempdir().unwrap();
    assert!(suite2p::read(empty.path(), &options()).unwrap_err().to_string().contains("no Suite2p output"));
    assert!(
        suite2p::read(&empty.path().join("x"), &options())
            .unwrap_err()
            .to_string()
            .contains("no such folder")
    );
    let (_folder, path) = mouse();
    assert!(suite2p::read(&path, &ReadOptions::new(0.0)).is_err());
}

#[test]
fn real_output_is_read() {
    // Counts and values by numpy.load.
    let cases = [
        ("pynapple_samples/suite2p", 219, 2000, 20, 11_763_546.973_597_638),
        ("thunder/suite2p_like", 25, 500, 12, 2_004_051.889_568_328_9),
    ];
    for (folder, n_rois, n_samples, n_cells, sum) in cases {
        let Some(path) = shared_data(&format!("calcium/{folder}")) else { return };
        let recording = suite2p::read(&path, &options()).unwrap();
        assert_eq!((recording.n_rois, recording.traces.n_rows()), (n_rois, 3 * n_rois));
        let (traces, signals) =
            (recording.traces.lists("trace").unwrap(), recording.traces.text("signal").unwrap());
        let rows = || (0..recording.traces.n_rows()).filter(|&row| signals.get(row) == Some("fluorescence"));
        assert!(rows().all(|row| traces.length(row) == n_samples));
        let total: f64 = rows().flat_map(|row| traces.get(row).unwrap().to_vec()).sum();
        assert!((total - sum).abs() < 1e-6 * sum, "{total}");
        let is_cell = recording.traces.bools("is_cell").unwrap();
        assert_eq!(rows().filter(|&row| is_cell.value(row)).count(), n_cells);
    }
}

#[test]
fn the_step_plans_what_it_gives_and_names_its_files() {
    let (_folder, path) = mouse();
    let base = path.parent().unwrap().parent().unwrap();
    let registry = Registry::default().with(IngestSuite2p);
    let step = registry.get("ingest.suite2p").unwrap();
    let params = step.check(&json!({ "path": "mouse1/suite2p", "fs_hz": 10.0 })).unwrap();
    let context = PlanContext { base: base.to_path_buf(), threads: 1 };
    let plan = step.plan(&context, &params, &PlannedInputs::default()).unwrap();
    let run = step.run(&RunContext::for_test(base), &params, &Inputs::default()).unwrap();
    for (port, table) in &run.tables {
        assert_eq!(Some(table.n_rows() as u64), plan.outputs[port].dim("rows"), "{port}");
    }
    assert_eq!(run.tables["traces"].text("recording_id").unwrap().get(0), Some("mouse1"));
    assert_eq!(step.files(&params, base).unwrap().len(), 12);
    let refused = |params: Value| step.check(&params).err().unwrap();
    assert_eq!(refused(json!({ "path": "a" }))[0].path, "fs_hz");
    assert_eq!(refused(json!({ "path": "", "fs_hz": -1.0, "signals": [] })).len(), 3);
}

#[test]
fn damaged_files_are_read_or_refused() {
    let (_folder, path) = mouse();
    let plane = path.join("plane0");
    for name in ["F.npy", "iscell.npy"] {
        let (bytes, target) = (std::fs::read(plane.join(name)).unwrap(), plane.join(name));
        let plane = plane.clone();
        let outcomes = assert_survives(&bytes, 200, move |damaged| {
            files::write_bytes(&target, &files::read_bytes(damaged)?)?;
            suite2p::read(&plane, &options())
        });
        assert!(outcomes.refused > 50, "{name}: {outcomes:?}");
        files::write_bytes(&path.join("plane0").join(name), &bytes).unwrap();
    }
}
