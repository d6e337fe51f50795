//! The weighted forms against resampled RDMs that are written out pair by pair.

use ndarray::Array2;
use neuroloom_core::Seed;
use neuroloom_trsa::compare::{self, Measure};
use neuroloom_trsa::inference::{
    Boot, Draw, Evaluator, Problem, Resampling, Scheme, permutation_test, resample,
};
use neuroloom_trsa::{Rdm, pairs};

use crate::support::{assert_close, fixed, problem, random_rdms, rdm, rng};

fn similarity(a: &[f64], b: &[f64], measure: Measure) -> f64 {
    let by = match measure.name() {
        "cosine" => compare::cosine,
        "corr" => compare::corr,
        "spearman" => compare::spearman,
        "rho_a" => compare::rho_a,
        other => panic!("{other}"),
    };
    by(a, b).unwrap()
}

/// The dissimilarities of an RDM whose conditions are copies, without those of copies of one condition.
fn written_out(rdm: &Rdm, drawn: &[usize]) -> Vec<f64> {
    let square = rdm.to_square();
    pairs(drawn.len())
        .map(|(i, j)| (drawn[i], drawn[j]))
        .filter(|(i, j)| i != j)
        .map(|(i, j)| square[[i, j]])
        .collect()
}

/// The pool of section "Models and inference" of the method page.
fn pool(rdms: &[&Vec<f64>], measure: Measure) -> Vec<f64> {
    let n = rdms[0].len() as f64;
    let normalised = |d: &Vec<f64>| -> Vec<f64> {
        let mean = d.iter().sum::<f64>() / n;
        let rms = (d.iter().map(|x| x * x).sum::<f64>() / n).sqrt();
        let sd = (d.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / n).sqrt();
        match measure.name() {
            "cosine" => d.iter().map(|x| x / rms).collect(),
            "corr" => d.iter().map(|x| (x - mean) / sd).collect(),
            _ => neuroloom_math::average_ranks(d),
        }
    };
    let rows: Vec<Vec<f64>> = rdms.iter().map(|d| normalised(d)).collect();
    (0..rdms[0].len()).map(|pair| rows.iter().map(|row| row[pair]).sum::<f64>() / rows.len() as f64).collect()
}

/// Evaluations and ceilings of a sample, with every copy of every RDM written out.
fn evaluate(models: &[Rdm], data: &[Rdm], groups: &[usize], draw: &Draw, measure: Measure) -> Vec<f64> {
    let copies = |counts: &[u32]| -> Vec<usize> {
        counts.iter().enumerate().flat_map(|(place, &n)| std::iter::repeat_n(place, n as usize)).collect()
    };
    let drawn = copies(draw.conditions.counts());
    let sample: Vec<(usize, Vec<f64>)> = copies(draw.subjects.counts())
        .into_iter()
        .flat_map(|group| data.iter().zip(groups).filter(move |(_, of)| **of == group))
        .map(|(rdm, group)| (*group, written_out(rdm, &drawn)))
        .collect();
    let mean = |values: Vec<f64>| values.iter().sum::<f64>() / values.len() as f64;
    let with = |reference: &[f64], group: Option<usize>| {
        let tested = sample.iter().filter(|(of, _)| group.is_none_or(|group| group == *of));
        mean(tested.map(|(_, d)| similarity(reference, d, measure)).collect())
    };
    let mut found: Vec<f64> = models.iter().map(|model| with(&written_out(model, &drawn), None)).collect();
    let present = draw.subjects.present();
    let pooled = |keep: &dyn Fn(usize) -> bool| {
        pool(&sample.iter().filter(|(of, _)| keep(*of)).map(|(_, d)| d).collect::<Vec<_>>(), measure)
    };
    let lower = |group: usize| with(&pooled(&|of| of != group || present.len() == 1), Some(group));
    found.push(mean(present.iter().map(|&group| lower(group)).collect()));
    let all = pooled(&|_| true);
    found.push(mean(present.iter().map(|&group| with(&all, Some(group))).collect()));
    found
}

fn with_ties(rdm_: &Rdm) -> Rdm {
    rdm(rdm_.name(), rdm_.n_conditions(), rdm_.dissimilarities().iter().map(|d| (d * 3.0).round()).collect())
}

