//! Value, gradient and curvature of a neuron's log posterior over (d, c), in one pass over the bins.

use ndarray::ArrayView2;
use pulp::{Arch, NullaryFnOnce};

use crate::cholesky::Cholesky;
use crate::likelihood::elementary::{exp, softplus_and_sigmoid};
use crate::likelihood::{Design, Family, LANES, UnitCounts};
use crate::{BiclusterError, LoadingPrior, Result};

/// Bins of which terms are held at once.
const BLOCK: usize = 128;

/// ln p(y | X, d, c) + ln p(d, c), its gradient and minus its Hessian.
pub(super) struct Curvature {
    pub value: f64,
    pub gradient: Vec<f64>,
    /// Lower triangle, row by row, of a full square.
    pub precision: Vec<f64>,
}

impl Curvature {
    /// At `coefficients` (d, c).
    pub(super) fn at(unit: &UnitCounts, design: &Design, prior: &LoadingPrior, coefficients: &[f64]) -> Self {
        assert_eq!(design.stride(), unit.counts.len(), "bins of the path and of the counts");
        let mut found = Arch::new().dispatch(Pass { unit, design, coefficients });
        found.add_prior(prior, coefficients);
        found
    }

    /// # Errors
    /// When it is not positive definite: the prior makes it so unless something overflowed.
    pub(super) fn factor(&self) -> Result<Cholesky> {
        let size = self.gradient.len();
        let what = || "the curvature of a neuron's loadings".to_owned();
        match ArrayView2::from_shape((size, size), &self.precision) {
            Ok(precision) => Cholesky::with_jitter(precision, what),
            Err(_) => Err(BiclusterError::NotPositiveDefinite { what: what(), jitter: 0.0 }),
        }
    }

    fn add_prior(&mut self, prior: &LoadingPrior, coefficients: &[f64]) {
        let size = coefficients.len();
        self.value += log_prior(prior, coefficients);
        for (i, &value) in coefficients.iter().enumerate() {
            let (mean, precision) = if i == 0 { (prior.mean, prior.sd.powi(-2)) } else { (0.0, 1.0) };
            self.gradient[i] -= precision * (value - mean);
            self.precision[i * size + i] += precision;
        }
    }
}

/// ln p(d, c).
pub(crate) fn log_prior(prior: &LoadingPrior, coefficients: &[f64]) -> f64 {
    let standardised = (coefficients[0] - prior.mean) / prior.sd;
    let squares = standardised * standardised + coefficients[1..].iter().map(|c| c * c).sum::<f64>();
    let log_two_pi = (2.0 * std::f64::consts::PI).ln();
    -0.5 * (squares + coefficients.len() as f64 * log_two_pi) - prior.sd.ln()
}

struct Pass<'a> {
    unit: &'a UnitCounts,
    design: &'a Design,
    coefficients: &'a [f64],
}

/// Terms of a block of bins.
struct Terms {
    /// d ln p / d eta, and minus the second derivative.
    slope: [f64; BLOCK],
    weight: [f64; BLOCK],
}

impl NullaryFnOnce for Pass<'_> {
    type Output = Curvature;

    #[inline(always)]
    fn call(self) -> Curvature {
        let size = self.design.width();
        let (mut gradient, mut precision) = (vec![0.0; size], vec![0.0; size * size]);
        let mut terms = Terms { slope: [0.0; BLOCK], weight: [0.0; BLOCK] };
        let mut sums = [0.0; LANES];
        let n_bins = self.unit.counts.len();
        for first in (0..n_bins).step_by(BLOCK) {
            let n = BLOCK.min(n_bins - first);
            self.fill(first, n, &mut terms, &mut sums);
            self.add_block(first, n, &terms, &mut gradient, &mut precision);
        }
        Curvature { value: sums.iter().sum(), gradient, precision }
    }
}

impl Pass<'_> {
    /// Terms of a block; its log likelihood is added to `sums`.
    #[inline(always)]
    fn fill(&self, first: usize, n: usize, terms: &mut Terms, sums: &mut [f64; LANES]) {
        let mut room = [0.0; BLOCK];
        let eta = &mut room[..n];
        self.design.predict(self.coefficients, first, eta);
        let (y, totals) = (&self.unit.counts[first..first + n], &self.unit.totals[first..first + n]);
        let shift = self.unit.log_dispersion();
        let (slope, weight) = (&mut terms.slope[..n], &mut terms.weight[..n]);
        let rows = eta
            .as_chunks::<LANES>()
            .0
            .iter()
            .zip(y.as_chunks::<LANES>().0.iter().zip(totals.as_chunks::<LANES>().0));
        let outs = slope.as_chunks_mut::<LANES>().0.iter_mut().zip(weight.as_chunks_mut::<LANES>().0);
        match self.unit.family() {
            Family::NegativeBinomial => {
                for ((eta, (y, totals)), (slope, weight)) in rows.zip(outs) {
                    for lane in 0..LANES {
                        let psi = eta[lane] - shift;
                        let (softplus, sigmoid) = softplus_and_sigmoid(psi);
                        sums[lane] += y[lane].mul_add(psi, -totals[lane] * softplus);
                        let mean = totals[lane] * sigmoid;
                        slope[lane] = y[lane] - mean;
                        weight[lane] = mean * (1.0 - sigmoid);
                    }
                }
            }
            Family::Poisson => {
                for ((eta, (y, totals)), (slope, weight)) in rows.zip(outs) {
                    for lane in 0..LANES {
                        let mean = totals[lane] * exp(eta[lane]);
                        sums[lane] += y[lane].mul_add(eta[lane], -mean);
                        slope[lane] = y[lane] - mean;
                        weight[lane] = mean;
                    }
                }
            }
        }
    }

    /// Gradient Z' slope and precision Z' diag(weight) Z of a block, Z = (1, x).
    #[inline(always)]
    fn add_block(&self, first: usize, n: usize, terms: &Terms, gradient: &mut [f64], precision: &mut [f64]) {
        let size = gradient.len();
        let (slope, weight) = (&terms.slope[..n], &terms.weight[..n]);
        gradient[0] += sum(slope);
        precision[0] += sum(weight);
        let mut room = [0.0; BLOCK];
        for i in 1..size {
            let x = &self.design.row(i)[first..first + n];
            let weighted = &mut room[..n];
            for (out, (x, weight)) in weighted.iter_mut().zip(x.iter().zip(weight)) {
                *out = x * weight;
            }
            gradient[i] += dot(x, slope);
            precision[i * size] += sum(weighted);
            for j in 1..=i {
                precision[i * size + j] += dot(weighted, &self.design.row(j)[first..first + n]);
            }
        }
    }
}

/// Over whole lanes.
#[inline(always)]
fn dot(a: &[f64], b: &[f64]) -> f64 {
    let mut sums = [0.0; LANES];
    for (a, b) in a.as_chunks::<LANES>().0.iter().zip(b.as_chunks::<LANES>().0) {
        for lane in 0..LANES {
            sums[lane] = a[lane].mul_add(b[lane], sums[lane]);
        }
    }
    fold(sums)
}

#[inline(always)]
fn sum(values: &[f64]) -> f64 {
    let mut sums = [0.0; LANES];
    for values in values.as_chunks::<LANES>().0 {
        for lane in 0..LANES {
            sums[lane] += values[lane];
        }
    }
    fold(sums)
}

#[inline(always)]
fn fold([a, b, c, d, e, f, g, h]: [f64; LANES]) -> f64 {
    ((a + e) + (c + g)) + ((b + f) + (d + h))
}
