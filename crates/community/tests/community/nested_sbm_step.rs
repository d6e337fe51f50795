//! `community.nested_sbm` on tables: results, bytes and errors.

use neuroloom_core::figure::Content;
use neuroloom_core::{CancelToken, ErrorKind, Inputs, PlanContext, PlannedInputs, PlannedTable};
use neuroloom_table::{Columns, TableBuilder, kinds};
use serde_json::json;

use crate::step_support::{
    Edge, bytes_on, context, edges, numbers, refused, registry, run, texts, two_cliques, wrong_params,
};

const STEP: &str = "community.nested_sbm";

fn groups_of_nodes(partition: &neuroloom_core::Table) -> Vec<(String, f64)> {
    let level = numbers(partition, "level");
    let rows = texts(partition, "node").into_iter().zip(numbers(partition, "group"));
    rows.zip(level).filter(|(_, level)| *level == 0.0).map(|(row, _)| row).collect()
}

#[test]
fn two_cliques_are_two_groups() {
    let params = json!({"restarts": 3, "weights": "none"});
    let output = run(STEP, params, &[("edges", &two_cliques("g", 5.0))]).unwrap();
    for (node, group) in groups_of_nodes(&output.tables["partition"]) {
        assert_eq!(group, if node.starts_with('a') { 0.0 } else { 1.0 }, "{node}");
    }
    let blocks = &output.tables["blocks"];
    let level = numbers(blocks, "level");
    let edges: Vec<f64> = numbers(blocks, "n_edges")
        .into_iter()
        .zip(level)
        .filter(|(_, level)| *level == 0.0)
        .map(|(n, _)| n)
        .collect();
    assert_eq!(edges, [15.0, 1.0, 15.0]);
    let names: Vec<&str> = output.summary.figures.iter().map(|figure| figure.name.as_str()).collect();
    assert_eq!(names, ["matrices", "hierarchy", "terms", "trace"]);
    let Content::Heatmap(hierarchy) = &output.summary.figures[1].panels[0].content else { panic!() };
    let bottom = hierarchy.values.len() - 12;
    assert_eq!(hierarchy.values[bottom..], [0., 0., 0., 0., 0., 0., 1., 1., 1., 1., 1., 1.]);
}

#[test]
fn terms_add_up_to_the_description_length_of_the_best_model() {
    let output = run(STEP, json!({"restarts": 2}), &[("edges", &two_cliques("g", 5.0))]).unwrap();
    let fit = &output.tables["fit"];
    let best: Vec<usize> = (0..fit.n_rows()).filter(|&row| fit.bools("best").unwrap().value(row)).collect();
    assert_eq!((fit.n_rows(), best.len()), (2, 1), "with and without degree correction");
    let lengths = numbers(fit, "dl_nats");
    assert!(lengths.iter().all(|&length| length >= lengths[best[0]]));
    let terms = numbers(&output.tables["terms"], "nats");
    assert!((terms.iter().sum::<f64>() - lengths[best[0]]).abs() < 1e-9);
    let model = fit.text("model_id").unwrap().get(best[0]).unwrap();
    assert!(texts(&output.tables["terms"], "model_id").iter().all(|id| id == model));
}

#[test]
fn every_graph_of_a_table_is_fitted_from_a_stream_of_its_own() {
    let alone = two_cliques("second", 3.0);
    let mut both = vec![];
    for (graph, table) in [("first", two_cliques("first", 9.0)), ("second", alone.clone())] {
        let rows = texts(&table, "pre").into_iter().zip(texts(&table, "post")).zip(numbers(&table, "weight"));
        both.extend(rows.map(|((pre, post), weight)| (graph, pre, post, weight)));
    }
    let both: Vec<Edge<'_>> = both.iter().map(|(g, a, b, w)| (*g, a.as_str(), b.as_str(), *w)).collect();
    let both = run(STEP, json!({"restarts": 2}), &[("edges", &edges(&both))]).unwrap();
    let alone = run(STEP, json!({"restarts": 2}), &[("edges", &alone)]).unwrap();
    let lengths = numbers(&both.tables["fit"], "dl_nats");
    assert_eq!(lengths[2..], numbers(&alone.tables["fit"], "dl_nats"));
}

