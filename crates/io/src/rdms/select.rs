//! Which RDMs of a file are read, and what they are called.

use std::collections::BTreeSet;

use neuroloom_core::{Error, Result};

use super::conditions::numbers;
use super::descriptors::Descriptors;
use super::params::Params;
use super::set::{RdmSet, stem};

/// An RDM by its names.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Named {
    pub(super) rdm_id: String,
    pub(super) subject: Option<String>,
    pub(super) region: Option<String>,
    pub(super) recording: Option<String>,
}

/// Numbers of those of `n_rdms` RDMs whose descriptors have the values that are asked for.
///
/// # Errors
/// When there is no such descriptor.
pub(super) fn selected(n_rdms: usize, descriptors: &Descriptors, params: &Params) -> Result<Vec<usize>> {
    let mut selected: Vec<usize> = (0..n_rdms).collect();
    for (name, wanted) in &params.select {
        let values = descriptors.get(name)?;
        selected.retain(|&rdm| values.get(rdm).is_some_and(|value| wanted.has(value)));
    }
    Ok(selected)
}

/// What the selected RDMs of a file are called.
///
/// # Errors
/// When there is no such descriptor.
pub(super) fn named(set: &RdmSet, selected: &[usize], params: &Params) -> Result<Vec<Named>> {
    let column = |name: &Option<String>| -> Result<Vec<Option<String>>> {
        let Some(name) = name else { return Ok(vec![None; selected.len()]) };
        let values = set.rdms.get(name)?;
        let value = |&rdm: &usize| values.get(rdm).filter(|value| !value.is_empty()).cloned();
        Ok(selected.iter().map(value).collect())
    };
    let (subjects, regions, recordings) =
        (column(&params.subject)?, column(&params.region)?, column(&params.recording)?);
    let ids = ids(set, selected, params)?;
    let rows = ids.into_iter().zip(subjects).zip(regions).zip(recordings);
    Ok(rows
        .map(|(((rdm_id, subject), region), recording)| Named { rdm_id, subject, region, recording })
        .collect())
}

fn ids(set: &RdmSet, selected: &[usize], params: &Params) -> Result<Vec<String>> {
    if params.name.is_empty() {
        let stem = stem(&set.path);
        let numbers = numbers(set.matrices.vectors.len());
        let id = |&rdm: &usize| match numbers.as_slice() {
            [_] => stem.clone(),
            numbers => format!("{stem}/{}", numbers[rdm]),
        };
        return Ok(selected.iter().map(id).collect());
    }
    let lists: Vec<&[String]> = params.name.iter().map(|name| set.rdms.get(name)).collect::<Result<_>>()?;
    let id = |&rdm: &usize| {
        let parts = lists.iter().filter_map(|list| list.get(rdm)).filter(|part| !part.is_empty());
        parts.map(String::as_str).collect::<Vec<_>>().join("/")
    };
    Ok(selected.iter().map(id).collect())
}

/// # Errors
/// When an RDM has no name, or two have the same.
pub(super) fn require_distinct(named: &[Named]) -> Result<()> {
    let mut seen = BTreeSet::new();
    let hint = "name more descriptors: `name: [group, subject, session]`";
    for row in named {
        if row.rdm_id.is_empty() {
            return Err(Error::data("an RDM has no name").hint(hint));
        }
        if !seen.insert(row.rdm_id.as_str()) {
            return Err(Error::data("two RDMs have the same name").at_object(&row.rdm_id).hint(hint));
        }
    }
    Ok(())
}

/// # Errors
/// Always: it says why nothing was selected.
pub(super) fn nothing(set: &RdmSet, params: &Params) -> Error {
    const SHOWN: usize = 20;
    let known = params.select.keys().map(|name| {
        let values: BTreeSet<&String> = set.rdms.get(name).into_iter().flatten().collect();
        let shown: Vec<&str> = values.iter().take(SHOWN).map(|value| value.as_str()).collect();
        format!("{name}: {}", shown.join(", "))
    });
    let asked = params.select.iter().map(|(name, wanted)| format!("{name}: {}", wanted.values().join(", ")));
    Error::data("no RDM is selected")
        .at_file(&set.path)
        .expected(known.collect::<Vec<_>>().join("; "))
        .found(asked.collect::<Vec<_>>().join("; "))
        .hint("correct `select`; an RDM must fit all of its lines")
}
