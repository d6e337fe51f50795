//! Communities against a connectome: are members connected to each other more than chance would have it?

use neuroloom_core::Seed;
use rand::seq::SliceRandom;

/// How densely one group is connected.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ModuleWiring {
    /// Members.
    pub size: usize,
    /// Share of the pairs of members that are connected; none for fewer than two.
    pub inside: Option<f64>,
    /// Share of the pairs of a member and a non-member that are connected; none where there is no such pair.
    pub outside: Option<f64>,
    /// Distance of `inside` from its mean over permutations, in standard deviations; none where these do not vary.
    pub z: Option<f64>,
    /// Share of the permutations, the observation counted as one, with at least as much inside.
    pub p: Option<f64>,
}

/// The wiring of the groups `0..n_groups`, of which `groups` has one per node, in the undirected simple graph of `edges`
/// (pairs of nodes, each once). The null hypothesis deals the labels out anew, `n_permutations` times: sizes of groups and the
/// connectome stay as they are.
pub fn module_wiring(
    edges: &[(u32, u32)],
    groups: &[u32],
    n_groups: usize,
    n_permutations: u32,
    seed: Seed,
) -> Vec<ModuleWiring> {
    let mut sizes = vec![0_usize; n_groups];
    groups.iter().for_each(|&group| sizes[group as usize] += 1);
    let (inside, outside) = counts(edges, groups, n_groups);
    let mut null = vec![Null::default(); n_groups];
    let mut stream = seed.rng();
    let mut labels = groups.to_vec();
    for _ in 0..n_permutations {
        labels.shuffle(&mut stream);
        let (permuted, _) = counts(edges, &labels, n_groups);
        for (null, (&found, &observed)) in null.iter_mut().zip(permuted.iter().zip(&inside)) {
            null.add(found as f64, observed as f64);
        }
    }
    let module = |group: usize| {
        let size = sizes[group];
        let pairs = size * size.saturating_sub(1) / 2;
        let others = size * (groups.len() - size);
        let tested = pairs > 0 && n_permutations > 0;
        ModuleWiring {
            size,
            inside: share(inside[group], pairs),
            outside: share(outside[group], others),
            z: tested.then(|| null[group].z(inside[group] as f64)).flatten(),
            p: tested.then(|| null[group].p()),
        }
    };
    (0..n_groups).map(module).collect()
}

fn share(connected: usize, pairs: usize) -> Option<f64> {
    (pairs > 0).then(|| connected as f64 / pairs as f64)
}

/// Edges inside each group, and those with one end in it.
fn counts(edges: &[(u32, u32)], groups: &[u32], n_groups: usize) -> (Vec<usize>, Vec<usize>) {
    let (mut inside, mut outside) = (vec![0; n_groups], vec![0; n_groups]);
    for &(i, j) in edges {
        let (r, s) = (groups[i as usize] as usize, groups[j as usize] as usize);
        if r == s {
            inside[r] += 1;
        } else {
            outside[r] += 1;
            outside[s] += 1;
        }
    }
    (inside, outside)
}

/// Moments of a count over permutations (Welford), and how many reach the observation.
#[derive(Clone, Copy, Debug, Default)]
struct Null {
    n: f64,
    mean: f64,
    squares: f64,
    n_reaching: f64,
}

impl Null {
    fn add(&mut self, found: f64, observed: f64) {
        self.n += 1.0;
        let gap = found - self.mean;
        self.mean += gap / self.n;
        self.squares += gap * (found - self.mean);
        self.n_reaching += if found >= observed { 1.0 } else { 0.0 };
    }

    fn z(&self, observed: f64) -> Option<f64> {
        let sd = (self.squares / (self.n - 1.0)).sqrt();
        (sd > 0.0).then(|| (observed - self.mean) / sd)
    }

    fn p(&self) -> f64 {
        (1.0 + self.n_reaching) / (1.0 + self.n)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A clique of five among fifteen nodes on a ring.
    fn clique_on_a_ring() -> Vec<(u32, u32)> {
        let clique = (0..5).flat_map(|i| (i + 1..5).map(move |j| (i, j)));
        clique.chain((4..14).map(|i| (i, i + 1))).collect()
    }

    #[test]
    fn a_clique_is_wired_and_a_random_group_is_not() {
        let groups: Vec<u32> = (0..15)
            .map(|node| {
                if node < 5 {
                    0
                } else if node % 3 == 0 {
                    1
                } else {
                    2
                }
            })
            .collect();
        let wiring = module_wiring(&clique_on_a_ring(), &groups, 3, 999, Seed::root(1));
        assert_eq!((wiring[0].inside, wiring[0].outside), (Some(1.0), Some(1.0 / 50.0)));
        assert!(wiring[0].p.unwrap() <= 0.002 && wiring[0].z.unwrap() > 4.0, "{:?}", wiring[0]);
        assert_eq!(wiring[1].inside, Some(0.0));
        assert_eq!(wiring[1].p, Some(1.0));
    }

    #[test]
    fn moments_of_the_null_are_those_of_all_permutations() {
        // Of three nodes on a path, two of three pairs are connected: a random pair is with probability 2/3.
        let wiring = module_wiring(&[(0, 1), (1, 2)], &[0, 0, 1], 2, 20_000, Seed::root(2));
        let z = (1.0 - 2.0 / 3.0) / (2.0_f64 / 9.0).sqrt();
        assert!((wiring[0].z.unwrap() - z).abs() < 0.03, "{:?}", wiring[0]);
        assert!((wiring[0].p.unwrap() - 2.0 / 3.0).abs() < 0.02);
        assert_eq!((wiring[1].inside, wiring[1].z, wiring[1].p), (None, None, None));
    }
}
