//! `prepare.align` on tables.

use crate::common::{bytes, intervals, issues, list, number, report, run, spikes, traces};
use neuroloom_core::Table;
use neuroloom_prepare::IntervalSelector;
use neuroloom_prepare::align::{AlignParams, AlignStep, Anchor, Incomplete};
use serde_json::json;

fn params(from_s: f64, to_s: f64) -> AlignParams {
    AlignParams::new(IntervalSelector::set("trials"), from_s, to_s)
}

fn ramp(n: usize) -> Vec<f32> {
    (0..n).map(|i| i as f32).collect()
}

/// Trials whose order in the table is not that of time; the last is too late for 30 samples.
fn trials() -> Table {
    intervals(&[("trials", &[], 2.05, 2.5), ("trials", &[], 1.0, 1.2), ("trials", &[], 2.9, f64::NAN)])
}

fn column(table: &Table, name: &str) -> Vec<f64> {
    (0..table.n_rows()).map(|row| number(table, name, row)).collect()
}

#[test]
fn trials_are_segments_in_the_time_of_their_event() {
    let table = traces("dff", 0.0, 0.1, &[&ramp(30)]);
    let output =
        run(&AlignStep, &params(-0.2, 0.3), &[("traces", &table), ("intervals", &trials())]).unwrap();
    let cut = &output.tables["traces"];
    assert_eq!(column(cut, "segment"), [0.0, 1.0]);
    assert_eq!(column(cut, "interval_id"), [1.0, 0.0]);
    assert_eq!(column(cut, "event_s"), [1.0, 2.05]);
    assert_eq!(list(cut, "trace", 0), [8.0, 9.0, 10.0, 11.0, 12.0]);
    assert_eq!(list(cut, "trace", 1), [19.0, 20.0, 21.0, 22.0, 23.0]);
    assert!((number(cut, "t0_s", 0) + 0.2).abs() < 1e-12 && (number(cut, "t0_s", 1) + 0.15).abs() < 1e-12);
    assert!(output.summary.warnings[0].starts_with("1 windows"), "{:?}", output.summary.warnings);
}

#[test]
fn interpolated_trials_share_their_times() {
    let table = traces("dff", 0.0, 0.1, &[&ramp(30)]);
    let params = AlignParams { dt_s: Some(0.25), incomplete: Incomplete::Keep, ..params(-0.25, 0.5) };
    let output = run(&AlignStep, &params, &[("traces", &table), ("intervals", &trials())]).unwrap();
    let cut = &output.tables["traces"];
    assert_eq!(column(cut, "t0_s"), [-0.25; 3]);
    let expected = [[7.5, 10.0, 12.5], [18.0, 20.5, 23.0], [26.5, 29.0, f64::NAN]];
    for (row, expected) in expected.iter().enumerate() {
        for (found, expected) in list(cut, "trace", row).iter().zip(expected) {
            assert!((found - expected).abs() < 1e-5 || (found.is_nan() && expected.is_nan()), "{found}");
        }
    }
}

#[test]
fn a_trial_comes_from_the_segment_that_holds_it() {
    // Two segments with the same clock: samples 0.. from 0 s on, and the same from 0 s on again.
    let table = traces("dff", 0.0, 0.1, &[&ramp(12), &ramp(30)]);
    let output =
        run(&AlignStep, &params(-0.2, 0.3), &[("traces", &table), ("intervals", &trials())]).unwrap();
    assert_eq!(column(&output.tables["traces"], "segment"), [0.0, 1.0], "one row per trial");
}

#[test]
fn the_stop_can_be_the_event() {
    let table = traces("dff", 0.0, 0.1, &[&ramp(30)]);
    let stops = AlignParams {
        anchor: Anchor::Stop,
        events: IntervalSelector { ids: Some(vec![0]), ..IntervalSelector::set("trials") },
        ..params(0.0, 0.2)
    };
    let output = run(&AlignStep, &stops, &[("traces", &table), ("intervals", &trials())]).unwrap();
    assert_eq!(list(&output.tables["traces"], "trace", 0), [25.0, 26.0]);
    let all = AlignParams { anchor: Anchor::Stop, ..params(0.0, 0.2) };
    let error = report(run(&AlignStep, &all, &[("traces", &table), ("intervals", &trials())]));
    assert!(error.contains("an event has no time") && error.contains("trials 2"), "{error}");
}

#[test]
fn spikes_are_counted_from_their_event_and_averaged_over_trials() {
    let spikes = spikes(&[("0", &[0.95, 1.1, 2.1, 2.12]), ("1", &[])]);
    let params = AlignParams { dt_s: Some(0.1), ..params(-0.1, 0.2) };
    let inputs = [("spikes", &spikes), ("intervals", &trials())];
    let output = run(&AlignStep, &params, &inputs).unwrap();
    let aligned = &output.tables["spikes"];
    assert_eq!(column(aligned, "trial"), [0.0, 1.0, 2.0, 0.0, 1.0, 2.0]);
    assert!((list(aligned, "spike_times_s", 0)[0] + 0.05).abs() < 1e-12);
    assert_eq!(list(&output.tables["counts"], "trace", 1), [0.0, 2.0, 0.0]);
    let responses = &output.tables["responses"];
    assert_eq!(responses.n_rows(), 6);
    assert!((number(responses, "response", 0) - 1.0 / 0.3).abs() < 1e-9, "a spike in three trials of 0.1 s");
    assert_eq!(number(responses, "response", 3), 0.0);
    assert_eq!(output.summary.figures.len(), 1);
    assert!(report(run(&AlignStep, &params, &[("intervals", &trials())])).contains("nothing to align"));
}

#[test]
fn bad_inputs_say_what_is_wrong() {
    let table = traces("dff", 100.0, 0.1, &[&ramp(30)]);
    let error = report(run(&AlignStep, &params(0.0, 1.0), &[("traces", &table), ("intervals", &trials())]));
    assert!(error.contains("no trial lies within") && error.contains("from 1 s to 2.9 s"), "{error}");
    let other = AlignParams::new(IntervalSelector::set("laps"), 0.0, 1.0);
    let error = report(run(&AlignStep, &other, &[("traces", &table), ("intervals", &trials())]));
    assert!(error.contains("\"trials\""), "{error}");
    let wrong = json!({"events": {"interval_set": ""}, "from_s": 1.0, "to_s": 0.0, "dt_s": 0.0});
    assert_eq!(issues("prepare.align", wrong).len(), 3);
}

#[test]
fn threads_do_not_change_the_bytes() {
    let table = traces("dff", 0.0, 0.1, &[&ramp(30), &ramp(40), &ramp(35)]);
    let inputs = [("traces", &table), ("intervals", &trials())];
    let run = |threads| bytes(&AlignStep, &params(-0.3, 0.4), &inputs, threads);
    assert_eq!(run(1), run(2));
}
