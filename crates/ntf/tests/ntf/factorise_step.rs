//! `ntf.factorise` and `ntf.rank` from tables to tables.

use ndarray::ArrayD;
use std::sync::Arc;

use neuroloom_core::{CancelToken, Inputs, NoProgress, Registry, RunContext, Seed, Table};
use neuroloom_ntf::{Factor, Layout};
use neuroloom_table::{Columns, TableBuilder, kinds};
use serde_json::{Value, json};

use crate::support::{refused, run, wrong_params};
use crate::tensors::{affinity, affinity_table, factors, filled, model, uniform};

/// A tensor as a table of fibres along its last mode.
fn tensor_table(array: &ArrayD<f64>) -> Table {
    let shape = array.shape().to_vec();
    let (last, rest) = shape.split_last().unwrap();
    let n_rows: usize = rest.iter().product();
    let values: Vec<f64> = array.iter().copied().collect();
    let index = |mode: usize| {
        let after: usize = rest.get(mode + 1..).unwrap_or_default().iter().product();
        let length = rest.get(mode).copied();
        (0..n_rows).map(move |row| length.map(|length| (row / after % length) as i64))
    };
    TableBuilder::new(kinds::TENSOR)
        .optional_integers("index_0", index(0))
        .optional_integers("index_1", index(1))
        .optional_integers("index_2", index(2))
        .lists("values", values.chunks(*last).map(<[f64]>::to_vec))
        .finish()
        .unwrap()
}

fn entries_table(array: &ArrayD<f64>) -> Table {
    let n_modes = array.ndim();
    let rows: Vec<(Vec<usize>, f64)> = array
        .indexed_iter()
        .filter(|(_, x)| **x != 0.0)
        .map(|(index, x)| ((0..n_modes).map(|mode| index[mode]).collect(), *x))
        .collect();
    let index = |mode: usize| rows.iter().map(move |(index, _)| index.get(mode).map(|place| *place as i64));
    TableBuilder::new(kinds::TENSOR_ENTRIES)
        .optional_integers("index_0", index(0))
        .optional_integers("index_1", index(1))
        .optional_integers("index_2", index(2))
        .optional_integers("index_3", index(3))
        .numbers("value", rows.iter().map(|(_, x)| *x))
        .finish()
        .unwrap()
}

fn planted() -> (Vec<Factor>, ArrayD<f64>) {
    let truth: Vec<Factor> =
        factors(&[12, 10, 14], 3, 3).iter().map(|u| u.mapv(|u| if u < 0.5 { 0.0 } else { u })).collect();
    let array = model(&truth);
    (truth, array)
}

fn best_error(runs: &Table) -> f64 {
    let (best, errors) = (runs.bools("best").unwrap(), runs.numbers("error").unwrap());
    (0..runs.n_rows()).find(|row| best.value(*row)).and_then(|row| errors.get(row)).unwrap()
}

#[test]
fn a_planted_tensor_is_found_from_fibres_and_from_entries() {
    let (_, array) = planted();
    let params = json!({"rank": 3, "tolerance": 1e-9, "max_iterations": 3000, "dtype": "f64"});
    let dense = run("ntf.factorise", params.clone(), &[("tensor", &tensor_table(&array))]).unwrap();
    let sparse = run("ntf.factorise", params, &[("entries", &entries_table(&array))]).unwrap();
    assert!(best_error(&dense.tables["runs"]) < 1e-4);
    assert!(best_error(&sparse.tables["runs"]) < 1e-4);
    let factors = &dense.tables["factors"];
    assert_eq!(factors.n_rows(), 3 * (12 + 10 + 14));
    // Columns of length 1.
    let values = factors.numbers("value").unwrap();
    let squares: f64 = (0..factors.n_rows()).map(|row| values.get(row).unwrap().powi(2)).sum();
    assert!((squares - 9.0).abs() < 1e-9);
    assert_eq!(dense.tables["edges"].n_rows(), 0);
}