#[test]
fn any_number_of_threads_gives_the_same_bytes() {
    let graph = run("simulate.planted_graph", json!({"n_nodes": 40, "mean_degree": 10.0}), &[]).unwrap();
    let edges = &graph.tables["edges"];
    let params = json!({"restarts": 4, "marginals": true, "samples": 20});
    let run = || run(STEP, params.clone(), &[("edges", edges)]).unwrap();
    assert_eq!(bytes_on(1, run), bytes_on(2, run));
}

#[test]
fn memberships_add_up_to_one() {
    let graph = run("simulate.planted_graph", json!({"n_nodes": 40, "mean_degree": 10.0}), &[]).unwrap();
    let params = json!({"restarts": 2, "marginals": true, "samples": 50});
    let output = run(STEP, params, &[("edges", &graph.tables["edges"])]).unwrap();
    let table = &output.tables["membership"];
    let mut sums = std::collections::BTreeMap::new();
    for (node, probability) in texts(table, "node").into_iter().zip(numbers(table, "probability")) {
        *sums.entry(node).or_insert(0.0) += probability;
    }
    assert_eq!(sums.len(), 40);
    assert!(sums.values().all(|sum| (sum - 1.0_f64).abs() < 1e-9));
}

#[test]
fn columns_of_other_names_are_read_and_rows_without_weight_are_no_edges() {
    let cliques = two_cliques("g", 5.0);
    let n = cliques.n_rows();
    let (pre, post) = (texts(&cliques, "pre"), texts(&cliques, "post"));
    let mut weights: Vec<Option<f64>> = numbers(&cliques, "weight").into_iter().map(Some).collect();
    weights.push(None);
    let table = TableBuilder::new(kinds::CONNECTOME_CONSENSUS)
        .text("pre", pre.iter().chain([&"zz".to_owned()]))
        .text("post", post.iter().chain([&"a0".to_owned()]))
        .integers("pre_slot", 0..=n as i64)
        .integers("post_slot", 0..=n as i64)
        .optional_numbers("mean_chem_weight", weights)
        .integers("n_gap", vec![0; n + 1])
        .integers("n_chem", vec![1; n + 1])
        .text("weight_unit", vec!["synapses"; n + 1])
        .finish()
        .unwrap();
    let params = json!({"restarts": 1, "weight": "mean_chem_weight"});
    let output = run(STEP, params, &[("edges", &table)]).unwrap();
    assert_eq!(texts(&output.tables["partition"], "graph_id")[0], "all");
    assert_eq!(groups_of_nodes(&output.tables["partition"]).len(), 12);
}

#[test]
fn listed_nodes_come_first_and_stay_without_edges() {
    let nodes = TableBuilder::new(kinds::PARTITION)
        .text("graph_id", ["g"; 3])
        .text("model_id", ["truth"; 3])
        .integers("level", [0, 0, 1])
        .integers("node_index", [0, 1, 0])
        .text("node", ["lonely", "b3", "0"])
        .integers("group", [0, 0, 0])
        .finish()
        .unwrap();
    let params = json!({"restarts": 1, "weights": "none"});
    let output = run(STEP, params, &[("edges", &two_cliques("g", 5.0)), ("nodes", &nodes)]).unwrap();
    let names: Vec<String> =
        groups_of_nodes(&output.tables["partition"]).into_iter().map(|(node, _)| node).collect();
    assert_eq!(names[..4], ["lonely", "b3", "a0", "a1"]);
    assert_eq!(names.len(), 13);
}

