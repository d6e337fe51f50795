//! Latents, loadings, rates and dynamics over draws, told in the clusters and states of the point estimate.

use ndarray::{Array2, s};
use neuroloom_math::MathError;
use rayon::prelude::*;

use crate::latent_draw::procrustes;
use crate::matching::{majority, matched};
use crate::{Dynamics, Interval, LatentDraw};

/// Share of the draws that intervals span.
const MASS: f64 = 0.95;

/// Draws in canonical coordinates, with the cluster of each that stands for each one of the point estimate, its latents
/// turned to those of the first draw.
#[derive(Clone, Debug)]
pub struct PosteriorLatents {
    draws: Vec<LatentDraw>,
    /// Of every draw, the cluster that holds most members of each cluster of the point estimate.
    clusters: Vec<Vec<usize>>,
    n_clusters: usize,
}

/// Posterior means of the dynamics of a state.
#[derive(Clone, Debug, PartialEq)]
pub struct MeanDynamics {
    /// (A, b, Q).
    pub dynamics: Dynamics,
    /// Draws that were averaged.
    pub n_draws: usize,
}

impl PosteriorLatents {
    /// Aligns draws to the clusters `partition` `[N]` of the point estimate.
    ///
    /// # Errors
    /// When latents are not finite.
    pub fn new(mut draws: Vec<LatentDraw>, partition: &[usize]) -> Result<Self, MathError> {
        draws.par_iter_mut().try_for_each(LatentDraw::canonical)?;
        let clusters: Vec<Vec<usize>> = draws.iter().map(|draw| majority(&draw.labels, partition)).collect();
        let n_clusters = partition.iter().max().map_or(0, |&last| last + 1);
        if let Some(first) = draws.first() {
            let references: Vec<Array2<f64>> = clusters[0]
                .iter()
                .map(|&cluster| first.cluster(cluster).slice(s![.., 1..]).to_owned())
                .collect();
            draws
                .par_iter_mut()
                .zip(&clusters)
                .skip(1)
                .try_for_each(|(draw, clusters)| turn_to(draw, clusters, &references))?;
        }
        Ok(Self { draws, clusters, n_clusters })
    }

    /// Number of draws.
    pub fn n_draws(&self) -> usize {
        self.draws.len()
    }

    /// Clusters of the point estimate.
    pub fn n_clusters(&self) -> usize {
        self.n_clusters
    }

    /// Latents of a cluster beside its baseline, p.
    pub fn n_latents(&self) -> usize {
        self.draws.first().map_or(0, |draw| draw.width() - 1)
    }

    /// A latent of a cluster of the point estimate over the bins; latent 0 is the population baseline.
    pub fn latent(&self, cluster: usize, latent: usize) -> Vec<Interval> {
        let courses: Vec<_> = self
            .draws
            .iter()
            .zip(&self.clusters)
            .map(|(draw, clusters)| draw.cluster(clusters[cluster]).column(latent).to_vec())
            .collect();
        over_bins(&courses)
    }

    /// Expected counts of a neuron over the bins.
    pub fn rate(&self, unit: usize) -> Vec<Interval> {
        let courses: Vec<_> =
            self.draws.iter().map(|draw| draw.log_rates(unit).mapv(f64::exp).to_vec()).collect();
        over_bins(&courses)
    }

    /// Loadings (d, c) of a neuron, `[p + 1]`: d over all draws, c over those in which the neuron is in the cluster that
    /// stands for `cluster`, its own of the point estimate; none where it never is.
    pub fn loadings(&self, unit: usize, cluster: usize) -> Option<Vec<Interval>> {
        let own: Vec<&LatentDraw> = self
            .draws
            .iter()
            .zip(&self.clusters)
            .filter(|(draw, clusters)| draw.labels[unit] == clusters[cluster])
            .map(|(draw, _)| draw)
            .collect();
        let of = |place: usize| {
            let mut values: Vec<f64> = own.iter().map(|draw| draw.loadings[[unit, place]]).collect();
            Interval::of(&mut values, MASS)
        };
        (!own.is_empty()).then(|| (0..=self.n_latents()).map(of).collect())
    }

    /// Posterior means of the dynamics of every state of the point estimate, over the draws that have as many clusters as
    /// it has, each standing for another one; `states` `[T]` are those of the point estimate, `drawn` those of every draw.
    /// None for a state that no such draw has.
    pub fn dynamics(&self, states: &[usize], drawn: &[Vec<u16>]) -> Vec<Option<MeanDynamics>> {
        let n_states = states.iter().max().map_or(0, |&last| last + 1);
        let mut sums: Vec<Option<MeanDynamics>> = vec![None; n_states];
        for ((draw, clusters), drawn) in self.draws.iter().zip(&self.clusters).zip(drawn) {
            if !one_to_one(draw, clusters) {
                continue;
            }
            let names = matched(drawn, states);
            for (dynamics, name) in draw.dynamics_in_order(clusters).into_iter().zip(names) {
                if let Some(sum) = sums.get_mut(name) {
                    add(sum, dynamics);
                }
            }
        }
        for mean in sums.iter_mut().flatten() {
            let n = mean.n_draws as f64;
            mean.dynamics.transition /= n;
            mean.dynamics.offset /= n;
            mean.dynamics.noise /= n;
        }
        sums
    }
}

/// Turns the latents of the clusters that stand for those of the point estimate. A cluster that stands for several is
/// turned for the first of them.
fn turn_to(draw: &mut LatentDraw, clusters: &[usize], references: &[Array2<f64>]) -> Result<(), MathError> {
    for (place, (&cluster, reference)) in clusters.iter().zip(references).enumerate() {
        if clusters[..place].contains(&cluster) {
            continue;
        }
        let rotation = procrustes(draw.cluster(cluster).slice(s![.., 1..]), reference.view())?;
        draw.turn(cluster, rotation.view());
    }
    Ok(())
}

fn one_to_one(draw: &LatentDraw, clusters: &[usize]) -> bool {
    let distinct = clusters.iter().enumerate().all(|(place, cluster)| !clusters[..place].contains(cluster));
    distinct && draw.paths.ncols() == clusters.len() * draw.width()
}

fn add(sum: &mut Option<MeanDynamics>, dynamics: Dynamics) {
    match sum {
        None => *sum = Some(MeanDynamics { dynamics, n_draws: 1 }),
        Some(sum) => {
            sum.dynamics.transition += &dynamics.transition;
            sum.dynamics.offset += &dynamics.offset;
            sum.dynamics.noise += &dynamics.noise;
            sum.n_draws += 1;
        }
    }
}

/// Intervals in every bin of courses over the bins.
fn over_bins(courses: &[Vec<f64>]) -> Vec<Interval> {
    let n_bins = courses.first().map_or(0, Vec::len);
    let bins = (0..n_bins).into_par_iter();
    bins.map(|bin| {
        let mut values: Vec<f64> = courses.iter().map(|course| course[bin]).collect();
        Interval::of(&mut values, MASS)
    })
    .collect()
}
