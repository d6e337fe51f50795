//! A cluster that was just opened: its path and loadings, once, on their own.

use ndarray::{Array2, s};

use crate::start::resting;
use crate::streams::{Purpose, SweepStreams};
use crate::sweep::{Sampler, eta, path_of};
use crate::{Counts, PolyaGamma, Result, State, sample_loadings, sample_paths};

impl Sampler<'_> {
    /// One draw of the path of a cluster under A = I, Q = 0.01 I, and one of the loadings of its members.
    ///
    /// # Errors
    /// When pseudo-observations overflow.
    pub(super) fn settle(&self, state: &mut State, cluster: usize, streams: &SweepStreams) -> Result<()> {
        let (all, priors) = (self.counts(), &self.settings().priors);
        let polya_gamma = PolyaGamma { exact_below: self.settings().exact_below };
        let width = priors.width();
        let members: Vec<usize> =
            (0..state.labels.len()).filter(|&unit| state.labels[unit] == cluster).collect();
        let counts = of_members(all, &members);
        let mut weights = Array2::ones((members.len(), all.n_bins()));
        for (at, &unit) in members.iter().enumerate() {
            let rng = &mut streams.unit(Purpose::OpenedAugmentation, unit);
            let (r, eta) = (state.dispersions[unit], eta(state, unit, width));
            for bin in (0..all.n_bins()).filter(|&bin| all.seen(unit)[bin]) {
                weights[[at, bin]] =
                    polya_gamma.draw(f64::from(all.unit(unit)[bin]) + r, eta[bin] - r.ln(), rng);
            }
        }
        let dispersions: Vec<f64> = members.iter().map(|&unit| state.dispersions[unit]).collect();
        let path = sample_paths(
            &counts,
            &vec![0; members.len()],
            state.loadings.select(ndarray::Axis(0), &members).view(),
            &dispersions,
            weights.view(),
            &vec![0; all.n_bins()],
            &[resting(width)],
            self.settings().filter,
            &mut streams.unit(Purpose::OpenedPaths, cluster),
        )?;
        state.paths.slice_mut(s![.., cluster * width..(cluster + 1) * width]).assign(&path);
        for &unit in &members {
            let rng = &mut streams.unit(Purpose::OpenedLoadings, unit);
            let (r, current) = (state.dispersions[unit], state.loadings.row(unit));
            let drawn = sample_loadings(
                all,
                unit,
                path_of(state, unit, width),
                r,
                current,
                &priors.loading,
                &polya_gamma,
                rng,
            )?;
            state.loadings.row_mut(unit).assign(&drawn);
        }
        Ok(())
    }
}

fn of_members(all: &Counts, members: &[usize]) -> Counts {
    let shape = (members.len(), all.n_bins());
    let counts = Array2::from_shape_fn(shape, |(at, bin)| all.unit(members[at])[bin]);
    let seen = Array2::from_shape_fn(shape, |(at, bin)| all.seen(members[at])[bin]);
    Counts::new(counts, seen, all.segments().to_vec())
}
