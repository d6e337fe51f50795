//! `prepare.split` on tables.

use std::sync::Arc;

use crate::common::{bytes, inputs, intervals, issues, report, run, spikes, traces};
use neuroloom_core::{CancelToken, NoProgress, RunContext, Seed, Step, Table};
use neuroloom_prepare::IntervalSelector;
use neuroloom_prepare::split::{BlockOrder, Blocks, Fractions, SplitParams, SplitStep};
use neuroloom_table::Columns;
use serde_json::json;

/// 20 trials that alternate between two stimuli, and an epoch.
fn trials() -> Table {
    let mut rows: Vec<(&str, &[&str], f64, f64)> = (0..20)
        .map(|i| {
            (
                "trials",
                if i % 2 == 0 { &["left"][..] } else { &["right"][..] },
                f64::from(i),
                f64::from(i) + 0.5,
            )
        })
        .collect();
    rows.push(("zzz", &["wake"], 0.0, 20.0));
    intervals(&rows)
}

fn params() -> SplitParams {
    SplitParams { trials: Some(IntervalSelector::set("trials")), ..SplitParams::default() }
}

fn of_seed(seed: u64, params: &SplitParams, table: &Table) -> Vec<Option<String>> {
    let context = RunContext::new(".", 1, Seed::root(seed), Arc::new(NoProgress), CancelToken::default());
    let output = SplitStep.run(&context, params, &inputs(&[("intervals", table)])).unwrap();
    let split = &output.tables["intervals"];
    let parts = split.text("split").unwrap();
    (0..split.n_rows()).map(|row| parts.get(row).map(str::to_owned)).collect()
}

#[test]
fn parts_are_tags_that_other_steps_can_choose() {
    let output = run(&SplitStep, &params(), &[("intervals", &trials())]).unwrap();
    let split = &output.tables["intervals"];
    let n = |tag: &str| IntervalSelector::tagged("trials", tag).rows(split).unwrap().len();
    assert_eq!([n("train"), n("valid"), n("test")], [16, 2, 2]);
    assert_eq!(n("left"), 10, "the tags of the source stay");
    assert_eq!(split.text("split").unwrap().get(20), None, "the epoch is not split");
    assert_eq!(split.text_lists("tags").unwrap().get(20), ["wake"]);
}

#[test]
fn the_seed_decides_and_splitting_again_replaces_the_parts() {
    let table = trials();
    assert_eq!(of_seed(3, &params(), &table), of_seed(3, &params(), &table));
    assert_ne!(of_seed(3, &params(), &table), of_seed(4, &params(), &table));
    let once = run(&SplitStep, &params(), &[("intervals", &table)]).unwrap().tables["intervals"].clone();
    let all_test = SplitParams { fractions: Fractions { train: 0.0, valid: 0.0, test: 1.0 }, ..params() };
    let twice = run(&SplitStep, &all_test, &[("intervals", &once)]).unwrap().tables["intervals"].clone();
    assert_eq!(twice.text_lists("tags").unwrap().get(0), ["left", "test"]);
    assert_eq!(twice.batch().num_columns(), once.batch().num_columns());
}

#[test]
fn strata_are_spread_over_the_parts() {
    // Stratified by start: every trial is a stratum of its own; by set: all are one.
    let half = Fractions { train: 0.5, valid: 0.0, test: 0.5 };
    let by_start = SplitParams { stratify_by: Some("start_s".into()), fractions: half, ..params() };
    for seed in 0..5 {
        let parts = of_seed(seed, &by_start, &trials());
        assert_eq!(parts.iter().flatten().filter(|part| *part == "train").count(), 10);
    }
    let absent = SplitParams { stratify_by: Some("planet".into()), ..params() };
    let error = report(run(&SplitStep, &absent, &[("intervals", &trials())]));
    assert!(error.contains("\"planet\"") && error.contains("\"start_s\""), "{error}");
}

