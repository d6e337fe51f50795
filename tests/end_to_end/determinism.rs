//! The same bytes for any number of threads, any folder and any cache.

use crate::support::{folder, pipeline, results, succeed};

#[test]
fn one_and_two_threads_give_the_same_bytes() {
    let folder = folder();
    let file = pipeline("quickstart.yaml");
    for threads in ["1", "2"] {
        succeed(folder.path(), &["run", &file, "--out", threads, "--threads", threads]);
    }
    let (one, two) = (results(&folder.path().join("1")), results(&folder.path().join("2")));
    assert!(one.len() > 10, "{one:?}");
    assert_eq!(one, two);
}

#[test]
fn a_shared_store_gives_the_same_bytes() {
    let folder = folder();
    let file = pipeline("quickstart.yaml");
    succeed(folder.path(), &["run", &file, "--out", "a", "--store", "store"]);
    let said = succeed(folder.path(), &["run", &file, "--out", "b", "--store", "store"]);
    assert!(said.starts_with("0 of "), "{said}");
    assert_eq!(results(&folder.path().join("a")), results(&folder.path().join("b")));
}