#[test]
fn missing_entries_are_masked_or_refused() {
    let (_, mut array) = planted();
    let whole = array.clone();
    array[[0, 1, 2]] = f64::NAN;
    array[[3, 3, 3]] = f64::NAN;
    let params =
        |missing: &str| json!({"rank": 3, "tolerance": 1e-9, "max_iterations": 3000, "missing": missing});
    let output = run("ntf.factorise", params("mask"), &[("tensor", &tensor_table(&array))]).unwrap();
    let reference = run("ntf.factorise", params("mask"), &[("tensor", &tensor_table(&whole))]).unwrap();
    assert!((best_error(&output.tables["runs"]) - best_error(&reference.tables["runs"])).abs() < 1e-3);
    let message = refused("ntf.factorise", params("error"), &[("tensor", &tensor_table(&array))]);
    assert!(message.contains("[0, 1, 2]"), "{message}");
}

#[test]
fn an_affinity_gives_labelled_factors_and_a_graph_per_component() {
    let pairs = affinity(9, 60, 4, Layout::Pairs, true);
    let table = affinity_table(&pairs);
    let output = run("ntf.factorise", json!({"rank": 2, "starts": 3}), &[("affinity", &table)]).unwrap();
    let edges = &output.tables["edges"];
    let (graphs, pre, post) =
        (edges.text("graph_id").unwrap(), edges.text("pre").unwrap(), edges.text("post").unwrap());
    assert!(edges.n_rows() > 20);
    for row in 0..edges.n_rows() {
        assert!(graphs.get(row).unwrap().starts_with("rank 2 component "));
        assert!(pre.get(row).unwrap() < post.get(row).unwrap());
    }
    let components = &output.tables["components"];
    assert!(components.numbers("peak_t_s").unwrap().get(0).is_some());
    assert_eq!(components.text_lists("top_animals").unwrap().get(0).len(), 4);
    let only = json!({"rank": 2, "starts": 1, "components": [1], "edge_min": 0.1});
    let output = run("ntf.factorise", only, &[("affinity", &table)]).unwrap();
    let edges = &output.tables["edges"];
    assert!((0..edges.n_rows()).all(|row| edges.integers("component").unwrap().value(row) == 1));
    assert!((0..edges.n_rows()).all(|row| edges.numbers("weight").unwrap().get(row).unwrap() > 0.1));
}

#[test]
fn implicit_and_dense_affinities_end_alike() {
    for layout in [Layout::Pairs, Layout::Square] {
        let affinity = affinity(8, 50, 1, layout, false);
        let params = json!({"rank": 2, "starts": 2, "dtype": "f64", "compression": false});
        let implicit =
            run("ntf.factorise", params.clone(), &[("affinity", &affinity_table(&affinity))]).unwrap();
        let dense = run("ntf.factorise", params, &[("tensor", &tensor_table(&filled(&affinity)))]).unwrap();
        let (a, b) = (best_error(&implicit.tables["runs"]), best_error(&dense.tables["runs"]));
        assert!((a - b).abs() < 1e-6, "{a} {b}");
    }
}

#[test]
fn the_same_bytes_come_from_any_number_of_threads() {
    let table = affinity_table(&affinity(9, 200, 3, Layout::Pairs, true));
    let of = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            run("ntf.factorise", json!({"rank": 3, "starts": 4}), &[("affinity", &table)]).unwrap()
        })
    };
    let (one, two) = (of(1), of(2));
    for port in ["factors", "components", "runs", "edges"] {
        assert_eq!(one.tables[port].batch(), two.tables[port].batch(), "{port}");
    }
}

