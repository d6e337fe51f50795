//! Priors of partitions (T2).

use neuroloom_bicluster::{NeuronPrior, PartitionPrior};

const PRIORS: [NeuronPrior; 6] = [
    NeuronPrior::Mfm { rho: 0.2, g: 1.0 },
    NeuronPrior::Mfm { rho: 0.415, g: 0.4 },
    NeuronPrior::Mfm { rho: 0.9, g: 3.0 },
    NeuronPrior::Dp { concentration: 0.7 },
    NeuronPrior::Fixed { n_clusters: 6, g: 0.5 },
    NeuronPrior::Fixed { n_clusters: 3, g: 1.0 },
];

#[test]
fn the_203_partitions_of_six_sum_to_one() {
    let partitions = partitions(6);
    assert_eq!(partitions.len(), 203);
    for prior in PRIORS {
        let table = PartitionPrior::new(&prior, 6, 6);
        let sum: f64 = partitions.iter().map(|labels| table.log_probability(&sizes(labels)).exp()).sum();
        assert!((sum - 1.0).abs() < 1e-12, "{prior:?}: {sum}");
    }
}

#[test]
fn urn_weights_are_ratios_of_probabilities() {
    for prior in PRIORS {
        let table = PartitionPrior::new(&prior, 6, 6);
        for labels in partitions(6) {
            let sizes = sizes(&labels);
            let n_clusters = sizes.len();
            // take one neuron out of the first cluster, and open another cluster for it
            if sizes[0] < 2 || table.log_probability(&sizes).is_infinite() {
                continue;
            }
            let mut opened = sizes.clone();
            opened[0] -= 1;
            opened.push(1);
            let expected = table.log_probability(&opened) - table.log_probability(&sizes);
            let found = table.log_new(n_clusters) - table.log_existing(sizes[0] - 1);
            assert!(
                (found - expected).abs() < 1e-11 || found == expected,
                "{prior:?} {sizes:?}: {found} {expected}"
            );
        }
    }
}

#[test]
fn coefficients_equal_their_sum_written_out() {
    // V_3(2) of rho 1/2, g 1: Σ_{k ≥ 2} k (k - 1) / (k (k + 1) (k + 2)) 2^-k
    let expected: f64 =
        (2..60).map(|k| f64::from(k - 1) / f64::from((k + 1) * (k + 2)) * 0.5_f64.powi(k)).sum();
    let table = PartitionPrior::new(&NeuronPrior::Mfm { rho: 0.5, g: 1.0 }, 3, 3);
    assert!((table.log_count(2).exp() / expected - 1.0).abs() < 1e-13);
}

#[test]
fn no_partition_has_more_clusters_than_the_limit() {
    for prior in PRIORS {
        let table = PartitionPrior::new(&prior, 40, 3);
        assert!(table.log_new(2).is_finite());
        assert_eq!(table.log_new(3), f64::NEG_INFINITY);
        assert_eq!(table.log_probability(&[10; 4]), f64::NEG_INFINITY);
    }
}

#[test]
fn thousands_of_neurons_have_finite_coefficients() {
    let table = PartitionPrior::new(&NeuronPrior::Mfm { rho: 0.2, g: 1.0 }, 5000, 2500);
    assert!((1..2500).all(|t| table.log_new(t).is_finite() && table.log_count(t).is_finite()));
}

/// Partitions of n things as restricted growth strings.
pub fn partitions(n: usize) -> Vec<Vec<usize>> {
    let mut all = vec![vec![0]];
    for _ in 1..n {
        let longer = |labels: &Vec<usize>| {
            let next = labels.iter().max().map_or(0, |most| most + 1);
            let labels = labels.clone();
            (0..=next).map(move |label| labels.iter().copied().chain([label]).collect())
        };
        all = all.iter().flat_map(longer).collect();
    }
    all
}

pub fn sizes(labels: &[usize]) -> Vec<usize> {
    let mut sizes = vec![0; labels.iter().max().map_or(0, |most| most + 1)];
    labels.iter().for_each(|&label| sizes[label] += 1);
    sizes
}
