//! Neurons change clusters with the latents integrated out, given dynamics, states and the Pólya-Gamma weights of others.
//!
//! A move given the paths judges a neuron by a path that was fitted to this very neuron, so that it hardly ever leaves a
//! small cluster for a larger one that follows the same latents. Here it is judged by what all other neurons say. Its own
//! weights, which would hold it as well, are proposed anew with its place: w ~ PG(b, psi'), where psi' is what the smoothed
//! means of the others predict. Of the ratio of target to proposal, with PG(w | b, 0) in both, is left
//! exp(psi'² w / 2) / cosh(psi' / 2)^b times the integral over the latents of exp((y - r) psi / 2 - w psi² / 2).

use ndarray::{Array1, Array2, ArrayView1, s};
use rand::{Rng, RngExt};

use crate::laplace::{Mode, laplace, log_prior};
use crate::likelihood::{Design, UnitCounts};
use crate::metropolis::accept;
use crate::moves::{choose, log_density_of_loading, sample_loading};
use crate::{
    Counts, Family, FilterOptions, Filtered, Information, PartitionPrior, PolyaGamma, Priors, Result, State,
    Tally,
};

/// What the moves need beside the state.
#[derive(Clone, Copy, Debug)]
pub(crate) struct MarginalLabels<'a> {
    pub(crate) counts: &'a Counts,
    pub(crate) priors: &'a Priors,
    pub(crate) partition: &'a PartitionPrior,
    pub(crate) filter: FilterOptions,
    pub(crate) polya_gamma: PolyaGamma,
}

/// One neuron among all others, whose clusters, loadings and weights stay.
struct Candidate<'a, 's> {
    setting: MarginalLabels<'a>,
    state: &'s State,
    unit: usize,
    own: UnitCounts,
    /// What all others say of the latents.
    others: Information,
    /// By cluster: ln of the urn's weight, the others' smoothed means, and (d, c) on these.
    urn: Vec<f64>,
    means: Vec<Design>,
    modes: Vec<Mode>,
}

/// Where a neuron may be: its cluster, (d, c) and weights.
struct Place {
    cluster: usize,
    loading: Vec<f64>,
    weights: Array1<f64>,
}

impl MarginalLabels<'_> {
    /// `n` tries of single neurons, uniformly chosen; one that is alone in its cluster stays. The weights `[N, T]` are
    /// those of the state and follow it. Afterwards paths are to be drawn anew: those of the state are neither read nor
    /// changed.
    ///
    /// # Errors
    /// When a bin's latents overflow.
    pub(crate) fn reallocate(
        &self,
        state: &mut State,
        weights: &mut Array2<f64>,
        n: usize,
        rng: &mut impl Rng,
    ) -> Result<Tally> {
        let mut tally = Tally::default();
        for _ in 0..n {
            let unit = rng.random_range(0..state.labels.len());
            let members = state.labels.iter().filter(|&&label| label == state.labels[unit]).count();
            let moved = if members < 2 {
                None
            } else {
                Candidate::new(*self, state, weights, unit)?.moved(weights, rng)?
            };
            tally += Tally::one(moved.is_some());
            if let Some(Place { cluster, loading, weights: own }) = moved {
                state.labels[unit] = cluster;
                state.loadings.row_mut(unit).assign(&ArrayView1::from(&loading));
                weights.row_mut(unit).assign(&own);
            }
        }
        Ok(tally)
    }

    fn filtered(&self, state: &State, information: &Information) -> Result<Filtered> {
        Filtered::new(information, self.counts.segments(), &state.states, &state.dynamics, self.filter)
    }
}

