//! A disk that fails while a file is read.

use std::path::{Path, PathBuf};

use neuroloom_core::files::faults::{self, Fault, Plan};
use neuroloom_core::{ErrorKind, Result};
use neuroloom_io::npy::{self, Archive};

/// A copy of a fixture, in a folder of its own where faults strike.
fn copy(folder: &Path, name: &str) -> PathBuf {
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/npy").join(name);
    let path = folder.join(name);
    std::fs::copy(fixture, &path).unwrap();
    path
}

/// With a fault at every call: an error of the operating system that names the file, never one that calls it damaged.
fn is_never_called_damage(name: &str, read: fn(&Path) -> Result<()>) {
    let folder = tempfile::tempdir().unwrap();
    let path = copy(folder.path(), name);
    read(&path).unwrap();
    for k in 1.. {
        let guard = faults::inject(folder.path(), Plan::once(Fault::Io, k));
        let read = read(&path);
        if guard.fired() == 0 {
            assert!(k > 3, "{name} was read by {} calls", k - 1);
            return read.unwrap();
        }
        // A size that serves only as a limit may be unknown.
        if let Err(error) = read {
            assert_eq!(error.kind(), ErrorKind::Io, "{name}, call {k}: {error}");
            assert_eq!(error.location().file.as_deref(), Some(&*path), "{name}, call {k}: {error}");
        }
    }
}

#[test]
fn arrays_of_numpy() {
    is_never_called_damage("fortran.npy", |path| npy::read(path).map(drop));
    is_never_called_damage("fortran.npy", |path| npy::read_header(path).map(drop));
}

#[test]
fn archives_of_numpy() {
    is_never_called_damage("stored.npz", |path| {
        let mut archive = Archive::open(path)?;
        let names = archive.names().to_vec();
        names.iter().try_for_each(|name| archive.read(name).map(drop))
    });
}
