//! Models side by side.

use neuroloom_core::Table;
use neuroloom_table::Columns;
use serde_json::json;

use crate::support::{lorenz, refused, run};

fn scores(trials: &Table, step: &str) -> Table {
    let rates = run(step, &json!({}), &[("trials", trials)]).unwrap().tables["rates"].clone();
    run("nlb.evaluate", &json!({}), &[("trials", trials), ("rates", &rates)]).unwrap().tables["metrics"]
        .clone()
}

/// The score of all units in a table of `nlb.evaluate`.
fn overall(metrics: &Table, name: &str) -> f64 {
    let (metric, unit) = (metrics.text("metric").unwrap(), metrics.text("unit_id").unwrap());
    let row = (0..metrics.n_rows()).find(|&row| metric.get(row) == Some(name) && unit.get(row).is_none());
    metrics.numbers("value").unwrap().get(row.unwrap()).unwrap()
}

#[test]
fn every_model_has_its_scores_beside_those_of_the_truth() {
    let trials = lorenz(&json!({ "n_repeats": 4 }));
    let [smooth, mean] = ["rates.smooth", "rates.condition_mean"].map(|step| scores(&trials, step));
    let inputs = [("a", &smooth), ("b", &mean)];
    let out = run("nlb.compare", &json!({ "names": ["smooth", "mean"] }), &inputs).unwrap();
    let table = &out.tables["comparison"];
    let text = |name: &str| table.text(name).unwrap();
    let rows: Vec<usize> =
        (0..table.n_rows()).filter(|&row| text("metric").get(row) == Some("co_bps")).collect();
    let models = text("model");
    assert_eq!(rows.iter().map(|&row| models.get_or_empty(row)).collect::<Vec<_>>(), ["mean", "smooth"]);
    let values = table.numbers("value").unwrap();
    for (&row, metrics) in rows.iter().zip([&mean, &smooth]) {
        assert_eq!(values.get(row), Some(overall(metrics, "co_bps")));
        assert_eq!(table.numbers("truth").unwrap().get(row), Some(overall(metrics, "truth_co_bps")));
    }
    assert!((0..table.n_rows()).all(|row| !text("metric").get_or_empty(row).starts_with("truth_")));
    let figure = &out.summary.figures[0];
    assert!(figure.panels.iter().any(|panel| panel.title.starts_with("co-bps")), "{figure:?}");
}

#[test]
fn names_and_inputs_belong_together() {
    let scores = scores(&lorenz(&json!({ "n_repeats": 4 })), "rates.smooth");
    let both = json!({ "names": ["one", "other"] });
    let report = run("nlb.compare", &both, &[("a", &scores)]).unwrap_err().report();
    assert!(report.contains("inputs a, b") && report.contains("inputs a"), "{report}");
    let issues = refused("nlb.compare", &json!({ "names": ["one", "one", ""] }));
    assert_eq!(issues.len(), 2, "{issues:?}");
    assert_eq!(refused("nlb.compare", &json!({ "names": [] })).len(), 1);
}
