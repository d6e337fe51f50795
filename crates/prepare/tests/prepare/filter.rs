//! `prepare.filter` on tables.

use crate::common::{bytes, issues, number, report, run, spikes, traces};
use neuroloom_core::Table;
use neuroloom_prepare::filter::{FilterParams, FilterStep};
use neuroloom_table::Columns;
use serde_json::json;

/// `a` fires throughout 100 s, `b` at the start only, `c` never.
fn units() -> Table {
    let a: Vec<f64> = (0..=50).map(|i| f64::from(i) * 2.0).collect();
    let b: Vec<f64> = (0..100).map(|i| f64::from(i) * 0.1).collect();
    spikes(&[("a", &a), ("b", &b), ("c", &[])])
}

fn kept(params: &FilterParams) -> Vec<String> {
    let output = run(&FilterStep, params, &[("spikes", &units())]).unwrap();
    let table = &output.tables["spikes"];
    let units = table.text("unit_id").unwrap();
    (0..table.n_rows()).map(|row| units.get_or_empty(row).to_owned()).collect()
}

#[test]
fn units_stay_that_fire_enough_and_throughout() {
    let none = FilterParams { presence_bin_s: 10.0, ..FilterParams::default() };
    assert_eq!(kept(&none), ["a", "b", "c"]);
    assert_eq!(kept(&FilterParams { min_rate_hz: Some(0.4), ..none.clone() }), ["a", "b"]);
    assert_eq!(kept(&FilterParams { max_rate_hz: Some(0.6), ..none.clone() }), ["a", "c"]);
    assert_eq!(kept(&FilterParams { min_presence_ratio: Some(0.5), ..none.clone() }), ["a"]);
    let output = run(&FilterStep, &none, &[("spikes", &units())]).unwrap();
    let presence: Vec<f64> =
        (0..3).map(|row| number(&output.tables["spikes"], "presence_ratio", row)).collect();
    assert_eq!(presence, [1.0, 0.1, 0.0]);
    assert!((number(&output.tables["spikes"], "rate_hz", 1) - 1.0).abs() < 1e-12);
}

#[test]
fn traces_stay_whose_transients_stand_out() {
    let noise = |i: usize| 0.1 * ((i * i) as f64 * 0.7).sin();
    let quiet: Vec<f32> = (0..400).map(|i| noise(i) as f32).collect();
    let loud: Vec<f32> = (0..400).map(|i| (noise(i) + if i % 100 < 10 { 5.0 } else { 0.0 }) as f32).collect();
    let params = FilterParams { min_snr: Some(5.0), ..FilterParams::default() };
    let output = run(&FilterStep, &params, &[("traces", &traces("dff", 0.0, 0.1, &[&loud]))]).unwrap();
    assert!(number(&output.tables["traces"], "snr", 0) > 5.0);
    let error = report(run(&FilterStep, &params, &[("traces", &traces("dff", 0.0, 0.1, &[&quiet]))]));
    assert!(error.contains("no trace is good enough") && error.contains("signal-to-noise"), "{error}");
    let empty = report(run(&FilterStep, &params, &[("traces", &traces("dff", 0.0, 0.1, &[&[]]))]));
    assert!(empty.contains("no trace is good enough"), "{empty}");
}

#[test]
fn bad_inputs_say_what_is_wrong() {
    let params = FilterParams { min_snr: Some(1.0), ..FilterParams::default() };
    assert!(report(run(&FilterStep, &params, &[("spikes", &units())])).contains("the input `traces`"));
    assert!(report(run(&FilterStep, &FilterParams::default(), &[])).contains("nothing to filter"));
    let wrong =
        json!({"min_rate_hz": 2.0, "max_rate_hz": 1.0, "min_presence_ratio": 1.5, "presence_bin_s": 0.0});
    assert_eq!(issues("prepare.filter", wrong).len(), 3);
}

#[test]
fn threads_do_not_change_the_bytes() {
    let params = FilterParams { min_rate_hz: Some(0.1), ..FilterParams::default() };
    let run = |threads| bytes(&FilterStep, &params, &[("spikes", &units())], threads);
    assert_eq!(run(1), run(2));
}
