//! A folder as a remote.

use neuroloom_core::files;
use neuroloom_core::files::faults::{self, Fault, Plan};

use crate::{contract, two_stores};

#[test]
fn a_folder_keeps_the_contract() {
    let folder = tempfile::tempdir().unwrap();
    let remote = neuroloom_remote::open(&format!("file://{}", folder.path().display())).unwrap();
    contract::assert_kept(&remote);
    let names = files::list_files(folder.path()).unwrap();
    let left = names.iter().filter(|name| name.to_string_lossy().contains(files::TEMPORARY_PREFIX));
    assert_eq!(left.count(), 0);
}

#[test]
fn results_reach_another_store_through_a_folder() {
    let folder = tempfile::tempdir().unwrap();
    two_stores::assert_shared(|| {
        neuroloom_remote::open(&format!("file://{}", folder.path().display())).unwrap()
    });
}

#[test]
fn a_full_disk_leaves_no_half_object() {
    let folder = tempfile::tempdir().unwrap();
    let remote = neuroloom_remote::open(&format!("file://{}", folder.path().display())).unwrap();
    remote.put("x", 3, &mut b"old".as_slice()).unwrap();
    let guard = faults::inject(folder.path(), Plan::once(Fault::DiskFull, 2));
    remote.put("x", 3, &mut b"new".as_slice()).unwrap_err();
    assert_eq!(guard.fired(), 1);
    drop(guard);
    let mut found = Vec::new();
    assert!(remote.get("x", 3, &mut found).unwrap());
    assert_eq!(found, b"old");
}
