//! Making, listing and removing.

use std::fs::FileType;
use std::io;
use std::path::{Path, PathBuf};

use super::system::{self, parent};
use super::temporary::Temporary;
use crate::{Error, Result};

/// Creates the folder `path` and those above it.
///
/// # Errors
/// When the operating system refuses.
pub fn create_folders(path: &Path) -> Result<()> {
    system::create_folders(path).map_err(|e| Error::io("create", path, &e))
}

/// Makes something in `folder`, which is created where it is absent: mostly it is there, and not asked for.
pub(super) fn with_folder<T>(folder: &Path, make: impl Fn(&Path) -> io::Result<T>) -> io::Result<T> {
    match make(folder) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => {
            system::create_folders(folder)?;
            make(folder)
        }
        made => made,
    }
}

/// The paths of what is in `folder`, in the order of their names.
///
/// # Errors
/// When it cannot be listed.
pub fn list(folder: &Path) -> Result<Vec<PathBuf>> {
    Ok(listed(folder)?.into_iter().map(|(path, _)| path).collect())
}

fn listed(folder: &Path) -> Result<Vec<(PathBuf, FileType)>> {
    system::list(folder).map_err(|e| Error::io("list", folder, &e))
}

/// The files in `folder` and below, sorted, as paths relative to it. Links to folders are followed.
///
/// # Errors
/// When a folder cannot be listed.
pub fn list_files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut pending = vec![folder.to_path_buf()];
    while let Some(current) = pending.pop() {
        for (path, kind) in listed(&current)? {
            if kind.is_dir() || (kind.is_symlink() && leads_to_folder(&path)?) {
                pending.push(path);
            } else {
                found.push(path.strip_prefix(folder).unwrap_or(&path).to_path_buf());
            }
        }
    }
    found.sort();
    Ok(found)
}

fn leads_to_folder(link: &Path) -> Result<bool> {
    system::is_folder(link).map_err(|e| Error::io("list", link, &e))
}

/// Removes `path` if it is there.
///
/// # Errors
/// When the operating system refuses.
pub fn remove_file(path: &Path) -> Result<()> {
    absent_is_fine(system::remove_file(path)).map_err(|e| Error::io("remove", path, &e))
}

/// Removes the folder `path` and all in it; one that is absent is no error.
///
/// It loses its name first: it is never there with only a part of what was in it.
///
/// # Errors
/// When the operating system refuses.
pub fn remove_folder(path: &Path) -> Result<()> {
    match Temporary::folder_from(path, parent(path)) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(e) => Err(Error::io("remove", path, &e)),
        Ok(moved) => moved.remove().map_err(|e| Error::io("remove", path, &e)),
    }
}

fn absent_is_fine(removed: io::Result<()>) -> io::Result<()> {
    removed.or_else(|e| if e.kind() == io::ErrorKind::NotFound { Ok(()) } else { Err(e) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::write_bytes;

    #[test]
    fn a_removed_folder_is_gone_with_its_temporary_name() {
        let folder = tempfile::tempdir().unwrap();
        let entry = folder.path().join("entry");
        write_bytes(&entry.join("deep/file"), b"1").unwrap();
        remove_folder(&entry).unwrap();
        remove_folder(&entry).unwrap();
        assert!(list(folder.path()).unwrap().is_empty());
    }

    #[test]
    fn absent_files_are_removed_already_and_folders_are_listed_in_order() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["b", "a", "c/d"] {
            write_bytes(&folder.path().join(name), b"").unwrap();
        }
        remove_file(&folder.path().join("a")).unwrap();
        remove_file(&folder.path().join("a")).unwrap();
        let paths = ["b", "c"].map(|name| folder.path().join(name));
        assert_eq!(list(folder.path()).unwrap(), paths);
        assert_eq!(list_files(folder.path()).unwrap(), ["b", "c/d"].map(PathBuf::from));
        assert!(list(&folder.path().join("absent")).is_err());
    }
}
