//! `prepare.detrend` on tables.

use crate::common::{bytes, issues, list, run, traces};
use neuroloom_prepare::detrend::{DetrendParams, DetrendStep};
use serde_json::json;

fn detrended(params: &DetrendParams, segments: &[&[f32]]) -> Vec<Vec<f64>> {
    let output = run(&DetrendStep, params, &[("traces", &traces("dff", 0.0, 1.0, segments))]).unwrap();
    (0..segments.len()).map(|row| list(&output.tables["traces"], "trace", row)).collect()
}

#[test]
fn a_drift_goes_and_a_transient_stays() {
    let mut trace: Vec<f32> = (0..200).map(|i| 5.0 + 0.25 * i as f32).collect();
    trace[100] += 8.0;
    let flat = &detrended(&DetrendParams::default(), &[&trace])[0];
    assert!((flat[100] - 8.0).abs() < 0.1);
    assert!(flat.iter().enumerate().all(|(i, x)| i == 100 || x.abs() < 0.1));
    let kept = &detrended(&DetrendParams { keep_mean: true, ..DetrendParams::default() }, &[&trace])[0];
    let mean = trace.iter().map(|&x| f64::from(x)).sum::<f64>() / 200.0;
    assert!(kept.iter().zip(flat).all(|(kept, flat)| (kept - flat - mean).abs() < 1e-4));
}

#[test]
fn a_break_starts_a_new_trend() {
    let steps: Vec<f32> = (0..20).map(|i| if i < 10 { i as f32 } else { 100.0 - 2.0 * i as f32 }).collect();
    let params = DetrendParams { breaks_s: vec![-5.0, 10.0, 500.0], ..DetrendParams::default() };
    assert!(detrended(&params, &[&steps])[0].iter().all(|x| x.abs() < 1e-6));
    assert!(detrended(&DetrendParams::default(), &[&steps])[0].iter().any(|x| x.abs() > 10.0));
}

#[test]
fn a_stretch_too_short_for_a_trend_is_nan() {
    let params = DetrendParams { order: 2, ..DetrendParams::default() };
    let table = traces("dff", 0.0, 1.0, &[&[1.0, 2.0, 5.0], &[1.0, 4.0, f32::NAN, 16.0, 25.0], &[]]);
    let output = run(&DetrendStep, &params, &[("traces", &table)]).unwrap();
    assert!(list(&output.tables["traces"], "trace", 0).iter().all(|x| x.is_nan()));
    let second = list(&output.tables["traces"], "trace", 1);
    assert!(second[2].is_nan() && second[0].abs() < 1e-6 && second[4].abs() < 1e-6);
    assert!(output.summary.warnings[0].starts_with("3 samples are NaN"));
}

#[test]
fn bad_parameters_are_named() {
    let wrong = json!({"order": 40, "breaks_s": [2.0, 1.0]});
    assert_eq!(issues("prepare.detrend", wrong).len(), 2);
}

#[test]
fn threads_do_not_change_the_bytes() {
    let wave: Vec<f32> = (0..700).map(|i| (i as f32 * 0.37).sin()).collect();
    let segments: Vec<&[f32]> = (0..13).map(|i| &wave[i * 40..]).collect();
    let table = traces("dff", 0.0, 0.02, &segments);
    let params = DetrendParams { order: 3, ..DetrendParams::default() };
    let run = |threads| bytes(&DetrendStep, &params, &[("traces", &table)], threads);
    assert_eq!(run(1), run(2));
}
