//! The steps of a document: what each one uses, reads from, is told and varies.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use neuroloom_core::{Description, ErasedStep, Registry, TableKind};

use super::axis::{Axis, check_apart};
use super::collect::{self, Collect};
use super::findings::{Findings, Place, listing};
use super::node::{Entry, Map, Node, Value};
use super::vars::Vars;
use super::{foreach, matrix, resources};
use crate::resources::ResourceRequest;

/// More steps than this are no pipeline that anybody wrote.
const STEPS_LIMIT: usize = 1000;

/// A step as the document has it.
pub(super) struct StepNode {
    pub name: String,
    /// Of the name, or of the value of `use` where there is one.
    pub place: Place,
    /// `None` where `use` names no step, which is reported.
    pub used: Option<Used>,
    pub with: Node,
    pub inputs: Sources,
    /// Those of `foreach` and `matrix`, in the order of the document.
    pub axes: Vec<Axis>,
    pub collect: Collect,
    /// With the defaults of the document.
    pub resources: ResourceRequest,
}

/// The step that `use` names.
pub(super) struct Used {
    pub step: Arc<dyn ErasedStep>,
    pub description: Description,
}

/// What `in` names.
pub(super) enum Sources {
    /// Sources whose outputs look for the ports that they fit.
    Offered(Vec<Source>),
    /// A source for each port.
    Ports(Vec<(String, Place, Source)>),
    /// `in` is wrong, which is reported.
    Unknown,
}

/// `step` or `step.port`.
#[derive(Clone, Debug)]
pub(super) struct Source {
    pub step: String,
    pub port: Option<String>,
    pub place: Place,
}

impl Source {
    /// As the document has it.
    pub fn text(&self) -> String {
        match &self.port {
            Some(port) => format!("{}.{port}", self.step),
            None => self.step.clone(),
        }
    }
}

/// The steps, in the order of the document, by index.
pub(super) struct Steps {
    list: Vec<StepNode>,
    by_name: BTreeMap<String, usize>,
}

impl Steps {
    /// Reads the section `steps` of the document.
    pub fn read(
        root: &Map,
        surroundings: &Surroundings<'_>,
        vars: &mut Vars,
        findings: &mut Findings,
    ) -> Self {
        let mut list = Vec::new();
        let defaults = resources::defaults(root, vars, findings);
        match root.get("steps") {
            None => {
                let hint = "name at least one: `steps: { rdm: { use: rsa.rdm, in: patterns } }`";
                findings.error(surroundings.start, "the pipeline has no `steps`").hint(hint);
            }
            Some(node) => {
                let entries = node.expect_map("`steps`", findings).map(Map::entries).unwrap_or_default();
                if entries.len() > STEPS_LIMIT {
                    findings.error(node.place, format!("the pipeline has more than {STEPS_LIMIT} steps"));
                }
                let mut reader = Reader { surroundings, defaults: &defaults, vars, findings };
                list.extend(entries.iter().take(STEPS_LIMIT).map(|entry| reader.step(entry)));
            }
        }
        let by_name = list.iter().enumerate().map(|(at, step)| (step.name.clone(), at)).collect();
        Self { list, by_name }
    }

    /// The steps, in the order of the document.
    pub fn iter(&self) -> std::slice::Iter<'_, StepNode> {
        self.list.iter()
    }

    /// The step at `index`.
    pub fn get(&self, index: usize) -> Option<&StepNode> {
        self.list.get(index)
    }

    /// Gives every output of the step at `index` that follows an input the kind of what is connected there.
    pub fn settle_outputs(&mut self, index: usize, kind_at: impl Fn(&str) -> Option<TableKind>) {
        let used = self.list.get_mut(index).and_then(|node| node.used.as_mut());
        for port in used.into_iter().flat_map(|used| &mut used.description.outputs) {
            if let Some(kind) = port.follows.and_then(&kind_at) {
                port.kind = kind;
            }
        }
    }

    /// The index and step called `name`.
    pub fn find(&self, name: &str) -> Option<(usize, &StepNode)> {
        let at = *self.by_name.get(name)?;
        Some((at, self.list.get(at)?))
    }

    /// The step called `name`; reports when there is none.
    pub fn expect(&self, name: &str, place: Place, findings: &mut Findings) -> Option<(usize, &StepNode)> {
        let found = self.find(name);
        if found.is_none() {
            let names = || self.list.iter().map(|step| step.name.as_str());
            let hint = findings
                .did_you_mean(name, names())
                .unwrap_or_else(|| format!("there are {}", listing(names())));
            findings.error(place, format!("there is no step `{name}`")).hint(hint);
        }
        found
    }
}

/// What a document is read in.
pub(super) struct Surroundings<'a> {
    /// Where the document begins.
    pub start: Place,
    /// The folder of its file.
    pub base: &'a Path,
    pub registry: &'a Registry,
}

struct Reader<'a> {
    surroundings: &'a Surroundings<'a>,
    defaults: &'a ResourceRequest,
    vars: &'a mut Vars,
    findings: &'a mut Findings,
}

const KEYS: [&str; 7] = ["use", "in", "with", "matrix", "foreach", "collect", "resources"];

