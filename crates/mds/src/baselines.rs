//! Ways of sorting neurons that need no encoder: what the method is held against.

mod gmm;
mod kmeans;
mod pca;
mod spectral;

use neuroloom_core::{Error, Result, Seed};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use gmm::{Gmm, gmm};
pub use kmeans::{KMeans, kmeans};
pub use pca::principal_components;
pub use spectral::spectral;

/// A way of sorting rows of features.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Baseline {
    /// k-means; without a number of clusters, that with the largest silhouette.
    Kmeans,
    /// Gaussian mixture of diagonal covariance; without a number, that with the smallest BIC.
    Gmm,
    /// Spectral clustering of a self-tuning affinity; without a number, at the largest gap of eigenvalues.
    Spectral,
}

/// Most clusters that are looked at where the number is not given.
const MOST_CLUSTERS: usize = 30;
/// Starts of k-means and of mixtures.
const STARTS: usize = 10;

impl Baseline {
    /// Its name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Kmeans => "kmeans",
            Self::Gmm => "gmm",
            Self::Spectral => "spectral",
        }
    }

    /// Clusters of `rows`, `k` of them or as many as the method finds.
    ///
    /// # Errors
    /// When there are fewer rows than clusters, or an affinity has no eigenvectors.
    pub fn labels(self, rows: &[Vec<f64>], k: Option<usize>, seed: Seed) -> Result<Vec<usize>> {
        let most = k.unwrap_or(2);
        if rows.len() < most.max(2) || most == 0 {
            return Err(Error::data("there are fewer neurons than clusters")
                .expected(format!("at least {}", most.max(2)))
                .found(rows.len().to_string()));
        }
        let range = k.map_or(2..=MOST_CLUSTERS.min(rows.len() - 1), |k| k..=k);
        match self {
            Self::Kmeans => {
                let runs = range.filter_map(|k| kmeans(rows, k, STARTS, seed.child_index(k as u64)));
                Ok(best(runs.map(|run| (-silhouette(rows, &run.labels), run.labels))))
            }
            Self::Gmm => {
                let runs = range.filter_map(|k| gmm(rows, k, STARTS, seed.child_index(k as u64)));
                Ok(best(runs.map(|run| (run.bic, run.labels))))
            }
            Self::Spectral => spectral(rows, k, seed),
        }
    }
}

/// The labels with the smallest number.
fn best(runs: impl Iterator<Item = (f64, Vec<usize>)>) -> Vec<usize> {
    runs.reduce(|best, next| if next.0 < best.0 { next } else { best })
        .map(|(_, labels)| labels)
        .unwrap_or_default()
}

/// Mean of `(b - a)/max(a, b)`, where `a` is the mean distance of a row to its own cluster and `b` to the nearest other
/// (Rousseeuw 1987).
fn silhouette(rows: &[Vec<f64>], labels: &[usize]) -> f64 {
    let k = labels.iter().max().map_or(0, |most| most + 1);
    let of_row = |i: usize| {
        let (mut sums, mut counts) = (vec![0.0; k], vec![0.0; k]);
        for (j, &label) in labels.iter().enumerate().filter(|(j, _)| *j != i) {
            sums[label] += kmeans::squared_distance(&rows[i], &rows[j]).sqrt();
            counts[label] += 1.0;
        }
        let own = labels[i];
        if counts[own] == 0.0 {
            return 0.0;
        }
        let a = sums[own] / counts[own];
        let others = (0..k).filter(|&c| c != own && counts[c] > 0.0).map(|c| sums[c] / counts[c]);
        let b = others.fold(f64::INFINITY, f64::min);
        if b.is_finite() && a.max(b) > 0.0 { (b - a) / a.max(b) } else { 0.0 }
    };
    (0..rows.len()).map(of_row).sum::<f64>() / rows.len().max(1) as f64
}
