//! Laplace's approximation at the unpenalised maximum over loadings, baseline and dispersion held fixed.

use ndarray::{Array1, Array2, ArrayView2, s};

use crate::Counts;
use crate::cholesky::Cholesky;

/// Steps of Newton's method at most.
const MOST_STEPS: usize = 25;
/// A step as short as this ends it.
const SHORT: f64 = 1e-6;

/// What the approximation needs of a neuron.
pub(super) struct Neuron<'a> {
    pub counts: &'a Counts,
    pub unit: usize,
    pub baseline: f64,
    pub dispersion: f64,
}

impl Neuron<'_> {
    /// ln of the likelihood at the maximum over c plus ln N(c; 0, I) - ln |H| / 2, on a path `[T, p + 1]` whose first
    /// column is an offset; minus infinity where there is no maximum. The dispersion of Poisson counts is large.
    pub(super) fn log_evidence(&self, path: ArrayView2<'_, f64>) -> f64 {
        let mut c = Array1::zeros(path.ncols() - 1);
        for _ in 0..MOST_STEPS {
            let (gradient, hessian) = self.derivatives(path, &c);
            let Ok(factor) = Cholesky::with_jitter(hessian.view(), String::new) else {
                return f64::NEG_INFINITY;
            };
            let mut step = gradient.to_vec();
            factor.solve(&mut step);
            if step.iter().all(|step| step.abs() < SHORT) {
                let squares = c.dot(&c) + c.len() as f64 * (2.0 * std::f64::consts::PI).ln();
                return self.log_likelihood(path, &c) - 0.5 * (squares + factor.log_determinant());
            }
            let step = Array1::from(step);
            let value = self.log_likelihood(path, &c);
            let halved = (0..20).map(|halving| &c + &step * 0.5_f64.powi(halving));
            match halved.into_iter().find(|next| self.log_likelihood(path, next) >= value) {
                Some(next) => c = next,
                None => return f64::NEG_INFINITY,
            }
        }
        f64::NEG_INFINITY
    }

    /// (y, eta, x) of every bin that is seen.
    fn seen<'a>(
        &'a self,
        path: ArrayView2<'a, f64>,
        c: &'a Array1<f64>,
    ) -> impl Iterator<Item = (f64, f64, Array1<f64>)> + 'a {
        let (counts, seen) = (self.counts.unit(self.unit), self.counts.seen(self.unit));
        (0..counts.len()).filter(move |&bin| seen[bin]).map(move |bin| {
            let x = path.slice(s![bin, 1..]).to_owned();
            (f64::from(counts[bin]), self.baseline + path[[bin, 0]] + x.dot(c), x)
        })
    }

    fn log_likelihood(&self, path: ArrayView2<'_, f64>, c: &Array1<f64>) -> f64 {
        let r = self.dispersion;
        self.seen(path, c).map(|(y, eta, _)| y * eta - (y + r) * (eta.exp() / r).ln_1p()).sum()
    }

    fn derivatives(&self, path: ArrayView2<'_, f64>, c: &Array1<f64>) -> (Array1<f64>, Array2<f64>) {
        let (r, size) = (self.dispersion, c.len());
        let (mut gradient, mut hessian) = (Array1::zeros(size), Array2::zeros((size, size)));
        for (y, eta, x) in self.seen(path, c) {
            let m = eta.exp();
            gradient.scaled_add(r * (y - m) / (r + m), &x);
            let weight = r * m * (r + y) / ((r + m) * (r + m));
            for (i, mut row) in hessian.rows_mut().into_iter().enumerate() {
                row.scaled_add(weight * x[i], &x);
            }
        }
        (gradient, hessian)
    }
}
