//! Small files that say something by being there: claims, pointers, signs of life.
//!
//! They are made so that two computers that share a file system agree on them without locks: a claim by a hard link,
//! a pointer by a symbolic link, both of which appear whole or not at all, on network file systems too.

use std::io::{self, Write};
use std::path::Path;
use std::time::SystemTime;

use super::folders::with_folder;
use super::system::{self, parent};
use super::temporary::Temporary;
use super::{File, read_text, write_bytes};
use crate::{Error, Result};

/// Writes `bytes` to `path` unless something is there already. Returns whether it was written; of several that try at
/// once one succeeds.
///
/// # Errors
/// When the operating system refuses.
pub fn claim(path: &Path, bytes: &[u8]) -> Result<bool> {
    let refused = |e: io::Error| Error::io("create", path, &e);
    let (mut file, temporary) = with_folder(parent(path), Temporary::file_in).map_err(refused)?;
    file.write_all(bytes).map_err(refused)?;
    match system::hard_link(temporary.path(), path) {
        Ok(()) => Ok(true),
        Err(e) if e.kind() == io::ErrorKind::AlreadyExists => Ok(false),
        // Without hard links, creating the file is what only one of several can do.
        Err(e) if has_no_links(&e) => claim_by_creating(path, bytes).map_err(refused),
        Err(e) => Err(refused(e)),
    }
}

fn has_no_links(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::Unsupported | io::ErrorKind::PermissionDenied)
}

fn claim_by_creating(path: &Path, bytes: &[u8]) -> io::Result<bool> {
    match File::create_new(path) {
        Ok(mut file) => file.write_all(bytes).map(|()| true).inspect_err(|_| {
            // Half a claim is none, and it is ours to withdraw.
            let _ = system::remove_file(path);
        }),
        Err(e) if e.kind() == io::ErrorKind::AlreadyExists => Ok(false),
        Err(e) => Err(e),
    }
}

/// Moves the file away from its name, to `aside`. Returns whether it was there; of several that try at once one
/// succeeds.
///
/// # Errors
/// When the operating system refuses.
pub fn take_away(path: &Path, aside: &Path) -> Result<bool> {
    match system::rename(path, aside) {
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
    system::set_modified(path, SystemTime::now()).map_err(|e| Error::io("touch", path, &e))
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
    match with_folder(parent(path), |_| system::symlink(word, path)) {
        Ok(()) => Ok(()),
        // There already with another word, or no symbolic links here: a file says the same and is replaced at once.
        Err(_) => write_bytes(path, word.as_bytes()),
    }
}

/// The word that `path` points to; none where it points nowhere.
pub fn pointed(path: &Path) -> Option<String> {
    match system::read_link(path) {
        Ok(word) => word.into_os_string().into_string().ok(),
        Err(e) if e.kind() == io::ErrorKind::NotFound => None,
        Err(_) => read_text(path).ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::{list, read_bytes};

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
        assert_eq!(read_bytes(&path).unwrap(), [u8::try_from(winner).unwrap(); 9]);
        assert_eq!(list(path.parent().unwrap()).unwrap(), [path], "no temporary is left");
    }

    #[test]
    fn without_hard_links_one_claim_succeeds_all_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("claim");
        assert!(claim_by_creating(&path, b"first").unwrap());
        assert!(!claim_by_creating(&path, b"second").unwrap());
        assert_eq!(read_bytes(&path).unwrap(), b"first");
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