impl Reader<'_> {
    fn step(&mut self, entry: &Entry) -> StepNode {
        let name = entry.key.clone();
        self.check_name(&name, entry.key_place);
        let Value::Map(map) = &entry.value.value else {
            if !matches!(entry.value.value, Value::Broken) {
                let message = format!("the step `{name}` must be a map, found {}", entry.value.what());
                self.findings
                    .error(entry.value.place, message)
                    .hint("write `{ use: FAMILY.VERB, in: STEP }`");
            }
            return StepNode::unreadable(name, entry.key_place);
        };
        unknown_keys(map, &KEYS, "a step", self.findings);
        let place = map.get("use").map_or(entry.key_place, |node| node.place);
        let used = match map.get("use") {
            Some(node) => self.used(node),
            None => {
                let message = format!("the step `{name}` does not say what it does");
                self.findings.error(entry.key_place, message).hint("add `use: FAMILY.VERB`");
                None
            }
        };
        let with = match map.get("with").map(|node| self.vars.expand(node, self.findings)) {
            None => Node { value: Value::Map(Map::default()), place },
            Some(node) if node.expect_map("`with`", self.findings).is_some() => node,
            Some(node) => Node { value: Value::Broken, place: node.place },
        };
        let inputs = self.inputs(map.get("in"));
        let axes = self.axes(map);
        let collect = self.expanded(map, "collect").map(|node| collect::read(&node, self.findings));
        let resources = self.expanded(map, "resources").map(|node| resources::read(&node, self.findings));
        let (collect, resources) = (collect.unwrap_or_default(), resources.unwrap_or_default());
        StepNode { name, place, used, with, inputs, axes, collect, resources: resources.or(self.defaults) }
    }

    fn expanded(&mut self, map: &Map, key: &str) -> Option<Node> {
        map.get(key).map(|node| self.vars.expand(node, self.findings))
    }

    /// The axes of the step's own, in the order of the keys.
    fn axes(&mut self, map: &Map) -> Vec<Axis> {
        let mut axes = Vec::new();
        for key in map.keys() {
            if !matches!(key, "matrix" | "foreach") {
                continue;
            }
            let Some(node) = self.expanded(map, key) else { continue };
            axes.extend(match key {
                "matrix" => matrix::axes(&node, self.findings),
                _ => foreach::axes(&node, self.surroundings.base, self.findings),
            });
        }
        check_apart(&axes, self.findings);
        axes
    }

    fn check_name(&mut self, name: &str, place: Place) {
        let starts = name.starts_with(|c: char| c.is_ascii_lowercase());
        if !starts || !name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_') {
            let message = format!("`{name}` cannot be the name of a step");
            self.findings.error(place, message).hint("use small letters, digits and `_`, a letter first");
        }
    }

    fn used(&mut self, node: &Node) -> Option<Used> {
        let text = node.expect_text("`use`", self.findings)?;
        let (id, version) = match text.split_once('@') {
            Some((id, version)) => (id, Some(version)),
            None => (text, None),
        };
        let Some(step) = self.surroundings.registry.get(id) else {
            let ids = self.surroundings.registry.steps().iter().map(|step| step.id());
            let hint = self.findings.did_you_mean(id, ids);
            let hint = hint.unwrap_or_else(|| "`neuroloom steps` lists all that there are".into());
            self.findings.error(node.place, format!("no step is called `{id}`")).hint(hint);
            return None;
        };
        let current = step.version();
        if version.is_some_and(|version| version.parse() != Ok(current)) {
            let message =
                format!("`{id}` has version {current} in this program, the pipeline asks for `{text}`");
            let hint =
                format!("write `{id}@{current}` once you know that the newer results are what you want");
            self.findings.error(node.place, message).hint(hint);
        }
        Some(Used { step: Arc::clone(step), description: step.describe() })
    }

    fn inputs(&mut self, node: Option<&Node>) -> Sources {
        let Some(node) = node else { return Sources::Offered(Vec::new()) };
        let node = self.vars.expand(node, self.findings);
        match &node.value {
            Value::Map(map) => {
                let ports = map.entries().iter().map(|Entry { key, key_place, value }| {
                    Some((key.clone(), *key_place, self.source(value)?))
                });
                ports.collect::<Option<_>>().map_or(Sources::Unknown, Sources::Ports)
            }
            Value::List(items) => {
                let sources = items.iter().map(|item| self.source(item));
                sources.collect::<Option<_>>().map_or(Sources::Unknown, Sources::Offered)
            }
            Value::Broken => Sources::Unknown,
            _ => self.source(&node).map_or(Sources::Unknown, |source| Sources::Offered(vec![source])),
        }
    }

    fn source(&mut self, node: &Node) -> Option<Source> {
        let source = parse_source(node.expect_text("a source", self.findings)?, node.place);
        if source.is_none() {
            self.findings.error(node.place, "this names no source").hint("write `step` or `step.port`");
        }
        source
    }
}

/// `step` or `step.port`.
pub(super) fn parse_source(text: &str, place: Place) -> Option<Source> {
    let (step, port) = match text.split_once('.') {
        Some((step, port)) => (step, Some(port)),
        None => (text, None),
    };
    let named = !step.is_empty() && port.is_none_or(|port| !port.is_empty() && !port.contains('.'));
    named.then(|| Source { step: step.to_owned(), port: port.map(str::to_owned), place })
}

/// Reports the keys of `map` that are not among `known`.
pub(super) fn unknown_keys(map: &Map, known: &[&str], owner: &str, findings: &mut Findings) {
    for Entry { key, key_place, .. } in map.entries() {
        if !known.contains(&key.as_str()) {
            let hint = findings.did_you_mean(key, known.iter().copied());
            let hint = hint.unwrap_or_else(|| format!("{owner} has {}", listing(known.iter().copied())));
            findings.error(*key_place, format!("{owner} has no key `{key}`")).hint(hint);
        }
    }
}

impl StepNode {
    fn unreadable(name: String, place: Place) -> Self {
        let with = Node { value: Value::Broken, place };
        Self {
            name,
            place,
            used: None,
            with,
            inputs: Sources::Unknown,
            axes: Vec::new(),
            collect: Collect::Nothing,
            resources: ResourceRequest::default(),
        }
    }
}
