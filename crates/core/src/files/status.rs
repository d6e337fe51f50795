//! What is there.

use std::path::{Path, PathBuf};

use super::system;
use crate::{Error, Result};

/// Whether there is something at `path` that can be seen.
pub fn exists(path: &Path) -> bool {
    system::metadata(path).is_ok()
}

/// Whether `path` is a file.
pub fn is_file(path: &Path) -> bool {
    system::metadata(path).is_ok_and(|found| found.is_file())
}

/// Whether `path` is a folder.
pub fn is_folder(path: &Path) -> bool {
    system::metadata(path).is_ok_and(|found| found.is_dir())
}

/// Size of the file `path` in bytes.
///
/// # Errors
/// When it is absent or the operating system refuses.
pub fn size(path: &Path) -> Result<u64> {
    system::metadata(path).map(|found| found.len()).map_err(|e| Error::io("read", path, &e))
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
