//! What is drawn neuron by neuron: each with a stream of its own, so that the order of work does not matter.

use ndarray::{Array1, ArrayView2, ArrayViewMut1, Axis, parallel::prelude::*, s};
use rand::Rng;

use super::Sampler;
use crate::Tally;
use crate::metropolis::accept;
use crate::streams::{Purpose, SweepStreams};
use crate::{
    BiclusterError, Family, Result, SeenBins, State, log_likelihood, sample_dispersion, sample_loadings,
    slice_step,
};

/// Largest eta of an entry: beyond, an expected count is a defect of the data or of the model.
const MAX_ETA: f64 = 50.0;

/// eta_t = d + mu_t + c' x_t of a neuron, `[T]`.
pub(crate) fn eta(state: &State, unit: usize, width: usize) -> Vec<f64> {
    let loadings = state.loadings.row(unit);
    eta_of(path_of(state, unit, width), loadings[0], loadings.slice(s![1..]).to_slice().unwrap_or_default())
}

/// As [`eta`], of a path `[T, p + 1]`.
fn eta_of(path: ArrayView2<'_, f64>, d: f64, c: &[f64]) -> Vec<f64> {
    let mut eta: Vec<f64> = path.column(0).iter().map(|mu| d + mu).collect();
    for (&c, latent) in c.iter().zip(path.columns().into_iter().skip(1)) {
        eta.iter_mut().zip(latent).for_each(|(eta, x)| *eta += c * x);
    }
    eta
}

/// The latents of a neuron's cluster, `[T, p + 1]`.
pub(crate) fn path_of(state: &State, unit: usize, width: usize) -> ArrayView2<'_, f64> {
    let first = state.labels[unit] * width;
    state.paths.slice(s![.., first..first + width])
}

impl Sampler<'_> {
    /// w ~ PG(y + r, psi) of every entry that is seen.
    ///
    /// # Errors
    /// When an expected count overflows, naming neuron and bin.
    pub(crate) fn draw_weights(
        &mut self,
        state: &State,
        streams: &SweepStreams,
        purpose: Purpose,
    ) -> Result<()> {
        let (counts, polya_gamma, width) = (self.counts, self.polya_gamma, self.settings.priors.width());
        let of_unit = |unit: usize, mut row: ArrayViewMut1<'_, f64>| {
            let mut rng = streams.unit(purpose, unit);
            let (r, eta) = (state.dispersions[unit], eta(state, unit, width));
            let log_r = r.ln();
            let entries = counts.unit(unit).into_iter().zip(counts.seen(unit)).zip(&eta).enumerate();
            for ((bin, ((&count, &seen), &eta)), weight) in entries.zip(&mut row) {
                if seen {
                    check_eta(unit, bin, eta)?;
                    *weight = polya_gamma.draw(f64::from(count) + r, eta - log_r, &mut rng);
                }
            }
            Ok(())
        };
        if self.in_parallel {
            let rows = self.weights.axis_iter_mut(Axis(0)).into_par_iter().enumerate();
            return rows.map(|(unit, row)| of_unit(unit, row)).collect();
        }
        let mut rows = self.weights.axis_iter_mut(Axis(0)).enumerate();
        rows.try_for_each(|(unit, row)| of_unit(unit, row))
    }

    /// (d, c) of every neuron.
    ///
    /// # Errors
    /// When a precision is not finite.
    pub(crate) fn draw_loadings(&self, state: &mut State, streams: &SweepStreams) -> Result<Tally> {
        let width = self.settings.priors.width();
        let drawn = self.each_unit(|unit| {
            self.loadings_of(state, unit, width, &mut streams.unit(Purpose::Loadings, unit))
        });
        let drawn: Vec<_> = drawn.into_iter().collect::<Result<_>>()?;
        let mut tally = Tally::default();
        for (mut row, (drawn, tried)) in state.loadings.rows_mut().into_iter().zip(drawn) {
            row.assign(&drawn);
            tally += tried;
        }
        Ok(tally)
    }

    fn loadings_of(
        &self,
        state: &State,
        unit: usize,
        width: usize,
        rng: &mut impl Rng,
    ) -> Result<(Array1<f64>, Tally)> {
        let (path, r, current) =
            (path_of(state, unit, width), state.dispersions[unit], state.loadings.row(unit));
        let prior = &self.settings.priors.loading;
        let proposed = sample_loadings(self.counts, unit, path, r, current, prior, &self.polya_gamma, rng)?;
        if self.settings.family == Family::NegativeBinomial {
            return Ok((proposed, Tally::default()));
        }
        let log_ratio = |of: ndarray::ArrayView1<'_, f64>| {
            let eta = eta_of(path, of[0], of.slice(s![1..]).to_slice().unwrap_or_default());
            self.log_poisson_over_nb(unit, &eta, r)
        };
        let accepted = accept(log_ratio(proposed.view()) - log_ratio(current), rng);
        Ok((if accepted { proposed } else { current.to_owned() }, Tally::one(accepted)))
    }

    /// ln of the Poisson likelihood of a neuron over that of the negative binomial law with dispersion `r`.
    pub(crate) fn log_poisson_over_nb(&self, unit: usize, eta: &[f64], r: f64) -> f64 {
        let of = |family| log_likelihood(self.counts, unit, ndarray::ArrayView1::from(eta), r, family);
        of(Family::Poisson) - of(Family::NegativeBinomial)
    }

    /// r of every neuron, and with it d; nothing where the counts are Poisson.
    pub(super) fn draw_dispersions(&self, state: &mut State, streams: &SweepStreams) {
        if self.settings.family == Family::Poisson {
            return;
        }
        let drawn = self
            .each_unit(|unit| self.dispersion_of(state, unit, &mut streams.unit(Purpose::Dispersions, unit)));
        for (unit, (r, d)) in drawn.into_iter().enumerate() {
            state.dispersions[unit] = r;
            state.loadings[[unit, 0]] = d;
        }
    }

    fn dispersion_of(&self, state: &State, unit: usize, rng: &mut impl Rng) -> (f64, f64) {
        let (r, d) = (state.dispersions[unit], state.loadings[[unit, 0]]);
        let priors = &self.settings.priors;
        let eta = eta(state, unit, priors.width());
        if self.settings.crt_joint {
            return sample_dispersion(
                self.counts,
                unit,
                &eta,
                r,
                d,
                &priors.loading,
                &priors.dispersion,
                rng,
            );
        }
        (slice_step(&SeenBins::new(self.counts, unit, &eta), r, &priors.dispersion, rng), d)
    }

    /// `of` of every neuron, in order.
    fn each_unit<T: Send>(&self, of: impl Fn(usize) -> T + Sync + Send) -> Vec<T> {
        let units = 0..self.counts.n_units();
        if self.in_parallel { units.into_par_iter().map(of).collect() } else { units.map(of).collect() }
    }

    /// Log likelihood of all counts that the chain sees.
    pub fn log_likelihood(&self, state: &State) -> f64 {
        let width = self.settings.priors.width();
        let of = |unit: usize| {
            let (eta, r) = (eta(state, unit, width), state.dispersions[unit]);
            log_likelihood(self.counts, unit, ndarray::ArrayView1::from(&eta), r, self.settings.family)
        };
        self.each_unit(of).iter().sum()
    }
}

fn check_eta(unit: usize, bin: usize, eta: f64) -> Result<()> {
    match eta <= MAX_ETA {
        true => Ok(()),
        false => Err(BiclusterError::RateOverflow { unit, bin, eta }),
    }
}
