//! Partitions: assignment, consensus, agreement, and the baselines.

use neuroloom_core::Seed;
use neuroloom_mds::{
    Baseline, Gains, Groups, Templates, absorb_small, agreement, argmax, chunks, consensus, consensus_of_k,
    margins, principal_components,
};
use rand::RngExt;

#[test]
fn neurons_go_to_their_largest_response_whatever_their_gain() {
    let responses = vec![vec![1.0_f64, 0.0, 2.0, 5.0], vec![0.5, 3.0, 2.0, -1.0]];
    assert_eq!(argmax(&responses), [0, 1, 0, 0]);
    let gained: Vec<Vec<f64>> = responses
        .iter()
        .map(|row| row.iter().zip([0.1, 3.0, 7.0, 0.5]).map(|(value, gain)| gain * value + 2.0).collect())
        .collect();
    assert_eq!(argmax(&gained), [0, 1, 0, 0]);
    assert_eq!(margins(&responses)[1], (3.0, Some(3.0)));
}

#[test]
fn templates_tell_profiles_apart_that_the_largest_response_does_not() {
    // Both kinds respond most to stimulus 0, the second half as much to stimulus 1.
    let responses = vec![vec![1.0_f64, 2.0, 1.0, 3.0], vec![0.1, 0.2, 0.5, 1.5]];
    let groups = Groups::new(&[0, 0, 1, 1]);
    let templates = Templates::new(&responses, &Gains::none(4), &groups);
    assert_eq!(templates.assign(&responses, &Gains::none(4)), [0, 0, 1, 1]);
    assert_eq!(argmax(&responses), [0, 0, 0, 0]);
}

#[test]
fn empty_clusters_leave_and_the_order_stays() {
    let groups = Groups::new(&[7, 2, 7, 9]);
    assert_eq!((groups.labels(), groups.sizes()), ([1, 0, 1, 2].as_slice(), [1, 2, 1].as_slice()));
    assert_eq!(groups.members(1), [0, 2]);
    let start = chunks(10, 3, Seed::root(1));
    assert_eq!(start.sizes(), [4, 4, 2]);
    assert_eq!(start, chunks(10, 3, Seed::root(1)));
    assert_ne!(start, chunks(10, 3, Seed::root(2)));
}

#[test]
fn a_consensus_keeps_apart_what_most_partitions_keep_apart() {
    let partitions = vec![vec![0, 0, 1, 1, 2, 2], vec![0, 0, 1, 1, 1, 1], vec![5, 5, 5, 5, 3, 3]];
    assert_eq!(consensus(&partitions, 0.8), [0, 0, 1, 1, 2, 2]);
    assert_eq!(consensus(&partitions, 0.3), [0, 0, 0, 0, 1, 1]);
    assert_eq!(consensus(&partitions, 0.1), [0; 6]);
    assert_eq!(consensus_of_k(&partitions, 2).iter().max(), Some(&1));
    assert_eq!(consensus(&partitions[..1], 0.5), [0, 0, 1, 1, 2, 2]);
    let odd = vec![vec![0, 0, 1, 1, 1], vec![0, 0, 1, 1, 1], vec![0, 0, 1, 1, 0]];
    assert_eq!(absorb_small(&[0, 0, 1, 1, 2], &odd, 2), [0, 0, 1, 1, 1]);
    assert_eq!(absorb_small(&[0, 0, 1, 1, 2], &odd, 9), [0, 0, 1, 1, 2]);
}

#[test]
fn agreement_is_that_of_scikit_learn() {
    // adjusted_mutual_info_score and adjusted_rand_score of scikit-learn 1.9.1.
    let (found, truth) = ([0, 0, 0, 1, 1, 1, 2, 2, 2, 2], [0, 0, 1, 1, 1, 2, 2, 2, 2, 0]);
    let found = agreement(&found, &truth).unwrap();
    assert!((found.ari - 0.204_545_454_545_454_56).abs() < 1e-12, "{}", found.ari);
    assert!((found.ami - 0.237_288_777_701_335_4).abs() < 1e-9, "{}", found.ami);
    assert!((found.purity - 0.7).abs() < 1e-12);
    assert!(agreement(&[0], &[0, 1]).is_none());
}

#[test]
fn baselines_find_blobs_told_or_not_told_how_many() {
    let mut stream = Seed::root(4).rng();
    let truth: Vec<usize> = (0..90).map(|k| k % 3).collect();
    let rows: Vec<Vec<f64>> = truth
        .iter()
        .map(|&kind| {
            (0..6).map(|d| if d / 2 == kind { 6.0 } else { 0.0 } + stream.random_range(-1.0..1.0)).collect()
        })
        .collect();
    let scores = principal_components(&rows, 3).unwrap();
    assert_eq!(scores[0].len(), 3);
    for baseline in [Baseline::Kmeans, Baseline::Gmm, Baseline::Spectral] {
        for k in [Some(3), None] {
            let labels = baseline.labels(&scores, k, Seed::root(1)).unwrap();
            let found = agreement(&labels, &truth).unwrap();
            assert!(found.ari > 0.99, "{} {k:?}: {}", baseline.name(), found.ari);
        }
    }
    assert!(Baseline::Kmeans.labels(&rows[..2], Some(3), Seed::root(1)).is_err());
}
