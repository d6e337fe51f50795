//! `prepare.neuropil` on tables.

use crate::common::{bytes, issues, list, report, run, traces};
use neuroloom_core::Table;
use neuroloom_prepare::neuropil::{NeuropilParams, NeuropilStep};
use neuroloom_table::{Columns, TableBuilder, kinds};
use serde_json::json;

/// Units `a` and `b` with both signals; `t0_s` is that of the neuropil.
fn ophys(neuropil: [&[f32]; 2], t0_s: f64) -> Table {
    TableBuilder::new(kinds::TRACES)
        .text("recording_id", ["rec"; 4])
        .text("unit_id", ["a", "b", "a", "b"])
        .text("signal", ["fluorescence", "fluorescence", "neuropil", "neuropil"])
        .integers("segment", [0; 4])
        .numbers("t0_s", [0.0, 0.0, t0_s, t0_s])
        .numbers("dt_s", [0.1; 4])
        .lists_f32("trace", [vec![10.0, 12.0], vec![20.0, 30.0], neuropil[0].to_vec(), neuropil[1].to_vec()])
        .text("trace_unit", ["a.u."; 4])
        .finish()
        .unwrap()
}

#[test]
fn each_cell_loses_its_own_neuropil() {
    let table = ophys([&[2.0, 4.0], &[10.0, 20.0]], 0.0);
    let params = NeuropilParams { alpha: 0.5, ..NeuropilParams::default() };
    let output = run(&NeuropilStep, &params, &[("traces", &table)]).unwrap();
    let cells = &output.tables["traces"];
    assert_eq!(cells.n_rows(), 2);
    assert_eq!([list(cells, "trace", 0), list(cells, "trace", 1)], [[9.0, 10.0], [15.0, 20.0]]);
    assert_eq!(cells.text("signal").unwrap().get(1), Some("fluorescence"));
}

#[test]
fn signals_that_do_not_belong_together_are_refused() {
    let params = NeuropilParams::default();
    let late = ophys([&[2.0, 4.0], &[1.0, 2.0]], 5.0);
    let error = report(run(&NeuropilStep, &params, &[("traces", &late)]));
    assert!(error.contains("not sampled together") && error.contains("from 5 s on"), "{error}");
    let short = ophys([&[2.0], &[1.0, 2.0]], 0.0);
    let error = report(run(&NeuropilStep, &params, &[("traces", &short)]));
    assert!(error.contains("1 samples") && error.contains("unit \"a\""), "{error}");
    let alone = traces("fluorescence", 0.0, 0.1, &[&[1.0]]);
    let error = report(run(&NeuropilStep, &params, &[("traces", &alone)]));
    assert!(error.contains("\"neuropil\"") && error.contains("\"fluorescence\""), "{error}");
    let wrong = json!({"alpha": 1.5, "neuropil_signal": "fluorescence"});
    assert_eq!(issues("prepare.neuropil", wrong).len(), 2);
}

#[test]
fn a_negative_cell_is_warned_of() {
    let table = ophys([&[100.0, 100.0], &[1.0, 2.0]], 0.0);
    let output = run(&NeuropilStep, &NeuropilParams::default(), &[("traces", &table)]).unwrap();
    assert!(output.summary.warnings[0].starts_with("1 traces are negative"));
}

#[test]
fn threads_do_not_change_the_bytes() {
    let table = ophys([&[2.0, 4.0], &[1.0, f32::NAN]], 0.0);
    let run = |threads| bytes(&NeuropilStep, &NeuropilParams::default(), &[("traces", &table)], threads);
    assert_eq!(run(1), run(2));
}
