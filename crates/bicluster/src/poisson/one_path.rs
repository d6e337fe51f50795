//! The path of one cluster given counts and the paths of all others: a Gaussian chain, drawn by block elimination.
//!
//! With e = X_{t+1} - A X_t - b, Λ = Q^-1, and B, C the cluster's columns of I and A, e = B u_{t+1} - C u_t + k, where k
//! is what the others contribute. The precision of (u_1, .., u_T) is block tridiagonal: the step adds C'ΛC to bin t,
//! B'ΛB to bin t + 1 and -B'ΛC between them; C'Λk and -B'Λk to the linear terms.

use ndarray::{Array1, Array2, ArrayView2, Axis, s};
use rand::Rng;
use rand_distr::{Distribution, StandardNormal};

use crate::cholesky::Cholesky;
use crate::{Counts, Dynamics, Result, State};

/// The conditional law of the path of one cluster, eliminated from the first bin on.
pub(super) struct OnePath {
    /// Factors of what is left of the precision of every bin.
    factors: Vec<Cholesky>,
    /// Linear terms, `[T, p + 1]`.
    linear: Array2<f64>,
    /// -B'ΛC of the step into the bin, none for the first of a segment.
    couplings: Vec<Option<Array2<f64>>>,
}

/// What a step of one state adds, whatever the others do.
struct StepTerms {
    before: Array2<f64>,
    after: Array2<f64>,
    coupling: Array2<f64>,
    /// C'Λ and -B'Λ.
    pull: [Array2<f64>; 2],
}

impl OnePath {
    /// Given the Pólya-Gamma `weights` `[N, T]` of its members.
    ///
    /// # Errors
    /// When a noise or what is left of a precision is not positive definite.
    pub(super) fn new(
        counts: &Counts,
        state: &State,
        weights: ArrayView2<'_, f64>,
        cluster: usize,
        width: usize,
    ) -> Result<Self> {
        let n_bins = counts.n_bins();
        let own = cluster * width..(cluster + 1) * width;
        let (mut precisions, mut linear) = observed(counts, state, weights, cluster, width);
        let terms = state.dynamics.iter().enumerate().map(|(k, of)| StepTerms::new(of, &own, k));
        let terms: Vec<StepTerms> = terms.collect::<Result<_>>()?;
        let mut others = state.paths.clone();
        others.slice_mut(s![.., own.clone()]).fill(0.0);
        let mut couplings: Vec<Option<Array2<f64>>> = vec![None; n_bins];
        for segment in counts.segments().iter().filter(|segment| !segment.is_empty()) {
            precisions[segment.start] += &Array2::<f64>::eye(width);
            for bin in segment.start..segment.end - 1 {
                let k = state.states[bin];
                let Dynamics { transition, offset, .. } = &state.dynamics[k];
                let rest = &others.row(bin + 1) - &transition.dot(&others.row(bin)) - offset;
                let StepTerms { before, after, coupling, pull } = &terms[k];
                precisions[bin] += before;
                precisions[bin + 1] += after;
                linear.row_mut(bin).scaled_add(1.0, &pull[0].dot(&rest));
                linear.row_mut(bin + 1).scaled_add(1.0, &pull[1].dot(&rest));
                couplings[bin + 1] = Some(coupling.clone());
            }
        }
        let mut path = Self { factors: Vec::with_capacity(n_bins), linear, couplings };
        path.eliminate(precisions)?;
        Ok(path)
    }

    fn eliminate(&mut self, mut precisions: Vec<Array2<f64>>) -> Result<()> {
        for (bin, precision) in precisions.iter_mut().enumerate() {
            if let (Some(coupling), Some(factor)) = (&self.couplings[bin], self.factors.last()) {
                // P - O P_before^-1 O', h - O P_before^-1 h_before.
                let mut solved = coupling.clone();
                for mut row in solved.rows_mut() {
                    let mut entries = row.to_vec();
                    factor.solve(&mut entries);
                    row.assign(&Array1::from(entries));
                }
                *precision -= &solved.dot(&coupling.t());
                let shift = solved.dot(&self.linear.row(bin - 1));
                self.linear.row_mut(bin).scaled_add(-1.0, &shift);
            }
            let what = || format!("the precision of the latents of bin {bin}");
            self.factors.push(Cholesky::with_jitter(precision.view(), what)?);
        }
        Ok(())
    }

    /// A draw, `[T, p + 1]`.
    pub(super) fn sample(&self, rng: &mut impl Rng) -> Array2<f64> {
        let mut path: Array2<f64> = Array2::zeros(self.linear.dim());
        for bin in (0..self.linear.nrows()).rev() {
            let mut mean = self.linear.row(bin).to_owned();
            if let Some(Some(coupling)) = self.couplings.get(bin + 1) {
                mean -= &coupling.t().dot(&path.row(bin + 1));
            }
            let (mut mean, factor) = (mean.to_vec(), &self.factors[bin]);
            factor.solve_lower(&mut mean);
            mean.iter_mut().for_each(|entry| {
                *entry += <StandardNormal as Distribution<f64>>::sample(&StandardNormal, rng);
            });
            factor.solve_upper(&mut mean);
            path.row_mut(bin).assign(&Array1::from(mean));
        }
        path
    }
}

impl StepTerms {
    fn new(dynamics: &Dynamics, own: &std::ops::Range<usize>, state: usize) -> Result<Self> {
        let size = dynamics.offset.len();
        let factor = Cholesky::with_jitter(dynamics.noise.view(), || format!("the noise of state {state}"))?;
        let mut precision = Array2::eye(size);
        for mut row in precision.rows_mut() {
            let mut entries = row.to_vec();
            factor.solve(&mut entries);
            row.assign(&Array1::from(entries));
        }
        let from = dynamics.transition.slice(s![.., own.clone()]);
        let own: Vec<usize> = own.clone().collect();
        let into = precision.select(Axis(0), &own);
        let out = from.t().dot(&precision);
        Ok(Self {
            before: out.dot(&from),
            after: into.select(Axis(1), &own),
            coupling: -into.dot(&from),
            pull: [out, -into],
        })
    }
}

/// What the counts of the members say about every bin: J `[p + 1, p + 1]` and h.
fn observed(
    counts: &Counts,
    state: &State,
    weights: ArrayView2<'_, f64>,
    cluster: usize,
    width: usize,
) -> (Vec<Array2<f64>>, Array2<f64>) {
    let mut precisions = vec![Array2::zeros((width, width)); counts.n_bins()];
    let mut linear = Array2::zeros((counts.n_bins(), width));
    for unit in (0..state.labels.len()).filter(|&unit| state.labels[unit] == cluster) {
        let (r, mut z) = (state.dispersions[unit], state.loadings.row(unit).to_owned());
        let shift = r.ln() - z[0];
        z[0] = 1.0;
        let entries = counts.unit(unit).into_iter().zip(counts.seen(unit)).zip(weights.row(unit)).enumerate();
        for (bin, ((&count, _), &w)) in entries.filter(|(_, ((_, seen), _))| **seen) {
            linear.row_mut(bin).scaled_add(w * shift + 0.5 * (f64::from(count) - r), &z);
            for (i, mut row) in precisions[bin].rows_mut().into_iter().enumerate() {
                row.scaled_add(w * z[i], &z);
            }
        }
    }
    (precisions, linear)
}
