//! What was planted is found, and nothing where nothing was planted.

use serde_json::{Value, json};

use crate::step_support::{numbers, run, run_seeded};

/// NMI of level 0 of every graph that a generator makes.
fn nmi(generator: &str, planted: Value, params: Value) -> Vec<f64> {
    let graphs = run(generator, planted, &[]).unwrap().tables;
    let found =
        run("community.nested_sbm", params, &[("edges", &graphs["edges"]), ("nodes", &graphs["truth"])]);
    let found = found.unwrap().tables;
    let inputs = [("partition", &found["partition"]), ("truth", &graphs["truth"])];
    let scores = run("community.score", json!({}), &inputs).unwrap().tables;
    let rows = numbers(&scores["scores"], "nmi").into_iter().zip(numbers(&scores["scores"], "level"));
    rows.filter(|(_, level)| *level == 0.0).map(|(nmi, _)| nmi).collect()
}

#[test]
fn strong_structure_is_found_wherever_it_is() {
    for structure in ["edges", "weights", "both"] {
        let planted = json!({
            "structure": structure, "n_graphs": 2, "edge_contrast": 15, "weight_contrast": 12, "mean_degree": 24,
        });
        let found = nmi("simulate.planted_graph", planted, json!({"restarts": 2}));
        assert_eq!(found, [1.0, 1.0], "{structure}");
    }
}

#[test]
fn weights_alone_show_nothing_to_a_model_without_weights() {
    let planted = json!({"structure": "weights", "n_graphs": 2, "weight_contrast": 12});
    let found = nmi("simulate.planted_graph", planted, json!({"restarts": 2, "weights": "none"}));
    assert_eq!(found, [0.0, 0.0]);
}

#[test]
fn random_graphs_are_one_group() {
    let planted = json!({"structure": "none", "n_graphs": 20, "n_nodes": 60, "mean_degree": 12});
    let graphs = run_seeded(3, "simulate.planted_graph", planted, &[]).unwrap().tables;
    let params = json!({"restarts": 1});
    let output = run("community.nested_sbm", params, &[("edges", &graphs["edges"])]).unwrap();
    let null = output.summary.warnings.iter().filter(|text| text.contains("no structure beyond")).count();
    assert!(null >= 19, "{null} of 20 graphs have one group");
}

#[test]
fn benchmark_graphs_are_partly_recovered() {
    // Three quarters of the edges and of the weight lie inside: the easiest set of the benchmark and easier.
    let planted = json!({"n_graphs": 2, "mu_t": 0.25, "mu_w": 0.25});
    let found = nmi("simulate.lfr", planted, json!({"restarts": 1, "deg_corr": true}));
    assert!(found.iter().all(|&nmi| nmi > 0.3), "{found:?}");
}
