//! Adaptive geo-topological dependence beside its definition.

use ndarray::Array2;
use neuroloom_core::Seed;
use neuroloom_trsa::agtic::{Permutations, Scale, Side, StatisticKind, Variant, dependence_map, test};
use neuroloom_trsa::{Rdm, RsaError, pairs};

use crate::support::{gaussian, labels, rng};

fn points(seed: u64, n: usize) -> Vec<[f64; 2]> {
    let mut rng = rng(seed);
    (0..n).map(|_| [gaussian(&mut rng), gaussian(&mut rng)]).collect()
}

fn rdm(points: &[[f64; 2]]) -> Rdm {
    let distance = |(i, j): (usize, usize)| (points[i][0] - points[j][0]).hypot(points[i][1] - points[j][1]);
    Rdm::new("x", labels(points.len()), pairs(points.len()).map(distance).collect()).unwrap()
}

/// Thresholds and double centring on whole matrices, as they are defined.
fn slow_matrix(rdm: &Rdm, l: f64, u: f64, variant: Variant, scale: Scale) -> Array2<f64> {
    let a = rdm.to_square();
    let largest = a.iter().copied().fold(0.0, f64::max);
    let mut sorted = rdm.dissimilarities().to_vec();
    sorted.sort_by(f64::total_cmp);
    let threshold = |q: f64| match scale {
        Scale::Maximum => q * largest,
        Scale::Quantile => neuroloom_math::quantile_sorted(&sorted, q).unwrap(),
    };
    let (low, high) = (threshold(l), threshold(u));
    let cut = a.mapv(|a| match variant {
        _ if a <= low => 0.0,
        _ if a >= high => largest,
        Variant::Keep => a,
        Variant::ToThreshold => high * (a - low) / (high - low),
        Variant::ToMaximum => largest * (a - low) / (high - low),
    });
    let n = a.nrows();
    let centring = Array2::from_shape_fn((n, n), |(i, j)| f64::from(i == j) - 1.0 / n as f64);
    centring.dot(&cut).dot(&centring)
}

fn slow_dcor(a: &Array2<f64>, b: &Array2<f64>) -> f64 {
    let product = |a: &Array2<f64>, b: &Array2<f64>| (a * b).mean().unwrap();
    (product(a, b) / (product(a, a) * product(b, b)).sqrt()).abs().sqrt()
}

#[test]
fn every_cell_equals_its_definition() {
    let (x, y) = (rdm(&points(1, 12)), rdm(&points(2, 12)));
    for variant in [Variant::Keep, Variant::ToThreshold, Variant::ToMaximum] {
        for scale in [Scale::Maximum, Scale::Quantile] {
            let side = |rdm: &Rdm| Side::new(rdm, 5, variant, scale).unwrap();
            let (side_x, side_y) = (side(&x), side(&y));
            assert_eq!(side_x.cells().len(), 10);
            let map = dependence_map(&side_x, &side_y).unwrap();
            for ((i, j), &found) in map.indexed_iter() {
                let matrix = |rdm: &Rdm, (l, u): (f64, f64)| slow_matrix(rdm, l, u, variant, scale);
                let expected = slow_dcor(&matrix(&x, side_x.cells()[i]), &matrix(&y, side_y.cells()[j]));
                assert!((found - expected).abs() < 1e-7, "{found} {expected}");
                assert!((found * found - expected * expected).abs() < 1e-13);
            }
        }
    }
}

#[test]
fn a_matrix_depends_on_itself_and_on_what_has_its_order_within_the_cell() {
    let x = rdm(&points(3, 15));
    let side = Side::new(&x, 6, Variant::Keep, Scale::Maximum).unwrap();
    let map = dependence_map(&side, &side).unwrap();
    assert!(map.diag().iter().all(|dcor| (dcor - 1.0).abs() < 1e-7));
    let scaled = x.with_dissimilarities(x.dissimilarities().iter().map(|d| 3.0 * d).collect()).unwrap();
    let scaled = Side::new(&scaled, 6, Variant::Keep, Scale::Maximum).unwrap();
    let other = dependence_map(&side, &scaled).unwrap();
    assert!(map.iter().zip(&other).all(|(a, b)| (a - b).abs() < 1e-7));
}

/// The statistics from maps of permuted RDMs, computed the long way round.
#[test]
fn p_values_count_the_permutations_that_reach_the_data() {
    let (x, y) = (points(4, 10), points(5, 10));
    let mixed: Vec<[f64; 2]> = x.iter().zip(&y).map(|(x, y)| [x[0] + 0.6 * y[0], y[1]]).collect();
    let side = |points: &[[f64; 2]]| Side::new(&rdm(points), 4, Variant::ToMaximum, Scale::Quantile).unwrap();
    let (side_x, side_y) = (side(&x), side(&mixed));
    let permutations = Permutations { n: 99, n_search: 40, seed: Seed::root(3) };
    let outcome = test(&side_x, &side_y, permutations, || Ok(())).unwrap();
    let kinds = [StatisticKind::Max, StatisticKind::MaxRatio, StatisticKind::MaxNormalised];
    assert_eq!(outcome.statistics.iter().map(|s| s.kind).collect::<Vec<_>>(), kinds);
    let largest = outcome.map.iter().copied().fold(0.0, f64::max);
    assert_eq!(outcome.statistics[0].value, largest);
    assert_eq!(outcome.map[outcome.statistics[0].cell], largest);
    for statistic in &outcome.statistics {
        let p = statistic.p.unwrap();
        assert!((0.01..=1.0).contains(&p) && (p * 100.0 - (p * 100.0).round()).abs() < 1e-9);
    }
    assert!(outcome.statistics[1].value > 1.0 && outcome.statistics[2].value > 1.0);
    let without = test(&side_x, &side_y, Permutations { n: 0, ..permutations }, || Ok(())).unwrap();
    assert_eq!((without.statistics.len(), without.statistics[0].p), (1, None));
}

