//! `foreach`: tasks for what is found outside of the document: files, or the rows of a table. What was found once can be
//! listed in the document itself.
//!
//! What is found is fixed when the document is loaded: whoever executes the tasks later looks for nothing anew.

mod files;
mod listed;
mod neighbours;
mod rows;
mod table;

use std::collections::BTreeMap;
use std::path::Path;

use super::axis::{Axis, AxisValue, Setting, is_path};
use super::findings::{Findings, Place};
use super::node::{Entry, Map, Node, Value};

/// A label longer than this names nothing.
const LABEL_LIMIT: usize = 200;

pub(super) use listed::written as listed;

/// Reads the value of `foreach`. Paths in it are relative to `base`, the folder of the pipeline file.
pub(super) fn axes(node: &Node, base: &Path, findings: &mut Findings) -> Vec<Axis> {
    let entries = node.expect_map("`foreach`", findings).map(Map::entries).unwrap_or_default();
    entries.iter().filter_map(|entry| axis(entry, base, findings)).collect()
}

fn axis(entry: &Entry, base: &Path, findings: &mut Findings) -> Option<Axis> {
    let Entry { key, key_place, value } = entry;
    if !is_name(key) {
        let message = format!("`{key}` cannot be the name of an axis");
        let hint = "name what there is a task for: `recording`; with letters, digits and `_`, a letter first";
        findings.error(*key_place, message).hint(hint);
        return None;
    }
    let values = match &value.value {
        Value::Map(map) => values(entry, map, base, findings),
        Value::Broken => None,
        _ => {
            let message = format!("`{key}` must say where its tasks come from, found {}", value.what());
            findings.error(value.place, message).hint(FORMS);
            None
        }
    };
    let values = values.filter(|values| !values.is_empty()).unwrap_or_else(|| vec![broken(value)]);
    Some(Axis { name: key.clone(), place: *key_place, values })
}

const FORMS: &str = "write `{ glob: \"data/*.nwb\", into: path }` or `{ table: recordings.csv, label: recording, into: { path: file } }`";

fn values(entry: &Entry, map: &Map, base: &Path, findings: &mut Findings) -> Option<Vec<AxisValue>> {
    if let Some(list) = map.get(listed::KEY) {
        return listed::read(map, list, findings);
    }
    match (map.get("glob"), map.get("table")) {
        (Some(pattern), None) => files::read(map, pattern, base, findings),
        (None, Some(file)) => table::read(map, file, base, findings),
        (Some(_), Some(table)) => {
            let message = format!("`{}` has both a `glob` and a `table`", entry.key);
            findings.error(table.place, message).hint("give each an axis of its own");
            None
        }
        (None, None) => {
            let message = format!("`{}` must have a `glob` or a `table`", entry.key);
            findings.error(entry.key_place, message).hint(FORMS);
            None
        }
    }
}

fn is_name(text: &str) -> bool {
    let starts = text.starts_with(|c: char| c.is_ascii_alphabetic());
    starts && text.len() <= 64 && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// The one value of an axis whose values cannot be found, for a reason that is reported: its parameters are there all
/// the same, and not missing.
fn broken(node: &Node) -> AxisValue {
    let names: Vec<(String, Place)> = match node.child("into").map(|into| (&into.value, into.place)) {
        Some((Value::Text(path), place)) => vec![(path.clone(), place)],
        Some((Value::Map(map), _)) => map.entries().iter().map(|e| (e.key.clone(), e.key_place)).collect(),
        _ => Vec::new(),
    };
    let setting = |(path, place)| Setting { path, place, value: Node { value: Value::Broken, place } };
    let settings = names.into_iter().filter(|(path, _)| is_path(path)).map(setting);
    AxisValue { label: String::new(), settings: settings.collect() }
}

/// The path of a parameter that `node` is; reports what is none.
fn parameter(node: &Node, findings: &mut Findings) -> Option<String> {
    let path = node.expect_text("`into`", findings)?;
    if !is_path(path) {
        findings.error(node.place, format!("`{path}` is not the path of a parameter"));
        return None;
    }
    Some(path.to_owned())
}

/// The value at `key`; reports where there is none.
fn required<'a>(
    map: &'a Map,
    key: &str,
    example: &str,
    at: Place,
    findings: &mut Findings,
) -> Option<&'a Node> {
    let node = map.get(key);
    if node.is_none() {
        findings.error(at, format!("`{key}` is missing")).hint(format!("write `{key}: {example}`"));
    }
    node
}

/// The labels of an axis, each with what has it: all different, and fit for the name of a task.
#[derive(Default)]
struct Labels(BTreeMap<String, String>);

impl Labels {
    /// Why `label`, which `owner` has, cannot be one.
    fn add(&mut self, label: &str, owner: &str) -> Result<(), String> {
        if label.is_empty() {
            return Err(format!("{owner} has an empty label"));
        }
        if label.len() > LABEL_LIMIT || label.chars().any(char::is_control) {
            return Err(format!(
                "{owner} has a label that is too long or has control characters: {label:.40?}"
            ));
        }
        match self.0.insert(label.to_owned(), owner.to_owned()) {
            None => Ok(()),
            Some(first) => Err(format!("{first} and {owner} have the same label, `{label}`")),
        }
    }
}
