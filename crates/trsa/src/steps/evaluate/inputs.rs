//! Tables into models, data and subjects.

use std::collections::{BTreeMap, BTreeSet};

use neuroloom_core::{Error, Inputs, Result};

use super::super::index::{IndexRow, read_index};
use super::super::tables::read_rdms;
use super::{EvaluateParams, FlexibleModel};
use crate::Rdm;
use crate::fit::Model;
use crate::inference::Problem;

/// Models, data and subjects.
///
/// # Errors
/// A model of an RDM that is not there, and what [`Model::new`] and [`Problem::new`] refuse.
pub fn problem(params: &EvaluateParams, inputs: &Inputs) -> Result<Problem> {
    let data = read_rdms(inputs.required("rdms")?)?;
    let models = models(params, read_rdms(inputs.required("models")?)?)?;
    let index = inputs.optional("index").map(read_index).transpose()?;
    let subjects = index.map(|rows| subjects(&data, &rows));
    Ok(Problem::new(&models, &data, subjects.as_deref())?)
}

/// Fixed models of all RDMs that no other names, then the others.
fn models(params: &EvaluateParams, rdms: Vec<Rdm>) -> Result<Vec<Model>> {
    let named: BTreeSet<&str> =
        params.models.iter().flat_map(|model| model.of.iter().map(String::as_str)).collect();
    let known: BTreeMap<&str, &Rdm> = rdms.iter().map(|rdm| (rdm.name(), rdm)).collect();
    let flexible = params.models.iter().enumerate().map(|(place, model)| flexible(place, model, &known));
    let flexible = flexible.collect::<Result<Vec<_>>>()?;
    let fixed = rdms.iter().filter(|rdm| !named.contains(rdm.name())).cloned().map(Model::fixed);
    Ok(fixed.chain(flexible).collect())
}

fn flexible(place: usize, model: &FlexibleModel, known: &BTreeMap<&str, &Rdm>) -> Result<Model> {
    let component = |id: &String| {
        known.get(id.as_str()).map(|rdm| (*rdm).clone()).ok_or_else(|| {
            let ids: Vec<&str> = known.keys().copied().take(10).collect();
            Error::params(format!("the models have no RDM {id:?}"))
                .at_object(format!("models.{place}.of"))
                .expected(format!("one of {}", ids.join(", ")))
                .found(id)
        })
    };
    let components = model.of.iter().map(component).collect::<Result<Vec<_>>>()?;
    Ok(Model::new(&model.name, model.kind(), components)?)
}

/// The subject of every RDM: that of the index, else the recording, else the RDM itself.
fn subjects(data: &[Rdm], rows: &[IndexRow]) -> Vec<String> {
    let of: BTreeMap<&str, &IndexRow> = rows.iter().map(|row| (row.rdm_id.as_str(), row)).collect();
    let subject = |rdm: &Rdm| {
        let row = of.get(rdm.name());
        let subject = row.and_then(|row| row.subject.clone().map(|subject| format!("subject {subject}")));
        let recording = || row.and_then(|row| row.recording.clone().map(|id| format!("recording {id}")));
        subject.or_else(recording).unwrap_or_else(|| format!("RDM {}", rdm.name()))
    };
    data.iter().map(subject).collect()
}
