//! The layers of AlexNet in the shipped RDMs of 92 images.

use neuroloom_core::{Inputs, Registry, RunContext, StepOutput, Table};
use neuroloom_table::Columns;
use neuroloom_testkit::workspace_root;
use serde_json::{Value, json};

use crate::step::identify;

/// RDMs and index, one RDM per layer and measurement.
pub fn layers() -> StepOutput {
    let registry = neuroloom_io::register(Registry::default());
    let step = registry.get("ingest.rdms").unwrap();
    let params = json!({
        "path": "rsa92.h5", "conditions": "stimulus", "select": { "group": "alexnet_layer_measurement" },
        "name": ["layer", "measurement"], "subject": "measurement", "region": "layer",
    });
    let folder = workspace_root().join("data/rsa92");
    step.run(&RunContext::for_test(folder), &step.check(&params).unwrap(), &Inputs::default()).unwrap()
}

fn accuracy(table: &Table, level: &str, descriptor: &str) -> f64 {
    let (levels, names) = (table.text("level").unwrap(), table.text("descriptor").unwrap());
    let is_it = |row: &usize| levels.get(*row) == Some(level) && names.get(*row) == Some(descriptor);
    let row = (0..table.n_rows()).find(is_it).unwrap_or_else(|| panic!("no {descriptor}"));
    table.numbers("accuracy").unwrap().get(row).unwrap()
}

fn params(value: Value) -> Value {
    let mut params = json!({ "n_bootstrap": 0 });
    params.as_object_mut().unwrap().extend(value.as_object().unwrap().clone());
    params
}

#[test]
fn layers_are_identified_as_often_as_in_an_independent_computation() {
    let layers = layers();
    let output = identify(&layers.tables, params(json!({ "grid": true }))).unwrap();
    let table = &output.tables["accuracy"];
    // Percentages of an independent computation, one decimal; the unit that is left out is the measurement.
    let cases = [
        ("raw", 28.6),
        ("rank", 87.3),
        ("geotop(l=0.4, u=0.6)", 90.5),
        ("geotop(l=0.1, u=0.2)", 90.5),
        ("geotop(l=0, u=0.2)", 85.7),
        ("geotop(l=0.8, u=1)", 82.5),
    ];
    for (descriptor, percent) in cases {
        let found = 100.0 * accuracy(table, "descriptor", descriptor);
        assert!((found - percent).abs() < 0.06, "{descriptor}: {found} instead of {percent}");
    }
    let (lower, upper) = (table.numbers("l").unwrap(), table.numbers("u").unwrap());
    let best_where = |is_such: &dyn Fn(f64) -> bool| {
        let cells = (0..table.n_rows())
            .filter(|&row| lower.get(row).zip(upper.get(row)).is_some_and(|(l, u)| is_such(l) && is_such(u)));
        cells.map(|row| table.numbers("accuracy").unwrap().get(row).unwrap()).fold(0.0, f64::max)
    };
    // The reference had steps of 0.1. The published grid has finer ones, and a cell that is better by one RDM of 63.
    let coarse = best_where(&|quantile| ((10.0 * quantile).round() - 10.0 * quantile).abs() < 1e-9);
    assert!((100.0 * coarse - 90.5).abs() < 0.06, "{coarse}");
    let best = best_where(&|_| true);
    assert!((best - 58.0 / 63.0).abs() < 1e-12, "{best}");
    let nested = accuracy(table, "nested_best", "best cell of the grid, chosen without the subject");
    assert!(nested <= best && nested > 0.7, "{nested}");
    assert!(table.numbers("chance").unwrap().get(0).unwrap() == 1.0 / 9.0);
}

#[test]
fn ranks_tell_layers_apart_that_raw_dissimilarities_do_not() {
    let layers = layers();
    let params = json!({ "n_bootstrap": 60, "classes": true, "cells_per_class": 2, "resample": "subjects" });
    let output = identify(&layers.tables, params).unwrap();
    let pairs = &output.tables["pairs"];
    let (a, b) = (pairs.text("class_a").unwrap(), pairs.text("class_b").unwrap());
    let row = (0..pairs.n_rows()).find(|&row| a.get(row) == Some("rank") && b.get(row) == Some("raw"));
    let row = row
        .or_else(|| (0..pairs.n_rows()).find(|&row| a.get(row) == Some("raw") && b.get(row) == Some("rank")));
    let row = row.unwrap();
    assert!((pairs.numbers("difference").unwrap().get(row).unwrap().abs() - 0.587).abs() < 0.001);
    // In all 60 samples the ranks are better: the smallest p there is.
    assert!((pairs.numbers("p").unwrap().get(row).unwrap() - 2.0 / 61.0).abs() < 1e-12);
}
