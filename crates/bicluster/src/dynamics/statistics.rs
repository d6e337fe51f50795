//! Sums of products over the steps of each state.

use std::ops::Range;

use ndarray::{Array2, ArrayView2, Axis, concatenate, s};

use crate::cholesky::Cholesky;
use crate::{DynamicsPrior, Result};

/// Per state, the sums of u u' over its steps t -> t + 1, with u = (1, X_t, X_{t+1} - X_t), 1 + 2 D entries. Increments
/// lose less to rounding than values, and under the prior M0 = \[I 0\] they have mean zero.
#[derive(Clone, Debug, PartialEq)]
pub struct StepStatistics {
    n_latents: usize,
    n_steps: Vec<usize>,
    sums: Vec<Array2<f64>>,
}

impl StepStatistics {
    /// Of paths `[T, D]` with the state of every bin, which drives the step to the next bin of its segment.
    ///
    /// # Panics
    /// When there are fewer states than bins or a state is not below `n_states`.
    pub fn new(
        paths: ArrayView2<'_, f64>,
        states: &[usize],
        segments: &[Range<usize>],
        n_states: usize,
    ) -> Self {
        let steps = steps_of_states(states, segments, n_states);
        let sums = steps.iter().map(|steps| rows(paths, steps)).map(|rows| rows.t().dot(&rows)).collect();
        Self { n_latents: paths.ncols(), n_steps: steps.iter().map(Vec::len).collect(), sums }
    }

    /// D.
    pub fn n_latents(&self) -> usize {
        self.n_latents
    }

    /// Number of steps of every state.
    pub fn n_steps(&self) -> &[usize] {
        &self.n_steps
    }

    /// With the latents `new` `[T, w]` behind those of `paths`, from which these statistics are. Only products with the
    /// new latents are formed.
    pub fn with_latents(
        &self,
        paths: ArrayView2<'_, f64>,
        new: ArrayView2<'_, f64>,
        states: &[usize],
        segments: &[Range<usize>],
    ) -> Self {
        let (old, added) = (self.n_latents, new.ncols());
        let all = old + added;
        let place = |at: usize| if at <= old { at } else { at + added };
        let new_place = |at: usize| if at < added { 1 + old + at } else { 1 + all + old + at - added };
        let steps = steps_of_states(states, segments, self.sums.len());
        let sums = steps.iter().zip(&self.sums).map(|(steps, sums)| {
            let rows_new = rows(new, steps);
            let rows_new = rows_new.slice(s![.., 1..]);
            let crossed = rows(paths, steps).t().dot(&rows_new);
            let among = rows_new.t().dot(&rows_new);
            let mut extended = Array2::zeros((1 + 2 * all, 1 + 2 * all));
            sums.indexed_iter().for_each(|((i, j), &sum)| extended[[place(i), place(j)]] = sum);
            for ((i, j), &sum) in crossed.indexed_iter() {
                extended[[place(i), new_place(j)]] = sum;
                extended[[new_place(j), place(i)]] = sum;
            }
            among.indexed_iter().for_each(|((i, j), &sum)| extended[[new_place(i), new_place(j)]] = sum);
            extended
        });
        Self { n_latents: all, n_steps: self.n_steps.clone(), sums: sums.collect() }
    }

    /// Of some of the latents.
    pub fn select(&self, latents: &[usize]) -> Self {
        let entries: Vec<usize> = std::iter::once(0)
            .chain(latents.iter().map(|latent| 1 + latent))
            .chain(latents.iter().map(|latent| 1 + self.n_latents + latent))
            .collect();
        let sums = self.sums.iter().map(|sums| sums.select(Axis(0), &entries).select(Axis(1), &entries));
        Self { n_latents: latents.len(), n_steps: self.n_steps.clone(), sums: sums.collect() }
    }

    /// The factor of the sums of a state plus the prior's precisions, blockdiag(K0^-1, S0): its diagonal blocks factor
    /// K_n^-1 and S_n, and the block below the diagonal carries M_n - M0.
    /// The sums of two states, as states 0 and 1.
    pub(crate) fn of_states(&self, states: [usize; 2]) -> Self {
        Self {
            n_latents: self.n_latents,
            n_steps: states.map(|state| self.n_steps[state]).to_vec(),
            sums: states.map(|state| self.sums[state].clone()).to_vec(),
        }
    }

    /// Puts the sums of two states, 0 and 1 of `pair`, in their places.
    pub(crate) fn set_states(&mut self, states: [usize; 2], pair: Self) {
        for (state, (n_steps, sums)) in states.into_iter().zip(pair.n_steps.into_iter().zip(pair.sums)) {
            (self.n_steps[state], self.sums[state]) = (n_steps, sums);
        }
    }

    /// Gives steps of one state to another.
    pub(crate) fn transfer(&mut self, paths: ArrayView2<'_, f64>, steps: &[usize], from: usize, to: usize) {
        let rows = rows(paths, steps);
        let products = rows.t().dot(&rows);
        self.n_steps[from] -= steps.len();
        self.n_steps[to] += steps.len();
        self.sums[to] += &products;
        if self.n_steps[from] == 0 {
            self.sums[from].fill(0.0);
        } else {
            self.sums[from] -= &products;
        }
    }

    pub(crate) fn factor(&self, state: usize, prior: &DynamicsPrior) -> Result<Cholesky> {
        let mut joint = self.sums[state].clone();
        for (entry, value) in joint.diag_mut().indexed_iter_mut() {
            *value += if entry <= self.n_latents { 1.0 / prior.column_scale } else { prior.scale };
        }
        Cholesky::with_jitter(joint.view(), || {
            format!("the posterior scale of the dynamics of state {state}")
        })
    }
}

/// The bins from which each state drives a step, ascending.
pub(super) fn steps_of_states(
    states: &[usize],
    segments: &[Range<usize>],
    n_states: usize,
) -> Vec<Vec<usize>> {
    let mut steps = vec![Vec::new(); n_states];
    for segment in segments {
        (segment.start..segment.end.saturating_sub(1)).for_each(|bin| steps[states[bin]].push(bin));
    }
    steps
}

/// (1, X_t, X_{t+1} - X_t) of some bins.
fn rows(paths: ArrayView2<'_, f64>, steps: &[usize]) -> Array2<f64> {
    let next: Vec<usize> = steps.iter().map(|bin| bin + 1).collect();
    let now = paths.select(Axis(0), steps);
    let increments = paths.select(Axis(0), &next) - &now;
    let ones = Array2::ones((steps.len(), 1));
    concatenate(Axis(1), &[ones.view(), now.view(), increments.view()]).unwrap_or_default()
}
