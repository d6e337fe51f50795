//! `outputs`: tables that are also wanted under names of their own.

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

use super::bind::output;
use super::findings::{Findings, Place};
use super::node::{Entry, Map, Node, Value};
use super::steps::{Steps, parse_source};
use super::vars::Vars;

/// A copy that the document asks for, of an output of the step at index `step`.
pub(super) struct Copy {
    pub file: PathBuf,
    pub step: usize,
    pub port: String,
}

/// Reads the section `outputs` of the document.
pub(super) fn read(root: &Map, steps: &Steps, vars: &mut Vars, findings: &mut Findings) -> Vec<Copy> {
    let section = root.get("outputs").and_then(|node| node.expect_map("`outputs`", findings));
    let mut seen = BTreeMap::new();
    let mut copies = Vec::new();
    for entry in section.map(Map::entries).unwrap_or_default() {
        let Some(copy) = one(entry, steps, vars, findings) else { continue };
        match seen.insert(copy.file.clone(), entry.key_place) {
            None => copies.push(copy),
            Some(first) => {
                let message = format!("two outputs go into {}", copy.file.display());
                findings
                    .error(entry.key_place, message)
                    .hint(format!("the first one is in line {}", first.line));
            }
        }
    }
    copies
}

fn one(entry: &Entry, steps: &Steps, vars: &mut Vars, findings: &mut Findings) -> Option<Copy> {
    let key = Node { value: Value::Text(entry.key.clone()), place: entry.key_place };
    let key = vars.expand(&key, findings);
    let value = vars.expand(&entry.value, findings);
    let text = value.expect_text("an output", findings)?;
    if text.ends_with(".parquet") && steps.find(&entry.key).is_some() {
        let message = format!("`{}` is a step where the name of a file is expected", entry.key);
        findings
            .error(entry.key_place, message)
            .hint(format!("write it the other way: `{text}: {}`", entry.key));
        return None;
    }
    let file = file(&key.scalar_text()?, key.place, steps, findings);
    let Some(source) = parse_source(text, value.place) else {
        findings.error(value.place, "this names no output").hint("write `step` or `step.port`");
        return None;
    };
    let (step, node) = steps.expect(&source.step, value.place, findings)?;
    let outputs = &node.used.as_ref()?.description.outputs;
    let port = match &source.port {
        Some(name) => output(node, outputs, name, value.place, findings)?.name,
        None => match outputs.first() {
            Some(port) => port.name,
            None => {
                findings.error(value.place, format!("`{}` has no outputs", node.name));
                return None;
            }
        },
    };
    Some(Copy { file: file?, step, port: port.to_owned() })
}

/// A path below the run's folder that no result of a step has.
fn file(text: &str, place: Place, steps: &Steps, findings: &mut Findings) -> Option<PathBuf> {
    let path = Path::new(text);
    let parts: Vec<Component> = path.components().collect();
    let hint = "name a file below the folder of the run: `results/rdm.parquet`";
    if text.contains('\\') || !parts.iter().all(|part| matches!(part, Component::Normal(_))) {
        findings.error(place, format!("{text:?} does not lie in the folder of the run")).hint(hint);
        return None;
    }
    if text.contains('=') {
        findings.error(place, format!("{text:?} contains `=`")).hint("`=` marks the folders of variants");
        return None;
    }
    if path.extension().is_none_or(|extension| extension != "parquet") {
        findings
            .error(place, format!("{text:?} is not the name of a table"))
            .hint("it must end in `.parquet`");
        return None;
    }
    let first = parts.first().and_then(|part| part.as_os_str().to_str());
    if let Some((_, step)) = first.and_then(|first| steps.find(first)) {
        let message = format!("the folder `{0}` is for the results of the step `{0}`", step.name);
        findings.error(place, message).hint(hint);
        return None;
    }
    Some(parts.iter().collect())
}
