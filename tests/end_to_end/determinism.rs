//! The same bytes for any number of threads, any folder and any cache.

use crate::support::{folder, pipeline, results, succeed};

#[test]
fn any_number_of_threads_and_any_repetition_give_the_same_bytes() {
    let folder = folder();
    let file = pipeline("quickstart.yaml");
    let runs = ["1", "2", "4", "2"].iter().enumerate();
    let bytes = runs.map(|(at, threads)| {
        let out = format!("{at}-{threads}");
        succeed(folder.path(), &["run", &file, "--out", &out, "--threads", threads]);
        results(&folder.path().join(&out))
    });
    let bytes: Vec<_> = bytes.collect();
    assert!(bytes[0].len() > 10, "{:?}", bytes[0]);
    assert!(bytes.iter().all(|other| *other == bytes[0]), "{bytes:?}");
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
