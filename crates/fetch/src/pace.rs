//! A transfer that trickles is as dead as one that stopped.

use std::time::{Duration, Instant};

/// Watches that a transfer brings at least some bytes in every stretch of time.
pub(crate) struct Pace {
    window: Duration,
    least: u64,
    begun: Instant,
    bytes: u64,
}

impl Pace {
    /// At least `least` bytes in every `window`.
    pub fn new(window: Duration, least: u64) -> Self {
        Self { window, least, begun: Instant::now(), bytes: 0 }
    }

    /// `n` bytes came. Whether they come too slowly.
    pub fn is_too_slow(&mut self, n: u64) -> bool {
        self.bytes = self.bytes.saturating_add(n);
        if self.begun.elapsed() < self.window {
            return false;
        }
        let too_slow = self.bytes < self.least;
        (self.begun, self.bytes) = (Instant::now(), 0);
        too_slow
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_trickle_is_too_slow() {
        let mut pace = Pace::new(Duration::ZERO, 10);
        assert!(!pace.is_too_slow(10));
        assert!(pace.is_too_slow(9));
        assert!(!Pace::new(Duration::from_secs(3600), 10).is_too_slow(0));
    }
}
