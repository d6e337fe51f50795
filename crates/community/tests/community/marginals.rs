//! Membership uncertainty.

use neuroloom_community::{CommunityError, Graph, Marginals, Mcmc, SbmOptions, WeightModel, fit, marginals};
use neuroloom_core::Seed;

use crate::support::{one_search, planted, rng, same_groups, truth};

fn probability(marginals: &Marginals, node: u32, group: u32) -> f64 {
    let found = marginals.memberships.iter().find(|m| m.node == node && m.group == group);
    found.map_or(0.0, |membership| membership.probability)
}

#[test]
fn clear_groups_are_certain() {
    let labels = truth(60, 3, &mut rng(1));
    let graph = planted(&labels, |same| if same { 0.6 } else { 0.05 }, |_| 1.0, &mut rng(2));
    for nested in [false, true] {
        let options = SbmOptions { samples: 50, nested, ..one_search(WeightModel::None) };
        let found = fit(&graph, &options, Seed::root(1), &()).unwrap();
        let sampled = marginals(&graph, &found, &options, Seed::root(2), &()).unwrap();
        assert!(same_groups(&sampled.consensus, &labels));
        assert!((0..60).all(|node| probability(&sampled, node, found.levels[0][node as usize]) > 0.9));
    }
}

#[test]
fn shares_add_up_and_repeat() {
    let graph = planted(&[0; 30], |_| 0.3, |_| 1.0, &mut rng(3));
    let options = SbmOptions { samples: 40, ..one_search(WeightModel::Exponential) };
    let found = fit(&graph, &options, Seed::root(1), &()).unwrap();
    let sampled = marginals(&graph, &found, &options, Seed::root(2), &()).unwrap();
    for node in 0..30 {
        let sum: f64 = sampled.memberships.iter().filter(|m| m.node == node).map(|m| m.probability).sum();
        assert!((sum - 1.0).abs() < 1e-12);
    }
    assert_eq!(sampled, marginals(&graph, &found, &options, Seed::root(2), &()).unwrap());
}

/// Two cliques, and two nodes that are each joined to the same four nodes of both.
#[test]
fn nodes_of_one_role_have_equal_marginals() {
    let clique = |first: u32| (first..first + 8).flat_map(move |i| (i + 1..first + 8).map(move |j| (i, j)));
    let bridge = |node: u32| [0, 1, 8, 9].map(move |other| (node, other));
    let edges: Vec<_> = clique(0).chain(clique(8)).chain(bridge(16)).chain(bridge(17)).collect();
    let graph = Graph::new(18, &edges, None).unwrap();
    let options = SbmOptions { nested: false, samples: 1000, ..one_search(WeightModel::None) };
    let found = fit(&graph, &options, Seed::root(1), &()).unwrap();
    let sampled = marginals(&graph, &found, &options, Seed::root(2), &()).unwrap();
    for group in 0..4 {
        let (a, b) = (probability(&sampled, 16, group), probability(&sampled, 17, group));
        assert!((a - b).abs() < 0.1, "group {group}: {a} {b}");
    }
}

#[test]
fn a_fit_of_another_graph_is_refused() {
    let graph = planted(&[0; 30], |_| 0.3, |_| 1.0, &mut rng(3));
    let other = planted(&[0; 20], |_| 0.3, |_| 1.0, &mut rng(3));
    let options = one_search(WeightModel::None);
    let found = fit(&other, &options, Seed::root(1), &()).unwrap();
    let refused = marginals(&graph, &found, &options, Seed::root(2), &());
    assert!(matches!(refused, Err(CommunityError::LevelLength { level: 0, expected: 30, found: 20 })));
}

#[test]
fn merges_and_splits_never_lengthen_a_fit() {
    let labels = truth(60, 6, &mut rng(1));
    let graph = planted(
        &labels,
        |same| if same { 0.5 } else { 0.15 },
        |same| if same { 2.0 } else { 1.0 },
        &mut rng(2),
    );
    for beta in [f64::INFINITY, 2.0] {
        let plain = SbmOptions { beta, mcmc_sweeps: 50, ..one_search(WeightModel::Exponential) };
        let refined = SbmOptions { mcmc: Mcmc::MergeSplit, ..plain.clone() };
        let before = fit(&graph, &plain, Seed::root(1), &()).unwrap();
        let after = fit(&graph, &refined, Seed::root(1), &()).unwrap();
        assert!(after.description_length.total <= before.description_length.total + 1e-9);
    }
}
