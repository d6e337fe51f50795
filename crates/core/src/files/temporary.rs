//! Temporary names, and the removal of what killed processes left behind.

use std::collections::BTreeSet;
use std::fs::{FileType, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use super::folders::with_folder;
use super::system::{self, parent};
use super::{File, remove_file, remove_folder};
use crate::{Digest, Error, Result};

/// Prefix of every temporary file and folder; what a killed run leaves behind is recognised by it.
pub const TEMPORARY_PREFIX: &str = ".neuroloom-tmp-";

/// Removes the temporary files and folders below `folder` that killed processes of this computer left behind, and those
/// that this process could not remove itself when it was done with them. Links are not followed: what is elsewhere is
/// not ours to sweep.
///
/// # Errors
/// When a folder cannot be listed or a leftover cannot be removed.
pub fn sweep_temporaries(folder: &Path) -> Result<()> {
    let mut pending = vec![folder.to_path_buf()];
    while let Some(current) = pending.pop() {
        for (path, kind) in listed(&current)? {
            let abandoned = path.file_name().and_then(|name| name.to_str()).is_some_and(is_abandoned);
            match (abandoned, kind.is_dir()) {
                (true, true) => remove_folder(&path)?,
                (true, false) => remove_file(&path)?,
                (false, true) => pending.push(path),
                (false, false) => {}
            }
        }
    }
    Ok(())
}

/// What is in `folder`; nothing where another process removed it meanwhile or it is not ours to see.
fn listed(folder: &Path) -> Result<Vec<(PathBuf, FileType)>> {
    system::list(folder).or_else(|e| match e.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::PermissionDenied => Ok(Vec::new()),
        _ => Err(Error::io("list", folder, &e)),
    })
}

/// Something with a temporary name; removed when dropped.
#[derive(Debug)]
pub(super) struct Temporary {
    path: PathBuf,
    name: String,
    is_folder: bool,
}

impl Temporary {
    /// An empty file, open for reading and writing.
    pub fn file_in(folder: &Path) -> io::Result<(File, Self)> {
        Self::new(folder, |path| File::with(path, &new_file()))
    }

    /// An empty folder.
    pub fn folder_in(folder: &Path) -> io::Result<Self> {
        let ((), mut made) = Self::new(folder, system::create_folder)?;
        made.is_folder = true;
        Ok(made)
    }

    /// The folder `path` under a new name in `folder`.
    pub fn folder_from(path: &Path, folder: &Path) -> io::Result<Self> {
        let ((), mut moved) = Self::new(folder, |name| system::rename(path, name))?;
        moved.is_folder = true;
        Ok(moved)
    }

    /// What `make` makes at the path it is given, which fails where there is something already.
    pub fn new<T>(folder: &Path, make: impl Fn(&Path) -> io::Result<T>) -> io::Result<(T, Self)> {
        loop {
            let name = next_name();
            let path = folder.join(&name);
            live().insert(name.clone());
            // From here on, whatever happens, the name is given back and what has it is removed.
            let made = Self { path, name, is_folder: false };
            match make(&made.path) {
                Ok(it) => return Ok((it, made)),
                Err(e) if is_taken(&e) => made.forget(),
                Err(e) => return Err(e),
            }
        }
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Gives it its final name, in a folder that is created where it is absent.
    pub fn rename(self, target: &Path) -> io::Result<()> {
        with_folder(parent(target), |_| system::rename(&self.path, target))?;
        self.forget();
        Ok(())
    }

    /// Removes it.
    pub fn remove(self) -> io::Result<()> {
        let removed = self.remove_from_disk();
        self.forget();
        removed
    }

    fn remove_from_disk(&self) -> io::Result<()> {
        match self.is_folder {
            true => system::remove_folder_and_contents(&self.path),
            false => system::remove_file(&self.path),
        }
    }

    /// There is nothing of ours under the name, or what is there is left to the next sweep.
    fn forget(mut self) {
        live().remove(&self.name);
        self.path = PathBuf::new();
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        if self.path.as_os_str().is_empty() {
            return;
        }
        // Where it cannot be removed now, the next sweep does: its name is no longer that of a live one.
        let _ = self.remove_from_disk();
        live().remove(&self.name);
    }
}

fn is_taken(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::AlreadyExists | io::ErrorKind::DirectoryNotEmpty)
}

