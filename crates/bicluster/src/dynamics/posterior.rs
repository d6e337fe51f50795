//! The matrix-normal inverse-Wishart posterior of (A, b, Q) of a state.

use ndarray::{Array1, Array2, s};
use rand::Rng;
use rand_distr::{ChiSquared, Distribution, StandardNormal};

use super::{Interaction, StepStatistics};
use crate::cholesky::Cholesky;
use crate::{BiclusterError, Dynamics, DynamicsPrior, Result};

/// Q ~ IW(S_n, nu_n), \[b A\] ~ MN(M_n, Q, K_n) of a state, in the form of one factor: with L the Cholesky factor of
/// the state's sums plus the prior's precisions, K_n^-1 = C C', S_n = E E' and M_n = M0 + B C^-1 for L = \[C 0; B E\].
pub(crate) struct Posterior {
    n_latents: usize,
    degrees: f64,
    factor: Cholesky,
}

impl Posterior {
    /// Of a state; of one without steps the prior.
    pub(crate) fn new(statistics: &StepStatistics, state: usize, prior: &DynamicsPrior) -> Result<Self> {
        let n_latents = statistics.n_latents();
        let degrees = n_latents as f64 + prior.extra_df + statistics.n_steps()[state] as f64;
        Ok(Self { n_latents, degrees, factor: statistics.factor(state, prior)? })
    }

    /// nu_n.
    pub(crate) fn degrees(&self) -> f64 {
        self.degrees
    }

    /// ln |K_n^-1| and ln |S_n|.
    pub(crate) fn log_determinants(&self) -> [f64; 2] {
        let log = |rows: std::ops::Range<usize>| 2.0 * rows.map(|i| self.factor.row(i)[i].ln()).sum::<f64>();
        let middle = self.n_latents + 1;
        [log(0..middle), log(middle..middle + self.n_latents)]
    }

    /// A draw: Q = G G' with G = E U^-T, where U U' ~ W(I, nu_n) and U is upper triangular; \[b A\] = M0 + (B + G Z) C^-1.
    fn sample(&self, rng: &mut impl Rng) -> Result<Dynamics> {
        let d = self.n_latents;
        let root = self.sample_root(rng)?;
        let mut transition = Array2::eye(d);
        let mut offset = Array1::zeros(d);
        let normals = Array2::from_shape_fn((d, d + 1), |_| standard_normal(rng));
        let mut coefficients = root.dot(&normals);
        for (i, mut row) in coefficients.rows_mut().into_iter().enumerate() {
            row.iter_mut().zip(self.factor.row(d + 1 + i)).for_each(|(entry, b)| *entry += b);
            let mut row = row.to_vec();
            // Rows of C are the first of L.
            self.factor.solve_upper(&mut row);
            offset[i] = row[0];
            transition.row_mut(i).iter_mut().zip(&row[1..]).for_each(|(a, value)| *a += value);
        }
        let noise = root.dot(&root.t());
        Ok(Dynamics { transition, offset, noise })
    }

    /// The lower triangular root G of a draw of Q.
    fn sample_root(&self, rng: &mut impl Rng) -> Result<Array2<f64>> {
        let d = self.n_latents;
        let bartlett = self.sample_bartlett(rng)?;
        let mut root = Array2::zeros((d, d));
        for i in 0..d {
            let mut row = root.row_mut(i);
            let known = &self.factor.row(d + 1 + i)[d + 1..];
            // x U' = e, U' lower triangular, from the last entry on.
            for j in (0..=i).rev() {
                let later: f64 = (j + 1..=i).map(|k| row[k] * bartlett[[j, k]]).sum();
                row[j] = (known[j] - later) / bartlett[[j, j]];
            }
        }
        Ok(root)
    }

    /// Upper triangular U with U U' ~ W(I, nu): Bartlett's decomposition, from the last row on.
    fn sample_bartlett(&self, rng: &mut impl Rng) -> Result<Array2<f64>> {
        let d = self.n_latents;
        let mut upper = Array2::zeros((d, d));
        for i in 0..d {
            let degrees = self.degrees - (d - 1 - i) as f64;
            let squared =
                ChiSquared::new(degrees).map_err(|_| BiclusterError::DegreesOfFreedom { degrees })?;
            upper[[i, i]] = squared.sample(rng).sqrt();
            upper.slice_mut(s![i, i + 1..]).iter_mut().for_each(|entry| *entry = standard_normal(rng));
        }
        Ok(upper)
    }
}

fn standard_normal(rng: &mut impl Rng) -> f64 {
    StandardNormal.sample(rng)
}

/// Draws (A, b, Q) of every state given the steps, section 4.3; of clusters of `width` rows.
///
/// # Errors
/// When a scale is not positive definite, or the degrees of freedom are too few.
pub fn sample_dynamics(
    prior: &DynamicsPrior,
    statistics: &StepStatistics,
    interaction: Interaction,
    width: usize,
    rng: &mut impl Rng,
) -> Result<Vec<Dynamics>> {
    let n_latents = statistics.n_latents();
    let n_states = statistics.n_steps().len();
    let empty = || Dynamics {
        transition: Array2::zeros((n_latents, n_latents)),
        offset: Array1::zeros(n_latents),
        noise: Array2::zeros((n_latents, n_latents)),
    };
    let mut all: Vec<Dynamics> = (0..n_states).map(|_| empty()).collect();
    for block in interaction.blocks(n_latents, width) {
        let latents: Vec<usize> = block.clone().collect();
        let statistics = statistics.select(&latents);
        for (state, dynamics) in all.iter_mut().enumerate() {
            let drawn = Posterior::new(&statistics, state, prior)?.sample(rng)?;
            dynamics.transition.slice_mut(s![block.clone(), block.clone()]).assign(&drawn.transition);
            dynamics.offset.slice_mut(s![block.clone()]).assign(&drawn.offset);
            dynamics.noise.slice_mut(s![block.clone(), block.clone()]).assign(&drawn.noise);
        }
    }
    Ok(all)
}
