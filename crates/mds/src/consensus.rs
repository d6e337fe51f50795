//! One partition out of many: neurons that most partitions put together.

use std::collections::BTreeMap;

use crate::groups::Groups;

/// Clusters of the neurons that at least a share `together` of the partitions put together on average: average linkage
/// on `1 - share`, cut there. Numbers follow the order of first members.
///
/// Neurons that no partition tells apart are one point with a weight, so that the work grows with the number of
/// distinct points, not of neurons.
pub fn consensus(partitions: &[Vec<usize>], together: f64) -> Vec<usize> {
    let (points, weights) = points(partitions);
    let merges = average_linkage(&distances(partitions, &points), &weights);
    cut(&points, &merges, |height, _| height <= 1.0 - together)
}

/// The same, cut so that `k` clusters are left.
pub fn consensus_of_k(partitions: &[Vec<usize>], k: usize) -> Vec<usize> {
    let (points, weights) = points(partitions);
    let merges = average_linkage(&distances(partitions, &points), &weights);
    cut(&points, &merges, |_, left| left > k)
}

/// Neurons of clusters with fewer than `least` members go to the larger cluster with whose members the partitions put
/// them most often; nothing changes where no cluster is large enough.
pub fn absorb_small(labels: &[usize], partitions: &[Vec<usize>], least: usize) -> Vec<usize> {
    let groups = Groups::new(labels);
    let large: Vec<usize> = (0..groups.k()).filter(|&k| groups.sizes()[k] >= least).collect();
    if large.is_empty() {
        return groups.labels().to_vec();
    }
    let together = |unit: usize, cluster: usize| {
        let members = groups.members(cluster);
        let shared = |labels: &Vec<usize>| members.iter().filter(|&&m| labels[m] == labels[unit]).count();
        partitions.iter().map(shared).sum::<usize>() as f64 / members.len() as f64
    };
    let home = |(unit, &own): (usize, &usize)| {
        if large.contains(&own) {
            return own;
        }
        let shares = large.iter().map(|&cluster| (together(unit, cluster), cluster));
        shares.reduce(|best, next| if next.0 > best.0 { next } else { best }).map_or(own, |(_, home)| home)
    };
    let moved: Vec<usize> = groups.labels().iter().enumerate().map(home).collect();
    Groups::new(&moved).labels().to_vec()
}

/// The point of every neuron in the order of first members, and the neurons of every point.
fn points(partitions: &[Vec<usize>]) -> (Vec<usize>, Vec<f64>) {
    let n_units = partitions.first().map_or(0, Vec::len);
    let mut numbers = BTreeMap::new();
    let mut weights = Vec::new();
    let mut of_unit = Vec::with_capacity(n_units);
    for unit in 0..n_units {
        let signature: Vec<usize> = partitions.iter().map(|labels| labels[unit]).collect();
        let point = *numbers.entry(signature).or_insert_with(|| {
            weights.push(0.0);
            weights.len() - 1
        });
        weights[point] += 1.0;
        of_unit.push(point);
    }
    (of_unit, weights)
}

/// Share of the partitions that set two points apart.
fn distances(partitions: &[Vec<usize>], points: &[usize]) -> Vec<Vec<f64>> {
    let n = points.iter().max().map_or(0, |most| most + 1);
    let first: Vec<usize> =
        (0..n).map(|point| points.iter().position(|&p| p == point).unwrap_or_default()).collect();
    let apart = |a: usize, b: usize| {
        partitions.iter().filter(|labels| labels[first[a]] != labels[first[b]]).count() as f64
            / partitions.len().max(1) as f64
    };
    (0..n).map(|a| (0..n).map(|b| apart(a, b)).collect()).collect()
}

/// Two clusters become one, called by the smaller number, at a mean distance.
pub(crate) struct Merge {
    pub pair: (usize, usize),
    pub height: f64,
}

/// Average linkage; the nearest pair first, of several that with the smallest numbers.
pub(crate) fn average_linkage(distances: &[Vec<f64>], weights: &[f64]) -> Vec<Merge> {
    let mut distances = distances.to_vec();
    let mut weights = weights.to_vec();
    let mut alive: Vec<usize> = (0..weights.len()).collect();
    let mut merges = Vec::new();
    while alive.len() > 1 {
        let pairs = alive.iter().enumerate().flat_map(|(k, &a)| alive[k + 1..].iter().map(move |&b| (a, b)));
        let nearest = pairs
            .map(|(a, b)| (distances[a][b], (a, b)))
            .reduce(|best, next| if next.0 < best.0 { next } else { best });
        let Some((height, (a, b))) = nearest else { break };
        let (wa, wb) = (weights[a], weights[b]);
        for &c in &alive {
            let mean = (wa * distances[a][c] + wb * distances[b][c]) / (wa + wb);
            distances[a][c] = mean;
            distances[c][a] = mean;
        }
        weights[a] += wb;
        alive.retain(|&c| c != b);
        merges.push(Merge { pair: (a, b), height });
    }
    merges
}

/// Clusters after all merges up to the first that `goes_on` refuses; it sees the height and how many clusters are left.
fn cut(points: &[usize], merges: &[Merge], goes_on: impl Fn(f64, usize) -> bool) -> Vec<usize> {
    let n = merges.len() + 1;
    let mut name: Vec<usize> = (0..n).collect();
    for (done, merge) in merges.iter().enumerate() {
        if !goes_on(merge.height, n - done) {
            break;
        }
        let (a, b) = merge.pair;
        name.iter_mut().filter(|name| **name == b).for_each(|name| *name = a);
    }
    let labels: Vec<usize> = points.iter().map(|&point| name[point]).collect();
    Groups::new(&labels).labels().to_vec()
}
