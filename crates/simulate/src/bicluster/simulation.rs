//! One realisation, with all of its truth.

use ndarray::{Array1, Array2, ArrayView2, Axis, s};
use neuroloom_core::{Error, Result, Seed};
use neuroloom_math::principal_axes;
use rayon::prelude::*;

use super::{Generator, ceiling, dynamics, population, states};

/// Realisations that are tried before the generator is refused.
const MAX_TRIES: u64 = 100;

/// A realisation: counts, and all that they come from. Latents stand in canonical coordinates: every column has mean 0
/// (the means are in d), the latents of a cluster are uncorrelated, the longest first.
#[derive(Clone, Debug, PartialEq)]
pub struct Simulation {
    /// What was simulated.
    pub generator: Generator,
    /// Counts, `[N, T]`.
    pub counts: Array2<u32>,
    /// Which of them are missing, `[N, T]`.
    pub missing: Array2<bool>,
    /// z: cluster of every neuron, `[N]`.
    pub labels: Vec<usize>,
    /// (d, c) of every neuron, `[N, p + 1]`.
    pub loadings: Array2<f64>,
    /// X: `[T, D]`, cluster by cluster, its population baseline first.
    pub paths: Array2<f64>,
    /// Expected counts, `[N, T]`: `ln m = d + mu + c' x`.
    pub rates: Array2<f64>,
    /// The state of every bin, `[T]`: it drives the step to the next bin. The last bin repeats the one before.
    pub states: Vec<usize>,
    /// Realisations that were refused before, because a count was above 1000.
    pub n_refused: usize,
    raw_paths: Array2<f64>,
    transitions: Vec<Array2<f64>>,
}

impl Simulation {
    /// The first realisation below `seed` without a count above 1000.
    ///
    /// # Errors
    /// When a hundred of them have one.
    pub fn draw(generator: &Generator, seed: Seed) -> Result<Self> {
        for attempt in 0..MAX_TRIES {
            if let Some(found) = Self::attempt(generator, seed.child_index(attempt))? {
                return Ok(Self { n_refused: attempt as usize, ..found });
            }
        }
        Err(Error::params(format!(
            "each of {MAX_TRIES} realisations has a count above {}",
            population::MAX_COUNT
        ))
        .expected("expected counts of at most a few hundred in a bin")
        .hint("make `d_mean`, `d_sd`, `c_sd`, `noise_variance`, `growth` or `dwell_bins` smaller"))
    }

    /// The state of every bin, `[T]`, as one finds it who knows latents, dynamics and noise: where the smoothed probability
    /// is largest, under a Markov chain that stays with probability 1 - 1/dwell. No method that sees spikes alone can be
    /// expected to do better.
    pub fn ceiling_states(&self) -> Vec<usize> {
        let logs = dynamics::log_density_of_steps(
            self.raw_paths.view(),
            &self.transitions,
            self.generator.noise_variance,
        );
        let mut states = ceiling::most_probable_states(logs.view(), self.generator.dwell_bins);
        states.extend(states.last().copied());
        states
    }

    /// One realisation; none where a count is too large.
    fn attempt(generator: &Generator, seed: Seed) -> Result<Option<Self>> {
        let n_drawn = generator.n_bins + generator.burn_in_bins;
        let transitions = dynamics::transitions(generator, seed.child("dynamics"));
        let drives = states::draw(generator, n_drawn, seed.child("states"));
        let drawn = dynamics::path(generator, &transitions, &drives, seed.child("latents"));
        let raw_paths = drawn.slice(s![generator.burn_in_bins.., ..]).to_owned();
        let mut states = drives[generator.burn_in_bins..].to_vec();
        if let [.., before, last] = states.as_mut_slice() {
            *last = *before;
        }
        let labels = generator.labels();
        let mut paths = scaled(generator, raw_paths.view());
        let mut loadings = population::loadings(generator, seed.child("loadings"));
        canonical(generator, &labels, &mut paths, &mut loadings)?;
        let rates = rates(generator, &labels, paths.view(), loadings.view());
        let Some(counts) = counts(generator, rates.view(), seed.child("counts"))? else { return Ok(None) };
        let missing = missing(generator, seed.child("missing"))?;
        let generator = generator.clone();
        Ok(Some(Self {
            generator,
            counts,
            missing,
            labels,
            loadings,
            paths,
            rates,
            states,
            n_refused: 0,
            raw_paths,
            transitions,
        }))
    }
}

