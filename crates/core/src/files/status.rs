//! What is there.

use std::fs::Metadata;
use std::io;
use std::path::{Path, PathBuf};

use super::system;
use crate::{Error, Result};

/// What the operating system knows about what is at `path`.
///
/// # Errors
/// When there is nothing, or it refuses.
pub fn metadata(path: &Path) -> Result<Metadata> {
    system::metadata(path).map_err(|e| Error::io("open", path, &e))
}

/// What the operating system knows about what is at `path`, which may be a symbolic link that leads nowhere.
///
/// # Errors
/// When there is nothing, or it refuses.
pub fn metadata_of_link(path: &Path) -> Result<Metadata> {
    system::metadata_of_link(path).map_err(|e| Error::io("open", path, &e))
}

/// Whether there is something at `path`; not, where the operating system will not say.
pub fn exists(path: &Path) -> bool {
    system::metadata(path).is_ok()
}

/// Whether `path` is a file; not, where the operating system will not say.
pub fn is_file(path: &Path) -> bool {
    system::metadata(path).is_ok_and(|found| found.is_file())
}

/// Whether `path` is a folder; not, where the operating system will not say.
pub fn is_folder(path: &Path) -> bool {
    system::metadata(path).is_ok_and(|found| found.is_dir())
}

/// Whether `path` is a symbolic link, wherever it leads; not, where the operating system will not say.
pub fn is_link(path: &Path) -> bool {
    system::metadata_of_link(path).is_ok_and(|found| found.is_symlink())
}

/// Size of the file `path` in bytes.
///
/// # Errors
/// When it is absent or a folder, or the operating system refuses.
pub fn size(path: &Path) -> Result<u64> {
    let found = metadata(path)?;
    if found.is_dir() { Err(super::read::is_folder(path)) } else { Ok(found.len()) }
}

/// Size of the file `path` in bytes; none where there is no such file.
///
/// # Errors
/// When the operating system refuses to say.
pub fn size_if_present(path: &Path) -> Result<Option<u64>> {
    match system::metadata(path) {
        Ok(found) => Ok(found.is_file().then_some(found.len())),
        Err(e) if matches!(e.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => Ok(None),
        Err(e) => Err(Error::io("open", path, &e)),
    }
}

/// Whether both names lead to the same file on disk.
pub fn is_same_file(a: &Path, b: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        let identity = |path: &Path| system::metadata(path).map(|found| (found.dev(), found.ino()));
        matches!((identity(a), identity(b)), (Ok(a), Ok(b)) if a == b)
    }
    #[cfg(not(unix))]
    {
        matches!((system::canonicalize(a), system::canonicalize(b)), (Ok(a), Ok(b)) if a == b)
    }
}

/// The one absolute path without symbolic links that leads to what is at `path`.
///
/// # Errors
/// When there is nothing, or the operating system refuses.
pub fn real_path(path: &Path) -> Result<PathBuf> {
    system::canonicalize(path).map_err(|e| Error::io("find", path, &e))
}

/// Takes the right to write away, so that a stored result is not edited by accident.
///
/// # Errors
/// When the operating system refuses.
pub fn make_read_only(path: &Path) -> Result<()> {
    let protect = || {
        let mut permissions = system::metadata(path)?.permissions();
        permissions.set_readonly(true);
        system::set_permissions(path, &permissions)
    };
    protect().map_err(|e| Error::io("protect", path, &e))
}
