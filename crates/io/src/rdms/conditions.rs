//! Labels of the conditions, the same for all files.

use std::collections::{BTreeMap, BTreeSet};

use neuroloom_core::{Error, Result};

use super::matrices::{Matrices, pairs};
use super::params::DifferentConditions;
use super::set::RdmSet;

/// The labels of a file's conditions: those that are asked for, those that the only fitting descriptor has, or numbers.
///
/// # Errors
/// When there is no such descriptor, several fit, or a label stands twice.
pub(super) fn labels(set: &RdmSet, asked: Option<&str>) -> Result<Vec<String>> {
    let n = set.matrices.n_conditions;
    if let Some(name) = asked {
        let labels = set.patterns.get(name)?;
        return match first_twice(labels) {
            None => Ok(labels.to_vec()),
            Some(label) => Err(Error::data("the label of a condition stands twice")
                .at_object(name)
                .found(format!("{label:?}"))
                .hint("choose a descriptor with distinct values: `conditions`")),
        };
    }
    let fitting: Vec<(&str, &[String])> = set
        .patterns
        .iter()
        .filter(|(name, labels)| *name != "index" && first_twice(labels).is_none())
        .collect();
    match fitting.as_slice() {
        [] => Ok(numbers(n)),
        [(_, labels)] => Ok(labels.to_vec()),
        several => Err(Error::data("several descriptors could be the labels of the conditions")
            .expected("`conditions` with one of them")
            .found(several.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", "))),
    }
}

/// The conditions that all files have, and for every file the places of these among its own.
///
/// # Errors
/// When files have different conditions and that is not asked for, or share fewer than two.
pub(super) fn shared(
    files: &[(RdmSet, Vec<String>)],
    policy: DifferentConditions,
) -> Result<(Vec<String>, Vec<Vec<usize>>)> {
    let Some((_, first)) = files.first() else { return Ok((Vec::new(), Vec::new())) };
    let places: Vec<BTreeMap<&str, usize>> = files
        .iter()
        .map(|(_, labels)| labels.iter().enumerate().map(|(place, label)| (label.as_str(), place)).collect())
        .collect();
    let in_all = |label: &&String| places.iter().all(|known| known.contains_key(label.as_str()));
    let shared: Vec<String> = first.iter().filter(in_all).cloned().collect();
    let is_odd = |labels: &[String]| {
        let known: BTreeSet<&String> = first.iter().collect();
        labels.len() != first.len() || labels.iter().any(|label| !known.contains(label))
    };
    let odd = files.iter().find(|(_, labels)| is_odd(labels));
    if let (Some((set, labels)), DifferentConditions::Error) = (odd, policy) {
        return Err(differ(set, labels, first, &shared));
    }
    if shared.len() < 2 {
        return Err(Error::data("the files share fewer than two conditions").found(format!("{shared:?}")));
    }
    let of = |known: &BTreeMap<&str, usize>| {
        shared.iter().filter_map(|label| known.get(label.as_str()).copied()).collect()
    };
    let places = places.iter().map(of).collect();
    Ok((shared, places))
}

/// `matrices` with the conditions at `places` only, in that order.
pub(super) fn chosen(matrices: Matrices, places: &[usize]) -> Matrices {
    let n = matrices.n_conditions;
    if places.iter().copied().eq(0..n) {
        return matrices;
    }
    // Entries before those of row i: i rows of n - 1, n - 2, …
    let entry = |i: usize, j: usize| i * (2 * n - i - 1) / 2 + (j - i - 1);
    let place = |(a, b): (usize, usize)| {
        let (i, j) = (places[a], places[b]);
        entry(i.min(j), i.max(j))
    };
    let picked: Vec<usize> = pairs(places.len()).map(place).collect();
    let vectors = matrices.vectors.into_iter().map(|vector| picked.iter().map(|&at| vector[at]).collect());
    Matrices { n_conditions: places.len(), vectors: vectors.collect() }
}

fn differ(set: &RdmSet, labels: &[String], first: &[String], shared: &[String]) -> Error {
    const SHOWN: usize = 5;
    let shared: BTreeSet<&String> = shared.iter().collect();
    let only = |labels: &[String]| {
        let odd: Vec<String> =
            labels.iter().filter(|label| !shared.contains(label)).map(|label| format!("{label:?}")).collect();
        let more = odd.len().saturating_sub(SHOWN);
        let shown = odd.into_iter().take(SHOWN).collect::<Vec<_>>().join(", ");
        if more > 0 { format!("{shown} and {more} more") } else { shown }
    };
    Error::data("files have RDMs of different conditions")
        .at_file(&set.path)
        .expected(format!("those of the first file; not in all files: {}", only(first)))
        .found(format!("{} conditions; not in all files: {}", labels.len(), only(labels)))
        .hint("keep the conditions that all have: `different_conditions: intersect`")
}

fn first_twice(labels: &[String]) -> Option<&String> {
    let mut seen = BTreeSet::new();
    labels.iter().find(|label| !seen.insert(label.as_str()))
}

/// Numbers from 0, with as many digits as the last one has: sorted as text they are in order.
pub(super) fn numbers(n: usize) -> Vec<String> {
    let digits = n.saturating_sub(1).to_string().len();
    (0..n).map(|i| format!("{i:0digits$}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chosen_conditions_keep_their_pairs() {
        let matrices = Matrices { n_conditions: 4, vectors: vec![vec![1.0, 2.0, 3.0, 12.0, 13.0, 23.0]] };
        assert_eq!(chosen(matrices.clone(), &[0, 1, 2, 3]), matrices);
        assert_eq!(chosen(matrices, &[3, 1, 2]).vectors, [[13.0, 23.0, 12.0]]);
    }

    #[test]
    fn numbers_sort_as_text() {
        assert_eq!(numbers(11).first().map(String::as_str), Some("00"));
        assert!(numbers(101).is_sorted());
    }
}
