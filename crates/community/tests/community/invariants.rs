//! What must not matter: names of groups, order of nodes, of the two ends of an edge, number of threads.

use neuroloom_community::{Compat, Graph, Model, SbmOptions, WeightModel, description_length, fit};
use neuroloom_core::Seed;
use proptest::prelude::*;

use crate::support::{n_groups, one_search, planted, rng, truth};

fn in_pool<T: Send>(threads: usize, work: impl FnOnce() -> T + Send) -> T {
    rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap().install(work)
}

#[test]
fn fits_are_the_same_for_any_number_of_threads() {
    let labels = truth(60, 3, &mut rng(1));
    let graph = planted(&labels, |same| if same { 0.4 } else { 0.1 }, |_| 1.0, &mut rng(2));
    let options = SbmOptions { restarts: 4, ..SbmOptions::default() };
    let run = |threads| in_pool(threads, || fit(&graph, &options, Seed::root(3), &()).unwrap());
    assert_eq!(run(1), run(2));
}

#[test]
fn other_seeds_are_other_searches() {
    let graph = planted(&[0; 60], |_| 0.3, |_| 1.0, &mut rng(2));
    let run = |seed| fit(&graph, &one_search(WeightModel::Exponential), Seed::root(seed), &()).unwrap();
    assert_ne!(run(1).restarts[0].accepted, run(2).restarts[0].accepted);
}

#[test]
fn the_reported_length_is_that_of_the_reported_levels() {
    let labels = truth(80, 4, &mut rng(3));
    let graph = planted(
        &labels,
        |same| if same { 0.5 } else { 0.1 },
        |same| f64::from(u8::from(same)) + 1.0,
        &mut rng(4),
    );
    for weights in [WeightModel::None, WeightModel::Exponential, WeightModel::Normal, WeightModel::Lognormal]
    {
        for nested in [false, true] {
            let options = SbmOptions { nested, ..one_search(weights) };
            let found = fit(&graph, &options, Seed::root(5), &()).unwrap();
            let again = description_length(&graph, &found.levels, &found.model).unwrap();
            assert_eq!(found.description_length, again);
            let last = found.trace.last().unwrap().total;
            assert!(found.trace.windows(2).all(|pair| pair[1].total < pair[0].total));
            assert!(again.total <= last + 1e-6, "{weights:?}: {} after {last}", again.total);
            let edges: u64 = found.blocks[0].iter().map(|block| block.m).sum();
            assert_eq!(edges, graph.edges().len() as u64);
            assert_eq!(nested, found.model.nested);
            assert!(nested || found.levels.len() == 1);
        }
    }
}

#[test]
fn no_level_has_as_many_groups_as_the_one_below() {
    let labels = truth(80, 8, &mut rng(3));
    let graph = planted(
        &labels,
        |same| if same { 0.7 } else { 0.2 },
        |same| if same { 3.0 } else { 1.0 },
        &mut rng(4),
    );
    let found = fit(&graph, &one_search(WeightModel::Normal), Seed::root(1), &()).unwrap();
    let sizes: Vec<usize> = found.levels.iter().map(|level| n_groups(level)).collect();
    assert!(sizes.windows(2).all(|pair| pair[1] < pair[0] || pair == [1, 1]), "{sizes:?}");
}

type Case = (Vec<(u32, u32, u8)>, Vec<u32>, Vec<u32>);

/// Edges with weights, labels and an order of the nodes.
fn case() -> impl Strategy<Value = Case> {
    (4_usize..14).prop_flat_map(|n_nodes| {
        let node = 0..n_nodes as u32;
        let edges = prop::collection::vec((node.clone(), node.clone(), 1_u8..9), 3..40);
        let labels = prop::collection::vec(0_u32..4, n_nodes);
        (edges, labels, Just(node.collect::<Vec<_>>()).prop_shuffle())
    })
}

/// Groups numbered without gaps, in an order that `salt` chooses.
fn without_gaps(labels: &[u32], salt: u32) -> Vec<u32> {
    let mut met: Vec<u32> = labels.to_vec();
    met.sort_unstable();
    met.dedup();
    let shift = salt as usize % met.len();
    met.rotate_left(shift);
    labels.iter().map(|label| met.iter().position(|other| other == label).unwrap() as u32).collect()
}

proptest! {
    #[test]
    fn names_and_orders_do_not_change_the_length(
        (edges, labels, order) in case(),
        model in 0_usize..7,
        deg_corr: bool,
        nested: bool,
    ) {
        let weights_model = [
            WeightModel::None,
            WeightModel::Exponential,
            WeightModel::Normal,
            WeightModel::Lognormal,
            WeightModel::Geometric,
            WeightModel::Poisson,
            WeightModel::Binomial,
        ][model];
        let weights: Vec<f64> = edges.iter().map(|&(_, _, weight)| f64::from(weight)).collect();
        let pairs: Vec<_> = edges.iter().map(|&(pre, post, _)| (pre, post)).collect();
        let model = Model { deg_corr, weights: weights_model, nested, compat: Compat::None };
        let length = |pairs: &[(u32, u32)], labels: &[u32]| {
            let graph = Graph::new(labels.len(), pairs, Some(&weights)).unwrap();
            let groups = n_groups(labels);
            let mut levels = vec![labels.to_vec()];
            if nested {
                levels.push(vec![0; groups]);
            }
            description_length(&graph, &levels, &model).unwrap().total
        };
        let expected = length(&pairs, &without_gaps(&labels, 0));
        let close = |found: f64| (found - expected).abs() <= 1e-8 * expected.abs().max(1.0);
        prop_assert!(close(length(&pairs, &without_gaps(&labels, 1))));
        let swapped: Vec<_> = pairs.iter().map(|&(pre, post)| (post, pre)).collect();
        prop_assert!(close(length(&swapped, &without_gaps(&labels, 0))));
        let moved: Vec<_> = pairs.iter().map(|&(pre, post)| (order[pre as usize], order[post as usize])).collect();
        let mut moved_labels = vec![0; labels.len()];
        for (node, &to) in order.iter().enumerate() {
            moved_labels[to as usize] = labels[node];
        }
        prop_assert!(close(length(&moved, &without_gaps(&moved_labels, 0))));
    }
}
