//! Binned trials of the Neural Latents Benchmark and of LFADS.

use std::path::Path;

use neuroloom_io::nlb::{self, IngestNlb, ReadOptions, Split, TruthUnit};
use neuroloom_table::Columns;
use neuroloom_testkit::{assert_survives, shared_data};
use serde_json::json;

use crate::{fixture, list, numbers, refused, row, run, texts};

fn maze() -> std::path::PathBuf {
    fixture("nlb/mc_maze_20.h5")
}

fn lfads() -> std::path::PathBuf {
    fixture("nlb/lfads.h5")
}

fn bins_of(bin_s: f64) -> ReadOptions {
    ReadOptions { bin_s: Some(bin_s), ..ReadOptions::default() }
}

#[test]
fn held_out_units_and_forward_bins_stand_behind_the_others() {
    let recording = nlb::read(&maze(), &ReadOptions::default()).unwrap();
    let trials = &recording.trials;
    assert_eq!((recording.n_held_in, recording.n_held_out, recording.bin_s), (2, 1, 0.02));
    assert_eq!(recording.n_trials, [(Split::Train, 3), (Split::Valid, 2)]);
    // (3 + 2) trials × 3 units, and 3 trials × 2 channels of behaviour.
    assert_eq!(trials.n_rows(), 21);
    let of = |split: &str, unit: &str| {
        list(trials, "value", &[("signal", "spike_count"), ("split", split), ("unit_id", unit)])
    };
    // [trials, bins, units] from 0; forward ones from 50.
    assert_eq!(of("train", "1"), [1.0, 3.0, 5.0, 7.0, 51.0, 53.0]);
    assert_eq!(of("valid", "2"), [100.0, 101.0, 102.0, 103.0, 150.0, 151.0]);
    let held_out = row(trials, &[("unit_id", "2")]);
    assert_eq!(trials.text("held").unwrap().get(held_out), Some("held_out"));
    assert_eq!(numbers(trials, "n_observed")[held_out], Some(4.0));
    assert_eq!(list(trials, "value", &[("signal", "behavior"), ("unit_id", "1")]), [0.25, 0.75, 1.25, 1.75]);
    assert!(recording.notes.iter().any(|note| note.contains("psth")), "{:?}", recording.notes);
    // The third trial of unit 0 begins behind 2 trials × 4 bins × 2 units.
    let third = (0..trials.n_rows())
        .filter(|&row| {
            texts(trials, "split")[row] == "train" && texts(trials, "signal")[row] == "spike_count"
        })
        .nth(6)
        .unwrap();
    assert_eq!(trials.lists("value").unwrap().get(third).unwrap()[0], 16.0);
    assert_eq!(numbers(trials, "trial")[third], Some(2.0));
}

#[test]
fn evaluation_trials_go_where_they_are_asked_to() {
    let options = ReadOptions {
        eval_split: Split::Test,
        signals: Some(vec!["spike_count".into()]),
        group: Some("mc_maze_20".into()),
        bin_s: Some(0.01),
        ..ReadOptions::default()
    };
    let recording = nlb::read(&maze(), &options).unwrap();
    assert_eq!(recording.n_trials, [(Split::Test, 2), (Split::Train, 3)]);
    assert_eq!(recording.trials.n_rows(), 15);
    assert!(recording.notes.iter().any(|note| note.contains("`bin_s` says 0.01 s")), "{:?}", recording.notes);
    for wrong in [
        ReadOptions { signals: Some(vec!["rate".into()]), ..ReadOptions::default() },
        ReadOptions { group: Some("mc_rtt".into()), ..ReadOptions::default() },
    ] {
        assert!(nlb::read(&maze(), &wrong).is_err(), "{wrong:?}");
    }
}

#[test]
fn true_rates_tell_their_unit_by_the_counts() {
    let recording = nlb::read(&lfads(), &bins_of(0.01)).unwrap();
    let trials = &recording.trials;
    let truth = row(trials, &[("signal", "rate_truth")]);
    assert_eq!(trials.text("value_unit").unwrap().get(truth), Some("Hz"));
    let valid = row(trials, &[("split", "valid"), ("signal", "spike_count")]);
    assert_eq!(numbers(trials, "source_trial")[valid], Some(7.0));
    assert_eq!(texts(trials, "signal").iter().filter(|signal| *signal == "lowd").count(), 12);
    // 0.2 spikes per bin at 20 Hz are bins of 10 ms: of 30 ms they are not, nor are the rates counts.
    for options in [bins_of(0.03), ReadOptions { truth_unit: Some(TruthUnit::CountsPerBin), ..bins_of(0.01) }]
    {
        assert!(nlb::read(&lfads(), &options).unwrap_err().to_string().contains("do not fit the counts"));
    }
    let error = nlb::read(&lfads(), &ReadOptions::default()).unwrap_err();
    assert_eq!(error.hint_text(), Some("set `bin_s`"));
}

