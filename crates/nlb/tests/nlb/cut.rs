//! Cutting sessions into trials.

use std::sync::Arc;

use arrow_array::{BooleanArray, Float64Array, StringArray};
use ndarray::{Array1, Array2};
use neuroloom_core::{StepOutput, Table};
use neuroloom_nlb::cut::decimate;
use neuroloom_table::{Columns, TableBuilder, kinds};
use serde_json::{Value, json};

use crate::support::{assert_near, fixture, refused, run};

fn vector(name: &str) -> Vec<f64> {
    fixture::<ndarray::Ix1>("session", name).to_vec()
}

/// Two units with the same spikes, the second held out, and unobserved stretches where given.
fn spikes(observed: Option<[Vec<f64>; 2]>) -> Table {
    let times = vector("cut_times");
    let mut builder = TableBuilder::new(kinds::SPIKES)
        .text("recording_id", ["s", "s"])
        .text("unit_id", ["a", "b"])
        .lists("spike_times_s", [times.clone(), times]);
    if let Some([starts, stops]) = observed {
        builder = builder
            .optional_lists("observed_start_s", [Some(starts.clone()), Some(starts)])
            .optional_lists("observed_stop_s", [Some(stops.clone()), Some(stops)]);
    }
    builder.extra("heldout", None, Arc::new(BooleanArray::from(vec![false, true]))).finish().unwrap()
}

fn intervals() -> Table {
    let events = vector("cut_events");
    let n = events.len();
    TableBuilder::new(kinds::INTERVALS)
        .text("recording_id", vec!["s"; n + 2])
        .text("interval_set", vec!["trials"; n + 2])
        .integers("interval_id", (0..n as i64 + 2).map(|id| 10 + id))
        .numbers("start_s", events.iter().map(|event| event - 0.3).chain([10.0, 11.0]))
        .numbers("stop_s", events.iter().map(|event| event + 0.5).chain([10.5, 11.5]))
        .extra(
            "move_onset_time",
            None,
            Arc::new(events.iter().copied().chain([f64::NAN, 10.2]).collect::<Float64Array>()),
        )
        .extra(
            "split",
            None,
            Arc::new(StringArray::from(vec!["train", "val", "train", "train", "train", "none"])),
        )
        .extra("cue", None, Arc::new(Float64Array::from(vec![1.0, 1.0, 2.5, 2.5, 1.0, 1.0])))
        .extra("odd", None, Arc::new(BooleanArray::from(vec![false, false, false, true, false, false])))
        .extra("tp", None, Arc::new(Float64Array::from(vec![1400.0, 700.0, 1480.0, 900.0, 1.0, 1.0])))
        .finish()
        .unwrap()
}

fn behaviour() -> Table {
    TableBuilder::new(kinds::BEHAVIOUR)
        .text("recording_id", ["s"])
        .text("signal", ["behavior/hand_vel"])
        .integers("channel", [0])
        .numbers("t0_s", [0.0])
        .numbers("dt_s", [0.001])
        .lists("value", [vector("cut_velocity")])
        .text("value_unit", ["m/s"])
        .finish()
        .unwrap()
}

fn params(changes: &Value) -> Value {
    let mut params = json!({
        "align": "move_onset_time", "from_s": -0.1, "to_s": 0.2, "forward_s": 0.1, "bin_s": 0.02,
        "behaviour": [{ "signal": "hand_vel", "lag_s": 0.06 }], "condition": ["cue"], "psth_sigma_s": 0.04,
    });
    params.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    params
}

fn cut(changes: &Value, spikes: &Table) -> StepOutput {
    let (intervals, behaviour) = (intervals(), behaviour());
    run(
        "nlb.trials",
        &params(changes),
        &[("spikes", spikes), ("intervals", &intervals), ("behaviour", &behaviour)],
    )
    .unwrap()
}

/// Values of a signal of a unit by the number of its interval.
fn values(trials: &Table, signal: &str, unit: &str) -> Vec<(i64, Vec<f64>)> {
    let (signals, units) = (trials.text("signal").unwrap(), trials.text("unit_id").unwrap());
    let (lists, ids) = (trials.lists("value").unwrap(), trials.numbers("source_trial").unwrap());
    let own = |row: &usize| signals.get(*row) == Some(signal) && units.get(*row) == Some(unit);
    let mut found: Vec<(i64, Vec<f64>)> = (0..trials.n_rows())
        .filter(own)
        .map(|row| (ids.get(row).unwrap() as i64, lists.get(row).unwrap().into_owned()))
        .collect();
    found.sort_by_key(|(id, _)| *id);
    found
}

