//! Where a chain begins.

mod kmeans;

use ndarray::{Array1, Array2, s};
use rand::Rng;
use rand_distr::{Distribution, StandardNormal};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::baselines::neurons_by_spectrum;
use crate::smoothed::{smoothed_roots, standardise};
use crate::streams::{Purpose, SweepStreams};
use crate::{Counts, Dynamics, Priors, State, Transitions};

pub(crate) use kmeans::{in_order_of_first_members, kmeans};

/// Clusters that a chain begins with at most.
const MOST_CLUSTERS: usize = 10;
/// Where latents of the start tend to, and the variance of their steps.
const AR: (f64, f64) = (0.95, 0.01);

/// The clusters that a chain begins with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Start {
    /// One cluster.
    One,
    /// Groups of neurons by their smoothed square-root counts: as many as the square root of their number, at most 10.
    Kmeans,
    /// As many clusters as `kmeans` begins with, and neurons in them at random.
    Random,
    /// What short chains of one state and fixed numbers of clusters find, those of `kmeans` at most: the fewest clusters
    /// that predict counts hidden from them as well as the best; and two states, by how far rates are from their means.
    #[default]
    Pilot,
}

/// The groups of neurons that a chain begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Groups {
    /// One.
    One,
    /// So many, by smoothed square-root counts.
    Kmeans(usize),
    /// So many, by the spectrum of the sizes of their correlations.
    Spectral(usize),
    /// So many, at random.
    Random(usize),
}

impl Start {
    /// The groups; of a pilot those that its largest number of clusters begins with.
    pub fn groups(self, counts: &Counts, priors: &Priors) -> Groups {
        let root = (counts.n_units() as f64).sqrt().ceil() as usize;
        let most = root.clamp(1, MOST_CLUSTERS).min(priors.limits.max_clusters);
        match self {
            Self::One => Groups::One,
            Self::Kmeans | Self::Pilot => Groups::Kmeans(most),
            Self::Random => Groups::Random(most),
        }
    }
}

/// The first state of a chain: clusters as `groups` say, d = ln(mean + 0.1), c ~ N(0, I), r = `dispersion`, one state with
/// A = I, b = 0, Q = 0.01 I, latents from a slow autoregression.
pub fn start(
    counts: &Counts,
    priors: &Priors,
    groups: Groups,
    dispersion: f64,
    streams: &SweepStreams,
) -> State {
    let mut rng = streams.of(Purpose::Start);
    let labels = labels(counts, groups, &mut rng);
    let n_clusters = labels.iter().max().map_or(0, |&last| last + 1);
    let size = n_clusters * priors.width();
    State {
        loadings: loadings(counts, priors, &mut rng),
        dispersions: vec![dispersion; counts.n_units()],
        paths: slow_paths(counts, size, &mut rng),
        states: vec![0; counts.n_bins()],
        dynamics: vec![resting(size); priors.limits.max_states],
        transitions: even(priors.limits.max_states),
        labels,
    }
}

/// A = I, b = 0, Q = 0.01 I.
pub(crate) fn resting(size: usize) -> Dynamics {
    Dynamics { transition: Array2::eye(size), offset: Array1::zeros(size), noise: Array2::eye(size) * AR.1 }
}

/// All states alike.
pub(crate) fn even(n_states: usize) -> Transitions {
    let log = -(n_states as f64).ln();
    Transitions { log_weights: vec![log; n_states], log_rows: Array2::from_elem((n_states, n_states), log) }
}

fn labels(counts: &Counts, groups: Groups, rng: &mut impl Rng) -> Vec<usize> {
    let n = counts.n_units();
    match groups {
        Groups::One => vec![0; n],
        Groups::Kmeans(n_clusters) => {
            let mut rows = smoothed_roots(counts);
            standardise(&mut rows);
            // The kernel reaches further than three bins: what lies between says little more.
            kmeans(rows.slice(s![.., ..;3]), n_clusters, rng)
        }
        Groups::Spectral(n_clusters) => {
            // Where eigenvalues do not converge, groups are as good at random.
            neurons_by_spectrum(counts, n_clusters, rng)
                .unwrap_or_else(|_| labels(counts, Groups::Random(n_clusters), rng))
        }
        Groups::Random(n_clusters) => {
            let groups: Vec<usize> = (0..n).map(|_| (rng.next_u64() % n_clusters as u64) as usize).collect();
            in_order_of_first_members(&groups)
        }
    }
}

fn loadings(counts: &Counts, priors: &Priors, rng: &mut impl Rng) -> Array2<f64> {
    Array2::from_shape_fn((counts.n_units(), priors.width()), |(unit, column)| match column {
        0 => {
            let n_seen = counts.seen(unit).iter().filter(|&&seen| seen).count().max(1) as f64;
            let n_spikes: u64 = counts.unit(unit).iter().map(|&count| u64::from(count)).sum();
            (n_spikes as f64 / n_seen + 0.1).ln()
        }
        _ => StandardNormal.sample(rng),
    })
}

/// `size` latents that start from N(0, I) in every segment and tend to 0, `[n_bins, size]`.
pub(crate) fn slow_paths(counts: &Counts, size: usize, rng: &mut impl Rng) -> Array2<f64> {
    let (towards, variance) = AR;
    let mut paths: Array2<f64> = Array2::zeros((counts.n_bins(), size));
    for segment in counts.segments() {
        for bin in segment.clone() {
            for column in 0..size {
                let noise: f64 = StandardNormal.sample(rng);
                paths[[bin, column]] = match bin == segment.start {
                    true => noise,
                    false => towards * paths[[bin - 1, column]] + variance.sqrt() * noise,
                };
            }
        }
    }
    paths
}
