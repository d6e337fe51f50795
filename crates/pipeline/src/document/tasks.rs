//! Steps and their matrices to tasks.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use neuroloom_core::CheckedParams;

use super::bind::Binding;
use super::findings::Findings;
use super::matrix::{Axis, TASKS_LIMIT, combinations, count};
use super::node::Value;
use super::outputs::Copy;
use super::params;
use super::steps::{StepNode, Steps};
use super::{InputSpec, OutputSpec, TaskSpec};
use crate::resources::ResourceRequest;

/// The checked parameters of a step, by the values on its own axes.
pub(super) type Variants = BTreeMap<Vec<String>, CheckedParams>;

/// Bytes of parameters that the variants of all steps may have together.
const PARAMS_LIMIT: usize = 256 << 20;

/// Checks the parameters of every step for every combination of the values on its own axes.
pub(super) fn variants(steps: &Steps, findings: &mut Findings) -> Vec<Variants> {
    let (mut tasks, mut bytes) = (0_usize, 0_usize);
    let mut all = Vec::new();
    for node in steps.iter() {
        let own = count(&node.axes);
        tasks = tasks.saturating_add(own);
        bytes = bytes.saturating_add(own.saturating_mul(node.with.weight()));
        if tasks > TASKS_LIMIT || bytes > PARAMS_LIMIT {
            let place = node.axes.first().map_or(node.place, |axis| axis.place);
            let message =
                format!("up to here the matrices make {tasks} tasks with {} MiB of parameters", bytes >> 20);
            let hint =
                format!("{TASKS_LIMIT} tasks and {} MiB are the most that there can be", PARAMS_LIMIT >> 20);
            findings.error(place, message).hint(hint);
            return all;
        }
        all.push(own_variants(node, findings));
    }
    all
}

fn own_variants(node: &StepNode, findings: &mut Findings) -> Variants {
    let mut variants = Variants::new();
    let Some(used) = node.used.as_ref().filter(|_| !matches!(node.with.value, Value::Broken)) else {
        return variants;
    };
    let axes: Vec<&Axis> = node.axes.iter().collect();
    for combination in combinations(&axes) {
        let mut with = node.with.clone();
        let mut labels = Vec::new();
        for (axis, at) in axes.iter().zip(combination) {
            let Some((label, value)) = axis.values.get(at) else { continue };
            let path: Vec<&str> = axis.name.split('.').collect();
            if let Err(why) = with.set(&path, axis.place, value.clone()) {
                findings.error(axis.place, why);
                return variants;
            }
            labels.push(label.clone());
        }
        if let Some(params) = params::check(used, &with, node.place, findings) {
            variants.insert(labels, params);
        }
        if findings.is_full() {
            return variants;
        }
    }
    variants
}

/// A step with all axes that its tasks differ in, its own and those of what it reads from, in the order in which
/// the document declares them.
struct Spread<'a> {
    node: &'a StepNode,
    axes: Vec<&'a Axis>,
}

/// Everything that tasks are made of.
pub(super) struct Parts<'a> {
    pub steps: &'a Steps,
    /// Indices of the steps in the order in which they can run.
    pub order: &'a [usize],
    /// By step.
    pub bindings: &'a [Vec<Binding>],
    /// By step.
    pub variants: &'a [Variants],
    pub copies: &'a [Copy],
}

/// All tasks, and the copies of their outputs. `None` when there are none, for a reason that is reported.
pub(super) fn tasks(parts: &Parts<'_>, findings: &mut Findings) -> Option<(Vec<TaskSpec>, Vec<OutputSpec>)> {
    let spreads = spreads(parts, findings)?;
    let total =
        spreads.values().fold(0, |sum: usize, spread| sum.saturating_add(count(spread.axes.iter().copied())));
    if total > TASKS_LIMIT {
        let widest = spreads.values().max_by_key(|spread| count(spread.axes.iter().copied()))?;
        let message = format!("the pipeline has {total} tasks, more than {TASKS_LIMIT}");
        let hint =
            format!("`{}` has the most: it inherits the axes of all that it reads from", widest.node.name);
        findings.error(widest.node.place, message).hint(hint);
        return None;
    }
    let mut tasks = Vec::with_capacity(total);
    let mut outputs = Vec::new();
    for at in parts.order {
        let spread = spreads.get(at)?;
        for combination in combinations(&spread.axes) {
            let task = task(parts, &spreads, *at, &combination, findings)?;
            let copies = parts.copies.iter().filter(|copy| copy.step == *at);
            outputs.extend(copies.map(|copy| OutputSpec {
                file: in_variant(&copy.file, &task.variant),
                task: task.id.clone(),
                port: copy.port.clone(),
            }));
            tasks.push(task);
        }
    }
    Some((tasks, outputs))
}

fn spreads<'a>(parts: &Parts<'a>, findings: &mut Findings) -> Option<BTreeMap<usize, Spread<'a>>> {
    let mut rank = BTreeMap::new();
    for axis in parts.steps.iter().flat_map(|node| &node.axes) {
        let next = rank.len();
        rank.entry(axis.name.as_str()).or_insert(next);
    }
    let mut spreads: BTreeMap<usize, Spread<'a>> = BTreeMap::new();
    let mut agree = true;
    for at in parts.order {
        let node = parts.steps.get(*at)?;
        let mut axes: Vec<&Axis> = Vec::new();
        let sources = parts.bindings.get(*at)?.iter().filter_map(|binding| spreads.get(&binding.step));
        for axis in sources.flat_map(|spread| spread.axes.iter().copied()).chain(&node.axes) {
            match axes.iter().find(|other| other.name == axis.name) {
                None => axes.push(axis),
                Some(other) => agree &= check_agreement(node, other, axis, findings),
            }
        }
        axes.sort_by_key(|axis| rank.get(axis.name.as_str()));
        spreads.insert(*at, Spread { node, axes });
    }
    agree.then_some(spreads)
}

