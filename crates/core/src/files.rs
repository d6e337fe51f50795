//! The one place where files are written: to a temporary name, synced, checked, then renamed.
//! Nothing under its final name is ever partial.
#![allow(clippy::disallowed_methods, reason = "this module is where they are allowed")]

mod marks;

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use tempfile::{Builder, NamedTempFile, TempDir};

use crate::{Digest, Error, Result};

pub use marks::{claim, modified, point, pointed, take_away, touch};

/// Prefix of every temporary file and folder; what a killed run leaves behind is recognised by it.
pub const TEMPORARY_PREFIX: &str = ".neuroloom-tmp-";

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
/// When `write` fails or the operating system refuses; then `path` is as it was.
pub fn write_atomic_checked(path: &Path, write: impl FnOnce(&mut File) -> Result<()>) -> Result<()> {
    let io_error = |action: &str, e: &io::Error| Error::io(action, path, e);
    let folder = parent(path);
    create_folders(folder)?;
    let mut temporary = temporary_in(folder).map_err(|e| io_error("create", &e))?;
    write(temporary.as_file_mut())?;
    temporary.as_file().sync_all().map_err(|e| io_error("sync", &e))?;
    temporary.persist(path).map_err(|e| io_error("rename", &e.error))?;
    sync_folder(folder)
}

/// Writes `bytes` to `path`: all of them or nothing.
///
/// # Errors
/// When the operating system refuses.
pub fn write_bytes(path: &Path, bytes: &[u8]) -> Result<()> {
    write_atomic(path, |file| file.write_all(bytes))
}

/// The bytes of `path`.
///
/// # Errors
/// When the file is absent or cannot be read.
pub fn read_bytes(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).map_err(|e| Error::io("read", path, &e))
}

/// The text of `path`.
///
/// # Errors
/// When the file is absent, cannot be read, or is not UTF-8.
pub fn read_text(path: &Path) -> Result<String> {
    let bytes = read_bytes(path)?;
    String::from_utf8(bytes).map_err(|e| {
        Error::data("the file is not text")
            .at_file(path)
            .at_offset(e.utf8_error().valid_up_to() as u64)
            .expected("UTF-8")
    })
}

/// Opens `path` for reading.
///
/// # Errors
/// When the file is absent, is a folder, or cannot be opened.
pub fn open(path: &Path) -> Result<File> {
    let file = File::open(path).map_err(|e| Error::io("open", path, &e))?;
    let metadata = file.metadata().map_err(|e| Error::io("open", path, &e))?;
    if metadata.is_dir() {
        return Err(Error::data("this is a folder").at_file(path).expected("a file"));
    }
    Ok(file)
}

/// Digest of the bytes of `path`.
///
/// # Errors
/// When the file is absent or cannot be read.
pub fn digest(path: &Path) -> Result<Digest> {
    Digest::of_reader(open(path)?).map_err(|e| Error::io("read", path, &e))
}

/// Creates the folder `path` and those above it.
///
/// # Errors
/// When the operating system refuses.
pub fn create_folders(path: &Path) -> Result<()> {
    fs::create_dir_all(path).map_err(|e| Error::io("create", path, &e))
}

/// Makes the contents of `source` appear at `target`, by a hard link where the file system has them, by a copy
/// elsewhere. `target` is replaced at once; it is never partial.
///
/// # Errors
/// When the operating system refuses.
pub fn link(source: &Path, target: &Path) -> Result<()> {
    let folder = parent(target);
    create_folders(folder)?;
    let reserved = temporary_in(folder).map_err(|e| Error::io("create", target, &e))?.into_temp_path();
    fs::remove_file(&reserved).map_err(|e| Error::io("replace", &reserved, &e))?;
    if fs::hard_link(source, &reserved).is_err() {
        fs::copy(source, &reserved).map_err(|e| Error::io("copy", source, &e))?;
    }
    // Renaming one hard link over another of the same file does nothing and leaves the first behind:
    // dropping `reserved` removes it then.
    fs::rename(&reserved, target).map_err(|e| Error::io("rename", target, &e))
}

/// A file that is filled under a temporary name and then given its final one; removed where it never gets one.
#[derive(Debug)]
pub struct StagedFile(NamedTempFile);

