//! Paths against the dense joint Gaussian.

use std::ops::Range;

use ndarray::{Array1, Array2, Axis, concatenate, s};
use neuroloom_bicluster::{Counts, Dynamics, FilterOptions, Filtered, FirstBin, Information, sample_paths};
use rand::RngExt;

use crate::dense::{invert, log_normal, prior};
use crate::problem::{dynamics, normals, rng, whole};

const N_BINS: usize = 10;

struct Problem {
    segments: Vec<Range<usize>>,
    states: Vec<usize>,
    dynamics: Vec<Dynamics>,
    labels: Vec<usize>,
    loadings: Array2<f64>,
    values: Array2<f64>,
    weights: Array2<f64>,
}

impl Problem {
    /// Two clusters of p = 2, a switch every three bins, two segments, missing entries and a bin without any.
    fn new() -> Self {
        let mut rng = rng(1);
        let labels = vec![0, 1, 1, 0];
        let mut weights = Array2::from_shape_fn((4, N_BINS), |_| rng.random_range(0.2..3.0));
        weights.slice_mut(s![.., 4]).fill(0.0);
        weights.indexed_iter_mut().filter(|((i, t), _)| (3 * i + t) % 5 == 0).for_each(|(_, w)| *w = 0.0);
        Self {
            segments: vec![0..6, 6..N_BINS],
            states: (0..N_BINS).map(|t| (t / 3) % 3).collect(),
            dynamics: dynamics(3, 6, &mut rng),
            loadings: normals((4, 3), &mut rng),
            values: normals((4, N_BINS), &mut rng),
            labels,
            weights,
        }
    }

    fn information(&self) -> Information {
        Information::of_gaussian(&self.labels, self.loadings.view(), self.values.view(), self.weights.view())
    }

    fn filter(&self, options: FilterOptions) -> Filtered {
        Filtered::with_covariances(&self.information(), &self.segments, &self.states, &self.dynamics, options)
            .unwrap()
    }

    /// One row per observed entry over all latents, with its value and variance.
    fn observations(&self) -> (Array2<f64>, Array1<f64>, Array1<f64>) {
        let d = 6;
        let observed: Vec<(usize, usize)> =
            self.weights.indexed_iter().filter(|(_, w)| **w > 0.0).map(|(at, _)| at).collect();
        let mut map = Array2::zeros((observed.len(), N_BINS * d));
        for (row, &(unit, bin)) in observed.iter().enumerate() {
            let first = bin * d + 3 * self.labels[unit];
            map[[row, first]] = 1.0;
            map[[row, first + 1]] = self.loadings[[unit, 1]];
            map[[row, first + 2]] = self.loadings[[unit, 2]];
        }
        let values = observed.iter().map(|&at| self.values[at]).collect();
        (map, values, observed.iter().map(|&at| 1.0 / self.weights[at]).collect())
    }

    /// Posterior mean and covariance of all latents, and the log likelihood.
    fn dense(&self) -> (Array1<f64>, Array2<f64>, f64) {
        let (mean, precision) = prior(&self.segments, &self.states, &self.dynamics);
        let (map, values, variances) = self.observations();
        let weighted = &map / &variances.clone().insert_axis(Axis(1));
        let (covariance, _) = invert(&(&precision + &map.t().dot(&weighted)));
        let innovation = &values - &map.dot(&mean);
        let posterior = &mean + &covariance.dot(&weighted.t().dot(&innovation));
        let marginal = map.dot(&invert(&precision).0).dot(&map.t()) + Array2::from_diag(&variances);
        (posterior, covariance, log_normal(&innovation, &marginal))
    }
}

/// The largest distance of the means in standard errors, and the relative distance of the covariances, of draws.
fn distance(problem: &Problem, options: FilterOptions, n_draws: usize) -> (f64, f64) {
    let (mean, covariance, _) = problem.dense();
    let filtered = problem.filter(options);
    let mut rng = rng(2);
    let n = mean.len();
    let (mut sum, mut products) = (Array1::<f64>::zeros(n), Array2::<f64>::zeros((n, n)));
    for _ in 0..n_draws / 1000 {
        let block: Vec<_> = (0..1000)
            .map(|_| filtered.sample(&problem.segments, &problem.states, &mut rng))
            .map(|draw| draw.into_shape_with_order((1, n)).unwrap() - &mean)
            .collect();
        let block: Array2<f64> =
            concatenate(Axis(0), &block.iter().map(|draw| draw.view()).collect::<Vec<_>>()).unwrap();
        sum += &block.sum_axis(Axis(0));
        products += &block.t().dot(&block);
    }
    let n_draws = n_draws as f64;
    let z = sum.iter().zip(covariance.diag()).map(|(sum, v)| (sum / n_draws / (v / n_draws).sqrt()).abs());
    let difference = products / n_draws - &covariance;
    let frobenius = |a: &Array2<f64>| a.iter().map(|x| x * x).sum::<f64>().sqrt();
    (z.fold(0.0, f64::max), frobenius(&difference) / frobenius(&covariance))
}

