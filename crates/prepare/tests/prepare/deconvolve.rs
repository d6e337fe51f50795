//! `prepare.deconvolve` on tables.

use crate::common::{bytes, issues, list, number, report, run, traces};
use neuroloom_prepare::deconvolve::{BaselineFrom, CalciumModel, DeconvolveParams, DeconvolveStep, Kinetics};
use neuroloom_table::{Columns, TableBuilder, kinds};
use serde_json::json;

/// Events of 1 every 5 s that decay with 1 s, sampled at 10 Hz, with some noise on a level of 0.3.
fn calcium() -> Vec<f32> {
    let mut now = 0.0;
    let sample = |t: i32| {
        now = now * (-0.1_f64).exp() + if t % 50 == 20 { 1.0 } else { 0.0 };
        (0.3 + now + 0.03 * (f64::from(t * t) * 0.7).sin()) as f32
    };
    (0..500).map(sample).collect()
}

#[test]
fn events_are_found_when_they_were() {
    let table = traces("dff", 0.0, 0.1, &[&calcium()]);
    for s_min in [None, Some(0.4)] {
        let params = DeconvolveParams { s_min, ..DeconvolveParams::decaying(1.0) };
        let output = run(&DeconvolveStep, &params, &[("traces", &table)]).unwrap();
        let activity = list(&output.tables["traces"], "trace", 0);
        let near = |t: usize| activity[t - 1..=t + 1].iter().sum::<f64>();
        let found: Vec<f64> = (0..10).map(|k| near(20 + 50 * k)).collect();
        // The L1 penalty shrinks events; the smallest size does not.
        let least = if s_min.is_some() { 0.7 } else { 0.5 };
        assert!(found.iter().all(|size| *size > least), "{s_min:?}: {found:?}");
        let total: f64 = activity.iter().sum();
        assert!(total < 14.0, "{s_min:?}: {total}");
        let denoised = list(&output.tables["denoised"], "trace", 0);
        let source = list(&table, "trace", 0);
        let level = source.iter().zip(&denoised).map(|(y, c)| y - c).sum::<f64>() / 500.0;
        assert!((level - 0.3).abs() < 0.1, "{level}");
        assert_eq!(output.tables["traces"].text("signal").unwrap().get(0), Some("deconvolved"));
    }
}

#[test]
fn time_constants_noise_and_baseline_stand_beside_the_activity() {
    let truth = Kinetics::of_time_constants(0.1, 1.0, Some(0.25));
    let mut state = 1_u64;
    let mut uniform = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1_u64 << 53) as f64
    };
    let events: Vec<f64> = (0..20_000).map(|_| if uniform() < 0.05 { 1.0 } else { 0.0 }).collect();
    let mut noise = || 0.1 * 12.0_f64.sqrt() * (uniform() - 0.5);
    let trace: Vec<f32> = truth.calcium(&events).iter().map(|c| (0.3 + c + noise()) as f32).collect();
    let flat: Vec<f32> = (0..400).map(|t| if t % 2 == 0 { 0.1 } else { -0.1 }).collect();
    let table = traces("dff", 0.0, 0.1, &[&trace, &flat]);
    let params = DeconvolveParams { model: CalciumModel::Ar2, ..DeconvolveParams::default() };
    let output = run(&DeconvolveStep, &params, &[("traces", &table)]).unwrap();
    let found = |name: &str, row: usize| number(&output.tables["traces"], name, row);
    assert!((found("tau_decay_s", 0) - 1.0).abs() < 0.25, "{}", found("tau_decay_s", 0));
    assert!((found("tau_rise_s", 0) - 0.25).abs() < 0.12, "{}", found("tau_rise_s", 0));
    assert!((found("sigma", 0) - 0.1).abs() < 0.05, "{}", found("sigma", 0));
    assert!((found("baseline", 0) - 0.3).abs() < 0.3, "{}", found("baseline", 0));
    assert!(found("lambda", 0) > 0.0);
    assert_eq!(found("tau_decay_s", 1), found("tau_decay_s", 0), "what a trace does not tell, the others do");
    assert!(output.summary.warnings[0].starts_with("1 traces do not tell"), "{:?}", output.summary.warnings);
    assert_eq!(output.summary.figures[0].panels.len(), 2);
}

