//! Comparisons beside slow ones, and what they refuse.

use std::slice::from_ref;

use neuroloom_trsa::compare::{
    Comparison, Measure, Missing, Whitening, bures, bures_metric, compare, corr, cosine, neg_riem_dist,
    on_shared_conditions, rho_a, spearman, tau_a, tau_b,
};
use neuroloom_trsa::{Rdm, RsaError, n_pairs, pairs};
use proptest::prelude::*;
use rand::RngExt;

use crate::support::{gaussian, labels, rng};

const N: usize = 7;

fn rdm(name: &str, values: Vec<f64>) -> Rdm {
    let n = (1..).find(|&n| n_pairs(n) == values.len()).unwrap();
    Rdm::new(name, labels(n), values).unwrap()
}

/// Squared distances of Gaussian patterns.
pub fn distances(seed: u64, n: usize, dimensions: usize) -> Vec<f64> {
    let mut rng = rng(seed);
    let points: Vec<Vec<f64>> =
        (0..n).map(|_| (0..dimensions).map(|_| gaussian(&mut rng)).collect()).collect();
    let squared =
        |(i, j): (usize, usize)| points[i].iter().zip(&points[j]).map(|(a, b)| (a - b) * (a - b)).sum();
    pairs(n).map(squared).collect()
}

fn slow_tau(a: &[f64], b: &[f64]) -> (f64, f64) {
    let sign = |x: f64, y: f64| f64::from(i8::from(x > y) - i8::from(x < y));
    let all: Vec<(f64, f64)> = pairs(a.len()).map(|(i, j)| (sign(a[i], a[j]), sign(b[i], b[j]))).collect();
    let difference: f64 = all.iter().map(|(x, y)| x * y).sum();
    let untied = |side: fn(&(f64, f64)) -> f64| all.iter().filter(|pair| side(pair) != 0.0).count() as f64;
    (difference / all.len() as f64, difference / (untied(|pair| pair.0) * untied(|pair| pair.1)).sqrt())
}

proptest! {
    #[test]
    fn kendall_equals_its_definition(both in prop::collection::vec((-4_i32..4, -9_i32..9), n_pairs(N))) {
        let (a, b): (Vec<f64>, Vec<f64>) = both.into_iter().map(|(a, b)| (f64::from(a), f64::from(b))).unzip();
        prop_assume!(a.iter().any(|v| *v != a[0]) && b.iter().any(|v| *v != b[0]));
        let (slow_a, slow_b) = slow_tau(&a, &b);
        prop_assert!((tau_a(&a, &b).unwrap() - slow_a).abs() < 1e-15);
        prop_assert!((tau_b(&a, &b).unwrap() - slow_b).abs() < 1e-14);
    }

    #[test]
    fn similarities_do_not_depend_on_the_order_of_conditions(seed in 0_u64..500, order in Just((0..N).collect::<Vec<_>>()).prop_shuffle()) {
        let turned = |d: &[f64]| {
            let square = rdm("x", d.to_vec()).to_square();
            pairs(N).map(|(i, j)| square[[order[i], order[j]]]).collect::<Vec<f64>>()
        };
        let (a, b) = (distances(seed, N, 9), distances(seed + 1000, N, 9));
        for measure in Measure::ALL {
            let straight = compare(&[rdm("a", a.clone())], &[rdm("b", b.clone())], measure).unwrap()[[0, 0]];
            let mixed = compare(&[rdm("a", turned(&a))], &[rdm("b", turned(&b))], measure).unwrap()[[0, 0]];
            prop_assert!((straight - mixed).abs() < 1e-6 * straight.abs().max(1.0), "{} {} {}", measure.name(), straight, mixed);
        }
    }
}

#[test]
fn a_mean_far_above_the_spread_leaves_the_correlation() {
    let n = 60;
    let (a, b) = (distances(1, n, 5), distances(2, n, 5));
    let shifted: Vec<f64> = a.iter().map(|a| 1e7 + a).collect();
    let expected = corr(&a, &b).unwrap();
    assert!((corr(&shifted, &b).unwrap() - expected).abs() < 1e-8, "the input holds 9 digits of the spread");
    // The first entries are far from the rest, so that their mean says little about it.
    let stepped = |d: &[f64]| {
        d.iter().enumerate().map(|(i, d)| if i < 600 { d + 1e5 } else { *d }).collect::<Vec<f64>>()
    };
    let (a, b) = (stepped(&a), stepped(&b));
    let mean = |x: &[f64]| x.iter().sum::<f64>() / x.len() as f64;
    let product = |x: &[f64], y: &[f64]| {
        let (mx, my) = (mean(x), mean(y));
        x.iter().zip(y).map(|(x, y)| (x - mx) * (y - my)).sum::<f64>()
    };
    let slow = product(&a, &b) / (product(&a, &a) * product(&b, &b)).sqrt();
    assert!((corr(&a, &b).unwrap() - slow).abs() < 1e-13);
}

