//! Where results come from: the crate beside them, the difference of two runs, exports that rerun elsewhere.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::support::{fail, folder, output, pipeline, results, succeed, texts};

fn run(folder: &Path, out: &str, more: &[&str]) {
    succeed(folder, &[&["run", &pipeline("quickstart.yaml"), "--out", out, "--quiet"], more].concat());
}

/// The exit code and standard output.
fn said(folder: &Path, arguments: &[&str]) -> (Option<i32>, String) {
    let output = output(folder, arguments);
    (output.status.code(), texts(&output).0)
}

#[test]
fn diff_tells_causes_from_consequences_and_ends_like_diff() {
    let folder = folder();
    run(folder.path(), "a", &[]);
    run(folder.path(), "b", &["--set", "steps.rdm.with.method=correlation"]);
    let (code, text) = said(folder.path(), &["diff", "a", "a"]);
    assert_eq!(code, Some(0), "{text}");
    assert!(text.starts_with("the results are the same, byte for byte"), "{text}");
    let (code, text) = said(folder.path(), &["diff", "a", "b"]);
    assert_eq!(code, Some(1), "{text}");
    assert!(text.contains("with.method: crossnobis → correlation"), "{text}");
    let place = |words: &str| text.find(words).unwrap_or_else(|| panic!("{words}: {text}"));
    assert!(place("rdm: changed") < place("comparison: follows from rdm"), "{text}");
    assert!(!text.contains("tuning:"), "{text}");
    let (code, json) = said(folder.path(), &["--json", "diff", "a", "b"]);
    let json: Value = serde_json::from_str(&json).unwrap();
    assert_eq!((code, &json["equal"]), (Some(1), &Value::Bool(false)));
    assert_eq!(json["tasks"][0]["role"], "cause");
    let stderr = fail(folder.path(), 2, &["diff", "a", "nowhere"]);
    assert!(stderr.contains("no complete run"), "{stderr}");
}

#[test]
fn an_exported_run_gives_the_same_bytes_elsewhere() {
    let (here, elsewhere) = (folder(), folder());
    run(here.path(), "a", &["--set", "seed=11"]);
    let to = elsewhere.path().join("export");
    let to = to.to_str().unwrap();
    succeed(here.path(), &["export", "a", "--to", to, "--with-data", "--with-results"]);
    succeed(&elsewhere.path().join("export"), &["export", "--check", "."]);
    succeed(elsewhere.path(), &["run", "export/pipeline.yaml", "--out", "again", "--quiet"]);
    let (code, text) = said(elsewhere.path(), &["diff", "export", "again"]);
    assert_eq!(code, Some(0), "{text}");
    let tables = |run: &Path| {
        let mut files = results(run);
        files.retain(|file, _| file.extension().is_some_and(|ending| ending == "parquet"));
        files
    };
    assert_eq!(tables(&here.path().join("a")), tables(&elsewhere.path().join("again")));
}

#[test]
fn an_archive_without_data_says_what_is_missing() {
    let folder = folder();
    run(folder.path(), "a", &[]);
    succeed(folder.path(), &["export", "a", "--to", "packed.tar.gz"]);
    let tar = Command::new("tar").args(["xzf", "packed.tar.gz"]).current_dir(folder.path()).status();
    assert!(tar.unwrap().success());
    let (code, text) = said(folder.path(), &["export", "--check", "packed"]);
    assert_eq!(code, Some(1), "{text}");
    assert!(text.contains("A2929-200711.nwb  missing") && text.contains("0 of 1"), "{text}");
    let stderr = fail(folder.path(), 2, &["export", "--check", "a"]);
    assert!(stderr.contains("inputs.json"), "{stderr}");
    let stderr = fail(folder.path(), 2, &["export", "a", "--to", "packed.tar.gz"]);
    assert!(stderr.contains("already"), "{stderr}");
}
