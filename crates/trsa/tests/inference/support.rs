//! Shared by the tests.

use neuroloom_core::Seed;
use neuroloom_trsa::fit::Model;
use neuroloom_trsa::inference::Problem;
use neuroloom_trsa::{Rdm, n_pairs};
use rand::{Rng, RngExt};

/// A stream of its own for every test.
pub fn rng(seed: u64) -> impl Rng {
    Seed::root(seed).rng()
}

/// A standard normal number (Box & Muller 1958).
pub fn gaussian(rng: &mut impl Rng) -> f64 {
    let (radius, angle): (f64, f64) = (rng.random(), rng.random());
    (-2.0 * (1.0 - radius).ln()).sqrt() * (std::f64::consts::TAU * angle).cos()
}

/// Labels of `n` conditions.
pub fn labels(n: usize) -> Vec<String> {
    (0..n).map(|i| format!("c{i:04}")).collect()
}

/// An RDM of so many conditions.
pub fn rdm(name: &str, n_conditions: usize, dissimilarities: Vec<f64>) -> Rdm {
    Rdm::new(name, labels(n_conditions), dissimilarities).unwrap()
}

/// RDMs of positive random entries.
pub fn random_rdms(rng: &mut impl Rng, prefix: &str, n: usize, n_conditions: usize) -> Vec<Rdm> {
    let values = |rng: &mut _| (0..n_pairs(n_conditions)).map(|_| gaussian(rng).abs() + 0.1).collect();
    (0..n).map(|i| rdm(&format!("{prefix}{i}"), n_conditions, values(rng))).collect()
}

/// RDMs of distances between random patterns with a common part of size `signal`, and those of the common part.
pub fn planted(rng: &mut impl Rng, n: usize, n_conditions: usize, signal: f64) -> (Vec<Rdm>, Rdm) {
    let n_channels = 12;
    let common: Vec<f64> = (0..n_conditions * n_channels).map(|_| gaussian(rng)).collect();
    let distances = |patterns: &[f64]| {
        let pattern = |i: usize| &patterns[i * n_channels..(i + 1) * n_channels];
        let distance =
            |(i, j)| pattern(i).iter().zip(pattern(j)).map(|(a, b)| (a - b) * (a - b)).sum::<f64>();
        neuroloom_trsa::pairs(n_conditions).map(distance).collect::<Vec<f64>>()
    };
    let data = (0..n).map(|i| {
        let patterns: Vec<f64> = common.iter().map(|x| signal * x + gaussian(rng)).collect();
        rdm(&format!("subject {i}"), n_conditions, distances(&patterns))
    });
    let data = data.collect();
    (data, rdm("truth", n_conditions, distances(&common)))
}

/// Fixed models of RDMs.
pub fn fixed(rdms: &[Rdm]) -> Vec<Model> {
    rdms.iter().cloned().map(Model::fixed).collect()
}

/// A problem in which every RDM is a subject.
pub fn problem(models: &[Model], data: &[Rdm]) -> Problem {
    Problem::new::<&str>(models, data, None).unwrap()
}

/// Equal to `tolerance` times the largest entry.
#[track_caller]
pub fn assert_close(found: &[f64], expected: &[f64], tolerance: f64) {
    assert_eq!(found.len(), expected.len());
    let scale = expected.iter().fold(f64::MIN_POSITIVE, |scale, value| scale.max(value.abs()));
    for (place, (found, expected)) in found.iter().zip(expected).enumerate() {
        let error = (found - expected).abs();
        assert!(error <= tolerance * scale, "entry {place}: {found} instead of {expected} ({error:e})");
    }
}
