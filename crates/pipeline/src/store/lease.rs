//! Leases: who makes which result now.
//!
//! A lease is a file that one process of several manages to create, and touches every few seconds for as long as it
//! lives. Whoever finds a lease that nobody has touched for a while takes it over; on one computer, as soon as the
//! process is gone. No clock is compared with another: what counts is whether the file changes while one looks.
//!
//! A lease saves work, it guards nothing. Where two processes make the same result after all (a computer slept, or
//! two took over at once), both make the same bytes, and the first to finish stays.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use neuroloom_core::{Digest, Result, files};
use serde::{Deserialize, Serialize};

use super::Store;
use crate::host::{Process, unique_name};

/// How often a lease shows life, and how long it may be silent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LeaseTimes {
    /// Between two signs of life.
    pub beat: Duration,
    /// Without one, a lease is free.
    pub expiry: Duration,
}

impl Default for LeaseTimes {
    fn default() -> Self {
        Self { beat: Duration::from_secs(5), expiry: Duration::from_secs(30) }
    }
}

/// What an attempt at a lease gave.
#[derive(Debug)]
pub enum Claim {
    /// It is ours until it is dropped.
    Ours(Lease),
    /// It is another's.
    Theirs(Holder),
}

/// Who holds a lease.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    /// This lease, among all that there ever were on the same result.
    pub id: String,
    /// The process.
    pub process: Process,
}

/// The leases of one process on results of one store.
#[derive(Debug)]
pub struct Leases {
    folder: PathBuf,
    times: LeaseTimes,
    process: Process,
    held: Arc<Held>,
    seen: Mutex<BTreeMap<PathBuf, Seen>>,
    heart: Option<std::thread::JoinHandle<()>>,
}

/// The leases that the heart beats for.
#[derive(Debug, Default)]
struct Held {
    state: Mutex<HeldState>,
    ended: Condvar,
}

#[derive(Debug, Default)]
struct HeldState {
    paths: BTreeSet<PathBuf>,
    end: bool,
}

/// Another's lease as it was seen first.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Seen {
    id: String,
    modified: Option<SystemTime>,
    since: Instant,
}

/// A lease that is held. Dropping it gives it back.
#[derive(Debug)]
pub struct Lease {
    path: PathBuf,
    live: Live,
    held: Arc<Held>,
}

/// The id of a lease that this process holds, or is about to.
#[derive(Debug)]
struct Live(String);

static LIVE: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

impl Live {
    fn new(id: &str) -> Self {
        locked(&LIVE).insert(id.to_owned());
        Self(id.to_owned())
    }

    fn has(id: &str) -> bool {
        locked(&LIVE).contains(id)
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        locked(&LIVE).remove(&self.0);
    }
}

impl Leases {
    /// Leases on results of `store`.
    pub fn new(store: &Store, times: LeaseTimes) -> Self {
        let held = Arc::new(Held::default());
        let heart = std::thread::Builder::new().name("leases".into()).spawn({
            let held = Arc::clone(&held);
            move || held.beat(times.beat)
        });
        let folder = store.root().join("leases");
        // Without a heart the leases expire, which costs work and nothing else.
        Self { folder, times, process: Process::this(), held, seen: Mutex::default(), heart: heart.ok() }
    }

    /// Tries to get the lease on `key`.
    ///
    /// # Errors
    /// When the operating system refuses.
    pub fn claim(&self, key: Digest) -> Result<Claim> {
        let path = self.folder.join(key.to_string());
        let ours = Holder { id: unique_name(), process: self.process.clone() };
        let text = serde_json::to_string(&ours).unwrap_or_default();
        let live = Live::new(&ours.id);
        // Twice: the first time may show that the holder is gone.
        for _ in 0..2 {
            if files::claim(&path, text.as_bytes())? {
                locked(&self.held.state).paths.insert(path.clone());
                locked(&self.seen).remove(&path);
                return Ok(Claim::Ours(Lease { path, live, held: Arc::clone(&self.held) }));
            }
            let Some(theirs) = holder(&path) else { continue };
            if !self.is_free(&path, &theirs) {
                return Ok(Claim::Theirs(theirs));
            }
            self.take_away(&path, &theirs.id)?;
        }
        Ok(Claim::Theirs(holder(&path).unwrap_or(ours)))
    }

    /// Whether the holder is gone, or has not shown life for so long that it must be.
    fn is_free(&self, path: &Path, theirs: &Holder) -> bool {
        // One of this process that it does not hold is one that it could not remove.
        if theirs.process.is_gone() || (theirs.process == self.process && !Live::has(&theirs.id)) {
            return true;
        }
        let now = Seen { id: theirs.id.clone(), modified: files::modified(path), since: Instant::now() };
        let mut seen = locked(&self.seen);
        match seen.get(path) {
            Some(before) if before.id == now.id && before.modified == now.modified => {
                before.since.elapsed() >= self.times.expiry
            }
            _ => {
                seen.insert(path.to_path_buf(), now);
                false
            }
        }
    }

