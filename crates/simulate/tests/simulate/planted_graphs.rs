//! Graphs with planted communities: what was asked for has come about.

use neuroloom_core::{CancelToken, Seed, Step};
use neuroloom_simulate::graphs::lfr::{Communities, Degrees, lfr};
use neuroloom_simulate::graphs::planted::planted_graph;
use neuroloom_simulate::graphs::{
    LfrParams, LfrStep, PlantedGraph, PlantedGraphParams, PlantedGraphStep, Structure, WeightModel,
};
use neuroloom_table::Columns;
use proptest::prelude::*;
use serde_json::json;

use crate::support::{bytes_on, context, issues, mean, run};

/// No loops, no parallel edges, weights above zero, groups numbered by first appearance.
fn assert_simple(graph: &PlantedGraph) {
    assert!(graph.edges.iter().all(|&(i, j, _)| i < j && j < graph.n_nodes()));
    assert!(graph.edges.windows(2).all(|pair| (pair[0].0, pair[0].1) < (pair[1].0, pair[1].1)));
    assert!(graph.edges.iter().all(|&(.., weight)| weight > 0.0 && weight.is_finite()));
    let mut next = 0;
    for &group in &graph.groups {
        assert!(group <= next);
        next = next.max(group + 1);
    }
}

/// The parameter sets of the benchmark.
fn reference_sets() -> Vec<LfrParams> {
    let with = |change: fn(&mut LfrParams)| {
        let mut params = LfrParams::default();
        change(&mut params);
        params
    };
    vec![
        with(|params| params.beta = 0.5),
        with(|params| params.beta = 1.0),
        with(|_| ()),
        with(|params| params.mu_t = 0.25),
        with(|params| params.mu_t = 0.75),
        with(|params| params.mean_degree = 10.0),
        with(|params| params.mu_w = 0.25),
        with(|params| params.mu_w = 0.75),
    ]
}

#[test]
fn every_reference_set_gives_graphs_with_the_mixing_asked_for() {
    for params in reference_sets() {
        for number in 0..10 {
            let seed = Seed::root(7).child_index(number);
            let graph = lfr(&params, seed).unwrap();
            assert_simple(&graph);
            assert!(graph.n_groups() >= 2);
            let asked = Degrees::draw(&params, &mut seed.child("degrees").rng()).unwrap();
            let asked: usize = asked.inside.iter().chain(&asked.outside).sum();
            // With mu_t 0.25 a hub of 75 ends inside makes one community larger than all others, which cannot take
            // all of its ends outside.
            let placed = 2 * graph.edges.len();
            assert!(
                placed <= asked && placed as f64 > 0.85 * asked as f64,
                "{params:?}: {placed} of {asked}"
            );
            // Ends that find no partner inside or outside move the mixing of a small graph a little.
            let mixing = graph.mixing_of_edges();
            assert!((mixing - params.mu_t).abs() < 0.1, "{params:?}: {mixing}");
        }
        let graphs = (0..10).map(|number| lfr(&params, Seed::root(7).child_index(number)).unwrap());
        let graphs: Vec<PlantedGraph> = graphs.collect();
        let of_edges = mean(graphs.iter().map(PlantedGraph::mixing_of_edges));
        let of_weights = mean(graphs.iter().map(PlantedGraph::mixing_of_weights));
        assert!((of_edges - params.mu_t).abs() < 0.05, "{params:?}: {of_edges}");
        assert!((of_weights - params.mu_w).abs() < 0.1, "{params:?}: {of_weights}");
    }
}

#[test]
fn strengths_are_powers_of_the_degrees() {
    for beta in [0.5, 1.0, 2.0] {
        let params = LfrParams { beta, ..LfrParams::default() };
        let graph = lfr(&params, Seed::root(3)).unwrap();
        // Hubs of a graph with beta 2 have more strength than their neighbours can take.
        let strengths = graph.strengths();
        let wanted: Vec<f64> = graph.degrees().iter().map(|&degree| (degree as f64).powf(beta)).collect();
        let miss: f64 = strengths.iter().zip(&wanted).map(|(found, wanted)| (found - wanted).powi(2)).sum();
        let all: f64 = wanted.iter().map(|wanted| wanted.powi(2)).sum();
        assert!(
            (miss / all).sqrt() < if beta < 2.0 { 0.01 } else { 0.3 },
            "beta {beta}: {}",
            (miss / all).sqrt()
        );
    }
}

#[test]
fn degrees_have_the_mean_and_the_largest_that_were_asked_for() {
    let params = LfrParams { n_nodes: 20_000, ..LfrParams::default() };
    let degrees = Degrees::draw(&params, &mut Seed::root(1).rng()).unwrap();
    let total = degrees.inside.iter().zip(&degrees.outside).map(|(inside, outside)| inside + outside);
    assert!(total.clone().all(|degree| degree <= params.max_degree));
    assert!((mean(total.map(|degree| degree as f64)) - params.mean_degree).abs() < 0.5);
    let inside = mean(degrees.inside.iter().map(|&degree| degree as f64));
    assert!((inside - 12.5).abs() < 0.3);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]
    #[test]
    fn a_community_is_larger_than_the_degree_inside_of_its_members(
        seed in 0_u64..1000, mu_t in 0.2_f64..0.9, n_nodes in 60_usize..200,
    ) {
        let params = LfrParams { n_nodes, mu_t, mean_degree: 12.0, max_degree: 40, ..LfrParams::default() };
        let degrees = Degrees::draw(&params, &mut Seed::root(seed).rng()).unwrap();
        let communities = Communities::draw(&params, &degrees, &mut Seed::root(seed).child("c").rng()).unwrap();
        prop_assert_eq!(communities.members.iter().map(Vec::len).sum::<usize>(), n_nodes);
        for members in &communities.members {
            prop_assert!(members.iter().all(|&node| degrees.inside[node] < members.len()));
        }
        let graph = lfr(&params, Seed::root(seed)).unwrap();
        assert_simple(&graph);
    }
}

