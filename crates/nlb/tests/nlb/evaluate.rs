//! Scoring tables of rates.

use std::sync::Arc;

use arrow_array::{BooleanArray, Float64Array};
use neuroloom_core::Table;
use neuroloom_table::{Columns, TableBuilder, kinds};
use serde_json::json;

use crate::support::{lorenz, metric, refused, run};

/// The signal `from` of `trials` under the name `rate`, changed by `change` of row and values.
fn renamed(trials: &Table, from: &str, change: impl Fn(usize, &mut Vec<f64>)) -> Table {
    let (signals, values) = (trials.text("signal").unwrap(), trials.lists("value").unwrap());
    let rows: Vec<usize> = (0..trials.n_rows()).filter(|&row| signals.get(row) == Some(from)).collect();
    let text = |name: &str| {
        let column = trials.text(name).unwrap();
        rows.iter().map(|&row| column.get_or_empty(row).to_owned()).collect::<Vec<String>>()
    };
    let number = |name: &str| {
        let column = trials.numbers(name).unwrap();
        rows.iter().map(|&row| column.get(row).unwrap()).collect::<Vec<f64>>()
    };
    TableBuilder::new(kinds::TRIALS)
        .text("recording_id", text("recording_id"))
        .text("split", text("split"))
        .text("signal", rows.iter().map(|_| "rate"))
        .integers("trial", number("trial").iter().map(|&trial| trial as i64))
        .text("unit_id", text("unit_id"))
        .text("held", text("held"))
        .numbers("t0_s", number("t0_s"))
        .numbers("dt_s", number("dt_s"))
        .integers("n_observed", number("n_observed").iter().map(|&n| n as i64))
        .lists(
            "value",
            rows.iter().map(|&row| {
                let mut values = values.get(row).unwrap().into_owned();
                change(row, &mut values);
                values
            }),
        )
        .text("value_unit", text("value_unit"))
        .finish()
        .unwrap()
}

#[test]
fn true_rates_score_as_the_truth_and_are_met_exactly() {
    let trials = lorenz(&json!({ "n_repeats": 4 }));
    let rates = renamed(&trials, "rate_truth", |_, _| {});
    let output =
        run("nlb.evaluate", &json!({ "behaviour": "latent" }), &[("trials", &trials), ("rates", &rates)])
            .unwrap();
    for name in ["co_bps", "fp_bps", "reconstruction_bps"] {
        let (own, truth) =
            (metric(&output, name).unwrap(), metric(&output, &format!("truth_{name}")).unwrap());
        assert!((own - truth).abs() < 1e-12 && own > 0.1, "{name}: {own} {truth}");
    }
    assert_eq!(metric(&output, "rate_r2"), Some(1.0));
    // The latents are linear in the logarithms of the rates, so a linear decoder finds most of them.
    assert!(metric(&output, "velocity_r2").unwrap() > 0.9);
    let table = &output.tables["metrics"];
    let (metrics, channels) = (table.text("metric").unwrap(), table.text("channel").unwrap());
    let of = |row: &usize| metrics.get(*row) == Some("velocity_r2");
    let channels: Vec<Option<&str>> = (0..table.n_rows()).filter(of).map(|row| channels.get(row)).collect();
    assert_eq!(channels, [None, Some("x"), Some("y"), Some("z")]);
    let names: Vec<&str> = output.summary.figures.iter().map(|figure| figure.name.as_str()).collect();
    assert_eq!(names, ["bits_per_spike", "responses", "decoding", "rates"]);
    let responses = output.tables["psth"].n_rows();
    assert!(responses > 0 && responses.is_multiple_of(29), "{responses}");
}

#[test]
fn rates_that_saw_what_they_predict_are_found_out() {
    let trials = lorenz(&json!({ "n_repeats": 4 }));
    let seen = renamed(&trials, "spike_count", |_, values| {
        values.iter_mut().for_each(|value| *value = *value * 0.9 + 0.05);
    });
    let inputs = [("trials", &trials), ("rates", &seen)];
    let error = run("nlb.evaluate", &json!({}), &inputs).unwrap_err().report();
    assert!(
        error.contains("what was to be predicted was seen") && error.contains("co_bps of the valid"),
        "{error}"
    );
    let output = run("nlb.evaluate", &json!({ "leak": "warn" }), &inputs).unwrap();
    assert_eq!(output.summary.warnings.len(), 3);
    assert!(metric(&output, "co_bps") > metric(&output, "truth_co_bps"));
}

#[test]
fn bits_may_be_counted_from_the_training_means() {
    let trials = lorenz(&json!({ "n_repeats": 4 }));
    let rates = renamed(&trials, "rate_truth", |_, _| {});
    let score = |from: &str| {
        let output =
            run("nlb.evaluate", &json!({ "bps_null": from }), &[("trials", &trials), ("rates", &rates)]);
        metric(&output.unwrap(), "co_bps").unwrap()
    };
    // The means of the very spikes are their best constant rates: nothing beats them by more.
    assert!(score("train") > score("evaluated"));
}

