//! What the actions of a crate refer to: profiles, software, files.

use std::path::Path;

use neuroloom_pipeline::manifest::Manifest;
use serde_json::{Value, json};

use super::ROOT;
use super::graph::{Graph, encoded, reference};
use super::payload::Payload;
use crate::export::README;
use crate::record::PIPELINE;

/// The profile of crates whose main entity is a workflow.
pub(super) const WORKFLOW_RO_CRATE: &str = "https://w3id.org/workflowhub/workflow-ro-crate/1.0";
const PROCESS_RUN_CRATE: &str = "https://w3id.org/ro/wfrun/process/0.5";
const WORKFLOW_RUN_CRATE: &str = "https://w3id.org/ro/wfrun/workflow/0.5";
const LANGUAGE: &str = "#neuroloom-pipeline";

/// Adds the profiles that the crate follows; gives their ids. Without the pipeline's file there is no workflow in it.
pub(super) fn profiles(graph: &mut Graph, has_pipeline: bool) -> Vec<&'static str> {
    let of_workflows =
        [(WORKFLOW_RUN_CRATE, "Workflow Run Crate", "0.5"), (WORKFLOW_RO_CRATE, "Workflow RO-Crate", "1.0")];
    let mut profiles = vec![(PROCESS_RUN_CRATE, "Process Run Crate", "0.5")];
    profiles.extend(of_workflows.into_iter().filter(|_| has_pipeline));
    for (id, name, version) in &profiles {
        graph.add(id, json!({ "@type": "CreativeWork", "name": name, "version": version }));
    }
    profiles.into_iter().map(|(id, ..)| id).collect()
}

/// Adds the program and the steps in it that the tasks ran.
pub(super) fn software(graph: &mut Graph, manifest: &Manifest) {
    let program = program(manifest);
    graph.add(
        &program,
        json!({ "@type": "SoftwareApplication", "name": "Neuroloom", "softwareVersion": manifest.neuroloom }),
    );
    for task in &manifest.tasks {
        let (name, version) = task.step.split_once('@').unwrap_or((&task.step, ""));
        graph.add(
            &step(&task.step),
            json!({
                "@type": "SoftwareApplication",
                "name": name,
                "softwareVersion": version,
                "softwareRequirements": reference(&program),
            }),
        );
    }
}

/// Adds what is known of the licence: a pipeline states none.
pub(super) fn licence(graph: &mut Graph, id: &str) {
    graph.add(
        id,
        json!({
            "@type": "CreativeWork",
            "name": "No licence is stated",
            "description": "Ask those who made the run; the licences of its sources stand with the sources",
        }),
    );
}

/// The id of the program that made the run.
pub(super) fn program(manifest: &Manifest) -> String {
    format!("#neuroloom-{}", encoded(&manifest.neuroloom))
}

/// The id of the step `ntf.factorise@1`.
pub(super) fn step(name: &str) -> String {
    format!("#step/{}", encoded(name))
}

/// Adds the files of the payload that no task made or read.
pub(super) fn files(graph: &mut Graph, payload: &Payload) {
    for (path, bytes) in payload.others() {
        let mut entity = file(path, bytes, about(path));
        let Some(fields) = entity.as_object_mut() else { continue };
        if path == README {
            fields.insert("about".into(), reference(ROOT));
        }
        if path == PIPELINE {
            fields.insert("@type".into(), json!(["File", "SoftwareSourceCode", "ComputationalWorkflow"]));
            fields.insert("programmingLanguage".into(), reference(LANGUAGE));
            graph.add(
                LANGUAGE,
                json!({ "@type": "ComputerLanguage", "name": "Neuroloom pipeline", "version": "1" }),
            );
        }
        graph.add_part(&encoded(path), entity);
    }
}

/// A file of the crate.
pub(super) fn file(path: &str, bytes: u64, about: &str) -> Value {
    json!({
        "@type": "File",
        "name": path,
        "description": about,
        "contentSize": bytes.to_string(),
        "encodingFormat": encoding_format(path),
    })
}

fn about(path: &str) -> &'static str {
    match path {
        PIPELINE => "The pipeline: bases merged, overrides applied, every step with its version",
        "manifest.json" => "What the run read, did and gave",
        "run.lock" => "The plan as it was before anything ran",
        "report.html" => "The page to look at",
        "inputs.json" => "The source files of the run with their sizes and digests",
        _ => "How to repeat the run",
    }
}

/// The media type by the ending of a name.
pub(super) fn encoding_format(path: &str) -> &'static str {
    let ending = Path::new(path).extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    match ending.to_ascii_lowercase().as_str() {
        "parquet" => "application/vnd.apache.parquet",
        "json" => "application/json",
        "jsonl" | "ndjson" | "lock" => "application/jsonl",
        "yaml" | "yml" => "application/yaml",
        "html" => "text/html",
        "svg" => "image/svg+xml",
        "csv" => "text/csv",
        "tsv" => "text/tab-separated-values",
        "md" => "text/markdown",
        "txt" => "text/plain",
        "h5" | "hdf5" | "nwb" => "application/x-hdf5",
        "mat" => "application/x-matlab-data",
        "zip" | "npz" => "application/zip",
        _ => "application/octet-stream",
    }
}
