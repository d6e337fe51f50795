//! `prepare.zscore` on tables.

use crate::common::{bytes, issues, list, run, traces};
use neuroloom_prepare::zscore::{ZscoreParams, ZscorePool, ZscoreStep};
use neuroloom_table::Columns;
use serde_json::json;

#[test]
fn segments_share_their_scale_or_do_not() {
    let table = traces("dff", 0.0, 1.0, &[&[0.0, 2.0], &[4.0, 6.0]]);
    let scored = |over| {
        let params = ZscoreParams { over, robust: false };
        let output = run(&ZscoreStep, &params, &[("traces", &table)]).unwrap();
        let table = output.tables["traces"].clone();
        assert_eq!(table.text("signal").unwrap().get(0), Some("dff"));
        [list(&table, "trace", 0), list(&table, "trace", 1)].concat()
    };
    assert_eq!(scored(ZscorePool::Segment), [-1.0, 1.0, -1.0, 1.0]);
    let unit = scored(ZscorePool::Unit);
    let expected = [-3.0, -1.0, 1.0, 3.0].map(|x| x / 5.0_f64.sqrt());
    assert!(unit.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-6), "{unit:?}");
}

#[test]
fn nan_stays_nan_and_a_flat_trace_is_warned_of() {
    let table = traces("dff", 0.0, 1.0, &[&[1.0, f32::NAN, 3.0], &[5.0, 5.0]]);
    let params = ZscoreParams { over: ZscorePool::Segment, robust: false };
    let output = run(&ZscoreStep, &params, &[("traces", &table)]).unwrap();
    let scored = list(&output.tables["traces"], "trace", 0);
    assert!(scored[1].is_nan());
    assert_eq!([scored[0], scored[2]], [-1.0, 1.0]);
    assert!(list(&output.tables["traces"], "trace", 1).iter().all(|x| x.is_nan()));
    assert!(output.summary.warnings[0].starts_with("1 traces do not vary"));
}

#[test]
fn a_pool_that_does_not_exist_is_refused() {
    assert_eq!(issues("prepare.zscore", json!({"over": "planet"})).len(), 1);
}

#[test]
fn threads_do_not_change_the_bytes() {
    let wave: Vec<f32> = (0..700).map(|i| (i as f32 * 0.37).sin()).collect();
    let segments: Vec<&[f32]> = (0..13).map(|i| &wave[i * 40..]).collect();
    let table = traces("dff", 0.0, 0.02, &segments);
    let run = |threads| bytes(&ZscoreStep, &ZscoreParams::default(), &[("traces", &table)], threads);
    assert_eq!(run(1), run(2));
}