#[test]
fn rates_without_forward_bins_have_no_forward_score() {
    let trials = lorenz(&json!({ "n_repeats": 2 }));
    let rates = renamed(&trials, "rate_truth", |_, values| values.truncate(40));
    let output = run("nlb.evaluate", &json!({}), &[("trials", &trials), ("rates", &rates)]).unwrap();
    assert_eq!(metric(&output, "fp_bps"), None);
    assert!(output.summary.metrics.iter().any(|own| own.name == "fp_bps"));
    assert!(metric(&output, "co_bps").is_some() && metric(&output, "truth_fp_bps").is_some());
}

#[test]
fn each_decode_mask_has_a_decoder() {
    let trials = lorenz(&json!({ "n_repeats": 8 }));
    let rates = renamed(&trials, "rate_truth", |_, _| {});
    let places = trials.numbers("trial").unwrap();
    let even: Vec<bool> = (0..trials.n_rows()).map(|row| places.get(row).unwrap() as i64 % 2 == 0).collect();
    let masked = with_columns(
        &trials,
        vec![
            ("decode_mask_even", Arc::new(BooleanArray::from(even.clone()))),
            ("decode_mask_odd", Arc::new(even.iter().map(|even| Some(!even)).collect::<BooleanArray>())),
        ],
    );
    let output =
        run("nlb.evaluate", &json!({ "behaviour": "latent" }), &[("trials", &masked), ("rates", &rates)])
            .unwrap();
    let table = &output.tables["metrics"];
    let notes = table.text("note").unwrap();
    assert!(
        (0..table.n_rows()).any(|row| notes.get(row).is_some_and(|note| note.contains("2 groups of trials")))
    );
}

/// `trials` with further columns.
fn with_columns(trials: &Table, columns: Vec<(&str, arrow_array::ArrayRef)>) -> Table {
    let batch = trials.batch();
    let schema = batch.schema();
    let mut builder = TableBuilder::new(kinds::TRIALS);
    let known = neuroloom_table::spec(kinds::TRIALS).unwrap();
    for (field, array) in schema.fields().iter().zip(batch.columns()) {
        builder = match known.column(field.name()) {
            Some(_) => builder.array(field.name(), Arc::clone(array)),
            None => builder.extra(field.name(), None, Arc::clone(array)),
        };
    }
    for (name, array) in columns {
        builder = builder.extra(name, None, array);
    }
    builder.finish().unwrap()
}

#[test]
fn a_produced_interval_is_correlated_with_the_speed_of_the_rates() {
    let trials = lorenz(&json!({ "n_repeats": 4 }));
    let rates = renamed(&trials, "rate_truth", |_, _| {});
    let places = trials.numbers("trial").unwrap();
    let produced: Float64Array =
        (0..trials.n_rows()).map(|row| Some((places.get(row).unwrap() * 7.0) % 11.0)).collect();
    let timed = with_columns(&trials, vec![("tp", Arc::new(produced))]);
    let params = json!({ "produced_interval": { "column": "tp", "by": ["held"] } });
    let output = run("nlb.evaluate", &params, &[("trials", &timed), ("rates", &rates)]).unwrap();
    assert!(metric(&output, "tp_correlation").unwrap().abs() < 1.0);
    let error = run("nlb.evaluate", &params, &[("trials", &trials), ("rates", &rates)]).unwrap_err().report();
    assert!(error.contains("lacks a column") && error.contains("tp"), "{error}");
}

#[test]
fn rates_that_do_not_fit_are_refused() {
    let trials = lorenz(&json!({ "n_repeats": 2 }));
    let refuse = |params: serde_json::Value, rates: &Table, message: &str| {
        let error =
            run("nlb.evaluate", &params, &[("trials", &trials), ("rates", rates)]).unwrap_err().report();
        assert!(error.contains(message), "{error}");
    };
    let truth = || renamed(&trials, "rate_truth", |_, _| {});
    let changed = |value: f64| renamed(&trials, "rate_truth", move |_, values| values[3] = value);
    refuse(json!({}), &changed(f64::NAN), "a rate is missing or no rate");
    refuse(json!({}), &changed(-1.0), "a rate is missing or no rate");
    refuse(json!({ "splits": ["test"] }), &truth(), "there are no trials of a split");
    refuse(json!({ "behaviour": "hand_vel" }), &truth(), "no such signal to decode");
    let short = renamed(&trials, "rate_truth", |_, values| values.truncate(9));
    refuse(json!({}), &short, "a rate is missing");
    let long = renamed(&trials, "rate_truth", |_, values| values.push(1.0));
    refuse(json!({}), &long, "not on the same bins");
    refuse(json!({}), &trials, "there are no rates of a recording");
    let issues =
        refused("nlb.evaluate", &json!({ "splits": ["eval"], "psth_sigma_s": 0.0, "behaviour": "" }));
    assert_eq!(issues.len(), 3, "{issues:?}");
}
