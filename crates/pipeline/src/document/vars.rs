//! Variables: `${name}` in a value stands for the variable `name`.

use std::collections::BTreeSet;

use super::findings::{Findings, Place, SourceId, listing};
use super::node::{Entry, Map, Node, Value};
use super::yaml::COPY_LIMIT;

/// The variables of a pipeline.
pub(super) struct Vars {
    defined: Map,
    used: BTreeSet<String>,
    copied: usize,
}

impl Vars {
    /// Reads the section `vars` of the document.
    pub fn read(root: &Map, findings: &mut Findings) -> Self {
        let section = root.get("vars").and_then(|node| node.expect_map("`vars`", findings));
        let defined = section.cloned().unwrap_or_default();
        for entry in defined.entries() {
            if !is_name(&entry.key) {
                let message = format!("`{}` cannot be the name of a variable", entry.key);
                findings.error(entry.key_place, message).hint("use letters, digits and `_`, a letter first");
            }
            refuse_references(&entry.value, findings);
        }
        Self { defined, used: BTreeSet::new(), copied: 0 }
    }

    /// `node` with every `${name}` in it replaced. A scalar that is nothing but `${name}` takes the type of the
    /// variable; inside text it is written out. `$${` stands for `${`.
    pub fn expand(&mut self, node: &Node, findings: &mut Findings) -> Node {
        let value = match &node.value {
            Value::Text(text) => self.expand_text(text, node.place, findings),
            Value::List(items) => Value::List(items.iter().map(|item| self.expand(item, findings)).collect()),
            Value::Map(map) => {
                let expanded = map.entries().iter().map(|Entry { key, key_place, value }| Entry {
                    key: key.clone(),
                    key_place: *key_place,
                    value: self.expand(value, findings),
                });
                Value::Map(expanded.collect())
            }
            scalar => scalar.clone(),
        };
        Node { value, place: node.place }
    }

    fn expand_text(&mut self, text: &str, place: Place, findings: &mut Findings) -> Value {
        let parts = match parts(text) {
            Ok(parts) => parts,
            Err(why) => {
                findings.error(place, why).hint("write `$${` where `${` is meant as text");
                return Value::Broken;
            }
        };
        if let [Part::Reference(name)] = parts.as_slice() {
            return self.look_up(name, place, findings).unwrap_or(Value::Broken);
        }
        let mut expanded = String::new();
        for part in parts {
            match part {
                Part::Text(text) => expanded.push_str(text),
                Part::Reference(name) => {
                    let Some(value) = self.look_up(name, place, findings) else { return Value::Broken };
                    let node = Node { value, place };
                    let Some(text) = node.scalar_text() else {
                        let message =
                            format!("`${{{name}}}` is {}, which cannot stand inside text", node.what());
                        findings.error(place, message);
                        return Value::Broken;
                    };
                    expanded.push_str(&text);
                }
            }
        }
        Value::Text(expanded)
    }

    fn look_up(&mut self, name: &str, place: Place, findings: &mut Findings) -> Option<Value> {
        let Some(entry) = self.defined.entry(name) else {
            let hint = findings.did_you_mean(name, self.defined.keys()).or_else(|| self.remedy(name));
            findings.error(place, format!("there is no variable `{name}`")).hint_if(hint);
            return None;
        };
        if self.copied > COPY_LIMIT {
            return None;
        }
        self.copied += entry.value.weight();
        if self.copied > COPY_LIMIT {
            findings.error(
                place,
                format!("variables blow the pipeline up to more than {} MiB", COPY_LIMIT >> 20),
            );
            return None;
        }
        if !self.used.contains(name) {
            self.used.insert(name.to_owned());
        }
        Some(entry.value.value.clone())
    }

    fn remedy(&self, name: &str) -> Option<String> {
        if name.starts_with("env:") {
            return Some("the environment is not part of a pipeline; use `--set vars.NAME=VALUE`".into());
        }
        let known = listing(self.defined.keys());
        Some(if known.is_empty() { "define it under `vars`".into() } else { format!("there are {known}") })
    }

    /// Warns of variables that `main`, or an override, defines and nothing uses. A base may offer more than is used.
    pub fn warn_of_unused(&self, bases: impl Fn(SourceId) -> bool, findings: &mut Findings) {
        for Entry { key, key_place, .. } in self.defined.entries() {
            if !self.used.contains(key) && !bases(key_place.source) {
                findings.warning(*key_place, format!("the variable `{key}` is never used"));
            }
        }
    }
}

fn is_name(text: &str) -> bool {
    let starts = text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    starts && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

fn refuse_references(node: &Node, findings: &mut Findings) {
    match &node.value {
        Value::Text(text) if text.contains("${") => {
            findings.error(node.place, "a variable cannot refer to another one");
        }
        Value::List(items) => items.iter().for_each(|item| refuse_references(item, findings)),
        Value::Map(map) => map.entries().iter().for_each(|entry| refuse_references(&entry.value, findings)),
        _ => {}
    }
}

enum Part<'a> {
    Text(&'a str),
    Reference(&'a str),
}

fn parts(text: &str) -> Result<Vec<Part<'_>>, String> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find("${") {
        let (before, from) = rest.split_at(at);
        if let Some(before) = before.strip_suffix('$') {
            parts.extend([Part::Text(before), Part::Text("${")]);
            rest = from.get(2..).unwrap_or_default();
            continue;
        }
        let Some((name, after)) = from.get(2..).and_then(|inner| inner.split_once('}')) else {
            return Err("`${` is never closed".into());
        };
        if !before.is_empty() {
            parts.push(Part::Text(before));
        }
        parts.push(Part::Reference(name));
        rest = after;
    }
    if !rest.is_empty() {
        parts.push(Part::Text(rest));
    }
    Ok(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(text: &str) -> Vec<String> {
        let write = |part: &Part| match part {
            Part::Text(text) => (*text).to_owned(),
            Part::Reference(name) => format!("<{name}>"),
        };
        parts(text).unwrap().iter().map(write).collect()
    }

    #[test]
    fn references_are_told_from_text() {
        assert_eq!(written("${a}"), ["<a>"]);
        assert_eq!(written("x-${a}.${b}"), ["x-", "<a>", ".", "<b>"]);
        assert_eq!(written("$${a} costs $5").concat(), "${a} costs $5");
        assert!(written("").is_empty());
    }

    #[test]
    fn an_open_reference_is_refused() {
        assert!(parts("a ${b").is_err());
    }
}
