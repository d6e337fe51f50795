//! Kilosort and phy folders: made ones, damaged and wrong ones.

use std::path::{Path, PathBuf};

use crate::numpy;
use neuroloom_core::{Inputs, PlanContext, PlannedInputs, Registry, RunContext, files};
use neuroloom_io::phy::{self, IngestPhy, ReadOptions};
use neuroloom_table::Columns;
use neuroloom_testkit::assert_survives;
use serde_json::json;

const PARAMS: &str = "dat_path = r'D:\\raw\\mouse1.dat'\nn_channels_dat = 385\nsample_rate = 20000.0\n";
const INFO: &str = "cluster_id\tKSLabel\tch\tdepth\tgroup\tsh\n2\tgood\t17\t340.0\t\t0\n5\tmua\t3\t60.5\tgood\t1\n\
                    9\tgood\t4\t80\tnoise\t1\n";

fn text(folder: &Path, name: &str, text: &str) {
    files::write_bytes(&folder.join(name), text.as_bytes()).unwrap();
}

/// Three clusters: 2 (good by Kilosort), 5 (good by hand), 9 (noise by hand).
fn session() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mouse1");
    let samples: [u64; 5] = [200, 1000, 1000, 30_000, 50_000];
    let times = numpy::npy("<u8", &[5, 1], samples.iter().flat_map(|sample| sample.to_le_bytes()));
    files::write_bytes(&path.join("spike_times.npy"), &times).unwrap();
    numpy::write_i32(&path.join("spike_clusters.npy"), &[5, 2, 9, 2, 5]);
    numpy::write_i32(&path.join("spike_templates.npy"), &[0, 1, 1, 1, 0]);
    text(&path, "params.py", PARAMS);
    text(&path, "cluster_info.tsv", INFO);
    (folder, path)
}

fn units(recording: &neuroloom_io::SpikeRecording) -> Vec<(String, Option<String>, Vec<f64>)> {
    let spikes = &recording.spikes;
    let (ids, labels) = (spikes.text("unit_id").unwrap(), spikes.text("quality").unwrap());
    let trains = spikes.lists("spike_times_s").unwrap();
    let row = |row| {
        (
            ids.get_or_empty(row).to_owned(),
            labels.get(row).map(str::to_owned),
            trains.get(row).unwrap().to_vec(),
        )
    };
    (0..spikes.n_rows()).map(row).collect()
}

#[test]
fn samples_become_seconds_and_labels_by_hand_win() {
    let (_folder, path) = session();
    let recording = phy::read(&path, &ReadOptions::default()).unwrap();
    let expected =
        [("2", "good", vec![0.05, 1.5]), ("5", "good", vec![0.01, 2.5]), ("9", "noise", vec![0.05])];
    let found = units(&recording);
    for ((id, label, times), unit) in expected.into_iter().zip(&found) {
        assert_eq!(unit, &(id.to_owned(), Some(label.to_owned()), times));
    }
    assert_eq!(found.len(), 3);
    assert_eq!(recording.spikes.text("electrode_group").unwrap().get(1), Some("1"));
    assert_eq!(recording.spikes.numbers("depth_um").unwrap().get(1), Some(60.5));
    assert_eq!(recording.spikes.integers("channel").unwrap().value(0), 17);
    assert_eq!(recording.recordings.text("recording_id").unwrap().get(0), Some("mouse1"));
    assert_eq!(recording.recordings.numbers("duration_s").unwrap().get(0), Some(2.49));
    assert!(recording.notes.is_empty());
}

#[test]
fn only_good_units_on_request() {
    let (_folder, path) = session();
    let good = ReadOptions { good_only: true, ..ReadOptions::default() };
    let ids: Vec<String> = units(&phy::read(&path, &good).unwrap()).into_iter().map(|unit| unit.0).collect();
    assert_eq!(ids, ["2", "5"]);
}

