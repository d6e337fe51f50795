//! Where entries go: one folder, counted and measured.

use std::collections::BTreeSet;
use std::io::{ErrorKind as IoKind, Read, Write};
use std::path::Path;

use neuroloom_core::files::{self, File};
use neuroloom_core::{CancelToken, Error, Result};

use super::UnpackLimits;
use crate::entry_name::EntryName;

const BUFFER: usize = 64 << 10;

/// Takes the entries of one archive.
pub(super) struct Sink<'a> {
    folder: &'a Path,
    limits: UnpackLimits,
    bytes: u64,
    entries: usize,
    files: BTreeSet<EntryName>,
    cancel: &'a CancelToken,
}

impl<'a> Sink<'a> {
    pub fn new(folder: &'a Path, limits: UnpackLimits, cancel: &'a CancelToken) -> Self {
        Self { folder, limits, bytes: 0, entries: 0, files: BTreeSet::new(), cancel }
    }

    /// Bytes that may still come.
    pub fn bytes_left(&self) -> u64 {
        self.limits.bytes.saturating_sub(self.bytes)
    }

    /// A folder of the archive.
    pub fn folder(&mut self, name: &[u8]) -> Result<()> {
        self.count()?;
        match EntryName::parse(name)? {
            Some(name) => create_folder(&name.below(self.folder)).map_err(|e| e.at_object(name.as_str())),
            None => Ok(()),
        }
    }

    /// A file of the archive.
    pub fn file(&mut self, name: &[u8], contents: &mut dyn Read) -> Result<()> {
        self.count()?;
        let name = EntryName::parse(name)?.ok_or_else(|| Error::data("a file of the archive has no name"))?;
        if !self.files.insert(name.clone()) {
            return Err(Error::data("the archive holds two files of one name").at_object(name.as_str()));
        }
        self.write(&name.below(self.folder), contents).map_err(|e| e.at_object(name.as_str()))
    }

    fn write(&mut self, path: &Path, contents: &mut dyn Read) -> Result<()> {
        create_folder(path.parent().unwrap_or(self.folder))?;
        // The folder is ours and has a temporary name: a half-written file in it is never seen.
        let file = File::create_new(path);
        let mut file = file.map_err(|e| clash(path).unwrap_or_else(|| Error::io("create", path, &e)))?;
        let mut buffer = vec![0; BUFFER];
        loop {
            self.cancel.check()?;
            let n = match contents.read(&mut buffer) {
                Ok(0) => return Ok(()),
                Ok(n) => n,
                Err(e) if e.kind() == IoKind::Interrupted => continue,
                Err(e) => return Err(damaged(&e)),
            };
            self.bytes = self.bytes.saturating_add(n as u64);
            if self.bytes > self.limits.bytes {
                return Err(too_large(self.limits.bytes));
            }
            file.write_all(buffer.get(..n).unwrap_or_default()).map_err(|e| Error::io("write", path, &e))?;
        }
    }

    fn count(&mut self) -> Result<()> {
        self.cancel.check()?;
        self.entries += 1;
        if self.entries <= self.limits.entries {
            return Ok(());
        }
        let most = format!("at most {} files and folders", self.limits.entries);
        Err(Error::data("the archive holds too many files").expected(most).found("more"))
    }
}

/// The archive cannot be read.
pub(super) fn damaged(cause: &dyn std::fmt::Display) -> Error {
    Error::data(format!("the archive cannot be read: {cause}")).hint("download it again")
}

/// The archive unpacks to too much.
pub(super) fn too_large(limit: u64) -> Error {
    Error::data("the archive unpacks to more than it may")
        .expected(format!("at most {limit} bytes"))
        .found("more")
        .hint("if that is right, say so by `unpacked_bytes` in the catalogue")
}

/// What kind of entry is refused, and why.
pub(super) fn refused(what: &str, name: &[u8]) -> Error {
    Error::data(format!("the archive holds {what}, which we do not unpack"))
        .at_object(String::from_utf8_lossy(name.get(..name.len().min(80)).unwrap_or_default()))
        .expected("files and folders only")
}

fn create_folder(path: &Path) -> Result<()> {
    files::create_folders(path).map_err(|e| clash(path).unwrap_or(e))
}

/// Names of the archive that get into each other's way.
fn clash(path: &Path) -> Option<Error> {
    let clashes = files::exists(path) || path.ancestors().any(files::is_file);
    clashes.then(|| Error::data("the archive holds a file where it has a folder or another file too"))
}
