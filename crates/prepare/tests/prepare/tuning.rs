//! `prepare.tuning` on tables.

use std::f64::consts::TAU;
use std::sync::Arc;

use crate::common::{behaviour, bytes, epochs, intervals, issues, number, report, run, spikes, traces};
use neuroloom_core::{Table, Unit};
use neuroloom_prepare::IntervalSelector;
use neuroloom_prepare::tuning::{BehaviourParams, Geometry, StimulusParams, TuningParams, TuningStep};
use neuroloom_table::{Columns, TableBuilder, kinds};
use proptest::prelude::*;
use serde_json::json;

fn compass(n_bins: usize) -> TuningParams {
    TuningParams::behaviour(BehaviourParams::new("Compass/ry", Geometry::Circular, n_bins))
}

/// (fold, condition value, response, occupancy) of every row of a unit.
fn rows(table: &Table, unit: &str) -> Vec<(usize, f64, f64, f64)> {
    let units = table.text("unit_id").unwrap();
    (0..table.n_rows())
        .filter(|&row| units.get(row) == Some(unit))
        .map(|row| {
            let value = |column| number(table, column, row);
            (value("fold") as usize, value("condition_value"), value("response"), value("occupancy_s"))
        })
        .collect()
}

/// Two seconds of turning: four bins of a quarter turn, half a second in each.
fn turning() -> Table {
    behaviour(0.05, 0.1, None, (0..20).map(|i| (f64::from(i) + 0.5) / 20.0 * TAU).collect())
}

#[test]
fn a_rate_is_spikes_over_time_in_the_bin() {
    let table = spikes(&[("0", &[0.1, 0.2, 0.3, 1.1]), ("silent", &[])]);
    let output = run(&TuningStep, &compass(4), &[("spikes", &table), ("behaviour", &turning())]).unwrap();
    let responses = &output.tables["responses"];
    let found = rows(responses, "0");
    let rates: Vec<f64> = found.iter().map(|row| row.2).collect();
    for (rate, expected) in rates.iter().zip([6.0, 0.0, 2.0, 0.0]) {
        assert!((rate - expected).abs() < 1e-12, "{rates:?}");
    }
    assert!(found.iter().all(|row| (row.3 - 0.5).abs() < 1e-12));
    assert!((found[0].1 - TAU / 8.0).abs() < 1e-15, "the value is the centre of the bin");
    assert!(rows(responses, "silent").iter().all(|row| row.2 == 0.0));
    assert_eq!(responses.text("response_unit").unwrap().get(0), Some("Hz"));
    assert_eq!(responses.text("condition_unit").unwrap().get(0), Some("rad"));
    assert_eq!(responses.text("condition").unwrap().get(0), Some("0.79"));
}

#[test]
fn the_square_root_is_taken_of_rates_alone() {
    let table = spikes(&[("0", &[0.1, 0.2, 0.3, 1.1])]);
    let rooted = TuningParams { square_root: true, ..compass(4) };
    let output = run(&TuningStep, &rooted, &[("spikes", &table), ("behaviour", &turning())]).unwrap();
    let responses = &output.tables["responses"];
    for (row, expected) in rows(responses, "0").into_iter().zip([6.0_f64, 0.0, 2.0, 0.0]) {
        assert!((row.2 - expected.sqrt()).abs() < 1e-12);
    }
    assert_eq!(responses.text("response_unit").unwrap().get(0), Some("Hz^0.5"));
    let dff = traces("dff", 0.05, 0.1, &[&[-1.0; 20]]);
    let error = report(run(&TuningStep, &rooted, &[("traces", &dff), ("behaviour", &turning())]));
    assert!(error.contains("responses in 1"), "{error}");
}

#[test]
fn spikes_in_a_gap_of_the_tracking_do_not_count() {
    let times = vec![0.0, 0.1, 0.2, 5.0, 5.1, 5.2];
    let compass_table = behaviour(0.0, 0.0, Some(times), vec![0.5; 6]);
    let table = spikes(&[("0", &[0.05, 2.0, 3.0, 5.05])]);
    let output = run(&TuningStep, &compass(2), &[("spikes", &table), ("behaviour", &compass_table)]).unwrap();
    let first = rows(&output.tables["responses"], "0")[0];
    assert!((first.3 - 0.6).abs() < 1e-12, "{first:?}");
    assert!((first.2 - 2.0 / 0.6).abs() < 1e-9, "{first:?}");
    assert!(output.summary.warnings.iter().any(|warning| warning.contains("4.8 s in gaps")));
}

