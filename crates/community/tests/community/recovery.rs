//! Planted structure is found, and none where there is none.

use neuroloom_community::{DegCorr, Graph, Model, SbmOptions, Warning, WeightModel, description_length, fit};
use neuroloom_core::Seed;

use crate::support::{n_groups, one_search, planted, rng, same_groups, truth};

#[test]
fn groups_in_the_edges_are_found() {
    for seed in 0..3 {
        let labels = truth(120, 4, &mut rng(seed));
        let graph = planted(&labels, |same| if same { 0.4 } else { 0.05 }, |_| 1.0, &mut rng(seed + 100));
        for nested in [false, true] {
            let options = SbmOptions { nested, ..one_search(WeightModel::None) };
            let found = fit(&graph, &options, Seed::root(seed), &()).unwrap();
            assert!(same_groups(&found.levels[0], &labels), "seed {seed}, nested {nested}");
        }
    }
}

/// The description length of the planted groups without a hierarchy above them.
fn length(graph: &Graph, labels: &[u32], model: &Model) -> f64 {
    description_length(graph, &[labels.to_vec()], model).unwrap().total
}

#[test]
fn groups_in_the_weights_alone_are_found() {
    for seed in 0..3 {
        let labels = truth(90, 5, &mut rng(seed));
        let graph = planted(&labels, |_| 0.5, |same| if same { 8.0 } else { 1.0 }, &mut rng(seed + 100));
        let blind = fit(&graph, &one_search(WeightModel::None), Seed::root(seed), &()).unwrap();
        assert_eq!(n_groups(&blind.levels[0]), 1);
        let found = fit(&graph, &one_search(WeightModel::Exponential), Seed::root(seed), &()).unwrap();
        assert!(same_groups(&found.levels[0], &labels), "seed {seed}");
    }
}

#[test]
fn fits_of_another_distribution_are_no_longer_than_the_planted_groups() {
    let labels = truth(90, 5, &mut rng(0));
    let graph = planted(&labels, |_| 0.5, |same| if same { 8.0 } else { 1.0 }, &mut rng(100));
    let (weights, deg_corr) = (WeightModel::Lognormal, DegCorr::False);
    let options = SbmOptions { weights, deg_corr, ..SbmOptions::default() };
    let found = fit(&graph, &options, Seed::root(1), &()).unwrap();
    let planted = length(&graph, &labels, &found.model);
    let total = found.description_length.total;
    assert!(total <= planted + 1e-6, "{total}, planted {planted}");
}

#[test]
fn small_groups_in_a_dense_graph_of_10_000_edges_are_found() {
    let labels = truth(189, 9, &mut rng(1));
    let chance = |same| if same { 0.9 } else { 0.52 };
    let graph = planted(&labels, chance, |same| if same { 4.0 } else { 1.0 }, &mut rng(2));
    assert!((9_000..12_000).contains(&graph.edges().len()));
    let found = fit(&graph, &one_search(WeightModel::Exponential), Seed::root(3), &()).unwrap();
    assert!(same_groups(&found.levels[0], &labels));
}

#[test]
fn groups_of_a_graph_of_more_nodes_than_groups_to_begin_with_are_found() {
    let labels = truth(1200, 6, &mut rng(1));
    let graph = planted(&labels, |same| if same { 0.06 } else { 0.004 }, |_| 1.0, &mut rng(2));
    let options = SbmOptions { deg_corr: DegCorr::False, ..one_search(WeightModel::None) };
    let found = fit(&graph, &options, Seed::root(3), &()).unwrap();
    let planted = length(&graph, &labels, &found.model);
    assert!(found.description_length.total <= planted + 1e-6);
}

#[test]
fn random_graphs_have_one_group() {
    let mut several = 0;
    for seed in 0..100 {
        let graph = planted(&[0; 60], |_| 0.15, |_| 2.0, &mut rng(seed));
        let options = SbmOptions { deg_corr: DegCorr::False, ..one_search(WeightModel::Exponential) };
        let found = fit(&graph, &options, Seed::root(seed), &()).unwrap();
        several += usize::from(n_groups(&found.levels[0]) > 1);
        assert_eq!(found.warnings.contains(&Warning::OneGroup), n_groups(&found.levels[0]) == 1);
    }
    assert!(several <= 5, "{several} of 100");
}

#[test]
fn the_weight_model_that_made_the_weights_is_the_shortest() {
    let labels = truth(80, 4, &mut rng(5));
    let graph = planted(&labels, |_| 0.5, |same| if same { 5.0 } else { 1.0 }, &mut rng(6));
    let found = fit(&graph, &one_search(WeightModel::Best), Seed::root(7), &()).unwrap();
    assert_eq!(found.model.weights, WeightModel::Exponential);
    assert_eq!(found.compared.len(), 6);
    let least = found.compared.iter().fold(f64::INFINITY, |least, other| least.min(other.total));
    assert_eq!(found.description_length.total, least);
}

#[test]
fn counts_of_different_rates_are_told_apart() {
    let labels = truth(60, 3, &mut rng(8));
    let real = planted(&labels, |_| 0.6, |same| if same { 12.0 } else { 2.0 }, &mut rng(9));
    let counts: Vec<f64> = real.weights().unwrap().iter().map(|weight| weight.floor()).collect();
    let graph = Graph::new(60, real.edges(), Some(&counts)).unwrap();
    for weights in [WeightModel::Geometric, WeightModel::Poisson, WeightModel::Binomial] {
        let options = SbmOptions { deg_corr: DegCorr::False, ..one_search(weights) };
        let found = fit(&graph, &options, Seed::root(1), &()).unwrap();
        assert!(n_groups(&found.levels[0]) >= 3, "{}", weights.name());
    }
}
