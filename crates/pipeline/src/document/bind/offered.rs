//! `in` as a source or a list of them: inputs choose among what is offered.
//!
//! Inputs choose in three rounds: first those for which exactly one output of their kind has their name, then those
//! that are required, then those that are optional. In the last two an input takes the only output of its kind that
//! is left. One output never feeds two inputs unasked: a step would silently compare a table with itself.

use neuroloom_core::PortSpec;

use super::super::findings::Findings;
use super::super::steps::{Source, StepNode, Steps, Used};
use super::{Binding, Offer, kind_of, offered_kinds, offers, report_several};

/// Connects the inputs of `node`. What cannot be connected is reported.
pub(super) fn bind(
    node: &StepNode,
    used: &Used,
    sources: &[Source],
    steps: &Steps,
    findings: &mut Findings,
) -> Vec<Binding> {
    let found = sources.iter().enumerate().map(|(at, source)| offers(at, source, steps, findings));
    let found: Vec<_> = found.collect();
    // What an unknown source offers is unknown: nothing more can be said.
    let Some(offers) = found.into_iter().collect::<Option<Vec<_>>>() else { return Vec::new() };
    if report_repeated(sources, findings) {
        return Vec::new();
    }
    let inputs = used.description.inputs.as_slice();
    let mut matching =
        Matching { node, used, sources, inputs, offers: offers.concat(), taken: vec![None; inputs.len()] };
    matching.choose(findings);
    matching.bindings()
}

fn report_repeated(sources: &[Source], findings: &mut Findings) -> bool {
    let mut seen = std::collections::BTreeSet::new();
    let before = findings.errors();
    for source in sources {
        if !seen.insert((&source.step, &source.port)) {
            findings.error(source.place, format!("the source `{}` is named twice", source.text()));
        }
    }
    findings.errors() > before
}

struct Matching<'a> {
    node: &'a StepNode,
    used: &'a Used,
    sources: &'a [Source],
    inputs: &'a [PortSpec],
    offers: Vec<Offer>,
    /// For each input the offer that it took.
    taken: Vec<Option<usize>>,
}

impl Matching<'_> {
    fn choose(&mut self, findings: &mut Findings) {
        for (input, port) in self.inputs.iter().enumerate() {
            let candidates = self.candidates(port, |offer| offer.port.name == port.name);
            if let [only] = candidates.as_slice() {
                self.take(input, *only);
            }
        }
        let mut failed = false;
        for optional in [false, true] {
            // What is wrong with a required input would be said again of the optional ones.
            if failed {
                break;
            }
            for (input, port) in self.inputs.iter().enumerate() {
                if port.optional == optional && !self.is_taken(input) {
                    failed |= !self.take_the_only(input, port, findings);
                }
            }
        }
        // A source that feeds nothing is then but the other side of what is reported already.
        if !failed {
            self.report_idle(findings);
        }
    }

    /// The offers that are left and fit `port`.
    fn candidates(&self, port: &PortSpec, accept: impl Fn(&Offer) -> bool) -> Vec<usize> {
        let free = self.offers.iter().enumerate().filter(|(at, _)| !self.taken.contains(&Some(*at)));
        free.filter(|(_, offer)| offer.fits(port) && accept(offer)).map(|(at, _)| at).collect()
    }

    fn take(&mut self, input: usize, offer: usize) {
        if let Some(slot) = self.taken.get_mut(input) {
            *slot = Some(offer);
        }
    }

    fn is_taken(&self, input: usize) -> bool {
        self.taken.get(input).is_some_and(Option::is_some)
    }

    /// Whether the input has what it needs.
    fn take_the_only(&mut self, input: usize, port: &PortSpec, findings: &mut Findings) -> bool {
        let place = self.sources.first().map_or(self.node.place, |source| source.place);
        match self.candidates(port, |_| true).as_slice() {
            [only] => {
                self.take(input, *only);
                return true;
            }
            [] if port.optional => return true,
            [] => {
                let message = format!("the input `{}` of `{}` is not connected", port.name, self.node.name);
                let remedy = match self.offers.as_slice() {
                    [] => "name its source in `in`".to_owned(),
                    offers => format!("the sources offer {}", offered_kinds(offers)),
                };
                findings.error(place, message).hint(format!("it needs {}; {remedy}", kind_of(port)));
            }
            several => {
                let several: Vec<_> = several.iter().filter_map(|at| self.offers.get(*at)).collect();
                report_several(port, &several, place, findings);
            }
        }
        false
    }

    fn report_idle(&self, findings: &mut Findings) {
        let feeds = |source: usize| {
            let taken = self.taken.iter().flatten().filter_map(|at| self.offers.get(*at));
            taken.into_iter().any(|offer| offer.source == source)
        };
        for (at, source) in self.sources.iter().enumerate().filter(|(at, _)| !feeds(*at)) {
            let own: Vec<_> = self.offers.iter().filter(|offer| offer.source == at).cloned().collect();
            let message = format!("`{}` feeds no input of `{}`", source.text(), self.used.step.id());
            let inputs: Vec<_> =
                self.inputs.iter().map(|port| format!("`{}` ({})", port.name, port.kind)).collect();
            let inputs = if inputs.is_empty() { "none".into() } else { inputs.join(", ") };
            let hint = format!("it offers {}; the inputs are {inputs}", offered_kinds(&own));
            findings.error(source.place, message).hint(hint);
        }
    }

    fn bindings(&self) -> Vec<Binding> {
        let pairs = self.inputs.iter().zip(&self.taken);
        pairs.filter_map(|(port, taken)| Some(self.offers.get((*taken)?)?.feed(port))).collect()
    }
}