#[test]
fn known_kinetics_find_planted_events_of_order_2_at_their_sample() {
    let kinetics = Kinetics::of_time_constants(0.1, 1.0, Some(0.2));
    let events: Vec<f64> = (0..600).map(|t| if t % 60 == 25 { 1.0 } else { 0.0 }).collect();
    let trace: Vec<f32> = kinetics.calcium(&events).iter().map(|&c| c as f32).collect();
    let params = DeconvolveParams {
        model: CalciumModel::Ar2,
        tau_rise_s: Some(0.2),
        lambda: Some(0.0),
        baseline: BaselineFrom::Zero,
        ..DeconvolveParams::decaying(1.0)
    };
    let output = run(&DeconvolveStep, &params, &[("traces", &traces("dff", 0.0, 0.1, &[&trace]))]).unwrap();
    for (found, event) in list(&output.tables["traces"], "trace", 0).iter().zip(&events) {
        assert!((found - event).abs() < 1e-4, "{found} {event}");
    }
}

#[test]
fn nan_stays_nan_and_empty_stays_empty() {
    let mut trace = calcium();
    trace[100] = f32::NAN;
    let params = DeconvolveParams { lambda: Some(0.1), ..DeconvolveParams::decaying(1.0) };
    let output =
        run(&DeconvolveStep, &params, &[("traces", &traces("dff", 0.0, 0.1, &[&trace, &[]]))]).unwrap();
    let activity = list(&output.tables["traces"], "trace", 0);
    let nan: Vec<usize> = (0..500).filter(|&t| activity[t].is_nan()).collect();
    assert_eq!(nan, [100]);
    assert!(activity.iter().all(|s| s.is_nan() || *s >= 0.0));
    assert!(list(&output.tables["denoised"], "trace", 1).is_empty());
}

#[test]
fn bad_inputs_say_what_is_wrong() {
    let params = DeconvolveParams::decaying(1.0);
    let irregular = TableBuilder::new(kinds::TRACES)
        .text("recording_id", ["rec"])
        .text("unit_id", ["7"])
        .text("signal", ["dff"])
        .integers("segment", [0])
        .lists("t_s", [vec![0.0, 0.1, 0.4]])
        .lists("trace", [vec![1.0, 2.0, 3.0]])
        .text("trace_unit", ["1"])
        .finish()
        .unwrap();
    let error = report(run(&DeconvolveStep, &params, &[("traces", &irregular)]));
    assert!(error.contains("no regular time base") && error.contains("prepare.resample"), "{error}");
    let raw = traces("fluorescence", 0.0, 0.1, &[&[1.0]]);
    let error = report(run(&DeconvolveStep, &params, &[("traces", &raw)]));
    assert!(error.contains("\"dff\"") && error.contains("\"fluorescence\""), "{error}");
    let wrong = json!({"tau_decay_s": 0.0, "lambda": 1.0, "s_min": 1.0, "baseline_percentile": 200.0});
    assert_eq!(issues("prepare.deconvolve", wrong).len(), 3);
    let wrong =
        json!({"model": "ar2", "tau_decay_s": 0.5, "tau_rise_s": 0.6, "s_min": 1.0, "refine_events": 3});
    assert_eq!(issues("prepare.deconvolve", wrong).len(), 3);
    assert_eq!(issues("prepare.deconvolve", json!({"tau_rise_s": 0.6, "lambda": 0.0})).len(), 2);
    let noise = traces("dff", 0.0, 0.1, &[&[1.0, -1.0, 1.0, -1.0, 1.0, -1.0]]);
    let error = report(run(&DeconvolveStep, &DeconvolveParams::default(), &[("traces", &noise)]));
    assert!(error.contains("cannot be estimated") && error.contains("tau_decay_s"), "{error}");
}

#[test]
fn threads_do_not_change_the_bytes() {
    let wave = calcium();
    let segments: Vec<&[f32]> = (0..13).map(|i| &wave[i * 30..]).collect();
    let table = traces("dff", 0.0, 0.1, &segments);
    let run =
        |threads| bytes(&DeconvolveStep, &DeconvolveParams::decaying(1.0), &[("traces", &table)], threads);
    assert_eq!(run(1), run(2));
}