#[test]
fn draws_follow_the_dense_joint_gaussian() {
    let (z, covariance) = distance(&Problem::new(), FilterOptions::default(), 100_000);
    assert!(z < 4.5, "means are {z} standard errors away");
    assert!(covariance < 0.02, "covariances differ by {covariance}");
}

#[test]
fn a_filter_that_is_one_bin_off_is_found_out() {
    let (z, covariance) =
        distance(&Problem::new(), FilterOptions { shift: true, ..Default::default() }, 10_000);
    assert!(z > 20.0 && covariance > 0.05, "{z} {covariance}");
}

#[test]
fn likelihood_and_smoothed_means_equal_the_dense_ones() {
    let problem = Problem::new();
    let (mean, covariance, log_likelihood) = problem.dense();
    let filtered = problem.filter(FilterOptions::default());
    let found = filtered.log_normaliser() + problem.information().log_constant();
    assert!((found - log_likelihood).abs() < 1e-9, "{found} {log_likelihood}");
    let smoothed = filtered.smoothed_means(&problem.segments, &problem.states);
    assert!(smoothed.iter().zip(&mean).all(|(a, b)| (a - b).abs() < 1e-10));
    // At the last bin of a segment, what is filtered is all that is known.
    for bin in [5, N_BINS - 1] {
        let block = covariance.slice(s![bin * 6..(bin + 1) * 6, bin * 6..(bin + 1) * 6]);
        assert!((filtered.covariance(bin).unwrap() - block).iter().all(|error| error.abs() < 1e-12));
    }
}

#[test]
fn a_first_bin_through_the_dynamics_is_a_bin_more() {
    let mut problem = Problem::new();
    problem.segments = whole(N_BINS);
    // What comes before: a bin at its prior, without observations, in the first bin's state.
    let ahead = |a: &Array2<f64>| concatenate(Axis(1), &[Array2::zeros((4, 1)).view(), a.view()]).unwrap();
    let (weights, values) = (ahead(&problem.weights), ahead(&problem.values));
    let states: Vec<usize> = std::iter::once(0).chain(problem.states.iter().copied()).collect();
    let whole = 0..N_BINS + 1;
    let information =
        Information::of_gaussian(&problem.labels, problem.loadings.view(), values.view(), weights.view());
    let options = FilterOptions::default();
    let longer =
        Filtered::new(&information, std::slice::from_ref(&whole), &states, &problem.dynamics, options)
            .unwrap();
    let found = problem.filter(FilterOptions { first_bin: FirstBin::ThroughDynamics, ..options });
    assert!((found.log_normaliser() - longer.log_normaliser()).abs() < 1e-10);
    for bin in 0..N_BINS {
        assert!(found.mean(bin).iter().zip(longer.mean(bin + 1)).all(|(a, b)| (a - b).abs() < 1e-11));
    }
}

