//! An axis: what the tasks of one step differ in.

use std::collections::BTreeMap;

use super::findings::{Findings, Place};
use super::node::Node;

/// Tasks that a pipeline may have in all.
pub(super) const TASKS_LIMIT: usize = 100_000;

/// A name and the values that the tasks have on it in turn.
#[derive(Clone, Debug)]
pub(super) struct Axis {
    /// As task ids and folders have it: `rank`, `kernel.sigma_s`, `recording`.
    pub name: String,
    pub place: Place,
    /// In the order of the tasks; at least one.
    pub values: Vec<AxisValue>,
}

/// One value of an axis: how it is called, and what it makes of the parameters.
#[derive(Clone, Debug)]
pub(super) struct AxisValue {
    /// Unique among the values of the axis.
    pub label: String,
    pub settings: Vec<Setting>,
}

/// A parameter that takes a value.
#[derive(Clone, Debug)]
pub(super) struct Setting {
    /// `kernel.sigma_s`.
    pub path: String,
    /// Where the document says that the axis sets the parameter.
    pub place: Place,
    pub value: Node,
}

/// How many combinations the axes have.
pub(super) fn count<'a>(axes: impl IntoIterator<Item = &'a Axis>) -> usize {
    axes.into_iter().fold(1, |count, axis| count.saturating_mul(axis.values.len()))
}

/// All combinations of the values of `axes`, as indices; the last axis runs fastest. An odometer instead of a list:
/// there may be a hundred thousand of them.
pub(super) fn combinations(axes: &[&Axis]) -> Combinations {
    let counts: Vec<usize> = axes.iter().map(|axis| axis.values.len()).collect();
    let next = (!counts.contains(&0)).then(|| vec![0; counts.len()]);
    Combinations { counts, next }
}

/// See [`combinations`].
pub(super) struct Combinations {
    counts: Vec<usize>,
    next: Option<Vec<usize>>,
}

impl Iterator for Combinations {
    type Item = Vec<usize>;

    fn next(&mut self) -> Option<Vec<usize>> {
        let current = self.next.take()?;
        let mut next = current.clone();
        for (digit, count) in next.iter_mut().zip(&self.counts).rev() {
            *digit += 1;
            if *digit < *count {
                self.next = Some(next);
                break;
            }
            *digit = 0;
        }
        Some(current)
    }
}

/// Reports axes of one step that are called alike, and parameters that two of them set.
pub(super) fn check_apart(axes: &[Axis], findings: &mut Findings) {
    for (at, axis) in axes.iter().enumerate() {
        let before = axes.get(..at).unwrap_or_default();
        if before.iter().any(|other| other.name == axis.name) {
            let message = format!("the step has two axes that are called `{}`", axis.name);
            findings.error(axis.place, message).hint("an axis stands in `matrix` or in `foreach`");
            continue;
        }
        for setting in settings(axis).into_values() {
            let overlaps = |other: &Axis| settings(other).values().any(|other| overlap(other, setting));
            let rival = before.iter().find(|other| overlaps(other));
            if let Some(rival) = rival {
                let message =
                    format!("the axes `{}` and `{}` both set `{}`", rival.name, axis.name, setting.path);
                findings.error(setting.place, message).hint("one would undo what the other did: remove one");
            }
        }
    }
}

/// What the axis sets, by the path of the parameter: not every value need set all.
fn settings(axis: &Axis) -> BTreeMap<&str, &Setting> {
    let all = axis.values.iter().flat_map(|value| &value.settings);
    all.map(|setting| (setting.path.as_str(), setting)).collect()
}

fn overlap(one: &Setting, other: &Setting) -> bool {
    let below =
        |inner: &str, outer: &str| inner.strip_prefix(outer).is_some_and(|rest| rest.starts_with('.'));
    one.path == other.path || below(&one.path, &other.path) || below(&other.path, &one.path)
}

/// Whether `text` is the path of a parameter: names with dots between them.
pub(super) fn is_path(text: &str) -> bool {
    !text.split('.').any(str::is_empty) && text.split('.').count() <= super::yaml::DEPTH_LIMIT
}

#[cfg(test)]
mod tests {
    use super::super::node::Value;
    use super::*;

    fn axis(name: &str, count: usize) -> Axis {
        let place = Findings::default().add_source("".as_ref(), "").start();
        let value = |n: usize| {
            let setting = Setting { path: name.into(), place, value: Node { value: Value::Null, place } };
            AxisValue { label: n.to_string(), settings: vec![setting] }
        };
        Axis { name: name.into(), place, values: (0..count).map(value).collect() }
    }

    #[test]
    fn the_last_axis_runs_fastest() {
        let (a, b) = (axis("a", 2), axis("b", 3));
        let expected = [[0, 0], [0, 1], [0, 2], [1, 0], [1, 1], [1, 2]];
        assert_eq!(combinations(&[&a, &b]).collect::<Vec<_>>(), expected);
        assert_eq!(combinations(&[]).collect::<Vec<_>>(), [Vec::<usize>::new()]);
        assert_eq!(count([&a, &b]), 6);
    }

    #[test]
    fn axes_that_set_the_same_parameter_are_refused() {
        let mistakes = |names: [&str; 2]| {
            let mut findings = Findings::default();
            findings.add_source("".as_ref(), "");
            check_apart(&names.map(|name| axis(name, 1)), &mut findings);
            findings.errors()
        };
        assert_eq!(mistakes(["kernel", "kernel.sigma_s"]), 1);
        assert_eq!(mistakes(["rank", "rank"]), 1);
        assert_eq!(mistakes(["rank", "ranks"]), 0);
    }
}
