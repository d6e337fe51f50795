//! Pynapple's npz files.

use std::collections::BTreeMap;
use std::path::Path;

use neuroloom_core::TimeBase;
use neuroloom_io::pynapple::{self, IngestPynapple, ReadOptions, Target};
use neuroloom_table::Columns;
use neuroloom_testkit::assert_survives;
use serde_json::json;

use crate::{fixture, list, numbers, refused, row, run, texts};

fn as_tables(targets: &[(&str, Target)]) -> ReadOptions {
    let targets: BTreeMap<_, _> =
        targets.iter().map(|(name, target)| ((*name).to_owned(), *target)).collect();
    ReadOptions { recording_id: None, targets }
}

#[test]
fn a_folder_is_one_recording() {
    let options = as_tables(&[("derivatives/calcium", Target::Traces), ("licks", Target::Intervals)]);
    let recording = pynapple::read(&fixture("pynapple/session"), &options).unwrap();
    assert_eq!(texts(&recording.recordings, "recording_id"), ["session"]);
    assert_eq!(numbers(&recording.recordings, "duration_s"), [Some(20.0)]);

    let spikes = recording.spikes.unwrap();
    assert_eq!(texts(&spikes, "unit_id"), ["0", "3", "7"]);
    assert_eq!(list(&spikes, "spike_times_s", &[("unit_id", "0")]), [0.5, 1.5, 12.0]);
    assert!(list(&spikes, "spike_times_s", &[("unit_id", "3")]).is_empty());
    assert_eq!(list(&spikes, "observed_stop_s", &[("unit_id", "7")]), [5.0, 20.0]);

    let intervals = recording.intervals.unwrap();
    assert_eq!(texts(&intervals, "interval_set"), ["epochs", "epochs", "licks", "licks"]);
    assert_eq!(numbers(&intervals, "stop_s"), [5.0, 20.0, 1.0, 4.0].map(Some));

    let traces = recording.traces.unwrap();
    // Two units in two stretches of the time support: the first regular, the second not.
    assert_eq!(texts(&traces, "unit_id"), ["0", "0", "1", "1"]);
    assert_eq!(list(&traces, "trace", &[("unit_id", "1")]), [1.0, 3.0, 5.0]);
    assert!(
        matches!(traces.time_base(0).unwrap(), TimeBase::Regular { t0_s: 0.0, dt_s } if (dt_s - 0.1).abs() < 1e-12)
    );
    assert_eq!(traces.time_base(1).unwrap(), TimeBase::Explicit(vec![10.0, 10.3, 10.4]));
    assert_eq!(texts(&traces, "signal")[0], "derivatives/calcium");

    let behaviour = recording.behaviour.unwrap();
    let names = texts(&behaviour, "signal");
    assert_eq!(names, ["derivatives/position", "derivatives/position", "speed"]);
    assert_eq!(list(&behaviour, "value", &[("signal", "speed")])[..3], [0.0, 0.5, 1.0]);
    let speed = behaviour.time_base(row(&behaviour, &[("signal", "speed")])).unwrap();
    assert!(matches!(speed, TimeBase::Regular { dt_s, .. } if (dt_s * 30.0 - 1.0).abs() < 1e-8));

    for said in
        ["movie: a TsdTensor", "position: its columns", "pickle and are left out: derivatives/calcium"]
    {
        assert!(recording.notes.iter().any(|note| note.contains(said)), "{said}: {:?}", recording.notes);
    }
}

#[test]
fn metadata_in_arrays_of_their_own_become_columns() {
    let recording = pynapple::read(&fixture("pynapple/columns.npz"), &ReadOptions::default()).unwrap();
    let spikes = recording.spikes.unwrap();
    assert_eq!(texts(&recording.recordings, "recording_id"), ["columns"]);
    assert_eq!(list(&spikes, "spike_times_s", &[("unit_id", "2")]), [0.1, 0.3]);
    assert_eq!(texts(&spikes, "region"), ["adn", "ca1"]);
    assert_eq!(texts(&spikes, "electrode_group"), ["4", "5"]);
    assert_eq!(numbers(&spikes, "depth"), [Some(0.5), Some(1.5)]);
    assert!(spikes.bools("is_good").unwrap().value(0));
    for name in ["waveform", "tags"] {
        assert!(spikes.batch().column_by_name(name).is_none());
        assert!(recording.notes.iter().any(|note| note.contains(name)), "{:?}", recording.notes);
    }
}

#[test]
fn channels_with_names_are_signals_of_their_own() {
    let path = fixture("pynapple/named.npz");
    let behaviour = pynapple::read(&path, &ReadOptions::default()).unwrap().behaviour.unwrap();
    assert_eq!(texts(&behaviour, "signal"), ["named/x", "named/y"]);
    assert_eq!(list(&behaviour, "value", &[("signal", "named/y")]), [1.0, 3.0, 5.0]);
    let traces = pynapple::read(&path, &as_tables(&[("named", Target::Traces)])).unwrap().traces.unwrap();
    assert_eq!(texts(&traces, "unit_id"), ["x", "y"]);
}

#[test]
fn what_does_not_fit_is_refused() {
    let said = |path: &Path, options: &ReadOptions| pynapple::read(path, options).unwrap_err().report();
    let session = fixture("pynapple/session");
    let wrong = as_tables(&[("epochs", Target::Spikes)]);
    assert!(said(&session, &wrong).contains("a IntervalSet does not fit into the table of spikes"));
    let unknown = as_tables(&[("lick", Target::Skip)]);
    assert!(said(&session, &unknown).contains("did you mean licks?"));
    let tensor = session.join("movie.npz");
    assert!(said(&tensor, &ReadOptions::default()).contains("nothing that could be read"));
    let empty = tempfile::tempdir().unwrap();
    assert!(said(empty.path(), &ReadOptions::default()).contains("no Pynapple files"));
    assert!(said(&empty.path().join("x.npz"), &ReadOptions::default()).contains("cannot open"));
    assert!(
        said(&fixture("npy/stored.npz"), &as_tables(&[("stored", Target::Traces)])).contains("does not fit")
    );
}

#[test]
fn the_step_plans_what_it_gives() {
    let params =
        json!({ "path": "pynapple/session", "as": { "derivatives/calcium": "traces", "licks": "skip" } });
    let run = run(IngestPynapple, "ingest.pynapple", &params);
    assert_eq!(run.tables.len(), 5);
    let figures: Vec<&str> = run.summary.figures.iter().map(|figure| figure.name.as_str()).collect();
    assert_eq!(figures, ["raster", "traces"]);
    assert_eq!(
        refused(IngestPynapple, "ingest.pynapple", &json!({ "path": "", "recording_id": "" })).len(),
        2
    );
    let unknown = json!({ "path": "a", "as": { "x": "table" } });
    assert_eq!(refused(IngestPynapple, "ingest.pynapple", &unknown), ["as.x"]);
}

#[test]
fn files_damaged_in_200_ways_are_read_or_refused() {
    for name in ["columns.npz", "session/spikes.npz", "session/derivatives/calcium.npz", "session/epochs.npz"]
    {
        let bytes = std::fs::read(fixture("pynapple").join(name)).unwrap();
        let outcomes =
            assert_survives(&bytes, 200, |path: &Path| pynapple::read(path, &ReadOptions::default()));
        assert!(outcomes.refused > 50, "{name}: {outcomes:?}");
    }
}
