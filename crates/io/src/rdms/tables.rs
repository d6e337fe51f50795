//! RDMs as tables.

use neuroloom_core::{Result, Table};
use neuroloom_table::{TableBuilder, kinds};

use super::matrices::pairs;
use super::select::Named;

/// What all RDMs of a step share.
#[derive(Clone, Debug)]
pub(super) struct Shared<'a> {
    pub(super) labels: &'a [String],
    pub(super) unit: &'a str,
}

/// A row per RDM and pair.
pub(super) fn rdms(rdms: &[(String, Vec<f64>)], shared: &Shared<'_>) -> Result<Table> {
    let labels = shared.labels;
    let rows = || rdms.iter().flat_map(|(id, _)| pairs(labels.len()).map(move |pair| (id, pair)));
    let n_rows = rdms.iter().map(|(_, vector)| vector.len()).sum();
    TableBuilder::new(kinds::RDMS)
        .text("rdm_id", rows().map(|(id, _)| id))
        .integers("i", rows().map(|(_, (i, _))| i as i64))
        .integers("j", rows().map(|(_, (_, j))| j as i64))
        .text("condition_i", rows().map(|(_, (i, _))| &labels[i]))
        .text("condition_j", rows().map(|(_, (_, j))| &labels[j]))
        .numbers("dissimilarity", rdms.iter().flat_map(|(_, vector)| vector.iter().copied()))
        .text("dissimilarity_unit", std::iter::repeat_n(shared.unit, n_rows))
        .finish()
}

/// A row per RDM.
pub(super) fn index(named: &[Named], measures: &[String], shared: &Shared<'_>) -> Result<Table> {
    let n_conditions = shared.labels.len() as i64;
    TableBuilder::new(kinds::RDM_INDEX)
        .text("rdm_id", named.iter().map(|row| &row.rdm_id))
        .optional_text("recording_id", named.iter().map(|row| row.recording.as_ref()))
        .optional_text("subject", named.iter().map(|row| row.subject.as_ref()))
        .optional_text("region", named.iter().map(|row| row.region.as_ref()))
        .text("measure", measures)
        .text("dissimilarity_unit", named.iter().map(|_| shared.unit))
        .integers("n_conditions", named.iter().map(|_| n_conditions))
        .finish()
}
