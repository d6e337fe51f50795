//! Readers on damaged files: an error or right values, in bounded time and memory, and never a panic.

use std::fmt::Debug;
use std::io::Write;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use tempfile::NamedTempFile;

use crate::corruption::{Corruption, Variants, variants, variants_within};
use crate::peak_allocation;

/// A reader that needs longer than this for a small file hangs.
const TIME_LIMIT: Duration = Duration::from_secs(20);
/// What a reader may hold at once, whatever the file …
const MEMORY_BASE: usize = 64 << 20;
/// … and for each of its bytes: the bytes themselves, their values widened to 64 bits, and a copy of these.
const MEMORY_PER_BYTE: usize = 20;
/// The damage is the same in every run.
const SEED: u64 = 0x6e65_7572_6f6c_6f6f;

/// How a reader fared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Outcomes {
    /// Damaged files that were read: the damage lay where it does not matter, or in the data themselves.
    pub read: usize,
    /// Those of them that were not read as the sound file is; always 0 where values are not compared.
    pub changed: usize,
    /// Damaged files that were refused.
    pub refused: usize,
    /// The most bytes that the reader held at once.
    pub peak_bytes: usize,
}

/// Damages `bytes` in `n` ways and runs `read` on each version, in a thread of its own.
///
/// # Panics
/// When `read` panics, does not return within 20 s, or holds more than 64 MiB and 20 times the file at once.
pub fn assert_survives<T: Send + 'static, E: Send + 'static>(
    bytes: &[u8],
    n: usize,
    read: impl Fn(&Path) -> Result<T, E> + Send + Sync + 'static,
) -> Outcomes {
    Trial::new(bytes, n).survive(read)
}

/// A reader's trial by damaged files, with limits of one's own.
///
/// ```
/// use std::path::Path;
///
/// use neuroloom_testkit::Trial;
///
/// // A format of four bytes: damage may change a value, but never how many there are.
/// fn read(path: &Path) -> Result<Vec<u8>, String> {
///     let bytes = std::fs::read(path).map_err(|error| error.to_string())?;
///     if bytes.len() == 4 { Ok(bytes) } else { Err("not four bytes".to_owned()) }
/// }
/// let outcomes = Trial::new(b"abcd", 30).judge(read, |_, sound, damaged| {
///     if sound.len() == damaged.len() { Ok(()) } else { Err("other values".to_owned()) }
/// });
/// assert_eq!(outcomes.read + outcomes.refused, 30);
/// ```
#[derive(Clone, Debug)]
#[must_use = "nothing is tried before `survive` or `judge`"]
pub struct Trial<'a> {
    bytes: &'a [u8],
    n: usize,
    only: Option<Range<usize>>,
    time: Duration,
    memory: usize,
}

impl<'a> Trial<'a> {
    /// `n` damaged versions of the file `bytes`, 20 s and 64 MiB + 20 times the file for each.
    pub fn new(bytes: &'a [u8], n: usize) -> Self {
        let memory = MEMORY_BASE + MEMORY_PER_BYTE * bytes.len();
        Self { bytes, n, only: None, time: TIME_LIMIT, memory }
    }

    /// Damages only these bytes.
    pub fn only(mut self, bytes: Range<usize>) -> Self {
        self.only = Some(bytes);
        self
    }

    /// Another limit of time.
    pub fn time(mut self, limit: Duration) -> Self {
        self.time = limit;
        self
    }

    /// Another limit of memory, bytes held at once.
    pub fn memory(mut self, limit: usize) -> Self {
        self.memory = limit;
        self
    }

    /// Runs `read` on every damaged version; any answer will do.
    ///
    /// # Panics
    /// When `read` panics, or passes a limit.
    pub fn survive<T: Send + 'static, E: Send + 'static>(
        &self,
        read: impl Fn(&Path) -> Result<T, E> + Send + Sync + 'static,
    ) -> Outcomes {
        self.run(Arc::new(read), |_, _| false)
    }

    /// Runs `read` on every damaged version. Where the values are not those of the sound file, `judge` says whether
    /// they may differ in this way: its arguments are the damage, and what was read of the sound and of the damaged
    /// file.
    ///
    /// # Panics
    /// As [`survive`](Self::survive); when the sound file is refused; or when `judge` says no.
    pub fn judge<T: PartialEq + Send + 'static, E: Debug + Send + 'static>(
        &self,
        read: impl Fn(&Path) -> Result<T, E> + Send + Sync + 'static,
        judge: impl Fn(Corruption, &T, &T) -> Result<(), String>,
    ) -> Outcomes {
        let file = written(self.bytes);
        let sound = read(file.path()).expect("the sound file is read");
        self.run(Arc::new(read), |corruption, values| {
            let changed = sound != values;
            if changed && let Err(reason) = judge(corruption, &sound, &values) {
                panic!("the reader gives wrong values: {corruption}: {reason}");
            }
            changed
        })
    }

