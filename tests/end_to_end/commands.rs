//! The commands around a run.

use crate::support::{fail, folder, pipeline, project, recording, succeed, write};

#[test]
fn steps_are_listed_and_described() {
    let folder = folder();
    let list = succeed(folder.path(), &["steps"]);
    for step in ["ingest.nwb@1", "prepare.tuning@1", "rsa.rdm@2"] {
        assert!(list.contains(step), "{list}");
    }
    let page = succeed(folder.path(), &["steps", "describe", "rsa.rdm"]);
    for word in ["method", "crossnobis", "responses", "Reference"] {
        assert!(page.contains(word), "{word}\n{page}");
    }
    let said = fail(folder.path(), 2, &["steps", "describe", "rsa.rmd"]);
    assert!(said.contains("did you mean `rsa.rdm`"), "{said}");
}

#[test]
fn a_plan_shows_shapes_and_the_graph_without_running() {
    let folder = folder();
    let file = pipeline("quickstart.yaml");
    let text = succeed(folder.path(), &["plan", &file]);
    assert!(text.contains("rsa.rdm@2") && text.contains("units 15"), "{text}");
    let mermaid = succeed(folder.path(), &["plan", &file, "--format", "mermaid"]);
    assert!(mermaid.contains("flowchart") || mermaid.contains("graph"), "{mermaid}");
    let dot = succeed(folder.path(), &["plan", &file, "--format", "dot"]);
    assert!(dot.starts_with("digraph"), "{dot}");
    assert!(std::fs::read_dir(folder.path()).unwrap().next().is_none(), "a plan writes nothing");
}

#[test]
fn the_committed_schemas_are_those_of_the_binary() {
    let folder = folder();
    for (of, file) in [("pipeline", "pipeline.schema.json"), ("tables", "tables.json")] {
        let committed = std::fs::read_to_string(project().join("schemas").join(file)).unwrap();
        assert!(committed == succeed(folder.path(), &["schema", of]), "{file}: run `cargo xtask schemas`");
    }
}

#[test]
fn inspect_says_what_is_in_a_recording_and_in_a_table() {
    let folder = folder();
    let source = recording().display().to_string();
    let said = succeed(folder.path(), &["inspect", &source]);
    for word in ["CompassDirection", "units", "63527"] {
        assert!(said.contains(word), "{word}\n{said}");
    }
    succeed(folder.path(), &["run", &pipeline("quickstart.yaml"), "--out", "run"]);
    let said = succeed(folder.path(), &["inspect", "run/recording/spikes.parquet"]);
    assert!(said.contains("spike_times_s") && said.contains("15 rows"), "{said}");
}

#[test]
fn a_damaged_table_is_not_shown() {
    let folder = folder();
    succeed(folder.path(), &["run", &pipeline("quickstart.yaml"), "--out", "run"]);
    let mut bytes = std::fs::read(folder.path().join("run/rdm/rdms.parquet")).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    write(&folder.path().join("damaged.parquet"), bytes);
    let said = fail(folder.path(), 1, &["inspect", "damaged.parquet"]);
    assert!(said.contains("damaged"), "{said}");
}

#[test]
fn status_follows_a_run() {
    let folder = folder();
    let said = fail(folder.path(), 1, &["status", "nowhere"]);
    assert!(said.contains("no run was started here"), "{said}");
    succeed(folder.path(), &["run", &pipeline("quickstart.yaml"), "--out", "run"]);
    let said = succeed(folder.path(), &["status", "run"]);
    assert!(said.contains("complete") && said.contains("finished"), "{said}");
}

#[test]
fn every_template_is_a_valid_pipeline() {
    let folder = folder();
    let list = succeed(folder.path(), &["new"]);
    let names: Vec<&str> = list.lines().filter_map(|line| line.split_whitespace().next()).collect();
    assert!(names.len() >= 3, "{list}");
    let source = format!("vars.source={}", recording().display());
    for name in names {
        succeed(folder.path(), &["new", name]);
        succeed(folder.path(), &["validate", &format!("{name}.yaml"), "--set", &source]);
        let said = fail(folder.path(), 2, &["new", name]);
        assert!(said.contains("there already"), "{said}");
    }
}

#[test]
fn a_reader_that_stops_reading_is_no_error() {
    let folder = folder();
    let mut command = crate::support::neuroloom(folder.path(), &["schema", "pipeline"]);
    let mut child =
        command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}

#[test]
fn completions_are_printed() {
    let folder = folder();
    for shell in ["bash", "zsh", "fish"] {
        assert!(succeed(folder.path(), &["completions", shell]).contains("neuroloom"));
    }
}