#[test]
fn counts_behaviour_and_responses_are_those_of_the_benchmark() {
    let output = cut(&json!({}), &spikes(None));
    let trials = &output.tables["trials"];
    let counts: Array2<f64> = fixture("session", "cut_counts");
    let ours = values(trials, "spike_count", "a");
    assert_eq!(ours.iter().map(|(id, _)| *id).collect::<Vec<_>>(), [10, 11, 12, 13]);
    for ((_, ours), peer) in ours.iter().zip(counts.outer_iter()) {
        assert_eq!(*ours, peer.to_vec());
    }
    // 32-bit values in the table.
    let behaviour: Array2<f64> = fixture("session", "cut_behaviour");
    for ((_, ours), peer) in values(trials, "hand_vel", "0").iter().zip(behaviour.outer_iter()) {
        ours.iter().zip(peer).for_each(|(ours, peer)| assert_near(*ours, *peer, 1e-6));
    }
    let smooth: Array2<f64> = fixture("session", "cut_psth");
    let psth = &output.tables["psth"];
    assert_eq!(psth.n_rows(), 4);
    let (names, lists) = (psth.text("condition").unwrap(), psth.lists("measured_hz").unwrap());
    for (row, own) in [(0, [0, 1]), (2, [2, 3])] {
        assert_eq!(names.get(row), Some(if row == 0 { "1" } else { "2.5" }));
        for (bin, ours) in lists.get(row).unwrap().iter().enumerate() {
            assert_near(*ours, (smooth[[own[0], bin]] + smooth[[own[1], bin]]) / 2.0 / 0.02, 1e-9);
        }
    }
}

#[test]
fn decimation_is_that_of_scipy() {
    let peer: Array1<f64> = fixture("session", "cut_decimated");
    let ours = decimate(&vector("cut_velocity"), 20);
    assert_eq!(ours.len(), peer.len());
    for (ours, peer) in ours.iter().zip(peer) {
        assert!(
            ours.is_nan() == peer.is_nan() && (peer.is_nan() || (ours - peer).abs() < 1e-11),
            "{ours} {peer}"
        );
    }
}

#[test]
fn trials_know_their_part_and_units_whether_they_are_held_out() {
    let output = cut(&json!({ "keep": ["cue"], "decode_mask": "cue", "outlier": "odd" }), &spikes(None));
    let trials = &output.tables["trials"];
    let (splits, held) = (trials.text("split").unwrap(), trials.text("held").unwrap());
    let (ids, numbers) = (trials.numbers("source_trial").unwrap(), trials.numbers("trial").unwrap());
    let conditions = trials.text("condition").unwrap();
    let kept = trials.numbers("cue").unwrap();
    let mask = trials.bools("decode_mask_2.5").unwrap();
    for row in 0..trials.n_rows() {
        let id = ids.get(row).unwrap() as i64;
        assert_eq!(splits.get(row), Some(if id == 11 { "valid" } else { "train" }));
        assert_eq!(numbers.get(row), Some([0.0, 0.0, 1.0, 2.0][id as usize - 10]));
        assert_eq!(conditions.get(row), [Some("1"), Some("1"), Some("2.5"), None][id as usize - 10]);
        assert_eq!(kept.get(row), [Some(1.0), Some(1.0), Some(2.5), None][id as usize - 10]);
        assert_eq!(mask.value(row), id > 11);
    }
    let of_unit = |unit: &str| {
        let units = trials.text("unit_id").unwrap();
        (0..trials.n_rows()).find(|&row| units.get(row) == Some(unit)).and_then(|row| held.get(row))
    };
    assert_eq!([of_unit("a"), of_unit("b"), of_unit("0")], [Some("held_in"), Some("held_out"), None]);
}

