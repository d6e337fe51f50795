//! `prepare.smooth` on tables.

use crate::common::{bytes, issues, list, report, run, traces};
use neuroloom_prepare::smooth::{Edges, KernelShape, SmoothParams, SmoothStep};
use neuroloom_table::{Columns, TableBuilder, kinds};
use serde_json::json;

#[test]
fn counts_become_rates() {
    let table = traces("spike_count", 0.05, 0.1, &[&[2.0; 8], &[0.0; 3]]);
    let params = SmoothParams { to_rate: true, ..SmoothParams::new(KernelShape::Gaussian, 0.2) };
    let output = run(&SmoothStep, &params, &[("traces", &table)]).unwrap();
    let rates = &output.tables["traces"];
    assert!(list(rates, "trace", 0).iter().all(|rate| (rate - 20.0).abs() < 1e-5));
    assert_eq!(list(rates, "trace", 1), [0.0; 3], "segments do not leak into each other");
    assert_eq!(rates.text("signal").unwrap().get(0), Some("rate"));
    assert_eq!(rates.text("trace_unit").unwrap().get(0), Some("Hz"));
    let type_of =
        |table: &neuroloom_core::Table| table.batch().column_by_name("trace").unwrap().data_type().clone();
    assert_eq!(type_of(rates), type_of(&table), "the precision of the source is kept");
}

#[test]
fn nan_stays_nan_and_does_not_spread() {
    let table = traces("dff", 0.0, 0.1, &[&[1.0, f32::NAN, 1.0, 1.0]]);
    let params = SmoothParams::new(KernelShape::Boxcar, 0.3);
    let output = run(&SmoothStep, &params, &[("traces", &table)]).unwrap();
    let smoothed = list(&output.tables["traces"], "trace", 0);
    assert!(smoothed[1].is_nan());
    assert_eq!([smoothed[0], smoothed[2], smoothed[3]], [1.0; 3]);
}

#[test]
fn an_empty_trace_stays_empty() {
    for edges in [Edges::Renormalise, Edges::Zero, Edges::Reflect] {
        let params = SmoothParams { edges, ..SmoothParams::new(KernelShape::Gaussian, 0.2) };
        let output = run(&SmoothStep, &params, &[("traces", &traces("dff", 0.0, 0.1, &[&[]]))]).unwrap();
        assert!(list(&output.tables["traces"], "trace", 0).is_empty());
    }
}

#[test]
fn bad_inputs_say_what_is_wrong() {
    let params = SmoothParams::new(KernelShape::Gaussian, 0.2);
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
    let error = report(run(&SmoothStep, &params, &[("traces", &irregular)]));
    assert!(error.contains("no regular time base") && error.contains("unit \"7\"") && error.contains("hint"));
    let error = report(run(&SmoothStep, &params, &[("traces", &traces("dff", 0.0, -0.1, &[&[1.0]]))]));
    assert!(error.contains("-0.1 s"), "{error}");
    let rate = SmoothParams { to_rate: true, ..params };
    let error = report(run(&SmoothStep, &rate, &[("traces", &traces("dff", 0.0, 0.1, &[&[1.0]]))]));
    assert!(error.contains("only spike counts") && error.contains("\"dff\""), "{error}");
    assert_eq!(
        issues("prepare.smooth", json!({"width_s": 0.0, "truncate": -1.0})).len(),
        2,
        "both mistakes are reported"
    );
}

#[test]
fn threads_do_not_change_the_bytes() {
    let wave: Vec<f32> = (0..700).map(|i| (i as f32 * 0.37).sin()).collect();
    let segments: Vec<&[f32]> = (0..13).map(|i| &wave[i * 40..]).collect();
    let table = traces("dff", 0.0, 0.02, &segments);
    let params = SmoothParams::new(KernelShape::Exponential, 0.3);
    let run = |threads| bytes(&SmoothStep, &params, &[("traces", &table)], threads);
    assert_eq!(run(1), run(2));
}
