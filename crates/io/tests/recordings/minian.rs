//! Minian's Zarr folders.

use std::path::{Path, PathBuf};

use neuroloom_core::{TimeBase, files};
use neuroloom_io::minian::{self, IngestMinian, ReadOptions, Signal};
use neuroloom_table::Columns;
use neuroloom_testkit::assert_survives;
use serde_json::json;

use crate::{fixture, list, refused, row, run, texts};

/// A copy of the fixture in a folder of its own.
fn mouse() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mouse1/minian");
    for file in files::list_files(&fixture("minian")).unwrap() {
        let bytes = files::read_bytes(&fixture("minian").join(&file)).unwrap();
        files::write_bytes(&path.join(file), &bytes).unwrap();
    }
    (folder, path)
}

#[test]
fn variables_are_read_with_their_coordinates_and_lost_chunks_hold_the_fill_value() {
    let (_folder, path) = mouse();
    let recording = minian::read(&path, &ReadOptions::new(20.0)).unwrap();
    let traces = &recording.traces;
    assert_eq!(texts(&recording.recordings, "recording_id"), ["mouse1"]);
    assert_eq!(texts(traces, "unit_id"), ["11", "2", "5", "11", "2", "5"]);
    let trace = |unit: &str, signal: &str| list(traces, "trace", &[("unit_id", unit), ("signal", signal)]);
    assert_eq!(trace("2", "denoised"), [0.0, 1.0, 2.0, 3.0, 0.0, 0.0, 0.0, 0.0, 8.0, 9.0]);
    assert_eq!(trace("11", "denoised")[..3], [20.0, 21.0, 22.0]);
    // Frames come first in this one.
    assert_eq!(trace("5", "deconvolved")[..3], [-10.0, -11.0, -12.0]);
    let times = |signal: &str| traces.time_base(row(traces, &[("signal", signal)])).unwrap();
    assert_eq!(times("denoised"), TimeBase::Regular { t0_s: 0.2, dt_s: 0.05 });
    assert_eq!(times("deconvolved"), TimeBase::Regular { t0_s: 0.0, dt_s: 0.1 });
    assert_eq!(recording.notes, ["no YrA.zarr, so there is no signal raw"]);
}

#[test]
fn what_is_missing_or_does_not_fit_is_refused() {
    let said = |path: &Path, options: &ReadOptions| minian::read(path, options).unwrap_err().report();
    let (_folder, path) = mouse();
    let raw = ReadOptions { signals: Some(vec![Signal::Raw]), ..ReadOptions::new(20.0) };
    assert!(said(&path, &raw).contains("YrA.zarr"));
    assert!(said(&path, &ReadOptions::new(f64::NAN)).contains("no frame rate"));
    assert!(said(&path.join("C.zarr"), &ReadOptions::new(20.0)).contains("no output of Minian"));
    let edit = |file: &str, from: &str, to: &str, message: &str| {
        let (_folder, path) = mouse();
        let file = path.join(file);
        let text = files::read_text(&file).unwrap();
        assert!(text.contains(from), "{text}");
        files::write_bytes(&file, text.replacen(from, to, 1).as_bytes()).unwrap();
        let error = said(&path, &ReadOptions::new(20.0));
        assert!(error.contains(message), "{error}");
    };
    let header = "C.zarr/C/.zarray";
    edit(header, "10", "1099511627776", "claims more data");
    edit(header, "4\n", "1099511627776\n", "claims more data");
    edit(header, "<f8", "<f2", "holds no numbers");
    edit(header, "\"lz4\"", "\"rar\"", "cannot read the Zarr array");
    edit("C.zarr/C/.zattrs", "frame", "height", "no matrix of units and frames");
    edit(
        "C.zarr/unit_id/.zarray",
        "3\n    ],\n    \"zarr",
        "2\n    ],\n    \"zarr",
        "does not fit its variable",
    );
    files::remove_file(&path.join("C.zarr/frame/.zarray")).unwrap();
    assert!(said(&path, &ReadOptions::new(20.0)).contains("no Zarr array"));
}

#[test]
fn the_step_plans_what_it_gives() {
    let run = run(IngestMinian, "ingest.minian", &json!({ "path": "minian", "fs_hz": 20.0 }));
    assert_eq!(run.summary.figures.len(), 1);
    let wrong = json!({ "path": "", "fs_hz": -1.0, "signals": [] });
    assert_eq!(refused(IngestMinian, "ingest.minian", &wrong), ["path", "fs_hz", "signals"]);
}

#[test]
fn files_damaged_in_200_ways_are_read_or_refused() {
    for name in ["C.zarr/C/.zarray", "C.zarr/C/0.0", "C.zarr/frame/0", "C.zarr/C/.zattrs"] {
        let (_folder, path) = mouse();
        let target = path.join(name);
        let bytes = files::read_bytes(&target).unwrap();
        let outcomes = assert_survives(&bytes, 200, move |damaged| {
            files::write_bytes(&target, &files::read_bytes(damaged)?)?;
            minian::read(&path, &ReadOptions::new(20.0))
        });
        assert!(outcomes.refused > 20, "{name}: {outcomes:?}");
    }
}
