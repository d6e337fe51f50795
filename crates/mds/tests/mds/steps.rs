//! The steps, from a simulated retina to assigned neurons.

use neuroloom_core::{Table, TableKind};
use neuroloom_mds::{DesignFormat, write_design};
use neuroloom_table::{Columns, kinds};
use serde_json::json;

use crate::support::run;

fn simulated() -> std::collections::BTreeMap<&'static str, Table> {
    let cells = json!({"ON-s-large": 12, "OFF-s-large": 12, "SbC": 8});
    run("simulate.retina", json!({"cells": cells, "train_clips": 2, "test_clips": 0}), &[]).unwrap().tables
}

fn search() -> serde_json::Value {
    json!({"frames": 30, "k_init": 6, "restarts": 3, "steps": 15, "steps_first": 30, "em_max": 5, "final_steps": 30,
           "split": {"max_passes": 0}, "min_report": 5})
}

fn value(table: &Table, method: &str, split: &str, metric: &str) -> f64 {
    let text = |name: &str, row: usize| table.text(name).unwrap().get(row).unwrap().to_owned();
    let wanted = |row: &usize| {
        text("method", *row) == method && text("split", *row) == split && text("metric", *row) == metric
    };
    let row = (0..table.n_rows()).find(wanted).unwrap();
    table.numbers("value").unwrap().get(row).unwrap()
}

#[test]
fn a_retina_is_clustered_its_stimuli_are_shown_and_new_neurons_are_assigned() {
    let retina = simulated();
    let inputs = [("cells", &retina["cells"]), ("stimuli", &retina["stimuli"])];
    let found = run("mds.cluster", search(), &inputs).unwrap();
    let kinds_of: Vec<TableKind> = found.tables.values().map(Table::kind).collect();
    assert!(kinds_of.contains(&kinds::MDS_CLUSTERS) && kinds_of.contains(&kinds::STIMULI));
    assert_eq!(found.tables["clusters"].n_rows(), 32);
    let shown = run(
        "simulate.retina_responses",
        json!({"repeats": 3}),
        &[("cells", &retina["cells"]), ("stimuli", &found.tables["mds_stimuli"])],
    )
    .unwrap();
    let assigned = run(
        "mds.assign",
        json!({"resamples": 20}),
        &[
            ("responses", &shown.tables["responses"]),
            ("mds_stimuli", &found.tables["mds_stimuli"]),
            ("clusters", &found.tables["clusters"]),
        ],
    )
    .unwrap();
    let evaluated = run(
        "mds.evaluate",
        json!({"k": 3}),
        &[
            ("known_types", &retina["known_types"]),
            ("clusters", &found.tables["clusters"]),
            ("assignment", &assigned.tables["assignment"]),
            ("responses", &retina["responses"]),
        ],
    )
    .unwrap();
    let agreement = &evaluated.tables["agreement"];
    for (method, split) in [("mds", "fit"), ("mds", "held_out"), ("mds_assign", "assigned")] {
        // More clusters than types are no mistake of so short a search; mixed ones are.
        let purity = value(agreement, method, split, "purity");
        assert!(purity > 0.85, "{method} {split}: {purity}");
        assert!(value(agreement, method, split, "ari") > 0.2);
    }
    assert!(value(agreement, "kmeans_chirp", "all", "ari") > 0.3);
    let confidence = assigned.tables["assignment"].numbers("confidence").unwrap();
    assert!((0..32).all(|row| (0.0..=1.0).contains(&confidence.get(row).unwrap())));
}

#[test]
fn given_labels_and_the_released_search_need_no_chunks() {
    let retina = simulated();
    let start = ("start", &retina["known_types"]);
    let inputs = [("cells", &retina["cells"]), ("stimuli", &retina["stimuli"]), start];
    let mut params = search();
    params["init"] = json!("given");
    let found = run("mds.cluster", params.clone(), &inputs).unwrap();
    let trace = &found.tables["em_trace"];
    // Before anything else the three types are the clusters.
    assert_eq!(trace.integers("n_clusters").unwrap().value(0), 3);
    params["init"] = json!("chunks");
    params["variant"] = json!("released");
    params["frames"] = json!(20);
    params["final_steps"] = json!(5);
    let found = run("mds.cluster", params, &inputs).unwrap();
    let trace = &found.tables["em_trace"];
    assert!(found.tables["agreement"].n_rows() == 0, "one search");
    assert_eq!(
        (trace.integers("n_clusters").unwrap().value(0), trace.integers("steps").unwrap().value(0)),
        (5, 50)
    );
}

