//! One partition that stands for all draws (Fritsch and Ickstadt 2009; Wade and Ghahramani 2018).

mod linkage;

use std::collections::BTreeSet;

use rayon::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Similarity;
use crate::start::in_order_of_first_members;
use linkage::average_linkage;

/// What the partition is the best of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PointEstimate {
    /// Largest posterior expected adjusted Rand index (Fritsch and Ickstadt 2009, equation 12).
    #[default]
    Pear,
    /// Smallest expected number of pairs that are together in one partition and apart in the other (Binder 1978).
    Binder,
    /// Smallest variation of information, in its lower bound by Jensen's inequality (Wade and Ghahramani 2018, equation 13).
    Vi,
}

/// More things than these are not linked: candidates then are drawn partitions alone.
const MOST_LINKED: usize = 4000;
/// Cuts of the linkage that are tried: up to this many groups more than any draw has.
const MORE_GROUPS: usize = 5;
/// Pairs that all candidates together may look at.
const PAIRS: usize = 4_000_000_000;
/// Candidates at least.
const FEWEST: usize = 20;

/// The best partition by `estimate` among cuts of average linkage on 1 - similarity and partitions that were drawn (all
/// different ones, or as many, evenly spread, as the number of pairs allows): group of every thing, in the order of
/// first members.
pub fn point_partition(similarity: &Similarity, draws: &[Vec<u16>], estimate: PointEstimate) -> Vec<usize> {
    let candidates = candidates(similarity, draws);
    let scores: Vec<f64> =
        candidates.par_iter().map(|candidate| estimate.score(similarity, candidate)).collect();
    // The first of the best: candidates stand in an order that depends on the partitions alone.
    let best =
        scores.iter().enumerate().fold(None, |best: Option<(usize, f64)>, (place, &score)| match best {
            Some((_, highest)) if score <= highest => best,
            _ => Some((place, score)),
        });
    best.and_then(|(place, _)| candidates.into_iter().nth(place)).unwrap_or_default()
}

impl PointEstimate {
    /// The larger, the better.
    pub fn score(self, similarity: &Similarity, groups: &[usize]) -> f64 {
        match self {
            Self::Pear => pear(similarity, groups),
            Self::Binder => -binder(similarity, groups),
            Self::Vi => -variation_bound(similarity, groups),
        }
    }
}

/// (Σ 1\[c_i = c_j\] p_ij - E)/((Σ 1\[c_i = c_j\] + Σ p_ij)/2 - E), sums over pairs, E = Σ 1 Σ p / (number of pairs). All
/// things together while all draws are so too, or all apart, agree: 1.
fn pear(similarity: &Similarity, groups: &[usize]) -> f64 {
    let Pairs { together, expected, both } = pairs(similarity, groups);
    let n = groups.len() as f64;
    let by_chance = together * expected / (n * (n - 1.0) / 2.0).max(1.0);
    let room = 0.5 * (together + expected) - by_chance;
    if room.abs() < 1e-12 * (together + expected + 1.0) {
        return if (together - expected).abs() < 1e-9 * (1.0 + expected) { 1.0 } else { 0.0 };
    }
    (both - by_chance) / room
}

fn binder(similarity: &Similarity, groups: &[usize]) -> f64 {
    let Pairs { together, expected, both } = pairs(similarity, groups);
    together + expected - 2.0 * both
}

/// Sums over pairs.
struct Pairs {
    /// Pairs in one group.
    together: f64,
    /// Similarities of all pairs.
    expected: f64,
    /// Similarities of pairs in one group.
    both: f64,
}

fn pairs(similarity: &Similarity, groups: &[usize]) -> Pairs {
    let mut sums = Pairs { together: 0.0, expected: 0.0, both: 0.0 };
    for (i, group) in groups.iter().enumerate() {
        similarity.for_later(i, |j, p| {
            let same = f64::from(u8::from(groups[j] == *group));
            sums.together += same;
            sums.expected += p;
            sums.both += same * p;
        });
    }
    sums
}

/// Σ_i \[ln Σ_j 1\[c_i = c_j\] + ln Σ_j p_ij - 2 ln Σ_j 1\[c_i = c_j\] p_ij\] / n, in nats.
fn variation_bound(similarity: &Similarity, groups: &[usize]) -> f64 {
    let n = groups.len();
    let mut sums = vec![[1.0_f64; 3]; n];
    for (i, group) in groups.iter().enumerate() {
        let mut own = [0.0; 3];
        similarity.for_later(i, |j, p| {
            let same = f64::from(u8::from(groups[j] == *group));
            for (place, value) in [same, p, same * p].into_iter().enumerate() {
                own[place] += value;
                sums[j][place] += value;
            }
        });
        sums[i].iter_mut().zip(own).for_each(|(sum, own)| *sum += own);
    }
    sums.iter().map(|[size, all, both]| size.ln() + all.ln() - 2.0 * both.ln()).sum::<f64>() / n.max(1) as f64
}

fn candidates(similarity: &Similarity, draws: &[Vec<u16>]) -> Vec<Vec<usize>> {
    let n = similarity.n_things();
    let mut found = BTreeSet::new();
    let most = PAIRS / (n * n / 2).max(1);
    let numbered = |draw: &Vec<u16>| {
        in_order_of_first_members(&draw.iter().map(|&group| usize::from(group)).collect::<Vec<_>>())
    };
    let every = draws.len().div_ceil(most.max(FEWEST)).max(1);
    found.extend(draws.iter().step_by(every).map(numbered));
    if n <= MOST_LINKED && n > 0 {
        let largest = draws.iter().flatten().max().map_or(1, |&last| usize::from(last) + 1);
        let tree = average_linkage(similarity);
        found.extend((1..=(largest + MORE_GROUPS).min(n)).map(|k| in_order_of_first_members(&tree.cut(k))));
    }
    found.into_iter().collect()
}
