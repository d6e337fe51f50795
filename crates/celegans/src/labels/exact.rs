//! Our own rule: it never invents an identity.

use std::collections::{BTreeMap, BTreeSet};

use super::{Identity, LabelStatus};
use crate::names::{self, NAMES};

/// The identities of the columns with labels `given`.
///
/// 1. The zero padding of motor neurons is removed (`VB02` is `VB2`).
/// 2. A name of the list that occurs once is accepted; one that occurs more often is accepted nowhere and
///    counts as taken.
/// 3. In column order, a label with `?` that occurs once is a pattern, each `?` one character. It is accepted
///    if exactly one name that is not taken fits; that name is then taken.
/// 4. Everything else has no identity.
///
/// ```
/// use neuroloom_celegans::labels::exact::identities;
///
/// let found = identities(&[Some("VB02"), Some("AVA?"), Some("AVAL"), None]);
/// let names: Vec<_> = found.iter().map(|identity| identity.name.as_deref()).collect();
/// assert_eq!(names, [Some("VB2"), Some("AVAR"), Some("AVAL"), None]);
/// ```
pub fn identities(given: &[Option<&str>]) -> Vec<Identity> {
    let unpadded: Vec<Option<String>> = given
        .iter()
        .map(|label| {
            let label = label.filter(|label| !label.is_empty())?;
            Some(names::without_zero_padding(label).unwrap_or_else(|| label.to_owned()))
        })
        .collect();
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for label in unpadded.iter().flatten() {
        *counts.entry(label).or_default() += 1;
    }
    let mut taken: BTreeSet<&str> = counts.keys().filter_map(|label| names::canonical(label)).collect();
    let mut found = Vec::with_capacity(given.len());
    for (label, given) in unpadded.iter().zip(given) {
        let once = |label: &str| counts.get(label) == Some(&1);
        found.push(match label.as_deref() {
            None => Identity::nameless(LabelStatus::None),
            Some(label) if names::slot(label).is_some() => listed(label, once(label), *given == Some(label)),
            Some(label) if label.contains('?') => match only_match(label, &taken) {
                Some(name) if once(label) => {
                    taken.insert(name);
                    Identity::named(name, LabelStatus::Resolved)
                }
                _ => Identity::nameless(LabelStatus::Ambiguous),
            },
            Some(_) => Identity::nameless(LabelStatus::Unknown),
        });
    }
    found
}

fn listed(name: &str, once: bool, as_given: bool) -> Identity {
    match (once, as_given) {
        (false, _) => Identity::nameless(LabelStatus::Duplicate),
        (true, true) => Identity::named(name, LabelStatus::Exact),
        (true, false) => Identity::named(name, LabelStatus::Padded),
    }
}

fn only_match(pattern: &str, taken: &BTreeSet<&str>) -> Option<&'static str> {
    let mut fitting = NAMES.iter().filter(|name| !taken.contains(**name) && fits(pattern, name));
    let first = fitting.next().copied();
    first.filter(|_| fitting.next().is_none())
}

fn fits(pattern: &str, name: &str) -> bool {
    let same_length = pattern.chars().count() == name.chars().count();
    same_length && pattern.chars().zip(name.chars()).all(|(p, c)| p == '?' || p == c)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(given: &[&str]) -> Vec<(String, &'static str)> {
        let given: Vec<_> = given.iter().map(|label| Some(*label)).collect();
        let show = |identity: Identity| (identity.name.unwrap_or_default(), identity.status.as_str());
        identities(&given).into_iter().map(show).collect()
    }

    fn assert_words(given: &[&str], expected: &[(&str, &str)]) {
        let expected: Vec<_> = expected.iter().map(|(name, status)| ((*name).to_owned(), *status)).collect();
        let found = words(given);
        assert_eq!(found, expected);
    }

    #[test]
    fn names_paddings_and_what_is_neither() {
        assert_words(
            &["AVAL", "VB02", "merge", "aval", "12", "", "AVA", "CANL"],
            &[
                ("AVAL", "exact"),
                ("VB2", "padded"),
                ("", "unknown"),
                ("", "unknown"),
                ("", "unknown"),
                ("", "none"),
                ("", "unknown"),
                ("", "unknown"),
            ],
        );
    }

    #[test]
    fn a_name_given_twice_is_accepted_nowhere_even_if_padded_once() {
        assert_words(
            &["VB02", "AVAL", "VB2", "AVA?"],
            &[("", "duplicate"), ("AVAL", "exact"), ("", "duplicate"), ("AVAR", "resolved")],
        );
    }

    #[test]
    fn a_duplicate_counts_as_taken_for_patterns() {
        assert_words(
            &["AVAL", "AVAL", "AVA?"],
            &[("", "duplicate"), ("", "duplicate"), ("AVAR", "resolved")],
        );
    }

    #[test]
    fn patterns_with_no_one_and_two_candidates() {
        // URX? fits URXL and URXR; VX? fits none; once AVER is taken, AVE? fits one
        assert_words(
            &["URX?", "VX?", "AVER", "AVE?"],
            &[("", "ambiguous"), ("", "ambiguous"), ("AVER", "exact"), ("AVEL", "resolved")],
        );
    }

    #[test]
    fn a_resolved_name_is_taken_for_the_patterns_after_it() {
        assert_words(
            &["AVER", "AVE?", "A?EL"],
            &[("AVER", "exact"), ("AVEL", "resolved"), ("", "ambiguous")],
        );
    }

    #[test]
    fn a_pattern_given_twice_is_ambiguous() {
        assert_words(&["AVER", "AVE?", "AVE?"], &[("AVER", "exact"), ("", "ambiguous"), ("", "ambiguous")]);
    }
}
