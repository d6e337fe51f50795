//! Over which axes the tasks of each step are spread.

use std::collections::{BTreeMap, BTreeSet};

use super::Parts;
use crate::document::axis::{Axis, count};
use crate::document::findings::{Findings, listing};
use crate::document::steps::StepNode;

/// A step with all axes that its tasks differ in, its own and those of what it reads from, in the order in which
/// the document declares them.
pub(super) struct Spread<'a> {
    pub node: &'a StepNode,
    pub axes: Vec<&'a Axis>,
    /// Index of its first task in the list of all.
    pub first: usize,
}

impl Spread<'_> {
    /// How many tasks the step has.
    pub fn count(&self) -> usize {
        count(self.axes.iter().copied())
    }
}

/// The spreads by step. `None` when axes do not fit together, which is reported.
pub(super) fn spreads<'a>(parts: &Parts<'a>, findings: &mut Findings) -> Option<BTreeMap<usize, Spread<'a>>> {
    let ranks = ranks(parts);
    let mut spreads: BTreeMap<usize, Spread<'a>> = BTreeMap::new();
    let (mut first, mut fits) = (0_usize, true);
    for at in parts.order {
        let node = parts.steps.get(*at)?;
        let sources = parts.bindings.get(*at)?.iter().filter_map(|binding| spreads.get(&binding.step));
        let incoming: Vec<&'a Axis> = sources.flat_map(|spread| spread.axes.iter().copied()).collect();
        fits &= check_collect(node, &incoming, findings);
        let joined = incoming.into_iter().filter(|axis| !node.collect.takes(&axis.name));
        let (mut axes, agree) = union(node, joined.chain(&node.axes), findings);
        fits &= agree;
        axes.sort_by_key(|axis| ranks.get(axis.name.as_str()));
        let spread = Spread { node, axes, first };
        first = first.saturating_add(spread.count());
        spreads.insert(*at, spread);
    }
    fits.then_some(spreads)
}

/// The place of each axis in the document, by name.
fn ranks<'a>(parts: &Parts<'a>) -> BTreeMap<&'a str, usize> {
    let mut ranks = BTreeMap::new();
    for axis in parts.steps.iter().flat_map(|node| &node.axes) {
        let next = ranks.len();
        ranks.entry(axis.name.as_str()).or_insert(next);
    }
    ranks
}

fn check_collect(node: &StepNode, incoming: &[&Axis], findings: &mut Findings) -> bool {
    let incoming: BTreeSet<&str> = incoming.iter().map(|axis| axis.name.as_str()).collect();
    let incoming: Vec<&str> = incoming.into_iter().collect();
    let own: Vec<&str> = node.axes.iter().map(|axis| axis.name.as_str()).collect();
    node.collect.check(&node.name, &incoming, &own, findings)
}

/// Axes of one name are one axis.
fn union<'a>(
    node: &StepNode,
    axes: impl Iterator<Item = &'a Axis>,
    findings: &mut Findings,
) -> (Vec<&'a Axis>, bool) {
    let mut union: Vec<&'a Axis> = Vec::new();
    let mut agree = true;
    for axis in axes {
        match union.iter().find(|other| other.name == axis.name) {
            None => union.push(axis),
            // What several inputs inherit from one step is one and the same.
            Some(other) if std::ptr::eq(*other, axis) => {}
            Some(other) => agree &= check_agreement(node, other, axis, findings),
        }
    }
    (union, agree)
}

/// Joining different values would silently drop some.
fn check_agreement(node: &StepNode, one: &Axis, other: &Axis, findings: &mut Findings) -> bool {
    let (these, those) = (labels(one), labels(other));
    let only = |labels: &BTreeSet<&str>, others: &BTreeSet<&str>, source: &str| {
        let only: Vec<&str> = labels.difference(others).copied().collect();
        (!only.is_empty()).then(|| format!("only the {source} source has {}", listing(only)))
    };
    let differences = [only(&these, &those, "first"), only(&those, &these, "second")];
    let differences: Vec<String> = differences.into_iter().flatten().collect();
    if differences.is_empty() {
        return true;
    }
    let differences = differences.join(", ");
    let message =
        format!("the axis `{}` reaches `{}` with different values: {differences}", one.name, node.name);
    findings.error(other.place, message).hint("axes of one name are joined: give both the same values");
    false
}

fn labels(axis: &Axis) -> BTreeSet<&str> {
    axis.values.iter().map(|value| value.label.as_str()).collect()
}