#[test]
fn only_time_within_the_epoch_counts() {
    let sleep_and_wake = behaviour(0.05, 0.1, None, vec![1.0; 200]);
    let table = spikes(&[("0", &[5.0, 10.0, 15.0, 19.99, 20.0])]);
    let params = TuningParams { within: Some(IntervalSelector::tagged("epochs", "wake")), ..compass(1) };
    let tables = [("spikes", &table), ("behaviour", &sleep_and_wake), ("intervals", &epochs())];
    let output = run(&TuningStep, &params, &tables).unwrap();
    let only = rows(&output.tables["responses"], "0")[0];
    assert!((only.3 - 10.0).abs() < 1e-9 && (only.2 - 0.3).abs() < 1e-9, "{only:?}");
}

#[test]
fn a_unit_is_charged_only_for_the_time_it_was_observed() {
    let table = TableBuilder::new(kinds::SPIKES)
        .text("recording_id", ["rec"])
        .text("unit_id", ["0"])
        .lists("spike_times_s", [vec![0.6]])
        .lists("observed_start_s", [vec![0.5]])
        .lists("observed_stop_s", [vec![0.75]])
        .finish()
        .unwrap();
    let output = run(&TuningStep, &compass(4), &[("spikes", &table), ("behaviour", &turning())]).unwrap();
    let found = rows(&output.tables["responses"], "0");
    assert!(found[0].2.is_nan() && found[0].3 == 0.0);
    assert!((found[1].2 - 4.0).abs() < 1e-9, "{found:?}");
}

#[test]
fn folds_partition_the_time_and_the_spikes() {
    let wander: Vec<f64> = (0..3000).map(|i| (f64::from(i) * 0.013).sin() * 9.0).collect();
    let tracked = behaviour(0.0, 0.02, None, wander);
    let times: Vec<f64> = (0..700).map(|i| f64::from(i) * 0.0851 + 0.003).collect();
    let table = spikes(&[("0", &times)]);
    let tables = [("spikes", &table), ("behaviour", &tracked)];
    let totals = |params: TuningParams| {
        let params = TuningParams { min_occupancy_s: 0.0, ..params };
        let output = run(&TuningStep, &params, &tables).unwrap();
        let mut sums = vec![[0.0; 2]; 12];
        for (_, value, response, occupancy) in rows(&output.tables["responses"], "0") {
            let bin = (value / TAU * 12.0) as usize;
            sums[bin][0] += if response.is_nan() { 0.0 } else { response * occupancy };
            sums[bin][1] += occupancy;
        }
        sums
    };
    let whole = totals(compass(12));
    assert!((whole.iter().map(|sum| sum[1]).sum::<f64>() - 60.0).abs() < 1e-9);
    let contiguous = totals(TuningParams { folds: 5, ..compass(12) });
    let interleaved = totals(TuningParams { folds: 5, fold_block_s: Some(1.0), ..compass(12) });
    for bin in 0..12 {
        for sum in 0..2 {
            assert!((whole[bin][sum] - contiguous[bin][sum]).abs() < 1e-9);
            assert!((whole[bin][sum] - interleaved[bin][sum]).abs() < 1e-9);
        }
    }
}

#[test]
fn traces_respond_with_the_mean_of_their_samples() {
    let table = traces("dff", 0.05, 0.1, &[&[1.0, 3.0, f32::NAN, 1.0, 3.0, 7.0, 7.0, 7.0, 7.0, 7.0]]);
    let output = run(&TuningStep, &compass(4), &[("traces", &table), ("behaviour", &turning())]).unwrap();
    let found = rows(&output.tables["responses"], "0");
    assert!((found[0].2 - 2.0).abs() < 1e-12 && (found[0].3 - 0.4).abs() < 1e-12, "{found:?}");
    assert!((found[1].2 - 7.0).abs() < 1e-12);
    assert!(found[2].2.is_nan(), "no sample, no response");
    assert_eq!(output.tables["responses"].text("response_unit").unwrap().get(0), Some("1"));
}

