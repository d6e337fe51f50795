//! A remote behind the store: what one made, another fetches.

use std::path::{Path, PathBuf};

use neuroloom_core::files;
use serde_json::Value;

use crate::support::{events, fail, folder, neuroloom, pipeline, ran, results, succeed};

/// The remote in `folder`, which is there from now on.
fn remote(folder: &Path) -> String {
    let path = folder.join("remote");
    std::fs::create_dir_all(&path).unwrap();
    format!("file://{}", path.display())
}

/// A run as `out` with a store of its own.
fn run(folder: &Path, out: &str, more: &[&str]) -> Vec<Value> {
    events(folder, &[&["run", &pipeline("quickstart.yaml"), "--out", out], more].concat())
}

fn objects(folder: &Path) -> Vec<PathBuf> {
    let names = files::list_files(&folder.join("remote")).unwrap();
    names.into_iter().map(|name| folder.join("remote").join(name)).collect()
}

fn warnings(events: &[Value]) -> Vec<String> {
    let all = events.iter().filter_map(|event| event["warnings"].as_array()).flatten();
    all.map(|warning| warning.as_str().unwrap().to_owned()).filter(|text| text.contains("remote")).collect()
}

#[test]
fn a_second_user_with_an_empty_store_runs_nothing_and_has_the_same_bytes() {
    let folder = folder();
    let address = remote(folder.path());
    assert!(!ran(&run(folder.path(), "a", &["--remote", &address])).is_empty());
    let expected = results(&folder.path().join("a"));
    assert_eq!(ran(&run(folder.path(), "b", &["--remote", &address])), Vec::<String>::new());
    assert_eq!(results(&folder.path().join("b")), expected);
    // The variable of the environment says the same.
    let file = pipeline("quickstart.yaml");
    let mut command = neuroloom(folder.path(), &["run", &file, "--out", "c", "--quiet"]);
    let output = command.env("NEUROLOOM_REMOTE", &address).output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success() && said.starts_with("0 of "), "{said}");
    assert_eq!(results(&folder.path().join("c")), expected);
}

#[test]
fn a_damaged_object_is_refused_and_its_task_runs_again() {
    let folder = folder();
    let address = remote(folder.path());
    run(folder.path(), "a", &["--remote", &address]);
    let expected = results(&folder.path().join("a"));
    let is_table = |path: &&PathBuf| path.extension().is_some_and(|ending| ending == "parquet");
    let table = objects(folder.path()).iter().find(is_table).unwrap().clone();
    let whole = files::read_bytes(&table).unwrap();
    let mut bytes = whole.clone();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    files::write_bytes(&table, &bytes).unwrap();
    let events = run(folder.path(), "b", &["--remote", &address]);
    assert_eq!(ran(&events).len(), 1);
    assert_eq!(warnings(&events).len(), 1, "{events:?}");
    assert_eq!(results(&folder.path().join("b")), expected);
    assert_eq!(files::read_bytes(&table).unwrap(), whole, "it was put again");
    assert_eq!(ran(&run(folder.path(), "c", &["--remote", &address])), Vec::<String>::new());
}

#[test]
fn a_run_whose_remote_cannot_be_written_is_done_and_says_so() {
    let folder = folder();
    let address = remote(folder.path());
    // A file where folders must be made.
    std::fs::write(folder.path().join("remote/entries"), "").unwrap();
    let file = pipeline("quickstart.yaml");
    let stderr = fail(folder.path(), 3, &["run", &file, "--out", "a", "--remote", &address]);
    assert!(
        stderr.contains("could not be put into the remote") && stderr.contains("nothing is lost"),
        "{stderr}"
    );
    assert_eq!(stderr.matches("nothing more is put there until the end").count(), 1, "{stderr}");
    run(folder.path(), "alone", &[]);
    assert_eq!(results(&folder.path().join("a")), results(&folder.path().join("alone")));
    std::fs::remove_file(folder.path().join("remote/entries")).unwrap();
    assert_eq!(ran(&run(folder.path(), "a", &["--remote", &address])), Vec::<String>::new());
    assert_eq!(ran(&run(folder.path(), "b", &["--remote", &address])), Vec::<String>::new());
}

#[test]
fn planned_tasks_know_the_remote() {
    let folder = folder();
    let address = remote(folder.path());
    let file = pipeline("quickstart.yaml");
    succeed(folder.path(), &["run", &file, "--out", "a"]);
    let lock = files::read_text(&folder.path().join("a/run.lock")).unwrap();
    assert!(!lock.contains("\"remote\""));
    let tasks = ran(&run(folder.path(), "b", &["--remote", &address]));
    let before = objects(folder.path());
    std::fs::remove_dir_all(folder.path().join("remote")).unwrap();
    remote(folder.path());
    std::fs::remove_dir_all(folder.path().join("b/.neuroloom/store")).unwrap();
    // The plan that `run` froze names the remote: a worker puts its results there without being told.
    let plan = files::read_text(&folder.path().join("b/run.lock")).unwrap();
    let in_order: Vec<&str> = plan.lines().skip(1).filter_map(|line| line.split('"').nth(3)).collect();
    assert_eq!(in_order.len(), tasks.len());
    succeed(folder.path(), &[&["exec", "b"], in_order.as_slice()].concat());
    assert_eq!(objects(folder.path()), before);
}

#[test]
fn addresses_that_lead_nowhere_are_refused_before_anything_runs() {
    let folder = folder();
    let file = pipeline("quickstart.yaml");
    for address in ["results", "file:///no/such/folder", "gopher://x"] {
        let stderr = fail(folder.path(), 2, &["run", &file, "--out", "a", "--remote", address]);
        assert!(stderr.contains(address), "{stderr}");
    }
    #[cfg(not(feature = "object-store"))]
    {
        let stderr = fail(folder.path(), 2, &["run", &file, "--out", "a", "--remote", "s3://bucket"]);
        assert!(stderr.contains("--features object-store"), "{stderr}");
    }
    assert!(!folder.path().join("a").exists());
}
