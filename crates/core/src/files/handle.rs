//! An open file.
#![allow(clippy::disallowed_methods, reason = "an open file is touched here")]

use std::fs::{self, Metadata, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::Arc;

use super::Refusal;
use super::faults::{self, Call};
use super::system::{self, call, uninterrupted};

/// An open file that knows its name.
///
/// It reads, writes and seeks as [`std::fs::File`] does, except that an interrupted call is made again here: no reader
/// of any format has to think of that.
#[derive(Debug)]
pub struct File {
    inner: fs::File,
    path: Arc<Path>,
    refusal: Refusal,
}

impl File {
    /// Makes the file `path`, which must not exist yet, in a folder that has a temporary name itself: it is there before
    /// it is whole.
    ///
    /// # Errors
    /// When there is something of that name, or the operating system refuses.
    pub fn create_new(path: &Path) -> io::Result<Self> {
        Self::with(path, OpenOptions::new().write(true).create_new(true))
    }

    /// What the operating system knows about the file.
    ///
    /// # Errors
    /// When it refuses.
    pub fn metadata(&self) -> io::Result<Metadata> {
        self.refusal.noted(&self.path, call(Call::Other, &self.path, || self.inner.metadata()))
    }

    /// Size in bytes.
    ///
    /// # Errors
    /// When the operating system refuses.
    pub fn size(&self) -> io::Result<u64> {
        Ok(self.metadata()?.len())
    }

    /// The name under which it was opened.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Where it is kept why the file could not be read.
    pub fn refusal(&self) -> Refusal {
        self.refusal.clone()
    }

    /// Another handle on the same file, which shares the place in it.
    ///
    /// # Errors
    /// When the operating system refuses.
    pub fn try_clone(&self) -> io::Result<Self> {
        let inner = call(Call::Other, &self.path, || self.inner.try_clone());
        let inner = self.refusal.noted(&self.path, inner)?;
        Ok(Self { inner, path: Arc::clone(&self.path), refusal: self.refusal.clone() })
    }

    /// Cuts the file off, or extends it by zeros.
    ///
    /// # Errors
    /// When the operating system refuses.
    pub fn set_len(&self, bytes: u64) -> io::Result<()> {
        call(Call::Write { bytes: 0 }, &self.path, || self.inner.set_len(bytes))
    }

    /// Makes what was written durable.
    ///
    /// # Errors
    /// When the operating system refuses.
    pub fn sync_all(&self) -> io::Result<()> {
        call(Call::Sync, &self.path, || self.inner.sync_all())
    }

    /// Locks the file against other processes that lock it.
    ///
    /// # Errors
    /// When another process holds the lock, or the file system has none.
    pub fn try_lock(&self) -> Result<(), TryLockError> {
        self.inner.try_lock()
    }

    fn new(inner: fs::File, path: &Path) -> Self {
        Self { inner, path: path.into(), refusal: Refusal::default() }
    }

    pub(super) fn open(path: &Path) -> io::Result<Self> {
        Ok(Self::new(system::open(path)?, path))
    }

    pub(super) fn open_to_append(path: &Path) -> io::Result<Self> {
        Self::with(path, OpenOptions::new().read(true).append(true).create(true))
    }

    pub(super) fn with(path: &Path, options: &OpenOptions) -> io::Result<Self> {
        Ok(Self::new(system::open_to_write(path, options)?, path))
    }
}

impl Read for File {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let Self { inner, path, refusal } = self;
        refusal.noted(path, call(Call::Other, path, || inner.read(buffer)))
    }
}

impl Write for File {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        let Self { inner, path, .. } = self;
        uninterrupted(|| {
            let allowed = faults::check_write(buffer.len(), path)?;
            inner.write(buffer.get(..allowed).unwrap_or(buffer))
        })
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

impl Seek for File {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.inner.seek(to)
    }
}