#[test]
fn held_out_units_are_the_same_in_all_tables() {
    let train: &[f64] = &[1.0];
    let spikes = spikes(&[("0", train), ("1", train), ("2", train), ("3", train)]);
    let traces = traces("dff", 0.0, 1.0, &[&[1.0]]);
    let params = SplitParams { held_out_units: Some(0.25), ..SplitParams::default() };
    let output = run(&SplitStep, &params, &[("spikes", &spikes), ("traces", &traces)]).unwrap();
    let names = |port: &str| {
        let table = &output.tables[port];
        let units = table.text("unit_id").unwrap();
        (0..table.n_rows()).map(|row| units.get_or_empty(row).to_owned()).collect::<Vec<_>>()
    };
    let (inside, outside) = (names("spikes"), names("held_out_spikes"));
    assert_eq!((inside.len(), outside.len()), (3, 1));
    assert!(!inside.contains(&outside[0]));
    let expected = if outside[0] == "0" { (0, 1) } else { (1, 0) };
    assert_eq!((names("traces").len(), names("held_out_traces").len()), expected);
}

fn of_blocks(blocks: Blocks) -> SplitParams {
    SplitParams { blocks: Some(blocks), ..SplitParams::default() }
}

fn blocks() -> Blocks {
    Blocks { length_s: 1.0, gap_s: 0.2, order: BlockOrder::InTime, within: None }
}

#[test]
fn blocks_of_time_are_intervals_that_other_steps_can_choose() {
    let traces = traces("dff", 0.0, 0.1, &[&[0.0; 100]]);
    let output = run(&SplitStep, &of_blocks(blocks()), &[("traces", &traces)]).unwrap();
    let table = &output.tables["blocks"];
    let of = |tag: &str| {
        let chosen = IntervalSelector::tagged("blocks", tag).supports(table).unwrap();
        let spans = chosen["rec"].spans().to_vec();
        (spans[0].start_s, spans[spans.len() - 1].stop_s)
    };
    let near = |(a, b): (f64, f64), (c, d): (f64, f64)| (a - c).abs() < 1e-9 && (b - d).abs() < 1e-9;
    assert!(near(of("train"), (0.0, 7.9)), "{:?}", of("train"));
    assert!(near(of("valid"), (8.1, 8.9)) && near(of("test"), (9.1, 10.0)));
    assert!(!output.tables.contains_key("traces"), "units are only split where asked for");
}

#[test]
fn blocks_lie_within_the_intervals_and_the_seed_deals_them() {
    let within = Some(IntervalSelector::tagged("zzz", "wake"));
    let params = of_blocks(Blocks { order: BlockOrder::Shuffled, within, ..blocks() });
    let of = |seed: u64| {
        let context = RunContext::new(".", 1, Seed::root(seed), Arc::new(NoProgress), CancelToken::default());
        let output = SplitStep.run(&context, &params, &inputs(&[("intervals", &trials())])).unwrap();
        let parts = output.tables["blocks"].text("split").unwrap();
        (0..output.tables["blocks"].n_rows())
            .map(|row| parts.get_or_empty(row).to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(of(1).len(), 20);
    assert_eq!(of(1).iter().filter(|part| *part == "train").count(), 16);
    assert_eq!(of(1), of(1));
    assert_ne!(of(1), of(2));
}

#[test]
fn bad_inputs_say_what_is_wrong() {
    assert!(report(run(&SplitStep, &of_blocks(blocks()), &[])).contains("`spikes` or `traces`"));
    let wrong = json!({"blocks": {"length_s": 1.0, "gap_s": 1.0, "within": {"interval_set": ""}}});
    assert_eq!(issues("prepare.split", wrong).len(), 2);
    let error = report(run(&SplitStep, &params(), &[]));
    assert!(error.contains("not connected") && error.contains("`intervals`"), "{error}");
    let units = SplitParams { held_out_units: Some(0.5), ..SplitParams::default() };
    assert!(report(run(&SplitStep, &units, &[("intervals", &trials())])).contains("`spikes` or `traces`"));
    assert_eq!(issues("prepare.split", json!({})).len(), 1);
    let wrong = json!({"fractions": {"train": 0.9, "test": 0.2}, "stratify_by": "x", "held_out_units": 1.0});
    assert_eq!(issues("prepare.split", wrong).len(), 3);
}

#[test]
fn threads_do_not_change_the_bytes() {
    let run = |threads| bytes(&SplitStep, &params(), &[("intervals", &trials())], threads);
    assert_eq!(run(1), run(2));
}
