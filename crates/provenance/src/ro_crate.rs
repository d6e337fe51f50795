//! `ro-crate-metadata.json`: a run described in the terms of RO-Crate 1.1 (<https://w3id.org/ro/crate/1.1>), with the
//! profiles Process Run Crate and Workflow Run Crate 0.5 (<https://www.researchobject.org/workflow-run-crate/>).

mod actions;
mod context;
mod graph;
mod payload;

use neuroloom_pipeline::manifest::Manifest;
use serde_json::{Value, json};

use crate::record::PIPELINE;
use graph::{Graph, reference, references};

pub use payload::Payload;
pub(crate) use payload::slashes;

/// The file name of the metadata.
pub const METADATA: &str = "ro-crate-metadata.json";

const ROOT: &str = "./";
const LICENCE: &str = "#licence";

/// The metadata of a crate that holds the files of `payload`, which came from the run that `manifest` records.
///
/// Everything that is not in the payload is described without being a part of the crate. The entities stand in one
/// order: the descriptor, the crate, then all others by their ids.
pub fn crate_metadata(manifest: &Manifest, payload: &Payload) -> Value {
    let mut graph = Graph::default();
    let has_pipeline = payload.has(PIPELINE);
    let profiles = context::profiles(&mut graph, has_pipeline);
    context::software(&mut graph, manifest);
    context::files(&mut graph, payload);
    actions::run(&mut graph, manifest, payload);
    context::licence(&mut graph, LICENCE);
    let root = json!({
        "@id": ROOT,
        "@type": "Dataset",
        "name": manifest.name,
        "description": format!(
            "Results of the pipeline {} with {} tasks, computed by Neuroloom {}",
            manifest.name, manifest.tasks.len(), manifest.neuroloom,
        ),
        "datePublished": manifest.finished,
        "license": reference(LICENCE),
        "identifier": graph.digest("fingerprint of the run", manifest.fingerprint),
        "conformsTo": references(&profiles),
        "hasPart": graph.parts(),
        "mentions": graph.actions(),
    });
    graph.finish(descriptor(has_pipeline), with_main_entity(root, has_pipeline))
}

/// The metadata as text: one entity per line, so that thousands of tasks stay small and two crates can be compared.
pub fn to_text(metadata: &Value) -> String {
    let entities = metadata.get("@graph").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let lines: Vec<String> = entities.iter().map(Value::to_string).collect();
    let context = metadata.get("@context").cloned().unwrap_or_default();
    format!("{{\"@context\":{context},\"@graph\":[\n{}\n]}}\n", lines.join(",\n"))
}

fn descriptor(has_pipeline: bool) -> Value {
    let mut standards = vec!["https://w3id.org/ro/crate/1.1"];
    standards.extend(has_pipeline.then_some(context::WORKFLOW_RO_CRATE));
    json!({
        "@id": METADATA,
        "@type": "CreativeWork",
        "about": reference(ROOT),
        "conformsTo": references(&standards),
    })
}

fn with_main_entity(mut root: Value, has_pipeline: bool) -> Value {
    if has_pipeline && let Some(fields) = root.as_object_mut() {
        fields.insert("mainEntity".into(), reference(PIPELINE));
    }
    root
}