    fn run<T: Send + 'static, E: Send + 'static>(
        &self,
        read: Arc<impl Fn(&Path) -> Result<T, E> + Send + Sync + 'static>,
        mut is_changed: impl FnMut(Corruption, T) -> bool,
    ) -> Outcomes {
        let mut outcomes = Outcomes::default();
        for (corruption, damaged) in self.variants() {
            let (answer, peak_bytes) = self.answer(corruption, &damaged, Arc::clone(&read));
            outcomes.peak_bytes = outcomes.peak_bytes.max(peak_bytes);
            match answer {
                Ok(values) => {
                    outcomes.read += 1;
                    outcomes.changed += usize::from(is_changed(corruption, values));
                }
                Err(_) => outcomes.refused += 1,
            }
        }
        outcomes
    }

    fn variants(&self) -> Variants<'a> {
        match &self.only {
            Some(only) => variants_within(self.bytes, only.clone(), self.n, SEED),
            None => variants(self.bytes, self.n, SEED),
        }
    }

    /// What `read` says of one damaged file, and the most bytes that it held.
    fn answer<T: Send + 'static, E: Send + 'static>(
        &self,
        corruption: Corruption,
        damaged: &[u8],
        read: Arc<impl Fn(&Path) -> Result<T, E> + Send + Sync + 'static>,
    ) -> (Result<T, E>, usize) {
        let file = written(damaged);
        let path = file.path().to_path_buf();
        let (sender, receiver) = mpsc::channel();
        let reader = thread::spawn(move || {
            let answer = peak_allocation(|| read(&path));
            // The receiver is gone if the time was up.
            let _ = sender.send(answer);
        });
        match receiver.recv_timeout(self.time) {
            Ok((_, peak)) if peak > self.memory => {
                panic!("the reader takes {peak} bytes of memory, more than {}: {corruption}", self.memory)
            }
            Ok(answer) => answer,
            Err(RecvTimeoutError::Timeout) => panic!("the reader hangs: {corruption}"),
            Err(RecvTimeoutError::Disconnected) => {
                let _ = reader.join();
                panic!("the reader panicked: {corruption}")
            }
        }
    }
}

fn written(bytes: &[u8]) -> NamedTempFile {
    let mut file = NamedTempFile::new().expect("a temporary file");
    file.write_all(bytes).and_then(|()| file.flush()).expect("room for a temporary file");
    file
}

#[cfg(test)]
mod tests {
    use super::*;

    fn four_bytes(path: &Path) -> Result<Vec<u8>, ()> {
        std::fs::read(path).ok().filter(|bytes| bytes.len() == 4).ok_or(())
    }

    #[test]
    fn outcomes_are_counted() {
        let outcomes = assert_survives(b"abcd", 30, four_bytes);
        assert_eq!(outcomes.read + outcomes.refused, 30);
        assert!(outcomes.refused > 0 && outcomes.read > 0 && outcomes.peak_bytes > 0, "{outcomes:?}");
    }

    #[test]
    fn changes_are_judged() {
        let trial = Trial::new(b"abcd", 30);
        let outcomes = trial.judge(four_bytes, |corruption, sound, damaged| {
            (corruption.apply(sound) == *damaged).then_some(()).ok_or_else(|| "other damage".to_owned())
        });
        assert!(outcomes.changed > 0 && outcomes.changed <= outcomes.read, "{outcomes:?}");
        let within = trial.only(1..3).judge(four_bytes, |_, sound, damaged| {
            (sound[0] == damaged[0] && sound[3] == damaged[3])
                .then_some(())
                .ok_or_else(|| "outside".to_owned())
        });
        assert_eq!(within.refused, 0);
    }

    #[test]
    #[should_panic(expected = "the reader gives wrong values")]
    fn wrong_values_fail() {
        Trial::new(b"abcd", 30).judge(four_bytes, |_, _, _| Err("any change is wrong".to_owned()));
    }

    #[test]
    #[should_panic(expected = "the reader panicked")]
    fn a_panic_fails() {
        assert_survives(b"abcd", 1, |_| -> Result<(), ()> { panic!("on purpose") });
    }

    #[test]
    #[should_panic(expected = "the reader hangs")]
    fn a_hang_fails() {
        Trial::new(b"abcd", 1).time(Duration::from_millis(50)).survive(|_| -> Result<(), ()> {
            thread::sleep(Duration::from_secs(2));
            Ok(())
        });
    }

    #[test]
    #[should_panic(expected = "bytes of memory")]
    fn a_greedy_reader_fails() {
        assert_survives(b"abcd", 1, |_| -> Result<(), ()> {
            drop(Vec::<u8>::with_capacity(65 << 20));
            Ok(())
        });
    }
}
