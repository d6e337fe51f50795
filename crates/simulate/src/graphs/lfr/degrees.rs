//! Degrees from a power law, and how many of the edges stay in the community.

use neuroloom_core::{Error, Result};
use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use rand_distr::Distribution;
use rand_distr::weighted::WeightedIndex;

use super::LfrParams;

/// Edges that every node is to have within its community and to other ones.
#[derive(Clone, Debug, PartialEq)]
pub struct Degrees {
    /// Edges within the community.
    pub inside: Vec<usize>,
    /// Edges to other communities.
    pub outside: Vec<usize>,
}

impl Degrees {
    /// Draws the degree k of every node, and rounds its share `(1 - mu_t) k` inside up or down by chance, so that the mean
    /// is right.
    ///
    /// # Errors
    /// When no power law of the exponent has the mean.
    pub fn draw(params: &LfrParams, stream: &mut ChaCha8Rng) -> Result<Self> {
        let law = TruncatedPowerLaw::with_mean(params.tau1, params.max_degree, params.mean_degree)?;
        let mut degrees: Vec<usize> = (0..params.n_nodes).map(|_| law.draw(stream)).collect();
        make_even(&mut degrees, params.max_degree);
        let inside = degrees.iter().map(|&degree| {
            let share = (1.0 - params.mu_t) * degree as f64;
            let up = stream.random::<f64>() < share.fract();
            (share.floor() as usize + usize::from(up)).min(degree)
        });
        let inside: Vec<usize> = inside.collect();
        let outside = degrees.iter().zip(&inside).map(|(degree, inside)| degree - inside).collect();
        Ok(Self { inside, outside })
    }

    /// The largest number of edges that a node has inside.
    pub fn most_inside(&self) -> usize {
        self.inside.iter().copied().max().unwrap_or(0)
    }

    /// The smallest number of edges that a node has inside.
    pub fn least_inside(&self) -> usize {
        self.inside.iter().copied().min().unwrap_or(0)
    }
}

/// Each edge has two ends: an odd sum of degrees is made even at the first node that has room.
fn make_even(degrees: &mut [usize], most: usize) {
    if degrees.iter().sum::<usize>() % 2 == 1 {
        match degrees.iter_mut().find(|degree| **degree < most) {
            Some(degree) => *degree += 1,
            None => degrees.iter_mut().take(1).for_each(|degree| *degree -= 1),
        }
    }
}

/// P(k) proportional to `k^-tau` for k from `least` to the largest; `least` itself with a part of its weight, which
/// makes the mean what it is to be.
struct TruncatedPowerLaw {
    least: usize,
    weights: WeightedIndex<f64>,
}

impl TruncatedPowerLaw {
    fn with_mean(tau: f64, most: usize, mean: f64) -> Result<Self> {
        let weight = |k: usize| (k as f64).powf(-tau);
        // Sums over k from `least + 1` on: adding smaller values brings the mean down until it is passed.
        let (mut total, mut first_moment) = (0.0, 0.0);
        for least in (1..=most).rev() {
            let with = (total + weight(least), first_moment + weight(least) * least as f64);
            if with.1 / with.0 <= mean {
                let gap = mean - least as f64;
                let part =
                    if gap > 0.0 { (first_moment - mean * total) / (weight(least) * gap) } else { 1.0 };
                let head = weight(least) * part.clamp(f64::MIN_POSITIVE, 1.0);
                let weights = std::iter::once(head).chain((least + 1..=most).map(weight));
                let weights = WeightedIndex::new(weights)
                    .map_err(|e| Error::internal(format!("weights of a power law: {e}")))?;
                return Ok(Self { least, weights });
            }
            (total, first_moment) = with;
        }
        Err(Error::params("no power law has so small a mean")
            .at_object("mean_degree")
            .expected(format!(
                "at least {:.3} with `tau1` {tau} and `max_degree` {most}",
                first_moment / total
            ))
            .found(mean.to_string())
            .hint("raise `mean_degree` or `tau1`, or lower `max_degree`"))
    }

    fn draw(&self, stream: &mut ChaCha8Rng) -> usize {
        self.least + self.weights.sample(stream)
    }
}

#[cfg(test)]
mod tests {
    use neuroloom_core::Seed;

    use super::*;

    #[test]
    fn the_law_has_the_mean_that_was_asked_for() {
        for (tau, most, mean) in [(2.0, 100, 25.0), (3.0, 50, 4.2), (0.0, 10, 7.5), (2.5, 30, 30.0)] {
            let law = TruncatedPowerLaw::with_mean(tau, most, mean).unwrap();
            let mut stream = Seed::root(1).rng();
            let n = 200_000;
            let sum: usize = (0..n).map(|_| law.draw(&mut stream)).sum();
            let found = sum as f64 / f64::from(n);
            assert!((found - mean).abs() < 0.02 * mean, "tau {tau}: {found} for {mean}");
        }
    }

    #[test]
    fn a_mean_below_all_laws_is_refused() {
        let error = TruncatedPowerLaw::with_mean(0.0, 99, 10.0).err().unwrap();
        assert!(error.report().contains("at least 50.000"), "{}", error.report());
    }
}
