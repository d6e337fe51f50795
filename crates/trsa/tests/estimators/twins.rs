//! Every estimator beside a slow one that is obviously right.

use ndarray::{Array2, Array3, Array4, ArrayView1, Axis, s};
use neuroloom_trsa::estimators::{
    CrossRun, Estimator, Method, NanPolicy, NoiseSource, Patterns, PoissonPrior, Weighting, correlation,
    correlation_pairwise, cross_run_correlation, cross_run_euclidean, crossnobis, crossnobis_per_fold,
    crossnobis_unbalanced, cv_correlation, euclidean, euclidean_pairwise, mahalanobis, movie, poisson,
    poisson_pairwise,
};
use neuroloom_trsa::noise::{NoiseCovariance, NoiseModel, Precision, from_repeats, from_residuals};
use neuroloom_trsa::pairs;
use rand::RngExt;

use crate::support::{assert_close, gaussian, rng};

type Distance<'a> = dyn Fn(&[f64], &[f64]) -> f64 + 'a;

fn folds(seed: u64, dims: (usize, usize, usize)) -> Array3<f64> {
    let mut rng = rng(seed);
    let signal = Array2::from_shape_simple_fn((dims.1, dims.2), || 2.0 * gaussian(&mut rng));
    Array3::from_shape_fn(dims, |(_, i, c)| signal[[i, c]] + gaussian(&mut rng))
}

fn with_gaps(seed: u64, mut folds: Array3<f64>, share: f64) -> Array3<f64> {
    let mut rng = rng(seed);
    folds.mapv_inplace(|value| if rng.random::<f64>() < share { f64::NAN } else { value });
    folds
}

fn pearson(a: &[f64], b: &[f64]) -> f64 {
    let centred = |x: &[f64]| -> Vec<f64> {
        let mean = x.iter().sum::<f64>() / x.len() as f64;
        x.iter().map(|value| value - mean).collect()
    };
    let (a, b) = (centred(a), centred(b));
    let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    dot(&a, &b) / (dot(&a, &a) * dot(&b, &b)).sqrt()
}

fn spd(n: usize, seed: u64) -> Array2<f64> {
    let mut rng = rng(seed);
    let root = Array2::from_shape_simple_fn((n, 2 * n), || gaussian(&mut rng));
    root.dot(&root.t()) / (2 * n) as f64
}

/// By elimination of Gauss and Jordan.
fn inverse(a: &Array2<f64>) -> Array2<f64> {
    let n = a.nrows();
    let (mut a, mut inverse) = (a.clone(), Array2::<f64>::eye(n));
    for k in 0..n {
        let pivot = a[[k, k]];
        for matrix in [&mut a, &mut inverse] {
            matrix.row_mut(k).mapv_inplace(|value| value / pivot);
        }
        for i in (0..n).filter(|&i| i != k) {
            let factor = a[[i, k]];
            for matrix in [&mut a, &mut inverse] {
                let row = matrix.row(k).to_owned();
                matrix.row_mut(i).scaled_add(-factor, &row);
            }
        }
    }
    inverse
}

#[test]
fn mahalanobis_equals_the_quadratic_form() {
    let folds = folds(1, (2, 9, 14));
    let p = spd(14, 2);
    let x = Patterns::from(&folds).mean();
    let slow: Vec<f64> = pairs(9)
        .map(|(i, j)| {
            let d = &x.row(i) - &x.row(j);
            d.dot(&p.dot(&d)) / 14.0
        })
        .collect();
    assert_close(&mahalanobis(&folds, &Precision::full(p.view()).unwrap()).unwrap(), &slow, 1e-11);
    let by_covariance = Precision::from_covariance(inverse(&p).view()).unwrap();
    assert_close(&mahalanobis(&folds, &by_covariance).unwrap(), &slow, 1e-10);
    let identity = mahalanobis(&folds, &Precision::identity()).unwrap();
    assert_eq!(identity, euclidean(&folds).unwrap());
}

#[test]
fn crossnobis_per_fold_equals_the_mean_over_pairs_of_folds() {
    let folds = folds(3, (3, 6, 8));
    let covariances: Vec<Array2<f64>> = (0..3).map(|f| spd(8, 10 + f)).collect();
    let mut slow = vec![0.0; 15];
    for (f, g) in pairs(3) {
        let p = inverse(&((&covariances[f] + &covariances[g]) / 2.0));
        for (slow, (i, j)) in slow.iter_mut().zip(pairs(6)) {
            let delta = |fold: usize| &folds.slice(s![fold, i, ..]) - &folds.slice(s![fold, j, ..]);
            *slow += delta(f).dot(&p.dot(&delta(g))) / 8.0 / 3.0;
        }
    }
    let known: Vec<NoiseCovariance> =
        covariances.iter().map(|c| NoiseCovariance::from_matrix(c.view(), 9).unwrap()).collect();
    assert_close(&crossnobis_per_fold(&folds, &known).unwrap(), &slow, 1e-10);
    let same = vec![known[0].clone(), known[0].clone(), known[0].clone()];
    let one = crossnobis(&folds, &known[0].precision().unwrap()).unwrap();
    assert_close(&crossnobis_per_fold(&folds, &same).unwrap(), &one, 1e-10);
}