    /// Takes an expired lease out of the way. One that was renewed in the same moment is put back.
    fn take_away(&self, path: &Path, id: &str) -> Result<()> {
        let aside = self.folder.join(format!("{}{}", files::TEMPORARY_PREFIX, unique_name()));
        if files::take_away(path, &aside)? {
            if let Some(other) = holder(&aside).filter(|other| other.id != id) {
                files::claim(path, serde_json::to_string(&other).unwrap_or_default().as_bytes())?;
            }
            files::remove_file(&aside)?;
        }
        Ok(())
    }
}

impl Drop for Leases {
    fn drop(&mut self) {
        locked(&self.held.state).end = true;
        self.held.ended.notify_all();
        if let Some(heart) = self.heart.take() {
            let _ = heart.join();
        }
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        locked(&self.held.state).paths.remove(&self.path);
        // It may have expired and be another's by now.
        if holder(&self.path).is_some_and(|holder| holder.id == self.live.0) {
            let _ = files::remove_file(&self.path);
        }
    }
}

impl Held {
    fn beat(&self, every: Duration) {
        let mut state = locked(&self.state);
        while !state.end {
            let waited = self.ended.wait_timeout(state, every);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
            let paths: Vec<PathBuf> = state.paths.iter().cloned().collect();
            drop(state);
            for path in &paths {
                // One that was taken over is gone: its work goes on all the same.
                let _ = files::touch(path);
            }
            state = locked(&self.state);
        }
    }
}

/// Who holds the lease; none where nobody does. One that cannot be read is nobody's that we know.
fn holder(path: &Path) -> Option<Holder> {
    let text = files::read_text(path).ok()?;
    let nobody = Process { host: String::new(), space: String::new(), id: 0, started: String::new() };
    Some(serde_json::from_str(&text).unwrap_or(Holder { id: "unreadable".into(), process: nobody }))
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    const QUICK: LeaseTimes =
        LeaseTimes { beat: Duration::from_millis(20), expiry: Duration::from_millis(200) };

    fn key() -> Digest {
        Digest::of(b"a result")
    }

    fn is_ours(claim: &Claim) -> bool {
        matches!(claim, Claim::Ours(_))
    }

    #[test]
    fn a_living_lease_stays_with_its_holder() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::new(folder.path());
        let (one, other) = (Leases::new(&store, QUICK), Leases::new(&store, QUICK));
        let held = one.claim(key()).unwrap();
        assert!(is_ours(&held));
        let begun = Instant::now();
        while begun.elapsed() < 3 * QUICK.expiry {
            assert!(!is_ours(&other.claim(key()).unwrap()));
            std::thread::sleep(QUICK.beat);
        }
        drop(held);
        assert!(is_ours(&other.claim(key()).unwrap()));
    }

    #[test]
    fn the_lease_of_a_computer_that_is_gone_expires() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::new(folder.path());
        let process = Process { space: "another computer".into(), ..Process::this() };
        let gone = Holder { id: "x".into(), process };
        let path = folder.path().join("leases").join(key().to_string());
        files::write_bytes(&path, serde_json::to_string(&gone).unwrap().as_bytes()).unwrap();
        let leases = Leases::new(&store, QUICK);
        assert!(!is_ours(&leases.claim(key()).unwrap()), "it may be alive");
        std::thread::sleep(QUICK.expiry);
        assert!(is_ours(&leases.claim(key()).unwrap()));
        assert!(!files::exists(&path));
    }

    #[test]
    fn the_lease_of_a_process_that_is_gone_is_free_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let process = Process { started: "never".into(), ..Process::this() };
        let path = folder.path().join("leases").join(key().to_string());
        let gone = serde_json::to_string(&Holder { id: "x".into(), process }).unwrap();
        files::write_bytes(&path, gone.as_bytes()).unwrap();
        let leases = Leases::new(&Store::new(folder.path()), LeaseTimes::default());
        assert!(is_ours(&leases.claim(key()).unwrap()));
    }

    #[test]
    fn a_damaged_lease_is_no_obstacle_for_ever() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("leases").join(key().to_string());
        files::write_bytes(&path, b"{").unwrap();
        let leases = Leases::new(&Store::new(folder.path()), QUICK);
        let begun = Instant::now();
        while !is_ours(&leases.claim(key()).unwrap()) {
            assert!(begun.elapsed() < 20 * QUICK.expiry);
            std::thread::sleep(QUICK.beat);
        }
    }
}
