//! Draws of dynamics, densities of steps.

use ndarray::{Array1, Array2, ArrayView2, s};
use neuroloom_bicluster::{
    Dynamics, DynamicsPrior, Interaction, StepStatistics, log_density_of_steps, sample_dynamics,
};

use crate::dense::{invert, log_normal};
use crate::problem::{dynamics, normals, rng, whole};

const PRIOR: DynamicsPrior = DynamicsPrior { scale: 0.5, extra_df: 6.0, column_scale: 0.4 };

/// M_n, K_n, S_n, nu_n of section 4.3 with \[A b\], as it is written there.
fn posterior(paths: ArrayView2<'_, f64>, steps: &[usize]) -> (Array2<f64>, Array2<f64>, Array2<f64>, f64) {
    let d = paths.ncols();
    let (mut syy, mut syx) = (Array2::<f64>::zeros((d, d)), Array2::<f64>::zeros((d, d + 1)));
    let k0_inverse = Array2::<f64>::eye(d + 1) / PRIOR.column_scale;
    let mut sxx = Array2::<f64>::zeros((d + 1, d + 1));
    for &t in steps {
        let mut x = Array2::ones((d + 1, 1));
        x.slice_mut(s![..d, 0]).assign(&paths.row(t));
        let y = paths.row(t + 1).to_owned().insert_axis(ndarray::Axis(1));
        syy += &y.dot(&y.t());
        syx += &y.dot(&x.t());
        sxx += &x.dot(&x.t());
    }
    let mut m0 = Array2::zeros((d, d + 1));
    m0.slice_mut(s![.., ..d]).assign(&Array2::eye(d));
    let (k, _) = invert(&(&k0_inverse + &sxx));
    let m = (m0.dot(&k0_inverse) + &syx).dot(&k);
    let s = Array2::<f64>::eye(d) * PRIOR.scale + syy + m0.dot(&k0_inverse).dot(&m0.t())
        - m.dot(&invert(&k).0).dot(&m.t());
    (m, k, s, d as f64 + PRIOR.extra_df + steps.len() as f64)
}

#[test]
fn draws_have_the_moments_of_the_matrix_normal_inverse_wishart() {
    let (d, n_draws) = (3, 100_000);
    let mut rng = rng(11);
    let paths = normals((12, d), &mut rng);
    let states = [0, 0, 0, 0, 2, 2, 2, 0, 0, 0, 0, 0];
    let segments = [0..7, 7..12];
    let statistics = StepStatistics::new(paths.view(), &states, &segments, 3);
    assert_eq!(statistics.n_steps(), [8, 0, 2]);
    let draws: Vec<Vec<Dynamics>> = (0..n_draws)
        .map(|_| sample_dynamics(&PRIOR, &statistics, Interaction::Full, d, &mut rng).unwrap())
        .collect();
    for (state, steps) in [(0, vec![0, 1, 2, 3, 7, 8, 9, 10]), (1, vec![]), (2, vec![4, 5])] {
        let (m, k, s, nu) = posterior(paths.view(), &steps);
        let mean_noise = &s / (nu - d as f64 - 1.0);
        let (mut noise, mut mean) = (Array2::<f64>::zeros((d, d)), Array1::<f64>::zeros(d * (d + 1)));
        let mut products = Array2::<f64>::zeros((d * (d + 1), d * (d + 1)));
        for draw in &draws {
            let Dynamics { transition, offset, noise: q } = &draw[state];
            noise += q;
            // vec of \[A b\], column after column.
            let vector: Array1<f64> = transition.t().iter().chain(offset).copied().collect();
            let centred = &vector - &m.t().iter().copied().collect::<Array1<f64>>();
            mean += &centred;
            let column = centred.insert_axis(ndarray::Axis(1));
            products += &column.dot(&column.t());
        }
        let n = n_draws as f64;
        let relative = |a: &Array2<f64>, b: &Array2<f64>| {
            (a - b).mapv(|x| x * x).sum().sqrt() / b.mapv(|x| x * x).sum().sqrt()
        };
        assert!(relative(&(noise / n), &mean_noise) < 0.01, "state {state}");
        let expected =
            Array2::from_shape_fn(products.dim(), |(a, b)| k[[a / d, b / d]] * mean_noise[[a % d, b % d]]);
        assert!(relative(&(&products / n), &expected) < 0.02, "state {state}");
        for (sum, variance) in mean.iter().zip(expected.diag()) {
            assert!((sum / n).abs() < 4.5 * (variance / n).sqrt(), "state {state}");
        }
    }
}