pub(super) fn new_file() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o644);
    }
    options
}

/// The names that this process uses now.
fn live() -> MutexGuard<'static, BTreeSet<String>> {
    static LIVE: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());
    LIVE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Temporaries carry the computer and the process that made them. One that has the name already is of an earlier
/// process with our number.
fn next_name() -> String {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let count = NEXT.fetch_add(1, Ordering::Relaxed);
    format!("{TEMPORARY_PREFIX}{}-{}-{count}", host_tag(), std::process::id())
}

/// Whether `name` is that of a temporary whose process ran on this computer and is no more, or is this one and has no
/// use for it.
fn is_abandoned(name: &str) -> bool {
    let owner = name.strip_prefix(TEMPORARY_PREFIX).and_then(|rest| rest.strip_prefix(host_tag()));
    let process = owner.and_then(|rest| rest.strip_prefix('-')?.split('-').next()?.parse::<u32>().ok());
    match process {
        Some(id) if id == std::process::id() => !live().contains(name),
        Some(id) => is_alive("self") && !is_alive(&id.to_string()),
        None => false,
    }
}

fn is_alive(process: &str) -> bool {
    super::exists(&Path::new("/proc").join(process))
}

/// The computer, and the part of it in which process numbers are unique: containers count their own.
fn host_tag() -> &'static str {
    static TAG: OnceLock<String> = OnceLock::new();
    TAG.get_or_init(|| {
        let mut identity = super::read_bytes(Path::new("/proc/sys/kernel/hostname")).unwrap_or_default();
        let namespace = system::read_link(Path::new("/proc/self/ns/pid")).unwrap_or_default();
        identity.extend_from_slice(namespace.as_os_str().as_encoded_bytes());
        Digest::of(&identity).to_string().chars().take(8).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::{StagedFile, exists, list_files, write_bytes};

    #[test]
    fn only_what_the_dead_left_is_swept() {
        let folder = tempfile::tempdir().unwrap();
        let mut child = std::process::Command::new("true").spawn().unwrap();
        child.wait().unwrap();
        let name = |process: u32| folder.path().join(format!("{TEMPORARY_PREFIX}{}-{process}-x", host_tag()));
        let (dead, alive, earlier) = (name(child.id()), name(1), name(std::process::id()));
        for path in [&dead, &alive, &earlier] {
            write_bytes(path, b"").unwrap();
        }
        let ours = StagedFile::new(folder.path()).unwrap();
        sweep_temporaries(folder.path()).unwrap();
        assert_eq!((exists(&dead), exists(&alive), exists(&earlier)), (false, true, false));
        assert!(exists(ours.path()));
    }

    #[cfg(unix)]
    #[test]
    fn links_are_not_followed() {
        let (folder, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let leftover =
            elsewhere.path().join(format!("{TEMPORARY_PREFIX}{}-{}-x", host_tag(), std::process::id()));
        write_bytes(&leftover, b"").unwrap();
        for (name, target) in [("other", elsewhere.path()), ("itself", folder.path())] {
            system::symlink(target.to_str().unwrap(), &folder.path().join(name)).unwrap();
        }
        sweep_temporaries(folder.path()).unwrap();
        assert!(exists(&leftover));
    }

    #[test]
    fn a_name_of_an_earlier_process_is_passed_over() {
        let folder = tempfile::tempdir().unwrap();
        let taken = std::cell::RefCell::new(Vec::new());
        let (_, made) = Temporary::new(folder.path(), |path| {
            let mut taken = taken.borrow_mut();
            taken.push(path.to_path_buf());
            if taken.len() == 1 {
                Err(io::ErrorKind::AlreadyExists.into())
            } else {
                File::with(path, &new_file())
            }
        })
        .unwrap();
        let taken = taken.into_inner();
        assert_eq!(taken.len(), 2);
        assert_eq!(made.path(), taken[1]);
        drop(made);
        assert!(list_files(folder.path()).unwrap().is_empty());
        assert!(taken.iter().all(|path| is_abandoned(path.file_name().unwrap().to_str().unwrap())));
    }
}
