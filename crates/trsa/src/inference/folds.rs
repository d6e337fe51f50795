//! Folds of cross-validation over subjects and conditions.

use neuroloom_core::Seed;
use rand::RngExt;

use super::Draw;

/// A test set, and the training set of everything in the sample that does not touch it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fold {
    /// Subjects that models are tested on.
    pub test_subjects: Vec<usize>,
    /// Subjects that models are fitted to.
    pub train_subjects: Vec<usize>,
    /// Conditions that models are tested on.
    pub test_conditions: Vec<usize>,
    /// Conditions that models are fitted to.
    pub train_conditions: Vec<usize>,
}

/// Folds over subjects by default: fewer than 6: 2, 12: 3, 20: 4, else 5. In a bootstrap `n` is `(1 - 1/e)` of them.
pub fn default_k_rdms(n: f64) -> usize {
    match n {
        n if n < 6.0 => 2,
        n if n < 12.0 => 3,
        n if n < 20.0 => 4,
        _ => 5,
    }
}

/// Folds over conditions by default: fewer than 12: 2, 24: 3, 40: 4, else 5. In a bootstrap `n` is `(1 - 1/e)` of them.
pub fn default_k_conditions(n: f64) -> usize {
    match n {
        n if n < 12.0 => 2,
        n if n < 24.0 => 3,
        n if n < 40.0 => 4,
        _ => 5,
    }
}

/// `k_rdms * k_conditions` folds of the subjects and conditions that stand in a sample, copies together, in random
/// order; conditions are divided anew for every fold of subjects. With k = 1 training and test set are all.
pub fn k_folds(draw: &Draw, k_rdms: usize, k_conditions: usize, seed: Seed) -> Vec<Fold> {
    let subjects = parts(draw.subjects.present(), k_rdms, seed.child("subjects"));
    let mut folds = Vec::with_capacity(k_rdms * k_conditions);
    for (number, (test_subjects, train_subjects)) in subjects.into_iter().enumerate() {
        let seed = seed.child("conditions").child_index(number as u64);
        for (test_conditions, train_conditions) in parts(draw.conditions.present(), k_conditions, seed) {
            folds.push(Fold {
                test_subjects: test_subjects.clone(),
                train_subjects: train_subjects.clone(),
                test_conditions,
                train_conditions,
            });
        }
    }
    folds
}

/// `k` parts of nearly equal size, each with the rest.
fn parts(mut places: Vec<usize>, k: usize, seed: Seed) -> Vec<(Vec<usize>, Vec<usize>)> {
    if k <= 1 {
        return vec![(places.clone(), places)];
    }
    shuffle(&mut places, seed);
    let (size, larger) = (places.len() / k, places.len() % k);
    let start = |part: usize| part * size + part.min(larger);
    let sorted = |mut part: Vec<usize>| {
        part.sort_unstable();
        part
    };
    (0..k)
        .map(|part| {
            let test = start(part)..start(part + 1);
            let train = [&places[..test.start], &places[test.end..]].concat();
            (sorted(places[test].to_vec()), sorted(train))
        })
        .collect()
}

/// A random order (Fisher & Yates 1938).
pub(super) fn shuffle(places: &mut [usize], seed: Seed) {
    let mut rng = seed.rng();
    for last in (1..places.len()).rev() {
        places.swap(last, rng.random_range(0..=last));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_subject_and_condition_is_tested_once_per_fold_of_the_other() {
        let folds = k_folds(&Draw::data(11, 5), 2, 3, Seed::root(1));
        assert_eq!(folds.len(), 6);
        for half in folds.chunks(3) {
            let mut conditions: Vec<usize> =
                half.iter().flat_map(|fold| fold.test_conditions.clone()).collect();
            conditions.sort_unstable();
            assert_eq!(conditions, (0..11).collect::<Vec<_>>());
        }
        for fold in &folds {
            assert!(fold.test_conditions.iter().all(|place| !fold.train_conditions.contains(place)));
            assert_eq!(fold.test_subjects.len() + fold.train_subjects.len(), 5);
        }
    }
}
