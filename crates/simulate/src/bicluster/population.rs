//! Neurons: loadings and counts.

use ndarray::{Array2, ArrayView1};
use neuroloom_core::Seed;
use rand::{Rng, RngExt};
use rand_distr::{Distribution, Gamma, Poisson, StandardNormal};

use super::{Family, Generator};

/// A count above this refuses the realisation.
pub(super) const MAX_COUNT: u32 = 1000;
/// An expected count above this cannot give a count that is not refused.
const MAX_RATE: f64 = 1e6;

/// (d, c) of every neuron, `[N, p + 1]`. Every neuron has a stream of its own.
pub(super) fn loadings(generator: &Generator, seed: Seed) -> Array2<f64> {
    let mut loadings = Array2::zeros((generator.n_units(), generator.width()));
    for (unit, mut row) in loadings.outer_iter_mut().enumerate() {
        let mut rng = seed.child_index(unit as u64).rng();
        for (place, value) in row.iter_mut().enumerate() {
            let normal: f64 = StandardNormal.sample(&mut rng);
            *value =
                if place == 0 { generator.d_mean + generator.d_sd * normal } else { generator.c_sd * normal };
        }
    }
    loadings
}

/// Counts of a neuron with expected counts `rates`; none where one is above [`MAX_COUNT`].
pub(super) fn counts(generator: &Generator, rates: ArrayView1<'_, f64>, seed: Seed) -> Option<Vec<u32>> {
    let mut rng = seed.rng();
    rates.iter().map(|&rate| count(generator, rate, &mut rng)).collect()
}

fn count(generator: &Generator, rate: f64, rng: &mut impl Rng) -> Option<u32> {
    if !(0.0..=MAX_RATE).contains(&rate) {
        return None;
    }
    let mean = match generator.family {
        Family::Poisson => rate,
        // A Poisson count whose mean is gamma distributed with shape r and mean m is negative binomial.
        Family::NegativeBinomial => {
            let r = generator.dispersion;
            if rate == 0.0 { 0.0 } else { Gamma::new(r, rate / r).ok()?.sample(rng) }
        }
    };
    // A mean of 0, or of less than a float can tell from it, has no spikes.
    let count = if mean > 0.0 { Poisson::new(mean).ok()?.sample(rng) } else { 0.0 };
    (count <= f64::from(MAX_COUNT)).then_some(count as u32)
}

/// Which counts of a neuron are missing.
pub(super) fn missing(generator: &Generator, seed: Seed) -> Vec<bool> {
    let mut rng = seed.rng();
    (0..generator.n_bins).map(|_| rng.random::<f64>() < generator.missing_share).collect()
}

#[cfg(test)]
mod tests {
    use ndarray::Array1;

    use super::*;

    fn moments(generator: &Generator, rate: f64) -> [f64; 2] {
        let counts = counts(generator, Array1::from_elem(200_000, rate).view(), Seed::root(3)).unwrap();
        let mean = counts.iter().map(|&y| f64::from(y)).sum::<f64>() / 2e5;
        [mean, counts.iter().map(|&y| (f64::from(y) - mean).powi(2)).sum::<f64>() / 2e5]
    }

    #[test]
    fn counts_have_the_mean_and_variance_of_their_law() {
        let negative_binomial = Generator { dispersion: 2.0, ..Generator::default() };
        let poisson = Generator::of(super::super::Setting::Poisson);
        for (generator, excess) in [(negative_binomial, 0.5), (poisson, 0.0)] {
            for rate in [0.3, 4.0] {
                let [mean, variance] = moments(&generator, rate);
                let expected = rate + excess * rate * rate;
                assert!((mean - rate).abs() < 5.0 * (expected / 2e5).sqrt(), "{mean}");
                assert!((variance / expected - 1.0).abs() < 0.05, "{variance} {expected}");
            }
        }
    }

    #[test]
    fn a_neuron_that_bursts_is_refused() {
        let rates = Array1::from_vec(vec![1.0, 1e5]);
        assert_eq!(counts(&Generator::default(), rates.view(), Seed::root(1)), None);
        let silent = Array1::from_vec(vec![0.0, 1e-320]);
        assert_eq!(counts(&Generator::default(), silent.view(), Seed::root(1)), Some(vec![0, 0]));
        let infinite = Array1::from_vec(vec![f64::INFINITY]);
        assert_eq!(counts(&Generator::default(), infinite.view(), Seed::root(1)), None);
    }
}