#[test]
fn new_recordings_are_projected_on_known_components() {
    let both = affinity(9, 60, 4, Layout::Pairs, false);
    let mut later = both.clone();
    later.worms.drain(..2);
    let first =
        run("ntf.factorise", json!({"rank": 2, "starts": 2}), &[("affinity", &affinity_table(&both))])
            .unwrap();
    let known = &first.tables["factors"];
    let params = json!({"rank": 2, "starts": 1, "fixed_modes": ["time", "pair"]});
    let table = affinity_table(&later);
    let projected = run("ntf.factorise", params.clone(), &[("affinity", &table), ("init", known)]).unwrap();
    let weight = |table: &Table, mode: &str, label: &str| -> Vec<f64> {
        let (modes, labels, values) =
            (table.text("mode_name").unwrap(), table.text("label").unwrap(), table.numbers("value").unwrap());
        (0..table.n_rows())
            .filter(|row| modes.get(*row) == Some(mode) && labels.get(*row) == Some(label))
            .map(|row| values.get(row).unwrap())
            .collect()
    };
    let mut found = weight(&projected.tables["factors"], "time", "7");
    let mut given = weight(known, "time", "7");
    found.sort_by(f64::total_cmp);
    given.sort_by(f64::total_cmp);
    for (found, given) in found.iter().zip(&given) {
        assert!((found - given).abs() < 1e-9);
    }
    let message = refused("ntf.factorise", params, &[("affinity", &table)]);
    assert!(message.contains("fixed") && message.contains("init"), "{message}");
}

#[test]
fn ranks_are_judged_by_every_criterion() {
    let (_, mut array) = planted();
    array.zip_mut_with(&uniform(&[12, 10, 14], 5), |x, noise| *x *= 1.0 + 0.3 * (noise - 0.5));
    let params = json!({"ranks": [4, 1, 2, 3, 5, 2], "starts": 4, "tolerance": 1e-7, "max_iterations": 2000, "select": 3, "dtype": "f64"});
    let output = run("ntf.rank", params, &[("tensor", &tensor_table(&array))]).unwrap();
    let ranks = &output.tables["ranks"];
    let (criteria, numbers, suggested) = (
        ranks.text("criterion").unwrap(),
        ranks.integers("rank").unwrap(),
        ranks.bools("suggested").unwrap(),
    );
    let rank_of = |name: &str| {
        (0..ranks.n_rows())
            .find(|row| criteria.get(*row) == Some(name) && suggested.value(*row))
            .map(|row| numbers.value(row))
    };
    assert_eq!(rank_of("core_consistency"), Some(3));
    assert_eq!(rank_of("cv_error"), Some(3));
    assert!(rank_of("similarity") >= Some(3));
    assert_eq!(rank_of("error"), Some(3));
    for name in ["error", "similarity", "core_consistency", "cv_error", "nuclear_norm"] {
        let n = (0..ranks.n_rows()).filter(|row| criteria.get(*row) == Some(name)).count();
        assert_eq!(n, 5, "{name}");
    }
    assert_eq!(output.tables["runs"].n_rows(), 20);
    assert_eq!(output.tables["components"].n_rows(), 3);
}

#[test]
fn wrong_parameters_are_all_named() {
    let wrong = |params: Value| wrong_params("ntf.factorise", params).join("\n");
    assert!(wrong(json!({"rank": 0, "starts": 0, "tolerance": -1.0})).lines().count() >= 3);
    assert!(wrong(json!({"loss": "kl"})).contains("method"));
    assert!(wrong(json!({"method": "mu", "signed_modes": ["time"]})).contains("signs"));
    assert!(wrong(json!({"l1": {"time": -1.0}})).contains("l1"));
    let wrong = |params: Value| wrong_params("ntf.rank", params).join("\n");
    assert!(wrong(json!({"ranks": []})).contains("ranks"));
    assert!(wrong(json!({"cv_fraction": 0.6})).contains("cv_fraction"));
    assert!(wrong(json!({"select": 40})).contains("select"));
}