impl<'a, 's> Candidate<'a, 's> {
    fn new(
        setting: MarginalLabels<'a>,
        state: &'s State,
        weights: &Array2<f64>,
        unit: usize,
    ) -> Result<Self> {
        let MarginalLabels { counts, priors, partition, .. } = setting;
        let units: Vec<usize> = (0..state.labels.len()).filter(|&other| other != unit).collect();
        let (labels, loadings, dispersions) = (&state.labels, state.loadings.view(), &state.dispersions);
        let others = Information::of_units(counts, &units, labels, loadings, dispersions, weights.view());
        let means = setting.filtered(state, &others)?.smoothed_means(counts.segments(), &state.states);
        let width = priors.width();
        let design =
            |cluster: usize| Design::new(means.slice(s![.., cluster * width..(cluster + 1) * width]));
        let means: Vec<Design> = (0..state.n_clusters()).map(design).collect();
        let own = UnitCounts::new(counts, unit, state.dispersions[unit], Family::NegativeBinomial);
        let modes =
            means.iter().map(|design| laplace(&own, design, &priors.loading)).collect::<Result<_>>()?;
        let size = |cluster| units.iter().filter(|&&other| labels[other] == cluster).count();
        let urn = (0..state.n_clusters()).map(|cluster| partition.log_existing(size(cluster))).collect();
        Ok(Self { setting, state, unit, own, others, urn, means, modes })
    }

    /// A place that is proposed and accepted: its cluster in proportion to the urn and Laplace's evidence on the smoothed
    /// means, (d, c) from a t distribution around the mode there, weights given both. None of this depends on where the
    /// neuron is.
    fn moved(&self, weights: &Array2<f64>, rng: &mut impl Rng) -> Result<Option<Place>> {
        let choices = self.urn.iter().zip(&self.modes).map(|(urn, mode)| urn + mode.log_evidence);
        let (cluster, _) = choose(&choices.collect::<Vec<_>>(), rng);
        let loading = sample_loading(&self.modes[cluster], rng)?;
        let draw = |(&total, psi): (&f64, f64)| match total > 0.0 {
            true => self.setting.polya_gamma.draw(total, psi, rng),
            false => 0.0,
        };
        let psi = self.predicted(cluster, &loading);
        let drawn = self.own.totals.iter().zip(psi).take(weights.ncols()).map(draw).collect();
        let proposed = Place { cluster, loading, weights: drawn };
        let now = Place {
            cluster: self.state.labels[self.unit],
            loading: self.state.loadings.row(self.unit).to_vec(),
            weights: weights.row(self.unit).to_owned(),
        };
        let ratio = self.log_weight(&proposed)? - self.log_weight(&now)?;
        Ok(accept(ratio, rng).then_some(proposed))
    }

    /// psi' of all bins.
    fn predicted(&self, cluster: usize, loading: &[f64]) -> Vec<f64> {
        let mut psi = vec![0.0; self.means[cluster].stride()];
        self.means[cluster].predict(loading, 0, &mut psi);
        psi.iter_mut().for_each(|psi| *psi -= self.own.log_dispersion());
        psi
    }

    /// ln of target over proposal density of a place; the urn's weight is in both.
    fn log_weight(&self, place: &Place) -> Result<f64> {
        let mode = &self.modes[place.cluster];
        let proposal = mode.log_evidence + log_density_of_loading(mode, &place.loading);
        let prior = log_prior(&self.setting.priors.loading, &place.loading);
        let psi = self.predicted(place.cluster, &place.loading);
        let entries =
            self.own.totals.iter().zip(psi).zip(&place.weights).filter(|((total, _), _)| **total > 0.0);
        let of_weights: f64 =
            entries.map(|((total, psi), w)| 0.5 * w * psi * psi - total * log_cosh(0.5 * psi)).sum();
        Ok(self.log_evidence(place)? + of_weights + prior - proposal)
    }

    /// ln of the integral over all latents of the likelihood of all neurons given the weights, with this one at a place.
    fn log_evidence(&self, place: &Place) -> Result<f64> {
        let r = self.state.dispersions[self.unit];
        let mut all = self.others.clone();
        let weights = place.weights.view();
        let without_latents =
            all.add_unit(self.setting.counts, self.unit, place.cluster, &place.loading, r, weights);
        Ok(self.setting.filtered(self.state, &all)?.log_normaliser() + without_latents)
    }
}

/// ln cosh x, up to ln 2.
fn log_cosh(x: f64) -> f64 {
    x.abs() + (-2.0 * x.abs()).exp().ln_1p()
}
