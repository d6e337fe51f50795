//! Point estimates against a search through all partitions.

use neuroloom_bicluster::{PointEstimate, Similarity, point_partition};
use proptest::prelude::*;

/// All partitions of `n` things, in the order of first members.
fn partitions(n: usize) -> Vec<Vec<usize>> {
    let mut all = vec![vec![]];
    for _ in 0..n {
        let extend = |part: Vec<usize>| {
            let next = part.iter().max().map_or(0, |&last: &usize| last + 1);
            (0..=next).map(move |group| [part.as_slice(), &[group]].concat())
        };
        all = all.into_iter().flat_map(extend).collect();
    }
    all
}

/// The score as it is written, over ordered pairs.
fn score(similarity: &Similarity, groups: &[usize], estimate: PointEstimate) -> f64 {
    let n = groups.len();
    let same = |i: usize, j: usize| f64::from(u8::from(groups[i] == groups[j]));
    let pairs = || (0..n).flat_map(|i| (i + 1..n).map(move |j| (i, j)));
    let sum = |of: &dyn Fn(usize, usize) -> f64| pairs().map(|(i, j)| of(i, j)).sum::<f64>();
    let p = |i, j| similarity.probability(i, j);
    match estimate {
        PointEstimate::Binder => -sum(&|i, j| (same(i, j) - p(i, j)).abs()),
        PointEstimate::Pear => {
            let (together, expected) = (sum(&same), sum(&p));
            let chance = together * expected / (n * (n - 1) / 2) as f64;
            (sum(&|i, j| same(i, j) * p(i, j)) - chance) / (0.5 * (together + expected) - chance)
        }
        PointEstimate::Vi => {
            let row = |of: &dyn Fn(usize) -> f64| (0..n).map(of).sum::<f64>().ln();
            let own = |i| row(&|j| same(i, j)) + row(&|j| p(i, j)) - 2.0 * row(&|j| same(i, j) * p(i, j));
            -(0..n).map(own).sum::<f64>() / n as f64
        }
    }
}

#[test]
fn there_are_as_many_partitions_as_bell_numbers_say() {
    assert_eq!([1, 2, 3, 4, 5, 6].map(|n| partitions(n).len()), [1, 2, 5, 15, 52, 203]);
}

fn noisy_draws() -> impl Strategy<Value = Vec<Vec<u16>>> {
    // Draws about one partition, as posteriors are.
    let draw = prop::collection::vec((0_u16..3, 0_u32..10), 6).prop_map(|cells| {
        let truth = [0, 0, 0, 1, 1, 2];
        cells
            .iter()
            .zip(truth)
            .map(|(&(other, luck), truth)| if luck < 2 { other } else { truth })
            .collect::<Vec<u16>>()
    });
    prop::collection::vec(draw, 5..30)
}

proptest! {
    #[test]
    fn scores_are_those_of_their_definitions(draws in noisy_draws()) {
        let similarity = Similarity::of(&draws, 6);
        for estimate in [PointEstimate::Pear, PointEstimate::Binder, PointEstimate::Vi] {
            for groups in partitions(6) {
                let expected = score(&similarity, &groups, estimate);
                if expected.is_finite() {
                    let found = estimate.score(&similarity, &groups);
                    prop_assert!((found - expected).abs() < 1e-9, "{estimate:?} {groups:?}: {found} {expected}");
                }
            }
        }
    }

    #[test]
    fn the_point_estimate_is_nearly_the_best_of_all_partitions(draws in noisy_draws()) {
        let similarity = Similarity::of(&draws, 6);
        for estimate in [PointEstimate::Pear, PointEstimate::Binder, PointEstimate::Vi] {
            let found = point_partition(&similarity, &draws, estimate);
            let best = partitions(6).iter().map(|groups| estimate.score(&similarity, groups)).fold(f64::MIN, f64::max);
            let score = estimate.score(&similarity, &found);
            // Candidates are cuts of the linkage and drawn partitions, not all 203.
            prop_assert!(score > best - 0.12 * (1.0 + best.abs()), "{estimate:?}: {score} {best}");
            let drawn = draws.iter().map(|draw| draw.iter().map(|&g| usize::from(g)).collect::<Vec<_>>());
            for groups in drawn {
                prop_assert!(score >= estimate.score(&similarity, &groups) - 1e-12);
            }
        }
    }

    #[test]
    fn the_order_of_things_does_not_matter(draws in noisy_draws()) {
        let order = [4, 2, 5, 0, 3, 1];
        let moved: Vec<Vec<u16>> = draws.iter().map(|draw| order.iter().map(|&i| draw[i]).collect()).collect();
        let (a, b) = (Similarity::of(&draws, 6), Similarity::of(&moved, 6));
        let score = |similarity: &Similarity, draws: &[Vec<u16>]| {
            PointEstimate::Pear.score(similarity, &point_partition(similarity, draws, PointEstimate::Pear))
        };
        prop_assert!((score(&a, &draws) - score(&b, &moved)).abs() < 1e-9);
    }
}

#[test]
fn clear_draws_have_a_clear_estimate() {
    let draws = vec![vec![0, 0, 1, 1, 2], vec![1, 1, 0, 0, 2], vec![0, 0, 1, 1, 1]];
    let similarity = Similarity::of(&draws, 5);
    for estimate in [PointEstimate::Pear, PointEstimate::Binder, PointEstimate::Vi] {
        assert_eq!(point_partition(&similarity, &draws, estimate), [0, 0, 1, 1, 2]);
    }
    let together = vec![vec![0; 4]; 3];
    let similarity = Similarity::of(&together, 4);
    assert_eq!(point_partition(&similarity, &together, PointEstimate::Pear), [0; 4]);
    let apart = vec![vec![0, 1, 2, 3]; 3];
    let similarity = Similarity::of(&apart, 4);
    assert_eq!(point_partition(&similarity, &apart, PointEstimate::Pear), [0, 1, 2, 3]);
}
