//! Writing and linking files that are whole or absent.

use std::io::{self, BufWriter, Write};
use std::path::Path;

use super::folders::with_folder;
use super::system::{self, parent};
use super::temporary::Temporary;
use super::{File, StagedFile};
use crate::{Error, Result};

/// Writes `path` through `write`: all of it or nothing.
///
/// # Errors
/// When `write` fails or the operating system refuses; then `path` is as it was.
pub fn write_atomic(path: &Path, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<()> {
    write_atomic_checked(path, |file| {
        let mut buffered = BufWriter::new(file);
        write(&mut buffered).and_then(|()| buffered.flush()).map_err(|e| Error::io("write", path, &e))
    })
}

/// Writes `path` through `write`, which gets the temporary file and may read it back to check it before it
/// takes its final name.
///
/// # Errors
/// When `write` fails or the operating system refuses; then `path` is as it was, or, where only its durability could
/// not be had, new and whole.
pub fn write_atomic_checked(path: &Path, write: impl FnOnce(&mut File) -> Result<()>) -> Result<()> {
    let mut staged = StagedFile::new(parent(path)).map_err(|e| e.at_object(name(path)))?;
    write(staged.file())?;
    staged.commit(path)
}

/// Writes `bytes` to `path`: all of them or nothing.
///
/// # Errors
/// When the operating system refuses.
pub fn write_bytes(path: &Path, bytes: &[u8]) -> Result<()> {
    write_atomic_checked(path, |file| file.write_all(bytes).map_err(|e| Error::io("write", path, &e)))
}

/// Makes the contents of `source` appear at `target`, by a hard link where the file system has them, by a copy
/// elsewhere. `target` is replaced at once; it is never partial.
///
/// # Errors
/// When the operating system refuses.
pub fn link(source: &Path, target: &Path) -> Result<()> {
    let folder = parent(target);
    let make = |folder: &Path| Temporary::new(folder, |name| link_or_copy(source, name));
    let ((), linked) = with_folder(folder, make).map_err(|e| Error::io("link", source, &e))?;
    // Renaming one hard link over another of the same file does nothing and leaves the first behind:
    // dropping `linked` removes it then.
    system::rename(linked.path(), target).map_err(|e| Error::io("rename", target, &e))
}

fn link_or_copy(source: &Path, name: &Path) -> io::Result<()> {
    match system::hard_link(source, name) {
        Err(e) if matches!(e.kind(), io::ErrorKind::AlreadyExists | io::ErrorKind::NotFound) => Err(e),
        Err(_) => system::copy(source, name),
        done => done,
    }
}

fn name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::files::{list_files, read_bytes};

    #[test]
    fn a_failed_write_leaves_the_old_file_and_no_temporary() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("result");
        write_bytes(&path, b"old").unwrap();
        let failed = write_atomic(&path, |file| {
            file.write_all(b"half")?;
            Err(io::Error::other("disk full"))
        });
        assert!(failed.unwrap_err().to_string().contains("disk full"));
        assert_eq!(read_bytes(&path).unwrap(), b"old");
        assert_eq!(list_files(folder.path()).unwrap(), [PathBuf::from("result")]);
    }

    #[test]
    fn linking_twice_leaves_one_file() {
        let folder = tempfile::tempdir().unwrap();
        let (source, target) = (folder.path().join("a"), folder.path().join("b"));
        write_bytes(&source, b"1").unwrap();
        link(&source, &target).unwrap();
        link(&source, &target).unwrap();
        assert_eq!(list_files(folder.path()).unwrap(), [PathBuf::from("a"), PathBuf::from("b")]);
        write_bytes(&source, b"2").unwrap();
        assert_eq!(read_bytes(&target).unwrap(), b"1");
    }
}
