//! Keeping a store in order: what is garbage, what is damaged.

use std::path::Path;

use neuroloom_core::files;

use crate::support::{events, fail, folder, pipeline, ran, results, succeed};

fn gc(folder: &Path, arguments: &[&str]) -> serde_json::Value {
    let all = [&["--json", "gc", "store", "--older-than", "0s"], arguments].concat();
    serde_json::from_str(&succeed(folder, &all)).unwrap()
}

#[test]
fn garbage_is_what_no_run_needs_any_more() {
    let folder = folder();
    let file = pipeline("quickstart.yaml");
    let run = |out: &str, set: &str| {
        succeed(folder.path(), &["run", &file, "--out", out, "--store", "store", "--set", set]);
    };
    run("a", "steps.rdm.with.method=crossnobis");
    let needed = gc(folder.path(), &["--dry-run"]);
    assert_eq!(needed["entries"], 0, "{needed}");
    // Another method: the results of the one before are needed by nothing in `a`, but `b` still has them.
    run("b", "steps.rdm.with.method=crossnobis");
    run("a", "steps.rdm.with.method=correlation");
    assert_eq!(gc(folder.path(), &["--dry-run"])["entries"], 0);
    std::fs::remove_dir_all(folder.path().join("b")).unwrap();
    let expected = results(&folder.path().join("a"));
    let would = gc(folder.path(), &["--dry-run"]);
    assert!(would["entries"].as_u64().unwrap() > 0 && would["bytes"].as_u64().unwrap() > 0, "{would}");
    assert_eq!(would, gc(folder.path(), &["--dry-run"]), "a dry run removes nothing");
    let did = gc(folder.path(), &[]);
    assert_eq!(did["entries"], would["entries"]);
    assert_eq!(gc(folder.path(), &[])["entries"], 0);
    let again = ran(&events(
        folder.path(),
        &["run", &file, "--out", "a", "--store", "store", "--set", "steps.rdm.with.method=correlation"],
    ));
    assert_eq!(again, Vec::<String>::new(), "what `a` needs is still there");
    assert_eq!(results(&folder.path().join("a")), expected);
}

#[test]
fn one_flipped_bit_in_a_store_is_found_and_named() {
    let folder = folder();
    let file = pipeline("quickstart.yaml");
    succeed(folder.path(), &["run", &file, "--out", "run"]);
    let said = succeed(folder.path(), &["verify", "run"]);
    assert!(said.contains("0 damaged"), "{said}");
    let store = folder.path().join("run/.neuroloom/store");
    let tables = files::list_files(&store).unwrap();
    let table = tables.iter().find(|file| file.extension().is_some_and(|e| e == "parquet")).unwrap();
    let path = store.join(table);
    let mut bytes = files::read_bytes(&path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    #[allow(clippy::permissions_set_readonly_false, reason = "a test's own file")]
    {
        let mut permissions = path.metadata().unwrap().permissions();
        permissions.set_readonly(false);
        std::fs::set_permissions(&path, permissions).unwrap();
    }
    std::fs::write(&path, bytes).unwrap();
    let error = fail(folder.path(), 1, &["verify", "run"]);
    assert!(error.contains(&*table.file_name().unwrap().to_string_lossy()), "{error}");
}