fn trials() -> Table {
    TableBuilder::new(kinds::INTERVALS)
        .text("recording_id", ["rec"; 5])
        .text("interval_set", ["trials"; 5])
        .integers("interval_id", 0..5)
        .numbers("start_s", [0.0, 1.0, 2.0, 3.0, 4.0])
        .numbers("stop_s", [0.5, 1.5, 2.5, 3.5, 4.5])
        .extra(
            "contrast",
            Some(&Unit::parse("%")),
            Arc::new(arrow_array::Float64Array::from(vec![
                Some(100.0),
                Some(20.0),
                Some(100.0),
                Some(20.0),
                None,
            ])),
        )
        .finish()
        .unwrap()
}

#[test]
fn stimuli_are_grouped_by_a_column_and_repeats_dealt_to_folds() {
    let table = spikes(&[("0", &[0.1, 0.5, 1.1, 1.2, 2.0, 2.4999, 3.9])]);
    let params =
        TuningParams { folds: 2, ..TuningParams::stimulus(StimulusParams::new("trials", "contrast")) };
    let output = run(&TuningStep, &params, &[("spikes", &table), ("intervals", &trials())]).unwrap();
    let responses = &output.tables["responses"];
    assert_eq!(
        rows(responses, "0"),
        [(0, 20.0, 4.0, 0.5), (0, 100.0, 2.0, 0.5), (1, 20.0, 0.0, 0.5), (1, 100.0, 4.0, 0.5)]
    );
    assert_eq!(responses.text("condition").unwrap().get(1), Some("100"));
    assert_eq!(responses.text("condition_unit").unwrap().get(1), Some("%"));
    assert!(output.summary.warnings[0].contains("1 intervals have no value"));
}

#[test]
fn tags_are_stimuli_too() {
    let table = spikes(&[("0", &[1.0, 12.0, 13.0])]);
    let params = TuningParams::stimulus(StimulusParams {
        offset_s: 1.0,
        duration_s: Some(2.0),
        ..StimulusParams::new("epochs", "tags")
    });
    let output = run(&TuningStep, &params, &[("spikes", &table), ("intervals", &epochs())]).unwrap();
    let responses = &output.tables["responses"];
    let label = |row| responses.text("condition").unwrap().get(row).unwrap();
    assert_eq!(
        [(label(0), number(responses, "response", 0)), (label(1), number(responses, "response", 1))],
        [("sleep", 0.5), ("wake", 0.5)]
    );
}

#[test]
fn bad_inputs_say_what_is_wrong() {
    let table = spikes(&[("0", &[0.1])]);
    let error = |params: &TuningParams, behaviour: &Table| {
        report(run(&TuningStep, params, &[("spikes", &table), ("behaviour", behaviour)]))
    };
    let named = |signal: &str| TuningParams::behaviour(BehaviourParams::new(signal, Geometry::Circular, 4));
    let absent = error(&named("Compass/rz"), &turning());
    assert!(
        absent.contains("Compass/rz channel 0") && absent.contains("\"Compass/ry channel 0\""),
        "{absent}"
    );
    let nan = error(&compass(4), &behaviour(0.0, 0.0, Some(vec![0.0, f64::NAN]), vec![1.0, 2.0]));
    assert!(nan.contains("must be finite") && nan.contains("Compass/ry"), "{nan}");
    let unsorted = error(&compass(4), &behaviour(0.0, 0.0, Some(vec![0.2, 0.1]), vec![1.0, 2.0]));
    assert!(unsorted.contains("run backwards"), "{unsorted}");
    let uneven = error(&compass(4), &behaviour(0.0, 0.0, Some(vec![0.1]), vec![1.0, 2.0]));
    assert!(uneven.contains("differ in number"), "{uneven}");
    let linear = TuningParams::behaviour(BehaviourParams::new("Compass/ry", Geometry::Linear, 4));
    assert!(error(&linear, &behaviour(0.0, 0.1, None, vec![2.0; 9])).contains("2 only"));
    assert!(
        error(&compass(4), &behaviour(0.0, 0.1, None, vec![f64::NAN; 9]))
            .contains("no time in any condition")
    );

    let alone = report(run(&TuningStep, &compass(4), &[("behaviour", &turning())]));
    assert!(alone.contains("found: neither"));
    assert!(
        report(run(&TuningStep, &compass(4), &[("spikes", &table)])).contains("`behaviour` is not connected")
    );
    let column = TuningParams::stimulus(StimulusParams::new("epochs", "stim"));
    let column = report(run(&TuningStep, &column, &[("spikes", &table), ("intervals", &epochs())]));
    assert!(column.contains("\"stim\"") && column.contains("\"tags\""), "{column}");
    let open = intervals(&[("trials", &["a"], 0.0, f64::NAN)]);
    let stimulus = TuningParams::stimulus(StimulusParams::new("trials", "tags"));
    assert!(
        report(run(&TuningStep, &stimulus, &[("spikes", &table), ("intervals", &open)])).contains("trials 0")
    );
    let mixed = TableBuilder::new(kinds::TRACES)
        .text("recording_id", ["rec"; 2])
        .text("unit_id", ["0"; 2])
        .text("signal", ["dff", "neuropil"])
        .integers("segment", [0; 2])
        .numbers("t0_s", [0.0; 2])
        .numbers("dt_s", [0.1; 2])
        .lists("trace", [vec![1.0], vec![2.0]])
        .text("trace_unit", ["1"; 2])
        .finish()
        .unwrap();
    let unclear = report(run(&TuningStep, &compass(4), &[("traces", &mixed), ("behaviour", &turning())]));
    assert!(unclear.contains("\"dff\", \"neuropil\"") && unclear.contains("trace_signal"), "{unclear}");
}

