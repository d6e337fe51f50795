//! Tests hold their level, planted models win, ceilings are in order.

use neuroloom_core::Seed;
use neuroloom_trsa::compare::Measure;
use neuroloom_trsa::fit::Model;
use neuroloom_trsa::inference::{
    Boot, Draw, Evaluator, Resampling, Scheme, evaluate_fixed, permutation_test, resample, t_tests, variances,
};
use rand::RngExt;

use crate::support::{fixed, planted, problem, random_rdms, rng};

/// Largest distance of the distribution of `p` from the uniform one, times `sqrt(n)` (Kolmogorov & Smirnov).
fn distance_from_uniform(mut p: Vec<f64>) -> f64 {
    p.sort_by(f64::total_cmp);
    let n = p.len() as f64;
    let gap = |(i, p): (usize, &f64)| (p - i as f64 / n).max((i as f64 + 1.0) / n - p);
    p.iter().enumerate().map(gap).fold(0.0, f64::max) * n.sqrt()
}

/// The distance exceeds 1.95 once in a thousand.
const LIMIT: f64 = 1.95;

#[test]
fn p_values_of_permutations_are_uniform_without_a_relation() {
    let p = (0..400).map(|seed| {
        let mut rng = rng(seed);
        let (models, data) = (random_rdms(&mut rng, "m", 1, 8), random_rdms(&mut rng, "d", 4, 8));
        let problem = problem(&fixed(&models), &data);
        let evaluator = Evaluator::new(&problem, Measure::Corr).unwrap();
        let null = permutation_test(&evaluator, Seed::root(seed), 0..199).unwrap();
        let tests = null.tests(&evaluate_fixed(&evaluator).unwrap(), Seed::root(seed));
        // Spreads the steps of 1/200.
        tests.models[0].p_zero - rng.random::<f64>() / 200.0
    });
    let distance = distance_from_uniform(p.collect());
    assert!(distance < LIMIT, "{distance}");
}

/// Over subjects that are drawn anew every time, against a model that has nothing to do with them.
#[test]
fn p_values_of_t_tests_over_subjects_are_uniform_without_a_relation() {
    let (mut zero, mut booted) = (Vec::new(), Vec::new());
    for seed in 0..400 {
        let mut rng = rng(1000 + seed);
        let (models, data) = (random_rdms(&mut rng, "m", 1, 8), random_rdms(&mut rng, "d", 12, 8));
        let problem = problem(&fixed(&models), &data);
        let evaluator = Evaluator::new(&problem, Measure::Corr).unwrap();
        let found = evaluate_fixed(&evaluator).unwrap().variances.unwrap();
        zero.push(t_tests(&found, 0.05).models[0].p_zero);
        let resampling = Resampling::plain(Scheme::Single(Boot::Rdms));
        let records = resample(&evaluator, &resampling, Seed::root(seed), 0..300).unwrap();
        let found = variances(&evaluator, &resampling, &records).unwrap();
        booted.push(t_tests(&found, 0.05).models[0].p_zero);
    }
    for p in [zero, booted] {
        let distance = distance_from_uniform(p);
        assert!(distance < LIMIT, "{distance}");
    }
}

#[test]
fn the_planted_model_wins_and_reaches_the_ceiling() {
    let mut rng = rng(1);
    let (data, truth) = planted(&mut rng, 10, 20, 1.5);
    let mut models = vec![Model::fixed(truth)];
    models.extend(fixed(&random_rdms(&mut rng, "other", 3, 20)));
    let problem = problem(&models, &data);
    for measure in [Measure::Corr, Measure::RhoA] {
        let evaluator = Evaluator::new(&problem, measure).unwrap();
        let resampling = Resampling::plain(Scheme::Dual);
        let records = resample(&evaluator, &resampling, Seed::root(1), 0..400).unwrap();
        let tests = t_tests(&variances(&evaluator, &resampling, &records).unwrap(), 0.05);
        assert!(tests.models[0].q_zero < 0.01, "{:?}", tests.models[0]);
        // The pool of nine noisy subjects does worse than the truth, the pool of all ten better.
        let [lower, upper] = tests.ceiling.ends;
        assert!(lower < tests.models[0].mean && tests.models[0].mean < upper + 0.05, "{lower} {upper}");
        assert!(tests.pairs.iter().take(3).all(|pair| pair.q < 0.05 && pair.difference > 0.0));
        assert!(tests.models[1..].iter().all(|model| model.q_ceiling < 0.01));
    }
}

#[test]
fn the_lower_ceiling_is_below_the_upper_one() {
    for seed in 0..50 {
        let mut rng = rng(2000 + seed);
        let data = random_rdms(&mut rng, "d", 5, 9);
        let problem = problem(&fixed(&data[..1]), &data);
        for measure in [Measure::Cosine, Measure::Corr] {
            let evaluator = Evaluator::new(&problem, measure).unwrap();
            let (_, ceiling) = evaluator.evaluate(&Draw::data(9, 5)).unwrap();
            assert!(ceiling.lower <= ceiling.upper, "{ceiling:?}");
        }
    }
}
