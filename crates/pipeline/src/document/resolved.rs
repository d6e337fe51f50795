//! A pipeline as one file: bases merged, overrides applied, every step pinned to its version.

use std::path::Path;

use super::Diagnostics;
use super::emit;
use super::findings::Findings;
use super::node::{Entry, Map, Node, Value};
use super::steps::Steps;
use super::vars::Vars;
use super::yaml::{self, Origin};

/// The merged document `root` as the text of one file, which loads as the same tasks wherever it lies. It carries its
/// name, which would else be that of the file; variables that nothing uses are left out.
pub(super) fn text(mut root: Map, name: &str, steps: &Steps, vars: &Vars) -> String {
    set_text(&mut root, "name", name);
    for step in steps.iter() {
        let Some(used) = &step.used else { continue };
        let pinned = format!("{}@{}", used.step.id(), used.step.version());
        if let Some(Value::Map(map)) = root.get_mut("steps").and_then(|steps| child_mut(steps, &step.name)) {
            set_text(map, "use", &pinned);
        }
    }
    let kept = |entry: &Entry| entry.key != "extends" && !is_empty_map(&entry.value);
    if let Some(Node { value: Value::Map(defined), .. }) = root.get_mut("vars") {
        let used = std::mem::take(defined).into_entries().into_iter().filter(|entry| vars.uses(&entry.key));
        *defined = used.collect();
    }
    emit::document(&root.into_entries().into_iter().filter(kept).collect())
}

/// The document `text` with `edit` applied to every text that may be a path: those in variables and parameters.
/// Where `edit` gives none, a text stays as it is.
///
/// # Errors
/// Where `text` is not a YAML document of maps.
pub fn edit_values(text: &str, edit: impl Fn(&str) -> Option<String>) -> Result<String, Diagnostics> {
    let mut findings = Findings::default();
    let source = findings.add_source(Path::new("pipeline.yaml"), text);
    let root = yaml::parse(text, Origin { source, indent: 0 }, &mut findings);
    let Some(Node { value: Value::Map(mut root), .. }) = root.filter(|_| !findings.has_errors()) else {
        findings.error(source.start(), "this is not the text of a pipeline");
        return Err(findings.finish());
    };
    for section in ["vars", "steps"] {
        let Some(Node { value: Value::Map(map), .. }) = root.get_mut(section) else { continue };
        for name in keys(map) {
            match map.get_mut(&name) {
                Some(Node { value: Value::Map(step), .. }) if section == "steps" => edit_step(step, &edit),
                Some(node) => edit_node(node, &edit),
                None => {}
            }
        }
    }
    Ok(emit::document(&root))
}

/// All of a step but the names of steps in it.
fn edit_step(step: &mut Map, edit: &impl Fn(&str) -> Option<String>) {
    for key in keys(step).iter().filter(|key| !matches!(key.as_str(), "use" | "in")) {
        if let Some(node) = step.get_mut(key) {
            edit_node(node, edit);
        }
    }
}

fn edit_node(node: &mut Node, edit: &impl Fn(&str) -> Option<String>) {
    match &mut node.value {
        Value::Text(text) => {
            if let Some(edited) = edit(text) {
                *text = edited;
            }
        }
        Value::List(items) => items.iter_mut().for_each(|item| edit_node(item, edit)),
        Value::Map(map) => {
            for key in keys(map) {
                if let Some(node) = map.get_mut(&key) {
                    edit_node(node, edit);
                }
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Broken => {}
    }
}

fn keys(map: &Map) -> Vec<String> {
    map.keys().map(str::to_owned).collect()
}

fn child_mut<'a>(node: &'a mut Node, key: &str) -> Option<&'a mut Value> {
    match &mut node.value {
        Value::Map(map) => map.get_mut(key).map(|node| &mut node.value),
        _ => None,
    }
}

fn is_empty_map(node: &Node) -> bool {
    matches!(&node.value, Value::Map(map) if map.entries().is_empty())
}

/// Puts `text` at `key`: in the place of what is there, or else at the end.
fn set_text(map: &mut Map, key: &str, text: &str) {
    let value = Value::Text(text.to_owned());
    match map.get_mut(key) {
        Some(node) => node.value = value,
        None => {
            let Some(place) = map.entries().first().map(|entry| entry.key_place) else { return };
            map.insert(Entry { key: key.to_owned(), key_place: place, value: Node { value, place } });
        }
    }
}
