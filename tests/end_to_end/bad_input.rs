//! Bad sources: a clear error, an exit code, no panic, nothing half-written.

use std::path::Path;

use crate::support::{fail, folder, output, recording, texts, write};

fn pipeline_on(folder: &Path, source: &str) {
    let text = format!(
        "neuroloom: 1\nname: t\nsteps:\n  nwb:\n    use: ingest.nwb\n    with: {{ path: {source} }}\n"
    );
    write(&folder.join("t.yaml"), text);
}

#[test]
fn what_is_not_hdf5_is_named_for_what_it_is() {
    let folder = folder();
    for (name, bytes, word) in [
        ("notes.nwb", &b"subject,age\nA2929,P90D\n"[..], "text"),
        ("empty.nwb", b"", "empty"),
        ("archive.nwb", b"PK\x03\x04................", "zip"),
    ] {
        write(&folder.path().join(name), bytes);
        pipeline_on(folder.path(), name);
        let said = fail(folder.path(), 2, &["run", "t.yaml"]);
        assert!(said.contains(name) && said.to_lowercase().contains(word), "{name}: {said}");
    }
}

#[test]
fn a_truncated_recording_is_an_error_wherever_it_is_cut() {
    let folder = folder();
    let bytes = std::fs::read(recording()).unwrap();
    for part in 1..12 {
        let length = bytes.len() * part / 12;
        write(&folder.path().join("cut.nwb"), &bytes[..length]);
        pipeline_on(folder.path(), "cut.nwb");
        let output = output(folder.path(), &["run", "t.yaml", "--out", "run"]);
        let (_, said) = texts(&output);
        assert!(matches!(output.status.code(), Some(1 | 2)), "{length} bytes: {said}");
        assert!(said.contains("cut.nwb") && !said.contains("panicked"), "{length} bytes: {said}");
        assert!(!folder.path().join("run/nwb").exists(), "{length} bytes left a result");
    }
}

#[test]
fn a_folder_is_not_a_recording() {
    let folder = folder();
    std::fs::create_dir(folder.path().join("dir.nwb")).unwrap();
    pipeline_on(folder.path(), "dir.nwb");
    let said = fail(folder.path(), 2, &["run", "t.yaml"]);
    assert!(said.contains("folder"), "{said}");
}

#[test]
fn a_signal_that_is_not_there_is_answered_with_those_that_are() {
    let folder = folder();
    let file = crate::support::pipeline("quickstart.yaml");
    let change = "steps.tuning.with.behaviour.signal=CompassDirection/nowhere";
    let said = fail(folder.path(), 1, &["run", &file, "--out", "run", "--set", change]);
    assert!(said.contains("CompassDirection/ry") && said.contains("tuning"), "{said}");
}

#[test]
fn too_little_memory_is_said_before_anything_runs() {
    let folder = folder();
    let file = crate::support::pipeline("quickstart.yaml");
    let said = fail(folder.path(), 4, &["run", &file, "--out", "run", "--memory", "1M"]);
    assert!(said.contains("memory") && said.contains("1 MiB"), "{said}");
    assert!(!folder.path().join("run/nwb").exists());
}