#[test]
fn blocks_are_drawn_on_their_own() {
    let mut rng = rng(12);
    let paths = normals((20, 4), &mut rng);
    let statistics = StepStatistics::new(paths.view(), &[0; 20], &whole(20), 1);
    let drawn =
        sample_dynamics(&PRIOR, &statistics, Interaction::Block, 2, &mut crate::problem::rng(1)).unwrap();
    let first = statistics.select(&[0, 1]);
    let alone = sample_dynamics(&PRIOR, &first, Interaction::Full, 2, &mut crate::problem::rng(1)).unwrap();
    assert_eq!(drawn[0].noise.slice(s![..2, ..2]), alone[0].noise);
    assert_eq!(drawn[0].transition.slice(s![..2, ..2]), alone[0].transition);
    assert!(drawn[0].noise.slice(s![..2, 2..]).iter().all(|&q| q == 0.0));
    assert!(drawn[0].transition.slice(s![2.., ..2]).iter().all(|&a| a == 0.0));
}

#[test]
fn densities_of_steps_equal_those_of_dense_gaussians() {
    let mut rng = rng(13);
    let (n_bins, d) = (1100, 5);
    let dynamics = dynamics(3, d, &mut rng);
    let paths = normals((n_bins, d), &mut rng);
    let segments = [0..3, 3..n_bins];
    let found = log_density_of_steps(paths.view(), &dynamics, &segments).unwrap();
    assert_eq!(found.dim(), (n_bins, 3));
    for t in (0..n_bins).filter(|t| t % 97 < 4) {
        for (k, Dynamics { transition, offset, noise }) in dynamics.iter().enumerate() {
            let expected = if t == 2 || t + 1 == n_bins {
                0.0
            } else {
                log_normal(&(&paths.row(t + 1) - &transition.dot(&paths.row(t)) - offset), noise)
            };
            assert!((found[[t, k]] - expected).abs() < 1e-10 * (1.0 + expected.abs()), "bin {t} state {k}");
        }
    }
}

#[test]
fn statistics_with_new_latents_equal_those_of_all() {
    let mut rng = rng(14);
    let all = normals((25, 7), &mut rng);
    let states: Vec<usize> = (0..25).map(|t| t / 4 % 3).collect();
    let segments = [0..9, 9..25];
    let of = |columns: std::ops::Range<usize>| {
        StepStatistics::new(all.slice(s![.., columns]), &states, &segments, 4)
    };
    let extended = of(0..4).with_latents(all.slice(s![.., ..4]), all.slice(s![.., 4..]), &states, &segments);
    assert_eq!(extended.n_latents(), 7);
    let logs = |statistics: &StepStatistics| {
        sample_dynamics(&PRIOR, statistics, Interaction::Full, 1, &mut crate::problem::rng(1)).unwrap()
    };
    let close = |a: &[Dynamics], b: &[Dynamics]| {
        a.iter().zip(b).all(|(a, b)| (&a.noise - &b.noise).iter().all(|error| error.abs() < 1e-9))
    };
    assert!(close(&logs(&extended), &logs(&of(0..7))));
    assert!(close(&logs(&extended.select(&[0, 1, 2, 3])), &logs(&of(0..4))));
    assert!(close(&logs(&of(0..7).select(&[4, 5, 6])), &logs(&of(4..7))));
}
