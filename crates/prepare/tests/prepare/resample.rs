//! `prepare.resample` on tables.

use crate::common::{bytes, issues, list, number, report, run, traces};
use neuroloom_core::Table;
use neuroloom_prepare::resample::{ResampleMethod, ResampleParams, ResampleStep};
use neuroloom_table::{Columns, TableBuilder, kinds};
use serde_json::json;

fn irregular(times: &[f64], values: &[f64]) -> Table {
    TableBuilder::new(kinds::TRACES)
        .text("recording_id", ["rec"])
        .text("unit_id", ["7"])
        .text("signal", ["dff"])
        .integers("segment", [0])
        .lists("t_s", [times.to_vec()])
        .lists("trace", [values.to_vec()])
        .text("trace_unit", ["1"])
        .finish()
        .unwrap()
}

#[test]
fn explicit_times_become_a_regular_time_base() {
    let table = irregular(&[0.1, 0.3, 0.35, 0.8], &[1.0, 3.0, 3.5, 8.0]);
    let params = ResampleParams { start_s: Some(0.0), ..ResampleParams::new(ResampleMethod::Linear, 0.25) };
    let output = run(&ResampleStep, &params, &[("traces", &table)]).unwrap();
    let after = &output.tables["traces"];
    assert_eq!([number(after, "t0_s", 0), number(after, "dt_s", 0)], [0.25, 0.25]);
    assert!(after.lists("t_s").unwrap().get(0).is_none());
    let values = list(after, "trace", 0);
    assert!(values.iter().zip([2.5, 5.0, 7.5]).all(|(a, b)| (a - b).abs() < 1e-12), "{values:?}");
}

#[test]
fn a_long_gap_is_not_bridged() {
    let table = irregular(&[0.0, 1.0, 2.0, 3.0, 13.0, 14.0], &[0.0; 6]);
    let params = ResampleParams::new(ResampleMethod::Linear, 1.0);
    let output = run(&ResampleStep, &params, &[("traces", &table)]).unwrap();
    let values = list(&output.tables["traces"], "trace", 0);
    let nan: Vec<usize> = (0..values.len()).filter(|&k| values[k].is_nan()).collect();
    assert_eq!((values.len(), nan), (15, (4..13).collect()));
}

#[test]
fn decimation_keeps_the_slow_and_warns_of_aliases() {
    let wave: Vec<f32> = (0..500).map(|i| (i as f32 * 0.01).sin()).collect();
    let table = traces("dff", 1.0, 0.1, &[&wave, &wave[..7]]);
    let output =
        run(&ResampleStep, &ResampleParams::new(ResampleMethod::Fir, 0.5), &[("traces", &table)]).unwrap();
    let after = &output.tables["traces"];
    let values = list(after, "trace", 0);
    assert_eq!((values.len(), list(after, "trace", 1).len()), (100, 2));
    assert!((10..90).all(|k| (values[k] - (k as f64 * 0.05).sin()).abs() < 1e-3));
    assert!(output.summary.warnings.is_empty());
    let linear = ResampleParams::new(ResampleMethod::Linear, 0.5);
    let output = run(&ResampleStep, &linear, &[("traces", &table)]).unwrap();
    assert!(output.summary.warnings[0].contains("2 traces were made coarser"));
}

#[test]
fn bad_inputs_say_what_is_wrong() {
    let fir = ResampleParams::new(ResampleMethod::Fir, 0.5);
    let error = report(run(&ResampleStep, &fir, &[("traces", &irregular(&[0.0, 1.0, 3.0], &[1.0; 3]))]));
    assert!(error.contains("no regular time base") && error.contains("unit \"7\""), "{error}");
    let counts = traces("spike_count", 0.0, 0.1, &[&[1.0]]);
    let error = report(run(&ResampleStep, &fir, &[("traces", &counts)]));
    assert!(error.contains("cannot be resampled") && error.contains("hint"), "{error}");
    let tiny = ResampleParams::new(ResampleMethod::Linear, 1e-12);
    let table = traces("dff", 0.0, 0.1, &[&[0.0; 100]]);
    let error = report(run(&ResampleStep, &tiny, &[("traces", &table)]));
    assert!(error.contains("too many"), "{error}");
    let wrong = json!({"dt_s": -1.0, "method": "fir", "max_gap_s": 1.0});
    assert_eq!(issues("prepare.resample", wrong).len(), 2);
}

#[test]
fn an_empty_trace_stays_empty() {
    let params = ResampleParams::new(ResampleMethod::Fir, 0.5);
    let output = run(&ResampleStep, &params, &[("traces", &traces("dff", 0.0, 0.1, &[&[]]))]).unwrap();
    assert!(list(&output.tables["traces"], "trace", 0).is_empty());
}

#[test]
fn threads_do_not_change_the_bytes() {
    let wave: Vec<f32> = (0..700).map(|i| (i as f32 * 0.37).sin()).collect();
    let segments: Vec<&[f32]> = (0..13).map(|i| &wave[i * 40..]).collect();
    let table = traces("dff", 0.0, 0.02, &segments);
    let params = ResampleParams::new(ResampleMethod::Fir, 0.037);
    let run = |threads| bytes(&ResampleStep, &params, &[("traces", &table)], threads);
    assert_eq!(run(1), run(2));
}
