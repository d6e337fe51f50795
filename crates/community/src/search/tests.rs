//! The fast state against the slow definition.

use neuroloom_core::Seed;

use super::chain::Chain;
use super::level_graph::LevelGraph;
use super::random::Random;
use super::shared::Shared;
use super::state::State;
use crate::blocks::{block_sums, deviations};
use crate::hierarchy::canonical;
use crate::weights::LevelSpread;
use crate::{Compat, Graph, Model, WeightModel};

const MODELS: [WeightModel; 7] = [
    WeightModel::None,
    WeightModel::Exponential,
    WeightModel::Normal,
    WeightModel::Lognormal,
    WeightModel::Geometric,
    WeightModel::Poisson,
    WeightModel::Binomial,
];

/// A random multigraph with self-loops and small whole weights, which every model can have.
fn random_graph(n_nodes: usize, n_edges: usize, random: &mut Random) -> Graph {
    let edges: Vec<_> =
        (0..n_edges).map(|_| (random.index(n_nodes) as u32, random.index(n_nodes) as u32)).collect();
    let weights: Vec<f64> = (0..n_edges).map(|_| 1.0 + random.index(6) as f64).collect();
    Graph::new(n_nodes, &edges, Some(&weights)).unwrap()
}

fn random_levels(n_nodes: usize, groups: &[usize], random: &mut Random) -> Vec<Vec<u32>> {
    let mut nodes = n_nodes;
    let level = |&groups: &usize| {
        let mut labels: Vec<u32> = (0..nodes).map(|node| (node % groups) as u32).collect();
        random.shuffle(&mut labels);
        nodes = groups;
        labels
    };
    canonical(&groups.iter().map(level).collect::<Vec<_>>())
}

/// The whole description length with the levels of a state in place of those from `level` up.
fn slow(shared: &Shared, below: &[Vec<u32>], state: &State<'_>) -> f64 {
    // The state numbers its groups itself; only those of its first level are named by the levels below, by node.
    let levels: Vec<Vec<u32>> = below.iter().cloned().chain(state.levels()).collect();
    shared.description_length(&levels).total
}

fn all_models(nested: bool) -> impl Iterator<Item = Model> {
    MODELS.into_iter().flat_map(move |weights| {
        [true, false].into_iter().flat_map(move |deg_corr| {
            [Compat::None, Compat::GraphTool245].map(|compat| Model { deg_corr, weights, nested, compat })
        })
    })
}

/// Makes random moves of nodes and merges at one level, each checked.
fn walk(shared: &Shared, levels: &[Vec<u32>], level: usize, random: &mut Random) {
    let (below, above) = levels.split_at(level);
    let sums = block_sums(&shared.graph, below);
    let mut spread = LevelSpread::default();
    for (wide, deviation) in sums.iter().map(|pairs| deviations(pairs)) {
        spread.add(wide, deviation);
    }
    let groups = sums.last().map(|pairs| LevelGraph::of_groups(above[0].len(), pairs));
    let graph = groups.as_ref().unwrap_or(&shared.lowest);
    let mut state = State::new(shared, graph, spread, above);
    let constant = slow(shared, below, &state) - state.total();
    for step in 0..80 {
        let slots = state.tiers[0].occupied().to_vec();
        let from = slots[random.index(slots.len())];
        let mut to = slots[random.index(slots.len())];
        match step % 8 {
            7 if slots.len() > 2 => state.take_group(from),
            other => {
                state.take_node(random.index(graph.n_nodes()));
                if other == 3 && !state.empties() {
                    to = state.new_group(state.bundle.from).unwrap_or(to);
                }
            }
        }
        if step % 8 == 5 && !state.empties() {
            // Back to an upper group that may have died out.
            if let (Some(slot), Some(upper)) = (state.tiers[0].an_empty_slot(), state.tiers.get_mut(1)) {
                upper.labels[slot as usize] = random.index(upper.capacity()) as u32;
                to = slot;
            }
        }
        if to == state.bundle.from {
            continue;
        }
        let before = slow(shared, below, &state);
        let delta = state.delta(to);
        state.commit();
        let after = slow(shared, below, &state);
        let model = shared.model;
        assert!(
            (after - before - delta).abs() < 1e-8,
            "{model:?} {level} {step}: {delta} {}",
            after - before
        );
        assert!((state.total() + constant - after).abs() < 1e-8, "{model:?} {level} {step}: total");
    }
}

#[test]
fn differences_equal_recomputation_in_flat_models() {
    let mut random = Random::new(Seed::root(1));
    for model in all_models(false) {
        let graph = random_graph(14, 40, &mut random);
        let levels = random_levels(14, &[5], &mut random);
        walk(&Shared::new(&graph, model).unwrap(), &levels, 0, &mut random);
    }
}

#[test]
fn differences_equal_recomputation_at_every_level() {
    let mut random = Random::new(Seed::root(2));
    for model in all_models(true) {
        for level in 0..3 {
            let graph = random_graph(20, 50, &mut random);
            let levels = random_levels(20, &[9, 5, 3, 2], &mut random);
            walk(&Shared::new(&graph, model).unwrap(), &levels, level, &mut random);
        }
    }
}

