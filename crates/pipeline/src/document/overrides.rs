//! `--set path=value`: overrides of the command line.

use std::path::Path;
use std::str::FromStr;

use neuroloom_core::Error;

use super::findings::{Findings, Place};
use super::node::{Entry, Map, Node, Value};
use super::yaml::{self, DEPTH_LIMIT, Origin};

/// One override of the command line: `steps.factors.with.rank=12`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Override {
    /// `seed`, `name`, `vars.NAME`, `resources.KEY`, `steps.NAME.with.PARAMETER` or `steps.NAME.resources.KEY`.
    pub path: String,
    /// The value in YAML: a scalar, or a list or map in flow style.
    pub value: String,
}

impl FromStr for Override {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let parts = text.split_once('=').filter(|(path, _)| !path.trim().is_empty());
        let Some((path, value)) = parts else {
            return Err(Error::params(format!("{text:?} is not an override"))
                .expected("PATH=VALUE, as in steps.factors.with.rank=12"));
        };
        Ok(Self { path: path.trim().to_owned(), value: value.to_owned() })
    }
}

/// Applies `overrides` to the merged document, in order.
pub(super) fn apply(root: &mut Map, overrides: &[Override], findings: &mut Findings) {
    for (number, change) in overrides.iter().enumerate() {
        let text = format!("{}={}", change.path, change.value);
        let source = findings.add_source(Path::new(&format!("--set {}", number + 1)), &text);
        let indent = change.path.chars().count();
        let at = Place { length: indent.max(1), ..source.start() };
        let before = findings.errors();
        let value = yaml::parse(&change.value, Origin { source, indent: indent + 1 }, findings);
        if findings.errors() > before {
            continue;
        }
        let value = value.unwrap_or(Node { value: Value::Null, place: at });
        let path: Vec<&str> = change.path.split('.').collect();
        apply_one(root, &path, at, value, findings);
    }
}

fn apply_one(root: &mut Map, path: &[&str], at: Place, value: Node, findings: &mut Findings) {
    if path.len() > DEPTH_LIMIT || path.contains(&"") {
        findings.error(at, "this is not a path: names with a dot between them");
        return;
    }
    match path {
        ["seed" | "name"] => {
            root.insert(Entry { key: path.concat(), key_place: at, value });
        }
        ["vars", name, ..] => {
            if let Some(vars) = child_with(root, "vars", name, "variable", at, findings) {
                set(vars, path.get(1..).unwrap_or_default(), at, value, findings);
            }
        }
        ["steps", name, "with", parameter @ ..] if !parameter.is_empty() => {
            let Some(steps) = child_with(root, "steps", name, "step", at, findings) else { return };
            if let Some((owner, axis)) = covering_axis(steps, name, parameter) {
                let message = format!("the {owner} of `{name}` sets `{axis}`, so that this has no effect");
                let hint = format!("change the {owner}, or put the values into a variable");
                findings.error(at, message).hint(hint);
                return;
            }
            set(steps, path.get(1..).unwrap_or_default(), at, value, findings);
        }
        ["steps", name, "resources", _] => {
            if let Some(steps) = child_with(root, "steps", name, "step", at, findings) {
                set(steps, path.get(1..).unwrap_or_default(), at, value, findings);
            }
        }
        ["resources", key] => {
            if let Some(resources) = section(root, "resources", at) {
                set(resources, &[*key], at, value, findings);
            }
        }
        _ => {
            let hint = "`seed`, `name`, `vars.NAME`, `resources.KEY`, `steps.NAME.with.PARAMETER` and \
                        `steps.NAME.resources.KEY` can be set";
            findings.error(at, format!("`{}` cannot be set", path.join("."))).hint(hint);
        }
    }
}

/// The section of the document, provided that it has something called `name`.
fn child_with<'a>(
    root: &'a mut Map,
    section: &str,
    name: &str,
    noun: &str,
    at: Place,
    findings: &mut Findings,
) -> Option<&'a mut Node> {
    let known: Vec<&str> = match root.get(section).map(|node| &node.value) {
        Some(Value::Map(map)) => map.keys().collect(),
        _ => Vec::new(),
    };
    if !known.contains(&name) {
        let hint = findings.did_you_mean(name, known);
        findings.error(at, format!("the pipeline has no {noun} `{name}`")).hint_if(hint);
        return None;
    }
    root.get_mut(section)
}

/// The section of the document, empty where it has none yet.
fn section<'a>(root: &'a mut Map, key: &str, at: Place) -> Option<&'a mut Node> {
    if root.entry(key).is_none() {
        root.insert(Entry { key: key.into(), key_place: at, value: Node { value: Value::Null, place: at } });
    }
    root.get_mut(key)
}

/// What decides the parameter of step `name` task by task, if anything does: `matrix` or `foreach`, and the path that
/// it sets.
fn covering_axis(steps: &Node, name: &str, parameter: &[&str]) -> Option<(&'static str, String)> {
    let step = steps.child(name)?;
    let parameter = parameter.join(".");
    let covers = |path: &&str| parameter == **path || parameter.starts_with(&format!("{path}."));
    let by_matrix = keys(step.child("matrix")).find(covers).map(|path| ("matrix", path.to_owned()));
    by_matrix.or_else(|| found_paths(step).find(covers).map(|path| ("foreach", path.to_owned())))
}

/// The parameters that the `foreach` of a step sets.
fn found_paths(step: &Node) -> impl Iterator<Item = &str> {
    let axes = match step.child("foreach").map(|node| &node.value) {
        Some(Value::Map(axes)) => axes.entries(),
        _ => &[],
    };
    let listed =
        axes.iter().filter_map(|axis| axis.value.child("values")).flat_map(|values| match &values.value {
            Value::Map(values) => values.entries(),
            _ => &[],
        });
    let listed = listed.flat_map(|value| keys(Some(&value.value)));
    let found = axes.iter().filter_map(|axis| axis.value.child("into")).flat_map(|into| {
        let one = match &into.value {
            Value::Text(path) => Some(path.as_str()),
            _ => None,
        };
        one.into_iter().chain(keys(Some(into)))
    });
    found.chain(listed)
}

fn keys(node: Option<&Node>) -> impl Iterator<Item = &str> {
    let map = match node.map(|node| &node.value) {
        Some(Value::Map(map)) => Some(map),
        _ => None,
    };
    map.into_iter().flat_map(Map::keys)
}

fn set(section: &mut Node, path: &[&str], at: Place, value: Node, findings: &mut Findings) {
    if let Err(why) = section.set(path, at, value) {
        findings.error(at, why);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_override_splits_at_the_first_equals_sign() {
        let parsed: Override = "vars.label=a=b".parse().unwrap();
        assert_eq!(parsed, Override { path: "vars.label".into(), value: "a=b".into() });
    }

    #[test]
    fn an_override_without_path_or_value_is_refused() {
        for text in ["seed", "=7", ""] {
            assert!(text.parse::<Override>().is_err(), "{text:?}");
        }
    }
}
