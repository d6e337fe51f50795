//! Small files that say something by being there: claims, pointers, signs of life.
//!
//! They are made so that two computers that share a file system agree on them without locks: a claim by a hard link,
//! a pointer by a symbolic link, both of which appear whole or not at all, on network file systems too.

use std::fs::{self, File};
use std::io;
use std::path::Path;
use std::time::SystemTime;

use super::{create_folders, parent, temporary_in, write_bytes};
use crate::{Error, Result};

/// Writes `bytes` to `path` unless something is there already. Returns whether it was written; of several that try at
/// once one succeeds.
///
/// # Errors
/// When the operating system refuses.
pub fn claim(path: &Path, bytes: &[u8]) -> Result<bool> {
    let folder = parent(path);
    let refused = |e: io::Error| Error::io("create", path, &e);
    let mut temporary = match temporary_in(folder) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => {
            create_folders(folder)?;
            temporary_in(folder).map_err(refused)?
        }
        other => other.map_err(refused)?,
    };
    io::Write::write_all(temporary.as_file_mut(), bytes).map_err(refused)?;
    match fs::hard_link(temporary.path(), path) {
        Ok(()) => Ok(true),
        Err(e) if e.kind() == io::ErrorKind::AlreadyExists => Ok(false),
        // Without hard links, creating the file is what only one of several can do.
        Err(_) => claim_by_creating(path, bytes),
    }
}

fn claim_by_creating(path: &Path, bytes: &[u8]) -> Result<bool> {
    match File::options().write(true).create_new(true).open(path) {
        Ok(mut file) => {
            io::Write::write_all(&mut file, bytes).map_err(|e| Error::io("write", path, &e))?;
            Ok(true)
        }
        Err(e) if e.kind() == io::ErrorKind::AlreadyExists => Ok(false),
        Err(e) => Err(Error::io("create", path, &e)),
    }
}

/// Moves the file away from its name, to `aside`. Returns whether it was there; of several that try at once one
/// succeeds.
///
/// # Errors
/// When the operating system refuses.
pub fn take_away(path: &Path, aside: &Path) -> Result<bool> {
    match fs::rename(path, aside) {
        Ok(()) => Ok(true),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(e) => Err(Error::io("rename", path, &e)),
    }
}

/// Gives the file a new time of modification: a sign of life.
///
/// # Errors
/// When it is gone, or the operating system refuses.
pub fn touch(path: &Path) -> Result<()> {
    let touched =
        File::options().write(true).open(path).and_then(|file| file.set_modified(SystemTime::now()));
    touched.map_err(|e| Error::io("touch", path, &e))
}

/// The time of modification; none where there is no such file. The file is opened for it, which makes network file
/// systems ask the server.
pub fn modified(path: &Path) -> Option<SystemTime> {
    File::open(path).ok()?.metadata().ok()?.modified().ok()
}

/// Makes `path` point to the word `word`, in place of what it pointed to before.
///
/// # Errors
/// When the operating system refuses.
pub fn point(path: &Path, word: &str) -> Result<()> {
    if pointed(path).as_deref() == Some(word) {
        return Ok(());
    }
    #[cfg(unix)]
    {
        match std::os::unix::fs::symlink(word, path) {
            Ok(()) => return Ok(()),
            Err(e) if e.kind() == io::ErrorKind::NotFound => {
                create_folders(parent(path))?;
                if std::os::unix::fs::symlink(word, path).is_ok() {
                    return Ok(());
                }
            }
            Err(_) => {}
        }
    }
    // There already with another word, or no symbolic links here: a file says the same and is replaced at once.
    write_bytes(path, word.as_bytes())
}

/// The word that `path` points to; none where it points nowhere.
pub fn pointed(path: &Path) -> Option<String> {
    match fs::read_link(path) {
        Ok(word) => word.into_os_string().into_string().ok(),
        Err(e) if e.kind() == io::ErrorKind::NotFound => None,
        Err(_) => fs::read_to_string(path).ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_claim_of_several_succeeds() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("below/claim");
        let won: Vec<bool> = std::thread::scope(|scope| {
            let claims: Vec<_> = (0..8_u8)
                .map(|n| {
                    scope.spawn({
                        let path = &path;
                        move || claim(path, &[n; 9]).unwrap()
                    })
                })
                .collect();
            claims.into_iter().map(|claim| claim.join().unwrap()).collect()
        });
        let winner = won.iter().position(|won| *won).unwrap();
        assert_eq!(won.iter().filter(|won| **won).count(), 1);
        assert_eq!(fs::read(&path).unwrap(), [u8::try_from(winner).unwrap(); 9]);
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1, "no temporary is left");
    }

    #[test]
    fn a_claim_is_taken_away_once() {
        let folder = tempfile::tempdir().unwrap();
        let (path, aside) = (folder.path().join("claim"), folder.path().join("aside"));
        assert!(claim(&path, b"a").unwrap());
        assert!(take_away(&path, &aside).unwrap());
        assert!(!take_away(&path, &aside).unwrap());
        assert!(claim(&path, b"b").unwrap());
    }

    #[test]
    fn a_pointer_is_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("below/pointer");
        assert_eq!(pointed(&path), None);
        for word in ["one", "two", "two"] {
            point(&path, word).unwrap();
            assert_eq!(pointed(&path).as_deref(), Some(word));
        }
    }

    #[test]
    fn a_touch_is_seen() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("life");
        assert_eq!(modified(&path), None);
        write_bytes(&path, b"").unwrap();
        let before = modified(&path).unwrap();
        std::thread::sleep(std::time::Duration::from_millis(20));
        touch(&path).unwrap();
        assert!(modified(&path).unwrap() > before);
    }
}