/// A file with the given datasets, and what is said of it.
fn refuse(datasets: &[(&str, &[usize], f64)], message: &str) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("made.h5");
    let file = rust_hdf5::H5File::create(&path).unwrap();
    for (name, shape, value) in datasets {
        let dataset = file.root_group().new_dataset::<f64>().shape(*shape).create(name).unwrap();
        dataset.write_raw(&vec![*value; shape.iter().product()]).unwrap();
    }
    file.close().unwrap();
    let error = nlb::read(&path, &bins_of(0.01)).unwrap_err().report();
    assert!(error.contains(message), "{error}");
}

#[test]
fn files_that_do_not_fit_are_refused() {
    let counts = ("train_data", &[2, 3, 4][..], 1.0);
    refuse(&[("x", &[2], 0.0)], "no binned trials");
    refuse(&[("train_data", &[2, 3], 1.0)], "no matrix of trials");
    refuse(&[counts, ("train_lowd", &[2, 4, 1], 0.0)], "datasets of a split do not fit");
    refuse(&[counts, ("valid_data", &[1, 3, 5], 1.0)], "differ in their units");
    refuse(&[counts, ("train_rates_heldin", &[2, 3, 5], 1.0)], "signals of the units do not fit");
    refuse(&[counts, ("train_spikes_forward", &[2, 3, 5], 1.0)], "forward bins do not fit");
    refuse(&[counts, ("train_spikes", &[2, 3, 4], 1.0)], "two datasets");
    refuse(&[("train_data", &[2, 3, 4], 0.5)], "a spike count is no count");
    refuse(&[("train_data", &[2, 3, 4], -1.0)], "a spike count is no count");
    refuse(&[("train_truth", &[2, 3, 4], 1.0)], "unit of the true rates is not known");
}

#[test]
fn the_lorenz_set_of_lfads_is_read() {
    // Shapes and sums by h5py.
    let Some(path) = shared_data("nlb/lfads_lorenz.h5") else { return };
    let recording = nlb::read(&path, &bins_of(0.01)).unwrap();
    assert_eq!(recording.n_trials, [(Split::Train, 640), (Split::Valid, 160)]);
    assert_eq!((recording.n_held_in, recording.n_held_out), (60, 0));
    // 800 trials × (60 counts + 60 rates + 3 states).
    assert_eq!(recording.trials.n_rows(), 800 * 123);
    let (signals, values) =
        (recording.trials.text("signal").unwrap(), recording.trials.lists("value").unwrap());
    let rows = |signal: &'static str| {
        (0..recording.trials.n_rows()).filter(move |&row| signals.get(row) == Some(signal))
    };
    let total = |signal: &'static str| -> f64 {
        rows(signal).map(|row| values.get(row).unwrap().iter().sum::<f64>()).sum()
    };
    assert_eq!(total("spike_count"), 87_770.0);
    assert!((total("rate_truth") / 8_788_353.422_281_517 - 1.0).abs() < 1e-12);
    let first = row(&recording.trials, &[("signal", "rate_truth")]);
    assert_eq!(recording.trials.text("value_unit").unwrap().get(first), Some("Hz"));
}

#[test]
fn the_step_plans_what_it_gives() {
    let run = run(IngestNlb, "ingest.nlb", &json!({ "path": "nlb/lfads.h5", "bin_s": 0.01 }));
    assert_eq!(run.tables["trials"].n_rows(), 4 * 9);
    assert_eq!(run.summary.figures[0].name, "responses");
    let wrong = json!({ "path": "", "bin_s": -1.0, "eval_split": "train", "signals": [] });
    assert_eq!(refused(IngestNlb, "ingest.nlb", &wrong), ["path", "bin_s", "eval_split", "signals"]);
}

#[test]
#[cfg_attr(feature = "hdf5-c", ignore = "the C library may hang or overrun on damaged files")]
fn files_damaged_in_200_ways_are_read_or_refused() {
    for path in [maze(), lfads()] {
        let bytes = std::fs::read(&path).unwrap();
        let outcomes = assert_survives(&bytes, 200, |path: &Path| nlb::read(path, &bins_of(0.01)));
        assert!(outcomes.refused > 20 && outcomes.read > 0, "{outcomes:?}");
    }
}