#[test]
fn poisson_equals_the_symmetrised_divergence() {
    let rates = folds(4, (2, 7, 11)).mapv(|x| (x * x).round());
    let prior = PoissonPrior { rate: 0.5, weight: 0.3 };
    let m = Patterns::from(&rates).mean().mapv(|rate| (rate + 0.15) / 1.3);
    let d = |(i, j): (usize, usize)| -> f64 {
        (0..11).map(|c| (m[[i, c]] - m[[j, c]]) * (m[[i, c]].ln() - m[[j, c]].ln())).sum::<f64>() / 11.0
    };
    let slow: Vec<f64> = pairs(7).map(d).collect();
    assert_close(&poisson(&rates, prior).unwrap(), &slow, 1e-12);
    assert_close(&poisson_pairwise(&rates, prior).unwrap(), &slow, 1e-11);
}

#[test]
fn methods_between_runs_equal_their_means_over_pairs_of_runs() {
    let folds = folds(5, (3, 5, 9)) + 50.0;
    let row = |f: usize, i: usize| folds.slice(s![f, i, ..]).to_vec();
    let ordered = || (0..3).flat_map(|f| (0..3).filter(move |&g| g != f).map(move |g| (f, g)));
    let mean = |d: &Distance<'_>, i: usize, j: usize| {
        ordered().map(|(f, g)| d(&row(f, i), &row(g, j))).sum::<f64>() / 6.0
    };
    let square = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| (a - b).powi(2)).sum::<f64>() / 9.0;
    let one_minus_r = |a: &[f64], b: &[f64]| 1.0 - pearson(a, b);
    let cases: [(CrossRun, &Distance<'_>); 2] = [
        (cross_run_euclidean(&folds).unwrap(), &square),
        (cross_run_correlation(&folds).unwrap(), &one_minus_r),
    ];
    for (found, d) in cases {
        assert_close(&found.upper, &pairs(5).map(|(i, j)| mean(d, i, j)).collect::<Vec<_>>(), 1e-11);
        assert_close(&found.diagonal, &(0..5).map(|i| mean(d, i, i)).collect::<Vec<_>>(), 1e-11);
    }
    let covariance = |a: &[f64], b: &[f64]| {
        let level = |x: &[f64]| x.iter().sum::<f64>() / 9.0;
        a.iter().zip(b).map(|(x, y)| (x - level(a)) * (y - level(b))).sum::<f64>()
    };
    let k = |i, j| mean(&covariance, i, j);
    let slow: Vec<f64> = pairs(5).map(|(i, j)| 1.0 - k(i, j) / (k(i, i) * k(j, j)).sqrt()).collect();
    assert_close(&cv_correlation(&folds).unwrap(), &slow, 1e-10);
}

/// Values of two rows where both have one.
fn shared(a: ArrayView1<'_, f64>, b: ArrayView1<'_, f64>) -> (Vec<f64>, Vec<f64>) {
    a.iter().zip(b).filter(|(a, b)| !a.is_nan() && !b.is_nan()).map(|(a, b)| (*a, *b)).unzip()
}

#[test]
fn distances_with_gaps_are_over_the_channels_that_both_conditions_have() {
    let gaps = with_gaps(6, folds(6, (1, 8, 30)) + 1e4, 0.2).index_axis_move(Axis(0), 0);
    let of = |d: &Distance<'_>| -> Vec<f64> {
        let both = |(i, j)| shared(gaps.row(i), gaps.row(j));
        pairs(8).map(both).map(|(a, b)| d(&a, &b)).collect()
    };
    let square =
        |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| (a - b).powi(2)).sum::<f64>() / a.len() as f64;
    assert_close(&euclidean_pairwise(&gaps).unwrap(), &of(&square), 1e-9);
    assert_close(&correlation_pairwise(&gaps).unwrap(), &of(&|a, b| 1.0 - pearson(a, b)), 1e-9);
    let whole = folds(7, (2, 8, 30));
    assert_close(&euclidean_pairwise(&whole).unwrap(), &euclidean(&whole).unwrap(), 1e-11);
    assert_close(&correlation_pairwise(&whole).unwrap(), &correlation(&whole).unwrap(), 1e-11);
}

#[test]
fn crossnobis_with_gaps_equals_the_mean_over_pairs_of_observations() {
    let gaps = with_gaps(8, folds(8, (4, 5, 12)), 0.25);
    for weighting in [Weighting::Number, Weighting::Equal] {
        let k = |i: usize, j: usize| {
            let (mut sum, mut weights) = (0.0, 0.0);
            for f in 0..4 {
                for g in (0..4).filter(|&g| g != f) {
                    let (a, b) = shared(gaps.slice(s![f, i, ..]), gaps.slice(s![g, j, ..]));
                    let n = a.len() as f64;
                    let w = if weighting == Weighting::Number { n } else { f64::from(u8::from(n > 0.0)) };
                    sum += w * a.iter().zip(&b).map(|(a, b)| a * b).sum::<f64>() / n.max(1.0);
                    weights += w;
                }
            }
            sum / weights
        };
        let slow: Vec<f64> = pairs(5).map(|(i, j)| k(i, i) + k(j, j) - 2.0 * k(i, j)).collect();
        let identity = Precision::identity();
        assert_close(&crossnobis_unbalanced(&gaps, &identity, weighting).unwrap(), &slow, 1e-11);
        let whole = folds(9, (3, 5, 12));
        assert_close(
            &crossnobis_unbalanced(&whole, &identity, weighting).unwrap(),
            &crossnobis(&whole, &identity).unwrap(),
            1e-11,
        );
    }
}