#[test]
fn loops_and_weak_edges_are_left_out_and_reported() {
    let mut rows: Vec<Edge<'_>> = vec![("g", "x", "x", 1.0), ("g", "x", "y", 0.0), ("g", "x", "z", -1.0)];
    rows.extend([("g", "x", "w", 1.0), ("g", "w", "z", 2.0), ("g", "z", "v", 3.0), ("g", "v", "x", 3.0)]);
    let output = run(STEP, json!({"restarts": 1}), &[("edges", &edges(&rows))]).unwrap();
    let warnings = output.summary.warnings.join("\n");
    assert!(warnings.contains("graph g: 1 self-loops were left out"), "{warnings}");
    assert!(warnings.contains("graph g: 2 edges were left out because they weigh too little"), "{warnings}");
    assert!(warnings.contains("no structure beyond the null model"), "{warnings}");
    assert_eq!(numbers(&output.tables["fit"], "n_edges")[0], 4.0);
    let half = run(STEP, json!({"restarts": 1, "top_fraction": 0.5}), &[("edges", &edges(&rows))]).unwrap();
    assert_eq!(numbers(&half.tables["fit"], "n_edges")[0], 2.0);
    let kept = run(STEP, json!({"restarts": 1, "self_loops": "keep"}), &[("edges", &edges(&rows))]).unwrap();
    assert_eq!(numbers(&kept.tables["fit"], "n_edges")[0], 5.0);
    let mirrored =
        run(STEP, json!({"restarts": 1, "mirror_edges": true}), &[("edges", &edges(&rows))]).unwrap();
    assert_eq!(numbers(&mirrored.tables["fit"], "n_edges")[0], 8.0);
    let normal = run(STEP, json!({"restarts": 1, "weights": "normal"}), &[("edges", &edges(&rows))]).unwrap();
    assert_eq!(numbers(&normal.tables["fit"], "n_edges")[0], 6.0);
}

