//! `in` as a map: a source for each port.

use neuroloom_core::PortSpec;

use super::super::findings::{Findings, Place, listing};
use super::super::steps::{Source, StepNode, Steps, Used};
use super::{Binding, Offer, kind_of, offered_kinds, offers, report_several};

/// The step whose inputs are connected.
pub(super) struct Connection<'a> {
    pub node: &'a StepNode,
    pub used: &'a Used,
    pub steps: &'a Steps,
}

impl Connection<'_> {
    /// Connects every port that is named, and reports the required ones that are not.
    pub fn all(&self, ports: &[(String, Place, Source)], findings: &mut Findings) -> Vec<Binding> {
        let bound = ports.iter().filter_map(|(name, place, source)| self.one(name, *place, source, findings));
        let mut bound: Vec<Binding> = bound.collect();
        let inputs = &self.used.description.inputs;
        bound.sort_by_key(|binding| inputs.iter().position(|port| port.name == binding.input.port));
        let named = |port: &&PortSpec| ports.iter().any(|(name, ..)| name == port.name);
        let required = inputs.iter().filter(|port| !port.optional);
        for port in required.filter(|port| !named(port)) {
            let message = format!("the input `{}` of `{}` is not connected", port.name, self.node.name);
            let hint = format!("it needs {}: add `{}: STEP` to `in`", kind_of(port), port.name);
            findings.error(self.node.place, message).hint(hint);
        }
        bound
    }

    fn one(&self, name: &str, place: Place, source: &Source, findings: &mut Findings) -> Option<Binding> {
        let offers = offers(0, source, self.steps, findings);
        let port = self.input(name, place, findings)?;
        let offers = offers?;
        let fitting: Vec<&Offer> = offers.iter().filter(|offer| offer.fits(port)).collect();
        let namesake = fitting.iter().find(|offer| offer.port.name == port.name);
        match (fitting.as_slice(), namesake) {
            ([only], _) | (_, Some(only)) => return Some(only.feed(port)),
            ([], None) => {
                let (needs, found) = (kind_of(port), offered_kinds(&offers));
                findings.error(source.place, format!("the input `{name}` needs {needs}, found {found}"));
            }
            (several, None) => report_several(port, several, source.place, findings),
        }
        None
    }

    fn input(&self, name: &str, place: Place, findings: &mut Findings) -> Option<&PortSpec> {
        let inputs = &self.used.description.inputs;
        let found = inputs.iter().find(|port| port.name == name);
        if found.is_none() {
            let names = || inputs.iter().map(|port| port.name);
            let hint = findings.did_you_mean(name, names()).unwrap_or_else(|| match inputs.as_slice() {
                [] => "it has no inputs".into(),
                _ => format!("its inputs are {}", listing(names())),
            });
            findings.error(place, format!("`{}` has no input `{name}`", self.used.step.id())).hint(hint);
        }
        found
    }
}
