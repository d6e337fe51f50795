//! How near a partition comes to the true one.

use neuroloom_math::Contingency;

/// Agreement of two partitions of the same nodes; 1 where they are the same up to the names of the groups.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Score {
    /// Normalised mutual information, `2 I(a; b) / (H(a) + H(b))`: from 0, for independent partitions, to 1. Two
    /// partitions of one group each agree.
    pub nmi: f64,
    /// Rand index adjusted for chance (Hubert and Arabie 1985): 0 is what random partitions of these sizes have.
    pub ari: f64,
    /// Share of the nodes in matched groups, under the matching of groups one to one that makes it largest.
    pub overlap: f64,
}

/// Compares the groups `found` and `truth` of the same nodes, a number per node each; the numbers are names. None where the
/// lengths differ or there are no nodes.
///
/// ```
/// let score = neuroloom_community::score(&[0, 0, 1, 1], &[7, 7, 3, 3]).unwrap();
/// assert_eq!((score.nmi, score.ari, score.overlap), (1.0, 1.0, 1.0));
/// ```
pub fn score(found: &[u32], truth: &[u32]) -> Option<Score> {
    if found.len() != truth.len() || found.is_empty() {
        return None;
    }
    let table = Contingency::new(found, truth);
    Some(Score {
        nmi: table.normalised_mutual_information(),
        ari: table.adjusted_rand_index(),
        overlap: table.overlap(),
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn scores_are_those_of_scikit_learn() {
        // normalized_mutual_info_score and adjusted_rand_score of scikit-learn 1.9.1; the overlap by hand.
        let found = [0, 0, 0, 1, 1, 1, 2, 2, 2, 2];
        let truth = [0, 0, 1, 1, 1, 2, 2, 2, 2, 0];
        let score = score(&found, &truth).unwrap();
        assert!((score.nmi - 0.442_701_283_346_05).abs() < 1e-12, "{}", score.nmi);
        assert!((score.ari - 0.204_545_454_545_454_56).abs() < 1e-12, "{}", score.ari);
        assert_eq!(score.overlap, 0.7);
    }

    #[test]
    fn one_group_tells_nothing_of_two() {
        let score = score(&[0; 4], &[0, 0, 1, 1]).unwrap();
        assert_eq!((score.nmi, score.ari, score.overlap), (0.0, 0.0, 0.5));
    }

    #[test]
    fn other_lengths_have_no_score() {
        assert_eq!(score(&[0], &[0, 1]), None);
        assert_eq!(score(&[], &[]), None);
    }

    proptest! {
        #[test]
        fn names_of_groups_and_the_order_of_partitions_do_not_matter(
            pairs in proptest::collection::vec((0_u32..4, 0_u32..4), 1..40),
        ) {
            let (a, b): (Vec<u32>, Vec<u32>) = pairs.into_iter().unzip();
            let renamed: Vec<u32> = a.iter().map(|label| 90 - 7 * label).collect();
            let (plain, other) = (score(&a, &b).unwrap(), score(&b, &renamed).unwrap());
            prop_assert!((plain.nmi - other.nmi).abs() < 1e-12);
            prop_assert!((plain.ari - other.ari).abs() < 1e-12);
            prop_assert_eq!(plain.overlap, other.overlap);
            prop_assert!((0.0..=1.0).contains(&plain.nmi) && plain.ari <= 1.0 && plain.overlap <= 1.0);
            prop_assert_eq!(score(&a, &renamed).unwrap().overlap, 1.0);
        }
    }
}
