//! A file on its way: `NAME.part` beside its final name, and what is known of the version that it is a part of.

use std::fs::TryLockError;
use std::io::{ErrorKind as IoKind, Read, Seek, Write};
use std::path::{Path, PathBuf};

use neuroloom_core::files::{self, File};
use neuroloom_core::{CancelToken, Error, Result};
use serde::{Deserialize, Serialize};

use crate::address::Address;
use crate::client::Validator;
use crate::digests::{Digests, Hashes};

/// Ends the name of a file that is not complete.
const PART_SUFFIX: &str = ".part";
/// Ends the name of the note beside it.
const ORIGIN_SUFFIX: &str = ".part.json";

const BUFFER: usize = 64 << 10;

/// A part of a file, open for writing and locked against other processes.
pub(crate) struct Part {
    path: PathBuf,
    origin_path: PathBuf,
    file: File,
    length: u64,
    expected: Digests,
    hashes: Hashes,
    origin: Origin,
}

/// What a part is a part of; written beside it, so that another process can go on.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Origin {
    address: String,
    validator: Option<String>,
}

impl Part {
    /// Opens the part of `target`, and reads what an earlier process left of it.
    pub fn open(target: &Path, address: &Address, expected: Digests, cancel: &CancelToken) -> Result<Self> {
        let path = with_suffix(target, PART_SUFFIX);
        // A part is the one file that must survive half-written: its final name comes through `files`.
        let file = files::open_to_append(&path)?;
        lock(&file, &path)?;
        let hashes = Hashes::for_comparison(&expected);
        let origin = Origin { address: address.to_string(), validator: None };
        let origin_path = with_suffix(target, ORIGIN_SUFFIX);
        let mut part = Self { path, origin_path, file, length: 0, expected, hashes, origin };
        match part.read_origin() {
            Some(origin) if origin.address == part.origin.address => {
                part.origin = origin;
                part.take_in(cancel)?;
            }
            _ => part.restart()?,
        }
        Ok(part)
    }

    /// Bytes that are there.
    pub fn length(&self) -> u64 {
        self.length
    }

    /// The version that these bytes are of.
    pub fn validator(&self) -> Option<Validator> {
        self.origin.validator.as_deref().and_then(Validator::parse)
    }

    /// Forgets all bytes.
    pub fn restart(&mut self) -> Result<()> {
        self.set_length(0)?;
        self.hashes = Hashes::for_comparison(&self.expected);
        self.origin.validator = None;
        self.write_origin()
    }

    /// Remembers the version that the bytes from here on are of.
    pub fn set_validator(&mut self, validator: Option<&Validator>) -> Result<()> {
        self.origin.validator = validator.map(|validator| validator.as_str().to_owned());
        self.write_origin()
    }

    /// Adds `bytes` at the end.
    pub fn append(&mut self, bytes: &[u8]) -> Result<()> {
        self.file.write_all(bytes).map_err(|e| Error::io("write", &self.path, &e))?;
        self.hashes.update(bytes);
        self.length += bytes.len() as u64;
        Ok(())
    }

    /// The digests of all bytes.
    pub fn digests(&self) -> Digests {
        self.hashes.clone().finish()
    }

    /// Gives the file its final name.
    pub fn commit(self, target: &Path) -> Result<()> {
        self.file.sync_all().map_err(|e| Error::io("sync", &self.path, &e))?;
        files::link(&self.path, target)?;
        self.discard()
    }

    /// Removes the part.
    pub fn discard(self) -> Result<()> {
        files::remove_file(&self.path)?;
        files::remove_file(&self.origin_path)
    }

    /// Reads the bytes that are there, for their digests.
    fn take_in(&mut self, cancel: &CancelToken) -> Result<()> {
        let refused = |path: &Path, e| Error::io("read", path, &e);
        self.file.rewind().map_err(|e| refused(&self.path, e))?;
        let mut buffer = vec![0; BUFFER];
        loop {
            cancel.check()?;
            match self.file.read(&mut buffer) {
                Ok(0) => return Ok(()),
                Ok(n) => {
                    self.hashes.update(buffer.get(..n).unwrap_or_default());
                    self.length += n as u64;
                }
                Err(e) if e.kind() == IoKind::Interrupted => {}
                Err(e) => return Err(refused(&self.path, e)),
            }
        }
    }

    fn set_length(&mut self, length: u64) -> Result<()> {
        self.file.set_len(length).map_err(|e| Error::io("shorten", &self.path, &e))?;
        self.length = length;
        Ok(())
    }

    /// What an earlier process wrote; one that cannot be read is as good as none.
    fn read_origin(&self) -> Option<Origin> {
        let text = files::read_bytes(&self.origin_path).ok()?;
        serde_json::from_slice(&text).ok()
    }

    fn write_origin(&self) -> Result<()> {
        let text = serde_json::to_vec(&self.origin).map_err(|e| Error::internal(e.to_string()))?;
        files::write_bytes(&self.origin_path, &text)
    }
}

/// Whether `name` could be that of a part of another file.
pub(crate) fn is_part_name(name: &str) -> bool {
    let name = name.to_lowercase();
    name.ends_with(PART_SUFFIX) || name.ends_with(ORIGIN_SUFFIX)
}

/// Whether a part of `target` is there.
pub(crate) fn part_exists(target: &Path) -> bool {
    files::exists(&with_suffix(target, PART_SUFFIX))
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_os_string();
    name.push(suffix);
    path.with_file_name(name)
}

/// Two processes that append to one part would mix their bytes. File systems without locks are trusted.
fn lock(file: &File, path: &Path) -> Result<()> {
    match file.try_lock() {
        Err(TryLockError::WouldBlock) => {
            let error = Error::new(neuroloom_core::ErrorKind::Io, "another process is downloading this file");
            Err(error.at_file(path).hint("wait for it, or stop it"))
        }
        Ok(()) | Err(TryLockError::Error(_)) => Ok(()),
    }
}