impl StagedFile {
    /// An empty temporary file in `folder`, on the file system where it will be committed.
    ///
    /// # Errors
    /// When the operating system refuses.
    pub fn new(folder: &Path) -> Result<Self> {
        create_folders(folder)?;
        temporary_in(folder).map(Self).map_err(|e| Error::io("create", folder, &e))
    }

    /// Its temporary name.
    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// The file, open for reading and writing.
    pub fn file(&mut self) -> &mut File {
        self.0.as_file_mut()
    }

    /// Syncs the file and gives it its final name.
    ///
    /// # Errors
    /// When the operating system refuses.
    pub fn commit(self, target: &Path) -> Result<()> {
        self.0.as_file().sync_all().map_err(|e| Error::io("sync", target, &e))?;
        self.0.persist(target).map_err(|e| Error::io("rename", target, &e.error))?;
        sync_folder(parent(target))
    }
}

/// A folder that is filled under a temporary name and then committed under its final one.
#[derive(Debug)]
pub struct StagedFolder {
    temporary: TempDir,
}

impl StagedFolder {
    /// An empty temporary folder in `parent`, on the file system where it will be committed.
    ///
    /// # Errors
    /// When the operating system refuses.
    pub fn new(parent: &Path) -> Result<Self> {
        create_folders(parent)?;
        let temporary = Builder::new().prefix(&temporary_prefix()).tempdir_in(parent);
        Ok(Self { temporary: temporary.map_err(|e| Error::io("create", parent, &e))? })
    }

    /// Where to put the files.
    pub fn path(&self) -> &Path {
        self.temporary.path()
    }

    /// Gives the folder its final name. Where `target` exists already, it stays and this one is discarded.
    ///
    /// # Errors
    /// When the operating system refuses.
    pub fn commit(self, target: &Path) -> Result<()> {
        let folder = parent(target);
        create_folders(folder)?;
        sync_folder(self.path())?;
        match fs::rename(self.path(), target) {
            Ok(()) => {
                let _ = self.temporary.keep();
                sync_folder(folder)
            }
            Err(_) if target.is_dir() => Ok(()),
            Err(e) => Err(Error::io("rename", target, &e)),
        }
    }
}

/// Removes the folder `path` and all in it; one that is absent is no error.
///
/// # Errors
/// When the operating system refuses.
pub fn remove_folder(path: &Path) -> Result<()> {
    match fs::remove_dir_all(path) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => Err(Error::io("remove", path, &e)),
        _ => Ok(()),
    }
}

/// Opens `path` to append to it. A line that is written at once is there whole, or was cut short by a kill: a reader
/// ignores a last line without a break.
///
/// # Errors
/// When the operating system refuses.
pub fn open_to_append(path: &Path) -> Result<File> {
    create_folders(parent(path))?;
    File::options().create(true).append(true).open(path).map_err(|e| Error::io("append to", path, &e))
}

/// The files and folders in `folder`, sorted.
///
/// # Errors
/// When it cannot be listed.
pub fn list(folder: &Path) -> Result<Vec<PathBuf>> {
    let refused = |e: io::Error| Error::io("list", folder, &e);
    let entries = fs::read_dir(folder).map_err(refused)?;
    let mut found = entries.map(|entry| Ok(entry.map_err(refused)?.path())).collect::<Result<Vec<_>>>()?;
    found.sort();
    Ok(found)
}

/// Takes the right to write away, so that a stored result is not edited by accident.
///
/// # Errors
/// When the operating system refuses.
pub fn make_read_only(path: &Path) -> Result<()> {
    let refused = |e: io::Error| Error::io("protect", path, &e);
    let mut permissions = path.metadata().map_err(refused)?.permissions();
    permissions.set_readonly(true);
    fs::set_permissions(path, permissions).map_err(refused)
}

/// Whether both names lead to the same file on disk.
pub fn is_same_file(a: &Path, b: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        let identity = |path: &Path| path.metadata().map(|found| (found.dev(), found.ino()));
        matches!((identity(a), identity(b)), (Ok(a), Ok(b)) if a == b)
    }
    #[cfg(not(unix))]
    {
        matches!((a.canonicalize(), b.canonicalize()), (Ok(a), Ok(b)) if a == b)
    }
}

/// Removes `path` if it is there.
///
/// # Errors
/// When the operating system refuses.
pub fn remove_file(path: &Path) -> Result<()> {
    match fs::remove_file(path) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => Err(Error::io("remove", path, &e)),
        _ => Ok(()),
    }
}

