//! Every public call under every fault.
#![allow(
    clippy::disallowed_methods,
    reason = "what is there is looked at and prepared without the code under test"
)]

use std::io::{Read, Write};

use super::*;
use crate::files::{self, StagedFile, StagedFolder};
use crate::{Error, ErrorKind, Result};

/// Something done to a folder that holds `old`, the folder `filled` and a journal.
type Action = fn(&Path) -> Result<()>;

const READING: [(&str, Action); 10] = [
    ("open", |folder| read_twice(&folder.join("old"))),
    ("read_bytes", |folder| files::read_bytes(&folder.join("old")).map(drop)),
    ("read_text_if_present", |folder| files::read_text_if_present(&folder.join("old")).map(drop)),
    ("digest", |folder| files::digest(&folder.join("old")).map(drop)),
    ("size", |folder| files::size(&folder.join("old")).map(drop)),
    ("metadata", |folder| files::metadata_of_link(&folder.join("old")).map(drop)),
    ("size_if_present", |folder| files::size_if_present(&folder.join("old")).map(drop)),
    ("list_files", |folder| files::list_files(folder).map(drop)),
    ("list", |folder| files::list(folder).map(drop)),
    ("real_path", |folder| files::real_path(folder).map(drop)),
];

const WRITING: [(&str, Action); 14] = [
    ("write_bytes", |folder| files::write_bytes(&folder.join("old"), b"new text")),
    ("write_atomic", |folder| files::write_atomic(&folder.join("old"), |file| file.write_all(b"new text"))),
    ("link", |folder| files::link(&folder.join("filled/x"), &folder.join("old"))),
    ("append_line", |folder| files::append_line(&folder.join("journal"), "a line")),
    ("StagedFile", stage_a_file),
    ("StagedFolder", stage_a_folder),
    ("create_folders", |folder| files::create_folders(&folder.join("a/b"))),
    ("remove_file", |folder| files::remove_file(&folder.join("old"))),
    ("remove_folder", |folder| files::remove_folder(&folder.join("filled"))),
    ("claim", |folder| files::claim(&folder.join("claims/mine"), b"claimed").map(drop)),
    ("point", |folder| files::point(&folder.join("pointers/to"), "old")),
    ("take_away", |folder| files::take_away(&folder.join("old"), &folder.join("aside")).map(drop)),
    ("touch", |folder| files::touch(&folder.join("old"))),
    ("make_read_only", |folder| files::make_read_only(&folder.join("journal"))),
];

fn read_twice(path: &Path) -> Result<()> {
    let mut file = files::open(path)?;
    let mut both = [0; 2];
    let clone = file.try_clone().and_then(|mut clone| clone.read_exact(&mut both[..1]));
    clone.and_then(|()| file.read_exact(&mut both[1..])).map_err(|e| Error::io("read", path, &e))?;
    assert_eq!(&both, b"ol");
    Ok(())
}

fn stage_a_file(folder: &Path) -> Result<()> {
    let mut staged = StagedFile::new(folder)?;
    let written = staged.file().write_all(b"new text");
    written.map_err(|e| Error::io("write", staged.path(), &e))?;
    staged.commit(&folder.join("old"))
}

fn stage_a_folder(folder: &Path) -> Result<()> {
    let staged = StagedFolder::new(folder)?;
    files::write_bytes(&staged.path().join("x"), b"new text")?;
    staged.commit(&folder.join("new"))
}

