//! The calls to the operating system. Each asks [`faults`](super::faults) first and is made again where a signal
//! interrupted it.
#![allow(clippy::disallowed_methods, reason = "this is where files are touched")]

use std::fs::{self, FileType, Metadata, OpenOptions, Permissions};
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::faults::{self, Call};

/// Makes `action` on `path`, unless a fault strikes; again where it was interrupted.
pub(super) fn call<T>(call: Call, path: &Path, mut action: impl FnMut() -> io::Result<T>) -> io::Result<T> {
    uninterrupted(|| faults::check(call, path).and_then(|()| action()))
}

/// Makes `action` until it is not interrupted.
pub(super) fn uninterrupted<T>(mut action: impl FnMut() -> io::Result<T>) -> io::Result<T> {
    loop {
        match action() {
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            done => return done,
        }
    }
}

pub(super) fn open(path: &Path) -> io::Result<fs::File> {
    call(Call::Other, path, || fs::File::open(path))
}

/// Opens `path` as `options` say, which make it where it is absent.
pub(super) fn open_to_write(path: &Path, options: &OpenOptions) -> io::Result<fs::File> {
    call(Call::Create, path, || options.open(path))
}

pub(super) fn metadata(path: &Path) -> io::Result<Metadata> {
    call(Call::Other, path, || fs::metadata(path))
}

pub(super) fn metadata_of_link(path: &Path) -> io::Result<Metadata> {
    call(Call::Other, path, || fs::symlink_metadata(path))
}

pub(super) fn set_permissions(path: &Path, permissions: &Permissions) -> io::Result<()> {
    call(Call::Other, path, || fs::set_permissions(path, permissions.clone()))
}

pub(super) fn canonicalize(path: &Path) -> io::Result<PathBuf> {
    call(Call::Other, path, || fs::canonicalize(path))
}

pub(super) fn read_link(path: &Path) -> io::Result<PathBuf> {
    call(Call::Other, path, || fs::read_link(path))
}

/// Whether `path` is a folder; not, where there is nothing.
pub(super) fn is_folder(path: &Path) -> io::Result<bool> {
    match metadata(path) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(false),
        found => Ok(found?.is_dir()),
    }
}

pub(super) fn rename(from: &Path, to: &Path) -> io::Result<()> {
    call(Call::Create, to, || fs::rename(from, to))
}

pub(super) fn hard_link(from: &Path, to: &Path) -> io::Result<()> {
    call(Call::Create, to, || fs::hard_link(from, to))
}

pub(super) fn symlink(word: &str, path: &Path) -> io::Result<()> {
    call(Call::Create, path, || {
        #[cfg(unix)]
        return std::os::unix::fs::symlink(word, path);
        #[cfg(not(unix))]
        Err(io::ErrorKind::Unsupported.into())
    })
}

pub(super) fn set_modified(path: &Path, time: SystemTime) -> io::Result<()> {
    call(Call::Other, path, || OpenOptions::new().write(true).open(path)?.set_modified(time))
}

pub(super) fn copy(from: &Path, to: &Path) -> io::Result<()> {
    call(Call::Create, to, || fs::copy(from, to).map(drop))
}

pub(super) fn remove_file(path: &Path) -> io::Result<()> {
    call(Call::Other, path, || fs::remove_file(path))
}

pub(super) fn remove_folder_and_contents(path: &Path) -> io::Result<()> {
    call(Call::Other, path, || fs::remove_dir_all(path))
}

pub(super) fn create_folder(path: &Path) -> io::Result<()> {
    call(Call::Create, path, || fs::create_dir(path))
}

pub(super) fn create_folders(path: &Path) -> io::Result<()> {
    call(Call::Create, path, || fs::create_dir_all(path))
}

/// The paths of what is in `folder` and what it is, links not followed, in the order of their names.
pub(super) fn list(folder: &Path) -> io::Result<Vec<(PathBuf, FileType)>> {
    let told = |entry: fs::DirEntry| Ok((entry.path(), entry.file_type()?));
    let mut entries = call(Call::Other, folder, || {
        fs::read_dir(folder)?.map(|entry| told(entry?)).collect::<io::Result<Vec<_>>>()
    })?;
    entries.sort_by(|(a, _), (b, _)| a.cmp(b));
    Ok(entries)
}

/// Makes a rename in `folder` durable, where its file system has a word for that.
///
/// Not every file system lets a folder be opened or synced. Only where the disk itself fails is that an error.
pub(super) fn sync_folder(folder: &Path) -> io::Result<()> {
    let synced = open(folder).and_then(|handle| call(Call::Sync, folder, || handle.sync_all()));
    synced.or_else(|e| if is_of_the_disk(&e) { Err(e) } else { Ok(()) })
}

fn is_of_the_disk(error: &io::Error) -> bool {
    let full = matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded);
    full || (cfg!(unix) && error.raw_os_error() == Some(5))
}

/// The folder that `path` is in.
pub(super) fn parent(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}
