//! Digests of source files.
//!
//! A file is read to know its digest once; after that its digest is remembered for as long as its size, its times and
//! its place on the disk stay the same. The time of its last change of any kind (`ctime`), which no program can set
//! back, is among them. A file that changed within the last seconds is not remembered: another change could fall
//! into the same tick of the clock.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use neuroloom_core::{Digest, Error, Result, files};
use serde::{Deserialize, Serialize};

/// A file must have been left alone for this long before its digest is remembered.
const SETTLED: Duration = Duration::from_secs(3);

/// Digests of the files that steps read.
#[derive(Debug, Default)]
pub struct SourceDigests {
    known: Mutex<HashMap<PathBuf, Known>>,
    memory: Option<PathBuf>,
}

/// The digest of a file and what the file looked like.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Known {
    look: Look,
    digest: Digest,
    /// Whether the bytes were read by this process.
    #[serde(skip)]
    read: bool,
    /// Whether the file was left alone long enough.
    #[serde(skip)]
    settled: bool,
}

/// What a file looks like without reading it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Look {
    bytes: u64,
    modified_ns: i64,
    changed_ns: i64,
    inode: u64,
}

#[derive(Serialize, Deserialize)]
struct Line {
    path: PathBuf,
    #[serde(flatten)]
    known: Known,
}

impl SourceDigests {
    /// Digests with what was remembered at `memory`, which need not exist yet. A damaged memory is forgotten.
    pub fn remembered(memory: PathBuf) -> Self {
        let text = files::read_text(&memory).unwrap_or_default();
        let lines = text.lines().filter_map(|line| serde_json::from_str::<Line>(line).ok());
        let known = lines.map(|line| (line.path, Known { settled: true, ..line.known })).collect();
        Self { known: Mutex::new(known), memory: Some(memory) }
    }

    /// Digests of `paths`, by their path relative to `base`; files that look as they did are not read again.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub fn of(&self, paths: &[PathBuf], base: &Path) -> Result<BTreeMap<String, Digest>> {
        paths.iter().map(|path| Ok((relative_name(path, base), self.digest(path, false)?))).collect()
    }

    /// Checks that the files still have the digests of `expected`, by reading each of them once per process.
    ///
    /// # Errors
    /// When a file cannot be read, or has changed.
    pub fn confirm(&self, expected: &BTreeMap<String, Digest>, base: &Path) -> Result<()> {
        expected.iter().try_for_each(|(name, &digest)| {
            let path = base.join(name);
            let found = self.digest(&path, true)?;
            if found == digest {
                return Ok(());
            }
            Err(Error::data("the file changed after the run was planned")
                .at_file(&path)
                .expected(digest.short())
                .found(found.short())
                .hint("start the run again: it is planned anew and takes the file as it is now"))
        })
    }

    /// Remembers what is known for the next run.
    ///
    /// # Errors
    /// When the operating system refuses.
    pub fn remember(&self) -> Result<()> {
        let Some(memory) = &self.memory else { return Ok(()) };
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if !known.values().any(|known| known.read) {
            return Ok(());
        }
        // What another run has remembered in the meantime is kept.
        let before =
            Self::remembered(memory.clone()).known.into_inner().unwrap_or_else(PoisonError::into_inner);
        let settled =
            known.iter().filter(|(_, known)| known.settled).map(|(path, known)| (path.clone(), *known));
        let all: BTreeMap<PathBuf, Known> = before.into_iter().chain(settled).collect();
        let lines = all.into_iter().map(|(path, known)| serde_json::to_string(&Line { path, known }));
        let text = lines.filter_map(|line| line.ok().map(|line| line + "\n")).collect::<String>();
        files::write_bytes(memory, text.as_bytes())
    }

    fn digest(&self, path: &Path, by_reading: bool) -> Result<Digest> {
        let look = Look::of(path)?;
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner).get(path).copied();
        if let Some(known) = known.filter(|known| known.look == look && (known.read || !by_reading)) {
            return Ok(known.digest);
        }
        let digest = files::digest(path)?;
        let settled = look.is_settled() && Look::of(path)? == look;
        let known = Known { look, digest, read: true, settled };
        self.known.lock().unwrap_or_else(PoisonError::into_inner).insert(path.to_path_buf(), known);
        Ok(digest)
    }
}

impl Look {
    fn of(path: &Path) -> Result<Self> {
        let found = files::metadata(path)?;
        let modified_ns = found.modified().map_or(0, nanoseconds);
        #[cfg(unix)]
        let (changed_ns, inode) = {
            use std::os::unix::fs::MetadataExt;
            (found.ctime().saturating_mul(1_000_000_000).saturating_add(found.ctime_nsec()), found.ino())
        };
        #[cfg(not(unix))]
        let (changed_ns, inode) = (modified_ns, 0);
        Ok(Self { bytes: found.len(), modified_ns, changed_ns, inode })
    }

    fn is_settled(&self) -> bool {
        let limit = SystemTime::now().checked_sub(SETTLED).map_or(0, nanoseconds);
        self.modified_ns < limit && self.changed_ns < limit
    }
}

/// Since 1970; 0 for what lies before.
fn nanoseconds(time: SystemTime) -> i64 {
    let since = time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_nanos()).unwrap_or(i64::MAX)
}

fn relative_name(path: &Path, base: &Path) -> String {
    path.strip_prefix(base).unwrap_or(path).to_string_lossy().replace('\\', "/")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(digests: &SourceDigests, path: &Path) -> Option<Known> {
        digests.known.lock().unwrap().get(path).copied()
    }

    #[test]
    fn a_file_that_just_changed_is_not_remembered() {
        let folder = tempfile::tempdir().unwrap();
        let (path, memory) = (folder.path().join("a"), folder.path().join("memory"));
        files::write_bytes(&path, b"one").unwrap();
        let digests = SourceDigests::remembered(memory.clone());
        digests.of(std::slice::from_ref(&path), folder.path()).unwrap();
        digests.remember().unwrap();
        assert_eq!(known(&SourceDigests::remembered(memory), &path), None);
    }

    #[test]
    fn a_settled_file_is_remembered_until_it_looks_different() {
        let folder = tempfile::tempdir().unwrap();
        let (path, memory) = (folder.path().join("a"), folder.path().join("memory"));
        files::write_bytes(&path, b"one").unwrap();
        let digests = SourceDigests::remembered(memory.clone());
        let of =
            |digests: &SourceDigests| digests.of(std::slice::from_ref(&path), folder.path()).unwrap()["a"];
        of(&digests);
        // As if it had been left alone for a while.
        digests.known.lock().unwrap().get_mut(&path).unwrap().settled = true;
        digests.remember().unwrap();
        let later = SourceDigests::remembered(memory);
        assert!(!known(&later, &path).unwrap().read);
        assert_eq!(of(&later), Digest::of(b"one"));
        assert!(!known(&later, &path).unwrap().read, "the memory was enough");
        files::write_bytes(&path, b"two").unwrap();
        assert_eq!(of(&later), Digest::of(b"two"));
    }

    #[test]
    fn a_change_between_plan_and_run_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        files::write_bytes(&path, b"one").unwrap();
        let expected = SourceDigests::default().of(std::slice::from_ref(&path), folder.path()).unwrap();
        let digests = SourceDigests::default();
        digests.confirm(&expected, folder.path()).unwrap();
        files::write_bytes(&path, b"two").unwrap();
        let error = digests.confirm(&expected, folder.path()).unwrap_err();
        assert!(error.to_string().contains("changed"), "{error}");
    }
}
