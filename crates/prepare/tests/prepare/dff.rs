//! `prepare.dff` on tables.

use crate::common::{bytes, issues, list, report, run, traces};
use neuroloom_prepare::dff::{DffParams, DffStep};
use neuroloom_table::{Columns, TableBuilder, kinds};
use serde_json::json;

fn params(window_s: f64, percentile: f64) -> DffParams {
    DffParams { window_s, percentile, ..DffParams::default() }
}

#[test]
fn transients_stand_out_of_a_drifting_baseline() {
    // A baseline that doubles, with a transient of +100 % every 50 samples.
    let trace: Vec<f32> =
        (0..1000).map(|i| (100.0 + 0.1 * i as f32) * if i % 50 == 25 { 2.0 } else { 1.0 }).collect();
    let table = traces("fluorescence", 0.0, 0.1, &[&trace]);
    let output = run(&DffStep, &params(4.0, 50.0), &[("traces", &table)]).unwrap();
    let dff = &output.tables["traces"];
    let values = list(dff, "trace", 0);
    assert!((values[525] - 1.0).abs() < 0.01, "{}", values[525]);
    assert!(values[30..970].iter().enumerate().all(|(i, x)| (i + 30) % 50 == 25 || x.abs() < 0.01));
    assert_eq!(dff.text("signal").unwrap().get(0), Some("dff"));
    assert_eq!(dff.text("trace_unit").unwrap().get(0), Some("1"));
}

#[test]
fn a_window_in_seconds_means_the_same_on_explicit_times() {
    let values = [3.0, 1.0, 4.0, 1.5, 5.0, 9.0, 2.0];
    let build = |explicit: bool| {
        let times: Vec<f64> = (0..7).map(|i| f64::from(i) * 0.5).collect();
        TableBuilder::new(kinds::TRACES)
            .text("recording_id", ["rec"])
            .text("unit_id", ["0"])
            .text("signal", ["fluorescence"])
            .integers("segment", [0])
            .optional_numbers("t0_s", [(!explicit).then_some(0.0)])
            .optional_numbers("dt_s", [(!explicit).then_some(0.5)])
            .optional_lists("t_s", [explicit.then_some(times)])
            .lists("trace", [values.to_vec()])
            .text("trace_unit", ["a.u."])
            .finish()
            .unwrap()
    };
    let of = |explicit| {
        let output = run(&DffStep, &params(2.0, 0.0), &[("traces", &build(explicit))]).unwrap();
        list(&output.tables["traces"], "trace", 0)
    };
    assert_eq!(of(false), of(true));
    // Windows of two samples to either side: minima 1, 1, 1, 1, 1.5, 1.5, 2.
    let expected = [2.0, 0.0, 3.0, 0.5, 7.0 / 3.0, 5.0, 0.0];
    assert!(of(false).iter().zip(expected).all(|(found, expected)| (found - expected).abs() < 1e-12));
}

#[test]
fn a_baseline_that_is_not_positive_gives_nan_and_a_warning() {
    let table = traces("fluorescence", 0.0, 1.0, &[&[-1.0, 2.0, f32::NAN, 3.0], &[1.0, 1.0]]);
    let output = run(&DffStep, &params(100.0, 0.0), &[("traces", &table)]).unwrap();
    assert!(list(&output.tables["traces"], "trace", 0).iter().all(|value| value.is_nan()));
    assert_eq!(list(&output.tables["traces"], "trace", 1), [0.0, 0.0]);
    assert!(output.summary.warnings[0].starts_with("3 samples of 1 traces"), "{:?}", output.summary.warnings);
}

#[test]
fn bad_inputs_say_what_is_wrong() {
    let table = traces("calcium", 0.0, 1.0, &[&[1.0]]);
    let error = report(run(&DffStep, &DffParams::default(), &[("traces", &table)]));
    assert!(error.contains("\"fluorescence\"") && error.contains("\"calcium\""), "{error}");
    let wrong = json!({"window_s": 0.0, "percentile": 101.0, "min_baseline": -1.0});
    assert_eq!(issues("prepare.dff", wrong).len(), 3);
}

#[test]
fn an_empty_trace_stays_empty() {
    let table = traces("fluorescence", 0.0, 1.0, &[&[]]);
    let output = run(&DffStep, &DffParams::default(), &[("traces", &table)]).unwrap();
    assert!(list(&output.tables["traces"], "trace", 0).is_empty());
}

#[test]
fn threads_do_not_change_the_bytes() {
    let wave: Vec<f32> = (0..700).map(|i| 2.0 + (i as f32 * 0.37).sin()).collect();
    let segments: Vec<&[f32]> = (0..13).map(|i| &wave[i * 40..]).collect();
    let table = traces("fluorescence", 0.0, 0.02, &segments);
    let run = |threads| bytes(&DffStep, &params(2.0, 8.0), &[("traces", &table)], threads);
    assert_eq!(run(1), run(2));
}