/// Latents with the population baseline of every cluster times its factor.
fn scaled(generator: &Generator, raw: ArrayView2<'_, f64>) -> Array2<f64> {
    let mut paths = raw.to_owned();
    paths.slice_mut(s![.., ..;generator.width()]).mapv_inplace(|mu| mu * generator.mu_scale);
    paths
}

/// Centres latents and turns those of every cluster to their principal axes; expected counts stay as they are.
fn canonical(
    generator: &Generator,
    labels: &[usize],
    paths: &mut Array2<f64>,
    loadings: &mut Array2<f64>,
) -> Result<()> {
    let width = generator.width();
    for cluster in 0..generator.n_per.len() {
        let mut block = paths.slice_mut(s![.., cluster * width..(cluster + 1) * width]);
        let means = block.mean_axis(Axis(0)).unwrap_or_else(|| Array1::zeros(width));
        block -= &means;
        let mut x = block.slice_mut(s![.., 1..]);
        let axes = principal_axes(x.view()).map_err(|e| Error::internal(format!("latents: {e}")))?.axes;
        let turned = x.dot(&axes.t());
        x.assign(&turned);
        let members = labels.iter().zip(loadings.outer_iter_mut()).filter(|(label, _)| **label == cluster);
        for (_, mut row) in members {
            let c = row.slice(s![1..]).to_owned();
            row[0] += means[0] + c.dot(&means.slice(s![1..]));
            row.slice_mut(s![1..]).assign(&axes.dot(&c));
        }
    }
    Ok(())
}

fn rates(
    generator: &Generator,
    labels: &[usize],
    paths: ArrayView2<'_, f64>,
    loadings: ArrayView2<'_, f64>,
) -> Array2<f64> {
    let width = generator.width();
    let mut rates = Array2::zeros((labels.len(), generator.n_bins));
    for ((mut row, &label), loading) in rates.outer_iter_mut().zip(labels).zip(loadings.outer_iter()) {
        let block = paths.slice(s![.., label * width..(label + 1) * width]);
        let mut weights = loading.to_owned();
        weights[0] = 1.0; // of mu
        row.assign(&block.dot(&weights).mapv(|eta| (loading[0] + eta).exp()));
    }
    rates
}

/// Counts `[N, T]`, a stream per neuron; none where one is too large.
fn counts(generator: &Generator, rates: ArrayView2<'_, f64>, seed: Seed) -> Result<Option<Array2<u32>>> {
    let units = (0..rates.nrows()).into_par_iter();
    let rows: Vec<Option<Vec<u32>>> = units
        .map(|unit| population::counts(generator, rates.row(unit), seed.child_index(unit as u64)))
        .collect();
    let Some(rows) = rows.into_iter().collect::<Option<Vec<_>>>() else { return Ok(None) };
    stacked(rates.dim(), rows).map(Some)
}

fn missing(generator: &Generator, seed: Seed) -> Result<Array2<bool>> {
    let of = |unit: usize| population::missing(generator, seed.child_index(unit as u64));
    stacked((generator.n_units(), generator.n_bins), (0..generator.n_units()).map(of).collect())
}

fn stacked<T>(dims: (usize, usize), rows: Vec<Vec<T>>) -> Result<Array2<T>> {
    Array2::from_shape_vec(dims, rows.into_iter().flatten().collect())
        .map_err(|e| Error::internal(format!("rows of neurons: {e}")))
}