#[test]
fn patterns_of_32_bits_give_what_the_same_numbers_in_64_give() {
    let narrow = folds(10, (2, 30, 300)).mapv(|x| (100.0 + x) as f32);
    let wide = narrow.mapv(f64::from);
    for method in [Method::Euclidean, Method::Correlation, Method::Crossnobis, Method::Poisson] {
        let estimator = Estimator::new(method);
        let found = estimator.estimate((&narrow).into(), NoiseSource::Repeats).unwrap();
        assert_eq!(found, estimator.estimate((&wide).into(), NoiseSource::Repeats).unwrap());
    }
}

#[test]
fn a_correlation_survives_levels_that_the_first_channels_do_not_tell() {
    let mut patterns = folds(11, (1, 12, 400)).index_axis_move(Axis(0), 0);
    patterns.slice_mut(s![.., 40..]).mapv_inplace(|x| x + 1e5);
    patterns.slice_mut(s![.., ..40]).mapv_inplace(|x| x + 1e5 - 7.0);
    patterns.slice_mut(s![3, ..32]).fill(-4e8);
    let row = |i: usize| patterns.row(i).to_vec();
    let slow: Vec<f64> = pairs(12).map(|(i, j)| 1.0 - pearson(&row(i), &row(j))).collect();
    assert_close(&correlation(&patterns).unwrap(), &slow, 1e-9);
}

#[test]
fn a_movie_is_an_estimate_per_bin_with_the_noise_of_all() {
    let mut rng = rng(12);
    let signals = Array4::from_shape_simple_fn((3, 6, 7, 20), || gaussian(&mut rng));
    let frame = |bin| signals.index_axis(Axis(3), bin);
    let plain = Estimator::new(Method::Correlation);
    for (bin, found) in movie(&plain, signals.view()).unwrap().iter().enumerate() {
        assert_close(found, &correlation(&frame(bin).to_owned()).unwrap(), 1e-12);
    }
    // A condition in a bin counts as a condition of its own.
    let bins: Vec<_> = (0..20).map(frame).collect();
    let all = ndarray::concatenate(Axis(1), &bins).unwrap();
    let precision = from_repeats(&all, NoiseModel::Full).unwrap().precision().unwrap();
    let whitened = Estimator { noise: NoiseModel::Full, ..Estimator::new(Method::Crossnobis) };
    for (bin, found) in movie(&whitened, signals.view()).unwrap().iter().enumerate() {
        assert_close(found, &crossnobis(&frame(bin).to_owned(), &precision).unwrap(), 1e-9);
    }
}

#[test]
fn the_estimator_is_the_function_of_its_method() {
    let folds = folds(13, (4, 9, 5));
    let from_repeats = from_repeats(&folds, NoiseModel::ShrinkageDiag).unwrap().precision().unwrap();
    let estimator = Estimator { noise: NoiseModel::ShrinkageDiag, ..Estimator::new(Method::Crossnobis) };
    let found = estimator.estimate((&folds).into(), NoiseSource::Repeats).unwrap();
    assert_eq!(found, crossnobis(&folds, &from_repeats).unwrap());
    let residuals = spd(40, 3).slice_move(s![.., ..5]);
    let source = NoiseSource::Residuals(residuals.view(), Some(30));
    let precision = from_residuals(residuals.view(), Some(30), NoiseModel::ShrinkageDiag).unwrap();
    let found = estimator.estimate((&folds).into(), source).unwrap();
    assert_eq!(found, crossnobis(&folds, &precision.precision().unwrap()).unwrap());
    let given = estimator.estimate((&folds).into(), NoiseSource::Precision(&from_repeats)).unwrap();
    assert_eq!(given, crossnobis(&folds, &from_repeats).unwrap());
}

#[test]
fn dropped_channels_are_those_with_a_gap() {
    let mut gaps = folds(14, (3, 6, 8));
    gaps[[1, 2, 3]] = f64::NAN;
    gaps[[0, 0, 7]] = f64::NAN;
    let whole = gaps.select(Axis(2), &[0, 1, 2, 4, 5, 6]);
    for method in [Method::Euclidean, Method::Crossnobis, Method::CvCorrelation] {
        let strict = Estimator::new(method);
        let dropping = Estimator { nan: NanPolicy::DropChannel, ..strict };
        let found = dropping.estimate((&gaps).into(), NoiseSource::Repeats).unwrap();
        assert_eq!(found, strict.estimate((&whole).into(), NoiseSource::Repeats).unwrap());
    }
}
