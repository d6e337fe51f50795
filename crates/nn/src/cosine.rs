//! A learning rate that falls to its end along a cosine.

use std::f64::consts::PI;

use serde::{Deserialize, Serialize};

/// `smallest + (lr - smallest)(1 + cos(pi epoch/epochs))/2` (Loshchilov and Hutter 2017, without restarts).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Cosine {
    largest: f64,
    smallest: f64,
    epochs: u32,
    epoch: u32,
}

impl Cosine {
    /// A learning rate that starts at `lr` and comes to `smallest` after so many epochs.
    pub fn new(lr: f64, smallest: f64, epochs: u32) -> Self {
        Self { largest: lr, smallest: smallest.min(lr), epochs: epochs.max(1), epoch: 0 }
    }

    /// The learning rate now.
    pub fn lr(&self) -> f64 {
        let progress = f64::from(self.epoch.min(self.epochs)) / f64::from(self.epochs);
        self.smallest + (self.largest - self.smallest) * (1.0 + (PI * progress).cos()) / 2.0
    }

    /// Multiplies the learning rate from now on.
    pub fn scale(&mut self, factor: f64) {
        self.largest *= factor;
        self.smallest = self.smallest.min(self.largest);
    }

    /// An epoch has ended.
    pub fn advance(&mut self) {
        self.epoch += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_falls_from_end_to_end_and_stays_there() {
        let mut schedule = Cosine::new(1.0, 0.2, 4);
        let mut rates = Vec::new();
        for _ in 0..6 {
            rates.push(schedule.lr());
            schedule.advance();
        }
        // cos of 0, 45, 90, 135 and 180 degrees.
        let half = std::f64::consts::FRAC_1_SQRT_2;
        let expected = [1.0, 0.6 + 0.4 * half, 0.6, 0.6 - 0.4 * half, 0.2, 0.2];
        assert!(rates.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-12), "{rates:?}");
    }

    #[test]
    fn it_goes_on_at_half_the_size() {
        let mut schedule = Cosine::new(1.0, 0.0, 4);
        schedule.advance();
        let before = schedule.lr();
        schedule.scale(0.5);
        assert_eq!(schedule.lr(), before / 2.0);
    }
}
