//! Random graphs of known structure.

use neuroloom_community::{Graph, SbmOptions, WeightModel};
use neuroloom_core::Seed;
use rand::Rng;

/// Uniform on (0, 1].
pub fn unit(random: &mut impl Rng) -> f64 {
    ((random.next_u64() >> 11) as f64 + 1.0) / (1_u64 << 53) as f64
}

pub fn exponential(random: &mut impl Rng, mean: f64) -> f64 {
    -mean * unit(random).ln()
}

/// `n_groups` equal groups in a random order of nodes.
pub fn truth(n_nodes: usize, n_groups: usize, random: &mut impl Rng) -> Vec<u32> {
    let mut labels: Vec<u32> = (0..n_nodes).map(|node| (node % n_groups) as u32).collect();
    for last in (1..n_nodes).rev() {
        labels.swap(last, (random.next_u64() % (last as u64 + 1)) as usize);
    }
    labels
}

/// Each pair is an edge with a probability, and has an exponential weight of a mean, for (same group?).
pub fn planted(
    labels: &[u32],
    chance: impl Fn(bool) -> f64,
    mean: impl Fn(bool) -> f64,
    random: &mut impl Rng,
) -> Graph {
    let (mut edges, mut weights) = (Vec::new(), Vec::new());
    for i in 0..labels.len() {
        for j in i + 1..labels.len() {
            let same = labels[i] == labels[j];
            if unit(random) <= chance(same) {
                edges.push((i as u32, j as u32));
                weights.push(exponential(random, mean(same)));
            }
        }
    }
    Graph::new(labels.len(), &edges, Some(&weights)).unwrap()
}

/// One restart of the given weight model.
pub fn one_search(weights: WeightModel) -> SbmOptions {
    SbmOptions { weights, restarts: 1, ..SbmOptions::default() }
}

/// Whether two partitions are the same but for the names of the groups.
pub fn same_groups(a: &[u32], b: &[u32]) -> bool {
    let one_way = |a: &[u32], b: &[u32]| {
        let mut name = std::collections::BTreeMap::new();
        a.iter().zip(b).all(|(from, to)| name.entry(*from).or_insert(*to) == to)
    };
    one_way(a, b) && one_way(b, a)
}

pub fn n_groups(labels: &[u32]) -> usize {
    labels.iter().max().map_or(0, |&last| last as usize + 1)
}

pub fn rng(seed: u64) -> impl Rng {
    Seed::root(seed).rng()
}