#[test]
fn bad_tensors_are_refused_with_a_reason() {
    let (_, array) = planted();
    let refuse = |params: Value, array: &ArrayD<f64>| {
        refused("ntf.factorise", params, &[("tensor", &tensor_table(array))])
    };

    let mut negative = array.clone();
    negative[[1, 2, 3]] = -0.5;
    negative[[1, 2, 4]] = -0.5;
    let message = refuse(json!({"rank": 2}), &negative);
    assert!(message.contains("2 entries are negative") && message.contains("[1, 2, 3]"), "{message}");

    let message = refuse(json!({"rank": 2}), &ArrayD::zeros(vec![3, 4, 5]));
    assert!(message.contains("all entries") && message.contains("allow_zero"), "{message}");
    let empty = run(
        "ntf.factorise",
        json!({"rank": 2, "allow_zero": true}),
        &[("tensor", &tensor_table(&ArrayD::zeros(vec![3, 4, 5])))],
    );
    assert_eq!(empty.unwrap().tables["runs"].text("status").unwrap().get(0), Some("zero_tensor"));

    let message = refuse(json!({"rank": 200}), &array);
    assert!(message.contains("between 1 and 120"), "{message}");
    let message = refuse(json!({"rank": 2, "symmetric": true}), &model(&factors(&[5, 5, 3], 2, 1)));
    assert!(message.contains("not symmetric"), "{message}");
    let message = refuse(json!({"rank": 2, "fixed_modes": ["tiem"]}), &array);
    assert!(message.contains("tiem") && message.contains("mode 0"), "{message}");
    let message = refuse(json!({"rank": 2, "l1": {"mode 0": 1.0}}), &array);
    assert!(message.contains("ridge: { mode 1: 1 }"), "{message}");

    let mut slice = array.clone();
    slice.slice_mut(ndarray::s![.., 4, ..]).fill(f64::NAN);
    let message = refuse(json!({"rank": 2}), &slice);
    assert!(message.contains("place 4 of mode 1"), "{message}");

    let tensor = tensor_table(&array);
    let message =
        refused("ntf.factorise", json!({}), &[("tensor", &tensor), ("entries", &entries_table(&array))]);
    assert!(message.contains("tensor and entries"), "{message}");
    let message = refused("ntf.factorise", json!({}), &[]);
    assert!(message.contains("one tensor"), "{message}");
}

#[test]
fn broken_tables_of_tensors_are_refused() {
    let table = |rows: &[(i64, i64, Vec<f64>)]| {
        TableBuilder::new(kinds::TENSOR)
            .integers("index_0", rows.iter().map(|row| row.0))
            .integers("index_1", rows.iter().map(|row| row.1))
            .lists("values", rows.iter().map(|row| row.2.clone()))
            .finish()
            .unwrap()
    };
    let fibre = |n: usize| vec![1.0; n];
    let refuse = |rows: &[(i64, i64, Vec<f64>)]| {
        refused("ntf.factorise", json!({"rank": 1}), &[("tensor", &table(rows))])
    };
    assert!(refuse(&[]).contains("no fibres"));
    assert!(
        refuse(&[(0, 0, fibre(2)), (0, 1, fibre(2)), (1, 1, fibre(2))]).contains("missing or stand twice")
    );
    assert!(
        refuse(&[(0, 0, fibre(2)), (0, 0, fibre(2)), (1, 1, fibre(2)), (1, 1, fibre(2))])
            .contains("stands twice")
    );
    assert!(refuse(&[(0, 0, fibre(2)), (0, 1, fibre(3))]).contains("different lengths"));
    assert!(refuse(&[(0, -1, fibre(2)), (0, 1, fibre(2))]).contains("out of range"));
    assert!(refuse(&[(0, 900_000_000_000, fibre(2))]).contains("out of range"));

    let entries = TableBuilder::new(kinds::TENSOR_ENTRIES)
        .integers("index_0", [0, 0])
        .integers("index_1", [1, 1])
        .numbers("value", [1.0, 2.0])
        .finish()
        .unwrap();
    assert!(refused("ntf.factorise", json!({"rank": 1}), &[("entries", &entries)]).contains("stands twice"));
}

#[test]
fn the_same_seed_gives_the_same_factors() {
    let (_, array) = planted();
    let table = tensor_table(&array);
    let of = |seed: u64| {
        let step = neuroloom_ntf::register(Registry::default()).get("ntf.factorise").unwrap().clone();
        let params = step.check(&json!({"rank": 2, "starts": 2})).unwrap();
        let context = RunContext::new(".", 1, Seed::root(seed), Arc::new(NoProgress), CancelToken::default());
        step.run(&context, &params, &Inputs::new([("tensor".to_owned(), table.clone())])).unwrap()
    };
    assert_eq!(of(1).tables["factors"].batch(), of(1).tables["factors"].batch());
    assert_ne!(of(1).tables["runs"].batch(), of(2).tables["runs"].batch());
}
