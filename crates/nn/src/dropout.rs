//! Dropout from counters.

use crate::{CounterStream, Real, vectorised};

/// Masks per word of the stream; a chance is a multiple of 2^-16.
const LEVELS: f64 = 65_536.0;
/// Counters side by side, with 8 masks each.
const LANES: usize = 8;

/// Sets values to zero with some probability and scales the others up by `1/(1 - probability)`.
#[derive(Clone, Copy, Debug)]
pub struct Dropout {
    stream: CounterStream,
    /// Words below it drop.
    threshold: u32,
    scale: f64,
}

/// To which trial and time the rows of a matrix of activations belong.
#[derive(Clone, Copy, Debug)]
pub struct Sites<'a> {
    /// Number of every trial, for life: its masks do not depend on the batch that it is in.
    pub trials: &'a [u32],
    /// Times of a trial.
    pub n_steps: usize,
}

impl Dropout {
    /// Drops with `probability`, at least 0 and less than 1, rounded to a multiple of 2^-16.
    pub fn new(stream: CounterStream, probability: f64) -> Self {
        let threshold = (probability.clamp(0.0, 1.0) * LEVELS).round().min(LEVELS - 1.0);
        Self { stream, threshold: threshold as u32, scale: LEVELS / (LEVELS - threshold) }
    }

    /// The same, with 1 as a possible probability: it then drops everything, and what stays is not scaled.
    pub fn certain(stream: CounterStream, probability: f64) -> Self {
        let threshold = (probability.clamp(0.0, 1.0) * LEVELS).round();
        Self { stream, threshold: threshold as u32, scale: 1.0 }
    }

    /// Drops nothing.
    pub fn off() -> Self {
        Self::new(CounterStream::with_key([0; 2]), 0.0)
    }

    /// Whether it drops anything.
    pub fn is_on(&self) -> bool {
        self.threshold > 0
    }

    /// The stream of its masks.
    pub fn stream(&self) -> CounterStream {
        self.stream
    }

    /// Halves of words below it drop.
    pub fn threshold(&self) -> u32 {
        self.threshold
    }

    /// The factor of values that stay.
    pub fn scale(&self) -> f64 {
        self.scale
    }

    /// Factors of the values of a row: 0 or the scale. The row is that of the `place`: time, trial, and what there is
    /// besides.
    pub fn mask<T: Real>(&self, place: [u32; 3], mask: &mut [T]) {
        if self.is_on() {
            vectorised(
                #[inline(always)]
                || self.fill(place, mask),
            );
        } else {
            mask.fill(T::ONE);
        }
    }

    /// Multiplies `rows` of `width` values, trial by trial and within a trial time by time.
    pub fn apply_by_trial<T: Real>(&self, sites: Sites<'_>, width: usize, rows: &mut [T]) {
        let n = sites.n_steps;
        self.apply(rows, width, |row| [(row % n) as u32, sites.trials[row / n], 0]);
    }

    /// Multiplies `rows` of `width` values, all trials at time 0, then at time 1 ...; the first is at `time`.
    pub fn apply_by_time<T: Real>(&self, sites: Sites<'_>, time: usize, width: usize, rows: &mut [T]) {
        let n = sites.trials.len();
        self.apply(rows, width, |row| [(time + row / n) as u32, sites.trials[row % n], 0]);
    }

    fn apply<T: Real>(&self, rows: &mut [T], width: usize, place: impl Fn(usize) -> [u32; 3]) {
        if !self.is_on() {
            return;
        }
        let mut mask = vec![T::ZERO; width];
        for (row, values) in rows.chunks_exact_mut(width).enumerate() {
            self.mask(place(row), &mut mask);
            values.iter_mut().zip(&mask).for_each(|(value, &factor)| *value *= factor);
        }
    }

    #[inline(always)]
    fn fill<T: Real>(&self, place: [u32; 3], mask: &mut [T]) {
        let scale = T::from_f64(self.scale);
        for (block, mask) in mask.chunks_mut(8 * LANES).enumerate() {
            let words = self.stream.words::<LANES>((block * LANES) as u32, place);
            let mut factors = [T::ZERO; 8 * LANES];
            for (word, factors) in words.iter().zip(factors.chunks_exact_mut(2 * LANES)) {
                let (low, high) = factors.split_at_mut(LANES);
                for lane in 0..LANES {
                    low[lane] = if word[lane] & 0xFFFF < self.threshold { T::ZERO } else { scale };
                    high[lane] = if word[lane] >> 16 < self.threshold { T::ZERO } else { scale };
                }
            }
            mask.copy_from_slice(&factors[..mask.len()]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_share_of_dropped_values_is_the_probability_and_the_mean_is_kept() {
        let dropout = Dropout::new(CounterStream::with_key([1, 2]), 0.3);
        let mut rows = vec![1.0_f32; 1000 * 192];
        let trials: Vec<u32> = (0..100).collect();
        dropout.apply_by_trial(Sites { trials: &trials, n_steps: 10 }, 192, &mut rows);
        let n = rows.len() as f64;
        let dropped = rows.iter().filter(|&&x| x == 0.0).count() as f64 / n;
        let mean = rows.iter().map(|&x| f64::from(x)).sum::<f64>() / n;
        let error = (0.21 / n).sqrt();
        assert!((dropped - 0.3).abs() < 5.0 * error, "{dropped}");
        assert!((mean - 1.0).abs() < 5.0 * error / 0.7, "{mean}");
    }

    #[test]
    fn a_mask_belongs_to_its_trial_and_time() {
        let dropout = Dropout::new(CounterStream::with_key([1, 2]), 0.5);
        let (all, one) = (Sites { trials: &[7, 9], n_steps: 3 }, Sites { trials: &[9], n_steps: 3 });
        let (mut both, mut alone) = (vec![1.0_f64; 6 * 20], vec![1.0; 3 * 20]);
        dropout.apply_by_trial(all, 20, &mut both);
        dropout.apply_by_trial(one, 20, &mut alone);
        assert_eq!(both[60..], alone);
        let mut by_time = vec![1.0; 6 * 20];
        dropout.apply_by_time(all, 0, 20, &mut by_time);
        assert_eq!(by_time[20..40], alone[..20]);
        let mut last = vec![1.0; 2 * 20];
        dropout.apply_by_time(all, 2, 20, &mut last);
        assert_eq!(last[20..], alone[40..]);
    }

    #[test]
    fn without_a_probability_nothing_is_dropped() {
        let mut rows = vec![2.0_f32; 40];
        Dropout::off().apply_by_trial(Sites { trials: &[0], n_steps: 2 }, 20, &mut rows);
        assert!(rows.iter().all(|&x| x == 2.0));
    }
}
