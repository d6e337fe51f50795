//! The parameters of a step for every combination of the values on its own axes.

use neuroloom_core::CheckedParams;

use super::axis::{Axis, TASKS_LIMIT, combinations, count};
use super::findings::Findings;
use super::node::{Node, Value};
use super::params;
use super::steps::{StepNode, Steps, Used};

/// Bytes of parameters that the variants of all steps may have together.
const PARAMS_LIMIT: usize = 256 << 20;

/// By step, the checked parameters in the order of [`combinations`] of its own axes. Where something is wrong, which
/// is reported, some are missing.
pub(super) fn variants(steps: &Steps, findings: &mut Findings) -> Vec<Vec<CheckedParams>> {
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

fn own_variants(node: &StepNode, findings: &mut Findings) -> Vec<CheckedParams> {
    let mut variants = Vec::new();
    let Some(used) = node.used.as_ref().filter(|_| !matches!(node.with.value, Value::Broken)) else {
        return variants;
    };
    let axes: Vec<&Axis> = node.axes.iter().collect();
    for combination in combinations(&axes) {
        match one(node, used, &axes, &combination, findings) {
            Ok(params) => variants.extend(params),
            Err(Impossible) => return variants,
        }
        if findings.is_full() {
            return variants;
        }
    }
    variants
}

/// An axis names a parameter that there cannot be, whatever its value; that is reported.
struct Impossible;

fn one(
    node: &StepNode,
    used: &Used,
    axes: &[&Axis],
    combination: &[usize],
    findings: &mut Findings,
) -> Result<Option<CheckedParams>, Impossible> {
    let mut with: Node = node.with.clone();
    let values = axes.iter().zip(combination).filter_map(|(axis, at)| axis.values.get(*at));
    for setting in values.flat_map(|value| &value.settings) {
        let path: Vec<&str> = setting.path.split('.').collect();
        if let Err(why) = with.set(&path, setting.place, setting.value.clone()) {
            findings.error(setting.place, why);
            return Err(Impossible);
        }
    }
    Ok(params::check(used, &with, node.place, findings))
}
