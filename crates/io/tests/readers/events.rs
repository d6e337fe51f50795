//! Spikes as text: a real file, wrong ones and damaged ones.

use std::path::Path;

use neuroloom_core::{Inputs, PlanContext, PlannedInputs, Registry, RunContext, files};
use neuroloom_io::events::{self, IngestEvents, ReadOptions};
use neuroloom_table::Columns;
use neuroloom_testkit::{assert_survives, shared_data};
use serde_json::json;

const EVENTS: &str = "unit,time_ms\nA1,500\nA1,250\nB,1000\n";

fn read(text: &str, options: &ReadOptions) -> neuroloom_core::Result<neuroloom_io::SpikeRecording> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mouse1.csv");
    files::write_bytes(&path, text.as_bytes()).unwrap();
    events::read(&path, options)
}

#[test]
fn events_are_sorted_into_trains_in_seconds() {
    let options = ReadOptions { time_unit_s: 0.001, ..ReadOptions::default() };
    let recording = read(EVENTS, &options).unwrap();
    assert_eq!(recording.spikes.lists("spike_times_s").unwrap().get(0).unwrap().as_ref(), [0.25, 0.5]);
    assert_eq!(recording.spikes.text("unit_id").unwrap().get(1), Some("B"));
    assert_eq!(recording.recordings.text("recording_id").unwrap().get(0), Some("mouse1"));
    assert_eq!(recording.recordings.numbers("duration_s").unwrap().get(0), Some(0.75));
}

#[test]
fn the_songbird_recording_is_read() {
    let Some(path) = shared_data("spikes/songbird_hvc/songbird_spikes.txt") else { return };
    let recording = events::read(&path, &ReadOptions::default()).unwrap();
    let trains = recording.spikes.lists("spike_times_s").unwrap();
    assert_eq!(recording.spikes.n_rows(), 74);
    assert_eq!((0..74).map(|row| trains.length(row)).sum::<usize>(), 3336);
    assert_eq!(recording.spikes.text("unit_id").unwrap().get(0), Some("1"));
    assert_eq!(trains.get(0).unwrap()[0], 1.766_666_666_666_666_6);
}

#[test]
fn lines_that_are_no_events_are_named() {
    let error = read("1,0.5\n2,nan\n", &ReadOptions::default()).unwrap_err();
    assert!(error.to_string().contains("mouse1.csv: line 2"), "{error}");
    let error = read("1,0.5\n2\n", &ReadOptions::default()).unwrap_err();
    assert!(error.to_string().contains("line 2"), "{error}");
    assert_eq!(read("", &ReadOptions::default()).unwrap().spikes.n_rows(), 0);
}

#[test]
fn the_step_gives_both_tables() {
    let folder = tempfile::tempdir().unwrap();
    files::write_bytes(&folder.path().join("a.csv"), EVENTS.as_bytes()).unwrap();
    let registry = Registry::default().with(IngestEvents);
    let step = registry.get("ingest.events").unwrap();
    let params = step.check(&json!({ "path": "a.csv", "time_unit_s": 0.001 })).unwrap();
    let context = PlanContext { base: folder.path().to_path_buf(), threads: 1 };
    let plan = step.plan(&context, &params, &PlannedInputs::default()).unwrap();
    let run = step.run(&RunContext::for_test(folder.path()), &params, &Inputs::default()).unwrap();
    assert!(run.tables.keys().eq(plan.outputs.keys()));
    assert_eq!(run.tables["spikes"].n_rows(), 2);
    assert_eq!(
        step.check(&json!({ "path": "", "unit_column": 1, "time_unit_s": 0.0 })).err().unwrap().len(),
        3
    );
}

#[test]
fn damaged_files_are_read_or_refused() {
    let outcomes =
        assert_survives(EVENTS.as_bytes(), 200, |path: &Path| events::read(path, &ReadOptions::default()));
    assert!(outcomes.refused > 20, "{outcomes:?}");
}