#[test]
fn stimuli_are_written_for_the_rig() {
    let retina = simulated();
    let folder = tempfile::tempdir().unwrap();
    let stimuli = run(
        "mds.cluster",
        json!({"frames": 30, "k_init": 2, "restarts": 1, "steps": 2, "steps_first": 2, "em_max": 1,
        "final_steps": 2, "split": {"max_passes": 0}}),
        &[("cells", &retina["cells"]), ("stimuli", &retina["stimuli"])],
    )
    .unwrap()
    .tables
    .remove("mds_stimuli")
    .unwrap();
    let rig = folder.path().join("rig");
    let written = write_design(&stimuli, &rig, &[DesignFormat::Npy, DesignFormat::Png]).unwrap();
    assert_eq!(written.len(), stimuli.n_rows() * 31);
    let about: serde_json::Value =
        serde_json::from_slice(&std::fs::read(rig.join("stimuli.json")).unwrap()).unwrap();
    let first = &about["stimuli"][0];
    assert_eq!(
        (&first["stimulus"], &first["frames"], &first["height_px"]),
        (&json!("mds_0"), &json!(30), &json!(18))
    );
    assert!((first["frame_rate_hz"].as_f64().unwrap() - 30.0).abs() < 1e-9);
    assert_eq!(first["display_level"], json!({"of_0": 127.5, "per_1": 40.0}));
    assert_eq!(about["files"].as_array().unwrap().len(), written.len());
    assert!(rig.join("mds_0_c0_f0029.png").exists());
}

#[test]
fn wrong_inputs_are_told() {
    let retina = simulated();
    let refused = |id: &str, params, inputs: &[(&str, &Table)]| run(id, params, inputs).unwrap_err().report();
    let cells = ("cells", &retina["cells"]);
    let report = refused("mds.cluster", search(), &[cells]);
    assert!(report.contains("`norm` asks for windows of a training movie"), "{report}");
    let report = refused("mds.cluster", search(), &[]);
    assert!(report.contains("either the input `encoder` or the input `cells`"), "{report}");
    let given = json!({"frames": 30, "norm": 50, "k_init": 2, "init": "given"});
    let report = refused("mds.cluster", given.clone(), &[cells]);
    assert!(report.contains("`init: given` asks for labels"), "{report}");
    let other = run("simulate.retina", json!({"cells": {"SbC": 2}, "train_clips": 1, "test_clips": 0}), &[]);
    let report = refused("mds.cluster", given, &[cells, ("start", &other.unwrap().tables["known_types"])]);
    assert!(report.contains("a neuron has no label to start from"), "{report}");
    let report = refused("mds.cluster", json!({"frames": 30, "norm": 50, "k_init": 40}), &[cells]);
    assert!(report.contains("fewer fitted neurons than clusters"), "{report}");
    let stimuli = ("mds_stimuli", &retina["stimuli"]);
    let report = refused("mds.assign", json!({}), &[("responses", &retina["responses"]), stimuli]);
    assert!(report.contains("`rule: template` asks for the fitted neurons"), "{report}");
    let rule = json!({"rule": "argmax", "window": 1000});
    let report = refused("mds.assign", rule, &[("responses", &retina["responses"]), stimuli]);
    assert!(report.contains("the response window is longer than the stimulus"), "{report}");
    let registry = neuroloom_mds::register(neuroloom_core::Registry::default());
    for (params, message) in [
        (json!({"tau": 0}), "tau must be a finite number above 0, got 0"),
        (json!({"k_init": 1}), "k_init must be between 2 and 100000, got 1"),
        (json!({"window": 60}), "window must be between 1 and `frames` (50), got 60"),
        (json!({"clip": [[1, 0]]}), "clip must be lower < upper, got [1, 0]"),
        (json!({"norm": -3}), "norm must be a finite number above 0, got -3"),
        (json!({"held_out": 1}), "held_out must be at least 0 and less than 1, got 1"),
    ] {
        let Err(issues) = registry.get("mds.cluster").unwrap().check(&params) else {
            panic!("{params} was taken");
        };
        assert_eq!(issues.iter().map(ToString::to_string).collect::<Vec<_>>(), [message]);
    }
}

#[cfg(not(feature = "onnx"))]
#[test]
fn without_its_reader_an_onnx_core_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["core.onnx", "readout.safetensors"] {
        std::fs::write(folder.path().join(name), b"").unwrap();
    }
    let params = json!({"path": "readout.safetensors", "onnx": "core.onnx"});
    let base = folder.path().to_str().unwrap();
    let report = crate::support::run_in(base, "mds.import_encoder", params, &[]).unwrap_err().report();
    assert!(report.contains("--features onnx") && report.contains("core.onnx"), "{report}");
}
