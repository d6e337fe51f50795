//! RDMs with the subject and region that their index tells.

use std::collections::HashMap;

use neuroloom_core::{Error, Inputs, Result};

use crate::identify::{Design, Observations};
use crate::steps::index::{IndexRow, read_index};
use crate::steps::tables::read_rdms;

/// # Errors
/// An RDM that the index does not have, one without a subject or region, and what [`Design::new`] and
/// [`Observations::new`] refuse.
pub(super) fn read(inputs: &Inputs) -> Result<Observations> {
    let rdms = read_rdms(inputs.required("rdms")?)?;
    let index = read_index(inputs.required("index")?)?;
    let index: HashMap<&str, &IndexRow> = index.iter().map(|row| (row.rdm_id.as_str(), row)).collect();
    let (mut subjects, mut regions) = (Vec::with_capacity(rdms.len()), Vec::with_capacity(rdms.len()));
    for rdm in &rdms {
        let wrong = |message: &str| Error::data(format!("index table: {message}")).at_object(rdm.name());
        let row = index.get(rdm.name()).ok_or_else(|| {
            wrong("an RDM is not in the index").hint("connect the index that was made with the RDMs")
        })?;
        let subject = row.subject.as_ref().or(row.recording.as_ref()).ok_or_else(|| {
            wrong("an RDM has no subject").expected("a subject, or a recording that stands for it")
        })?;
        let region = row
            .region
            .as_ref()
            .ok_or_else(|| wrong("an RDM has no region").expected("a region or layer to identify"))?;
        subjects.push(subject);
        regions.push(region);
    }
    Ok(Observations::new(&rdms, Design::new(&subjects, &regions)?)?)
}
