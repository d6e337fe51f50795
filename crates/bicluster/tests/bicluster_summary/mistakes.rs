//! What users see when inputs do not belong together.

use neuroloom_bicluster::steps::SummariseParams;
use neuroloom_core::Registry;
use serde_json::json;

use crate::support::{bins_table, draws, draws_table, inputs, simulated, simulation, summarise, units_table};

fn error(params: &SummariseParams, inputs: &neuroloom_core::Inputs) -> String {
    summarise(params, inputs).unwrap_err().report()
}

#[test]
fn draws_of_other_data_are_refused() {
    let mut truth = simulation();
    let found = draws_table(&draws(&truth));
    truth.states.pop();
    let report = error(&SummariseParams::default(), &inputs().with_table("bins", bins_table(&truth)));
    assert!(report.contains("expected: 1341 values") && report.contains("column paths"), "{report}");
    truth.labels.pop();
    let report = error(&SummariseParams::default(), &inputs().with_table("units", units_table(&truth)));
    assert!(report.contains("expected: 11 values") && report.contains("found: 12"), "{report}");
    let none = neuroloom_core::Table::from_checked(found.kind(), found.batch().slice(0, 0));
    let report = error(&SummariseParams::default(), &inputs().with_table("draws", none));
    assert!(report.contains("there are no draws of a recording"), "{report}");
}

#[test]
fn known_labels_that_do_not_fit_are_refused() {
    let asked = SummariseParams { epoch_set: Some("sleep".into()), ..Default::default() };
    let report = error(&asked, &inputs().with_table("epochs", simulated("epochs")));
    assert!(report.contains("one of \"states\"") && report.contains("found: \"sleep\""), "{report}");
    let column = SummariseParams { truth_column: "area".into(), ..Default::default() };
    let report = error(&column, &inputs().with_table("truth", simulated("units")));
    assert!(report.contains("no such column") && report.contains("area"), "{report}");
    let signal = SummariseParams { signal: "rate".into(), ..Default::default() };
    let report = error(&signal, &inputs().with_table("counts", simulated("counts")));
    assert!(report.contains("counts do not fit the draws") && report.contains("unit_00"), "{report}");
}

#[test]
fn every_wrong_parameter_is_named() {
    let registry = neuroloom_bicluster::steps::register(Registry::default());
    let step = registry.get("bicluster.summarise").unwrap();
    let wrong = [
        (json!({"max_draws": 3}), "max_draws must be at least 4, got 3"),
        (json!({"latent_draws": 0}), "latent_draws must be at least 1, got 0"),
        (json!({"similarity_bins": 30000}), "similarity_bins must be at most 20000, got 30000"),
        (json!({"signal": ""}), "signal must not be empty"),
    ];
    for (params, expected) in wrong {
        let issues = step.check(&params).err().unwrap();
        let issues: Vec<String> = issues.iter().map(ToString::to_string).collect();
        assert_eq!(issues, [expected]);
    }
}