/// Removes the temporary files and folders below `folder` that killed processes of this computer left behind.
///
/// # Errors
/// When a folder cannot be listed or a leftover cannot be removed.
pub fn sweep_temporaries(folder: &Path) -> Result<()> {
    let mut pending = vec![folder.to_path_buf()];
    while let Some(current) = pending.pop() {
        let Ok(entries) = fs::read_dir(&current) else { continue };
        for path in entries.filter_map(|entry| Some(entry.ok()?.path())) {
            let abandoned = path.file_name().and_then(|name| name.to_str()).is_some_and(is_abandoned);
            match (abandoned, path.is_dir()) {
                (true, true) => remove_folder(&path)?,
                (true, false) => remove_file(&path)?,
                (false, true) => pending.push(path),
                (false, false) => {}
            }
        }
    }
    Ok(())
}

/// Whether `name` is that of a temporary whose process ran on this computer and is no more.
fn is_abandoned(name: &str) -> bool {
    let owner = name.strip_prefix(TEMPORARY_PREFIX).and_then(|rest| rest.strip_prefix(&host_tag()));
    let process = owner.and_then(|rest| rest.strip_prefix('-')?.split('-').next()?.parse::<u32>().ok());
    process.is_some_and(|id| id != std::process::id() && Path::new("/proc/self").exists() && !is_alive(id))
}

fn is_alive(process: u32) -> bool {
    Path::new("/proc").join(process.to_string()).exists()
}

/// Temporaries carry the computer and the process that made them.
fn temporary_prefix() -> String {
    format!("{TEMPORARY_PREFIX}{}-{}-", host_tag(), std::process::id())
}

fn host_tag() -> String {
    let name = fs::read("/proc/sys/kernel/hostname").unwrap_or_default();
    Digest::of(&name).to_string().chars().take(8).collect()
}

fn temporary_in(folder: &Path) -> io::Result<NamedTempFile> {
    let prefix = temporary_prefix();
    let mut builder = Builder::new();
    builder.prefix(&prefix);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(fs::Permissions::from_mode(0o644));
    }
    builder.tempfile_in(folder)
}

fn parent(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Makes a rename in `folder` durable. Not every file system lets a folder be synced: that is no error.
fn sync_folder(folder: &Path) -> Result<()> {
    if let Ok(handle) = File::open(folder) {
        let _ = handle.sync_all();
    }
    Ok(())
}

/// The files in `folder` and below, sorted, as paths relative to it.
///
/// # Errors
/// When a folder cannot be listed.
pub fn list_files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut pending = vec![folder.to_path_buf()];
    while let Some(current) = pending.pop() {
        let entries = fs::read_dir(&current).map_err(|e| Error::io("list", &current, &e))?;
        for entry in entries {
            let path = entry.map_err(|e| Error::io("list", &current, &e))?.path();
            if path.is_dir() {
                pending.push(path);
            } else {
                found.push(path.strip_prefix(folder).unwrap_or(&path).to_path_buf());
            }
        }
    }
    found.sort();
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

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

    #[test]
    fn the_first_commit_of_a_folder_stays() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("entry");
        for text in ["first", "second"] {
            let staged = StagedFolder::new(folder.path()).unwrap();
            write_bytes(&staged.path().join("x"), text.as_bytes()).unwrap();
            staged.commit(&target).unwrap();
        }
        assert_eq!(read_text(&target.join("x")).unwrap(), "first");
        assert_eq!(list_files(folder.path()).unwrap(), [PathBuf::from("entry/x")]);
    }

    #[test]
    fn only_what_the_dead_left_is_swept() {
        let folder = tempfile::tempdir().unwrap();
        let mut child = std::process::Command::new("true").spawn().unwrap();
        child.wait().unwrap();
        let name = |process: u32| folder.path().join(format!("{TEMPORARY_PREFIX}{}-{process}-x", host_tag()));
        let (dead, alive) = (name(child.id()), name(1));
        write_bytes(&dead, b"").unwrap();
        write_bytes(&alive, b"").unwrap();
        sweep_temporaries(folder.path()).unwrap();
        assert_eq!((dead.exists(), alive.exists()), (false, true));
    }

    #[test]
    fn a_folder_is_not_a_file() {
        let folder = tempfile::tempdir().unwrap();
        assert!(open(folder.path()).unwrap_err().to_string().contains("folder"));
    }
}
