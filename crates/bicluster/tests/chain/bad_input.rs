//! Every error names what is wrong with which neuron in which bin.

use neuroloom_core::Table;
use neuroloom_table::{TableBuilder, kinds};
use serde_json::{Value, json};

use crate::runs::{context, few, run};

/// A row of a table of traces.
#[derive(Clone)]
struct Row {
    unit: &'static str,
    segment: i64,
    t0_s: f64,
    dt_s: f64,
    counts: Vec<f64>,
}

fn row(unit: &'static str, counts: &[f64]) -> Row {
    Row { unit, segment: 0, t0_s: 0.05, dt_s: 0.1, counts: counts.to_vec() }
}

fn busy(unit: &'static str) -> Row {
    row(unit, &[1.0, 0.0, 2.0, 3.0, 1.0, 0.0, 0.0, 4.0, 1.0, 2.0, 0.0, 1.0])
}

fn table(rows: &[Row]) -> Table {
    TableBuilder::new(kinds::TRACES)
        .text("recording_id", rows.iter().map(|_| "rec"))
        .text("unit_id", rows.iter().map(|row| row.unit))
        .text("signal", rows.iter().map(|_| "spike_count"))
        .integers("segment", rows.iter().map(|row| row.segment))
        .numbers("t0_s", rows.iter().map(|row| row.t0_s))
        .numbers("dt_s", rows.iter().map(|row| row.dt_s))
        .text("trace_unit", rows.iter().map(|_| "1"))
        .lists("trace", rows.iter().map(|row| row.counts.clone()))
        .finish()
        .unwrap()
}

fn report(rows: &[Row], more: Value) -> String {
    let folder = tempfile::tempdir().unwrap();
    let mut params = few();
    for (key, value) in more.as_object().unwrap() {
        params[key] = value.clone();
    }
    run(&context(folder.path(), 1), params, &table(rows)).unwrap_err().report()
}

fn assert_says(report: &str, parts: &[&str]) {
    for part in parts {
        assert!(report.contains(part), "{part:?} is missing in\n{report}");
    }
}

#[test]
fn entries_that_are_no_counts_are_named() {
    for (value, said) in [(-1.0, "-1"), (0.5, "0.5"), (f64::INFINITY, "inf"), (2e6, "2000000")] {
        let mut wrong = busy("b");
        wrong.counts[7] = value;
        assert_says(&report(&[busy("a"), wrong], json!({})), &["no spike count", "\"b\"", "at 7", said]);
    }
}

#[test]
fn bins_that_do_not_fit_are_named() {
    let two = |second: Row| report(&[busy("a"), second], json!({}));
    assert_says(&two(Row { dt_s: 0.0, ..busy("b") }), &["no width", "\"b\"", "dt_s 0"]);
    assert_says(
        &two(Row { dt_s: 0.2, t0_s: 0.1, ..busy("b") }),
        &["different bins", "\"b\"", "dt_s 0.2", "dt_s 0.1"],
    );
    assert_says(&two(Row { t0_s: 3.05, ..busy("b") }), &["different bins", "\"b\"", "3 s"]);
    assert_says(&two(row("b", &[1.0; 11])), &["numbers of bins", "\"b\"", "11 bins", "12 bins"]);
    assert_says(&two(Row { segment: 1, ..busy("b") }), &["different segments", "\"b\""]);
    assert_says(&report(&[busy("a"), busy("a")], json!({})), &["stands twice", "\"a\""]);
    let short = [row("a", &[1.0, 2.0]), row("b", &[1.0, 0.0])];
    assert_says(&report(&short, json!({})), &["too short", "segment 0", "at least 3"]);
    let few_bins = [row("a", &[1.0; 9]), row("b", &[1.0; 9])];
    assert_says(&report(&few_bins, json!({})), &["too few bins", "at least 10", "9"]);
}

#[test]
fn silent_and_missing_neurons_are_named() {
    let silent = row("quiet", &[0.0; 12]);
    let masked = row("masked", &[f64::NAN; 12]);
    let rows = [busy("a"), silent, masked];
    assert_says(&report(&rows, json!({"silent": "error"})), &["no spike", "\"masked\"", "silent: drop"]);
    assert_says(&report(&rows, json!({})), &["too few neurons", "1 of 3"]);
    assert_says(&report(&[busy("a")], json!({})), &["too few neurons", "at least 2"]);
}

#[test]
fn bins_far_too_wide_are_told() {
    let wide = |unit| row(unit, &[5000.0; 12]);
    assert_says(&report(&[wide("a"), wide("b")], json!({})), &["too wide", "5000", "dt_s"]);
}

#[test]
fn limits_and_signals_are_checked() {
    let rows = [busy("a"), busy("b")];
    assert_says(
        &report(&rows, json!({"priors": {"max_clusters": 3}})),
        &["more clusters than neurons", "at most 2", "3"],
    );
    assert_says(&report(&rows, json!({"signal": "rate"})), &["no spike counts", "\"rate\"", "spike_count"]);
}