#[test]
fn weighted_evaluations_and_ceilings_are_those_of_copies_written_out() {
    let mut rng = rng(1);
    let models = random_rdms(&mut rng, "m", 3, 30);
    let mut data = random_rdms(&mut rng, "d", 6, 30);
    data[2] = with_ties(&data[2]);
    let models = vec![models[0].clone(), with_ties(&models[1]), models[2].clone()];
    let subjects = ["a", "b", "a", "c", "d", "d"];
    let groups = [0, 1, 0, 2, 3, 3];
    let problem = Problem::new(&fixed(&models), &data, Some(&subjects)).unwrap();
    for measure in [Measure::Cosine, Measure::Corr, Measure::Spearman, Measure::RhoA] {
        let evaluator = Evaluator::new(&problem, measure).unwrap();
        for boot in [Boot::Both, Boot::Rdms, Boot::Conditions] {
            let resampling = Resampling::plain(Scheme::Single(boot));
            let records = resample(&evaluator, &resampling, Seed::root(5), 0..8).unwrap();
            for (index, record) in records.iter().enumerate() {
                let draw = Draw::sample(boot, 30, 4, Seed::root(5), index as u64);
                let expected = evaluate(&models, &data, &groups, &draw, measure);
                assert_close(&record[..3], &expected[..3], 1e-10);
                assert_close(&record[3..], &expected[3..], 1e-12);
            }
        }
    }
}

#[test]
fn a_dual_bootstrap_is_three_bootstraps_on_the_same_draws() {
    let mut rng = rng(2);
    let (models, data) = (random_rdms(&mut rng, "m", 2, 15), random_rdms(&mut rng, "d", 5, 15));
    let problem = problem(&fixed(&models), &data);
    for measure in [Measure::Corr, Measure::RhoA] {
        let evaluator = Evaluator::new(&problem, measure).unwrap();
        let run = |scheme| resample(&evaluator, &Resampling::plain(scheme), Seed::root(3), 0..20).unwrap();
        let single = [Boot::Both, Boot::Rdms, Boot::Conditions].map(|boot| run(Scheme::Single(boot)));
        for (index, record) in run(Scheme::Dual).into_iter().enumerate() {
            assert_eq!(record, single.iter().flat_map(|records| records[index].clone()).collect::<Vec<_>>());
        }
    }
}

#[test]
fn any_number_of_threads_gives_the_same_records() {
    let mut rng = rng(3);
    let (models, data) = (random_rdms(&mut rng, "m", 3, 20), random_rdms(&mut rng, "d", 6, 20));
    let problem = problem(&fixed(&models), &data);
    let resampling = Resampling { scheme: Scheme::Dual, k_rdms: 2, k_conditions: 2, n_cv: 2 };
    let run = |n_threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(n_threads).build().unwrap();
        pool.install(|| {
            [Measure::Corr, Measure::RhoA].map(|measure| {
                let evaluator = Evaluator::new(&problem, measure).unwrap();
                let records = resample(&evaluator, &resampling, Seed::root(4), 0..30).unwrap();
                records.concat().iter().map(|value| value.to_bits()).collect::<Vec<_>>()
            })
        })
    };
    assert_eq!(run(1), run(3));
}

/// Without resampling of any sort, a permutation is a relabelled model.
#[test]
fn permuted_similarities_are_those_of_relabelled_models() {
    let mut rng = rng(4);
    let (models, data) = (random_rdms(&mut rng, "m", 2, 7), random_rdms(&mut rng, "d", 3, 7));
    let problem = problem(&fixed(&models), &data);
    for measure in [Measure::Cosine, Measure::Spearman, Measure::RhoA] {
        let evaluator = Evaluator::new(&problem, measure).unwrap();
        let found: Array2<f64> = permutation_test(&evaluator, Seed::root(9), 0..200).unwrap().similarities;
        // All relabellings of 7 conditions, in the order of Heap's algorithm, would be 5040: any must be among them.
        let labels: Vec<Vec<usize>> = all_orders(7);
        for permutation in 0..5 {
            let hit = labels.iter().any(|labels| {
                models.iter().enumerate().all(|(m, model)| {
                    let square = model.to_square();
                    let moved: Vec<f64> = pairs(7).map(|(i, j)| square[[labels[i], labels[j]]]).collect();
                    let similarities = data.iter().map(|d| similarity(&moved, d.dissimilarities(), measure));
                    (similarities.sum::<f64>() / 3.0 - found[[permutation, m]]).abs() < 1e-12
                })
            });
            assert!(hit, "permutation {permutation} is no relabelling");
        }
    }
}

fn all_orders(n: usize) -> Vec<Vec<usize>> {
    if n == 0 {
        return vec![Vec::new()];
    }
    let shorter = all_orders(n - 1);
    let insert = |order: &Vec<usize>, place: usize| {
        let mut longer = order.clone();
        longer.insert(place, n - 1);
        longer
    };
    shorter.iter().flat_map(|order| (0..n).map(move |place| insert(order, place))).collect()
}
