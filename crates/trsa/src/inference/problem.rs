use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

use ndarray::{Array2, ArrayView1, s};

use crate::fit::{Model, ModelKind};
use crate::{Rdm, Result, RsaError};

/// Models and the RDMs that they are to predict, over the same conditions in the same order.
#[derive(Clone, Debug)]
pub struct Problem {
    conditions: Arc<[String]>,
    /// All components of all models, then the data: `[n_components + n_rdms, n_pairs]`.
    vectors: Array2<f64>,
    names: Vec<String>,
    models: Vec<Entry>,
    n_components: usize,
    /// Of every RDM.
    groups: Vec<usize>,
    n_groups: usize,
}

/// A model and the places of its components.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub name: String,
    pub kind: ModelKind,
    pub components: Range<usize>,
}

impl Problem {
    /// `models` for `data`. RDMs of the same subject (`subjects`, one per RDM) are drawn and left out together; without
    /// it every RDM is a subject of its own.
    ///
    /// # Errors
    /// No model, no RDM, fewer than three conditions, a missing entry, different conditions (listed), two models of one
    /// name, another number of subjects than of RDMs.
    pub fn new<S: AsRef<str>>(models: &[Model], data: &[Rdm], subjects: Option<&[S]>) -> Result<Self> {
        let first = data.first().ok_or(RsaError::Nothing { what: "RDM" })?;
        if models.is_empty() {
            return Err(RsaError::Nothing { what: "model" });
        }
        let mut seen = BTreeSet::new();
        if let Some(model) = models.iter().find(|model| !seen.insert(model.name())) {
            return Err(RsaError::DuplicateModel { name: model.name().to_owned() });
        }
        let components = || models.iter().flat_map(Model::components);
        let n_components = components().count();
        let mut vectors = Array2::zeros((n_components + data.len(), first.dissimilarities().len()));
        for (mut row, rdm) in vectors.outer_iter_mut().zip(components().chain(data)) {
            rdm.require(3)?;
            row.assign(&ArrayView1::from(rdm.in_order_of(first)?.dissimilarities()));
        }
        let groups = groups(subjects, data.len())?;
        Ok(Self {
            conditions: Arc::clone(first.conditions()),
            vectors,
            names: components().chain(data).map(|rdm| rdm.name().to_owned()).collect(),
            models: entries(models),
            n_components,
            n_groups: groups.iter().max().map_or(0, |most| most + 1),
            groups,
        })
    }

    /// Conditions of all RDMs.
    pub fn n_conditions(&self) -> usize {
        self.conditions.len()
    }

    /// RDMs of the data.
    pub fn n_rdms(&self) -> usize {
        self.groups.len()
    }

    /// Subjects: groups of RDMs that are drawn and left out together.
    pub fn n_groups(&self) -> usize {
        self.n_groups
    }

    /// Number of models.
    pub fn n_models(&self) -> usize {
        self.models.len()
    }

    /// Names of the models, in order.
    pub fn model_names(&self) -> impl Iterator<Item = &str> {
        self.models.iter().map(|model| model.name.as_str())
    }

    /// Names of the RDMs of the data, in order.
    pub fn rdm_names(&self) -> impl Iterator<Item = &str> {
        self.names.iter().skip(self.n_components).map(String::as_str)
    }

    /// Whether any model has parameters.
    pub fn is_flexible(&self) -> bool {
        self.models.iter().any(|model| model.kind.is_flexible())
    }

    /// Model, component and weight of all models with parameters, given the weights of every model.
    pub fn components_with<'a>(
        &'a self,
        weights: &'a [Vec<f64>],
    ) -> impl Iterator<Item = (&'a str, &'a str, f64)> {
        let flexible = self.models.iter().zip(weights).filter(|(model, _)| model.kind.is_flexible());
        flexible.flat_map(|(model, weights)| {
            let components = model.components.clone().map(|component| self.name(component));
            components.zip(weights).map(|(component, weight)| (model.name.as_str(), component, *weight))
        })
    }

    pub(super) fn models(&self) -> &[Entry] {
        &self.models
    }

    /// The group of every RDM.
    pub(super) fn groups(&self) -> &[usize] {
        &self.groups
    }

    pub(super) fn n_components(&self) -> usize {
        self.n_components
    }

    /// Components, then data, a row each.
    pub(super) fn vectors(&self) -> &Array2<f64> {
        &self.vectors
    }

    /// The name of a row of [`vectors`](Self::vectors).
    pub(super) fn name(&self, row: usize) -> &str {
        self.names.get(row).map_or("", String::as_str)
    }

    pub(super) fn conditions(&self) -> &Arc<[String]> {
        &self.conditions
    }

    /// The dissimilarities that the weights of some components predict, for all pairs.
    pub(super) fn prediction(&self, components: Range<usize>, weights: &[f64]) -> Vec<f64> {
        let rows = self.vectors.slice(s![components, ..]);
        ndarray::aview1(weights).dot(&rows).to_vec()
    }
}

fn entries(models: &[Model]) -> Vec<Entry> {
    let mut first = 0;
    let entry = |model: &Model| {
        let components = first..first + model.components().len();
        first = components.end;
        Entry { name: model.name().to_owned(), kind: model.kind(), components }
    };
    models.iter().map(entry).collect()
}

/// Subjects numbered in the order of their first RDMs.
fn groups<S: AsRef<str>>(subjects: Option<&[S]>, n_rdms: usize) -> Result<Vec<usize>> {
    let Some(subjects) = subjects else { return Ok((0..n_rdms).collect()) };
    if subjects.len() != n_rdms {
        return Err(RsaError::SubjectsLength { expected: n_rdms, found: subjects.len() });
    }
    let mut numbers: BTreeMap<&str, usize> = BTreeMap::new();
    let mut groups = Vec::with_capacity(n_rdms);
    for subject in subjects {
        let next = numbers.len();
        groups.push(*numbers.entry(subject.as_ref()).or_insert(next));
    }
    Ok(groups)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subjects_are_numbered_as_they_come() {
        assert_eq!(groups(Some(&["b", "a", "b", "c"]), 4).unwrap(), [0, 1, 0, 2]);
        assert_eq!(groups::<&str>(None, 3).unwrap(), [0, 1, 2]);
        assert!(groups(Some(&["a"]), 2).is_err());
    }
}
