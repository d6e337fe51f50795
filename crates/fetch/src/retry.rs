//! When to try again.

use std::thread;
use std::time::{Duration, Instant};

use neuroloom_core::{CancelToken, Digest, Result};

/// How often and how soon to try again.
#[derive(Clone, Copy, Debug)]
pub struct Retry {
    /// Attempts that bring nothing before a file is given up.
    pub attempts: u32,
    /// The wait after the first of them; it doubles with each.
    pub first_wait: Duration,
    /// The longest wait, also where a server asks for a longer one: then the file is given up.
    pub longest_wait: Duration,
}

impl Default for Retry {
    fn default() -> Self {
        Self { attempts: 6, first_wait: Duration::from_secs(1), longest_wait: Duration::from_secs(120) }
    }
}

impl Retry {
    /// How long to wait after `failures` attempts (at least 1) at `address` that brought nothing; `asked` is what the
    /// server asked for. `None`: give up.
    pub(crate) fn wait(&self, failures: u32, asked: Option<Duration>, address: &str) -> Option<Duration> {
        if failures >= self.attempts || asked.is_some_and(|asked| asked > self.longest_wait) {
            return None;
        }
        let doubled = self.first_wait.saturating_mul(1u32 << failures.saturating_sub(1).min(16));
        let own = doubled.mul_f64(spread(address, failures)).min(self.longest_wait);
        Some(own.max(asked.unwrap_or_default()))
    }
}

/// Between 0.75 and 1.25, so that many clients, or files, that were cut off together do not come back together. It
/// depends on the address only: no clock and no random number.
fn spread(address: &str, failures: u32) -> f64 {
    let digest = Digest::of(format!("{failures} {address}").as_bytes());
    let byte = digest.as_bytes().first().copied().unwrap_or(0);
    0.75 + f64::from(byte) / 510.0
}

/// Sleeps, but not longer than until a stop is asked for.
pub(crate) fn sleep(wait: Duration, cancel: &CancelToken) -> Result<()> {
    const SLICE: Duration = Duration::from_millis(50);
    let begun = Instant::now();
    while let Some(left) = wait.checked_sub(begun.elapsed()).filter(|left| !left.is_zero()) {
        cancel.check()?;
        thread::sleep(left.min(SLICE));
    }
    cancel.check()
}

#[cfg(test)]
mod tests {
    use super::*;

    const RETRY: Retry =
        Retry { attempts: 4, first_wait: Duration::from_secs(1), longest_wait: Duration::from_secs(3) };

    #[test]
    fn waits_double_up_to_the_longest() {
        for (failures, base) in [(1, 1.0_f64), (2, 2.0), (3, 4.0)] {
            let wait = RETRY.wait(failures, None, "https://a.org/x").unwrap().as_secs_f64();
            assert!(wait >= (0.75 * base).min(3.0) && wait <= (1.25 * base).min(3.0), "{failures}: {wait}");
        }
        assert_eq!(RETRY.wait(4, None, "https://a.org/x"), None);
    }

    #[test]
    fn a_server_is_obeyed_or_given_up() {
        let asked = |seconds| RETRY.wait(1, Some(Duration::from_secs(seconds)), "x");
        assert_eq!(asked(2), Some(Duration::from_secs(2)));
        assert_eq!(asked(4), None);
    }

    #[test]
    fn addresses_do_not_come_back_together() {
        assert_ne!(RETRY.wait(1, None, "https://a.org/x"), RETRY.wait(1, None, "https://a.org/y"));
    }

    #[test]
    fn a_sleeper_wakes_when_asked_to_stop() {
        let cancel = CancelToken::default();
        cancel.cancel();
        assert!(sleep(Duration::from_secs(3600), &cancel).is_err());
    }
}