#[test]
fn structure_is_where_it_was_planted() {
    let graph = |structure| {
        let params = PlantedGraphParams { structure, n_nodes: 300, ..PlantedGraphParams::default() };
        planted_graph(&params, Seed::root(5))
    };
    let contrast = |graph: &PlantedGraph| {
        assert_simple(graph);
        let of = |same: bool| {
            graph.edges.iter().filter(move |&&(i, j, _)| (graph.groups[i] == graph.groups[j]) == same)
        };
        // A quarter of the pairs lies inside.
        let edges = of(true).count() as f64 / of(false).count() as f64 * 3.0;
        let weights = mean(of(true).map(|edge| edge.2)) / mean(of(false).map(|edge| edge.2));
        (edges, weights)
    };
    let near = |found: f64, wanted: f64| (found / wanted - 1.0).abs() < 0.2;
    for (structure, edges, weights) in [
        (Structure::Edges, 6.0, 1.0),
        (Structure::Weights, 1.0, 4.0),
        (Structure::Both, 6.0, 4.0),
        (Structure::None, 1.0, 1.0),
    ] {
        let found = contrast(&graph(structure));
        assert!(near(found.0, edges) && near(found.1, weights), "{structure:?}: {found:?}");
        let degree = 2.0 * graph(structure).edges.len() as f64 / 300.0;
        assert!((degree - 20.0).abs() < 1.5, "{structure:?}: {degree}");
    }
}

#[test]
fn a_mean_degree_of_all_others_makes_the_graph_complete() {
    let params = PlantedGraphParams {
        n_nodes: 20,
        mean_degree: 19.0,
        structure: Structure::Weights,
        weights: WeightModel::Geometric,
        ..PlantedGraphParams::default()
    };
    let graph = planted_graph(&params, Seed::root(1));
    assert_eq!(graph.edges.len(), 190);
    assert!(graph.edges.iter().all(|&(.., weight)| weight.fract() == 0.0 && weight >= 0.0));
}

#[test]
fn any_number_of_threads_gives_the_same_bytes() {
    let lfr = LfrParams { n_graphs: 3, ..LfrParams::default() };
    assert_eq!(bytes_on(1, &LfrStep, &lfr), bytes_on(2, &LfrStep, &lfr));
    let planted = PlantedGraphParams { n_graphs: 3, ..PlantedGraphParams::default() };
    assert_eq!(bytes_on(1, &PlantedGraphStep, &planted), bytes_on(2, &PlantedGraphStep, &planted));
}

#[test]
fn tables_hold_all_graphs_and_their_truth() {
    let params =
        LfrParams { n_graphs: 11, n_nodes: 60, mean_degree: 8.0, max_degree: 20, ..LfrParams::default() };
    let output = run(&LfrStep, &params, &[]).unwrap();
    let (edges, truth) = (&output.tables["edges"], &output.tables["truth"]);
    assert_eq!(truth.n_rows(), 11 * 60);
    assert_eq!(truth.text("graph_id").unwrap().get(0), Some("lfr 00"));
    assert_eq!(edges.text("graph_id").unwrap().get(edges.n_rows() - 1), Some("lfr 10"));
    assert_eq!(output.tables["graphs"].n_rows(), 11);
    assert_eq!(output.summary.figures[0].panels.len(), 4);
}

#[test]
fn a_stop_is_obeyed() {
    let cancel = CancelToken::default();
    cancel.cancel();
    let stopped = LfrStep.run(&context(7, &cancel), &LfrParams::default(), &Default::default());
    assert_eq!(stopped.unwrap_err().kind(), neuroloom_core::ErrorKind::Cancelled);
}

#[test]
fn every_wrong_parameter_of_graphs_is_named() {
    assert_eq!(issues("simulate.lfr", json!({})), [""; 0]);
    assert_eq!(issues("simulate.planted_graph", json!({})), [""; 0]);
    let wrong = [
        ("simulate.lfr", json!({"n_graphs": 0}), "n_graphs must be at least 1, got 0"),
        (
            "simulate.lfr",
            json!({"max_degree": 125}),
            "max_degree must be between 1 and `n_nodes` - 1 (124), got 125",
        ),
        (
            "simulate.lfr",
            json!({"mean_degree": 101}),
            "mean_degree must be between 1 and `max_degree` (100), got 101",
        ),
        ("simulate.lfr", json!({"mu_w": 1.5}), "mu_w must be between 0 and 1, got 1.5"),
        ("simulate.lfr", json!({"beta": -1}), "beta must be between 0 and 10, got -1"),
        (
            "simulate.lfr",
            json!({"min_community": 40, "max_community": 30}),
            "min_community must not be above `max_community` (30), got 40",
        ),
        (
            "simulate.planted_graph",
            json!({"n_groups": 0}),
            "n_groups must be between 1 and `n_nodes` (120), got 0",
        ),
        (
            "simulate.planted_graph",
            json!({"mean_degree": 100}),
            "mean_degree needs an edge to have probability 2.273; lower it or `edge_contrast`, got 100",
        ),
    ];
    for (step, params, expected) in wrong {
        assert_eq!(issues(step, params.clone()), [expected], "{params}");
    }
}

#[test]
fn degrees_that_fit_no_communities_are_refused_with_a_way_out() {
    let params = LfrParams { mu_t: 0.0, max_community: Some(20), ..LfrParams::default() };
    let report = run(&LfrStep, &params, &[]).unwrap_err().report();
    assert!(report.contains("where: max_community") && report.contains("raise `mu_t`"), "{report}");
}
