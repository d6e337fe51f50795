//! A row of the table.

use std::error::Error;
use std::fmt;

use neuroloom_bicluster::{Draw, Interval, PointEstimate, Similarity, baselines, point_partition};
use neuroloom_core::Seed;
use neuroloom_math::Contingency;

use crate::data_set::DataSet;
use crate::fit::Fit;

/// What is said of a data set.
pub struct Row {
    setting: String,
    seed: u64,
    model: String,
    neuron_ari: f64,
    k_means_ari: f64,
    spectral_ari: f64,
    true_clusters: f64,
    one_cluster: f64,
    mean_states: f64,
    mean_r: f64,
    log_joint: f64,
    state_ari: f64,
    power_ari: f64,
    ceiling_ari: f64,
    r_coverage: f64,
    eta_coverage: f64,
    held_out: f64,
    held_out_truth: f64,
    r_hat: f64,
    ess: f64,
    reallocation: f64,
}

impl Row {
    pub fn header() -> String {
        let columns = [
            "setting",
            "seed",
            "model",
            "neurons: ARI",
            "k-means",
            "spectral",
            "P(K true)",
            "P(K = 1)",
            "mean L",
            "mean r",
            "log joint",
            "states: ARI",
            "power",
            "ceiling",
            "r in 95 %",
            "eta in 95 %",
            "held out",
            "truth",
            "R-hat",
            "ESS",
            "accepted",
        ];
        format!("| {} |\n|{}", columns.join(" | "), " --- |".repeat(columns.len()))
    }

    pub fn new(data: &DataSet, fit: &Fit) -> Result<Self, Box<dyn Error>> {
        let truth = &data.truth;
        let n_clusters = truth.generator.n_per.len();
        let ari = |found: &[usize], truth: &[usize]| Contingency::new(found, truth).adjusted_rand_index();
        let neurons = point(&fit.labels(|draw| &draw.labels), truth.labels.len());
        let states = point(&fit.labels(|draw| &draw.states), truth.states.len());
        let seed = Seed::root(data.seed).child("plain");
        let log_lik = fit.convergence(|draw| draw.scalars.log_lik_train);
        let clusters = fit.convergence(|draw| draw.n_clusters() as f64);
        let latents = fit.latents(data)?;
        let entries = fit.score.log_mean();
        let n = data.held_out.len() as f64;
        Ok(Self {
            setting: serde_json::to_value(data.setting)?.as_str().unwrap_or_default().to_owned(),
            seed: data.seed,
            model: fit.model.name(),
            neuron_ari: ari(&neurons, &truth.labels),
            k_means_ari: ari(&baselines::neurons_by_k_means(&data.counts, n_clusters, seed), &truth.labels),
            spectral_ari: ari(
                &baselines::neurons_by_spectrum(&data.counts, n_clusters, &mut seed.rng())?,
                &truth.labels,
            ),
            true_clusters: fit.share(|draw| draw.n_clusters() == n_clusters),
            one_cluster: fit.share(|draw| draw.n_clusters() == 1),
            mean_states: fit.convergence(|draw| draw.n_states() as f64).mean,
            mean_r: fit.convergence(mean_r).mean,
            log_joint: fit.convergence(|draw| draw.scalars.log_joint).mean,
            state_ari: ari(&states, &truth.states),
            power_ari: ari(
                &baselines::bins_by_power(&data.counts, truth.generator.n_states, seed),
                &truth.states,
            ),
            ceiling_ari: ari(&truth.ceiling_states(), &truth.states),
            r_coverage: covered(truth.labels.len(), |unit| {
                let mut values: Vec<f64> = draws(fit).map(|draw| draw.dispersions[unit]).collect();
                contains(&mut values, truth.generator.dispersion)
            }),
            eta_coverage: covered(truth.rates.len(), |cell| {
                let (unit, bin) = (cell / truth.states.len(), cell % truth.states.len());
                let mut values: Vec<f64> = latents.iter().map(|draw| draw.log_rate(unit, bin)).collect();
                contains(&mut values, truth.rates[[unit, bin]].ln())
            }),
            held_out: entries.sum::<f64>() / n,
            held_out_truth: data.true_log_probability(),
            r_hat: log_lik.r_hat.max(if clusters.r_hat.is_nan() { 1.0 } else { clusters.r_hat }),
            ess: log_lik.ess_bulk.min(clusters.ess_bulk),
            reallocation: fit.reallocation.rate(),
        })
    }
}

fn mean_r(draw: &Draw) -> f64 {
    draw.dispersions.iter().sum::<f64>() / draw.dispersions.len() as f64
}

fn draws(fit: &Fit) -> impl Iterator<Item = &Draw> {
    fit.draws.iter().flatten()
}

/// Point estimate of at most 1000 draws.
fn point(draws: &[Vec<u16>], n_things: usize) -> Vec<usize> {
    let every = draws.len().div_ceil(1000).max(1);
    let draws: Vec<Vec<u16>> = draws.iter().step_by(every).cloned().collect();
    point_partition(&Similarity::of(&draws, n_things), &draws, PointEstimate::Pear)
}

fn contains(values: &mut [f64], truth: f64) -> bool {
    let interval = Interval::of(values, 0.95);
    (interval.low..=interval.high).contains(&truth)
}

fn covered(n: usize, contains: impl Fn(usize) -> bool) -> f64 {
    (0..n).filter(|&place| contains(place)).count() as f64 / n as f64
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let numbers = [
            self.neuron_ari,
            self.k_means_ari,
            self.spectral_ari,
            self.true_clusters,
            self.one_cluster,
            self.mean_states,
            self.mean_r,
            self.log_joint,
            self.state_ari,
            self.power_ari,
            self.ceiling_ari,
            self.r_coverage,
            self.eta_coverage,
        ];
        let numbers = numbers.map(|number| format!("{number:.2}")).join(" | ");
        write!(f, "| {} | {} | {} | {numbers} ", self.setting, self.seed, self.model)?;
        write!(f, "| {:.4} | {:.4} ", self.held_out, self.held_out_truth)?;
        write!(f, "| {:.3} | {:.0} | {:.2} |", self.r_hat, self.ess, self.reallocation)
    }
}
