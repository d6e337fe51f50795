//! Several processes and one store: work is shared, and nobody waits for the dead.

use std::path::Path;
use std::time::{Duration, Instant};

use neuroloom_core::files;
use serde_json::{Value, json};

use crate::support::{events, fail, folder, neuroloom, pipeline, ran, results, succeed, write};

/// A sweep whose tasks take a while each.
fn sweep(folder: &Path) -> String {
    let text = "neuroloom: 1
name: sweep
steps:
  compass:
    use: simulate.ring_attractor
    with: { duration_s: 600 }
    matrix: { n_units: [4, 5, 6, 7, 8, 9, 10, 11] }
";
    let file = folder.join("sweep.yaml");
    write(&file, text);
    file.display().to_string()
}

#[test]
fn two_runs_that_start_together_share_the_work() {
    let folder = folder();
    let file = sweep(folder.path());
    succeed(folder.path(), &["run", &file, "--out", "alone"]);
    let run = |out: &str| {
        let arguments = ["--json", "run", &file, "--out", out, "--store", "store", "--threads", "1"];
        neuroloom(folder.path(), &arguments).stdout(std::process::Stdio::piped()).spawn().unwrap()
    };
    let (one, other) = (run("one"), run("other"));
    let mut tasks = Vec::new();
    for child in [one, other] {
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success());
        let text = String::from_utf8(output.stdout).unwrap();
        let events: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let ran = ran(&events);
        assert!(!ran.is_empty(), "one of them did all the work");
        tasks.extend(ran);
    }
    tasks.sort();
    assert_eq!(tasks.len(), 8, "every task ran once: {tasks:?}");
    let expected = results(&folder.path().join("alone"));
    for out in ["one", "other"] {
        assert_eq!(results(&folder.path().join(out)), expected);
    }
}

#[test]
fn the_lease_of_a_computer_that_is_gone_is_taken_over_without_a_command() {
    let folder = folder();
    let file = pipeline("quickstart.yaml");
    succeed(folder.path(), &["run", &file, "--out", "before"]);
    let expected = results(&folder.path().join("before"));
    let manifest = files::read_text(&folder.path().join("before/manifest.json")).unwrap();
    let manifest: Value = serde_json::from_str(&manifest).unwrap();
    let leases = folder.path().join("store/leases");
    std::fs::create_dir_all(&leases).unwrap();
    for task in manifest["tasks"].as_array().unwrap() {
        let process = json!({ "host": "gone", "space": "another computer", "id": 1, "started": "1" });
        let lease = json!({ "id": "gone", "process": process });
        write(&leases.join(task["key"].as_str().unwrap()), lease.to_string());
    }
    let begun = Instant::now();
    let arguments = ["run", &file, "--out", "after", "--store", "store", "--lease-expiry", "1s"];
    succeed(folder.path(), &arguments);
    assert!(begun.elapsed() >= Duration::from_secs(1), "the holder might have been alive");
    assert_eq!(results(&folder.path().join("after")), expected);
    assert_eq!(files::list(&leases).unwrap(), Vec::<std::path::PathBuf>::new());
}

#[test]
fn some_steps_alone_and_then_the_rest() {
    let folder = folder();
    let file = pipeline("quickstart.yaml");
    succeed(folder.path(), &["run", &file, "--out", "whole"]);
    let error = fail(folder.path(), 2, &["run", &file, "--out", "parts", "--only", "rdm"]);
    assert!(error.contains("is not done"), "{error}");
    let error = fail(folder.path(), 2, &["run", &file, "--out", "parts", "--until", "tunign"]);
    assert!(error.contains("did you mean `tuning`?"), "{error}");
    let until = ran(&events(folder.path(), &["run", &file, "--out", "parts", "--until", "tuning"]));
    assert!(until.contains(&"tuning".to_owned()) && !until.contains(&"rdm".to_owned()), "{until:?}");
    assert!(folder.path().join("parts/tuning").is_dir() && !folder.path().join("parts/rdm").exists());
    // A worker does a task of the frozen plan, which has all of them, and plans nothing.
    succeed(folder.path(), &["exec", "parts", "rdm"]);
    let rest = ran(&events(folder.path(), &["run", &file, "--out", "parts"]));
    assert!(!rest.contains(&"rdm".to_owned()) && !rest.is_empty(), "{rest:?}");
    let (whole, parts) = (folder.path().join("whole"), folder.path().join("parts"));
    assert_eq!(results(&parts), results(&whole));
    let forced = ran(&events(folder.path(), &["run", &file, "--out", "parts", "--force", "rdm"]));
    assert_eq!(forced, ["rdm"], "the same bytes came out, so nothing else had to run");
    assert_eq!(results(&parts), results(&whole));
}

#[test]
fn a_source_that_changes_after_the_plan_is_noticed() {
    let folder = folder();
    write(&folder.path().join("a.csv"), "t,a\n0,1\n0.5,2\n1,4\n");
    let text = "neuroloom: 1
name: tables
steps:
  a: { use: ingest.table, with: { path: a.csv, columns: { time: t }, signal: dff, value_unit: \"1\" } }
";
    write(&folder.path().join("p.yaml"), text);
    succeed(folder.path(), &["run", "p.yaml", "--out", "run"]);
    write(&folder.path().join("a.csv"), "t,a\n0,1\n0.5,2\n1,5\n");
    std::fs::remove_dir_all(folder.path().join("run/.neuroloom/store")).unwrap();
    let error = fail(folder.path(), 1, &["exec", "run", "a"]);
    assert!(error.contains("changed after the run was planned"), "{error}");
}
