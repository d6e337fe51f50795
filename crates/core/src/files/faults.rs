//! Faults on purpose: a test makes the k-th call to the operating system fail.
//!
//! A [`Plan`] holds for the files below one folder, so tests that run side by side do not disturb each other. While no
//! plan is in force, a call costs one relaxed load of an atomic number.
//!
//! ```
//! use neuroloom_core::files::{self, faults::{self, Fault, Plan}};
//!
//! let folder = tempfile::tempdir()?;
//! let path = folder.path().join("result");
//! let guard = faults::inject(folder.path(), Plan::from(Fault::DiskFull, 2));
//! let error = files::write_bytes(&path, b"1").unwrap_err();
//! assert!(error.to_string().contains("No space left on device"), "{error}");
//! assert!(guard.fired() > 0);
//! drop(guard);
//! files::write_bytes(&path, b"1")?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// `ENOSPC`, of calls that need room on the disk.
    DiskFull,
    /// `EIO`, of any call.
    Io,
    /// `EINTR`, of any call. The call is made again.
    Interrupted,
    /// A `write` of two bytes or more takes only the first half of them.
    ShortWrite,
}

impl Fault {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::DiskFull, Self::Io, Self::Interrupted, Self::ShortWrite];

    fn can_strike(self, call: Call) -> bool {
        match self {
            Self::DiskFull => call.needs_room(),
            Self::Io | Self::Interrupted => true,
            Self::ShortWrite => matches!(call, Call::Write { bytes: 2.. }),
        }
    }

    fn error(self) -> io::Error {
        let (number, kind) = match self {
            Self::DiskFull => (28, io::ErrorKind::StorageFull),
            Self::Interrupted => (4, io::ErrorKind::Interrupted),
            Self::Io | Self::ShortWrite => (5, io::ErrorKind::Other),
        };
        // The numbers are the same on every Unix.
        if cfg!(unix) { io::Error::from_raw_os_error(number) } else { kind.into() }
    }
}

/// A call to the operating system, as far as faults tell calls apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Call {
    /// Looks at something, or moves or removes it.
    Other,
    /// Makes a new name.
    Create,
    /// Writes to a file.
    Write { bytes: usize },
    /// Makes what was written durable.
    Sync,
}

impl Call {
    fn needs_room(self) -> bool {
        self != Self::Other
    }
}

/// Which call fails, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plan {
    fault: Fault,
    first: u64,
    last: u64,
}

impl Plan {
    /// `fault` strikes the `k`-th call that it can strike, counted from 1, and no other.
    pub fn once(fault: Fault, k: u64) -> Self {
        Self { fault, first: k, last: k }
    }

    /// `fault` strikes the `k`-th call that it can strike, counted from 1, and all after it: a full disk stays full.
    ///
    /// An interruption still strikes once: a call that is interrupted for ever never ends.
    pub fn from(fault: Fault, k: u64) -> Self {
        let last = if fault == Fault::Interrupted { k } else { u64::MAX };
        Self { fault, first: k, last }
    }
}

/// Puts `plan` in force for everything below `folder`, until the guard is dropped.
pub fn inject(folder: &Path, plan: Plan) -> Guard {
    let scope =
        Arc::new(Scope { folders: names(folder), plan, seen: AtomicU64::new(0), fired: AtomicU64::new(0) });
    scopes().push(Arc::clone(&scope));
    IN_FORCE.fetch_add(1, Ordering::Relaxed);
    Guard(scope)
}

/// Keeps a [`Plan`] in force.
#[derive(Debug)]
pub struct Guard(Arc<Scope>);

impl Guard {
    /// How many calls there were so far that the fault could have struck.
    pub fn seen(&self) -> u64 {
        self.0.seen.load(Ordering::SeqCst)
    }

    /// How many calls it struck so far.
    pub fn fired(&self) -> u64 {
        self.0.fired.load(Ordering::SeqCst)
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        scopes().retain(|scope| !Arc::ptr_eq(scope, &self.0));
        IN_FORCE.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Fails where a plan says that `call` on `path` must.
pub(super) fn check(call: Call, path: &Path) -> io::Result<()> {
    match strike(call, path) {
        Some(fault) => Err(fault.error()),
        None => Ok(()),
    }
}

/// How many of `bytes` a write to `path` may take.
pub(super) fn check_write(bytes: usize, path: &Path) -> io::Result<usize> {
    match strike(Call::Write { bytes }, path) {
        None => Ok(bytes),
        Some(Fault::ShortWrite) => Ok(bytes / 2),
        Some(fault) => Err(fault.error()),
    }
}

/// How many plans are in force.
static IN_FORCE: AtomicUsize = AtomicUsize::new(0);
static SCOPES: Mutex<Vec<Arc<Scope>>> = Mutex::new(Vec::new());

fn scopes() -> MutexGuard<'static, Vec<Arc<Scope>>> {
    SCOPES.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A plan in force.
#[derive(Debug)]
struct Scope {
    folders: Vec<PathBuf>,
    plan: Plan,
    seen: AtomicU64,
    fired: AtomicU64,
}

impl Scope {
    fn strike(&self, call: Call) -> Option<Fault> {
        let Plan { fault, first, last } = self.plan;
        if !fault.can_strike(call) {
            return None;
        }
        let k = self.seen.fetch_add(1, Ordering::SeqCst) + 1;
        let strikes = (first..=last).contains(&k);
        self.fired.fetch_add(u64::from(strikes), Ordering::SeqCst);
        strikes.then_some(fault)
    }
}

fn strike(call: Call, path: &Path) -> Option<Fault> {
    if IN_FORCE.load(Ordering::Relaxed) == 0 {
        return None;
    }
    let path = absolute(path);
    let scopes = scopes();
    let matching = scopes.iter().filter(|scope| scope.folders.iter().any(|it| path.starts_with(it)));
    // Every plan sees every call, also one that another strikes already.
    matching.fold(None, |struck, scope| scope.strike(call).or(struck))
}

/// A folder as it was given and as it is without symbolic links.
fn names(folder: &Path) -> Vec<PathBuf> {
    let given = absolute(folder);
    #[allow(clippy::disallowed_methods, reason = "faults do not strike those who make them")]
    let real = given.canonicalize().unwrap_or_else(|_| given.clone());
    vec![given, real]
}

fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf())
}

#[cfg(test)]
mod tests;
