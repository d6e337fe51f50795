//! Checkpoints of unfinished tasks.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use neuroloom_core::{Checkpoints, Digest, Result, files};

/// What a checkpoint begins with; the digit is the version of the layout.
const MAGIC: &[u8] = b"neuroloom checkpoint 1\n";
/// Length of a digest.
const DIGEST: usize = 32;

/// The state of one task, in one file: magic, key of the task, digest of the state, state.
///
/// It lies in the store, so that a task that was interrupted on one computer goes on on another.
#[derive(Debug)]
pub struct TaskCheckpoints {
    path: PathBuf,
    key: Digest,
    every: Duration,
    last: Mutex<Instant>,
    saved: AtomicBool,
}

impl TaskCheckpoints {
    pub(super) fn new(path: PathBuf, key: Digest, every: Duration) -> Self {
        Self { path, key, every, last: Mutex::new(Instant::now()), saved: AtomicBool::new(false) }
    }

    /// Whether this process has kept a state.
    pub fn has_saved(&self) -> bool {
        self.saved.load(Ordering::Relaxed)
    }

    /// Whether a state is kept.
    pub fn exists(&self) -> bool {
        files::is_file(&self.path)
    }

    /// Forgets the state: the task is done.
    ///
    /// # Errors
    /// When the operating system refuses.
    pub fn remove(&self) -> Result<()> {
        files::remove_file(&self.path)
    }

    fn checked<'a>(&self, bytes: &'a [u8]) -> Option<&'a [u8]> {
        let rest = bytes.strip_prefix(MAGIC)?.strip_prefix(self.key.as_bytes())?;
        let (digest, state) = rest.split_at_checked(DIGEST)?;
        (Digest::of(state).as_bytes() == digest).then_some(state)
    }
}

impl Checkpoints for TaskCheckpoints {
    fn load(&self) -> Result<Option<Vec<u8>>> {
        if !files::exists(&self.path) {
            return Ok(None);
        }
        let bytes = files::read_bytes(&self.path)?;
        Ok(self.checked(&bytes).map(<[u8]>::to_vec))
    }

    fn save(&self, state: &[u8]) -> Result<()> {
        let digest = Digest::of(state);
        let bytes = [MAGIC, self.key.as_bytes().as_slice(), digest.as_bytes(), state].concat();
        files::write_bytes(&self.path, &bytes)?;
        self.saved.store(true, Ordering::Relaxed);
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
        Ok(())
    }

    fn is_due(&self) -> bool {
        self.last.lock().unwrap_or_else(PoisonError::into_inner).elapsed() >= self.every
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_comes_back_and_any_damage_makes_it_absent() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("below/state");
        let checkpoints = |key: &[u8]| TaskCheckpoints::new(path.clone(), Digest::of(key), Duration::ZERO);
        assert_eq!(checkpoints(b"a").load().unwrap(), None);
        checkpoints(b"a").save(b"the state").unwrap();
        assert_eq!(checkpoints(b"a").load().unwrap().as_deref(), Some(b"the state".as_slice()));
        assert_eq!(checkpoints(b"b").load().unwrap(), None, "of another task");
        let whole = files::read_bytes(&path).unwrap();
        for at in 0..whole.len() {
            let mut bytes = whole.clone();
            bytes[at] ^= 1;
            files::write_bytes(&path, &bytes).unwrap();
            assert_eq!(checkpoints(b"a").load().unwrap(), None, "byte {at}");
            files::write_bytes(&path, &whole[..at]).unwrap();
            assert_eq!(checkpoints(b"a").load().unwrap(), None, "cut at {at}");
        }
    }
}
