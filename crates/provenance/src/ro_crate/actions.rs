//! What was done: the run as a whole, and every task of it.

use std::collections::BTreeMap;

use neuroloom_core::Digest;
use neuroloom_pipeline::canonical::{canonical_json, digest_json};
use neuroloom_pipeline::manifest::{InputRecords, Manifest, TableRecord, TaskRecord};
use serde_json::{Value, json};

use super::context::{encoding_format, file, program, step};
use super::graph::{Graph, encoded, reference, references};
use super::payload::Payload;
use crate::record::PIPELINE;

/// Adds the action of the run, those of its tasks, and the files that they read and wrote.
pub(super) fn run(graph: &mut Graph, manifest: &Manifest, payload: &Payload) {
    let mut sources: Vec<String> = Vec::new();
    let mut results: Vec<String> = Vec::new();
    let tables = tables(manifest, payload);
    for task in &manifest.tasks {
        let read = add_sources(graph, task, payload);
        let wrote = add_results(graph, task, payload);
        add_action(graph, task, &tables, &read, &wrote);
        sources.extend(read);
        results.extend(wrote);
    }
    sources.sort();
    sources.dedup();
    let seed = json!({ "@type": "PropertyValue", "name": "seed", "value": manifest.seed.to_string() });
    graph.add("#seed", seed);
    sources.push("#seed".into());
    let instrument = if payload.has(PIPELINE) { encoded(PIPELINE) } else { program(manifest) };
    graph.add_action(
        "#run",
        json!({
            "@type": "CreateAction",
            "name": format!("Run of {}", manifest.name),
            "description": format!("The pipeline {} from its sources to all results", manifest.name),
            "startTime": with_offset(&manifest.started),
            "endTime": with_offset(&manifest.finished),
            "actionStatus": "http://schema.org/CompletedActionStatus",
            "instrument": reference(&instrument),
            "object": references(&sources),
            "result": references(&results),
        }),
    );
}

/// The time with its offset in digits, which some validators ask for.
fn with_offset(time: &str) -> String {
    time.strip_suffix('Z').map_or_else(|| time.to_owned(), |time| format!("{time}+00:00"))
}

/// The ids of all tables, by task and port.
type Tables<'a> = BTreeMap<(&'a str, &'a str), String>;

fn tables<'a>(manifest: &'a Manifest, payload: &Payload) -> Tables<'a> {
    let of_task = |task: &'a TaskRecord| {
        let outputs = task.outputs.iter();
        outputs.map(|(port, table)| ((task.id.as_str(), port.as_str()), table_id(table, payload)))
    };
    manifest.tasks.iter().flat_map(of_task).collect()
}

fn add_action(graph: &mut Graph, task: &TaskRecord, tables: &Tables<'_>, read: &[String], wrote: &[String]) {
    let inputs = task.inputs.values().flat_map(InputRecords::all);
    let inputs = inputs.filter_map(|input| tables.get(&(input.task.as_str(), input.port.as_str())).cloned());
    let objects: Vec<String> =
        inputs.chain(read.iter().cloned()).chain([add_parameters(graph, &task.params)]).collect();
    graph.add_action(
        &format!("#task/{}", encoded(&task.id)),
        json!({
            "@type": "CreateAction",
            "name": task.id,
            "description": format!("Task {} of the step {}", task.id, task.step),
            "instrument": reference(&step(&task.step)),
            "object": references(&objects),
            "result": references(wrote),
        }),
    );
}

/// All parameters of a task are one entity: one for each would be most of the crate.
fn add_parameters(graph: &mut Graph, params: &Value) -> String {
    let id = format!("#parameters/{}", digest_json(params).short());
    graph
        .add(&id, json!({ "@type": "PropertyValue", "name": "parameters", "value": canonical_json(params) }));
    id
}

fn add_sources(graph: &mut Graph, task: &TaskRecord, payload: &Payload) -> Vec<String> {
    let add = |(source, digest): (&String, &Digest)| {
        let inside = payload.source(source).and_then(|path| Some((path, payload.bytes(path)?)));
        add_file(graph, source, inside, "A source of the run", *digest)
    };
    task.files.iter().map(add).collect()
}

fn add_results(graph: &mut Graph, task: &TaskRecord, payload: &Payload) -> Vec<String> {
    let mut ids = Vec::new();
    for table in task.outputs.values() {
        let path = payload.result(&table.file);
        let inside = payload.bytes(&path).map(|bytes| (path.as_str(), bytes));
        let about = format!("Table of the kind {} with {} rows", table.kind, table.rows);
        ids.push(add_file(graph, &path, inside, &about, table.digest));
    }
    for figure in task.figures.iter().map(|path| payload.result(path)) {
        if let Some(bytes) = payload.bytes(&figure) {
            graph.add_part(&encoded(&figure), file(&figure, bytes, "Figure"));
            ids.push(encoded(&figure));
        }
    }
    ids
}

/// Adds a file: a part of the crate where it is `inside` of it, by its path and size there, else only described.
fn add_file(
    graph: &mut Graph,
    name: &str,
    inside: Option<(&str, u64)>,
    about: &str,
    digest: Digest,
) -> String {
    let id = inside.map_or_else(|| outside_id(name), |(path, _)| encoded(path));
    let mut entity = match inside {
        Some((path, bytes)) => file(path, bytes, about),
        None => json!({
            "@type": "CreativeWork",
            "name": name,
            "description": about,
            "encodingFormat": encoding_format(name),
        }),
    };
    let identifier = graph.digest("digest of a file", digest);
    if let Some(fields) = entity.as_object_mut() {
        fields.insert("identifier".into(), identifier);
    }
    match inside {
        Some(_) => graph.add_part(&id, entity),
        None => graph.add(&id, entity),
    }
    id
}

fn table_id(table: &TableRecord, payload: &Payload) -> String {
    let path = payload.result(&table.file);
    if payload.has(&path) { encoded(&path) } else { outside_id(&path) }
}

fn outside_id(name: &str) -> String {
    format!("#file/{}", encoded(name))
}