#[test]
fn all_pairs_of_rdms_have_the_similarity_of_the_pair() {
    let data: Vec<Rdm> = (0..5).map(|seed| rdm(&format!("d{seed}"), distances(seed, 40, 50))).collect();
    let models: Vec<Rdm> = (9..12).map(|seed| rdm(&format!("m{seed}"), distances(seed, 40, 50))).collect();
    let identity = Whitening::identity(40);
    for measure in Measure::ALL {
        let table = compare(&data, &models, measure).unwrap();
        for ((i, j), &found) in table.indexed_iter() {
            let (a, b) = (data[i].dissimilarities(), models[j].dissimilarities());
            let single = match measure {
                Measure::Cosine => cosine(a, b),
                Measure::Corr => corr(a, b),
                Measure::Spearman => spearman(a, b),
                Measure::RhoA => rho_a(a, b),
                Measure::TauA => tau_a(a, b),
                Measure::TauB => tau_b(a, b),
                Measure::CosineCov => neuroloom_trsa::compare::cosine_cov(a, b, &identity),
                Measure::CorrCov => neuroloom_trsa::compare::corr_cov(a, b, &identity),
                Measure::Bures => bures(a, b, 40),
                Measure::BuresMetric => bures_metric(a, b, 40),
                Measure::NegRiemDist => neg_riem_dist(a, b, &identity),
            };
            assert!((single.unwrap() - found).abs() < 1e-12, "{}", measure.name());
        }
    }
}

#[test]
fn an_rdm_is_most_similar_to_itself() {
    let a = rdm("a", distances(3, 8, 12));
    for measure in Measure::ALL {
        let found = compare(from_ref(&a), from_ref(&a), measure).unwrap()[[0, 0]];
        let expected = if matches!(measure, Measure::BuresMetric | Measure::NegRiemDist) { 0.0 } else { 1.0 };
        assert!((found - expected).abs() < 1e-5, "{} {found}", measure.name());
    }
}

/// For patterns in one dimension the second moments have one direction each: tr sqrt = |x'y|.
#[test]
fn bures_of_lines_is_the_cosine_of_their_patterns() {
    let (x, y) = ([0.0, 1.0, 3.0, 7.0], [2.0, -1.0, 0.5, 1.0]);
    let squared = |x: &[f64; 4]| pairs(4).map(|(i, j)| (x[i] - x[j]).powi(2)).collect::<Vec<f64>>();
    let centred = |x: &[f64; 4]| x.map(|value| value - x.iter().sum::<f64>() / 4.0);
    let product =
        |x: &[f64; 4], y: &[f64; 4]| centred(x).iter().zip(centred(y)).map(|(x, y)| x * y).sum::<f64>();
    let overlap = product(&x, &y).abs();
    let expected = overlap / (product(&x, &x) * product(&y, &y)).sqrt();
    assert!((bures(&squared(&x), &squared(&y), 4).unwrap() - expected).abs() < 1e-7);
    let expected = product(&x, &x) + product(&y, &y) - 2.0 * overlap;
    assert!((bures_metric(&squared(&x), &squared(&y), 4).unwrap() - expected).abs() < 1e-6);
}

/// Scaling and adding noise to the first cost nothing: the distance is 0 where b is such a mixture of a.
#[test]
fn the_riemannian_distance_forgives_scale_and_noise() {
    let a = distances(4, 6, 9);
    let noise = 0.7;
    let mixture: Vec<f64> = a.iter().map(|a| 2.5 * a + 2.0 * noise).collect();
    let found = neg_riem_dist(&a, &mixture, &Whitening::identity(6)).unwrap();
    assert!(found <= 0.0 && found > -1e-6, "{found}");
    let other = neg_riem_dist(&a, &distances(5, 6, 9), &Whitening::identity(6)).unwrap();
    assert!(other < -0.1);
    // A first RDM with negative eigenvalues, as noise gives, still has a distance.
    let noisy: Vec<f64> =
        distances(6, 6, 1).iter().enumerate().map(|(i, d)| d + if i % 3 == 0 { 4.0 } else { 0.0 }).collect();
    assert!(neg_riem_dist(&noisy, &a, &Whitening::identity(6)).unwrap().is_finite());
    let flat = neg_riem_dist(&a, &distances(6, 6, 1), &Whitening::identity(6)).unwrap_err();
    assert!(matches!(flat, RsaError::SecondMoment { .. }), "{flat}");
}

