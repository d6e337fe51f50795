//! The published rule for Leifer2023, whose labels may name a class without a side.

use std::collections::{BTreeMap, BTreeSet};

use super::{Identity, LabelStatus};
use crate::names;

/// Empty and repeated labels have no identity. A name of the list stays; a class becomes its left neuron if
/// that is free, else its right one; anything else (`merge`) has no identity.
pub fn identities(given: &[Option<&str>]) -> Vec<Identity> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for label in given.iter().flatten() {
        *counts.entry(label).or_default() += 1;
    }
    let mut taken: BTreeSet<&str> =
        given.iter().flatten().filter_map(|label| names::canonical(label)).collect();
    let mut found = Vec::with_capacity(given.len());
    for label in given {
        found.push(match label.filter(|label| !label.is_empty()) {
            None => Identity::nameless(LabelStatus::None),
            Some(label) if counts.get(label) != Some(&1) => Identity::nameless(LabelStatus::Duplicate),
            Some(label) if names::slot(label).is_some() => Identity::named(label, LabelStatus::Exact),
            Some(label) => match free_side(label, &taken) {
                Some(name) => {
                    taken.insert(name);
                    Identity::named(name, LabelStatus::Resolved)
                }
                None => Identity::nameless(LabelStatus::Unknown),
            },
        });
    }
    found
}

fn free_side(class: &str, taken: &BTreeSet<&str>) -> Option<&'static str> {
    let sides = ["L", "R"].iter().filter_map(|side| names::canonical(&format!("{class}{side}")));
    sides.into_iter().find(|name| !taken.contains(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_get_a_free_side_and_repeats_nothing() {
        let labels = ["AVA", "AVEL", "AVE", "merge", "RIB", "RIB", ""].map(Some);
        let found: Vec<_> =
            identities(&labels).into_iter().map(|i| (i.name.unwrap_or_default(), i.status)).collect();
        let expected = [
            ("AVAL", LabelStatus::Resolved),
            ("AVEL", LabelStatus::Exact),
            ("AVER", LabelStatus::Resolved),
            ("", LabelStatus::Unknown),
            ("", LabelStatus::Duplicate),
            ("", LabelStatus::Duplicate),
            ("", LabelStatus::None),
        ];
        let expected: Vec<_> = expected.iter().map(|(name, status)| ((*name).to_owned(), *status)).collect();
        assert_eq!(found, expected);
    }
}