#[test]
fn units_are_held_out_by_name_too() {
    let output = cut(&json!({ "held_out_units": ["a"] }), &spikes(None));
    let trials = &output.tables["trials"];
    let (signals, held) = (trials.text("signal").unwrap(), trials.text("held").unwrap());
    let counts = (0..trials.n_rows()).filter(|&row| signals.get(row) == Some("spike_count"));
    assert!(
        counts.map(|row| held.get(row)).all(|held| held == Some("held_out")),
        "b by its column, a by its name"
    );
    let inputs = [("spikes", &spikes(None)), ("intervals", &intervals()), ("behaviour", &behaviour())];
    let error = run("nlb.trials", &params(&json!({ "held_out_units": ["c"] })), &inputs).unwrap_err();
    assert!(
        error.report().contains("a, b") && error.report().contains("held_out_units"),
        "{}",
        error.report()
    );
}

#[test]
fn trials_that_were_not_observed_are_left_out() {
    let observed = [vec![0.0, 5.0], vec![4.55, 9.2]];
    let output = cut(&json!({}), &spikes(Some(observed)));
    let ids: Vec<i64> =
        values(&output.tables["trials"], "spike_count", "a").iter().map(|(id, _)| *id).collect();
    assert_eq!(ids, [10, 12], "the second and the last window reach out");
    assert!(output.summary.warnings[0].contains("2 trials"));
}

#[test]
fn held_out_units_count_from_an_event_and_windows_are_late_by_chance() {
    let late = json!({
        "evaluate_from": "start_s", "from_s": -0.5, "psth_sigma_s": null,
        "jitter": { "max_s": 0.1, "column": "tp", "column_unit_s": 0.001, "total_s": 1.5 },
    });
    let output = cut(&late, &spikes(None));
    let trials = &output.tables["trials"];
    let bins = trials.numbers("jitter_bins").unwrap();
    let ids = trials.numbers("source_trial").unwrap();
    let (mut latest, mut seen) = ([0.0_f64; 4], 0.0);
    for row in 0..trials.n_rows() {
        let place = ids.get(row).unwrap() as usize - 10;
        latest[place] = latest[place].max(bins.get(row).unwrap());
        seen += bins.get(row).unwrap();
    }
    assert!(
        latest[0] <= 5.0 && latest[1] <= 5.0 && latest[2] <= 1.0 && latest[3] <= 5.0 && seen > 0.0,
        "{latest:?}"
    );
    let valid = &values(trials, "spike_count", "b")[1].1;
    let (all, known) = (valid.len(), valid.iter().filter(|count| !count.is_nan()).count());
    // 0.3 s of the window of 0.7 s, and the forward bins.
    assert_eq!((all, known), (40, 20));
    assert!(
        values(trials, "spike_count", "b")[0].1.iter().all(|count| !count.is_nan()),
        "training trials count whole"
    );
    assert!(
        values(trials, "spike_count", "a")[1].1.iter().all(|count| !count.is_nan()),
        "so do held-in units"
    );
}

#[test]
fn parameters_and_tables_that_do_not_fit_are_refused() {
    let wrong = json!({ "align": "", "from_s": 0.2, "to_s": 0.1, "bin_s": 0.0 });
    assert!(refused("nlb.trials", &wrong).len() >= 3);
    assert!(refused("nlb.trials", &params(&json!({ "to_s": 0.21 })))[0].contains("whole bins"));
    assert!(refused("nlb.trials", &params(&json!({ "condition": [] })))[0].contains("needs `condition`"));
    let error = |changes: &Value| {
        let (spikes, intervals, behaviour) = (spikes(None), intervals(), behaviour());
        let inputs = [("spikes", &spikes), ("intervals", &intervals), ("behaviour", &behaviour)];
        run("nlb.trials", &params(changes), &inputs).unwrap_err().report()
    };
    assert!(error(&json!({ "align": "go_time" })).contains("go_time"));
    assert!(error(&json!({ "interval_set": "epochs" })).contains("there is no trial to cut"));
    assert!(error(&json!({ "behaviour": [{ "signal": "eye" }] })).contains("no signals are called \"eye\""));
    assert!(error(&json!({ "grid_s": 0.004 })).contains("not on the grid"));
    let alone = [("spikes", &spikes(None)), ("intervals", &intervals())];
    assert!(run("nlb.trials", &params(&json!({})), &alone).unwrap_err().report().contains("not connected"));
}