/// Axes of one name are one axis: joining different values would silently drop some.
fn check_agreement(node: &StepNode, one: &Axis, other: &Axis, findings: &mut Findings) -> bool {
    let labels = |axis: &Axis| {
        let mut labels: Vec<_> = axis.values.iter().map(|(label, _)| label.clone()).collect();
        labels.sort();
        labels
    };
    let agree = labels(one) == labels(other);
    if !agree {
        let message = format!(
            "the axis `{}` reaches `{}` with different values: {} and {}",
            one.name,
            node.name,
            labels(one).join(", "),
            labels(other).join(", ")
        );
        findings.error(other.place, message).hint("axes of one name are joined: give both the same values");
    }
    agree
}

fn task(
    parts: &Parts<'_>,
    spreads: &BTreeMap<usize, Spread<'_>>,
    at: usize,
    combination: &[usize],
    findings: &Findings,
) -> Option<TaskSpec> {
    let Spread { node, axes } = spreads.get(&at)?;
    let pairs = axes.iter().zip(combination);
    let variant: Vec<(String, String)> = pairs
        .map(|(axis, value)| Some((axis.name.clone(), axis.values.get(*value)?.0.clone())))
        .collect::<Option<_>>()?;
    let label =
        |axis: &Axis| variant.iter().find(|(name, _)| *name == axis.name).map(|(_, label)| label.clone());
    let own: Vec<String> = node.axes.iter().filter_map(label).collect();
    let inputs = parts.bindings.get(at)?.iter().map(|binding| {
        let source = spreads.get(&binding.step)?;
        let theirs = source.axes.iter().filter_map(|axis| Some((axis.name.clone(), label(axis)?)));
        let from_task = task_id(&source.node.name, &theirs.collect::<Vec<_>>());
        Some(InputSpec { from_task, ..binding.input.clone() })
    });
    Some(TaskSpec {
        id: task_id(&node.name, &variant),
        step_name: node.name.clone(),
        folder: variant.iter().fold(PathBuf::from(&node.name), |folder, axis| folder.join(folder_name(axis))),
        inputs: inputs.collect::<Option<_>>()?,
        resources: ResourceRequest::default(),
        step: Arc::clone(&node.used.as_ref()?.step),
        params: parts.variants.get(at)?.get(&own)?.clone(),
        position: findings.position(node.place),
        variant,
    })
}

/// `factors`, `factors[rank=4]`, `factors[rank=4,l=0.1]`.
fn task_id(step: &str, variant: &[(String, String)]) -> String {
    if variant.is_empty() {
        return step.to_owned();
    }
    let axes: Vec<String> = variant.iter().map(|(axis, label)| format!("{axis}={label}")).collect();
    format!("{step}[{}]", axes.join(","))
}

/// `results/rank=4/motifs.parquet` for `results/motifs.parquet`.
fn in_variant(file: &std::path::Path, variant: &[(String, String)]) -> PathBuf {
    let mut path = file.parent().map(PathBuf::from).unwrap_or_default();
    path.extend(variant.iter().map(folder_name));
    path.extend(file.file_name());
    path
}

/// `rank=4`, with everything that a file system may not like written as `%20`.
fn folder_name((axis, label): &(String, String)) -> String {
    const LENGTH_LIMIT: usize = 100;
    let mut name = String::new();
    for byte in format!("{axis}={label}").bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'=' | b'.' | b'_' | b'-' | b'+' => {
                name.push(char::from(byte));
            }
            other => name.push_str(&format!("%{other:02X}")),
        }
    }
    if name.len() > LENGTH_LIMIT {
        let digest = neuroloom_core::Digest::of(name.as_bytes()).short();
        name = name.chars().take(LENGTH_LIMIT - digest.len() - 1).collect();
        name = format!("{name}~{digest}");
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(axis: &str, label: &str) -> String {
        folder_name(&(axis.into(), label.into()))
    }

    #[test]
    fn folders_have_safe_names() {
        assert_eq!(name("kernel.sigma_s", "0.1"), "kernel.sigma_s=0.1");
        assert_eq!(name("epoch", "../wake 1"), "epoch=..%2Fwake%201");
        assert_eq!(name("epoch", "ü"), "epoch=%C3%BC");
    }

    #[test]
    fn long_labels_stay_apart() {
        let (one, other) = (name("a", &"x".repeat(300)), name("a", &"x".repeat(301)));
        assert_eq!(one.len(), 100);
        assert_ne!(one, other);
    }

    #[test]
    fn a_copy_lies_in_the_folder_of_its_variant() {
        let variant = [("rank".to_owned(), "4".to_owned())];
        assert_eq!(in_variant("a/b.parquet".as_ref(), &variant), PathBuf::from("a/rank=4/b.parquet"));
        assert_eq!(in_variant("b.parquet".as_ref(), &[]), PathBuf::from("b.parquet"));
    }
}
