//! Spike times on the clock of a recording.

use serde::{Deserialize, Serialize};

/// Ticks of the clock in a second: amplifiers of spikes sample at 30 kHz.
pub const TICKS_PER_S: f64 = 30_000.0;

/// Spike times of one unit in ticks, as the gaps between them: 4 bytes each, and mostly 2 in a checkpoint, where small
/// numbers are short.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TickTrain {
    last: u32,
    gaps: Vec<u32>,
}

impl TickTrain {
    /// Adds a spike at `time_s`, which is not before the last one and less than 39 h from the start.
    pub fn push(&mut self, time_s: f64) {
        let tick = ((time_s * TICKS_PER_S) as u32).max(self.last);
        self.gaps.push(tick - self.last);
        self.last = tick;
    }

    /// Number of spikes.
    pub fn len(&self) -> usize {
        self.gaps.len()
    }

    /// Whether there is no spike.
    pub fn is_empty(&self) -> bool {
        self.gaps.is_empty()
    }

    /// The times, ascending, seconds.
    pub fn times_s(&self) -> impl Iterator<Item = f64> {
        self.gaps.iter().scan(0_u32, |tick, gap| {
            *tick = tick.saturating_add(*gap);
            Some(f64::from(*tick) / TICKS_PER_S)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_come_back_within_a_tick() {
        let times_s = [0.0, 1e-6, 0.25, 0.25, 3.7, 86_399.999];
        let mut train = TickTrain::default();
        times_s.iter().for_each(|&time_s| train.push(time_s));
        assert_eq!(train.len(), times_s.len());
        for (found, given) in train.times_s().zip(times_s) {
            assert!(found <= given && given - found < 1.0 / TICKS_PER_S + 1e-9, "{found} {given}");
        }
    }
}