#[test]
fn a_wide_system_of_independent_parts_equals_its_parts() {
    // 36 latents fill whole tiles of the kernels, 9 do not.
    let (parts, width, n_bins) = (4, 9, 30);
    let mut rng = rng(5);
    let states: Vec<usize> = (0..n_bins).map(|t| t / 7 % 2).collect();
    let segments = [0..11, 11..n_bins];
    let systems: Vec<Vec<Dynamics>> = (0..parts).map(|_| dynamics(2, width, &mut rng)).collect();
    let joint: Vec<Dynamics> = (0..2)
        .map(|state| {
            let n = parts * width;
            let mut all = Dynamics {
                transition: Array2::zeros((n, n)),
                offset: Array1::zeros(n),
                noise: Array2::zeros((n, n)),
            };
            for (part, system) in systems.iter().enumerate() {
                let at = part * width..(part + 1) * width;
                all.transition.slice_mut(s![at.clone(), at.clone()]).assign(&system[state].transition);
                all.offset.slice_mut(s![at.clone()]).assign(&system[state].offset);
                all.noise.slice_mut(s![at.clone(), at]).assign(&system[state].noise);
            }
            all
        })
        .collect();
    let labels: Vec<usize> = (0..24).map(|unit| unit % 12).collect();
    let (loadings, values) = (normals((24, 3), &mut rng), normals((24, n_bins), &mut rng));
    let weights = Array2::from_shape_fn((24, n_bins), |(i, t)| f64::from(u8::from((i + t) % 3 > 0)));
    let options = FilterOptions::default();
    let information = Information::of_gaussian(&labels, loadings.view(), values.view(), weights.view());
    let whole = Filtered::new(&information, &segments, &states, &joint, options).unwrap();
    let means = whole.smoothed_means(&segments, &states);
    let mut log_normaliser = 0.0;
    for (part, system) in systems.iter().enumerate() {
        let units: Vec<usize> = (0..24).filter(|unit| labels[*unit] / 3 == part).collect();
        let labels: Vec<usize> = units.iter().map(|&unit| labels[unit] % 3).collect();
        let of = |a: &Array2<f64>| a.select(Axis(0), &units);
        let information =
            Information::of_gaussian(&labels, of(&loadings).view(), of(&values).view(), of(&weights).view());
        let filtered = Filtered::new(&information, &segments, &states, system, options).unwrap();
        let difference = filtered.smoothed_means(&segments, &states)
            - means.slice(s![.., part * width..(part + 1) * width]);
        assert!(difference.iter().all(|error| error.abs() < 1e-12));
        log_normaliser += filtered.log_normaliser();
    }
    assert!((whole.log_normaliser() - log_normaliser).abs() < 1e-9);
}

#[test]
fn counts_give_the_pseudo_observations_of_their_weights() {
    let mut rng = rng(7);
    let problem = Problem::new();
    let r = [1.5, 0.7, 3.0, 10.0];
    let counts = Array2::from_shape_fn((4, N_BINS), |(i, t)| ((i + 2 * t) % 4) as u32);
    let seen = problem.weights.mapv(|w| w > 0.0);
    let drawn = Array2::from_shape_fn((4, N_BINS), |_| rng.random_range(0.2..3.0));
    let counts = Counts::new(counts, seen.clone(), problem.segments.clone());
    let found = Information::new(&counts, &problem.labels, problem.loadings.view(), &r, drawn.view());
    let values = Array2::from_shape_fn((4, N_BINS), |(i, t)| {
        let y = f64::from(counts.unit(i)[t]);
        r[i].ln() - problem.loadings[[i, 0]] + (y - r[i]) / (2.0 * drawn[[i, t]])
    });
    let weights = Array2::from_shape_fn((4, N_BINS), |at| if seen[at] { drawn[at] } else { 0.0 });
    let expected =
        Information::of_gaussian(&problem.labels, problem.loadings.view(), values.view(), weights.view());
    let filter = |information: &Information| {
        let options = FilterOptions::default();
        Filtered::new(information, &problem.segments, &problem.states, &problem.dynamics, options).unwrap()
    };
    for bin in 0..N_BINS {
        let (found, expected) = (filter(&found), filter(&expected));
        assert!(found.mean(bin).iter().zip(expected.mean(bin)).all(|(a, b)| (a - b).abs() < 1e-12));
    }
    let draw = |seed| {
        let (labels, loadings) = (&problem.labels, problem.loadings.view());
        let options = FilterOptions::default();
        let mut rng = crate::problem::rng(seed);
        sample_paths(
            &counts,
            labels,
            loadings,
            &r,
            drawn.view(),
            &problem.states,
            &problem.dynamics,
            options,
            &mut rng,
        )
        .unwrap()
    };
    assert_eq!(draw(3), draw(3));
    assert_ne!(draw(3), draw(4));
}

#[test]
fn a_system_that_overflows_names_its_bin() {
    let mut problem = Problem::new();
    problem.dynamics.iter_mut().for_each(|dynamics| dynamics.transition.fill(1e200));
    let options = FilterOptions::default();
    let error =
        Filtered::new(&problem.information(), &problem.segments, &problem.states, &problem.dynamics, options);
    assert!(error.unwrap_err().to_string().starts_with("the latents of bin 1 "));
}
