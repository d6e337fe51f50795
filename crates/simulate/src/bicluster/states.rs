//! When which state drives the latents.

use neuroloom_core::Seed;
use rand::RngExt;
use rand_distr::{Distribution, Poisson};

use super::Generator;

/// The state of every one of `n` bins: each visit lasts max(1, Poisson(dwell)) bins, the next state is any of the others.
pub(super) fn draw(generator: &Generator, n: usize, seed: Seed) -> Vec<usize> {
    let mut rng = seed.rng();
    let mut states = Vec::with_capacity(n);
    let mut state = rng.random_range(0..generator.n_states);
    // A mean that was checked; one bin is what a visit has at least.
    let length = Poisson::new(generator.dwell_bins).ok();
    while states.len() < n {
        let bins = length.map_or(1.0, |length| length.sample(&mut rng)).max(1.0) as usize;
        states.extend(std::iter::repeat_n(state, bins.min(n - states.len())));
        if generator.n_states > 1 {
            let other = rng.random_range(0..generator.n_states - 1);
            state = if other < state { other } else { other + 1 };
        }
    }
    states
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn visits_are_as_long_as_they_should_be_and_never_repeat() {
        let generator = Generator { n_states: 3, dwell_bins: 20.0, ..Generator::default() };
        let states = draw(&generator, 60_000, Seed::root(1));
        let visits: Vec<&[usize]> = states.chunk_by(|a, b| a == b).collect();
        let mean = states.len() as f64 / visits.len() as f64;
        assert!((mean - 20.0).abs() < 0.5, "{mean}");
        for state in 0..3 {
            let share = states.iter().filter(|&&found| found == state).count() as f64 / 60_000.0;
            assert!((share - 1.0 / 3.0).abs() < 0.03, "{share}");
        }
        let alone = draw(&Generator { n_states: 1, ..generator }, 100, Seed::root(1));
        assert_eq!(alone, [0; 100]);
    }
}