fn prepared() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    // Not by our own functions, which sync.
    std::fs::create_dir(folder.path().join("filled")).unwrap();
    for (name, text) in [("old", "old text"), ("filled/x", "new text"), ("journal", "first\n")] {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

/// What is in the folder: names and texts, or where links lead.
fn contents(folder: &Path) -> Vec<(PathBuf, String)> {
    let names = files::list_files(folder).unwrap();
    names.into_iter().map(|name| (name.clone(), files::pointed(&folder.join(name)).unwrap())).collect()
}

fn plans(fault: Fault, k: u64) -> [Plan; 2] {
    [Plan::once(fault, k), Plan::from(fault, k)]
}

/// `action` under each fault at each call: `check` gets the fault, what became of it, the folder, and what the folder
/// is like before and after an action without faults. Returns how many faults struck.
fn at_every_call(
    action: Action,
    check: impl Fn(Fault, &Result<()>, &Path, &[Vec<(PathBuf, String)>; 2]),
) -> u64 {
    let undisturbed = prepared();
    let before = contents(undisturbed.path());
    action(undisturbed.path()).unwrap();
    let states = [before, contents(undisturbed.path())];
    let mut struck = 0;
    for fault in Fault::ALL {
        for k in 1.. {
            let fired = plans(fault, k).map(|plan| {
                let folder = prepared();
                let guard = inject(folder.path(), plan);
                let done = action(folder.path());
                let fired = guard.fired();
                drop(guard);
                check(fault, &done, folder.path(), &states);
                fired
            });
            struck += fired[0];
            if fired == [0, 0] {
                break;
            }
            assert!(k < 100, "{fault:?} never ends");
        }
    }
    struck
}

/// All at once: most of the time they wait for the disk.
fn of_all(actions: &[(&str, Action)], test: impl Fn(&str, Action) + Sync) {
    std::thread::scope(|scope| {
        for &(name, action) in actions {
            let test = &test;
            scope.spawn(move || test(name, action));
        }
    });
}

#[test]
fn a_fault_while_reading_is_an_error_of_the_file_or_overcome() {
    of_all(&READING, |name, action| {
        let struck = at_every_call(action, |fault, done, folder, _| {
            if let Err(error) = done {
                assert_eq!((fault, error.kind()), (Fault::Io, ErrorKind::Io), "{name}: {error}");
                let file = error.location().file.as_deref().unwrap();
                assert!(file.starts_with(folder), "{name}: {error}");
            }
        });
        assert!(struck >= 2, "{name} never met a fault");
    });
}

#[test]
fn a_fault_while_writing_leaves_the_old_or_the_new_state_and_nothing_else() {
    of_all(&WRITING, |name, action| {
        let struck = at_every_call(action, |fault, done, folder, [before, after]| {
            match done {
                Err(error) => {
                    assert!(matches!(fault, Fault::DiskFull | Fault::Io), "{name} {fault:?}: {error}");
                    assert_eq!(error.kind(), ErrorKind::Io, "{name}: {error}");
                    assert!(error.location().file.is_some(), "{name}: {error}");
                }
                Ok(()) => assert_eq!(&final_contents(folder), after, "{name} {fault:?}"),
            }
            let found = final_contents(folder);
            assert!([before, after].contains(&&found), "{name} {fault:?}: {found:?}");
        });
        assert!(struck >= 2, "{name} never met a fault");
    });
}

/// The contents after a sweep, which takes what could not be removed while the fault lasted.
fn final_contents(folder: &Path) -> Vec<(PathBuf, String)> {
    files::sweep_temporaries(folder).unwrap();
    let found = contents(folder);
    assert!(found.iter().all(|(name, _)| !name.to_string_lossy().contains(files::TEMPORARY_PREFIX)));
    found
}

#[test]
fn a_plan_counts_only_what_it_can_strike_and_only_below_its_folder() {
    let (folder, other) = (prepared(), prepared());
    let guard = inject(folder.path(), Plan::from(Fault::DiskFull, 1));
    files::read_bytes(&folder.path().join("old")).unwrap();
    files::write_bytes(&other.path().join("old"), b"1").unwrap();
    assert_eq!((guard.seen(), guard.fired()), (0, 0));
    files::write_bytes(&folder.path().join("old"), b"1").unwrap_err();
    assert!(guard.seen() >= 1 && guard.seen() == guard.fired());
    drop(guard);
    files::write_bytes(&folder.path().join("old"), b"1").unwrap();
}

#[test]
fn short_writes_go_on_until_all_is_written() {
    let folder = prepared();
    let guard = inject(folder.path(), Plan::from(Fault::ShortWrite, 1));
    files::write_bytes(&folder.path().join("old"), b"12345678").unwrap();
    assert_eq!(guard.fired(), 3, "4, 2 and 1 of them; the last byte cannot be halved");
    drop(guard);
    assert_eq!(files::read_bytes(&folder.path().join("old")).unwrap(), b"12345678");
}
