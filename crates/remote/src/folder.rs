//! A folder as a remote.

use std::io::{Read, Write, copy};
use std::path::{Path, PathBuf};

use neuroloom_core::{Error, Result, files};
use neuroloom_pipeline::store::Remote;

/// A folder that several computers see. An object is a file; it has its name when it is whole.
#[derive(Debug)]
pub struct Folder {
    address: String,
    root: PathBuf,
}

impl Folder {
    /// The folder at `path`, which the user calls `address`.
    ///
    /// # Errors
    /// When there is no such folder: one that is not mounted must not be taken for an empty one.
    pub fn open(address: &str, path: &str) -> Result<Self> {
        let root = PathBuf::from(path);
        if !root.is_absolute() {
            let error = Error::params("this is no address of a folder").found(address);
            return Err(error.expected("file:// and a path from the root of the file system: file:///path"));
        }
        if !files::is_folder(&root) {
            let error = Error::params("there is no such folder for a remote").found(address);
            return Err(error.hint(format!("mount it, or make it: mkdir -p {}", root.display())));
        }
        Ok(Self { address: address.to_owned(), root })
    }

    fn path(&self, name: &str) -> PathBuf {
        self.root.join(name)
    }
}

impl Remote for Folder {
    fn address(&self) -> &str {
        &self.address
    }

    fn get(&self, name: &str, limit: u64, to: &mut dyn Write) -> Result<bool> {
        let path = self.path(name);
        let Some(bytes) = files::size_if_present(&path)? else { return Ok(false) };
        if bytes > limit {
            let error = Error::data("an object of the remote is too long").at_file(&path);
            return Err(error.expected(format!("at most {limit} bytes")).found(format!("{bytes}")));
        }
        transfer(files::open(&path)?, bytes, to, "read", &path)?;
        Ok(true)
    }

    fn put(&self, name: &str, bytes: u64, from: &mut dyn Read) -> Result<()> {
        let path = self.path(name);
        files::write_atomic_checked(&path, |file| transfer(from, bytes, file, "write", &path))
    }
}

/// Copies exactly `bytes` bytes.
fn transfer(from: impl Read, bytes: u64, to: &mut dyn Write, action: &str, path: &Path) -> Result<()> {
    let copied = copy(&mut from.take(bytes), to).map_err(|e| Error::io(action, path, &e))?;
    if copied == bytes {
        return Ok(());
    }
    let cause = std::io::ErrorKind::UnexpectedEof.into();
    Err(Error::io(action, path, &cause).expected(format!("{bytes} bytes")).found(format!("{copied}")))
}
