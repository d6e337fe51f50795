//! Readers on damaged files: any answer will do, but for a panic and silence.

use std::io::Write;
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use tempfile::NamedTempFile;

use crate::{Corruption, variants};

/// A reader that needs longer than this for a small file hangs.
const TIME_LIMIT: Duration = Duration::from_secs(20);
/// The damage is the same in every run.
const SEED: u64 = 0x6e65_7572_6f6c_6f6f;

/// How a reader fared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Outcomes {
    /// Damaged files that were read as if nothing had happened: the damage lay where it does not matter, or in
    /// the data themselves.
    pub read: usize,
    /// Damaged files that were refused.
    pub refused: usize,
}

/// Damages `bytes` in `n` ways and runs `read` on each version, in a thread of its own.
///
/// # Panics
/// When `read` panics, or does not return within 20 s.
pub fn assert_survives<T, E>(
    bytes: &[u8],
    n: usize,
    read: impl Fn(&Path) -> Result<T, E> + Send + Sync + 'static,
) -> Outcomes {
    assert_survives_within(TIME_LIMIT, bytes, n, read)
}

/// [`assert_survives`] with a time limit of one's own.
///
/// # Panics
/// When `read` panics, or does not return within `limit`.
pub fn assert_survives_within<T, E>(
    limit: Duration,
    bytes: &[u8],
    n: usize,
    read: impl Fn(&Path) -> Result<T, E> + Send + Sync + 'static,
) -> Outcomes {
    let read = Arc::new(read);
    let mut outcomes = Outcomes::default();
    for (corruption, damaged) in variants(bytes, n, SEED) {
        let read = Arc::clone(&read);
        if survives(limit, corruption, &damaged, move |path| read(path).is_ok()) {
            outcomes.read += 1;
        } else {
            outcomes.refused += 1;
        }
    }
    outcomes
}

fn survives(
    limit: Duration,
    corruption: Corruption,
    damaged: &[u8],
    read: impl FnOnce(&Path) -> bool + Send + 'static,
) -> bool {
    let mut file = NamedTempFile::new().expect("a temporary file");
    file.write_all(damaged).and_then(|()| file.flush()).expect("room for a temporary file");
    let path = file.path().to_path_buf();
    let (sender, receiver) = mpsc::channel();
    let reader = thread::spawn(move || {
        let answer = read(&path);
        // The receiver is gone if the time was up.
        let _ = sender.send(answer);
    });
    match receiver.recv_timeout(limit) {
        Ok(answer) => answer,
        Err(RecvTimeoutError::Timeout) => panic!("the reader hangs: {corruption}"),
        Err(RecvTimeoutError::Disconnected) => {
            let _ = reader.join();
            panic!("the reader panicked: {corruption}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outcomes_are_counted() {
        let outcomes = assert_survives(b"abcd", 30, |path| match std::fs::read(path) {
            Ok(bytes) if bytes.len() == 4 => Ok(()),
            _ => Err(()),
        });
        assert_eq!(outcomes.read + outcomes.refused, 30);
        assert!(outcomes.refused > 0 && outcomes.read > 0, "{outcomes:?}");
    }

    #[test]
    #[should_panic(expected = "the reader panicked")]
    fn a_panic_fails() {
        assert_survives(b"abcd", 1, |_| -> Result<(), ()> { panic!("on purpose") });
    }

    #[test]
    #[should_panic(expected = "the reader hangs")]
    fn a_hang_fails() {
        assert_survives_within(Duration::from_millis(50), b"abcd", 1, |_| -> Result<(), ()> {
            thread::sleep(Duration::from_secs(2));
            Ok(())
        });
    }
}
