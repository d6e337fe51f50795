//! Central differences.

use neuroloom_nn::CounterStream;

/// Standard normal numbers.
pub fn normals(key: u32, n: usize) -> Vec<f64> {
    let mut values = vec![0.0; n];
    CounterStream::with_key([key, 77]).normals([0, 0, 0], &mut values);
    values
}

/// `sum(a o b)`.
pub fn inner(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// Compares `gradient` with the central differences of `loss` at `at`, up to 1e-6 of the largest slope.
pub fn assert_gradient(what: &str, at: &[f64], gradient: &[f64], loss: impl Fn(&[f64]) -> f64) {
    const STEP: f64 = 1e-5;
    assert_eq!(at.len(), gradient.len(), "{what}");
    let largest = gradient.iter().fold(1e-3_f64, |largest, g| largest.max(g.abs()));
    for i in 0..at.len() {
        let moved = |by: f64| {
            let mut at = at.to_vec();
            at[i] += by;
            loss(&at)
        };
        let slope = (moved(STEP) - moved(-STEP)) / (2.0 * STEP);
        assert!((slope - gradient[i]).abs() < 1e-6 * largest, "{what} {i}: {slope} and {}", gradient[i]);
    }
}
