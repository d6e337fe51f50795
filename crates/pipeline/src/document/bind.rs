//! `in`: which output feeds which input.

mod offered;
mod ports;

use neuroloom_core::{PortSpec, TableKind};

use super::InputSpec;
use super::findings::{Findings, Place, listing};
use super::steps::{Source, Sources, StepNode, Steps};
use ports::Connection;

/// A connection of an input to the step at index `step`.
pub(super) struct Binding {
    pub step: usize,
    pub input: InputSpec,
    /// Of the table that comes in.
    pub kind: TableKind,
}

/// The connections of all steps, by step. What cannot be connected is reported. `order` has every step after those
/// that it reads from, so that the kind of an output that follows an input is known before it is offered.
pub(super) fn bind_all(
    steps: &mut Steps,
    order: Option<&[usize]>,
    findings: &mut Findings,
) -> Vec<Vec<Binding>> {
    let as_written: Vec<usize> = (0..steps.iter().len()).collect();
    let mut bindings: Vec<Vec<Binding>> = as_written.iter().map(|_| Vec::new()).collect();
    for at in order.unwrap_or(&as_written) {
        let (Some(node), Some(slot)) = (steps.get(*at), bindings.get_mut(*at)) else { continue };
        *slot = bind(node, steps, findings);
        let kind_at = |port: &str| slot.iter().find(|b| b.input.port == port).map(|b| b.kind);
        steps.settle_outputs(*at, kind_at);
    }
    bindings
}

/// The connections of `node`. What cannot be connected is reported.
fn bind(node: &StepNode, steps: &Steps, findings: &mut Findings) -> Vec<Binding> {
    let Some(used) = &node.used else {
        report_unknown_sources(&node.inputs, steps, findings);
        return Vec::new();
    };
    match &node.inputs {
        Sources::Unknown => Vec::new(),
        Sources::Ports(ports) => Connection { node, used, steps }.all(ports, findings),
        Sources::Offered(sources) => offered::bind(node, used, sources, steps, findings),
    }
}

fn report_unknown_sources(inputs: &Sources, steps: &Steps, findings: &mut Findings) {
    let sources: Vec<&Source> = match inputs {
        Sources::Unknown => Vec::new(),
        Sources::Offered(sources) => sources.iter().collect(),
        Sources::Ports(ports) => ports.iter().map(|(_, _, source)| source).collect(),
    };
    for source in sources {
        steps.expect(&source.step, source.place, findings);
    }
}

/// An output that a source offers.
#[derive(Clone)]
struct Offer {
    source: usize,
    step: usize,
    step_name: String,
    port: PortSpec,
}

impl Offer {
    fn name(&self) -> String {
        format!("{}.{}", self.step_name, self.port.name)
    }

    fn fits(&self, port: &PortSpec) -> bool {
        self.port.kind.fits(port.kind)
    }

    fn feed(&self, port: &PortSpec) -> Binding {
        let (from_task, from_port) = (self.step_name.clone(), self.port.name.to_owned());
        let input = InputSpec { port: port.name.to_owned(), from_task, from_port, variant: Vec::new() };
        Binding { step: self.step, input, kind: self.port.kind }
    }
}

/// What `source` offers: the one output that it names, or all of its step. `None` where that is not known;
/// what is wrong is reported.
fn offers(at: usize, source: &Source, steps: &Steps, findings: &mut Findings) -> Option<Vec<Offer>> {
    let (step, node) = steps.expect(&source.step, source.place, findings)?;
    let outputs = &node.used.as_ref()?.description.outputs;
    let offer = |port: &PortSpec| Offer { source: at, step, step_name: node.name.clone(), port: *port };
    match &source.port {
        None => Some(outputs.iter().map(offer).collect()),
        Some(name) => output(node, outputs, name, source.place, findings).map(|port| vec![offer(&port)]),
    }
}

/// The output of `node` called `name`; reports when there is none.
pub(super) fn output(
    node: &StepNode,
    outputs: &[PortSpec],
    name: &str,
    place: Place,
    findings: &mut Findings,
) -> Option<PortSpec> {
    let found = outputs.iter().find(|port| port.name == name).copied();
    if found.is_none() {
        let names = || outputs.iter().map(|port| port.name);
        let hint = findings.did_you_mean(name, names());
        let hint = hint.unwrap_or_else(|| format!("its outputs are {}", listing(names())));
        findings.error(place, format!("`{}` has no output `{name}`", node.name)).hint(hint);
    }
    found
}

/// A port's kind, in a message: "a table of kind `rdms`".
fn kind_of(port: &PortSpec) -> String {
    match port.kind {
        TableKind::ANY => "a table".into(),
        kind => format!("a table of kind `{kind}`"),
    }
}

/// What the sources offer, in a message: "`x.rdms` (rdms), `y.labels` (labels)".
fn offered_kinds(offers: &[Offer]) -> String {
    let names: Vec<_> =
        offers.iter().take(12).map(|offer| format!("`{}` ({})", offer.name(), offer.port.kind)).collect();
    if names.is_empty() { "nothing".into() } else { names.join(", ") }
}

fn report_several(port: &PortSpec, candidates: &[&Offer], place: Place, findings: &mut Findings) {
    let names: Vec<_> = candidates.iter().map(|offer| offer.name()).collect();
    let names = listing(names.iter().map(String::as_str));
    let message = format!("several outputs fit the input `{}` ({}): {names}", port.name, port.kind);
    findings.error(place, message).hint(format!("choose one: `in: {{ {}: STEP.PORT }}`", port.name));
}