#[test]
fn missing_pairs_are_left_out_where_that_is_asked_for() {
    let (mut a, mut b, c) = (distances(1, N, 5), distances(2, N, 5), distances(3, N, 5));
    let complete = compare(&[rdm("a", a.clone())], &[rdm("c", c.clone())], Measure::Corr).unwrap();
    a[3] = f64::NAN;
    b[7] = f64::NAN;
    let kept = |x: &[f64]| {
        x.iter().enumerate().filter(|(i, _)| *i != 3 && *i != 7).map(|(_, v)| *v).collect::<Vec<f64>>()
    };
    let (data, models) = ([rdm("a", a.clone())], [rdm("b", b.clone()), rdm("c", c.clone())]);
    for measure in Measure::ALL {
        let pairwise = Comparison::new(measure).missing(Missing::Pairwise).of(&data, &models);
        assert!(
            matches!(compare(&data, &models, measure), Err(RsaError::InRdm { .. })),
            "{}",
            measure.name()
        );
        if measure.needs_all_pairs() {
            assert!(pairwise.is_err());
            continue;
        }
        let found = pairwise.unwrap();
        assert_eq!(found.n_pairs.as_slice().unwrap(), [19, 20]);
        let expected = match measure {
            Measure::Cosine => cosine(&kept(&a), &kept(&b)),
            Measure::Corr => corr(&kept(&a), &kept(&b)),
            Measure::Spearman => spearman(&kept(&a), &kept(&b)),
            Measure::RhoA => rho_a(&kept(&a), &kept(&b)),
            Measure::TauA => tau_a(&kept(&a), &kept(&b)),
            _ => tau_b(&kept(&a), &kept(&b)),
        };
        assert!((found.similarities[[0, 0]] - expected.unwrap()).abs() < 1e-14, "{}", measure.name());
    }
    let same = Comparison::new(Measure::Corr).missing(Missing::Pairwise);
    let same = same.of(&[rdm("a", distances(1, N, 5))], &[rdm("c", c)]).unwrap();
    assert_eq!(same.similarities, complete);
    let empty = rdm("empty", vec![f64::NAN; n_pairs(N)]);
    let error = Comparison::new(Measure::Cosine).missing(Missing::Pairwise).of(&data, &[empty]).unwrap_err();
    assert!(matches!(error, RsaError::TooFewPairs { found: 0, .. }), "{error}");
}

#[test]
fn shared_conditions_are_found_in_the_order_of_the_first() {
    let named = |name: &str, conditions: &[&str]| {
        let conditions: Vec<String> = conditions.iter().map(|c| (*c).to_owned()).collect();
        let mut rng = rng(conditions.len() as u64);
        let values = (0..n_pairs(conditions.len())).map(|_| rng.random::<f64>()).collect();
        Rdm::new(name, conditions, values).unwrap()
    };
    let (a, b) = (named("a", &["p", "q", "r", "s", "t"]), named("b", &["t", "x", "s", "p"]));
    assert!(compare(from_ref(&a), from_ref(&b), Measure::Corr).is_err());
    let (data, models) = on_shared_conditions(from_ref(&a), from_ref(&b)).unwrap();
    assert_eq!(data[0].conditions().as_ref(), ["p", "s", "t"]);
    assert_eq!(models[0].conditions(), data[0].conditions());
    let (square, restricted) = (b.to_square(), models[0].to_square());
    assert_eq!(
        [restricted[[0, 1]], restricted[[0, 2]], restricted[[1, 2]]],
        [square[[3, 2]], square[[3, 0]], square[[2, 0]]]
    );
    let error = on_shared_conditions(&[a], &[named("c", &["p", "q", "z"])]).unwrap_err();
    assert_eq!(error, RsaError::TooFewConditions { needed: 3, found: 2 });
}

#[test]
fn what_measures_are_not_defined_for_is_named() {
    let (constant, zero) = (rdm("flat", vec![2.0; 6]), rdm("none", vec![0.0; 6]));
    let good = rdm("good", distances(1, 4, 5));
    let message = |other: &Rdm, measure: Measure| {
        compare(from_ref(&good), from_ref(other), measure).unwrap_err().to_string()
    };
    for measure in
        [Measure::Corr, Measure::Spearman, Measure::RhoA, Measure::TauA, Measure::TauB, Measure::CorrCov]
    {
        assert!(message(&constant, measure).starts_with("RDM \"flat\": all dissimilarities are the same"));
    }
    for measure in [Measure::Cosine, Measure::CosineCov, Measure::Bures] {
        assert!(
            message(&zero, measure).starts_with("RDM \"none\": all dissimilarities are 0"),
            "{}",
            measure.name()
        );
    }
    let negative = rdm("low", vec![1.0, -1.0, 2.0, -0.5, 1.0, 1.0]);
    assert!(message(&negative, Measure::Bures).contains("2 dissimilarities are below 0"));
    let small = Whitening::identity(3);
    let error = Comparison::new(Measure::CosineCov)
        .whitening(&small)
        .of(from_ref(&good), from_ref(&good))
        .unwrap_err();
    assert_eq!(error, RsaError::SigmaSize { expected: 4, found: 3 });
}

#[test]
fn any_number_of_threads_gives_the_same_bits() {
    let data: Vec<Rdm> = (0..5).map(|seed| rdm(&format!("d{seed}"), distances(seed, 24, 30))).collect();
    let table = |n_threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(n_threads).build().unwrap();
        pool.install(|| {
            Measure::ALL.map(|measure| compare(&data, &data[..3], measure).unwrap().mapv(f64::to_bits))
        })
    };
    assert!(table(1) == table(2) && table(1) == table(7));
}