#[test]
fn a_split_that_does_not_help_leaves_no_trace() {
    let mut random = Random::new(Seed::root(3));
    for model in all_models(true) {
        let graph = random_graph(20, 50, &mut random);
        let levels = random_levels(20, &[6, 3, 1], &mut random);
        let shared = Shared::new(&graph, model).unwrap();
        let mut state = State::new(&shared, &shared.lowest, LevelSpread::default(), &levels);
        for _ in 0..4 {
            let before = state.total();
            let gain = state.split_groups(&mut random) + state.reshare_groups(&mut random);
            assert!(gain <= 0.0);
            assert!((state.total() - before - gain).abs() < 1e-8, "{model:?}: {gain}");
        }
    }
}

/// All partitions of n nodes, numbered by first appearance.
fn partitions(n: usize) -> Vec<Vec<u32>> {
    let mut all = vec![vec![0_u32]];
    for _ in 1..n {
        let longer = |labels: &Vec<u32>| {
            let groups = labels.iter().max().map_or(0, |&last| last + 1);
            let with = |label: u32| labels.iter().copied().chain([label]).collect();
            (0..=groups).map(with).collect::<Vec<_>>()
        };
        all = all.iter().flat_map(longer).collect();
    }
    all
}

/// Chi-square of the visits of a chain to each hierarchy against exp(-DL), by degree of freedom.
fn misfit(shared: &Shared, all: &[Vec<Vec<u32>>], sweeps: u32, thin: u32, seed: u64) -> f64 {
    let totals: Vec<f64> = all.iter().map(|levels| shared.description_length(levels).total).collect();
    let least = totals.iter().fold(f64::INFINITY, |least, &total| least.min(total));
    let norm: f64 = totals.iter().map(|total| (least - total).exp()).sum();
    let mut visits = std::collections::BTreeMap::new();
    let mut chain = Chain::new(shared, all[0].clone(), 1.0, Random::new(Seed::root(seed)));
    let mut total = shared.description_length(&chain.levels).total;
    for sweep in 0..sweeps * thin {
        total += chain.sweep();
        if sweep % thin == 0 {
            *visits.entry(canonical(&chain.levels)).or_insert(0.0) += 1.0;
            let expected = shared.description_length(&chain.levels).total;
            assert!((expected - total).abs() < 1e-6, "the chain lost count: {total}, {expected}");
        }
    }
    let (mut chi_square, mut cells) = (0.0, 0.0);
    for (levels, total) in all.iter().zip(&totals) {
        let expected = f64::from(sweeps) * (least - total).exp() / norm;
        let observed = visits.get(levels).copied().unwrap_or(0.0);
        if expected >= 5.0 {
            chi_square += (observed - expected) * (observed - expected) / expected;
            cells += 1.0;
        }
    }
    assert!(cells > 4.0, "too few hierarchies are likely: {cells}");
    chi_square / (cells - 1.0)
}

#[test]
fn chains_visit_partitions_as_often_as_their_description_length_says() {
    let edges = [(0, 1), (0, 2), (1, 2), (3, 4), (2, 3), (0, 1), (4, 4)];
    let weights = [1.0, 2.0, 1.0, 3.0, 1.0, 2.0, 5.0];
    let graph = Graph::new(5, &edges, Some(&weights)).unwrap();
    let all: Vec<Vec<Vec<u32>>> = partitions(5).into_iter().map(|labels| vec![labels]).collect();
    assert_eq!(all.len(), 52);
    for (seed, weights) in [(1, WeightModel::None), (2, WeightModel::Exponential)] {
        for deg_corr in [true, false] {
            let model = Model { deg_corr, weights, nested: false, compat: Compat::None };
            let misfit = misfit(&Shared::new(&graph, model).unwrap(), &all, 10_000, 3, seed);
            // 1 on average; above 2 with a probability below 1e-4 for ten cells or more.
            assert!(misfit < 2.0, "{model:?}: {misfit}");
        }
    }
}

#[test]
fn chains_visit_hierarchies_as_often_as_their_description_length_says() {
    let graph = Graph::new(4, &[(0, 1), (0, 1), (2, 3), (1, 2), (2, 3)], None).unwrap();
    let on_top = |labels: Vec<u32>| {
        let groups = labels.iter().max().map_or(0, |&last| last as usize + 1);
        partitions(groups).into_iter().map(move |upper| vec![labels.clone(), upper])
    };
    let all: Vec<Vec<Vec<u32>>> = partitions(4).into_iter().flat_map(on_top).collect();
    for deg_corr in [true, false] {
        let model = Model { deg_corr, weights: WeightModel::None, nested: true, compat: Compat::None };
        let misfit = misfit(&Shared::new(&graph, model).unwrap(), &all, 10_000, 3, 3);
        assert!(misfit < 2.0, "{model:?}: {misfit}");
    }
}

#[test]
fn the_partition_term_is_a_distribution_over_labelled_partitions() {
    for n in 2..=8_usize {
        let mut sum = 0.0;
        for labels in partitions(n) {
            let groups = labels.iter().max().map_or(0, |&last| last + 1);
            let mut nats = Shared::partition(n as i64, i64::from(groups));
            for group in 0..groups {
                let size = labels.iter().filter(|&&label| label == group).count() as u64;
                nats -= crate::log_gamma::ln_factorial(size);
            }
            let labellings: f64 = (1..=groups).map(f64::from).product();
            sum += labellings * (-nats).exp();
        }
        assert!((sum - 1.0).abs() < 1e-10, "{n}: {sum}");
    }
}