#[test]
fn a_kilosort_folder_that_phy_never_saw_is_read() {
    let (_folder, path) = session();
    for name in ["spike_clusters.npy", "cluster_info.tsv"] {
        files::remove_file(&path.join(name)).unwrap();
    }
    text(&path, "cluster_KSLabel.tsv", "cluster_id\tKSLabel\n0\tmua\n1\tgood\n");
    let recording = phy::read(&path, &ReadOptions::default()).unwrap();
    let labels: Vec<_> = units(&recording).into_iter().map(|unit| (unit.0, unit.1.unwrap())).collect();
    assert_eq!(labels, [("0".to_owned(), "mua".to_owned()), ("1".to_owned(), "good".to_owned())]);
    assert!(recording.notes[0].contains("templates"));
}

#[test]
fn the_sample_rate_is_never_computed_by_running_params_py() {
    let (_folder, path) = session();
    text(&path, "params.py", "sample_rate = 2 * 15000\n");
    let error = phy::read(&path, &ReadOptions::default()).unwrap_err();
    assert!(error.report().contains("params.py") && error.hint_text().unwrap().contains("sample_rate_hz"));
    files::remove_file(&path.join("params.py")).unwrap();
    assert!(phy::read(&path, &ReadOptions::default()).is_err());
    let given = ReadOptions { sample_rate_hz: Some(10_000.0), ..ReadOptions::default() };
    assert_eq!(units(&phy::read(&path, &given).unwrap())[0].2, [0.1, 3.0]);
}

#[test]
fn files_that_do_not_fit_are_refused() {
    let refused = |damage: &dyn Fn(&Path), message: &str| {
        let (_folder, path) = session();
        damage(&path);
        let error = phy::read(&path, &ReadOptions::default()).unwrap_err();
        assert!(error.to_string().contains(message), "{error}");
    };
    refused(&|path| numpy::write_i32(&path.join("spike_clusters.npy"), &[1, 2]), "differ in number");
    refused(&|path| numpy::write_f64(&path.join("spike_clusters.npy"), &[0.5; 5]), "no whole number");
    refused(
        &|path| numpy::write_f64(&path.join("spike_times.npy"), &[5.0, 4.0, 3.0, 2.0, 1.0]),
        "run backwards",
    );
    refused(&|path| numpy::write_f64(&path.join("spike_times.npy"), &[f64::NAN; 5]), "no finite number");
    refused(&|path| text(path, "cluster_info.tsv", "cluster_id\tgroup\nx\tgood\n"), "makes no sense");
    refused(&|path| text(path, "params.py", "sample_rate = 0\n"), "sample rate");
    refused(&|path| files::remove_file(&path.join("spike_times.npy")).unwrap(), "no Kilosort or phy output");
}

#[test]
fn the_step_plans_what_it_gives_and_names_its_files() {
    let (folder, _path) = session();
    let registry = Registry::default().with(IngestPhy);
    let step = registry.get("ingest.phy").unwrap();
    let params = step.check(&json!({ "path": "mouse1" })).unwrap();
    let context = PlanContext { base: folder.path().to_path_buf(), threads: 1 };
    let plan = step.plan(&context, &params, &PlannedInputs::default()).unwrap();
    assert_eq!(plan.outputs["spikes"].dim("spikes"), Some(5));
    let run = step.run(&RunContext::for_test(folder.path()), &params, &Inputs::default()).unwrap();
    assert_eq!(run.tables["spikes"].n_rows(), 3);
    assert_eq!(step.files(&params, folder.path()).unwrap().len(), 4);
    assert_eq!(step.check(&json!({ "path": "", "sample_rate_hz": 0.0 })).err().unwrap().len(), 2);
}

#[test]
fn damaged_files_are_read_or_refused() {
    for name in ["spike_times.npy", "spike_clusters.npy", "cluster_info.tsv", "params.py"] {
        let (_folder, path) = session();
        let (bytes, target) = (std::fs::read(path.join(name)).unwrap(), path.join(name));
        let outcomes = assert_survives(&bytes, 200, move |damaged| {
            files::write_bytes(&target, &files::read_bytes(damaged)?)?;
            phy::read(&path, &ReadOptions::default())
        });
        assert!(outcomes.refused > 10, "{name}: {outcomes:?}");
    }
}
