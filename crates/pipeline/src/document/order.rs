//! The order of steps: every step after those that it reads from, otherwise as in the document.

use std::collections::{BTreeMap, BTreeSet};

use super::findings::{Findings, Place};
use super::steps::{Source, Sources, Steps};

/// Indices of the steps in an order in which they can run. `None` when they go in a circle, which is reported.
pub(super) fn order(steps: &Steps, findings: &mut Findings) -> Option<Vec<usize>> {
    let needs: Vec<BTreeMap<usize, Place>> = steps.iter().map(|step| needs(&step.inputs, steps)).collect();
    let mut needed_by: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    let mut waiting: BTreeMap<usize, usize> = BTreeMap::new();
    let mut ready = BTreeSet::new();
    for (at, needs) in needs.iter().enumerate() {
        waiting.insert(at, needs.len());
        needs.keys().for_each(|need| needed_by.entry(*need).or_default().push(at));
        if needs.is_empty() {
            ready.insert(at);
        }
    }
    let mut order = Vec::with_capacity(needs.len());
    while let Some(at) = ready.pop_first() {
        order.push(at);
        for next in needed_by.remove(&at).unwrap_or_default() {
            let Some(missing) = waiting.get_mut(&next) else { continue };
            *missing -= 1;
            if *missing == 0 {
                ready.insert(next);
            }
        }
    }
    if order.len() == needs.len() {
        return Some(order);
    }
    let done: BTreeSet<usize> = order.into_iter().collect();
    report_loops(steps, &needs, &done, findings);
    None
}

/// The steps that `inputs` names, and where.
fn needs(inputs: &Sources, steps: &Steps) -> BTreeMap<usize, Place> {
    let sources: Vec<&Source> = match inputs {
        Sources::Offered(sources) => sources.iter().collect(),
        Sources::Ports(ports) => ports.iter().map(|(_, _, source)| source).collect(),
        Sources::Unknown => Vec::new(),
    };
    let known = sources.iter().filter_map(|source| Some((steps.find(&source.step)?.0, source.place)));
    known.collect()
}

/// From each step that never became ready, walks to a step that it waits for, until a step comes again.
fn report_loops(
    steps: &Steps,
    needs: &[BTreeMap<usize, Place>],
    done: &BTreeSet<usize>,
    findings: &mut Findings,
) {
    let mut seen = done.clone();
    for start in 0..needs.len() {
        let mut walk: Vec<usize> = Vec::new();
        let mut at = start;
        while seen.insert(at) {
            walk.push(at);
            // A step that is not done waits for at least one other that is not.
            match needs.get(at).and_then(|needs| needs.keys().find(|need| !done.contains(need))) {
                Some(next) => at = *next,
                None => break,
            }
        }
        if let Some(first) = walk.iter().position(|step| *step == at) {
            report_loop(steps, needs, walk.get(first..).unwrap_or_default(), findings);
        }
    }
}

fn report_loop(steps: &Steps, needs: &[BTreeMap<usize, Place>], circle: &[usize], findings: &mut Findings) {
    let names = circle.iter().chain(circle.first()).filter_map(|at| steps.get(*at));
    let names: Vec<&str> = names.map(|step| step.name.as_str()).collect();
    let (Some(first), Some(second)) = (circle.first(), circle.get(1).or(circle.first())) else { return };
    let Some(place) = needs.get(*first).and_then(|needs| needs.get(second)) else { return };
    let message = format!("steps read from each other in a circle: {}", names.join(" → "));
    findings.error(*place, message).hint("each arrow points to what a step reads from; remove one");
}
