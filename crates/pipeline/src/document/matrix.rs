//! `matrix`: one step, many values of its parameters.

use std::collections::BTreeSet;

use super::axis::{Axis, AxisValue, Setting, is_path};
use super::findings::Findings;
use super::node::{Entry, Map, Node, Value};

/// Reads a matrix.
pub(super) fn axes(node: &Node, findings: &mut Findings) -> Vec<Axis> {
    let entries = node.expect_map("`matrix`", findings).map(Map::entries).unwrap_or_default();
    entries.iter().filter_map(|entry| axis(entry, findings)).collect()
}

fn axis(entry: &Entry, findings: &mut Findings) -> Option<Axis> {
    let Entry { key, key_place, value } = entry;
    if !is_path(key) {
        findings.error(*key_place, format!("`{key}` is not the path of a parameter"));
        return None;
    }
    let mut axis = Axis { name: key.clone(), place: *key_place, values: Vec::new() };
    match &value.value {
        Value::List(items) if !items.is_empty() => axis.values = labelled(entry, items, findings),
        Value::Broken => {}
        _ => {
            let message = format!("the axis `{key}` must be a list of values, found {}", describe(value));
            findings.error(value.place, message).hint(format!("write `{key}: [FIRST, SECOND]`"));
        }
    }
    if axis.values.is_empty() {
        // What is wrong is reported; the parameter is there all the same, and not missing.
        let broken = Node { value: Value::Broken, place: value.place };
        axis.values.push(axis_value(entry, String::new(), broken));
    }
    Some(axis)
}

fn labelled(entry: &Entry, items: &[Node], findings: &mut Findings) -> Vec<AxisValue> {
    let axis = &entry.key;
    let mut labels = BTreeSet::new();
    let mut values = Vec::new();
    for item in items {
        let Some(label) = label(item, axis, findings) else { continue };
        if labels.insert(label.clone()) {
            values.push(axis_value(entry, label, item.clone()));
        } else {
            findings.error(item.place, format!("the axis `{axis}` has the value {label} twice"));
        }
    }
    values
}

/// An axis of a matrix sets the parameter that it is called after.
fn axis_value(entry: &Entry, label: String, value: Node) -> AxisValue {
    let setting = Setting { path: entry.key.clone(), place: entry.key_place, value };
    AxisValue { label, settings: vec![setting] }
}

fn describe(node: &Node) -> String {
    match &node.value {
        Value::List(_) => "an empty one".into(),
        _ => node.what(),
    }
}

fn label(item: &Node, axis: &str, findings: &mut Findings) -> Option<String> {
    let label = item.scalar_text();
    if label.is_none() && !matches!(item.value, Value::Broken) {
        let message = format!(
            "a value of the axis `{axis}` must be text, a number or true or false, found {}",
            item.what()
        );
        findings.error(item.place, message).hint("give each alternative its own step");
    }
    label
}
