//! `matrix`: one step, many values of its parameters.

use std::collections::BTreeSet;

use super::findings::{Findings, Place};
use super::node::{Entry, Map, Node, Value};
use super::yaml::DEPTH_LIMIT;

/// Tasks that a pipeline may have in all.
pub(super) const TASKS_LIMIT: usize = 10_000;

/// One parameter and the values that it takes in turn.
#[derive(Clone, Debug)]
pub(super) struct Axis {
    /// Path of the parameter: `rank`, `kernel.sigma_s`.
    pub name: String,
    pub place: Place,
    /// The values with their names in task ids, at least one.
    pub values: Vec<(String, Node)>,
}

/// Reads a matrix.
pub(super) fn axes(node: &Node, findings: &mut Findings) -> Vec<Axis> {
    let entries = node.expect_map("`matrix`", findings).map(Map::entries).unwrap_or_default();
    entries.iter().filter_map(|entry| axis(entry, findings)).collect()
}

fn axis(entry: &Entry, findings: &mut Findings) -> Option<Axis> {
    let Entry { key, key_place, value } = entry;
    if key.split('.').any(str::is_empty) || key.split('.').count() > DEPTH_LIMIT {
        findings.error(*key_place, format!("`{key}` is not the path of a parameter"));
        return None;
    }
    let mut axis = Axis { name: key.clone(), place: *key_place, values: Vec::new() };
    match &value.value {
        Value::List(items) if !items.is_empty() => axis.values = labelled(key, items, findings),
        Value::Broken => {}
        _ => {
            let message = format!("the axis `{key}` must be a list of values, found {}", describe(value));
            findings.error(value.place, message).hint(format!("write `{key}: [FIRST, SECOND]`"));
        }
    }
    if axis.values.is_empty() {
        // What is wrong is reported; the parameter is there all the same, and not missing.
        axis.values.push((String::new(), Node { value: Value::Broken, place: value.place }));
    }
    Some(axis)
}

fn labelled(axis: &str, items: &[Node], findings: &mut Findings) -> Vec<(String, Node)> {
    let mut labels = BTreeSet::new();
    let mut values = Vec::new();
    for item in items {
        let Some(label) = label(item, axis, findings) else { continue };
        if labels.insert(label.clone()) {
            values.push((label, item.clone()));
        } else {
            findings.error(item.place, format!("the axis `{axis}` has the value {label} twice"));
        }
    }
    values
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

/// How many combinations the axes have.
pub(super) fn count<'a>(axes: impl IntoIterator<Item = &'a Axis>) -> usize {
    axes.into_iter().fold(1, |count, axis| count.saturating_mul(axis.values.len()))
}

/// All combinations of the values of `axes`, as indices; the last axis runs fastest.
pub(super) fn combinations(axes: &[&Axis]) -> Vec<Vec<usize>> {
    axes.iter().fold(vec![Vec::new()], |combinations, axis| {
        let extend = |head: &Vec<usize>| {
            let head = head.clone();
            (0..axis.values.len()).map(move |value| [head.as_slice(), &[value]].concat())
        };
        combinations.iter().flat_map(extend).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_axis_runs_fastest() {
        let place = Findings::default().add_source("".as_ref(), "").start();
        let axis = |name: &str, count: usize| Axis {
            name: name.into(),
            place,
            values: (0..count).map(|n| (n.to_string(), Node { value: Value::Null, place })).collect(),
        };
        let (a, b) = (axis("a", 2), axis("b", 3));
        let expected = [[0, 0], [0, 1], [0, 2], [1, 0], [1, 1], [1, 2]];
        assert_eq!(combinations(&[&a, &b]), expected);
        assert_eq!(combinations(&[]), [Vec::<usize>::new()]);
        assert_eq!(count([&a, &b]), 6);
    }
}
