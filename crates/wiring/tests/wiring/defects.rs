//! Defects of the published pipeline, on the original files.

use std::collections::BTreeMap;

use neuroloom_core::Table;
use neuroloom_table::{Columns, TableBuilder, kinds};
use neuroloom_testkit::shared_data;
use serde_json::json;

use crate::anchors::all_readings;
use crate::support::{connectome, counts, n_present, readings};

fn edges(readings: &Table, profile: &str) -> Table {
    connectome(readings, &json!({ "profile": profile })).tables.remove("edges").unwrap()
}

/// The readings whose type is not `kind`.
fn without(readings: &Table, kind: &str) -> Table {
    let text = |column: &str| readings.text(column).unwrap();
    let kinds_written = text("type");
    let rows: Vec<usize> =
        (0..readings.n_rows()).filter(|row| kinds_written.get(*row) != Some(kind)).collect();
    let mut table = TableBuilder::new(kinds::CONNECTOME_READINGS)
        .integers("row", rows.iter().map(|row| readings.integers("row").unwrap().value(*row)))
        .numbers("weight", rows.iter().map(|row| readings.numbers("weight").unwrap().get(*row).unwrap()));
    for column in ["source", "pre", "post", "type", "weight_unit"] {
        table = table.text(column, rows.iter().map(|row| text(column).get(*row).unwrap()));
    }
    table.finish().unwrap()
}

#[test]
fn defect_e_padded_names_cost_the_published_rule_64_neurons() {
    let Some(path) = shared_data("celegans/connectome") else { return };
    let table = readings(&path);
    let (published, ours) = (edges(&table, "compat"), edges(&table, "exact"));
    for source in ["cook2019", "chklovskii"] {
        assert_eq!(counts(&ours, source)[0] - counts(&published, source)[0], 64, "{source}");
    }
}

#[test]
fn defect_f_monadic_synapses_are_571_pairs_and_38_percent_of_the_synapses() {
    let Some(path) = shared_data("celegans/connectome") else { return };
    let table = readings(&path);
    let (all, polyadic) = (edges(&table, "exact"), edges(&without(&table, "S"), "exact"));
    // 569 pairs have no polyadic row at all, two more (AVFL and FLPR to VB1) only one without weight.
    assert_eq!(counts(&all, "chklovskii")[3] - counts(&polyadic, "chklovskii")[3], 571);
    let total = |edges: &Table| -> f64 {
        let (sources, chem) = (edges.text("source").unwrap(), edges.numbers("chem").unwrap());
        let rows = (0..edges.n_rows()).filter(|row| sources.get(*row) == Some("chklovskii"));
        rows.map(|row| chem.get(row).unwrap()).sum()
    };
    let share = 1.0 - total(&polyadic) / total(&all);
    assert!((share - 0.38).abs() < 0.005, "{share}");
}

#[test]
fn defect_h_the_mean_over_distinct_values_changes_670_gap_pairs() {
    let Some(table) = all_readings() else { return };
    let mut output = connectome(&table, &json!({ "profile": "compat" }));
    let (edges, consensus) =
        (output.tables.remove("edges").unwrap(), output.tables.remove("consensus").unwrap());
    let mut gaps: BTreeMap<(i64, i64), Vec<f64>> = BTreeMap::new();
    let pair = |table: &Table, row: usize| {
        let slot = |name: &str| table.integers(name).unwrap().value(row);
        (slot("pre_slot"), slot("post_slot"))
    };
    for row in 0..edges.n_rows() {
        let gap = edges.numbers("gap").unwrap().get(row).unwrap();
        gaps.entry(pair(&edges, row)).or_default().extend(Some(gap).filter(|gap| *gap != 0.0));
    }
    let means = consensus.numbers("mean_gap_weight").unwrap();
    let changed = (0..consensus.n_rows()).filter(|row| {
        let values = &gaps[&pair(&consensus, *row)];
        means
            .get(*row)
            .is_some_and(|mean| (mean - values.iter().sum::<f64>() / values.len() as f64).abs() > 1e-6)
    });
    assert_eq!(changed.count(), 670);
}

#[test]
fn defect_h_the_published_uncertainty_is_missing_for_3760_of_4889_chemical_edges() {
    let Some(table) = all_readings() else { return };
    let mut output = connectome(&table, &json!({ "profile": "compat" }));
    let consensus = output.tables.remove("consensus").unwrap();
    assert_eq!(n_present(&consensus, "mean_chem_weight") - n_present(&consensus, "uncertainty"), 3760);
}