#[test]
fn bad_parameters_are_named() {
    assert!(issues("prepare.tuning", json!({}))[0].contains("got neither"));
    let found = issues(
        "prepare.tuning",
        json!({
            "behaviour": {"signal": "x", "n_bins": 0, "range": [1.0, 1.0]}, "folds": 0, "min_occupancy_s": -1.0,
        }),
    );
    assert_eq!(found.len(), 4, "{found:?}");
    let found = issues("prepare.tuning", json!({"stimulus": {"interval_set": "t"}, "fold_block_s": 1.0}));
    assert!(found[0].contains("no meaning for stimuli"), "{found:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    /// Rotating the compass by whole bins rotates the tuning curves and nothing else.
    #[test]
    fn tuning_turns_with_the_compass(seed in 0u64..1000, turn in 0usize..8) {
        let angle = |i: u64| ((i + seed) as f64 * 0.37).sin() * 2.0 + (i as f64) * 0.01;
        let angles: Vec<f64> = (0..400).map(angle).collect();
        let times: Vec<f64> = (0..60).map(|i| f64::from(i) * 0.61 + seed as f64 * 1e-4).collect();
        let table = spikes(&[("0", &times)]);
        let tuned = |angles: Vec<f64>| {
            let params = TuningParams { smooth_bins: 0.7, ..compass(8) };
            let tracked = behaviour(0.0, 0.1, None, angles);
            let output = run(&TuningStep, &params, &[("spikes", &table), ("behaviour", &tracked)]).unwrap();
            rows(&output.tables["responses"], "0").into_iter().map(|row| row.2).collect::<Vec<_>>()
        };
        // Half a bin keeps the angles off the edges, where rounding would decide.
        let plain = tuned(angles.clone());
        let turned = tuned(angles.iter().map(|a| a + turn as f64 * TAU / 8.0).collect());
        for bin in 0..8 {
            let (a, b) = (plain[bin], turned[(bin + turn) % 8]);
            prop_assert!((a - b).abs() < 1e-9 || (a.is_nan() && b.is_nan()), "{plain:?} {turned:?}");
        }
    }
}

#[test]
fn threads_do_not_change_the_bytes() {
    let times: Vec<Vec<f64>> =
        (0..19).map(|unit| (0..40).map(|k| f64::from(k * unit) * 0.0027).collect()).collect();
    let names: Vec<String> = (0..19).map(|unit| unit.to_string()).collect();
    let trains: Vec<(&str, &[f64])> =
        names.iter().zip(&times).map(|(name, times)| (name.as_str(), times.as_slice())).collect();
    let table = spikes(&trains);
    let params = TuningParams { folds: 3, smooth_bins: 1.0, ..compass(9) };
    let run =
        |threads| bytes(&TuningStep, &params, &[("spikes", &table), ("behaviour", &turning())], threads);
    assert_eq!(run(1), run(2));
}
