//! Spikes of an inhomogeneous Poisson process.

use rand::Rng;
use rand_distr::{Distribution, Exp1};
use serde::{Deserialize, Serialize};

/// A Poisson process whose rate changes at will, by time rescaling: measured in expected events instead of seconds,
/// the gaps between events are exponential with mean 1 (Brown et al. 2002, Neural Comput 14:325). Exact for a rate
/// that is constant within each stretch, however long that is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Arrivals {
    /// Expected events until the next event.
    until_next: f64,
}

impl Arrivals {
    /// A process before its first event.
    pub fn new(stream: &mut impl Rng) -> Self {
        Self { until_next: Exp1.sample(stream) }
    }

    /// Passes a stretch in which `expected` events are expected (rate times length, at least 0 and finite), and calls
    /// `event` with the place of each one in it, ascending, as a share of the stretch from 0 to 1.
    pub fn pass(&mut self, expected: f64, stream: &mut impl Rng, mut event: impl FnMut(f64)) {
        let mut at = self.until_next;
        while at < expected {
            event(at / expected);
            let gap: f64 = Exp1.sample(stream);
            at += gap;
        }
        self.until_next = at - expected;
    }

    /// The number of events in such a stretch: a Poisson count of mean `expected`, independent of all others.
    pub fn count(&mut self, expected: f64, stream: &mut impl Rng) -> u32 {
        let mut n = 0;
        self.pass(expected, stream, |_| n += 1);
        n
    }
}

#[cfg(test)]
mod tests {
    use neuroloom_core::Seed;

    use super::*;

    /// Mean and variance of `n` counts of mean `expected`.
    fn moments(expected: f64, n: u32) -> [f64; 2] {
        let mut stream = Seed::root(1).rng();
        let mut arrivals = Arrivals::new(&mut stream);
        let counts: Vec<f64> = (0..n).map(|_| f64::from(arrivals.count(expected, &mut stream))).collect();
        let mean = counts.iter().sum::<f64>() / f64::from(n);
        let variance = counts.iter().map(|count| (count - mean).powi(2)).sum::<f64>() / f64::from(n - 1);
        [mean, variance]
    }

    #[test]
    fn counts_have_the_mean_and_variance_of_a_poisson_variable() {
        for expected in [0.003, 0.7, 12.0, 80.0] {
            let n = 100_000;
            let [mean, variance] = moments(expected, n);
            // 5 standard errors: of the mean sqrt(m/n), of the variance sqrt((m + 2 m^2)/n).
            assert!((mean - expected).abs() < 5.0 * (expected / f64::from(n)).sqrt(), "{expected}: {mean}");
            let error = ((expected + 2.0 * expected * expected) / f64::from(n)).sqrt();
            assert!((variance - expected).abs() < 5.0 * error, "{expected}: {variance}");
        }
    }

    #[test]
    fn the_chance_of_no_event_is_exponential() {
        let mut stream = Seed::root(2).rng();
        let mut arrivals = Arrivals::new(&mut stream);
        let empty = (0..100_000).filter(|_| arrivals.count(1.5, &mut stream) == 0).count();
        assert!((empty as f64 / 1e5 - (-1.5_f64).exp()).abs() < 5.0 * (0.223 * 0.777 / 1e5_f64).sqrt());
    }

    #[test]
    fn how_a_stretch_is_cut_moves_no_event() {
        let (mut a, mut b) = (Seed::root(3).rng(), Seed::root(3).rng());
        let (mut whole, mut cut) = (Arrivals::new(&mut a), Arrivals::new(&mut b));
        let (mut expected, mut found) = (Vec::new(), Vec::new());
        whole.pass(50.0, &mut a, |share| expected.push(50.0 * share));
        for stretch in 0..200 {
            cut.pass(0.25, &mut b, |share| found.push(0.25 * (f64::from(stretch) + share)));
        }
        assert_eq!(expected.len(), found.len());
        assert!(expected.iter().zip(&found).all(|(a, b)| (a - b).abs() < 1e-9));
    }

    #[test]
    fn a_silent_process_has_no_events_and_draws_nothing() {
        let mut stream = Seed::root(4).rng();
        let mut arrivals = Arrivals::new(&mut stream);
        let before = (arrivals.clone(), stream.get_word_pos());
        assert_eq!(arrivals.count(0.0, &mut stream), 0);
        assert_eq!((arrivals, stream.get_word_pos()), before);
    }
}
