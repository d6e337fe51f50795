//! `ro-crate-metadata.json`.

use std::collections::BTreeSet;
use std::path::PathBuf;

use neuroloom_core::{Digest, files};
use neuroloom_pipeline::manifest::Manifest;
use neuroloom_provenance::record;
use neuroloom_provenance::ro_crate::{Payload, crate_metadata, to_text};
use neuroloom_provenance::run::Run;
use serde_json::{Value, json};

use crate::support::{CHAIN, run_text, write};

fn metadata(run: &Run) -> Value {
    serde_json::from_str(&files::read_text(&run.folder.crate_metadata()).unwrap()).unwrap()
}

fn entities(metadata: &Value) -> &[Value] {
    metadata["@graph"].as_array().unwrap()
}

fn entity<'a>(metadata: &'a Value, id: &str) -> &'a Value {
    entities(metadata).iter().find(|entity| entity["@id"] == id).unwrap_or_else(|| panic!("no entity {id}"))
}

/// The ids that `value` refers to.
fn references(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) if fields.len() == 1 && fields.contains_key("@id") => {
            found.insert(fields["@id"].as_str().unwrap().to_owned());
        }
        Value::Object(fields) => fields.values().for_each(|value| references(value, found)),
        Value::Array(items) => items.iter().for_each(|value| references(value, found)),
        _ => {}
    }
}

fn check_graph(metadata: &Value) {
    let ids: Vec<&str> = entities(metadata).iter().map(|entity| entity["@id"].as_str().unwrap()).collect();
    let unique: BTreeSet<&str> = ids.iter().copied().collect();
    assert_eq!(unique.len(), ids.len(), "an id stands twice");
    let mut wanted = BTreeSet::new();
    entities(metadata).iter().for_each(|entity| references(entity, &mut wanted));
    // The standard itself is not described.
    let missing: Vec<_> = wanted
        .iter()
        .filter(|id| !unique.contains(id.as_str()) && *id != "https://w3id.org/ro/crate/1.1")
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
    for entity in entities(metadata) {
        assert!(entity["@type"].is_string() || entity["@type"].is_array(), "{entity}");
    }
}

#[test]
fn every_reference_leads_to_one_entity() {
    let folder = tempfile::tempdir().unwrap();
    write(&folder.path().join("data/x y.txt"), "1 2");
    let text = "neuroloom: 1
steps:
  source: { use: test.read, with: { path: ../data/x y.txt } }
  scaled: { use: fake.scale, in: source, matrix: { factor: [1, 2.5] } }
";
    let metadata = metadata(&run_text(folder.path(), text, "run"));
    check_graph(&metadata);
    assert_eq!(entity(&metadata, "./")["mainEntity"], json!({ "@id": "pipeline.yaml" }));
    let task = entity(&metadata, "#task/scaled%5Bfactor=2.5%5D");
    assert_eq!(task["instrument"], json!({ "@id": "#step/fake.scale@1" }));
    assert_eq!(task["result"], json!([{ "@id": "scaled/factor=2.5/spikes.parquet" }]));
    assert_eq!(task["object"][0], json!({ "@id": "source/spikes.parquet" }));
    let source = entity(&metadata, "#file/../data/x%20y.txt");
    assert_eq!(source["@type"], "CreativeWork", "a source is no part of the crate");
}

#[test]
fn files_have_their_sizes_and_digests() {
    let folder = tempfile::tempdir().unwrap();
    let run = run_text(folder.path(), CHAIN, "run");
    let metadata = metadata(&run);
    let parts = entity(&metadata, "./")["hasPart"].as_array().unwrap();
    assert!(parts.len() > 4, "{parts:?}");
    for part in parts {
        let path = part["@id"].as_str().unwrap();
        let bytes = run.folder.root().join(path).metadata().unwrap().len();
        assert_eq!(entity(&metadata, path)["contentSize"], bytes.to_string(), "{path}");
    }
    let table = &run.manifest.task("last").unwrap().outputs["spikes"];
    let digest = entity(&metadata, "last/spikes.parquet")["identifier"]["@id"].as_str().unwrap();
    assert_eq!(entity(&metadata, digest)["value"], table.digest.to_string());
}

#[test]
fn what_is_not_in_the_folder_is_no_part_of_the_crate() {
    let folder = tempfile::tempdir().unwrap();
    let run = run_text(folder.path(), CHAIN, "run");
    files::remove_file(&run.folder.root().join("last/spikes.parquet")).unwrap();
    let metadata = crate_metadata(&run.manifest, &Payload::of_folder(run.folder.root(), &run.manifest));
    check_graph(&metadata);
    assert_eq!(entity(&metadata, "#file/last/spikes.parquet")["@type"], "CreativeWork");
    assert_eq!(entity(&metadata, "#task/last")["result"], json!([{ "@id": "#file/last/spikes.parquet" }]));
}

#[test]
fn the_crate_is_written_for_a_changed_run_and_left_for_an_unchanged_one() {
    let folder = tempfile::tempdir().unwrap();
    let run = run_text(folder.path(), CHAIN, "run");
    let path = run.folder.crate_metadata();
    let before = files::read_bytes(&path).unwrap();
    write(&path, "mine");
    run_text(folder.path(), CHAIN, "run");
    assert_eq!(files::read_text(&path).unwrap(), "mine");
    let changed = run_text(folder.path(), &CHAIN.replace("factor: 5", "factor: 6"), "run");
    assert_ne!(files::read_bytes(&path).unwrap(), before);
    assert!(changed.pipeline.unwrap().contains("factor: 6"));
}

#[test]
fn a_crash_between_manifest_and_crate_is_mended() {
    let folder = tempfile::tempdir().unwrap();
    let run = run_text(folder.path(), CHAIN, "run");
    files::remove_file(&run.folder.pipeline()).unwrap();
    write(&run.folder.crate_metadata(), "of an earlier run");
    record::write(&run.folder, run.manifest.fingerprint).unwrap();
    check_graph(&metadata(&run));
    assert_eq!(Run::open(run.folder.root()).unwrap().pipeline, run.pipeline);
}

#[test]
fn thousands_of_tasks_stay_small() {
    let folder = tempfile::tempdir().unwrap();
    let one = run_text(folder.path(), CHAIN, "run").manifest;
    let n = 5000;
    let tasks = (0..n).map(|number| {
        let mut task = one.task("double").unwrap().clone();
        task.id = format!("double[factor={number}]");
        task.params = json!({ "factor": number });
        for table in task.outputs.values_mut() {
            table.file = PathBuf::from(format!("double/factor={number}/spikes.parquet"));
            table.digest = Digest::of(format!("{number}").as_bytes());
        }
        task
    });
    let source = one.task("source").unwrap().clone();
    let manifest = Manifest { tasks: std::iter::once(source).chain(tasks).collect(), ..one };
    let mut payload = Payload::default();
    manifest.files().for_each(|file| payload.add(&file.to_string_lossy(), 1000));
    let metadata = crate_metadata(&manifest, &payload);
    check_graph(&metadata);
    let bytes = to_text(&metadata).len();
    assert!(bytes < n * 1500, "{} bytes per task", bytes / n);
}
