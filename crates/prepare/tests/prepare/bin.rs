//! `prepare.bin` on tables.

use crate::common::{bytes, epochs, intervals, issues, list, number, report, run, spikes};
use neuroloom_prepare::IntervalSelector;
use neuroloom_prepare::binning::{BinParams, BinStep};
use neuroloom_table::{Columns, TableBuilder, kinds};
use serde_json::json;

#[test]
fn counts_are_exact_on_decimal_edges() {
    // 0.7 / 0.1 = 6.999999999999999, yet 0.7 is edge 7 of bins of 0.1.
    let table = spikes(&[("0", &[0.0, 0.1, 0.2, 0.5, 0.7, 0.9, 1.0])]);
    let params = BinParams { start_s: Some(0.0), stop_s: Some(1.0), ..BinParams::new(0.1) };
    let output = run(&BinStep, &params, &[("spikes", &table)]).unwrap();
    let traces = &output.tables["traces"];
    let edges: Vec<f64> = (0..=10).map(|k| f64::from(k) * 0.1).collect();
    let times = list(&table, "spike_times_s", 0);
    let inside = |k: usize| times.iter().filter(|&&t| edges[k] <= t && t < edges[k + 1]).count() as f64;
    assert_eq!(list(traces, "trace", 0), (0..10).map(inside).collect::<Vec<_>>());
    assert_eq!(number(traces, "t0_s", 0), 0.05);
    assert_eq!(number(traces, "dt_s", 0), 0.1);
    assert_eq!(traces.text("signal").unwrap().get(0), Some("spike_count"));
    assert_eq!(traces.text("trace_unit").unwrap().get(0), Some("1"));
}

#[test]
fn a_silent_unit_counts_zero() {
    let table = spikes(&[("a", &[]), ("b", &[0.5, 2.5])]);
    let output = run(&BinStep, &BinParams::new(1.0), &[("spikes", &table)]).unwrap();
    let traces = &output.tables["traces"];
    assert_eq!(list(traces, "trace", 0), [0.0, 0.0, 0.0]);
    assert_eq!(list(traces, "trace", 1), [1.0, 0.0, 1.0]);
    assert_eq!(output.summary.warnings.len(), 1);
}

#[test]
fn the_last_spike_is_inside_even_on_an_edge() {
    let table = spikes(&[("a", &[0.5, 2.0])]);
    let output = run(&BinStep, &BinParams::new(1.0), &[("spikes", &table)]).unwrap();
    assert_eq!(list(&output.tables["traces"], "trace", 0), [1.0, 0.0, 1.0]);
}

#[test]
fn every_interval_becomes_a_segment_from_its_own_start() {
    let table = spikes(&[("a", &[1.0, 3.1, 3.9, 5.25, 9.0])]);
    let trials = intervals(&[
        ("trials", &["go"], 3.0, 5.0),
        ("trials", &["stop"], 0.0, 2.0),
        ("trials", &["go"], 5.25, 6.8),
        ("trials", &["go"], 8.0, 8.2),
    ]);
    let params = BinParams { within: Some(IntervalSelector::tagged("trials", "go")), ..BinParams::new(0.5) };
    let output = run(&BinStep, &params, &[("spikes", &table), ("intervals", &trials)]).unwrap();
    let traces = &output.tables["traces"];
    assert_eq!(list(traces, "trace", 0), [1.0, 1.0, 0.0, 0.0]);
    assert_eq!(list(traces, "trace", 1), [1.0, 0.0, 0.0]);
    assert_eq!([number(traces, "t0_s", 0), number(traces, "t0_s", 1)], [3.25, 5.5]);
    assert_eq!([number(traces, "segment", 1), number(traces, "interval_id", 1)], [1.0, 2.0]);
    assert!(output.summary.warnings[0].contains("shorter than a bin"));
}

