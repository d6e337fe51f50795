//! The urn of a mixture of finite mixtures on a conjugate toy: five numbers, normal around normal means (T2).

use neuroloom_bicluster::{NeuronPrior, PartitionPrior};
use rand::RngExt;

use crate::partitions::{partitions, sizes};
use crate::support::{rng, total_variation};

const VALUES: [f64; 5] = [-1.1, -0.7, 0.2, 1.3, 1.6];
const SWEEPS: usize = 200_000;

#[test]
fn gibbs_by_urn_weights_visits_the_52_partitions_as_often_as_it_should() {
    let prior = PartitionPrior::new(&NeuronPrior::Mfm { rho: 0.3, g: 0.8 }, 5, 5);
    let all = partitions(5);
    assert_eq!(all.len(), 52);
    let logs: Vec<f64> = all
        .iter()
        .map(|labels| {
            let sizes = sizes(labels);
            let likelihood: f64 =
                (0..sizes.len()).map(|cluster| log_evidence(&members(labels, cluster))).sum();
            prior.log_probability(&sizes) + likelihood
        })
        .collect();
    let largest = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let total: f64 = logs.iter().map(|log| (log - largest).exp()).sum();
    let expected: Vec<f64> = logs.iter().map(|log| (log - largest).exp() / total).collect();

    let (mut rng, mut labels, mut visits) = (rng(3), vec![0; 5], vec![0; 52]);
    for _ in 0..SWEEPS {
        for i in 0..5 {
            reassign(&prior, &mut labels, i, &mut rng);
        }
        let canonical = in_order_of_appearance(&labels);
        visits[all.iter().position(|labels| *labels == canonical).expect("a known partition")] += 1;
    }
    let distance = total_variation(&visits, &expected);
    assert!(distance < 0.01, "{distance}");
}

fn reassign(prior: &PartitionPrior, labels: &mut [usize], i: usize, rng: &mut impl rand::Rng) {
    labels[i] = usize::MAX;
    let occupied: Vec<usize> = (0..5).filter(|cluster| labels.contains(cluster)).collect();
    let free = (0..5).find(|cluster| !labels.contains(cluster)).unwrap_or_default();
    let mut weights: Vec<(usize, f64)> = occupied
        .iter()
        .map(|&cluster| {
            let without = members(labels, cluster);
            let with: Vec<f64> = without.iter().copied().chain([VALUES[i]]).collect();
            (cluster, prior.log_existing(without.len()) + log_evidence(&with) - log_evidence(&without))
        })
        .collect();
    weights.push((free, prior.log_new(occupied.len()) + log_evidence(&[VALUES[i]])));
    let total: f64 = weights.iter().map(|(_, log)| log.exp()).sum();
    let mut left = rng.random::<f64>() * total;
    for (cluster, log) in weights {
        labels[i] = cluster;
        left -= log.exp();
        if left < 0.0 {
            break;
        }
    }
}

fn members(labels: &[usize], cluster: usize) -> Vec<f64> {
    labels.iter().zip(VALUES).filter(|(label, _)| **label == cluster).map(|(_, value)| value).collect()
}

/// ln of the density of values of variance 1/4 around a mean ~ N(0, 1).
fn log_evidence(values: &[f64]) -> f64 {
    let (n, noise) = (values.len() as f64, 0.25);
    let (sum, squares) = (values.iter().sum::<f64>(), values.iter().map(|v| v * v).sum::<f64>());
    let determinant = (n - 1.0) * f64::ln(noise) + (noise + n).ln();
    -0.5 * (n * (2.0 * std::f64::consts::PI).ln()
        + if n > 0.0 { determinant } else { 0.0 }
        + (squares - sum * sum / (noise + n)) / noise)
}

fn in_order_of_appearance(labels: &[usize]) -> Vec<usize> {
    let mut seen: Vec<usize> = Vec::new();
    labels
        .iter()
        .map(|label| {
            seen.iter().position(|known| known == label).unwrap_or_else(|| {
                seen.push(*label);
                seen.len() - 1
            })
        })
        .collect()
}
