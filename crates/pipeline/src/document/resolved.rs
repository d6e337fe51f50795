//! A pipeline as one file: bases merged, overrides applied, every step pinned to its version.

use std::path::Path;

use super::Diagnostics;
use super::emit;
use super::findings::Findings;
use super::foreach;
use super::node::{Entry, Map, Node, Value};
use super::steps::{StepNode, Steps};
use super::yaml::{self, Origin};

/// The merged document `root` as the text of one file, which loads as the same tasks wherever it lies. It carries its
/// name, which would else be that of the file, and lists what its `foreach` found; variables that nothing uses are
/// left out.
pub(super) fn text(mut root: Map, name: &str, steps: &Steps) -> String {
    set_text(&mut root, "name", name);
    for step in steps.iter() {
        if let Some(Value::Map(map)) = root.get_mut("steps").and_then(|steps| child_mut(steps, &step.name)) {
            pin(map, step);
        }
    }
    let kept = |entry: &Entry| entry.key != "extends" && !is_empty_map(&entry.value);
    let vars = root.get_mut("vars").map(Node::take);
    let rest = emit::document(&root);
    if let (Some(Node { value: Value::Map(defined), place }), Some(node)) = (vars, root.get_mut("vars")) {
        let is_used = |entry: &Entry| rest.contains(&format!("${{{}}}", entry.key));
        let used = defined.into_entries().into_iter().filter(is_used).collect();
        *node = Node { value: Value::Map(used), place };
    }
    emit::document(&root.into_entries().into_iter().filter(kept).collect())
}

/// Names the version of the step, and what it is done for.
fn pin(map: &mut Map, step: &StepNode) {
    if let Some(used) = &step.used {
        set_text(map, "use", &format!("{}@{}", used.step.id(), used.step.version()));
    }
    if let Some(node) = map.get_mut("foreach") {
        let found = |name: &str| step.axes.iter().find(|axis| axis.name == name);
        let names = match &node.value {
            Value::Map(axes) => axes.keys().map(str::to_owned).collect(),
            _ => Vec::new(),
        };
        if !names.is_empty() {
            *node = foreach::listed(names.iter().filter_map(|name| found(name)), node.place);
        }
    }
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