#[test]
fn bins_outside_the_observed_stretches_are_nan() {
    let table = TableBuilder::new(kinds::SPIKES)
        .text("recording_id", ["rec"])
        .text("unit_id", ["a"])
        .lists("spike_times_s", [vec![1.2, 3.5]])
        .lists("observed_start_s", [vec![1.0, 3.0]])
        .lists("observed_stop_s", [vec![2.0, 5.0]])
        .finish()
        .unwrap();
    let output = run(&BinStep, &BinParams::new(1.0), &[("spikes", &table)]).unwrap();
    let counts = list(&output.tables["traces"], "trace", 0);
    assert_eq!(number(&output.tables["traces"], "t0_s", 0), 1.5, "the first observation starts the bins");
    assert!(counts[1].is_nan());
    assert_eq!([counts[0], counts[2], counts[3]], [1.0, 1.0, 0.0]);
}

#[test]
fn bad_parameters_are_named() {
    assert_eq!(
        issues("prepare.bin", json!({"dt_s": -1.0})),
        ["dt_s must be a finite number above 0, got -1"]
    );
    let found = issues("prepare.bin", json!({"dt_s": 0.1, "start_s": 3.0, "stop_s": 2.0}));
    assert_eq!(found, ["stop_s must be after start_s = 3, got 2"]);
    assert!(issues("prepare.bin", json!({}))[0].contains("dt_s is required"));
}

#[test]
fn bad_inputs_say_what_is_wrong() {
    let error = |table: &neuroloom_core::Table, params: &BinParams, intervals: &neuroloom_core::Table| {
        report(run(&BinStep, params, &[("spikes", table), ("intervals", intervals)]))
    };
    let plain = BinParams::new(0.5);
    let good = spikes(&[("a", &[0.5])]);

    assert!(error(&spikes(&[]), &plain, &epochs()).contains("nothing to bin"));
    assert!(error(&spikes(&[("a", &[])]), &plain, &epochs()).contains("give `stop_s`"));
    let nan = error(&spikes(&[("a", &[0.5, f64::NAN])]), &plain, &epochs());
    assert!(nan.contains("must be finite") && nan.contains("unit \"a\" at 1"), "{nan}");
    let unsorted = error(&spikes(&[("a", &[2.0, 1.5])]), &plain, &epochs());
    assert!(unsorted.contains("run backwards") && unsorted.contains("1.5 s after 2 s"), "{unsorted}");

    let wrong = |selector| BinParams { within: Some(selector), ..BinParams::new(0.5) };
    let set = error(&good, &wrong(IntervalSelector::set("trials")), &epochs());
    assert!(set.contains("the interval sets \"epochs\""), "{set}");
    let tag = error(&good, &wrong(IntervalSelector::tagged("epochs", "wkae")), &epochs());
    assert!(tag.contains("the tags \"sleep\", \"wake\""), "{tag}");
    let open = intervals(&[("epochs", &["wake"], 1.0, f64::NAN)]);
    let open = error(&good, &wrong(IntervalSelector::set("epochs")), &open);
    assert!(open.contains("epochs 0") && open.contains("[1, NaN)"), "{open}");
    let unconnected = report(run(&BinStep, &wrong(IntervalSelector::set("epochs")), &[("spikes", &good)]));
    assert!(unconnected.contains("`intervals` is not connected"));

    let endless = BinParams { stop_s: Some(1e6), ..BinParams::new(1e-6) };
    assert!(error(&good, &endless, &epochs()).contains("too many bins"));
}

#[test]
fn threads_do_not_change_the_bytes() {
    let times: Vec<Vec<f64>> = (0..17)
        .map(|unit| (0..500).map(|k| f64::from(k) * (0.01 + f64::from(unit) * 0.003)).collect())
        .collect();
    let names: Vec<String> = (0..17).map(|unit| unit.to_string()).collect();
    let trains: Vec<(&str, &[f64])> =
        names.iter().zip(&times).map(|(name, times)| (name.as_str(), times.as_slice())).collect();
    let table = spikes(&trains);
    let run = |threads| bytes(&BinStep, &BinParams::new(0.05), &[("spikes", &table)], threads);
    assert_eq!(run(1), run(2));
}
