//! Modes and evidences against brute force.

use ndarray::{Array1, Array2, Axis};
use neuroloom_bicluster::{Counts, Design, Family, LoadingPrior, UnitCounts, laplace};

use crate::dense::invert;
use crate::problem::{counts, normals, rng, whole};

const PRIOR: LoadingPrior = LoadingPrior { mean: 0.3, sd: 0.8 };

fn log_prior(b: &Array1<f64>) -> f64 {
    let z = (b[0] - PRIOR.mean) / PRIOR.sd;
    let squares = z * z + b.iter().skip(1).map(|c| c * c).sum::<f64>();
    -0.5 * (squares + b.len() as f64 * (2.0 * std::f64::consts::PI).ln()) - PRIOR.sd.ln()
}

struct Case {
    path: Array2<f64>,
    counts: Counts,
    r: f64,
    family: Family,
}

impl Case {
    fn new(n_bins: usize, p: usize, r: f64, level: f64, family: Family, seed: u64) -> Self {
        let mut rng = rng(seed);
        let path = normals((n_bins, p + 1), &mut rng) * 0.7;
        let loading = normals((1, p + 1), &mut rng);
        let eta = loading.dot(&path.t()) + level;
        Self { path, counts: counts(&eta, r, 0.2, whole(n_bins), &mut rng), r, family }
    }

    fn unit(&self) -> UnitCounts {
        UnitCounts::new(&self.counts, 0, self.r, self.family)
    }

    /// Gradient and minus the Hessian of the log posterior, bin by bin.
    fn derivatives(&self, b: &Array1<f64>) -> (Array1<f64>, Array2<f64>) {
        let size = b.len();
        let mut precision = Array2::<f64>::eye(size);
        precision[[0, 0]] = PRIOR.sd.powi(-2);
        let mut centred = b.clone();
        centred[0] -= PRIOR.mean;
        let mut gradient = -precision.dot(&centred);
        for t in (0..self.path.nrows()).filter(|&t| self.counts.seen(0)[t]) {
            let mut z = self.path.row(t).to_owned();
            let mu = std::mem::replace(&mut z[0], 1.0);
            let (y, m, r) = (f64::from(self.counts.unit(0)[t]), (mu + z.dot(b)).exp(), self.r);
            let (slope, weight) = match self.family {
                Family::NegativeBinomial => (r * (y - m) / (r + m), r * m * (r + y) / (r + m).powi(2)),
                Family::Poisson => (y - m, m),
            };
            gradient.scaled_add(slope, &z);
            let column = z.clone().insert_axis(Axis(1));
            precision.scaled_add(weight, &column.dot(&column.t()));
        }
        (gradient, precision)
    }
}

#[test]
fn the_mode_and_its_curvature_equal_those_of_a_slow_newton() {
    for (case, (p, r, level, family)) in [
        (1, 2.0, 0.0, Family::NegativeBinomial),
        (2, 0.5, -2.0, Family::NegativeBinomial),
        (4, 30.0, 2.0, Family::NegativeBinomial),
        (2, 100.0, 1.0, Family::Poisson),
        (0, 1.0, 6.0, Family::Poisson),
    ]
    .into_iter()
    .enumerate()
    {
        let case = Case::new(203, p, r, level, family, case as u64);
        let found = laplace(&case.unit(), &Design::new(case.path.view()), &PRIOR).unwrap();
        // Gradient ascent with the inverse curvature, halved for safety.
        let mut b = Array1::zeros(p + 1);
        for _ in 0..200 {
            let (gradient, precision) = case.derivatives(&b);
            let step = invert(&precision).0.dot(&gradient);
            let length = step.iter().fold(1.0_f64, |length, s| length.max(s.abs()));
            b.scaled_add(0.5_f64.max(1.0 / length).min(1.0 / length), &step);
        }
        let (gradient, precision) = case.derivatives(&b);
        assert!(gradient.iter().all(|g| g.abs() < 1e-6), "the slow Newton converges");
        assert!(found.coefficients.iter().zip(&b).all(|(found, b)| (found - b).abs() < 1e-7));
        let error = (&found.precision() - &precision).mapv(f64::abs).sum() / precision.mapv(f64::abs).sum();
        assert!(error < 1e-9, "{error:e}");
        let value = case.unit().kernel(&Design::new(case.path.view()), &found.coefficients) + log_prior(&b);
        let (_, log_determinant) = invert(&precision);
        let expected = value + 0.5 * ((p + 1) as f64 * (2.0 * std::f64::consts::PI).ln() - log_determinant);
        assert!((found.log_evidence - expected).abs() < 1e-9 * expected.abs());
    }
}

#[test]
fn the_evidence_is_near_the_integral() {
    for family in [Family::NegativeBinomial, Family::Poisson] {
        let case = Case::new(400, 1, 3.0, 0.5, family, 9);
        let (unit, design) = (case.unit(), Design::new(case.path.view()));
        let mode = laplace(&unit, &design, &PRIOR).unwrap();
        // Midpoints over eight standard deviations each way.
        let (covariance, _) = invert(&mode.precision());
        let (n, mut integral) = (160, 0.0);
        let span = |i: usize| 16.0 * covariance[[i, i]].sqrt();
        let at =
            |i: usize, step: usize| mode.coefficients[i] + span(i) * ((step as f64 + 0.5) / n as f64 - 0.5);
        for d in 0..n {
            for c in 0..n {
                let b = [at(0, d), at(1, c)];
                integral += (unit.kernel(&design, &b) + log_prior(&Array1::from(b.to_vec()))
                    - mode.log_evidence)
                    .exp();
            }
        }
        let ratio = integral * span(0) * span(1) / (n * n) as f64;
        assert!((ratio - 1.0).abs() < 0.01, "integral / Laplace = {ratio}");
    }
}

#[test]
fn a_neuron_that_is_not_seen_has_the_prior() {
    let n_bins = 30;
    let counts = counts(&Array2::zeros((1, n_bins)), 1.0, 1.1, whole(n_bins), &mut rng(1));
    let path = normals((n_bins, 2), &mut rng(2));
    let mode = laplace(
        &UnitCounts::new(&counts, 0, 1.0, Family::NegativeBinomial),
        &Design::new(path.view()),
        &PRIOR,
    );
    let mode = mode.unwrap();
    assert!((mode.coefficients[0] - PRIOR.mean).abs() < 1e-12 && mode.coefficients[1] == 0.0);
    assert!(mode.log_evidence.abs() < 1e-12);
}