#[test]
fn repeated_and_directed_edges_are_what_was_asked_for() {
    let twice = [("g", "a", "b", 1.0), ("g", "a", "b", 2.0), ("g", "b", "c", 3.0), ("g", "c", "b", 3.0)];
    let n_edges = |params: serde_json::Value, rows: &[Edge<'_>]| {
        let output = run(STEP, params, &[("edges", &edges(rows))]).unwrap();
        let sums = numbers(&output.tables["blocks"], "weight_sum");
        (numbers(&output.tables["fit"], "n_edges")[0], sums[0])
    };
    let with = |duplicates: &str| json!({"restarts": 1, "nested": false, "duplicates": duplicates});
    assert_eq!(n_edges(with("sum"), &twice), (2.0, 6.0));
    assert_eq!(n_edges(with("multigraph"), &twice), (4.0, 9.0));
    let report = refused(STEP, with("error"), &[("edges", &edges(&twice))]);
    assert!(report.contains(r#"graph "g": the edge of "a" and "b" stands twice"#), "{report}");
    assert!(report.contains("rows 0 and 1") && report.contains("multigraph"), "{report}");
    let directed = [("g", "a", "b", 1.0), ("g", "b", "a", 2.0), ("g", "b", "c", 3.0)];
    let report = refused(STEP, with("sum"), &[("edges", &edges(&directed))]);
    assert!(
        report.contains("two weights, one per direction") && report.contains("directed: sum"),
        "{report}"
    );
    let params = json!({"restarts": 1, "nested": false, "directed": "sum"});
    assert_eq!(n_edges(params, &directed), (2.0, 6.0));
}

#[test]
fn unfit_tables_are_refused_with_graph_row_and_column() {
    let one =
        |rows: &[Edge<'_>], params: serde_json::Value| refused(STEP, params, &[("edges", &edges(rows))]);
    let empty = one(&[], json!({}));
    assert!(empty.contains("has no edges"), "{empty}");
    let nan = one(&[("g", "a", "b", 1.0), ("g", "a", "c", f64::NAN)], json!({}));
    assert!(nan.contains(r#"graph "g""#) && nan.contains("where: weight at 1"), "{nan}");
    let infinite = one(&[("g", "a", "b", f64::INFINITY)], json!({}));
    assert!(infinite.contains("weighs inf"), "{infinite}");
    let rows = [("g", "a", "b", 1.0), ("g", "a", "c", -2.0), ("g", "b", "c", 0.0)];
    let negative = one(&rows, json!({"edge_min": -5}));
    assert!(negative.contains("found 2 at or below") && negative.contains("row at 1"), "{negative}");
    assert!(negative.contains("weights: normal") && negative.contains("edge_min"), "{negative}");
    let fraction = one(&[("g", "a", "b", 1.5), ("g", "a", "c", 2.0)], json!({"weights": "poisson"}));
    assert!(fraction.contains("whole") && fraction.contains(r#"graph "g""#), "{fraction}");
    let loops = one(&[("g", "a", "a", 1.0)], json!({}));
    assert!(loops.contains("no edges left") && loops.contains("1 are self-loops"), "{loops}");
    let kept = one(&[("g", "a", "a", 1.0)], json!({"self_loops": "keep"}));
    assert!(kept.contains("at least 2 nodes"), "{kept}");
    let column = one(&[("g", "a", "b", 1.0)], json!({"pre": "source"}));
    assert!(column.contains("where: source") && column.contains("`pre`"), "{column}");
    let weight = one(&[("g", "a", "b", 1.0)], json!({"weight": "count"}));
    assert!(weight.contains("where: count") && weight.contains("set `weight`"), "{weight}");
    let graph = one(&[("g", "a", "b", 1.0)], json!({"graph": "animal"}));
    assert!(graph.contains("where: animal"), "{graph}");
}

#[test]
fn tables_above_the_memory_limit_are_refused_with_their_size() {
    let names: Vec<String> = (0..3000).map(|node| node.to_string()).collect();
    let ring: Vec<Edge<'_>> =
        (0..3000).map(|node| ("g", names[node].as_str(), names[(node + 1) % 3000].as_str(), 1.0)).collect();
    let report = refused(STEP, json!({"memory_limit_mib": 1}), &[("edges", &edges(&ring))]);
    assert!(report.contains("bytes") && report.contains(r#"graph "g""#), "{report}");
}

#[test]
fn what_the_user_should_know_is_a_warning_with_the_graph() {
    let warnings = |rows: &[Edge<'_>], params: serde_json::Value| {
        run(STEP, params, &[("edges", &edges(rows))]).unwrap().summary.warnings.join("; ")
    };
    let triangle = [("g", "a", "b", 2.0), ("g", "b", "c", 2.0), ("g", "a", "c", 2.0)];
    let small = warnings(&triangle, json!({"restarts": 1}));
    assert!(small.contains("graph g: fewer than 4 nodes"), "{small}");
    let equal = warnings(&triangle, json!({"restarts": 1, "weights": "normal", "nested": false}));
    assert!(equal.contains("graph g: all weights are equal"), "{equal}");
}

#[test]
fn wrong_parameters_are_named() {
    let wrong = [
        (json!({"restarts": 0}), "restarts must be at least 1, got 0"),
        (json!({"samples": 0}), "samples must be at least 1, got 0"),
        (json!({"top_fraction": 0}), "top_fraction must be above 0 and at most 1, got 0"),
        (json!({"beta": -1}), "beta must be a finite number above 0, got -1"),
        (json!({"post": "pre"}), "post must be another column than `pre`, got pre"),
        (json!({"weight": ""}), "weight must not be empty"),
    ];
    for (params, expected) in wrong {
        assert_eq!(wrong_params(STEP, params.clone()), [expected], "{params}");
    }
    let deg_corr = wrong_params(STEP, json!({"deg_corr": "maybe"}));
    assert!(deg_corr[0].contains("true, false or best"), "{deg_corr:?}");
    let weights = wrong_params(STEP, json!({"weights": "gamma"}));
    assert!(weights[0].contains("exponential") && weights[0].contains("lognormal"), "{weights:?}");
    let compat = wrong_params(STEP, json!({"compat": "2.45"}));
    assert!(compat[0].contains("graph-tool-2.45"), "{compat:?}");
}

#[test]
fn a_stop_is_obeyed() {
    let cancel = CancelToken::default();
    cancel.cancel();
    let registry = registry();
    let step = registry.get(STEP).unwrap();
    let inputs = Inputs::default().with_table("edges", two_cliques("g", 5.0));
    let stopped = step.run(&context(1, &cancel), &step.check(&json!({})).unwrap(), &inputs);
    assert_eq!(stopped.unwrap_err().kind(), ErrorKind::Cancelled);
}

#[test]
fn a_plan_has_the_ports_that_the_parameters_ask_for() {
    let registry = registry();
    let step = registry.get(STEP).unwrap();
    let ctx = PlanContext { base: ".".into(), threads: 2 };
    let ports = |params: serde_json::Value| {
        let edges = PlannedTable::new(kinds::EDGES, [("graphs", 3), ("edges", 1000)]);
        let inputs = PlannedInputs::new([("edges".to_owned(), edges)]);
        let plan = step.plan(&ctx, &step.check(&params).unwrap(), &inputs).unwrap();
        assert_eq!(plan.outputs["partition"].dim("graphs"), Some(3));
        plan.outputs.contains_key("membership")
    };
    assert!(!ports(json!({})) && ports(json!({"marginals": true})));
}
