//! `{ values: { mouse_1: { path: data/1.nwb } } }`: what was found once, listed with its labels. This is how a pipeline
//! that is kept, or sent elsewhere, names the tasks that it had.

use super::super::axis::{Axis, AxisValue, Setting, is_path};
use super::super::findings::{Findings, Place};
use super::super::node::{Entry, Map, Node, Value};
use super::super::steps::unknown_keys;
use super::Labels;

/// The key of the list.
pub(super) const KEY: &str = "values";

/// The values that `list` names, in its order. `None` where something is wrong, which is reported.
pub(super) fn read(map: &Map, list: &Node, findings: &mut Findings) -> Option<Vec<AxisValue>> {
    unknown_keys(map, &[KEY], "a `foreach` over listed values", findings);
    let entries = list.expect_map("`values`", findings)?.entries();
    if entries.is_empty() {
        let hint = "write `values: { LABEL: { PARAMETER: VALUE } }`";
        findings.error(list.place, "`values` lists nothing").hint(hint);
        return None;
    }
    let mut labels = Labels::default();
    let values: Vec<_> = entries.iter().map(|entry| value(entry, &mut labels, findings)).collect();
    values.into_iter().collect()
}

fn value(entry: &Entry, labels: &mut Labels, findings: &mut Findings) -> Option<AxisValue> {
    let Entry { key, key_place, value } = entry;
    if let Err(why) = labels.add(key, "an entry of `values`") {
        findings.error(*key_place, why);
        return None;
    }
    let settings = value.expect_map("a value of an axis", findings)?.entries().iter();
    let settings: Vec<_> = settings.map(|entry| setting(entry, findings)).collect();
    Some(AxisValue { label: key.clone(), settings: settings.into_iter().collect::<Option<_>>()? })
}

fn setting(entry: &Entry, findings: &mut Findings) -> Option<Setting> {
    let Entry { key, key_place, value } = entry;
    if !is_path(key) {
        findings.error(*key_place, format!("`{key}` is not the path of a parameter"));
        return None;
    }
    Some(Setting { path: key.clone(), place: *key_place, value: value.clone() })
}

/// The value of `foreach` that lists what `axes` found.
pub(in super::super) fn written<'a>(axes: impl Iterator<Item = &'a Axis>, place: Place) -> Node {
    let node = |entries: Map| Node { value: Value::Map(entries), place };
    let entry = |key: &str, value: Node| Entry { key: key.to_owned(), key_place: place, value };
    let settings = |value: &AxisValue| {
        let settings = value.settings.iter().map(|setting| entry(&setting.path, literal(&setting.value)));
        node(settings.collect())
    };
    let values =
        |axis: &Axis| node(axis.values.iter().map(|value| entry(&value.label, settings(value))).collect());
    let listed = |axis: &Axis| entry(&axis.name, node([entry(KEY, values(axis))].into_iter().collect()));
    node(axes.map(listed).collect())
}

/// `node` with the beginnings of references to variables in its texts written as text.
fn literal(node: &Node) -> Node {
    let value = match &node.value {
        Value::Text(text) => Value::Text(text.replace("${", "$${")),
        other => other.clone(),
    };
    Node { value, place: node.place }
}