#[test]
fn a_circle_in_two_rotations_is_dependent_and_noise_is_not() {
    let n = 24;
    let angle = |i: usize| std::f64::consts::TAU * i as f64 / n as f64;
    let circle: Vec<[f64; 2]> = (0..n).map(|i| [angle(i).cos(), angle(i).sin()]).collect();
    let mut rng = rng(8);
    let noisy: Vec<[f64; 2]> = circle.iter().map(|p| p.map(|x| x + 0.3 * gaussian(&mut rng))).collect();
    let side = |points: &[[f64; 2]]| Side::new(&rdm(points), 6, Variant::Keep, Scale::Maximum).unwrap();
    let permutations = Permutations { n: 199, n_search: 50, seed: Seed::root(1) };
    let p = |points: &[[f64; 2]]| {
        let outcome = test(&side(&circle), &side(points), permutations, || Ok(())).unwrap();
        outcome.statistics.iter().map(|statistic| statistic.p.unwrap()).collect::<Vec<_>>()
    };
    assert!(p(&noisy).iter().all(|p| *p <= 0.01), "{:?}", p(&noisy));
    assert!(p(&points(77, n)).iter().all(|p| *p > 0.02), "{:?}", p(&points(77, n)));
}

/// Independent representations: p of the largest correlation is uniform, so its mean is near 1/2 and few are small.
#[test]
fn p_values_are_uniform_without_dependence() {
    let permutations = |seed| Permutations { n: 39, n_search: 2, seed: Seed::root(seed) };
    let side = |seed| Side::new(&rdm(&points(seed, 8)), 3, Variant::Keep, Scale::Maximum).unwrap();
    let p = |seed: u64| {
        let outcome = test(&side(2 * seed), &side(2 * seed + 1), permutations(seed), || Ok(())).unwrap();
        outcome.statistics[0].p.unwrap()
    };
    let mut all: Vec<f64> = (1000..1300).map(p).collect();
    all.sort_by(f64::total_cmp);
    let n = all.len() as f64;
    let distance = all.iter().enumerate().map(|(i, p)| ((i + 1) as f64 / n - p).abs()).fold(0.0, f64::max);
    // Kolmogorov & Smirnov at 1 %, plus a step of 1/40.
    assert!(distance < 1.63 / n.sqrt() + 0.025, "{distance}");
}

#[test]
fn the_same_seed_gives_the_same_bits_on_any_number_of_threads() {
    let side = |seed| Side::new(&rdm(&points(seed, 14)), 6, Variant::Keep, Scale::Maximum).unwrap();
    let outcome = |n_threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(n_threads).build().unwrap();
        let permutations = Permutations { n: 70, n_search: 10, seed: Seed::root(5) };
        pool.install(|| {
            let outcome = test(&side(1), &side(2), permutations, || Ok(())).unwrap();
            (
                outcome.map.mapv(f64::to_bits),
                outcome.statistics.iter().map(|s| (s.value.to_bits(), s.p)).collect::<Vec<_>>(),
            )
        })
    };
    assert!(outcome(1) == outcome(2) && outcome(1) == outcome(7));
}

#[test]
fn unfit_matrices_are_refused() {
    let side = |values: Vec<f64>, n_levels| {
        Side::new(&Rdm::new("x", labels(3), values).unwrap(), n_levels, Variant::Keep, Scale::Maximum)
    };
    let message = |values: Vec<f64>| side(values, 4).unwrap_err().to_string();
    assert!(message(vec![1.0, 1.0, 1.0]).contains("the same"));
    assert!(message(vec![1.0, -1.0, 2.0]).contains("1 dissimilarities are below 0"));
    assert!(message(vec![1.0, f64::NAN, 2.0]).contains("missing"));
    assert!(matches!(side(vec![1.0, 2.0, 3.0], 1), Err(RsaError::BadParameter { name: "n_levels", .. })));
    let (small, large) = (
        side(vec![1.0, 2.0, 3.0], 4).unwrap(),
        Side::new(&rdm(&points(1, 5)), 4, Variant::Keep, Scale::Maximum),
    );
    assert!(dependence_map(&small, &large.unwrap()).is_err());
    let stop = test(&small, &small, Permutations { n: 3, n_search: 1, seed: Seed::root(0) }, || {
        Err(neuroloom_core::Error::data("stopped"))
    });
    assert!(stop.is_err());
}

/// All conditions equally far at some thresholds: after the upper one every distance is the largest, and only the diagonal differs.
#[test]
fn cells_without_variance_have_no_value() {
    let line = Rdm::new("x", labels(3), vec![1.0, 2.0, 1.0]).unwrap();
    let side = Side::new(&line, 3, Variant::Keep, Scale::Quantile).unwrap();
    let map = dependence_map(&side, &side).unwrap();
    for ((i, _), dcor) in map.indexed_iter() {
        let matrix = slow_matrix(&line, side.cells()[i].0, side.cells()[i].1, Variant::Keep, Scale::Quantile);
        if matrix.iter().all(|entry| entry.abs() < 1e-12) {
            assert!(dcor.is_nan());
        }
    }
    assert!(map.iter().any(|dcor| !dcor.is_nan()));
}
